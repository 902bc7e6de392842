//! From quality to the quantisers and filter levels of segments.

use makeready_kernels::webp_encode::Steps;

use crate::settings::Settings;
use crate::tables::format::{AC_STEPS, DC_STEPS};

/// Shares of a step, in 1/256, that DC and AC are rounded by: 128 would be to nearest. Less for AC
/// saves more bits than it costs quality; less for DC shows as blocks.
const LUMA_BIAS: [u16; 2] = [128, 104];
const CHROMA_BIAS: [u16; 2] = [128, 120];
const LUMA_DC_BIAS: i32 = 120;

/// Where a segment stands between the busiest and the smoothest parts of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Character {
    /// Distance from the picture's mean, -127 (busier) to 127 (smoother).
    pub(crate) smoothness: i32,
    /// Distance from the busiest segment, 0 to 255.
    pub(crate) calm: i32,
}

/// Offsets of the quantiser indices of chroma from those of luma: RFC 6386, section 9.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChromaOffsets {
    /// Offset for DC, -15 to 15.
    pub(crate) dc: i32,
    /// Offset for AC, -15 to 15.
    pub(crate) ac: i32,
}

/// The quantisers of a segment and the exchange rates of its decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentQuantiser {
    /// Index of the quantiser, 0 to 127.
    pub(crate) index: u8,
    /// Level of the loop filter, 0 to 63.
    pub(crate) filter_level: u8,
    /// Luma.
    pub(crate) luma: Steps,
    /// Steps of luma where DC is there already: 1 for DC.
    pub(crate) luma_without_dc: [i16; 16],
    /// The DC of the blocks of a macroblock.
    pub(crate) luma_dc: LumaDcSteps,
    /// Chroma.
    pub(crate) chroma: Steps,
    /// 1/8 bit in 1/256 of the squared error of coefficients.
    pub(crate) lambda: Lambdas,
}

/// Prices of 1/8 bit, in 1/256 of the squared error of coefficients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lambdas {
    pub(crate) whole: i64,
    pub(crate) blocks: i64,
    pub(crate) choice: i64,
    pub(crate) chroma: i64,
    /// For quantisation by rate and distortion.
    pub(crate) trellis: i64,
    /// The price of texture lost.
    pub(crate) texture: i64,
}

/// Steps of the DC of luma.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LumaDcSteps {
    /// Steps of DC and AC.
    pub(crate) step: [i32; 2],
    /// Added before division.
    pub(crate) bias: [i32; 2],
}

/// How compressible a picture is to be, from 0 to 1, by quality: the scale of libwebp
/// (src/enc/quant_enc.c), whose middle is at 75, and whose steps grow with the cube root of bytes.
fn compression(quality: f32) -> f64 {
    let quality = f64::from(quality.clamp(0.0, 100.0)) / 100.0;
    let linear = if quality < 0.75 { quality * (2.0 / 3.0) } else { 2.0 * quality - 1.0 };
    linear.cbrt()
}

/// The quantiser index of a segment.
pub(crate) fn index(settings: &Settings, character: Character) -> u8 {
    let strength = 0.9 * f64::from(settings.spatial_shaping.min(100)) / 100.0 / 128.0;
    let exponent = 1.0 - strength * f64::from(character.smoothness);
    let index = 127.0 * (1.0 - compression(settings.quality).powf(exponent));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 127")]
    let index = index.clamp(0.0, 127.0) as u8;
    index
}

/// The offsets of chroma, by how busy it is (the mean of its measure).
pub(crate) fn chroma_offsets(settings: &Settings, busyness: i32) -> ChromaOffsets {
    let strength = i32::from(settings.spatial_shaping.min(100));
    let ac = (busyness - 64) * 10 / 70 * strength / 100;
    ChromaOffsets { dc: -4 * strength / 100, ac: ac.clamp(-4, 6) }
}

/// The entry of a table of steps that is an offset from an index.
fn at<T: Copy>(table: &[T; 128], index: u8, offset: i32, most: i32) -> T {
    table[usize::try_from((i32::from(index) + offset).clamp(0, most)).unwrap_or(0)]
}

impl SegmentQuantiser {
    /// The quantisers of a segment.
    pub(crate) fn new(settings: &Settings, character: Character, chroma: ChromaOffsets) -> Self {
        let index = index(settings, character);
        let (dc, ac) = (u16::from(DC_STEPS[usize::from(index)]), AC_STEPS[usize::from(index)]);
        let second_ac = (u32::from(ac) * 155 / 100).max(8);
        // Near transparency quality counts for more than bits, as in libwebp's decisions.
        let finer = 14u16.saturating_sub(ac).min(8);
        let luma =
            Steps::new(dc, ac, |at| if at == 0 { LUMA_BIAS[0] } else { LUMA_BIAS[1] + finer });
        let mut luma_without_dc = luma.step;
        luma_without_dc[0] = 1;
        let step = [i32::from(dc) * 2, i32::try_from(second_ac).unwrap_or(i32::MAX)];
        let chroma_dc = u16::from(at(&DC_STEPS, index, chroma.dc, 117));
        let chroma_ac = at(&AC_STEPS, index, chroma.ac, 127);
        let chroma = Steps::new(chroma_dc, chroma_ac, |at| CHROMA_BIAS[usize::from(at > 0)]);
        let square = |dc: u16, ac: u16| {
            let mean = (f64::from(dc) + 15.0 * f64::from(ac)) / 16.0;
            mean * mean
        };
        let price = |square: f64, factor: f64| {
            #[allow(clippy::cast_possible_truncation, reason = "squares of steps")]
            let price = (square * factor) as i64;
            price.max(1)
        };
        let luma_square = square(dc, ac);
        Self {
            index,
            filter_level: filter_level(settings, ac, character),
            luma,
            luma_without_dc,
            luma_dc: LumaDcSteps { step, bias: step.map(|step| step * LUMA_DC_BIAS / 256) },
            chroma,
            lambda: Lambdas {
                whole: price(luma_square, 2.0),
                blocks: price(luma_square, 2.2),
                choice: price(luma_square, 1.2),
                trellis: price(luma_square, 2.5),
                chroma: price(square(chroma_dc, chroma_ac), 1.5),
                texture: price(luma_square.sqrt(), 0.46),
            },
        }
    }
}

/// The level of the loop filter: what the steps of AC call for, less where the segment is calm.
fn filter_level(settings: &Settings, ac: u16, character: Character) -> u8 {
    let base = i32::from((ac / 4).min(63));
    let level = base * 5 * i32::from(settings.filter_strength.min(100)) / (256 + character.calm);
    if level < 2 { 0 } else { u8::try_from(level.min(63)).unwrap_or(63) }
}
