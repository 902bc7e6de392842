//! One tag or many are read, and nonsense is passed over.

use super::*;

/// One directory of the entries given, at offset 8.
fn little(entries: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(u16::try_from(entries.len()).unwrap_or(u16::MAX).to_le_bytes());
    for &(tag, kind, count, value) in entries {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(kind.to_le_bytes());
        tiff.extend(count.to_le_bytes());
        tiff.extend(value.to_le_bytes());
    }
    tiff
}

fn normal(exif: &[u8]) -> u16 {
    orientation(exif, 1 << 20).unwrap_or_default().to_exif()
}

fn big(value: u16) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    tiff.extend(value.to_be_bytes());
    tiff.extend([0, 0]);
    tiff
}

/// One directory with one entry, whose value fills its four bytes as its type asks for.
fn entry(order: ByteOrder, kind: u16, value: u32) -> Vec<u8> {
    let short = |value: u16| match order {
        ByteOrder::Little => value.to_le_bytes(),
        ByteOrder::Big => value.to_be_bytes(),
    };
    let long = |value: u32| match order {
        ByteOrder::Little => value.to_le_bytes(),
        ByteOrder::Big => value.to_be_bytes(),
    };
    let narrow = u16::try_from(value).unwrap_or(u16::MAX);
    let value = match kind {
        // One byte a value.
        1 | 2 | 6 | 7 => [narrow.to_le_bytes()[0], 0, 0, 0],
        3 | 8 => [short(narrow)[0], short(narrow)[1], 0, 0],
        _ => long(value),
    };
    let magic: &[u8] = match order {
        ByteOrder::Little => b"II*\0",
        ByteOrder::Big => b"MM\0*",
    };
    let parts: [&[u8]; 7] =
        [magic, &long(8), &short(1), &short(ORIENTATION), &short(kind), &long(1), &value];
    parts.concat()
}

/// Of the types of TIFF, in both byte orders, two can hold an orientation.
#[test]
fn an_orientation_is_a_short_or_a_long() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        for kind in 0..=14 {
            for value in 1..=8 {
                let expected = if matches!(kind, SHORT | LONG) { value } else { 1 };
                let found = normal(&entry(order, kind, value));
                assert_eq!(u32::from(found), expected, "{order:?}, type {kind}");
            }
        }
        // More than 16 bits are no orientation, whatever the lower ones say.
        assert_eq!(normal(&entry(order, LONG, 0x1_0006)), 1, "{order:?}");
        assert_eq!(normal(&entry(order, LONG, 0x6_0000)), 1, "{order:?}");
    }
}

fn patched(mut tiff: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
    tiff[at..at + bytes.len()].copy_from_slice(bytes);
    tiff
}

#[test]
fn one_tag_is_read_and_nonsense_is_normal() {
    let six = little(&[(ORIENTATION, SHORT, 1, 6)]);
    let rows: [(&str, Vec<u8>, u16); 17] = [
        ("little endian", six.clone(), 6),
        ("big endian", big(8), 8),
        ("with the start that JPEG gives it", [b"Exif\0\0", &six[..]].concat(), 6),
        ("behind another tag", little(&[(0x010F, 2, 4, 0), (ORIENTATION, SHORT, 1, 3)]), 3),
        ("as a long", little(&[(ORIENTATION, LONG, 1, 5)]), 5),
        ("as a string", little(&[(ORIENTATION, 2, 1, 6)]), 1),
        ("no value", little(&[(ORIENTATION, SHORT, 0, 6)]), 1),
        ("0", little(&[(ORIENTATION, SHORT, 1, 0)]), 1),
        ("9", little(&[(ORIENTATION, SHORT, 1, 9)]), 1),
        ("no such tag", little(&[(0x010F, 2, 4, 0)]), 1),
        ("nothing", Vec::new(), 1),
        ("no directory", b"II*\0\x08\0\0\0".to_vec(), 1),
        ("a directory outside", patched(six.clone(), 4, &[0xFF; 4]), 1),
        ("more entries than bytes", patched(six.clone(), 8, &[0xFF, 0xFF]), 6),
        ("cut within the entry", six[..six.len() - 3].to_vec(), 1),
        ("another byte order mark", patched(six.clone(), 0, b"IM"), 1),
        ("another magic number", patched(six, 2, b"+"), 1),
    ];
    for (name, exif, expected) in rows {
        assert_eq!(normal(&exif), expected, "{name}");
    }
}

#[test]
fn every_value_in_both_byte_orders() {
    for value in 1..=8 {
        assert_eq!(normal(&big(value)), value);
        let tiff = little(&[(ORIENTATION, SHORT, 1, u32::from(value))]);
        assert_eq!(normal(&tiff), value);
    }
}

#[test]
fn only_what_lies_within_the_limit_is_read() {
    let exif = little(&[(0x010F, 2, 4, 0), (ORIENTATION, SHORT, 1, 8)]);
    let long = [&exif[..], &[0; 1000]].concat();
    for (most, expected) in [(0, 1), (exif.len() - 1, 1), (exif.len(), 8), (1000, 8)] {
        assert_eq!(
            orientation(&long, most as u64).unwrap_or_default().to_exif(),
            expected,
            "{most} bytes"
        );
    }
}
