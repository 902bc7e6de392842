//! Decodes the middle of a photograph at half its size, in bands of 16 rows.

use makeready_jpeg::{Decoder, Format, Region, Request, Scale, read_header};

/// The largest side of the region, in pixels of the scaled image.
const SIDE: u32 = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/images/landscape.jpg");
    let file = std::fs::read(std::env::args().nth(1).unwrap_or_else(|| path.into()))?;
    let header = read_header(&file)?;

    let mut request = Request::whole(&header, Scale::Half, Format::Rgb);
    let Region { width, height, .. } = request.region;
    let (side_x, side_y) = (width.min(SIDE), height.min(SIDE));
    let (x, y) = ((width - side_x) / 2, (height - side_y) / 2);
    request.region = Region { x, y, width: side_x, height: side_y };
    println!("{width} x {height}, {} bytes at most", request.memory_bound(&header));

    let stride = side_x as usize * 3;
    let mut decoder = Decoder::new(file, header, request)?;
    let mut pixels = Vec::new();
    let mut left = side_y;
    while left > 0 {
        let rows = left.min(16);
        let mut band = vec![0; stride * rows as usize];
        decoder.read_rows(&mut band, stride, rows, &|| false)?;
        pixels.extend_from_slice(&band);
        left -= rows;
    }

    assert_eq!(pixels.len(), stride * side_y as usize);
    assert!(!decoder.is_damaged());
    Ok(())
}
