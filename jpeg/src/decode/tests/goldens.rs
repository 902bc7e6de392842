//! Compares pixels with libjpeg-turbo's: its checksums were recorded once, over every valid file.

use std::thread;

use super::{has_corpora, load, pixels, rows, whole};
use crate::{Error, Format, Request, Scale, read_header};
use makeready_kernels::Level;

const GOLDENS: &str = include_str!("../../../testdata/jpeg-goldens.txt");

/// One line of the goldens: name, divisor, mode, width, height and checksum.
fn check(line: &str) -> Option<String> {
    let fields: Vec<_> = line.split(' ').collect();
    let [name, divisor, mode, _, _, expected] = fields[..] else { panic!("golden {line}") };
    let scale = match divisor {
        "1" => Scale::Full,
        "2" => Scale::Half,
        "4" => Scale::Quarter,
        _ => Scale::Eighth,
    };
    let format = if mode == "L" { Format::Gray } else { Format::Rgb };
    let found = pixels(&load(name), scale, format)
        .map(|pixels| format!("{:08x}", crc32fast::hash(&pixels)));
    match found {
        Ok(crc) if crc == expected => None,
        Ok(_) => Some(format!("{name} 1/{divisor} {mode}: other pixels")),
        Err(error) => Some(format!("{name} 1/{divisor} {mode}: {error}")),
    }
}

#[test]
fn pixels_are_those_of_libjpeg_turbo() {
    if !has_corpora() {
        return;
    }
    let lines: Vec<_> = GOLDENS.lines().filter(|line| !line.starts_with('#')).collect();
    let check_all =
        |lines: &[&str]| lines.iter().filter_map(|line| check(line)).collect::<Vec<_>>();
    let (left, right) = lines.split_at(lines.len() / 2);
    let mut wrong = thread::scope(|scope| {
        let left = scope.spawn(|| check_all(left));
        let mut wrong = check_all(right);
        wrong.extend(left.join().expect("no panic"));
        wrong
    });
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
    assert_eq!(lines.len(), 1562);
}

#[test]
fn other_codings_are_unsupported_by_name() {
    if !has_corpora() {
        return;
    }
    for (name, word) in [
        ("libjpeg_testimgari_227x149_arithmetic", "arithmetic"),
        ("derived_227x149_arithmetic", "arithmetic"),
        ("derived_exif_canon_arithmetic", "arithmetic"),
        ("libjpeg_testorig12_227x149_12bit", "12-bit"),
    ] {
        match read_header(&load(&format!("corpora/jpeg-matrix/{name}.jpg"))) {
            Err(Error::Unsupported(text)) => assert!(text.contains(word), "{text}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// The pixels that libjpeg-turbo gives of truncated and changed files: a name, a length or + and
/// the place of a byte that is changed, and a checksum.
const RECOVERED: &str = include_str!("../../../testdata/jpeg-recovered.txt");

#[test]
fn what_is_recovered_is_what_libjpeg_turbo_gives() {
    if !has_corpora() {
        return;
    }
    let mut count = 0;
    for line in RECOVERED.lines() {
        let fields: Vec<_> = line.split(' ').collect();
        let [name, change, expected] = fields[..] else { panic!("golden {line}") };
        let mut data = load(name);
        match change.strip_prefix('+') {
            Some(place) => data[place.parse::<usize>().expect("a place")] ^= 0x55,
            None => data.truncate(change.parse().expect("a length")),
        }
        let header = read_header(&data).expect(line);
        let request = Request { recover: true, ..whole(&header, Scale::Full, Format::Rgb) };
        let pixels = rows(&data, &header, request, Level::detect(), u32::MAX).expect(line);
        assert_eq!(format!("{:08x}", crc32fast::hash(&pixels)), expected, "{line}");
        count += 1;
    }
    assert_eq!(count, 399);
}
