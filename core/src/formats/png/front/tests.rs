//! Chunks before the pixels are kept, passed over or refused.

use super::*;

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    Chunk::made(*name, body)
}

fn ihdr(width: u32, height: u32, rest: [u8; 5]) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [SIGNATURE, &chunk(b"IHDR", &[&sides[..], &rest].concat())].concat()
}

fn png(rest: [u8; 5], chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut file = ihdr(3, 2, rest);
    for (name, body) in chunks {
        file.extend(chunk(name, body));
    }
    file
}

const EXIF_6: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0";
const IDAT: (&[u8; 4], &[u8]) = (b"IDAT", &[]);
const GRAY: [u8; 5] = [8, 0, 0, 0, 0];
const PALETTE: [u8; 5] = [8, 3, 0, 0, 0];
const RGB: [u8; 5] = [16, 2, 0, 0, 0];

fn code(file: &[u8]) -> &'static str {
    match Front::read(file, &Limits::default(), false) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

#[test]
fn layouts_follow_colour_type_and_transparency() -> Result<()> {
    let palette: (&[u8; 4], &[u8]) = (b"PLTE", &[1, 2, 3, 4, 5, 6]);
    let rows: [(&str, Vec<u8>, Layout); 9] = [
        ("gray", png(GRAY, &[IDAT]), Layout::Gray),
        ("gray with tRNS", png(GRAY, &[(b"tRNS", &[0, 9]), IDAT]), Layout::GrayA),
        ("gray with a short tRNS", png(GRAY, &[(b"tRNS", &[0]), IDAT]), Layout::Gray),
        ("gray with alpha", png([16, 4, 0, 0, 1], &[IDAT]), Layout::GrayA),
        ("rgb with tRNS", png(RGB, &[(b"tRNS", &[0; 6]), IDAT]), Layout::Rgba),
        ("rgb with a palette", png(RGB, &[palette, IDAT]), Layout::Rgb),
        ("palette", png(PALETTE, &[palette, IDAT]), Layout::Rgb),
        ("palette with tRNS", png(PALETTE, &[palette, (b"tRNS", &[0, 9]), IDAT]), Layout::Rgba),
        ("a long tRNS", png(PALETTE, &[palette, (b"tRNS", &[0; 3]), IDAT]), Layout::Rgb),
    ];
    for (name, file, layout) in rows {
        assert_eq!(Front::read(&file, &Limits::default(), false)?.layout(), layout, "{name}");
    }
    Ok(())
}

#[test]
fn what_is_wrong_has_its_code() {
    let mut flipped = png(GRAY, &[IDAT]);
    flipped[20] ^= 1;
    let rows: [(&str, Vec<u8>, &str); 18] = [
        ("whole", png(GRAY, &[IDAT]), "ok"),
        ("no width", [ihdr(0, 2, GRAY), chunk(b"IDAT", &[])].concat(), "malformed"),
        ("too high", [ihdr(1, 1 << 31, GRAY), chunk(b"IDAT", &[])].concat(), "malformed"),
        ("colour type 1", png([8, 1, 0, 0, 0], &[IDAT]), "malformed"),
        ("depth 4 with colour type 2", png([4, 2, 0, 0, 0], &[IDAT]), "malformed"),
        ("compression 1", png([8, 0, 1, 0, 0], &[IDAT]), "malformed"),
        ("interlace 2", png([8, 0, 0, 0, 2], &[IDAT]), "malformed"),
        ("a bit flipped in IHDR", flipped, "malformed"),
        ("no palette", png(PALETTE, &[IDAT]), "malformed"),
        ("an empty palette", png(PALETTE, &[(b"PLTE", &[]), IDAT]), "malformed"),
        ("a palette of 4 bytes", png(PALETTE, &[(b"PLTE", &[0; 4]), IDAT]), "malformed"),
        ("a palette of 257 colours", png(PALETTE, &[(b"PLTE", &[0; 771]), IDAT]), "malformed"),
        ("two headers", png(GRAY, &[(b"IHDR", &[0; 13]), IDAT]), "malformed"),
        ("no pixels", png(GRAY, &[(b"IEND", &[])]), "malformed"),
        ("the header alone", png(GRAY, &[]), "truncated"),
        ("cut in a chunk", png(GRAY, &[(b"tEXt", &[0; 9])])[..40].to_vec(), "truncated"),
        ("a critical chunk", png(GRAY, &[(b"CgBI", &[]), IDAT]), "unsupported"),
        ("a name that is none", png(GRAY, &[(b"a\0bc", &[]), IDAT]), "malformed"),
    ];
    for (name, file, expected) in rows {
        assert_eq!(code(&file), expected, "{name}");
    }
}

#[test]
fn chunks_that_make_no_pixels_cost_no_picture() -> Result<()> {
    let broken = |name: &[u8; 4], body: &[u8]| {
        let mut chunk = chunk(name, body);
        *chunk.last_mut().expect("a checksum") ^= 1;
        chunk
    };
    let palette: &[u8] = &[1, 2, 3, 4];
    let rows: [(&str, [u8; 5], Vec<u8>); 9] = [
        ("eXIf", GRAY, broken(b"eXIf", EXIF_6)),
        ("tIME", GRAY, broken(b"tIME", &[1])),
        ("iCCP", GRAY, broken(b"iCCP", &[0; 40])),
        ("an unknown one", GRAY, broken(b"abCd", &[0; 40])),
        ("a suggested palette", RGB, broken(b"PLTE", &[1, 2, 3])),
        ("a suggested palette of 4 bytes", RGB, chunk(b"PLTE", palette)),
        ("two suggested palettes", RGB, [chunk(b"PLTE", palette), chunk(b"PLTE", &[])].concat()),
        ("a palette of gray", GRAY, broken(b"PLTE", palette)),
        ("tRNS beside alpha", [8, 6, 0, 0, 0], broken(b"tRNS", &[0; 6])),
    ];
    for (name, rest, middle) in rows {
        let file = [ihdr(3, 2, rest), middle, chunk(b"IDAT", &[])].concat();
        for recover in [false, true] {
            let front = Front::read(&file, &Limits::default(), recover)?;
            assert!(front.damage.is_none(), "{name}");
            assert_eq!(front.orientation, Orientation::NORMAL, "{name}");
            assert_eq!(front.parts().len(), 3, "{name}");
        }
    }
    Ok(())
}

#[test]
fn chunks_that_make_pixels_are_held_to_their_checksum() -> Result<()> {
    let file = png(PALETTE, &[(b"PLTE", &[0; 6]), (b"tRNS", &[1]), IDAT]);
    for at in [20, 42, 59] {
        let mut file = file.clone();
        file[at] ^= 1;
        assert_eq!(code(&file), "malformed", "byte {at}");
        let front = Front::read(&file, &Limits::default(), true)?;
        assert_eq!(front.damage.as_ref().map(Error::code), Some("malformed"), "byte {at}");
        assert_eq!(front.layout(), Layout::Rgba, "byte {at}");
    }
    Ok(())
}

#[test]
fn gray_transparency_has_the_bits_of_its_depth() -> Result<()> {
    for (depth, level) in [(1, 1), (2, 3), (4, 15)] {
        let file = png([depth, 0, 0, 0, 0], &[(b"tRNS", &[0xFF; 2]), IDAT]);
        let front = Front::read(&file, &Limits::default(), false)?;
        assert_eq!(front.trns, Some(Part::Own(chunk(b"tRNS", &[0, level]))));
    }
    let file = png(GRAY, &[(b"tRNS", &[0xFF; 2]), IDAT]);
    let front = Front::read(&file, &Limits::default(), false)?;
    assert!(matches!(front.trns, Some(Part::File(_))));
    Ok(())
}

#[test]
fn long_metadata_is_skipped() -> Result<()> {
    let long = [EXIF_6, &[0; 5000]].concat();
    let file = png(GRAY, &[(b"eXIf", &long), (b"iCCP", &[0; 40]), IDAT]);
    let limits = |most| Limits { max_exif_bytes: most, max_icc_bytes: 0, ..Limits::default() };
    for (most, orientation) in [(0, 1), (EXIF_6.len() as u64, 6)] {
        let front = Front::read(&file, &limits(most), false)?;
        assert_eq!(front.orientation.to_exif(), orientation);
    }
    Ok(())
}

#[test]
fn every_prefix_is_truncated() {
    let file = png(PALETTE, &[(b"PLTE", &[0; 6]), (b"tRNS", &[1]), (b"eXIf", EXIF_6)]);
    for end in SIGNATURE.len()..file.len() {
        assert_eq!(code(&file[..end]), "truncated", "{end} bytes");
    }
}
