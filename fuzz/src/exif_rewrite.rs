//! EXIF data of any bytes are kept as data that stay as they are when they are kept again.

use makeready::{Image, Layout, Meta, Pipeline, Size, WebP, probe};

/// The same however it is turned.
const SIZE: Size = Size { width: 1, height: 1 };

/// Bytes that a rewrite adds at most: what is said of the picture, and directories.
const MORE: usize = 2048;

/// Keeps the bytes from the first start of a TIFF block on as the EXIF data of a picture, and then what came of them.
///
/// # Panics
/// When the picture is not written, or its data are longer than they may be, say that it is turned, or change.
pub fn exif_rewrite(data: &[u8]) {
    let starts = |start: &[u8]| start == b"II*\0" || start == b"MM\0*";
    let exif = &data[data.windows(4).position(starts).unwrap_or(0)..];
    let Some((file, written)) = kept(exif) else { return };
    assert!(written.len() <= exif.len() + MORE, "{} of {}", written.len(), exif.len());
    let told = probe(file.clone()).expect("a file of our own");
    assert_eq!((told.size(), told.orientation), (SIZE, 1));
    let (again, _) = kept(&written).expect("what was kept");
    assert!(again == file, "{written:02x?}");
}

/// The file of a picture that keeps these EXIF data, and the data in it; none where they are no TIFF block.
fn kept(exif: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let dot = Image::new(SIZE, Layout::Rgb, vec![90; 3]).expect("a pixel");
    let plain = Pipeline::open(dot).encode(WebP::lossless()).run().expect("a file").data;
    let extended = chunk(b"VP8X", &[8, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let chunks = [b"WEBP", &extended[..], &plain[12..], &chunk(b"EXIF", exif)].concat();
    let page = Pipeline::open(chunk(b"RIFF", &chunks)).keep([Meta::Exif, Meta::Gps]);
    let output = page.encode(WebP::lossless()).limits(crate::limits()).threads(1).run();
    let output = output.unwrap_or_else(|error| panic!("{exif:02x?}: {error:?}"));
    // Behind the extended header and the pixels.
    let behind = 30 + plain.len() - 12;
    let written = output.data.get(behind + 8..)?;
    let length = u32::from_le_bytes(*output.data[behind + 4..].first_chunk()?) as usize;
    let written = written.get(..length)?.to_vec();
    Some((output.data, written))
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
    [name, &length, body, &[0][..body.len() % 2]].concat()
}
