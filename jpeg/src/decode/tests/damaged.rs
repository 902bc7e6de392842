//! Damaged files give an image or a typed error, never a panic, and with `recover` as much as they
//! hold.

use super::{has_corpora, *};

/// Decodes with small limits.
fn attempt(data: &[u8], scale: Scale, recover: bool) -> Result<Vec<u8>, Error> {
    let header = read_header(data)?;
    let request = whole(&header, scale, Format::Rgb);
    let pixels = u64::from(header.width) * u64::from(header.height);
    if pixels > 20_000_000 {
        return Err(Error::Unsupported("too large for this test".into()));
    }
    let request = Request { max_scans: 40, max_scan_pixels: 100_000_000, recover, ..request };
    rows(data, &header, request, Level::detect(), u32::MAX)
}

#[test]
fn fuzzed_files_give_an_image_or_an_error() {
    if !has_corpora() {
        return;
    }
    let names = files("corpora/fuzz-jpeg", "");
    assert_eq!(names.len(), 1837);
    let (mut images, mut recovered) = (0, 0);
    for name in &names {
        let data = load(name);
        for scale in SCALES {
            let strict = attempt(&data, scale, false);
            let lenient = attempt(&data, scale, true);
            // A file that needs no recovery comes out the same.
            if let Ok(pixels) = &strict {
                assert!(lenient.as_ref() == Ok(pixels), "{name}");
            }
            images += u32::from(strict.is_ok());
            recovered += u32::from(lenient.is_ok());
        }
    }
    assert!(images >= 50 && recovered > 1000, "{images} images, {recovered} recovered");
}

#[test]
fn truncated_files_give_an_error_or_are_recovered() {
    if !has_corpora() {
        return;
    }
    let names = [
        "corpora/jpeg-matrix/photo_320x240_420.jpg",
        "corpora/jpeg-matrix/photo_320x240_420_prog.jpg",
        "corpora/jpeg-matrix/derived_227x149_restart4.jpg",
        "corpora/jpeg-matrix/zune_non_interleaved_420_64x64.jpg",
        "corpora/jpeg-valid/ycck.jpg",
    ];
    for name in names {
        let data = load(name);
        let header = read_header(&data).expect(name);
        let start = header.first_scan.start;
        // The end marker alone may be missing from a file of one scan.
        for len in (0..data.len() - 60).step_by(1 + data.len() / 400) {
            let strict = attempt(&data[..len], Scale::Full, false);
            assert!(
                matches!(strict, Err(Error::Truncated(_) | Error::Malformed(_))),
                "{name} at {len}: {:?}",
                strict.map(|pixels| pixels.len())
            );
            let recovered = attempt(&data[..len], Scale::Quarter, true);
            assert_eq!(recovered.is_ok(), len >= start, "{name} at {len}: {:?}", recovered.err());
        }
    }
}

#[test]
fn a_truncated_file_is_gray_where_data_is_missing() {
    if !has_corpora() {
        return;
    }
    let data = load("corpora/jpeg-matrix/cjpeg_321x243_both_odd_444.jpg");
    let whole = pixels(&data, Scale::Full, Format::Rgb).expect("pixels");
    let half = attempt(&data[..data.len() / 2], Scale::Full, true).expect("recovered");
    let rows: Vec<_> = half.chunks(321 * 3).collect();
    let gray = rows.iter().rposition(|row| row.iter().any(|&sample| sample != 128)).expect("a row");
    assert!(gray > 40 && gray < 220, "{gray}");
    let same = gray / 8 * 8 * 321 * 3;
    assert!(half[..same] == whole[..same]);
}

#[test]
fn changed_bytes_do_not_panic() {
    if !has_corpora() {
        return;
    }
    let names = files("corpora/jpeg-matrix", ".jpg");
    assert_eq!(names.len(), 152);
    let mut tried = 0;
    for (seed, name) in (1..).zip(&names) {
        let original = load(name);
        if original.len() > 60_000 {
            continue;
        }
        let mut random = Random::new(seed);
        for round in 0..12 {
            let mut data = original.clone();
            for _ in 0..1 + random.below(8) {
                let at = random.below(data.len() as u32) as usize;
                data[at] = random.below(256) as u8;
            }
            let scale = SCALES[round % 4];
            let strict = attempt(&data, scale, false);
            let lenient = attempt(&data, scale, true);
            assert!(lenient.is_ok() || strict.is_err(), "{name}");
            tried += 1;
        }
    }
    assert!(tried > 1000, "{tried}");
}
