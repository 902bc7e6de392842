//! Fields of data made by hand, in both byte orders, right and wrong.

use super::super::{ASCII, BYTE, ByteOrder, LONG, RATIONAL, SHORT, density};
use super::*;

const MOST: u64 = 1 << 20;
const X_RESOLUTION: u16 = super::super::X_RESOLUTION;
const RESOLUTION_UNIT: u16 = super::super::RESOLUTION_UNIT;

/// Numbers that stand for values: bytes of a text, whole numbers, or pairs of a fraction.
#[derive(Clone)]
struct Value(u16, u32, Vec<u32>);

fn text(text: &str) -> Value {
    let bytes: Vec<u32> = text.bytes().map(u32::from).chain([0]).collect();
    Value(ASCII, u32::try_from(bytes.len()).expect("a short text"), bytes)
}

fn fractions<const N: usize>(pairs: [[u32; 2]; N]) -> Value {
    Value(RATIONAL, u32::try_from(N).expect("few"), pairs.concat())
}

fn one(kind: u16, number: u32) -> Value {
    Value(kind, 1, vec![number])
}

type Entries = Vec<(u16, Value)>;

/// A TIFF file in the making.
struct Writer(ByteOrder);

impl Writer {
    fn short(&self, value: u16) -> [u8; 2] {
        match self.0 {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        }
    }

    fn long(&self, value: u32) -> [u8; 4] {
        match self.0 {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        }
    }

    fn value(&self, Value(kind, _, numbers): &Value) -> Vec<u8> {
        let bytes = |&number: &u32| match *kind {
            ASCII | BYTE => number.to_le_bytes()[..1].to_vec(),
            SHORT => self.short(u16::try_from(number).expect("a short")).to_vec(),
            _ => self.long(number).to_vec(),
        };
        numbers.iter().flat_map(bytes).collect()
    }

    /// A directory for the place `at`, with its longer values behind it.
    fn directory(&self, at: usize, entries: &Entries) -> Vec<u8> {
        let mut directory = self.short(u16::try_from(entries.len()).expect("few")).to_vec();
        let mut behind = Vec::new();
        for (tag, value) in entries {
            let bytes = self.value(value);
            directory.extend([self.short(*tag), self.short(value.0)].concat());
            directory.extend(self.long(value.1));
            let place = at + 2 + 12 * entries.len() + behind.len();
            if bytes.len() > 4 {
                directory.extend(self.long(u32::try_from(place).expect("a small file")));
                behind.extend(bytes);
            } else {
                directory.extend([bytes, vec![0; 4]].concat().iter().take(4));
            }
        }
        [directory, behind].concat()
    }

    /// A file of the first directory and the two below it.
    fn file(&self, first: &Entries, exposure: &Entries, gps: &Entries) -> Vec<u8> {
        let head: &[u8] = match self.0 {
            ByteOrder::Little => b"II*\0",
            ByteOrder::Big => b"MM\0*",
        };
        let exposure = self.directory(8, exposure);
        let gps_at = 8 + exposure.len();
        let gps = self.directory(gps_at, gps);
        let first_at = gps_at + gps.len();
        let place = |at: usize| one(LONG, u32::try_from(at).expect("a small file"));
        let below = [(EXPOSURE, place(8)), (GPS, place(gps_at))];
        let first = self.directory(first_at, &[&first[..], &below].concat());
        let at = self.long(u32::try_from(first_at).expect("a small file"));
        [head, &at, &exposure, &gps, &first].concat()
    }
}

/// The fields in both byte orders, which are the same.
fn fields(first: &Entries, exposure: &Entries, gps: &Entries) -> Exif {
    let [little, big] = [ByteOrder::Little, ByteOrder::Big]
        .map(|order| Exif::read(&Writer(order).file(first, exposure, gps), MOST));
    assert_eq!(little, big);
    little
}

#[test]
fn every_field_is_read() {
    let first = vec![(MAKE, text(" Maker\u{7} ")), (MODEL, text("Ünit 1\0behind the end"))];
    let exposure = vec![
        (DATE_TIME_ORIGINAL, text("2024:02:29 00:59:59")),
        (OFFSET_TIME_ORIGINAL, text("-03:30")),
    ];
    let gps = vec![
        (LATITUDE_REF, text("S")),
        (LATITUDE, fractions([[33, 1], [30, 1], [0, 7]])),
        (LONGITUDE_REF, text("W")),
        (LONGITUDE, fractions([[70, 1], [0, 1], [9000, 100]])),
        (ALTITUDE_REF, one(BYTE, 1)),
        (ALTITUDE, fractions([[861, 2]])),
    ];
    let expected = Exif {
        taken: Some("2024-02-29T00:59:59-03:30".to_owned()),
        make: Some("Maker".to_owned()),
        model: Some("Ünit 1".to_owned()),
        latitude: Some(-33.5),
        longitude: Some(-70.025),
        altitude: Some(-430.5),
    };
    assert_eq!(fields(&first, &exposure, &gps), expected);
    assert_eq!(fields(&vec![], &vec![], &vec![]), Exif::default());
}

#[test]
fn a_time_that_is_none_is_not_told() {
    let rows = [
        ("2024:12:31 23:59:59", "", Some("2024-12-31T23:59:59")),
        ("2024:12:31 23:59:59  ", "+14:00", Some("2024-12-31T23:59:59+14:00")),
        ("2024:12:31 23:59:59", "14:00", Some("2024-12-31T23:59:59")),
        ("2024:12:31 23:59:59", "+24:00", Some("2024-12-31T23:59:59")),
        ("2024:12:31 23:59:59", "+1a:00", Some("2024-12-31T23:59:59")),
        ("2024-12-31 23:59:59", "", None),
        ("2024:13:31 23:59:59", "", None),
        ("2024:00:31 23:59:59", "", None),
        ("2024:12:32 23:59:59", "", None),
        ("2024:12:00 23:59:59", "", None),
        ("2024:12:31 24:59:59", "", None),
        ("2024:12:31 23:60:59", "", None),
        ("2024:12:31 23:59:60", "", None),
        ("2024:12:31 23:59", "", None),
        ("    :  :     :  :  ", "", None),
        ("", "", None),
    ];
    for (time, offset, expected) in rows {
        let exposure = vec![(DATE_TIME_ORIGINAL, text(time)), (OFFSET_TIME_ORIGINAL, text(offset))];
        let taken = fields(&vec![], &exposure, &vec![]).taken;
        assert_eq!(taken.as_deref(), expected, "{time} {offset}");
    }
}

#[test]
fn a_place_that_is_none_is_not_told() {
    let place = |way: Value, angle: Value| {
        let found = fields(&vec![], &vec![], &vec![(LATITUDE_REF, way), (LATITUDE, angle)]);
        found.latitude
    };
    let right = fractions([[90, 1], [0, 1], [0, 1]]);
    assert_eq!(place(text("N"), right.clone()), Some(90.0));
    assert_eq!(place(text("E"), right.clone()), None);
    assert_eq!(place(text(""), right.clone()), None);
    assert_eq!(place(one(LONG, 1), right), None);
    for wrong in [
        fractions([[90, 1], [0, 1], [1, 1]]),
        fractions([[1, 0], [0, 1], [0, 1]]),
        fractions([[1, 1], [0, 1], [0, 0]]),
        fractions([[1, 1], [0, 1]]),
        fractions([[1, 1], [0, 1], [0, 1], [0, 1]]),
        Value(LONG, 3, vec![1, 2, 3]),
        Value(RATIONAL, u32::MAX, vec![1, 1, 1, 1, 1, 1]),
    ] {
        assert_eq!(place(text("N"), wrong.clone()), None, "{:?}", wrong.2);
    }
}

#[test]
fn heights_count_from_the_sea() {
    let height = |entries: Entries| fields(&vec![], &vec![], &entries).altitude;
    let metres = (ALTITUDE, fractions([[7, 2]]));
    assert_eq!(height(vec![metres.clone()]), Some(3.5));
    for (side, expected) in [(0, Some(3.5)), (1, Some(-3.5)), (2, None)] {
        assert_eq!(height(vec![(ALTITUDE_REF, one(BYTE, side)), metres.clone()]), expected);
    }
    assert_eq!(height(vec![(ALTITUDE_REF, one(SHORT, 1)), metres]), None);
}

#[test]
fn a_density_has_a_unit() {
    let density_of = |dots: [u32; 2], unit: Value| {
        let first = vec![(X_RESOLUTION, fractions([dots])), (RESOLUTION_UNIT, unit)];
        density(&Writer(ByteOrder::Big).file(&first, &vec![], &vec![]), MOST)
    };
    let rows = [
        ([300, 1], one(SHORT, 2), Some(300)),
        ([11811, 100], one(SHORT, 3), Some(300)),
        ([300, 1], one(SHORT, 1), None),
        ([300, 1], text("2"), None),
        ([300, 0], one(SHORT, 2), None),
        ([0, 1], one(SHORT, 2), None),
    ];
    for (dots, unit, expected) in rows {
        assert_eq!(density_of(dots, unit), expected, "{dots:?}");
    }
}

/// Each cut of a file, and each of its bytes changed, gives fields of the file or none, and no panic.
#[test]
fn damage_takes_fields_away() {
    let first = vec![(MAKE, text("A camera maker"))];
    let exposure = vec![(DATE_TIME_ORIGINAL, text("2024:02:29 00:59:59"))];
    let file = Writer(ByteOrder::Little).file(&first, &exposure, &vec![]);
    let whole = Exif::read(&file, MOST);
    for end in 0..file.len() {
        let cut = Exif::read(&file[..end], MOST);
        assert!(cut.taken.is_none() || cut.taken == whole.taken, "{end}");
        assert!(cut.make.is_none() || cut.make == whole.make, "{end}");
        assert_eq!(cut, Exif::read(&file, end as u64), "{end}");
    }
    let texts = |exif: &Exif| exif.make.iter().chain(&exif.taken).map(String::len).max();
    for at in 0..file.len() {
        for bits in [0x01, 0x80, 0xFF] {
            let mut changed = file.clone();
            changed[at] ^= bits;
            assert!(texts(&Exif::read(&changed, MOST)) <= Some(file.len()), "{at}");
        }
    }
}

#[test]
fn long_texts_are_cut() {
    let long = "é".repeat(5000);
    let make = fields(&vec![(MAKE, text(&long))], &vec![], &vec![]).make;
    assert_eq!(make, Some("é".repeat(MOST_TEXT)));
}

/// Directories below the first one may be the first one: they are looked into once.
#[test]
fn circles_end() {
    let mut file = b"II*\0\x08\0\0\0\x03\0".to_vec();
    for (tag, kind, value) in [(MAKE, ASCII, 65_u32), (EXPOSURE, LONG, 8), (GPS, LONG, 8)] {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes(), 2_u16.to_le_bytes(), [0; 2]].concat());
        file.extend(value.to_le_bytes());
    }
    let expected = Exif { make: Some("A".to_owned()), ..Exif::default() };
    assert_eq!(Exif::read(&file, MOST), expected);
}
