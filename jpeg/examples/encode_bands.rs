//! Encodes a picture that is made 64 rows at a time, on two threads, and stays within the bound of
//! memory.

use makeready_jpeg::{Encoder, EncoderSettings, Format, Subsampling, read_header};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 900;
const BAND: u32 = 64;

/// Rows `from..to` of a slope from black to white, with red to the right.
fn rows(from: u32, to: u32) -> Vec<u8> {
    let byte = |part: u32, all: u32| u8::try_from(part * 255 / all).unwrap_or(u8::MAX);
    (from..to)
        .flat_map(|y| {
            (0..WIDTH).flat_map(move |x| [byte(x, WIDTH), byte(y, HEIGHT), byte(y, HEIGHT)])
        })
        .collect()
}

/// Encodes the picture with this many workers.
fn encode(workers: usize) -> Result<Vec<u8>, makeready_jpeg::Error> {
    let mut settings = EncoderSettings::new(85);
    settings.subsampling = Subsampling::S444;
    settings.optimize_coding = true;
    let bound = Encoder::memory_bound(WIDTH, HEIGHT, Format::Rgb, &settings, workers, BAND);
    println!("{workers} workers: {bound} bytes at most");

    let mut encoder = Encoder::new(WIDTH, HEIGHT, Format::Rgb, &settings, workers)?;
    for from in (0..HEIGHT).step_by(BAND as usize) {
        let to = HEIGHT.min(from + BAND);
        encoder.push(&rows(from, to), WIDTH as usize * 3, to - from, &|| false)?;
    }
    encoder.finish(&|| false)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let alone = encode(1)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let together = pool.install(|| encode(2))?;

    assert!(alone == together, "the bytes do not depend on the number of workers");
    let header = read_header(&together)?;
    assert_eq!((header.width, header.height), (WIDTH, HEIGHT));
    println!("{} bytes", together.len());
    Ok(())
}
