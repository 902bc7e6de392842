//! EXIF data rewritten: what stays, what goes, what is said anew; bounds that damage does not break.

use super::*;

/// A tag, its type, its count, its value in the byte order of its block.
type Entry<'a> = (u16, u16, u32, &'a [u8]);

/// A block that is put together of directories.
struct Block {
    order: ByteOrder,
    bytes: Vec<u8>,
}

impl Block {
    fn new(order: ByteOrder) -> Self {
        let start: &[u8] =
            if order == ByteOrder::Big { b"MM\0*\0\0\0\0" } else { b"II*\0\0\0\0\0" };
        Self { order, bytes: start.to_vec() }
    }

    fn long(&self, number: usize) -> [u8; 4] {
        let number = u32::try_from(number).expect("a short block");
        if self.order == ByteOrder::Big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    fn short(&self, number: u16) -> [u8; 2] {
        if self.order == ByteOrder::Big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    /// Adds a directory whose next one is at `next`, and gives its place.
    fn directory(&mut self, entries: &[Entry<'_>], next: usize) -> usize {
        let at = self.bytes.len();
        let mut values = at + 2 + ENTRY * entries.len() + 4;
        let count = u16::try_from(entries.len()).expect("a short directory");
        self.bytes.extend(self.short(count));
        for (tag, kind, count, value) in entries {
            self.bytes.extend([self.short(*tag), self.short(*kind)].concat());
            self.bytes.extend(self.long(*count as usize));
            if value.len() > 4 {
                self.bytes.extend(self.long(values));
                values += value.len();
            } else {
                self.bytes.extend([value, &[0; 4][value.len()..]].concat());
            }
        }
        self.bytes.extend(self.long(next));
        entries
            .iter()
            .filter(|entry| entry.3.len() > 4)
            .for_each(|entry| self.bytes.extend(entry.3));
        at
    }

    /// The block, which begins with the directory at `first`.
    fn begun(mut self, first: usize) -> Vec<u8> {
        let first = self.long(first);
        self.bytes[4..8].copy_from_slice(&first);
        self.bytes
    }
}

/// A photograph's: a maker note, a place, a thumbnail, a tag that no standard has, orientation 6.
fn photograph(order: ByteOrder) -> Vec<u8> {
    let mut block = Block::new(order);
    let rational = |block: &Block, numbers: &[usize]| -> Vec<u8> {
        numbers.iter().flat_map(|number| block.long(*number)).collect()
    };
    let latitude = rational(&block, &[52, 1, 30, 1, 59, 10]);
    let gps = block.directory(
        &[
            (0, 1, 4, &[2, 3, 0, 0]),
            (1, 2, 2, b"N\0"),
            (2, 5, 3, &latitude),
            (29, 2, 11, b"2026:11:26\0"),
        ],
        0,
    );
    let (time, width) = (rational(&block, &[1, 250]), block.long(9000));
    let exif = block.directory(
        &[
            (0x829A, 5, 1, &time),
            (0x8827, 3, 1, &block.short(400)),
            (0x9000, 7, 4, b"0232"),
            (0x9003, 2, 20, b"2026:11:26 12:00:00\0"),
            (0x927C, 7, 11, b"maker note!"),
            (0xA001, 3, 1, &block.short(0xFFFF)),
            (0xA002, 4, 1, &width),
            (0xA005, 4, 1, &block.long(gps)),
        ],
        0,
    );
    let thumbnail =
        block.directory(&[(0x0201, 4, 1, &block.long(8)), (0x010E, 2, 9, b"thumbnail")], 0);
    let first = block.directory(
        &[
            (0x010F, 2, 6, b"Maker\0"),
            (0x0112, 3, 1, &block.short(6)),
            (0x013B, 2, 4, b"Ann\0"),
            (0x8298, 2, 9, b"(c) 2026\0"),
            (0x8769, 4, 1, &block.long(exif)),
            (0x8825, 4, 1, &block.long(gps)),
            (0xC4A5, 7, 10, b"print data"),
        ],
        thumbnail,
    );
    block.begun(first)
}

fn rewrite(keep: &[Meta]) -> Rewrite<'_> {
    let (size, orientation) = (Size::new(300, 200), Orientation::NORMAL);
    Rewrite { keep, orientation, size, srgb: true, density: None }
}

/// The entries of each directory: tags and values.
type Told = Vec<Vec<(u16, Vec<u8>)>>;

fn told(block: &[u8]) -> Told {
    let (tiff, order) = header(block).expect("a block");
    let source = TiffBlock { tiff, order, left: 0 };
    let first = order.long(tiff, 4);
    let others = [tags::EXIF_DIRECTORY, tags::GPS_DIRECTORY].map(|tag| source.pointer(first, tag));
    let value = |entry: &[u8]| {
        let [tag, kind] = [0, 2].map(|at| order.short(entry, at).expect("an entry"));
        let [count, at] = [4, 8].map(|at| order.long(entry, at).expect("an entry") as usize);
        let length = count * tags::sizes(kind).0;
        let (from, at) = if length > 4 { (tiff, at) } else { (&entry[8..], 0) };
        (tag, from[at..at + length].to_vec())
    };
    let places = [first].into_iter().chain(others).filter(Option::is_some);
    places.map(|at| source.raw(at).map(value).collect()).collect()
}

fn entries<const N: usize>(entries: [(u16, &[u8]); N]) -> Vec<(u16, Vec<u8>)> {
    entries.map(|(tag, value)| (tag, value.to_vec())).to_vec()
}

/// Holds data to their bounds: at most 2 KiB longer, and the same when they are rewritten once more.
fn checked(rewrite: &Rewrite<'_>, exif: &[u8]) -> Vec<u8> {
    let Ok(written) = rewrite.of(exif) else { return Vec::new() };
    assert!(written.len() <= exif.len() + 2048, "{} of {}", written.len(), exif.len());
    if !written.is_empty() {
        assert!(rewrite.of(&written).expect("what was written") == written);
    }
    written
}

#[test]
fn of_a_photograph_stays_what_is_kept() {
    let gps = entries([
        (0, &[2, 3, 0, 0]),
        (1, b"N\0"),
        (2, b"\x34\0\0\0\x01\0\0\0\x1e\0\0\0\x01\0\0\0\x3b\0\0\0\x0a\0\0\0"),
        (29, b"2026:11:26\0"),
    ]);
    let exif = entries([
        (0x829A, b"\x01\0\0\0\xfa\0\0\0"),
        (0x8827, &[0x90, 1]),
        (0x9000, b"0232"),
        (0x9003, b"2026:11:26 12:00:00\0"),
        (0xA001, &[1, 0]),
        (0xA002, &[44, 1, 0, 0]),
        (0xA003, &[200, 0, 0, 0]),
    ]);
    let others = [exif, gps];
    let rights = [(0x013B, &b"Ann\0"[..]), (0x8298, b"(c) 2026\0")];
    let camera = [&[(0x010F, &b"Maker\0"[..]), (0x0112, &[1, 0])][..], &rights].concat();
    type Kept<'a> = (&'a [Meta], &'a [(u16, &'a [u8])], &'a [Vec<(u16, Vec<u8>)>]);
    let rows: [Kept<'_>; 6] = [
        (&[Meta::Icc, Meta::Xmp], &[], &[]),
        (&[Meta::Copyright], &rights, &[]),
        (&[Meta::Gps], &[], &others[1..]),
        (&[Meta::Copyright, Meta::Gps], &rights, &others[1..]),
        (&[Meta::Exif], &camera, &others[..1]),
        (&[Meta::Exif, Meta::Copyright, Meta::Gps], &camera, &others),
    ];
    for (keep, tiff, directories) in rows {
        let blocks = [ByteOrder::Little, ByteOrder::Big].map(photograph);
        let [written, same] = blocks.map(|block| checked(&rewrite(keep), &block));
        assert!(written == same, "{keep:?}");
        let [written, behind_a_name] = [&b""[..], b"Exif\0\0"]
            .map(|name| [name, &photograph(ByteOrder::Big)].concat())
            .map(|block| checked(&rewrite(keep), &block));
        assert!(written == behind_a_name, "{keep:?}");
        if tiff.is_empty() && directories.is_empty() {
            assert!(written.is_empty(), "{keep:?}");
            continue;
        }
        let mut found = told(&written);
        // The places of the other directories.
        found[0].retain(|(tag, _)| ![tags::EXIF_DIRECTORY, tags::GPS_DIRECTORY].contains(tag));
        let tiff = tiff.iter().map(|(tag, value)| (*tag, value.to_vec())).collect();
        assert_eq!(found, [&[tiff], directories].concat(), "{keep:?}");
    }
}

#[test]
fn what_the_picture_is_now_is_said_anew() {
    let orientation = Orientation::from_exif(6);
    let now = Rewrite { orientation, srgb: false, density: Some(300), ..rewrite(&[Meta::Exif]) };
    let [tiff, exif] = &told(&checked(&now, &photograph(ByteOrder::Little)))[..] else {
        panic!("two directories");
    };
    let value = |entries: &[(u16, Vec<u8>)], tag| {
        entries.iter().find(|(found, _)| *found == tag).map(|(_, value)| value.clone())
    };
    let by_inch = |tag| value(tiff, tag);
    assert_eq!(by_inch(0x0112), Some(vec![6, 0]));
    assert_eq!(value(exif, 0xA001), Some(vec![0xFF, 0xFF]));
    for tag in [0x011A, 0x011B] {
        assert_eq!(by_inch(tag), Some(vec![44, 1, 0, 0, 1, 0, 0, 0]));
    }
    assert_eq!(by_inch(0x0128), Some(vec![2, 0]));
    let alone = told(&resolution(300).expect("a block"));
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), [0x011A, 0x011B, 0x0128]);
    // A resolution alone is none of what is kept.
    let rights = Rewrite { density: Some(300), ..rewrite(&[Meta::Copyright]) };
    assert!(checked(&rights, &Block::new(ByteOrder::Big).begun(0)).is_empty());
}

/// Of a tag with another type or count, or a value that is not there, nothing is written.
#[test]
fn a_value_that_cannot_be_is_left_out() {
    let rows: [(Entry<'_>, bool); 9] = [
        ((0x8298, 2, 4, b"Ann\0"), true),
        ((0x8298, 129, 5, b"\xc3\x84nn\0"), true),
        ((0x8298, 7, 4, b"Ann\0"), false),
        ((0x8298, 2, 0, b""), false),
        ((0x8298, 2, 900, b"a short value"), false),
        ((0x8298, 2, u32::MAX, b"a short value"), false),
        ((0x0128, 3, 1, &[2, 0]), true),
        ((0x0128, 3, 2, &[2, 0, 2, 0]), false),
        ((0x0128, 4, 1, &[2, 0, 0, 0]), false),
    ];
    for (entry, stays) in rows {
        let mut block = Block::new(ByteOrder::Little);
        let first = block.directory(&[entry], 0);
        let written = checked(&rewrite(&[Meta::Exif]), &block.begun(first));
        let kept = told(&written)[0].iter().any(|(tag, _)| *tag == entry.0);
        assert_eq!(kept, stays, "{entry:?}");
    }
}

/// Values one over the other make no long data of short ones.
#[test]
fn little_does_not_become_much() {
    let texts = [0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298];
    let mut block = Block::new(ByteOrder::Little);
    // Behind the directory, which has no values apart.
    let place = block.long(START.len() + 2 + ENTRY * texts.len() + 4);
    let first = block.directory(&texts.map(|tag| (tag, 2, 10_000, &place[..])), 0);
    block.bytes.extend([b'x'; 10_000]);
    let block = block.begun(first);
    assert!(told(&block)[0].iter().all(|(_, value)| *value == [b'x'; 10_000]));
    assert!((10_000..10_500).contains(&checked(&rewrite(&[Meta::Exif]), &block).len()));
}

#[test]
fn damage_breaks_no_bound() {
    let all = [Meta::Exif, Meta::Gps];
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let whole = photograph(order);
        for at in 0..whole.len() {
            checked(&rewrite(&all), &whole[..at]);
            for byte in [0, 1, 0x7F, 0xFF] {
                let mut changed = whole.clone();
                changed[at] = byte;
                checked(&rewrite(&all), &changed);
            }
        }
    }
    for broken in [&b""[..], b"II", b"IM*\0\x08\0\0\0", b"MM\0+\0\0\0\x08", b"Exif\0\0"] {
        assert_eq!(rewrite(&all).of(broken).expect_err("no block").code(), "malformed");
    }
}
