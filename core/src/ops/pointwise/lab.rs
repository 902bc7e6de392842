//! Colours as eyes see them: CIE L*a*b* of the white of sRGB (D65), by the formulas of CIE 15.

use crate::ops::resample::light;

/// CIE XYZ of red, green and blue light of sRGB (IEC 61966-2-1), each row divided by that of white.
const TO_XYZ: [[f32; 3]; 3] = [
    [0.433_953, 0.376_219, 0.189_828],
    [0.212_671, 0.715_160, 0.072_169],
    [0.017_758, 0.109_477, 0.872_766],
];

/// Its inverse.
const FROM_XYZ: [[f32; 3]; 3] = [
    [3.079_955, -1.537_139, -0.542_816],
    [-0.921_259, 1.876_011, 0.045_248],
    [0.052_887, -0.204_026, 1.151_138],
];

/// How light a colour is, of 0 to 100, and how far it is from gray, towards red or green and towards yellow or blue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lab {
    pub(super) l: f32,
    pub(super) a: f32,
    pub(super) b: f32,
}

impl Lab {
    /// The colour of samples of sRGB.
    pub(super) fn of(rgb: [u8; 3]) -> Self {
        let [x, y, z] = times(&TO_XYZ, rgb.map(light::of)).map(curve);
        Self { l: 116.0 * y - 16.0, a: 500.0 * (x - y), b: 200.0 * (y - z) }
    }

    /// Its samples in sRGB, the nearest in each channel where it has none.
    pub(super) fn rgb(self) -> [u8; 3] {
        let y = (self.l + 16.0) / 116.0;
        let xyz = [y + self.a / 500.0, y, y - self.b / 200.0].map(uncurve);
        times(&FROM_XYZ, xyz).map(light::encoded)
    }
}

fn times(matrix: &[[f32; 3]; 3], [x, y, z]: [f32; 3]) -> [f32; 3] {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

/// The share of white below which the cube root is a straight line.
const DARK: f32 = 216.0 / 24_389.0;

fn curve(share: f32) -> f32 {
    if share > DARK { cube_root(share) } else { (24_389.0 / 27.0 * share + 16.0) / 116.0 }
}

fn uncurve(root: f32) -> f32 {
    let cube = root * root * root;
    if cube > DARK { cube } else { (116.0 * root - 16.0) * (27.0 / 24_389.0) }
}

/// The cube root of a number above 0: a third of its exponent, and Newton's steps from there. That of the system may
/// differ from one to the next in the last bit.
fn cube_root(x: f32) -> f32 {
    let mut root = f32::from_bits(x.to_bits() / 3 + 709_921_077);
    for _ in 0..3 {
        root = (2.0 * root + x / (root * root)) / 3.0;
    }
    root
}

/// How light a colour is: CIE L*, of 0 to 100.
pub(crate) fn lightness(rgb: [u8; 3]) -> f32 {
    Lab::of(rgb).l
}

/// How strong a colour is, by its distance from gray in CIE L*a*b*, and how like skin it is, of 0 to 1: by a region of hues,
/// strengths and lightness that was chosen by hand.
pub(crate) fn colourfulness(rgb: [u8; 3]) -> (f32, f32) {
    let Lab { l, a, b } = Lab::of(rgb);
    let strong = (a * a + b * b).sqrt();
    // Hues of skin lie close together, from pale to dark: at 50 degrees, and 30 to both sides of it.
    let (towards, least) = (0.642_788 * a + 0.766_044 * b, 0.866_025);
    let hue = ((towards / strong.max(1.0) - least) / (1.0 - least)).max(0.0);
    let like =
        |value: f32, middle: f32, reach: f32| (1.0 - (value - middle).abs() / reach).max(0.0);
    (strong, hue * like(strong, 27.0, 20.0) * like(l, 60.0, 45.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cube_roots_are_those_of_the_system() {
        for step in 1..=10_000_u16 {
            let x = f32::from(step) / 9_000.0;
            assert!((cube_root(x) - x.cbrt()).abs() < 2e-7, "{x}");
        }
    }

    /// Figures of Bruce Lindbloom's calculator.
    #[test]
    fn known_colours_have_their_places() {
        for (rgb, l, a, b) in [
            ([255, 255, 255], 100.0, 0.0, 0.0),
            ([0, 0, 0], 0.0, 0.0, 0.0),
            ([255, 0, 0], 53.24, 80.09, 67.20),
            ([0, 255, 0], 87.73, -86.18, 83.18),
            ([0, 0, 255], 32.30, 79.19, -107.86),
            ([119, 119, 119], 50.03, 0.0, 0.0),
        ] {
            let found = Lab::of(rgb);
            let far = [found.l - l, found.a - a, found.b - b].map(f32::abs);
            assert!(far.iter().all(|far| *far < 0.05), "{rgb:?}: {found:?}");
        }
    }

    #[test]
    fn samples_come_back_as_they_were() {
        for sample in (0..1 << 24).step_by(977) {
            let [_, red, green, blue] = u32::to_be_bytes(sample);
            assert_eq!(Lab::of([red, green, blue]).rgb(), [red, green, blue]);
        }
    }
}
