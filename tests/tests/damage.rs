//! Damage, file by file: its code, and the rows that recovery keeps.

use makeready::{Image, Jpeg, Layout, OnError, Open, Pipeline, Png, Result, Size, WebP, run_all};
use makeready_tests::corpus::every_format;
use makeready_tests::image;

/// A change of a file.
type Edit = fn(&mut Vec<u8>);

/// The result of a damaged file that is to be recovered.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Recovered {
    /// Refused, with this code.
    Refused(&'static str),
    /// A picture whose first rows, at least so many, are those of the whole one; something is lost.
    Rows(u32),
    /// The whole picture, and nothing lost.
    Whole,
}

use Recovered::{Refused, Rows, Whole};

/// A file, what is done to it, the code it is refused with, or none, and what recovery gives.
type Row = (&'static str, &'static str, Edit, Option<&'static str>, Recovered);

const TRUNCATED: Option<&str> = Some("truncated");
const MALFORMED: Option<&str> = Some("malformed");
const UNSUPPORTED: Option<&str> = Some("unsupported");

/// The place behind a run of bytes.
fn behind(file: &[u8], what: &[u8]) -> usize {
    let at = file.windows(what.len()).position(|part| part == what);
    at.unwrap_or_else(|| panic!("no {}", what.escape_ascii())) + what.len()
}

fn set(file: &mut [u8], at: usize, bytes: &[u8]) {
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

const JPEGS: [Row; 16] = [
    ("jpeg", "no end", |f| f.truncate(f.len() - 2), None, Whole),
    ("jpeg", "half of it", |f| f.truncate(f.len() / 2), TRUNCATED, Rows(8)),
    ("jpeg", "its header", |f| f.truncate(40), TRUNCATED, Refused("truncated")),
    ("jpeg", "no start", |f| f.copy_within(1.., 0), UNSUPPORTED, Refused("unsupported")),
    (
        "jpeg",
        "a second start",
        |f| drop(f.splice(2..2, [0xFF, 0xD8])),
        MALFORMED,
        Refused("malformed"),
    ),
    ("jpeg", "no width", |f| width(f, 0), MALFORMED, Refused("malformed")),
    ("jpeg", "12 bits", |f| frame(f, 0, 12), UNSUPPORTED, Refused("unsupported")),
    ("jpeg", "2 components", |f| frame(f, 5, 2), UNSUPPORTED, Refused("unsupported")),
    ("jpeg", "sampling factors of 0", |f| frame(f, 7, 0), MALFORMED, Refused("malformed")),
    ("jpeg", "quantisation table 4", |f| frame(f, 8, 4), MALFORMED, Refused("malformed")),
    ("jpeg", "quantisation table 3, which is not there", |f| frame(f, 8, 3), MALFORMED, Rows(0)),
    ("jpeg", "arithmetic coding", |f| marker(f, 0xC0, 0xC9), UNSUPPORTED, Refused("unsupported")),
    ("jpeg", "lossless coding", |f| marker(f, 0xC0, 0xC3), UNSUPPORTED, Refused("unsupported")),
    (
        "jpeg",
        "two frames",
        |f| {
            let at = behind(f, &[0xFF, 0xC0]) - 2;
            let frame = f[at..at + 13].to_vec();
            drop(f.splice(at..at, frame));
        },
        MALFORMED,
        Refused("malformed"),
    ),
    (
        "jpeg",
        "a scan of a component that is not there",
        |f| {
            let at = behind(f, &[0xFF, 0xDA]) + 3;
            f[at] = 77;
        },
        MALFORMED,
        Refused("malformed"),
    ),
    (
        "jpeg",
        "a marker within its data",
        |f| {
            let middle = f.len() / 2;
            drop(f.splice(middle..middle, [0xFF, 0xDB]));
        },
        MALFORMED,
        Rows(8),
    ),
];

/// Sets the width of the frame.
fn width(file: &mut [u8], width: u16) {
    let at = behind(file, &[0xFF, 0xC0]) + 5;
    set(file, at, &width.to_be_bytes());
}

/// Sets a byte of the frame behind its length.
fn frame(file: &mut [u8], at: usize, byte: u8) {
    let start = behind(file, &[0xFF, 0xC0]) + 2;
    file[start + at] = byte;
}

fn marker(file: &mut [u8], from: u8, to: u8) {
    let at = behind(file, &[0xFF, from]) - 1;
    file[at] = to;
}

const PNGS: [Row; 12] = [
    ("png", "no end", |f| f.truncate(f.len() - 12), None, Whole),
    ("png", "half of it", |f| f.truncate(f.len() / 2), TRUNCATED, Rows(1)),
    ("png", "its header", |f| f.truncate(30), TRUNCATED, Refused("truncated")),
    ("png", "a wrong checksum of its header", |f| f[29] ^= 1, MALFORMED, Rows(64)),
    ("png", "a bit of its header", |f| f[24] = 3, MALFORMED, Refused("malformed")),
    ("png", "colour type 5", |f| f[25] = 5, MALFORMED, Refused("malformed")),
    ("png", "another compression", |f| f[26] = 1, MALFORMED, Refused("malformed")),
    ("png", "another filter", |f| f[27] = 1, MALFORMED, Refused("malformed")),
    ("png", "interlace 2", |f| f[28] = 2, MALFORMED, Refused("malformed")),
    ("png", "no first chunk", |f| set(f, 12, b"IHDr"), MALFORMED, Refused("malformed")),
    (
        "png",
        "a chunk that it needs",
        |f| {
            let at = behind(f, b"IDAT") - 8;
            drop(f.splice(at..at, *b"\0\0\0\0ABCD\xDB\x17\x20\xA5"));
        },
        UNSUPPORTED,
        Refused("unsupported"),
    ),
    (
        "png",
        "a wrong checksum of its pixels",
        |f| {
            let at = f.len() - 13;
            f[at] ^= 1;
        },
        MALFORMED,
        Rows(64),
    ),
];

const WEBPS: [Row; 5] = [
    ("webp", "half of it", |f| f.truncate(f.len() / 2), TRUNCATED, Rows(0)),
    ("webp", "its header", |f| f.truncate(20), TRUNCATED, Refused("truncated")),
    ("webp", "no signature of its pixels", |f| f[23] ^= 0xFF, MALFORMED, Refused("malformed")),
    ("lossless webp", "half of it", |f| f.truncate(f.len() / 2), TRUNCATED, Rows(0)),
    (
        "lossless webp",
        "no signature of its pixels",
        |f| f[20] ^= 0xFF,
        MALFORMED,
        Refused("malformed"),
    ),
];

const GIFS: [Row; 5] = [
    ("gif", "half of its pixels", |f| f.truncate(f.len() * 2 / 3), TRUNCATED, Rows(20)),
    ("gif", "its header", |f| f.truncate(12), TRUNCATED, Refused("truncated")),
    (
        "gif",
        "no frame",
        |f| {
            let at = blocks(f);
            f.truncate(at);
            f.push(0x3B);
        },
        MALFORMED,
        Refused("malformed"),
    ),
    (
        "gif",
        "an unknown block",
        |f| {
            let at = blocks(f);
            f[at] = 0x55;
        },
        MALFORMED,
        Refused("malformed"),
    ),
    ("gif", "no last byte", |f| f.truncate(f.len() - 1), None, Whole),
];

/// Where the blocks of a GIF begin, behind its palette.
fn blocks(file: &[u8]) -> usize {
    13 + (3 << ((file[10] & 7) + 1))
}

/// The files that are damaged.
fn whole(name: &str) -> Result<Vec<u8>> {
    if name == "gif" {
        return Ok(image("still.gif"));
    }
    let size = Size::new(64, 64);
    let samples = (0..size.pixels() * 3).map(|i| (i * i % 251).to_le_bytes()[0]).collect();
    let picture = Pipeline::open(Image::new(size, Layout::Rgb, samples)?);
    let written = match name {
        "jpeg" => picture.encode(Jpeg::quality(90)),
        "png" => picture.encode(Png::compression_level(6)),
        "webp" => picture.encode(WebP::quality(90)),
        "lossless webp" => picture.encode(WebP::lossless()),
        _ => panic!("file {name}"),
    };
    Ok(written.run()?.data)
}

/// The rows at the top that two pictures have in common.
fn common_rows(a: &Image, b: &Image) -> u32 {
    let stride = (a.size().width * a.layout().channels()) as usize;
    let rows = a.data().chunks(stride).zip(b.data().chunks(stride));
    u32::try_from(rows.take_while(|(a, b)| a == b).count()).expect("a few rows")
}

fn wrong(row: &Row) -> Result<Option<String>> {
    let (name, what, edit, code, recovered) = *row;
    let mut file = whole(name)?;
    let expected = Pipeline::open(file.clone()).pixels()?;
    edit(&mut file);
    let fail = Pipeline::open(file.clone()).threads(1);
    let found = fail.pixels().err().map(|error| error.code());
    if found != code {
        return Ok(Some(format!("{name}, {what}: expected {code:?}, found {found:?}")));
    }
    let recover = Pipeline::open_with(file, Open::default().on_error(OnError::Recover)).threads(1);
    // In one pass neither has the decode of the other, whichever comes first.
    if let Some(code) = code {
        let png = |job: &Pipeline| job.clone().encode(Png::default());
        for pass in [[png(&fail), png(&recover)], [png(&recover), png(&fail)]] {
            let found = run_all(pass).map(drop).map_err(|error| error.code());
            if found != Err(code) {
                return Ok(Some(format!("{name}, {what}: {found:?} in a pass with recovery")));
            }
        }
    }
    let output = recover.clone().encode(Png::default()).run();
    let found = match output {
        Err(error) => Refused(error.code()),
        Ok(output) if output.warnings.is_empty() => match recover.pixels()? == expected {
            true => Whole,
            false => return Ok(Some(format!("{name}, {what}: another picture, and no warning"))),
        },
        Ok(_) => Rows(common_rows(&recover.pixels()?, &expected)),
    };
    let fits = match (found, recovered) {
        (Rows(found), Rows(least)) => found >= least,
        (found, recovered) => found == recovered,
    };
    Ok((!fits).then(|| format!("{name}, {what}: expected {recovered:?}, found {found:?}")))
}

#[test]
fn damage_is_told_and_recovered_as_far_as_it_goes() -> Result<()> {
    let rows = JPEGS.iter().chain(&PNGS).chain(&WEBPS).chain(&GIFS);
    let wrong = rows.map(wrong).collect::<Result<Vec<_>>>()?;
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

/// The two cuts that any format must tell apart: within its header, and within its pixels.
#[test]
fn a_cut_of_any_format_is_told_and_its_pixels_are_recovered() -> Result<()> {
    for (name, file) in every_format() {
        let size = makeready::probe(file.clone())?.size();
        for (end, has_header) in [(12, false), (file.len() * 2 / 3, true)] {
            let cut = file[..end].to_vec();
            let error = Pipeline::open(cut.clone()).pixels().expect_err(name);
            assert_eq!(error.code(), "truncated", "{name} cut at {end}");
            let recovered = Pipeline::open_with(cut, Open::default().on_error(OnError::Recover));
            match recovered.run() {
                Ok(output) => {
                    assert!(has_header && output.warnings.len() == 1, "{name} cut at {end}");
                    assert_eq!((output.width, output.height), (size.width, size.height), "{name}");
                }
                Err(error) => {
                    assert!(!has_header && error.code() == "truncated", "{name}: {error}")
                }
            }
        }
    }
    Ok(())
}
