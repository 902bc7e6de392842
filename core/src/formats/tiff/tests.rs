//! Directories field by field, and codes that lead nowhere. Pixels are compared with Pillow's by `tests/tests/uploads.rs`.

use super::super::opened;
use crate::error::Result;
use crate::picture::geometry::Size;
use crate::{ErrorKind, Limits, Pipeline, probe, probe_exif};

/// The fields of a gray picture of 8x`rows` pixels of 8 bits, and others.
fn fields(rows: u32, others: &[(u16, u32)]) -> Vec<(u16, u32)> {
    let mut fields = vec![(256, 8), (257, rows), (258, 8), (259, 1), (262, 1), (278, rows)];
    fields.retain(|(tag, _)| others.iter().all(|(other, _)| other != tag));
    fields.extend(others);
    fields.sort_unstable();
    fields
}

fn long(length: usize) -> u32 {
    u32::try_from(length).expect("a small file")
}

/// A directory, and the place of the next one.
fn directory(fields: &[(u16, u32)], next: u32) -> Vec<u8> {
    let mut bytes = long(fields.len()).to_le_bytes()[..2].to_vec();
    for (tag, value) in fields {
        bytes.extend(tag.to_le_bytes());
        bytes.extend([4, 0, 1, 0, 0, 0]);
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(next.to_le_bytes());
    bytes
}

/// A file of one page whose pixels are in one strip.
fn one(rows: u32, others: &[(u16, u32)], pixels: &[u8]) -> Vec<u8> {
    let with = |start| {
        let strip = [(273, start), (279, long(pixels.len()))];
        directory(&fields(rows, &[others, &strip].concat()), 0)
    };
    let directory = with(8 + long(with(0).len()));
    [b"II*\0\x08\0\0\0", &directory[..], pixels].concat()
}

/// Pages that have all their fields at one place, each with its next; the last leads to page `to`, or nowhere.
fn chain(pages: u32, to: Option<u32>) -> Vec<u8> {
    let fields = fields(1, &[(273, 0), (279, 8)]);
    let length = long(directory(&fields, 0).len());
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    for page in 0..pages {
        let next = if page + 1 < pages { Some(page + 1) } else { to };
        file.extend(directory(&fields, next.map_or(0, |next| 8 + next * length)));
    }
    file
}

#[test]
fn directories_are_pages_and_never_lead_in_a_circle() -> Result<()> {
    for pages in [1, 2, 3, 7, 20] {
        assert_eq!(opened(chain(pages, None), false)?.header().pages, pages);
        for to in 0..pages {
            let error = opened(chain(pages, Some(to)), false).expect_err("a circle");
            assert_eq!(error.kind(), ErrorKind::Malformed, "{pages} pages, to {to}");
        }
        // A place behind the end of the file is that of no page.
        assert_eq!(opened(chain(pages, Some(pages + 9)), false)?.header().pages, pages);
    }
    Ok(())
}

#[test]
fn a_coding_that_is_not_read_is_named() {
    for (number, name) in [
        (2, "CCITT run lengths"),
        (3, "CCITT group 3"),
        (6, "JPEG as of TIFF 6.0"),
        (9, "an unknown method"),
        (50000, "Zstandard"),
        (50001, "WebP"),
    ] {
        let error = opened(one(1, &[(259, number)], &[0; 8]), false).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains(&format!("compressed by {name} ({number})")), "{error}");
    }
}

#[test]
fn runs_go_on_in_the_next_row_and_may_be_empty() -> Result<()> {
    let pixels = [128, 0xF9, 7, 1, 1, 2, 0xFB, 9, 128];
    let found = Pipeline::open(one(2, &[(259, 32773)], &pixels)).pixels()?;
    assert_eq!(found.data(), [7, 7, 7, 7, 7, 7, 7, 7, 1, 2, 9, 9, 9, 9, 9, 9]);
    let cut = Pipeline::open(one(2, &[(259, 32773)], &pixels[..6])).pixels().unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Truncated);
    Ok(())
}

#[test]
fn bits_may_be_turned_around() -> Result<()> {
    let found = Pipeline::open(one(1, &[(258, 1), (266, 2)], &[0b0000_0101])).pixels()?;
    assert_eq!(found.data(), [255, 0, 255, 0, 0, 0, 0, 0]);
    Ok(())
}

#[test]
fn a_page_tells_its_facts() -> Result<()> {
    let strip = one(3, &[(274, 6), (282, 0), (296, 3)], &[5; 24]);
    // The resolution: 200 dots in 2 centimetres, behind the pixels.
    let at = long(strip.len());
    let mut file = one(3, &[(274, 6), (282, at), (296, 3)], &[5; 24]);
    let kind = file.windows(2).position(|tag| tag == 282_u16.to_le_bytes()).expect("the field") + 2;
    file[kind] = 5;
    file.extend([200, 0, 0, 0, 2, 0, 0, 0]);
    let told = probe(file.clone())?;
    assert_eq!((told.size(), told.orientation, told.bits), (Size::new(8, 3), 6, 8));
    assert_eq!((told.density, told.pages, told.animated), (Some(254), 1, false));
    let exif = probe_exif(file, &crate::Limits::default())?.exif;
    assert_eq!(exif.map(|exif| exif.make), Some(None));
    Ok(())
}

#[test]
fn values_that_cannot_be_are_refused() {
    for (others, kind) in [
        (&[(256, 0)][..], ErrorKind::Malformed),
        (&[(278, 0)], ErrorKind::Malformed),
        (&[(258, 12)], ErrorKind::Unsupported),
        (&[(259, 6)], ErrorKind::Unsupported),
        (&[(262, 8)], ErrorKind::Unsupported),
        (&[(262, 3)], ErrorKind::Malformed),
        (&[(262, 2)], ErrorKind::Malformed),
        (&[(277, 70_000)], ErrorKind::Malformed),
        (&[(339, 3)], ErrorKind::Unsupported),
        (&[(259, 5), (317, 3)], ErrorKind::Unsupported),
        (&[(322, 0), (323, 16), (324, 8), (325, 8)], ErrorKind::Malformed),
        (&[(257, 100_000), (278, 100_000)], ErrorKind::LimitExceeded),
    ] {
        let error = opened(one(1, others, &[0; 8]), false).expect_err("refused");
        assert_eq!(error.kind(), kind, "{others:?}: {error}");
    }
}

/// Changes that never move on would fill the memory, if a row could take all of the file.
#[test]
fn codes_of_a_fax_that_lead_nowhere_end() {
    // Two runs, of no white and no black; again and again.
    let bits = ["001", "00110101", "0000110111"].concat().repeat(8);
    let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | (bit & 1));
    let nowhere: Vec<u8> = bits.as_bytes().chunks(8).map(byte).collect();
    let file = one(4, &[(258, 1), (259, 4)], &nowhere.repeat(5_000));
    let error = Pipeline::open(file).pixels().expect_err("no row");
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[test]
fn a_profile_is_as_long_as_its_limit_at_most() -> Result<()> {
    let opened = opened(one(1, &[(34675, 7)], &[0; 8]), false)?;
    let profile = |most| opened.profile(&Limits { max_icc_bytes: most, ..Limits::default() });
    assert_eq!(profile(4)?.bytes(), 4);
    assert!(profile(3).is_err());
    Ok(())
}
