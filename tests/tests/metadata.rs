//! No output carries anything of an input besides its pixels, or besides what is to be kept: every carrier of every format, copied
//! or encoded anew.

use makeready::{
    Encode, Gif, Image, Jpeg, Layout, Meta, Pipeline, Png, Resize, Result, Size, WebP,
};
use makeready_tests::bytes::{has, riff};
use makeready_tests::corpus::every_format;
use makeready_tests::image;

/// Marks that must not leave.
const SECRET: &[u8] = b"52.5163 N, 13.3777 E";

/// A file with data besides its pixels.
struct Carrier {
    name: String,
    file: Vec<u8>,
}

fn picture() -> Image {
    let size = Size::new(24, 16);
    let samples = (0..size.pixels() * 3).map(|i| (i * 7).to_le_bytes()[0]).collect();
    Image::new(size, Layout::Rgb, samples).expect("a picture")
}

fn written(encode: impl Into<Encode>) -> Vec<u8> {
    Pipeline::open(picture()).encode(encode).run().expect("a file").data
}

fn carrier(name: impl Into<String>, parts: &[&[u8]]) -> Carrier {
    Carrier { name: name.into(), file: parts.concat() }
}

/// Segments behind the start of a JPEG and before its scan, and bytes behind its end.
fn jpegs() -> Vec<Carrier> {
    let adobe = [&b"Adobe\0\x64\0\0\0\0\x01"[..], SECRET].concat();
    let thumbnail = [&b"JFIF\0\x01\x01\0\0\x01\0\x01\x07\x01"[..], SECRET, b"."].concat();
    let segments: Vec<(String, u8, Vec<u8>)> = [
        ("a JFIF thumbnail", 0xE0, thumbnail),
        ("JFXX", 0xE0, [&b"JFXX\0\x10"[..], SECRET].concat()),
        ("EXIF", 0xE1, [&b"Exif\0\0MM\0*"[..], SECRET].concat()),
        ("XMP", 0xE1, [&b"http://ns.adobe.com/xap/1.0/\0"[..], SECRET].concat()),
        ("a profile", 0xE2, [&b"ICC_PROFILE\0\x01\x01"[..], SECRET].concat()),
        ("other pictures", 0xE2, [&b"MPF\0"[..], SECRET].concat()),
        ("Photoshop's", 0xED, [&b"Photoshop 3.0\0"[..], SECRET].concat()),
        ("more than Adobe's", 0xEE, adobe),
        ("a comment", 0xFE, SECRET.to_vec()),
    ]
    .map(|(name, marker, body)| (name.to_owned(), marker, body))
    .into_iter()
    .chain((0xE0..=0xEF).map(|marker| (format!("APP{}", marker - 0xE0), marker, SECRET.to_vec())))
    .collect();
    let plain = written(Jpeg::quality(90));
    let scan = plain.windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("a scan");
    let mut carriers = vec![carrier("a JPEG with bytes behind it", &[&plain, SECRET])];
    for (name, marker, body) in segments {
        let length = u16::try_from(body.len() + 2).expect("a short segment").to_be_bytes();
        let segment = [&[0xFF, marker][..], &length, &body].concat();
        for (place, at) in [("at its start", 2), ("before its scan", scan)] {
            let name = format!("a JPEG with {name} {place}");
            carriers.push(carrier(name, &[&plain[..at], &segment, &plain[at..]]));
        }
    }
    // Segments that make pixels, and more behind them.
    for marker in [0xDD, 0xC0] {
        let at = plain.windows(2).position(|pair| pair == [0xFF, marker]);
        let (start, body) = match at {
            Some(at) => {
                let length = usize::from(u16::from_be_bytes([plain[at + 2], plain[at + 3]]));
                (at, plain[at + 4..at + 2 + length].to_vec())
            }
            None => (scan, vec![0, 0]),
        };
        let end = if at.is_some() { start + 4 + body.len() } else { start };
        let body = [&body[..], SECRET].concat();
        let length = u16::try_from(body.len() + 2).expect("a short segment").to_be_bytes();
        let name = format!("a JPEG with a long segment {marker:X}");
        let segment = [&[0xFF, marker][..], &length, &body].concat();
        carriers.push(carrier(name, &[&plain[..start], &segment, &plain[end..]]));
    }
    carriers
}

fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a short chunk").to_be_bytes();
    let checked = [name, body].concat();
    [&length[..], &checked, &crc(&checked).to_be_bytes()].concat()
}

/// The checksum of PNG, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
    !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

/// Chunks before and behind the pixels of a PNG, and bytes behind its end.
fn pngs() -> Vec<Carrier> {
    let names: [&[u8; 4]; 23] = [
        b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"tIME", b"pHYs", b"gAMA", b"cHRM", b"sRGB",
        b"bKGD", b"hIST", b"sPLT", b"sBIT", b"oFFs", b"sTER", b"cICP", b"caBX", b"prVt", b"acTL",
        b"tRNS", b"PLTE", b"gIFx",
    ];
    let plain = written(Png::default());
    let pixels = plain.windows(4).position(|name| name == b"IDAT").expect("pixels") - 4;
    let end = plain.len() - 12;
    let mut carriers = vec![carrier("a PNG with bytes behind it", &[&plain, SECRET])];
    for name in names {
        // A suggested palette has three bytes an entry.
        let body = if name == b"PLTE" { [SECRET, b"."].concat() } else { SECRET.to_vec() };
        let chunk = chunk(name, &body);
        for (place, at) in [("before its pixels", pixels), ("behind them", end)] {
            if name.starts_with(b"PLTE") && at == end {
                continue;
            }
            let name = format!("a PNG with {} {place}", name.escape_ascii());
            carriers.push(carrier(name, &[&plain[..at], &chunk, &plain[at..]]));
        }
    }
    carriers
}

/// Chunks of a WebP with an extended header, chunks behind the pixels of one without, and bytes behind its end.
fn webps() -> Vec<Carrier> {
    let file = |chunks: &[Vec<u8>]| riff(b"RIFF", &[b"WEBP".to_vec(), chunks.concat()].concat());
    let mut carriers = Vec::new();
    for (kind, encode) in [("lossy", WebP::quality(90)), ("lossless", WebP::lossless())] {
        let plain = written(encode);
        let pixels = plain[12..].to_vec();
        carriers.push(carrier(format!("a {kind} WebP with bytes behind it"), &[&plain, SECRET]));
        // Its flag, and whether it comes before the pixels.
        for (name, flag, before) in [
            (b"ICCP", 0x20, true),
            (b"EXIF", 0x08, false),
            (b"XMP ", 0x04, false),
            (b"priv", 0, false),
            (b"priv", 0, true),
        ] {
            let extended = riff(b"VP8X", &[flag, 0, 0, 0, 23, 0, 0, 15, 0, 0]);
            let chunk = riff(name, SECRET);
            let text = format!("a {kind} WebP with {}", name.escape_ascii());
            let chunks = if before {
                [extended, chunk.clone(), pixels.clone()]
            } else {
                [extended, pixels.clone(), chunk.clone()]
            };
            carriers.push(carrier(format!("{text}, extended"), &[&file(&chunks)]));
            if !before {
                carriers.push(carrier(text, &[&file(&[pixels.clone(), chunk])]));
            }
        }
    }
    carriers
}

/// Extensions of a GIF, and bytes behind its end.
fn gifs() -> Vec<Carrier> {
    let plain = image("odd/local-palettes.gif");
    // Behind the screen and its palette of four colours.
    let start = 13 + 12;
    let length = [u8::try_from(SECRET.len()).expect("a short block")];
    let block = |head: &[u8]| [head, &length, SECRET, &[0]].concat();
    let mut carriers = vec![carrier("a GIF with bytes behind it", &[&plain, SECRET])];
    for (name, head) in [
        ("a comment", &b"\x21\xFE"[..]),
        ("XMP", b"\x21\xFF\x0BXMP DataXMP"),
        ("text", b"\x21\x01\x0C\0\0\0\0\x01\0\x01\0\x01\x01\0\0"),
        ("an unknown extension", b"\x21\x77"),
    ] {
        let name = format!("a GIF with {name}");
        carriers.push(carrier(name, &[&plain[..start], &block(head), &plain[start..]]));
    }
    carriers
}

/// A file of every format with bytes behind its end.
fn behind_the_end() -> Vec<Carrier> {
    let longer = |(name, file): (&str, Vec<u8>)| {
        carrier(format!("{name} with bytes behind it"), &[&file, SECRET])
    };
    every_format().into_iter().map(longer).collect()
}

/// The names of the parts of a file.
fn parts(file: &[u8]) -> Vec<Vec<u8>> {
    let number = |at: usize, bytes: usize| file[at..at + bytes].iter();
    let mut names = Vec::new();
    if file.starts_with(&[0xFF, 0xD8]) {
        let mut at = 2;
        while at + 4 <= file.len() && file[at + 1] != 0xDA {
            names.push(vec![file[at + 1]]);
            at += 2 + number(at + 2, 2).fold(0, |n, &byte| n << 8 | usize::from(byte));
        }
    } else if file.starts_with(b"\x89PNG") {
        let mut at = 8;
        while at < file.len() {
            names.push(file[at + 4..at + 8].to_vec());
            at += 12 + number(at, 4).fold(0, |n, &byte| n << 8 | usize::from(byte));
        }
    } else if file.starts_with(b"GIF") {
        let palette = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
        let mut at = 13 + palette(file[10]);
        while file[at] != 0x3B {
            let image = file[at] == 0x2C;
            names.push(if image { vec![0x2C] } else { file[at..at + 2].to_vec() });
            at += if image { 11 + palette(file[at + 9]) } else { 2 };
            while file[at] != 0 {
                at += 1 + usize::from(file[at]);
            }
            at += 1;
        }
        assert_eq!(at + 1, file.len(), "bytes behind the end");
    } else {
        let mut at = 12;
        while at < file.len() {
            names.push(file[at..at + 4].to_vec());
            let length = number(at + 4, 4).rev().fold(0, |n, &byte| n << 8 | usize::from(byte));
            at += 8 + length.next_multiple_of(2);
        }
    }
    names
}

/// The segments that make pixels, and the JFIF header.
fn makes_pixels(name: &[u8]) -> bool {
    matches!(
        name,
        [0xC0 | 0xC2 | 0xC4 | 0xDB | 0xDD | 0xE0]
            | b"IHDR"
            | b"PLTE"
            | b"tRNS"
            | b"IDAT"
            | b"IEND"
            | b"VP8 "
            | b"VP8L"
            | b"VP8X"
            | b"ALPH"
            | [0x2C]
            | [0x21, 0xF9]
    )
}

fn check(name: &str, what: &str, file: &[u8]) {
    assert!(!has(file, SECRET), "{name}, {what}: what it carried is in the output");
    let parts = parts(file);
    assert!(!parts.is_empty(), "{name}, {what}");
    for part in &parts {
        assert!(makes_pixels(part), "{name}, {what}: {}", part.escape_ascii());
    }
}

#[test]
fn no_output_carries_more_than_pixels() -> Result<()> {
    let encodes: [(&str, Encode); 6] = [
        ("jpeg", Jpeg::quality(80).into()),
        ("progressive jpeg", Jpeg::quality(80).progressive(true).into()),
        ("png", Png::compression_level(1).into()),
        ("gif", Gif::new().into()),
        ("webp", WebP::quality(80).into()),
        ("lossless webp", WebP::lossless().effort(0).into()),
    ];
    let formats = (behind_the_end(), 4);
    for (carriers, least) in [(jpegs(), 50), (pngs(), 45), (webps(), 18), (gifs(), 5), formats] {
        assert!(carriers.len() >= least, "{} carriers", carriers.len());
        for Carrier { name, file } in carriers {
            assert!(has(&file, SECRET), "{name}");
            let open = Pipeline::open(file);
            // With nothing to do and no options: where a file may be copied.
            check(&name, "as it is", &open.run()?.data);
            let same = open.clone().resize(Resize::inside(500, 500).without_enlargement(true));
            check(&name, "resized to its size", &same.run()?.data);
            for (what, encode) in encodes {
                check(&name, what, &open.clone().encode(encode).run()?.data);
                let small = open.clone().resize(Resize::fill(9, 7));
                check(&name, what, &small.encode(encode).run()?.data);
            }
        }
    }
    Ok(())
}

/// Kept data let nothing else pass: neither what only looks like it, nor what it has inside.
#[test]
fn no_carrier_passes_with_what_is_kept() -> Result<()> {
    let kept = [Meta::Icc, Meta::Exif, Meta::Copyright, Meta::Gps];
    for Carrier { name, file } in [jpegs(), pngs(), webps()].into_iter().flatten() {
        let open = Pipeline::open(file).keep(kept).density(300);
        for encode in [Jpeg::new().into(), Png::new().into(), Encode::from(WebP::new())] {
            let file = open.clone().encode(encode).run()?.data;
            assert!(!has(&file, SECRET), "{name} as {encode:?}");
        }
    }
    Ok(())
}

/// Shows that the test above is about something: a file that carries nothing is copied as it is.
#[test]
fn files_of_pixels_alone_are_copied() -> Result<()> {
    for plain in [
        written(Jpeg::quality(91)),
        written(Png::compression_level(3)),
        written(WebP::quality(91)),
        written(WebP::lossless().effort(1)),
    ] {
        assert!(Pipeline::open(plain.clone()).run()?.data == plain);
    }
    Ok(())
}

/// The first VP8X chunk announces the others; a second one takes nothing back.
#[test]
fn a_second_header_of_a_webp_is_passed_over() -> Result<()> {
    let file = image("odd/two-exif.webp");
    let turned = makeready::probe(file.clone())?.orientation;
    assert_ne!(turned, 1);
    // Behind RIFF, a length and WEBP: a VP8X of ten bytes that says that there is no EXIF.
    let second = [&b"VP8X\x0A\0\0\0"[..], &[0, 0, 0, 0, 1, 0, 0, 1, 0, 0]].concat();
    let first = 12..30;
    let mut doubled = [&file[..first.end], &second, &file[first.end..]].concat();
    let length = u32::try_from(doubled.len() - 8).expect("a small file").to_le_bytes();
    doubled[4..8].copy_from_slice(&length);
    let probe = makeready::probe(doubled)?;
    assert_eq!((probe.orientation, probe.size()), (turned, makeready::probe(file)?.size()));
    Ok(())
}
