//! Conversions against the formulas of their spaces, and where they stand in plans.

mod files;
mod oracle;

use std::sync::Arc;

use moxcms::ColorProfile;

use super::conversion;
use crate::formats;
use crate::picture::image::{Image, Layout};
use crate::picture::profile::{Measured, Profile};
use crate::recipe::options::{ColourSpace, OnProfileError};
use crate::{Encode, Jpeg, Limits, Open, Pipeline, Png, Resize, Result, Size, Stitch, WebP};
use files::{inks, jpeg, patches, png, written};

type Rows = [[f64; 3]; 3];
type Curve = fn(f64) -> f64;

/// Display P3 to sRGB, by CSS Color 4.
const P3: Rows = [
    [1.224_940_2, -0.224_940_2, 0.0],
    [-0.042_057_0, 1.042_057_0, 0.0],
    [-0.019_637_6, -0.078_636_0, 1.098_273_6],
];
/// Adobe RGB to sRGB, which have one white.
const ADOBE: Rows =
    [[1.398_283_6, -0.398_283_1, 0.0], [0.0, 1.0, 0.0], [0.0, -0.042_938_8, 1.042_938_8]];

fn srgb_light(sample: f64) -> f64 {
    if sample <= 0.04045 { sample / 12.92 } else { ((sample + 0.055) / 1.055).powf(2.4) }
}

/// Samples of a space in sRGB, by its curve and its matrix.
fn to_srgb(pixel: [u8; 3], matrix: &Rows, curve: fn(f64) -> f64) -> [u8; 3] {
    let linear = pixel.map(|sample| curve(f64::from(sample) / 255.0));
    matrix.map(|row| {
        let light: f64 = row.iter().zip(linear).map(|(weight, light)| weight * light).sum();
        let sample = match light {
            low if low <= 0.003_130_8 => low * 12.92,
            high => high.powf(1.0 / 2.4).mul_add(1.055, -0.055),
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
        let byte = (sample * 255.0).round() as u8;
        byte
    })
}

fn distance(found: &[u8], expected: &[u8]) -> u8 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

fn pixels(file: Vec<u8>) -> Result<Vec<u8>> {
    Ok(Pipeline::open(file).pixels()?.into_data())
}

fn icc(profile: &ColorProfile) -> Profile {
    Profile::Icc(Arc::new(written(profile)))
}

#[test]
fn samples_of_each_profile_become_srgb() -> Result<()> {
    let (size, image) = patches();
    let adobe = |sample: f64| sample.powf(563.0 / 256.0);
    let spaces: [(ColorProfile, &Rows, Curve); 2] = [
        (ColorProfile::new_display_p3(), &P3, srgb_light),
        (ColorProfile::new_adobe_rgb(), &ADOBE, adobe),
    ];
    let plain = pixels(jpeg(size, &image, None))?;
    for (profile, matrix, curve) in spaces {
        let found = pixels(jpeg(size, &image, Some(written(&profile))))?;
        let expected = plain.as_chunks::<3>().0.iter().flat_map(|p| to_srgb(*p, matrix, curve));
        assert!(distance(&found, &expected.collect::<Vec<_>>()) <= 1, "{:?}", profile.description);
        assert!(distance(&found, &plain) > 40, "a wider space");
    }
    Ok(())
}

/// The order of the third edition: cICP, iCCP, sRGB, gAMA and cHRM.
#[test]
fn the_chunks_of_a_png_count_in_their_order() -> Result<()> {
    let numbers = |list: &[u32]| list.iter().flat_map(|n| n.to_be_bytes()).collect::<Vec<u8>>();
    let chrm = numbers(&[31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000]);
    let gama = numbers(&[100_000]);
    let adobe = written(&ColorProfile::new_adobe_rgb());
    let mut chunks = vec![
        (*b"gAMA", gama),
        (*b"cHRM", chrm),
        (*b"sRGB", vec![0]),
        (*b"iCCP", files::deflated(&adobe)),
        (*b"cICP", vec![12, 13, 0, 1]),
    ];
    let (size, image) = patches();
    let plain = pixels(png(size, &image, &[]))?;
    let expected = |matrix: &Rows, curve: fn(f64) -> f64| -> Vec<u8> {
        plain.as_chunks::<3>().0.iter().flat_map(|p| to_srgb(*p, matrix, curve)).collect()
    };
    let all = [
        expected(&P3, srgb_light),
        expected(&ADOBE, |sample| sample.powf(563.0 / 256.0)),
        plain.clone(),
        expected(&P3, |sample| sample),
    ];
    for (expected, leave) in all.iter().zip([1, 1, 1, 2]) {
        assert!(distance(&pixels(png(size, &image, &chunks))?, expected) <= 1, "{}", chunks.len());
        chunks.truncate(chunks.len() - leave);
    }
    assert!(chunks.is_empty());
    Ok(())
}

#[test]
fn srgb_by_whichever_profile_costs_nothing() -> Result<()> {
    let srgb = icc(&ColorProfile::new_srgb());
    for layout in [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba] {
        assert!(conversion(&srgb, layout, ColourSpace::Srgb)?.is_none(), "{layout}");
    }
    let (size, image) = patches();
    let tagged = jpeg(size, &image, Some(written(&ColorProfile::new_srgb())));
    let tagged = Pipeline::open(tagged).resize((20, 4));
    let plain = Pipeline::open(jpeg(size, &image, None)).resize((20, 4));
    assert_eq!(tagged.plan()?.cost, plain.plan()?.cost);
    assert_eq!(tagged.run()?.data, plain.run()?.data);
    Ok(())
}

/// Alpha stays, and gray of any profile stays gray.
#[test]
fn every_layout_is_converted_alike() -> Result<()> {
    let profile = Profile::Measured(Measured { gamma: Some(100_000), chromaticities: None });
    for level in 0..=255_u8 {
        let [.., expected] = to_srgb([level; 3], &[[1.0, 0.0, 0.0]; 3], |sample| sample);
        for layout in [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba] {
            let convert = conversion(&profile, layout, ColourSpace::Srgb)?.expect("another curve");
            let mut pixel = vec![level; layout.channels() as usize];
            let mut found = pixel.clone();
            if layout.has_alpha() {
                *pixel.last_mut().expect("alpha") = 77;
            }
            convert.convert(&pixel, &mut found)?;
            let alpha = usize::from(layout.has_alpha());
            let (colours, alpha) = found.split_at(found.len() - alpha);
            assert!(
                colours.iter().all(|c| c.abs_diff(expected) <= 1),
                "{layout} {level}: {found:?}"
            );
            assert!(alpha.iter().all(|&alpha| alpha == 77));
        }
    }
    Ok(())
}

#[test]
fn equal_profiles_have_one_conversion() -> Result<()> {
    let found = || conversion(&icc(&ColorProfile::new_adobe_rgb()), Layout::Rgb, ColourSpace::Srgb);
    let (first, second) = (found()?.expect("wider"), found()?.expect("wider"));
    assert!(Arc::ptr_eq(&first, &second));
    Ok(())
}

/// The sides are no multiples of 8, so that edges split a pixel of the scaled picture.
#[test]
fn a_conversion_stands_behind_the_scaled_decode_and_the_shrink() -> Result<()> {
    let size = Size::new(401, 299);
    let p3 = written(&ColorProfile::new_display_p3());
    let file = jpeg(size, &vec![90; 401 * 299 * 3], Some(p3));
    let small = Pipeline::open(file).resize(Resize::width(40));
    assert_eq!(small.plan()?.decodes[0].scale, 4);
    let text = small.explain()?;
    let text = text.split_once("as it will run").expect("two plans").1;
    let order = ["encode", "colours from \"Display P3\" to srgb", "resize", "decode #0 at 1/4"];
    let places = order.map(|what| text.find(what).unwrap_or_else(|| panic!("no {what}: {text}")));
    assert!(places.is_sorted(), "{text}");
    Ok(())
}

#[test]
fn each_tile_of_a_stitch_has_its_own_colours() -> Result<()> {
    let (size, image) = patches();
    let profiles =
        [Some(ColorProfile::new_display_p3()), None, Some(ColorProfile::new_adobe_rgb())];
    let tiles = profiles.map(|profile| jpeg(size, &image, profile.as_ref().map(written)));
    let whole = Pipeline::stitch(Stitch::across(1), tiles.clone()).pixels()?;
    let alone = tiles.map(|tile| Pipeline::open(tile).pixels());
    let alone: Vec<Image> = alone.into_iter().collect::<Result<_>>()?;
    let data: Vec<u8> = alone.iter().flat_map(|tile| tile.data()).copied().collect();
    assert_eq!(whole.data(), data);
    Ok(())
}

/// Of other samples, cut, and no profile at all: a warning and the samples as they are, or an error.
#[test]
fn a_profile_that_cannot_be_used_counts_as_none() -> Result<()> {
    let (size, image) = patches();
    let plain = Pipeline::open(jpeg(size, &image, None)).flip().run()?;
    let gray = written(&ColorProfile::new_gray_with_gamma(2.2));
    let p3 = written(&ColorProfile::new_display_p3());
    for profile in [gray, p3[..100].to_vec(), b"no profile at all".to_vec()] {
        let file = jpeg(size, &image, Some(profile));
        let found = Pipeline::open(file.clone()).flip().run()?;
        assert_eq!(found.data, plain.data);
        assert_eq!(found.warnings.len(), 1, "{:?}", found.warnings);
        assert!(found.warnings[0].ends_with("taken as sRGB"), "{:?}", found.warnings);
        let fail = Open::new().on_profile_error(OnProfileError::Fail);
        let error = Pipeline::open_with(file, fail).run().expect_err("a broken profile");
        assert_eq!(error.code(), "malformed", "{error}");
    }
    let few = Limits { max_icc_bytes: 100, ..Limits::default() };
    let long = Pipeline::open(jpeg(size, &image, Some(p3))).flip().limits(few).run()?;
    assert!(long.data == plain.data && long.warnings[0].contains("max_icc_bytes is 100"));
    Ok(())
}

/// A profile of just so many bytes is read, and one byte more is too long.
#[test]
fn a_profile_is_as_long_as_its_limit_at_most() -> Result<()> {
    let (size, image) = patches();
    let wide = Pipeline::open(Image::new(size, Layout::Rgb, image)?).colour(ColourSpace::DisplayP3);
    let encodes = [Encode::from(Jpeg::quality(90)), Png::new().into(), WebP::lossless().into()];
    let mut files = Vec::new();
    for encode in encodes {
        files.push((encode.format().name(), wide.clone().encode(encode).run()?.data.into()));
    }
    if cfg!(feature = "jxl") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/images/uploads/rgb.jxl");
        files.push(("jxl", std::fs::read(path).expect("an image").into()));
    }
    for (name, file) in files {
        let opened = formats::open(&file, &Open::default(), &Limits::default())?;
        let profile = |most| opened.profile(&Limits { max_icc_bytes: most, ..Limits::default() });
        let length = profile(4096)?.bytes() as u64;
        assert!(length > 0, "{name}");
        assert_eq!(profile(length)?, profile(4096)?, "{name}");
        let error = profile(length - 1).expect_err("a limit");
        assert!(error.to_string().contains("max_icc_bytes is"), "{name}: {error}");
    }
    Ok(())
}

/// A file in Display P3 is read as such, in every format, with at most a step of rounding each way.
#[test]
fn display_p3_is_written_with_its_profile() -> Result<()> {
    let (size, image) = patches();
    let source = Image::new(size, Layout::Rgb, image.clone())?;
    let clear = Image::new(size, Layout::Rgba, [40, 90, 200, 60].repeat(27 * 64))?;
    let png = Png::new().into();
    let lossless: Encode = WebP::lossless().into();
    for (image, encode) in [(&source, png), (&source, lossless), (&clear, png), (&clear, lossless)]
    {
        let wide = Pipeline::open(image.clone()).colour(ColourSpace::DisplayP3).encode(encode);
        let file = wide.run()?.data;
        let kept = Pipeline::open(file.clone()).colour(ColourSpace::Keep);
        assert_eq!(kept.pixels()?, wide.pixels()?, "{encode}");
        // A step of a light sample is several of a dark one that it is mixed into.
        let back = distance(&pixels(file.clone())?, image.data());
        assert!(back <= 6, "{encode}: {back}");
        assert_ne!(kept.pixels()?.data(), image.data());
        let again = kept.encode(encode).run()?;
        assert_eq!(again.data, file, "the profile is kept as it is");
    }
    let wide =
        Pipeline::open(source.clone()).colour(ColourSpace::DisplayP3).encode(Jpeg::quality(95));
    let plain = Pipeline::open(source).encode(Jpeg::quality(95)).run()?.data;
    let tagged = wide.run()?.data;
    assert!(tagged.len() < plain.len() + 1024, "a profile of less than 1 KB");
    let kept = Pipeline::open(tagged.clone()).colour(ColourSpace::Keep).encode(Jpeg::quality(95));
    assert!(kept.run()?.data.windows(4).any(|bytes| bytes == b"acsp"));
    // A file with its profile has no more bytes than asked for.
    let small = wide.encode(Jpeg::quality(95).max_bytes(3_000)).run()?.data;
    assert!(small.len() <= 3_000, "{}", small.len());
    Ok(())
}

#[test]
fn backgrounds_are_in_the_space_of_the_output() -> Result<()> {
    let red = Image::new(Size::new(1, 1), Layout::Rgb, vec![255, 0, 0])?;
    let red_edge = crate::Edges::new().with_left(1);
    let colour = crate::Colour::rgb(255, 0, 0);
    let wide =
        Pipeline::open(red).extend(red_edge, colour).colour(ColourSpace::DisplayP3).pixels()?;
    assert_eq!(wide.data()[..3], wide.data()[3..]);
    assert!(wide.data()[1] > 40, "{wide:?}");
    Ok(())
}

#[test]
fn profiles_that_inputs_do_not_share_cannot_be_kept() -> Result<()> {
    let (size, image) = patches();
    let p3 = jpeg(size, &image, Some(written(&ColorProfile::new_display_p3())));
    let srgb = jpeg(size, &image, Some(written(&ColorProfile::new_srgb())));
    let plain = jpeg(size, &image, None);
    let keep = |tiles: &[&Vec<u8>]| {
        let tiles: Vec<_> = tiles.iter().map(|tile| (*tile).clone()).collect();
        Pipeline::stitch(Stitch::across(1), tiles).colour(ColourSpace::Keep).run()
    };
    let error = keep(&[&p3, &plain, &p3, &srgb]).expect_err("two spaces");
    assert_eq!(error.code(), "invalid_option");
    assert!(error.to_string().contains("than 1, 3"), "{error}");
    assert!(keep(&[&p3, &p3])?.data.windows(4).any(|bytes| bytes == b"acsp"));
    assert!(!keep(&[&srgb, &plain])?.data.windows(4).any(|bytes| bytes == b"acsp"));
    Ok(())
}

/// A profile by whose table inks are half as strong as by the plain formula.
#[test]
fn inks_become_colours_by_their_profile() -> Result<()> {
    let profile = files::ink_profile();
    let plain = pixels(inks(None))?;
    let by_profile = Pipeline::open(inks(Some(&profile)));
    assert_eq!(by_profile.clone().encode(Png::new()).run()?.warnings, [""; 0]);
    let found = by_profile.pixels()?.into_data();
    let expected: Vec<u8> = plain.iter().map(|sample| 128 + sample / 2).collect();
    assert!(distance(&found, &expected) <= 6, "{}", distance(&found, &expected));
    let kept = Pipeline::open(inks(Some(&profile))).colour(ColourSpace::Keep);
    let error = kept.run().expect_err("inks");
    assert_eq!(error.code(), "invalid_option", "{error}");
    let small = Pipeline::open(inks(Some(&profile))).resize(Resize::width(40)).explain()?;
    assert!(small.contains("to srgb => "), "{small}");
    assert!(small.contains(" cmyk (jpeg"), "{small}");
    Ok(())
}
