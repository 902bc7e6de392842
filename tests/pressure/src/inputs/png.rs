//! PNGs that no encoder of ours writes: interlaced, of 16 bits, of many empty chunks. Their pixels are stored, not
//! compressed.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// First column and row of each pass of Adam7, and the steps from there.
const PASSES: [(u32, u32, u32, u32); 7] = [
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
];

/// The rows of every pass.
fn noise_rows(size: (u32, u32), pixel: usize, interlaced: bool) -> Vec<u8> {
    let whole = [(0, 0, 1, 1)];
    let passes = if interlaced { PASSES.as_slice() } else { &whole };
    let mut noise = super::noise();
    let mut rows = Vec::new();
    for (x, y, across, down) in passes {
        let columns = size.0.saturating_sub(*x).div_ceil(*across) as usize;
        let count = if columns == 0 { 0 } else { size.1.saturating_sub(*y).div_ceil(*down) };
        for _ in 0..count {
            // Without a filter.
            rows.push(0);
            rows.extend(noise.by_ref().take(columns * pixel));
        }
    }
    rows
}

/// A file of noise.
pub(super) fn noise(size: (u32, u32), channels: u8, depth: u8, interlaced: bool) -> Vec<u8> {
    let colour = match channels {
        1 => 0,
        2 => 4,
        3 => 2,
        _ => 6,
    };
    let rows = noise_rows(size, usize::from(channels) * usize::from(depth / 8), interlaced);
    let head = header(size, depth, colour, interlaced);
    [SIGNATURE, &head, &chunk(b"IDAT", &stored(&rows)), &chunk(b"IEND", &[])].concat()
}

/// One pixel behind so many empty chunks.
pub(super) fn chunks(count: usize) -> Vec<u8> {
    let empty = chunk(b"teSt", &[]).repeat(count);
    let pixel = chunk(b"IDAT", &stored(&[0, 7]));
    [SIGNATURE, &header((1, 1), 8, 0, false), &empty, &pixel, &chunk(b"IEND", &[])].concat()
}

fn header(size: (u32, u32), depth: u8, colour: u8, interlaced: bool) -> Vec<u8> {
    let sides = [size.0.to_be_bytes(), size.1.to_be_bytes()].concat();
    chunk(b"IHDR", &[sides.as_slice(), &[depth, colour, 0, 0, u8::from(interlaced)]].concat())
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a chunk").to_be_bytes();
    let mut crc = crc32fast::Hasher::new();
    crc.update(kind);
    crc.update(data);
    [&length, kind.as_slice(), data, &crc.finalize().to_be_bytes()].concat()
}

/// A zlib stream of stored blocks.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(usize::from(u16::MAX));
    let count = blocks.len();
    for (index, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).expect("a block");
        stream.push(u8::from(index + 1 == count));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler(data).to_be_bytes());
    stream
}

fn adler(data: &[u8]) -> u32 {
    let sum = |(a, b): (u32, u32), byte: &u8| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    };
    let (a, b) = data.iter().fold((1, 0), sum);
    b << 16 | a
}
