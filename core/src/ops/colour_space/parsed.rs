//! Profiles as moxcms has them, made of what files say.

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, CmsError, ColorPrimaries, ColorProfile,
    MatrixCoefficients, ParsingOptions, ProfileText, ToneReprCurve, TransferCharacteristics,
};

use crate::error::{Error, Result};
use crate::panics::caught;
use crate::picture::profile::{Measured, Profile};
use crate::picture::reserve::probed;

/// Characters of a name that plans show.
const MOST_NAME: usize = 40;

/// Bytes that a profile takes at most when it has been read, beside its tables.
const TEXTS: u64 = 1 << 20;

/// Bytes that the tables of a profile take at most for each byte of it: numbers of one byte become floats.
pub(super) const GROWTH: u64 = 6;

/// The divisor of the numbers of PNG.
const UNIT: f32 = 100_000.0;

/// Works with the crate, which does not reserve all it needs fallibly: up to `memory` bytes. A panic, too, is the fault
/// of the profile.
pub(super) fn guarded<T>(memory: u64, work: impl FnOnce() -> Result<T>) -> Result<T> {
    probed(memory)?;
    caught(work).map_err(|error| match error.code() {
        "internal" => unusable("it cannot be read"),
        _ => error,
    })
}

/// The name of a profile, as far as it is plain text; `None` where nothing is said, or a profile has no name.
///
/// # Errors
/// `malformed` of a profile that cannot be read, `out_of_memory`.
pub(crate) fn profile_name(profile: &Profile) -> Result<Option<String>> {
    if *profile == Profile::Srgb {
        return Ok(None);
    }
    let memory = TEXTS + GROWTH * profile.bytes() as u64;
    let name = guarded(memory, || Ok(name(profile, &parsed(profile)?)))?;
    Ok(Some(name).filter(|name| !name.is_empty()))
}

/// Reads a profile. One of sRGB comes as such.
pub(super) fn parsed(profile: &Profile) -> Result<ColorProfile> {
    match profile {
        Profile::Srgb => Ok(ColorProfile::new_srgb()),
        Profile::Icc(icc) => of_icc(icc),
        Profile::CodePoints { primaries, transfer } => of_code_points(*primaries, *transfer),
        Profile::Measured(measured) => of_measured(measured),
    }
}

fn of_icc(icc: &[u8]) -> Result<ColorProfile> {
    let options = ParsingOptions {
        // Bounds the texts as well, of which there may be one a language.
        max_profile_size: icc.len() * 8 + (64 << 10),
        max_allowed_clut_size: icc.len(),
        ..ParsingOptions::default()
    };
    ColorProfile::new_from_slice_with_options(icc, options).map_err(fault)
}

/// High dynamic range would need a tone curve for the picture: such samples are not read.
fn of_code_points(primaries: u8, transfer: u8) -> Result<ColorProfile> {
    let unknown = |_| unusable(format!("has code points {primaries} and {transfer}"));
    let color_primaries = CicpColorPrimaries::try_from(primaries).map_err(unknown)?;
    let transfer_characteristics = TransferCharacteristics::try_from(transfer).map_err(unknown)?;
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    profile.update_rgb_colorimetry_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    // The call leaves a profile as it is where it knows no primaries or no curve.
    let high = [TransferCharacteristics::Smpte2084, TransferCharacteristics::Hlg];
    if high.contains(&transfer_characteristics) || profile.cicp.is_none() {
        return Err(unusable(format!("has code points {primaries} and {transfer}")));
    }
    Ok(profile)
}

fn of_measured(measured: &Measured) -> Result<ColorProfile> {
    // Code points would stand above the curves.
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    if let Some(gamma) = measured.gamma {
        if !(1_000..=10_000_000).contains(&gamma) {
            return Err(unusable(format!("has a gamma of {gamma} in 100,000")));
        }
        let curve = ToneReprCurve::Parametric(vec![UNIT / gamma as f32]);
        for place in [&mut profile.red_trc, &mut profile.green_trc, &mut profile.blue_trc] {
            *place = Some(curve.clone());
        }
    }
    if let Some(numbers) = measured.chromaticities {
        let [white, red, green, blue] = [0, 2, 4, 6]
            .map(|at| Chromaticity::new(numbers[at] as f32 / UNIT, numbers[at + 1] as f32 / UNIT));
        if !spans_a_triangle(red, green, blue) || white.y < 0.01 || white.x > 1.0 || white.y > 1.0 {
            return Err(unusable("has primaries that span no colours"));
        }
        profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
    }
    Ok(profile)
}

/// Tells whether three colours enclose others, with room to spare for arithmetic.
fn spans_a_triangle(red: Chromaticity, green: Chromaticity, blue: Chromaticity) -> bool {
    let (across, down) = ((green.x - red.x, green.y - red.y), (blue.x - red.x, blue.y - red.y));
    let area = (across.0 * down.1 - across.1 * down.0).abs();
    (0.001..4.0).contains(&area) && [red, green, blue].iter().all(|colour| colour.y > 0.000_1)
}

/// The name of a profile, as far as it is plain text.
pub(super) fn name(profile: &Profile, parsed: &ColorProfile) -> String {
    let text = match &parsed.description {
        _ if *profile == Profile::DISPLAY_P3 => "Display P3",
        _ if *profile == Profile::SRGB_POINTS => "sRGB",
        _ if matches!(profile, Profile::CodePoints { .. }) => "cICP",
        _ if matches!(profile, Profile::Measured(_)) => "gAMA and cHRM",
        Some(ProfileText::PlainString(text)) => text.as_str(),
        Some(ProfileText::Localizable(texts)) => texts.first().map_or("", |text| &text.value),
        Some(ProfileText::Description(text)) => &text.ascii_string,
        None => "",
    };
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(MOST_NAME).collect()
}

/// The library's error for one of the crate.
#[cold]
pub(super) fn fault(error: CmsError) -> Error {
    match error {
        CmsError::OutOfMemory(bytes) => Error::out_of_memory(bytes as u64),
        other => unusable(other),
    }
}

#[cold]
pub(super) fn unusable(fault: impl std::fmt::Display) -> Error {
    Error::malformed(format!("its colour profile cannot be used: {fault}"))
}
