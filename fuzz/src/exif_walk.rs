//! EXIF data may be wrong in any way: the header is read all the same, and fields make sense or are not told.

use makeready::{Exif, probe, probe_exif};

use crate::limits;

/// A JPEG whose EXIF segment is the first one behind JFIF.
const FILE: &[u8] = include_bytes!("../../tests/images/exif/place.jpg");

/// Bytes of a JPEG before and behind its EXIF data, with the segment that holds them.
const BEFORE: usize = 20;
const HEAD: usize = 10;

/// Puts data into a JPEG: good ones, with bytes changed by three bytes of `data` each, and any data behind the head of
/// a TIFF file.
///
/// # Panics
/// When the header is not read any more, or a field makes no sense.
pub fn exif_walk(data: &[u8]) {
    let length = usize::from(u16::from_be_bytes([FILE[BEFORE + 2], FILE[BEFORE + 3]]));
    let end = BEFORE + 2 + length;
    let mut good = FILE[BEFORE + HEAD..end].to_vec();
    for edit in data.as_chunks::<3>().0.iter().take(64) {
        let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % good.len();
        good[at] = edit[2];
    }
    let any = &data[..data.len().min(60_000)];
    for exif in [good, [b"II*\0", any].concat(), [b"MM\0*", any].concat()] {
        let length = u16::try_from(exif.len() + HEAD - 2).expect("a segment").to_be_bytes();
        let segment = [&[0xFF, 0xE1][..], &length, b"Exif\0\0", &exif].concat();
        check([&FILE[..BEFORE], &segment, &FILE[end..]].concat());
    }
}

fn check(file: Vec<u8>) {
    let told = probe_exif(file.clone(), &limits()).expect("a header");
    let without = probe(file).expect("a header");
    assert_eq!((told.size(), told.orientation), (without.size(), without.orientation));
    assert!((1..=8).contains(&told.orientation) && without.exif.is_none());
    let Exif { taken, make, model, latitude, longitude, altitude, .. } =
        told.exif.expect("EXIF data");
    assert!(taken.is_none_or(|taken| matches!(taken.len(), 19 | 25)));
    let is_plain = |text: &String| !text.is_empty() && text.chars().count() <= 200;
    assert!([make, model].iter().flatten().all(is_plain));
    assert!(latitude.is_none_or(|degrees| degrees.abs() <= 90.0));
    assert!(longitude.is_none_or(|degrees| degrees.abs() <= 180.0));
    assert!(altitude.is_none_or(f64::is_finite));
}
