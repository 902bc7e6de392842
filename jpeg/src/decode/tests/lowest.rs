//! A store of the lowest coefficients reads the same bits and gives the same values as one of all.

use super::*;
use crate::decode::entropy::bit_reader::{BitPosition, BitReader};
use crate::decode::entropy::coefficients::Lowest;
use crate::decode::entropy::huffman::CodeTable;
use crate::decode::entropy::progressive::{Spectral, ac_first, ac_refine};
use crate::standard;

/// A scan, and its bits.
struct BlockScan<'a> {
    refines: bool,
    spectral: Spectral,
    table: &'a CodeTable,
    data: &'a [u8],
}

/// Reads one block. Gives the state of the reader behind it, and the runs of empty blocks that
/// follow.
fn read<const N: usize>(step: &BlockScan<'_>, ends: u32, block: &mut Lowest<N>) -> (String, u32) {
    let mut bits = BitReader::resume(step.data, BitPosition::start(0));
    let mut ends = ends;
    if step.refines {
        ac_refine(&mut bits, step.table, step.spectral, &mut ends, block);
    } else {
        ac_first(&mut bits, step.table, step.spectral, &mut ends, block);
    }
    (format!("{:?}", bits.position()), ends)
}

/// The values that are stored.
fn values<const N: usize>(block: &Lowest<N>) -> Vec<i16> {
    let mut block = *block;
    (0..N).filter_map(|place| block.value_mut(place).copied()).collect()
}

/// Random bits, with bytes 0xFF among them, stuffed or as a marker that ends the data.
fn data(random: &mut Random) -> Vec<u8> {
    let mut bytes: Vec<_> = (0..160).map(|_| random.below(256) as u8).collect();
    bytes[random.below(160) as usize] = 0xFF;
    bytes
}

#[test]
fn the_lowest_are_those_of_whole_blocks() {
    let table = CodeTable::new(&standard::AC[0], false).expect("a table");
    let mut found = 0;
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let (mut two, mut four, mut whole) =
            (Lowest::<5>::ZERO, Lowest::<25>::ZERO, Lowest::<64>::ZERO);
        for round in 0..6 {
            let data = data(&mut random);
            let first = 1 + random.below(if seed % 2 == 0 { 6 } else { 63 }) as usize;
            let last = first + random.below(64 - first as u32) as usize;
            let spectral = Spectral { first, last, low: random.below(14) as u8 };
            let refines = round > 0 && random.below(4) > 0;
            let step = BlockScan { refines, spectral, table: &table, data: &data };
            let ends = random.below(5) / 4;
            let expected = read(&step, ends, &mut whole);
            assert_eq!(read(&step, ends, &mut two), expected, "seed {seed}, {round}");
            assert_eq!(read(&step, ends, &mut four), expected, "seed {seed}, {round}");
            let all = values(&whole);
            assert_eq!(values(&two), all[..5], "seed {seed}, {round}");
            assert_eq!(values(&four), all[..25], "seed {seed}, {round}");
            let mask = (0..64).fold(0, |mask, place| mask | u64::from(all[place] != 0) << place);
            assert_eq!(whole.nonzero(), mask, "seed {seed}, {round}");
            assert_eq!((two.nonzero(), four.nonzero()), (mask, mask), "seed {seed}, {round}");
            found += mask.count_ones();
        }
    }
    assert!(found > 100_000, "{found} coefficients");
}

#[test]
fn planes_at_a_quarter_keep_a_fraction_of_the_coefficients() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/images/progressive.jpg");
    let header = read_header(&fs::read(path).expect("a file")).expect("a header");
    assert!(header.progressive);
    let memory = |scale| whole(&header, scale, Format::Planes).memory_bound(&header) as f64;
    let blocks = f64::from(header.width.div_ceil(16) * header.height.div_ceil(16) * 6);
    let (quarter, full) = (memory(Scale::Quarter) / blocks, memory(Scale::Full) / blocks);
    println!("bytes a block: {quarter} at 1/4, {full} at 1/1");
    assert!(full > 136.0 && quarter < full - 100.0, "{quarter} and {full} bytes a block");
}
