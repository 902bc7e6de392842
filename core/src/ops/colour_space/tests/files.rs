//! Files with profiles, made here.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use moxcms::{
    ColorProfile, DataColorSpace, LutDataType, LutMultidimensionalType, LutStore, LutType,
    LutWarehouse, Matrix3d, ProfileClass, ToneReprCurve, Vector3d,
};

use crate::{Image, Layout, Pipeline, Png, Size};

/// The profile as a file has it.
pub(super) fn written(profile: &ColorProfile) -> Vec<u8> {
    profile.encode().expect("a profile")
}

/// Patches of 8x8 pixels of all mixes of three levels.
pub(super) fn patches() -> (Size, Vec<u8>) {
    let level = |index: u32, place: u32| [20, 128, 240][(index / 3_u32.pow(place) % 3) as usize];
    let size = Size::new(27 * 8, 8);
    let pixel = |at: u32| [0, 1, 2].map(|place| level(at % size.width / 8, place));
    (size, (0..size.width * size.height).flat_map(pixel).collect())
}

/// A JPEG of full chroma and hardly any loss, with a profile.
pub(super) fn jpeg(size: Size, pixels: &[u8], icc: Option<Vec<u8>>) -> Vec<u8> {
    let mut settings = makeready_jpeg::EncoderSettings::new(100);
    settings.subsampling = makeready_jpeg::Subsampling::S444;
    settings.icc = icc;
    let Size { width, height } = size;
    let (format, stride) = (makeready_jpeg::Format::Rgb, width as usize * 3);
    let encoder = makeready_jpeg::Encoder::new(width, height, format, &settings, 1);
    let mut encoder = encoder.expect("an encoder");
    encoder.push(pixels, stride, height, &|| false).expect("rows");
    encoder.finish(&|| false).expect("a file")
}

/// A PNG with chunks behind its IHDR.
pub(super) fn png(size: Size, pixels: &[u8], chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let image = Image::new(size, Layout::Rgb, pixels.to_vec()).expect("an image");
    let mut file = Pipeline::open(image).encode(Png::new()).run().expect("a file").data;
    let pixels = file.split_off(33);
    for (name, body) in chunks {
        let named = [&name[..], body].concat();
        file.extend(u32::try_from(body.len()).expect("a short chunk").to_be_bytes());
        file.extend(&named);
        file.extend(crc32fast::hash(&named).to_be_bytes());
    }
    [file, pixels].concat()
}

/// The body of an iCCP chunk.
pub(super) fn deflated(icc: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(b"a name\0\0".to_vec(), Compression::fast());
    encoder.write_all(icc).expect("bytes");
    encoder.finish().expect("a stream")
}

/// A photograph of four inks, with a profile.
pub(super) fn inks(icc: Option<&[u8]>) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/images/cmyk.jpg");
    let mut file = std::fs::read(path).expect("an image");
    let rest = file.split_off(2);
    if let Some(icc) = icc {
        let body = [b"ICC_PROFILE\0\x01\x01", icc].concat();
        file.extend([0xFF, 0xE2]);
        file.extend(u16::try_from(body.len() + 2).expect("a short profile").to_be_bytes());
        file.extend(body);
    }
    [file, rest].concat()
}

/// A profile by whose table of 7 levels an ink is half as strong as by the plain formula.
pub(super) fn ink_profile() -> Vec<u8> {
    ink_profile_of(7, LutType::Lut16, 4, 1.0, |colour| f64::midpoint(1.0, colour))
}

/// A profile of inks: levels of its table, kind of its numbers, version, exponent of its curves, and the sample of sRGB for one of
/// the plain formula.
pub(super) fn ink_profile_of(
    levels: usize,
    kind: LutType,
    version: u8,
    exponent: f64,
    sample: fn(f64) -> f64,
) -> Vec<u8> {
    let level = |index: usize, ink: u32| {
        1.0 - (index / levels.pow(3 - ink) % levels) as f64 / (levels - 1) as f64
    };
    let plain = |index, ink| level(index, ink) * level(index, 3);
    let lab = |index| lab16([0, 1, 2].map(|ink| sample(plain(index, ink))));
    let numbers = (0..levels.pow(4)).flat_map(lab);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 0 to 65,535")]
    let curve = (0..256).map(|at| ((f64::from(at) / 255.0).powf(exponent) * 65_535.0) as u16);
    let curves = curve.collect::<Vec<_>>();
    // In 16 bits a colour has 256 times what it has in 8, a number of a curve 257 times.
    let store = |numbers: Vec<u16>, times: u16| match kind {
        LutType::Lut8 => {
            let byte = |number: u16| {
                u8::try_from(number.saturating_add(times / 2) / times).unwrap_or(u8::MAX)
            };
            LutStore::Store8(numbers.into_iter().map(byte).collect())
        }
        _ => LutStore::Store16(numbers),
    };
    let straight = (0..256).map(|at: u16| at * 257).collect::<Vec<_>>();
    let mut profile = ColorProfile::new_gray_with_gamma(1.0);
    profile.gray_trc = None;
    profile.profile_class = ProfileClass::OutputDevice;
    profile.color_space = DataColorSpace::Cmyk;
    profile.pcs = DataColorSpace::Lab;
    profile.lut_a_to_b_perceptual = Some(LutWarehouse::Lut(LutDataType {
        num_input_channels: 4,
        num_output_channels: 3,
        num_clut_grid_points: u8::try_from(levels).expect("few levels"),
        matrix: Matrix3d::IDENTITY,
        num_input_table_entries: 256,
        num_output_table_entries: 256,
        input_table: store(curves.repeat(4), 257),
        clut_table: store(numbers.collect(), 256),
        output_table: store(straight.repeat(3), 257),
        lut_type: kind,
    }));
    let mut file = written(&profile);
    file[8] = version;
    if let Some(at) = file.windows(4).position(|name| name == b"mft1") {
        // The crate writes the lengths of the curves, which a table of 8 bits has none of.
        file.drain(at + 48..at + 52);
        let end = at + 48 + 256 * 4 + 3 * levels.pow(4) + 256 * 3;
        file.splice(end..end, [0; 4]);
    }
    file
}

/// A profile of inks with a table of the second kind (`lutAToBType`), and with a matrix in it that changes nothing.
pub(super) fn second_ink_profile(levels: u8, with_matrix: bool) -> Vec<u8> {
    let first = ink_profile_of(levels.into(), LutType::Lut16, 4, 1.0, |c| 0.13 + 0.87 * c);
    let first = ColorProfile::new_from_slice(&first);
    let mut profile = first.expect("a profile");
    let table = profile.lut_a_to_b_perceptual.take();
    let Some(LutWarehouse::Lut(LutDataType { clut_table: LutStore::Store16(table), .. })) = table
    else {
        panic!("a table of the first kind");
    };
    // There 65,535 is what 65,280 is in the first kind.
    let number = |number: u16| (u32::from(number) * 65_535 / 65_280).min(65_535);
    let number = |n| u16::try_from(number(n)).expect("16 bits");
    let linear = || ToneReprCurve::Lut(Vec::new());
    let mut grid_points = [0; 16];
    grid_points[..4].fill(levels);
    profile.lut_a_to_b_perceptual = Some(LutWarehouse::Multidimensional(LutMultidimensionalType {
        num_input_channels: 4,
        num_output_channels: 3,
        grid_points,
        clut: Some(LutStore::Store16(table.into_iter().map(number).collect())),
        a_curves: vec![linear(); 4],
        b_curves: vec![linear(); 3],
        m_curves: if with_matrix { vec![linear(); 3] } else { Vec::new() },
        matrix: Matrix3d::IDENTITY,
        bias: Vector3d::default(),
    }));
    written(&profile)
}

/// sRGB samples of 0 to 1 as Lab of D50, in the 16 bits of a lut16Type.
fn lab16(samples: [f64; 3]) -> [u16; 3] {
    let [r, g, b] =
        samples.map(|s| if s <= 0.04045 { s / 12.92 } else { ((s + 0.055) / 1.055).powf(2.4) });
    let x = 0.436_065_7 * r + 0.385_151_5 * g + 0.143_078_4 * b;
    let y = 0.222_493_2 * r + 0.716_887_0 * g + 0.060_616_9 * b;
    let z = 0.013_923_9 * r + 0.097_081_3 * g + 0.714_099_4 * b;
    let [x, y, z] = [x / 0.9642, y, z / 0.8249].map(|t: f64| match t {
        low if low <= 216.0 / 24_389.0 => low * (841.0 / 108.0) + 4.0 / 29.0,
        high => high.cbrt(),
    });
    let lab = [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)];
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let number = |value: f64| value.round() as u16;
    [number(lab[0] * 652.8), number((lab[1] + 128.0) * 256.0), number((lab[2] + 128.0) * 256.0)]
}
