//! The tags of TIFF 6.0 and Exif 3.0 that are kept: of the scene, the camera, the people and the place. Left out are those of
//! samples as they were stored, of pixels by their places, and those whose bytes no standard describes, maker notes first.

pub(super) const BYTE: u16 = 1;
pub(super) const ASCII: u16 = 2;
pub(super) const SHORT: u16 = 3;
pub(super) const LONG: u16 = 4;
pub(super) const RATIONAL: u16 = 5;
pub(super) const UNDEFINED: u16 = 7;
pub(super) const SIGNED_RATIONAL: u16 = 10;
/// May stand for ASCII.
pub(super) const UTF8: u16 = 129;

pub(super) const ORIENTATION: u16 = 0x0112;
pub(super) const X_RESOLUTION: u16 = 0x011A;
pub(super) const Y_RESOLUTION: u16 = 0x011B;
pub(super) const RESOLUTION_UNIT: u16 = 0x0128;
pub(super) const ARTIST: u16 = 0x013B;
pub(super) const COPYRIGHT: u16 = 0x8298;
pub(super) const EXIF_DIRECTORY: u16 = 0x8769;
pub(super) const GPS_DIRECTORY: u16 = 0x8825;
pub(super) const EXIF_VERSION: u16 = 0x9000;
pub(super) const COLOUR_SPACE: u16 = 0xA001;
pub(super) const PIXEL_WIDTH: u16 = 0xA002;
pub(super) const PIXEL_HEIGHT: u16 = 0xA003;

/// Any number of values.
const ANY: u32 = 0;

/// Tags whose values have one type and one count.
pub(super) type Known = (u16, u32, &'static [u16]);

pub(super) const RIGHTS: &[Known] = &[(ASCII, ANY, &[ARTIST, COPYRIGHT])];

pub(super) const TIFF: &[Known] = &[
    (ASCII, ANY, &[0x010E, 0x010F, 0x0110, 0x0131, 0x0132, ARTIST, COPYRIGHT]),
    (SHORT, 1, &[ORIENTATION, RESOLUTION_UNIT]),
    (RATIONAL, 1, &[X_RESOLUTION, Y_RESOLUTION]),
];

pub(super) const EXIF: &[Known] = &[
    // Times, serial numbers and names of cameras, lenses, people and programs.
    (ASCII, ANY, &[0x8824, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292, 0xA420]),
    (ASCII, ANY, &[0xA430, 0xA431, 0xA433, 0xA434, 0xA435, 0xA436, 0xA437, 0xA438, 0xA439]),
    (ASCII, ANY, &[0xA43A, 0xA43B, 0xA43C]),
    (SHORT, ANY, &[0x8827]),
    (SHORT, 1, &[0x8822, 0x8830, 0x9207, 0x9208, 0x9209, 0xA217, 0xA401, 0xA402, 0xA403, 0xA405]),
    (SHORT, 1, &[0xA406, 0xA407, 0xA408, 0xA409, 0xA40A, 0xA40C, 0xA460]),
    (LONG, 1, &[0x8831, 0x8832, 0x8833, 0x8834, 0x8835]),
    (RATIONAL, 1, &[0x829A, 0x829D, 0x9202, 0x9205, 0x9206, 0x920A, 0x9401, 0x9402, 0x9404]),
    (RATIONAL, 1, &[0xA20B, 0xA215, 0xA404]),
    (RATIONAL, 4, &[0xA432]),
    (SIGNED_RATIONAL, 1, &[0x9201, 0x9203, 0x9204, 0x9400, 0x9403, 0x9405]),
    (UNDEFINED, 1, &[0xA300, 0xA301]),
    (UNDEFINED, 4, &[EXIF_VERSION]),
    // A comment of the user.
    (UNDEFINED, ANY, &[0x9286]),
];

pub(super) const GPS: &[Known] = &[
    (BYTE, 4, &[0x00]),
    (BYTE, 1, &[0x05]),
    (ASCII, ANY, &[0x01, 0x03, 0x08, 0x09, 0x0A, 0x0C, 0x0E, 0x10, 0x12, 0x13, 0x15, 0x17, 0x19]),
    (ASCII, ANY, &[0x1D]),
    (SHORT, 1, &[0x1E]),
    (RATIONAL, 1, &[0x06, 0x0B, 0x0D, 0x0F, 0x11, 0x18, 0x1A, 0x1F]),
    (RATIONAL, 3, &[0x02, 0x04, 0x07, 0x14, 0x16]),
    (UNDEFINED, ANY, &[0x1B, 0x1C]),
];

/// Tells whether the value of a tag may have this type and count.
pub(super) fn fits(known: &[Known], tag: u16, kind: u16, count: u32) -> bool {
    let kind = if kind == UTF8 { ASCII } else { kind };
    let counts = |expected: u32| if expected == ANY { count > 0 } else { count == expected };
    known.iter().any(|(of, number, tags)| *of == kind && counts(*number) && tags.contains(&tag))
}

/// Bytes of a value, and bytes of the numbers that it is made of.
pub(super) const fn sizes(kind: u16) -> (usize, usize) {
    match kind {
        SHORT => (2, 2),
        LONG => (4, 4),
        RATIONAL | SIGNED_RATIONAL => (8, 4),
        _ => (1, 1),
    }
}
