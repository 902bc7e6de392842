//! SSIMULACRA2 of two files of raw 8-bit RGB: reads `WIDTH HEIGHT IDEAL FOUND` a line, tab-separated, answers
//! with the score.

use std::error::Error;
use std::io::{BufRead, Write};

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};

fn main() -> Result<(), Box<dyn Error>> {
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let [width, height, ideal, found] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("WIDTH HEIGHT IDEAL FOUND expected, found {line:?}").into());
        };
        let (width, height): (usize, usize) = (width.parse()?, height.parse()?);
        let (ideal, found) = (std::fs::read(ideal)?, std::fs::read(found)?);
        println!("{}", score(width, height, &ideal, &found)?);
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn score(width: usize, height: usize, ideal: &[u8], found: &[u8]) -> Result<f64, Box<dyn Error>> {
    fn slice(width: usize, height: usize, pixels: &[u8]) -> Result<PixelSlice<'_>, Box<dyn Error>> {
        // The error of the library borrows the pixels.
        PixelSlice::new(
            pixels,
            u32::try_from(width)?,
            u32::try_from(height)?,
            width * 3,
            PixelDescriptor::RGB8_SRGB,
        )
        .map_err(|error| error.to_string().into())
    }
    Ok(compute_ssimulacra2(&slice(width, height, ideal)?, &slice(width, height, found)?)?)
}
