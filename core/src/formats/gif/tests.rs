//! Frames on their screens, whole and damaged, made by the `gif` crate and by hand.

use super::*;
use crate::formats::opened;
use crate::picture::geometry::Size;
use std::borrow::Cow;

const PALETTE: [u8; 12] = [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42];

/// Frames of one screen of 7x11.
fn file(frames: &[gif::Frame<'_>]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, 7, 11, &PALETTE).expect("an encoder");
    for frame in frames {
        encoder.write_frame(frame).expect("a frame");
    }
    drop(encoder);
    file
}

fn frame(left: u16, top: u16, width: u16, height: u16) -> gif::Frame<'static> {
    let pixels = usize::from(width) * usize::from(height);
    let buffer = (0..4).cycle().take(pixels).collect::<Vec<u8>>();
    gif::Frame { left, top, width, height, buffer: Cow::Owned(buffer), ..gif::Frame::default() }
}

fn decoded(file: Vec<u8>, step: u32) -> Result<(Header, Vec<u8>)> {
    read(file, step, false)
}

fn read(file: Vec<u8>, step: u32, recover: bool) -> Result<(Header, Vec<u8>)> {
    let opened = opened(file, recover)?;
    let header = *opened.header();
    let request = DecodeRequest::whole(&header, recover);
    let mut decoder = opened.decode(&request, &Limits::default(), Level::detect())?;
    let mut found = Vec::new();
    for start in (0..header.size.height).step_by(step as usize) {
        let rows = start..(start + step).min(header.size.height);
        let mut band = Band::new(header.layout, header.size.width, rows)?;
        decoder.read(&mut band, &Watch::default())?;
        found.extend_from_slice(band.plane(0));
    }
    Ok((header, found))
}

#[test]
fn a_frame_that_covers_its_screen_is_rgb() -> Result<()> {
    let data = file(&[frame(0, 0, 7, 11), frame(1, 1, 2, 2), frame(0, 0, 1, 1)]);
    let (header, whole) = decoded(data.clone(), 11)?;
    assert_eq!((header.layout, header.pages), (Layout::Rgb, 3));
    let expected = (0..4).cycle().take(77).flat_map(|i| PALETTE[3 * i..3 * i + 3].to_vec());
    assert!(whole.iter().copied().eq(expected));
    assert_eq!(decoded(data, 3)?.1, whole);
    Ok(())
}

#[test]
fn what_a_frame_leaves_is_clear_and_the_screen_grows_with_it() -> Result<()> {
    let mut small = frame(2, 3, 20, 4);
    small.transparent = Some(1);
    let (header, found) = decoded(file(&[small]), 2)?;
    assert_eq!((header.layout, header.size), (Layout::Rgba, Size::new(22, 11)));
    for (at, pixel) in found.chunks_exact(4).enumerate() {
        let (x, y) = (at % 22, at / 22);
        // 20 columns are a multiple of the 4 colours.
        let index = (x + 2) % 4;
        let inside = x >= 2 && (3..7).contains(&y) && index != 1;
        let expected: &[u8] = if inside { &PALETTE[3 * index..3 * index + 3] } else { &[0; 3] };
        assert_eq!((&pixel[..3], pixel[3]), (expected, if inside { 255 } else { 0 }), "{x} {y}");
    }
    Ok(())
}

#[test]
fn interlaced_rows_find_their_place() -> Result<()> {
    let plain = decoded(file(&[frame(0, 0, 7, 11)]), 11)?.1;
    let mut rows = frame(0, 0, 7, 11);
    let source = rows.buffer.to_vec();
    let order = [0, 8, 4, 2, 6, 10, 1, 3, 5, 7, 9];
    rows.buffer = order.iter().flat_map(|&y| source[y * 7..y * 7 + 7].to_vec()).collect();
    rows.interlaced = true;
    assert_eq!(decoded(file(&[rows]), 4)?.1, plain);
    Ok(())
}

#[test]
fn what_is_wrong_has_its_code() {
    let whole = file(&[frame(0, 0, 7, 11)]);
    let code = |data: &[u8]| match decoded(data.to_vec(), 4) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    };
    assert_eq!(code(&whole), "ok");
    for end in 6..whole.len() - 6 {
        assert_eq!(code(&whole[..end]), "truncated", "{end} of {}", whole.len());
    }
    let changed = |at: usize, byte: u8| [&whole[..at], &[byte], &whole[at + 1..]].concat();
    let pixels = Blocks::read(&whole).expect("blocks").first.pixels;
    assert_eq!(code(&changed(pixels - 5, 0)), "malformed", "a frame without columns");
    assert_eq!(code(&[&whole[..25], b";"].concat()), "malformed", "no frame");
    assert_eq!(code(&changed(25, b'x')), "malformed", "an unknown block");
    assert_eq!(code(&changed(pixels, 0)), "malformed", "codes of no bits");
    assert_eq!(code(&changed(pixels, 12)), "malformed", "codes of 12 bits");
}

/// The picture with zeros in place of the pixels from `from` on, in the order of the file.
fn blackened(whole: &[u8], blocks: &Blocks, from: usize) -> Vec<u8> {
    let width = blocks.first.place.width as usize;
    let mut black = whole.to_vec();
    for index in from..whole.len() / 3 {
        let row = blocks.first.row(u32::try_from(index / width).expect("a row")) as usize;
        black[3 * (row * width + index % width)..][..3].fill(0);
    }
    black
}

#[test]
fn a_cut_file_gives_the_pixels_that_it_has() -> Result<()> {
    for interlaced in [false, true] {
        let mut picture = frame(0, 0, 7, 11);
        picture.interlaced = interlaced;
        let data = file(&[picture]);
        let whole = decoded(data.clone(), 11)?.1;
        let blocks = Blocks::read(&data)?;
        let mut before = 0;
        for end in blocks.first.pixels..data.len() {
            let found = read(data[..end].to_vec(), 4, true)?.1;
            let had = (before..=77).find(|&had| found == blackened(&whole, &blocks, had));
            // Colour 0 of the palette is not black.
            before = had.unwrap_or_else(|| panic!("cut at {end} of {}", data.len()));
        }
        // Without the end of the codes, of the blocks and of the file nothing is lost.
        assert_eq!(before, 77);
        assert_eq!(decoded(data[..data.len() - 2].to_vec(), 4)?.1, whole);
    }
    Ok(())
}

#[test]
fn a_damaged_file_gives_the_pixels_before_the_damage() -> Result<()> {
    let data = file(&[frame(0, 0, 7, 11)]);
    let whole = decoded(data.clone(), 11)?.1;
    let blocks = Blocks::read(&data)?;
    let mut refused = 0;
    for at in blocks.first.pixels + 4..data.len() - 3 {
        let damaged = [&data[..at], &[0xFF; 2], &data[at + 2..]].concat();
        if decoded(damaged.clone(), 11).is_err_and(|error| error.code() == "malformed") {
            let found = read(damaged, 4, true)?.1;
            // A code takes 3 bits or more and makes a pixel or more.
            let before = (8 * (at - blocks.first.pixels - 2)).div_ceil(5);
            let first = blackened(&whole, &blocks, before.min(20));
            assert!(found.starts_with(&first[..3 * before.min(20)]), "damaged at {at}");
            refused += 1;
        }
    }
    assert!(refused > 0);
    Ok(())
}

#[test]
fn without_a_palette_indices_are_levels_of_gray() -> Result<()> {
    let of = |transparent| {
        let mut gray = file(&[gif::Frame { transparent, ..frame(0, 0, 7, 11) }]);
        gray[10] &= 0x7F;
        gray.drain(13..25);
        decoded(gray, 4)
    };
    let (header, found) = of(None)?;
    assert_eq!(header.layout, Layout::Gray);
    assert!(found.iter().copied().eq((0..4).cycle().take(77)));
    let (header, found) = of(Some(2))?;
    assert_eq!(header.layout, Layout::GrayA);
    let pixel = |index: u8| if index == 2 { [0, 0] } else { [index, 255] };
    assert!(found.iter().copied().eq((0..4).cycle().take(77).flat_map(pixel)));
    Ok(())
}

/// A row of one colour whose table is cleared before, between and after its pixels, several times
/// in a row.
#[test]
fn codes_that_clear_the_table_may_follow_one_another() -> Result<()> {
    const CLEAR: u16 = 4;
    const END: u16 = 5;
    let frame = frame(0, 0, 7, 1);
    let whole = file(&[gif::Frame { buffer: Cow::Owned(vec![1; 7]), ..frame }]);
    let start = Blocks::read(&whole)?.first.pixels;
    for clears in [1, 2, 3, 9] {
        // A code after a clear has 3 bits, and so has the next: each pixel is cleared behind.
        let group = std::iter::repeat_n(CLEAR, clears).chain([1]);
        let codes = (0..7).flat_map(|_| group.clone()).chain([CLEAR, CLEAR, END]);
        let (mut bytes, mut bits) = (Vec::new(), 0);
        for code in codes {
            if bits % 8 == 0 || bits % 8 > 5 {
                bytes.resize(bits / 8 + 1 + usize::from(bits % 8 > 5), 0);
            }
            let [low, high] = (code << (bits % 8)).to_le_bytes();
            bytes[bits / 8] |= low;
            if high > 0 {
                bytes[bits / 8 + 1] |= high;
            }
            bits += 3;
        }
        for block in [1, 5, 255] {
            let mut data = whole[..=start].to_vec();
            for part in bytes.chunks(block) {
                data.push(u8::try_from(part.len()).expect("a short block"));
                data.extend_from_slice(part);
            }
            data.extend([0, 0x3B]);
            let (header, found) = decoded(data, 11)?;
            assert_eq!(header.layout, Layout::Rgba);
            let row = [20, 21, 22, 255].repeat(7);
            assert_eq!(found[..28], row, "{clears} clears, blocks of {block}");
        }
    }
    Ok(())
}

#[test]
fn a_screen_of_no_size_grows_to_its_frame() -> Result<()> {
    let whole = file(&[frame(0, 0, 7, 11)]);
    let expected = decoded(whole.clone(), 11)?.1;
    for cleared in [6..8, 8..10, 6..10] {
        let mut small = whole.clone();
        small[cleared].fill(0);
        let (header, found) = decoded(small, 11)?;
        assert_eq!((header.size, header.layout), (Size::new(7, 11), Layout::Rgb));
        assert_eq!(found, expected);
    }
    Ok(())
}
