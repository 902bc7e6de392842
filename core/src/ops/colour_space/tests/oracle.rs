//! Conversions beside those of Little CMS, by the difference that an eye sees (CIEDE2000).

use std::sync::Arc;

use lcms2::{Flags, Intent, PixelFormat, Profile as Oracle, Transform};
use moxcms::{ColorProfile, LutType};

use super::files::{ink_profile, ink_profile_of, second_ink_profile, written};
use crate::Result;
use crate::ops::colour_space::conversion;
use crate::picture::image::Layout;
use crate::picture::profile::Profile;
use crate::recipe::options::ColourSpace;

/// All mixes of `steps` levels of `N` samples.
fn mixes<const N: usize>(steps: usize) -> Vec<[u8; N]> {
    let byte = |level: usize| u8::try_from(level * 255 / (steps - 1)).expect("a level");
    let pixel = |mut index: usize| {
        std::array::from_fn(|_| {
            let level = index % steps;
            index /= steps;
            byte(level)
        })
    };
    (0..[steps; N].iter().product()).map(pixel).collect()
}

/// Mean and largest difference of all mixes.
fn difference<const N: usize>(icc: &[u8], layout: Layout, steps: usize) -> Result<(f64, f64)> {
    let (format, intent) = match layout {
        Layout::Gray => (PixelFormat::GRAY_8, Intent::RelativeColorimetric),
        Layout::Cmyk => (PixelFormat::CMYK_8, Intent::Perceptual),
        _ => (PixelFormat::RGB_8, Intent::RelativeColorimetric),
    };
    let from = mixes::<N>(steps);
    let (profile, srgb) = (Oracle::new_icc(icc).expect("a profile"), Oracle::new_srgb());
    let oracle: Transform<[u8; N], [u8; 3], _, _> = Transform::new_flags(
        &profile,
        format,
        &srgb,
        PixelFormat::RGB_8,
        intent,
        Flags::NO_OPTIMIZE,
    )
    .expect("a transform");
    let mut expected = vec![[0; 3]; from.len()];
    oracle.transform_pixels(&from, &mut expected);
    let ours = conversion(&Profile::Icc(Arc::new(icc.to_vec())), layout, ColourSpace::Srgb)?;
    let ours = ours.expect("another space than sRGB");
    let channels = ours.to().channels() as usize;
    let mut found = vec![0; from.len() * channels];
    ours.convert(from.as_flattened(), &mut found)?;
    let pairs = expected.iter().zip(found.chunks_exact(channels));
    let differences =
        pairs.map(|(a, b)| ciede2000(lab(a), lab(&[b[0], b[channels / 2], b[channels - 1]])));
    let (sum, most) = differences.fold((0.0, 0.0_f64), |(sum, most), d| (sum + d, most.max(d)));
    Ok((sum / from.len() as f64, most))
}

#[test]
fn no_eye_sees_a_difference() -> Result<()> {
    let rgb = [
        ("display p3", ColorProfile::new_display_p3()),
        ("adobe rgb", ColorProfile::new_adobe_rgb()),
        ("prophoto", ColorProfile::new_pro_photo_rgb()),
    ];
    for (name, profile) in rgb {
        close(name, difference::<3>(&written(&profile), Layout::Rgb, 33)?, (0.3, 1.5));
    }
    let gray = written(&ColorProfile::new_gray_with_gamma(2.2));
    close("gray", difference::<1>(&gray, Layout::Gray, 256)?, (0.3, 1.5));
    let dark = |colour: f64| 0.13 + 0.87 * colour;
    let inks = [
        ("inks", ink_profile()),
        ("inks, of curves, to black", ink_profile_of(9, LutType::Lut16, 4, 1.7, |colour| colour)),
        ("inks, of an old version", ink_profile_of(9, LutType::Lut16, 2, 1.0, dark)),
        ("inks, of 8 bits", ink_profile_of(11, LutType::Lut8, 2, 0.8, dark)),
        ("inks, of a table of the second kind", second_ink_profile(9, false)),
        ("inks, of many levels", ink_profile_of(33, LutType::Lut8, 2, 1.0, dark)),
    ];
    for (name, profile) in inks {
        close(name, difference::<4>(&profile, Layout::Cmyk, 13)?, (0.3, 1.5));
    }
    // That goes through the crate, by levels of its own and without a black.
    let with_matrix = second_ink_profile(9, true);
    close("inks, with a matrix", difference::<4>(&with_matrix, Layout::Cmyk, 13)?, (1.5, 8.0));
    Ok(())
}

fn close(name: &str, (mean, most): (f64, f64), (mean_bound, bound): (f64, f64)) {
    eprintln!("{name}: mean {mean:.3}, largest {most:.2}");
    assert!(mean < mean_bound && most < bound, "{name}: mean {mean:.3}, largest {most:.2}");
}

/// Lab of D65.
fn lab(pixel: &[u8; 3]) -> [f64; 3] {
    let [r, g, b] = pixel.map(|sample| super::srgb_light(f64::from(sample) / 255.0));
    let x = 0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b;
    let y = 0.212_672_9 * r + 0.715_152_2 * g + 0.072_175_0 * b;
    let z = 0.019_333_9 * r + 0.119_192_0 * g + 0.950_304_1 * b;
    let [x, y, z] = [x / 0.950_47, y, z / 1.088_83].map(|t: f64| match t {
        low if low <= 216.0 / 24_389.0 => low * (841.0 / 108.0) + 4.0 / 29.0,
        high => high.cbrt(),
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The formula of CIE 142, with all weights 1.
fn ciede2000([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25_f64.powi(7))).sqrt();
    let g = 0.5 * (1.0 - seventh(f64::midpoint(a1.hypot(b1), a2.hypot(b2))));
    let polar = |a: f64, b: f64| {
        let a = a * (1.0 + g);
        (a.hypot(b), b.atan2(a).to_degrees().rem_euclid(360.0))
    };
    let ((c1, h1), (c2, h2)) = (polar(a1, b1), polar(a2, b2));
    let gray = c1 * c2 == 0.0;
    let turn = if gray { 0.0 } else { (h2 - h1 + 180.0).rem_euclid(360.0) - 180.0 };
    let (l, c) = (f64::midpoint(l1, l2), f64::midpoint(c1, c2));
    let h = if gray { h1 + h2 } else { (h1 + turn / 2.0).rem_euclid(360.0) };
    let cos = |times: f64, offset: f64| (times * h + offset).to_radians().cos();
    let t = 1.0 - 0.17 * cos(1.0, -30.0) + 0.24 * cos(2.0, 0.0) + 0.32 * cos(3.0, 6.0)
        - 0.20 * cos(4.0, -63.0);
    let light = (l - 50.0).powi(2);
    let dl = (l2 - l1) / (1.0 + 0.015 * light / (20.0 + light).sqrt());
    let dc = (c2 - c1) / (1.0 + 0.045 * c);
    let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin() / (1.0 + 0.015 * c * t);
    let rotation = 60.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let rt = -rotation.to_radians().sin() * 2.0 * seventh(c);
    (dl * dl + dc * dc + dh * dh + rt * dc * dh).max(0.0).sqrt()
}
