//! sRGB-encoded samples to linear light and back, by look-up.
//!
//! The curve is that of IEC 61966-2-1. Every 8-bit sample comes back as it was.

use std::sync::LazyLock;

/// The light of each sample, 0 to 1.
pub(super) static LINEAR: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|sample| to_f32(decode(sample as f64 / 255.0))));

/// The sample of each light in 65,535ths. In the image of the program, where no job pays for it.
static ENCODED: LazyLock<[u8; 65_536]> =
    LazyLock::new(|| std::array::from_fn(|light| to_byte(encode(light as f64 / 65_535.0) * 255.0)));

/// Makes the tables.
pub(crate) fn prepare() {
    LazyLock::force(&LINEAR);
    LazyLock::force(&ENCODED);
}

/// The light of a sample, 0 to 1.
pub(in crate::ops) fn of(sample: u8) -> f32 {
    LINEAR[usize::from(sample)]
}

#[allow(clippy::cast_possible_truncation, reason = "a number of 0 to 1, rounded")]
fn to_f32(value: f64) -> f32 {
    value as f32
}

#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn to_byte(value: f64) -> u8 {
    value.round() as u8
}

fn decode(sample: f64) -> f64 {
    if sample <= 0.040_45 { sample / 12.92 } else { ((sample + 0.055) / 1.055).powf(2.4) }
}

fn encode(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

/// The sample of a light, which is clamped to 0 to 1.
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
pub(in crate::ops) fn encoded(light: f32) -> u8 {
    ENCODED[(light * 65_535.0 + 0.5) as u16 as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_back_as_they_were() {
        assert!(LINEAR.is_sorted());
        for sample in 0..=255 {
            assert_eq!(encoded(LINEAR[usize::from(sample)]), sample);
        }
        assert_eq!((encoded(-0.1), encoded(1.1)), (0, 255));
    }

    #[test]
    fn middle_gray_is_a_fifth_of_the_light() {
        assert!((LINEAR[128] - 0.2159).abs() < 0.0001);
    }

    #[test]
    fn every_light_has_the_nearest_sample() {
        for (light, sample) in
            [(0.0, 0), (0.003, 10), (0.01, 25), (0.2, 124), (0.5, 188), (1.0, 255)]
        {
            assert_eq!(encoded(light), sample, "{light}");
        }
        for light in 0..=u16::MAX {
            let exact = to_byte(encode(f64::from(light) / 65_535.0) * 255.0);
            assert_eq!(encoded(f32::from(light) / 65_535.0), exact, "{light}");
        }
    }
}
