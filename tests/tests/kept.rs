//! Metadata that are kept: each word lets its own data pass and no other, within the room that there is.

use makeready::{
    Encode, Image, Jpeg, Layout, Meta, Open, Pipeline, Png, Resize, Result, Size, WebP,
};
use makeready_tests::bytes::{has, riff};
use makeready_tests::image;

/// Each word lets its own data pass, in every format from every format, and of an orientation that is applied none.
#[test]
fn each_word_keeps_its_own() -> Result<()> {
    let marks: [(&[u8], &[Meta]); 7] = [
        (b"Camera One", &[Meta::Exif]),
        (b"(c) 2026", &[Meta::Exif, Meta::Copyright]),
        (b"2026:11:26\0", &[Meta::Gps]),
        (b"<rdf:RDF", &[Meta::Xmp]),
        (b"Lens 50mm", &[Meta::Exif]),
        (b"secret", &[]),
        (b"\x12\x01\x03\0\x01\0\0\0\x06\0", &[]),
    ];
    let words = [Meta::Icc, Meta::Exif, Meta::Xmp, Meta::Copyright, Meta::Gps];
    for format in ["jpg", "png", "webp"] {
        let open = Pipeline::open(image(&format!("metadata/camera.{format}")));
        for encode in [Jpeg::new().into(), Png::new().into(), Encode::from(WebP::new())] {
            for chosen in 0..1 << words.len() {
                let keep = (0..words.len()).filter(|word| chosen >> word & 1 == 1);
                let keep: Vec<Meta> = keep.map(|word| words[word]).collect();
                let output = open.clone().keep(keep.clone()).encode(encode).run()?;
                for (mark, of) in marks {
                    let kept = of.iter().any(|word| keep.contains(word));
                    let mark_text = mark.escape_ascii();
                    assert_eq!(
                        has(&output.data, mark),
                        kept,
                        "{format} {encode:?} {keep:?} {mark_text}"
                    );
                }
                assert_eq!(output.warnings, [""; 0]);
            }
        }
    }
    Ok(())
}

/// A WebP with an XMP packet.
fn with_packet(packet: &str) -> Result<Vec<u8>> {
    let dot = Pipeline::open(Image::new(Size::new(1, 1), Layout::Rgb, vec![90; 3])?);
    let pixels = dot.encode(WebP::lossless()).run()?.data[12..].to_vec();
    let extended = riff(b"VP8X", &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let chunks = [b"WEBP".to_vec(), extended, pixels, riff(b"XMP ", packet.as_bytes())];
    Ok(riff(b"RIFF", &chunks.concat()))
}

/// A packet is left out where it tells a place, in two bytes a letter too, and where there is no room for it.
#[test]
fn packets_that_cannot_be_kept_are_left_out() -> Result<()> {
    let wide: String = "exif:GPSLatitude".chars().flat_map(|letter| ['\0', letter]).collect();
    let long = |length| "x".repeat(length);
    // Kept by a JPEG, and by a PNG.
    let rows = [
        ("a prefix of its own", "<e:GPSLatitude>".to_owned(), [false; 2]),
        ("a false start", "<e:GGPSLatitude>".to_owned(), [false; 2]),
        ("two bytes a letter", wide, [false; 2]),
        ("no place", "GGP, GP-S and PGS".to_owned(), [true; 2]),
        ("as much as a JPEG has room for", long(65_504), [true; 2]),
        ("a byte more", long(65_505), [false, true]),
        ("as much as is read", long(1 << 20), [false, true]),
        ("more than is read", long((1 << 20) + 1), [false; 2]),
    ];
    for (name, packet, kept) in rows {
        let open = Pipeline::open(with_packet(&packet)?).keep([Meta::Xmp]);
        for (encode, kept) in [Encode::from(Jpeg::new()), Png::new().into()].into_iter().zip(kept) {
            let output = open.clone().encode(encode).run()?;
            assert_eq!(has(&output.data, packet.as_bytes()), kept, "{name} {encode:?}");
            assert_eq!(output.warnings.is_empty(), kept, "{name}: {:?}", output.warnings);
        }
        let placed = open.keep([Meta::Xmp, Meta::Gps]).encode(Png::new()).run()?;
        let kept = packet.len() <= 1 << 20;
        assert_eq!(has(&placed.data, packet.as_bytes()), kept, "{name}");
    }
    Ok(())
}

/// The data that a file carries counts in `max_bytes`, to the byte.
#[test]
fn metadata_count_in_max_bytes() -> Result<()> {
    let photo = Pipeline::open(image("metadata/camera.jpg")).resize(Resize::width(200));
    let all = photo.keep([Meta::Icc, Meta::Exif, Meta::Xmp]).density(300);
    for (least, encode) in [
        (4_000, (|max| Jpeg::quality(95).max_bytes(max).into()) as fn(u64) -> Encode),
        (4_000, |max| WebP::quality(95).max_bytes(max).into()),
    ] {
        for max in [least, least + 1, 2 * least] {
            let output = all.clone().encode(encode(max)).run()?;
            assert!(output.data.len() as u64 <= max, "{} of {max}", output.data.len());
            assert!(has(&output.data, b"Camera One") && has(&output.data, b"<rdf:RDF"));
        }
        let error = all.clone().encode(encode(1_400)).run().expect_err("no room for pixels");
        assert_eq!(error.code(), "limit_exceeded");
    }
    Ok(())
}

/// A TIFF of one pixel, whose directory names a camera and has an XMP packet. It is a block of EXIF too.
fn tiff_of_a_camera() -> Vec<u8> {
    let (camera, packet) = (b"Camera One\0", b"<rdf:RDF/>");
    let numbers = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 1)];
    let ends = [(277, 1), (278, 1), (279, 1)];
    let texts = 8 + 2 + 12 * 11 + 4;
    let entry = |tag: u16, kind: u16, count: usize, value: usize| {
        let [count, value] = [count, value].map(|n| u32::try_from(n).expect("small").to_le_bytes());
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count, &value].concat()
    };
    let number = |(tag, value)| entry(tag, 4, 1, value);
    let entries = [
        numbers.map(number).concat(),
        entry(272, 2, camera.len(), texts),
        entry(273, 4, 1, 8),
        ends.map(number).concat(),
        entry(700, 1, packet.len(), texts + camera.len()),
    ];
    // Its pixel is the number of entries.
    let start = [&b"II*\0\x08\0\0\0"[..], &[11, 0]].concat();
    [start, entries.concat(), vec![0; 4], camera.to_vec(), packet.to_vec()].concat()
}

/// A TIFF and a film have their metadata kept as a photograph has.
#[test]
fn a_tiff_and_a_film_keep_theirs() -> Result<()> {
    let mut film = image("films/film.webp");
    film[20] |= 4 | 8;
    film.extend(riff(b"EXIF", &tiff_of_a_camera()));
    film.extend(riff(b"XMP ", b"<rdf:RDF/>"));
    let film = riff(b"RIFF", &film[8..]);
    let animated = Open::new().animated(true);
    let rows = [
        ("tiff", Pipeline::open(tiff_of_a_camera())),
        ("film", Pipeline::open_with(film.clone(), animated)),
        ("frame", Pipeline::open_with(film.clone(), Open::new().page(1))),
        ("first frame", Pipeline::open(film)),
    ];
    for (name, open) in rows {
        for encode in [Png::new().into(), Encode::from(WebP::new())] {
            for (words, expected) in [
                (vec![], [false; 2]),
                (vec![Meta::Exif], [true, false]),
                (vec![Meta::Exif, Meta::Xmp], [true; 2]),
            ] {
                let output = open.clone().keep(words).encode(encode).run()?;
                let found = [&b"Camera One"[..], b"<rdf:RDF"].map(|mark| has(&output.data, mark));
                assert_eq!(found, expected, "{name} {encode:?}");
                assert_eq!(output.warnings, [""; 0], "{name}");
            }
        }
    }
    Ok(())
}
