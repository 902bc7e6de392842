//! Every level gives the bytes of the scalar code.

use super::{
    QuantisedBlock, Quantiser, ZIGZAG, at_least, forward, halve_both, halve_width, rgb_to_ycc,
};
use crate::Level;

/// Noise, and pictures of nothing but 0 and 255, from a seed.
fn bytes(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let byte = state.to_be_bytes()[1];
        if seed.is_multiple_of(3) { if byte < 128 { 0 } else { 255 } } else { byte }
    };
    std::iter::repeat_with(next).take(count).collect()
}

#[test]
fn colour_of_any_width() {
    for (seed, width) in (0..=130).chain([255, 256, 257, 1000]).enumerate() {
        let rgb = bytes(seed as u64, width * 3);
        let convert = |level| {
            let mut out = [vec![1; width], vec![2; width], vec![3; width]];
            let [luma, blue, red] = &mut out;
            rgb_to_ycc(level, &rgb, luma, blue, red);
            out
        };
        for level in Level::available() {
            assert_eq!(convert(level), convert(Level::scalar()), "width {width} {level:?}");
        }
    }
}

#[test]
fn colour_of_the_whole_cube_edges() {
    let corners = [0u8, 1, 2, 127, 128, 129, 253, 254, 255];
    let mut rgb = Vec::new();
    for r in corners {
        for g in corners {
            corners.iter().for_each(|&b| rgb.extend([r, g, b]));
        }
    }
    let count = rgb.len() / 3;
    for level in Level::available() {
        let (mut luma, mut blue, mut red) = (vec![0; count], vec![0; count], vec![0; count]);
        rgb_to_ycc(level, &rgb, &mut luma, &mut blue, &mut red);
        assert_eq!((luma[0], blue[0], red[0]), (0, 128, 128));
        assert_eq!((luma[count - 1], blue[count - 1], red[count - 1]), (255, 128, 128));
        for (at, pixel) in rgb.chunks_exact(3).enumerate() {
            let [r, g, b] = [0, 1, 2].map(|channel| f64::from(pixel[channel]));
            let exact = 0.299 * r + 0.587 * g + 0.114 * b;
            assert!((f64::from(luma[at]) - exact).abs() < 0.51, "{pixel:?}");
        }
    }
}

#[test]
fn halves_of_any_width() {
    for (seed, width) in (0..=140).chain([511, 512, 513]).enumerate() {
        let (top, bottom) = (bytes(seed as u64, width * 2), bytes(seed as u64 + 7, width * 2));
        let halve = |level| {
            let mut out = (vec![1; width], vec![2; width]);
            halve_width(level, &top, &mut out.0);
            halve_both(level, &top, &bottom, &mut out.1);
            out
        };
        for level in Level::available() {
            assert_eq!(halve(level), halve(Level::scalar()), "width {width} {level:?}");
        }
    }
}

#[test]
fn halves_round_by_turns() {
    let mut out = [0; 4];
    halve_width(Level::scalar(), &[0, 1, 0, 1, 0, 1, 0, 1], &mut out);
    assert_eq!(out, [0, 1, 0, 1]);
    halve_both(Level::scalar(), &[0, 1, 0, 1, 1, 1, 1, 1], &[0, 1, 0, 1, 1, 0, 0, 0], &mut out);
    assert_eq!(out, [0, 1, 1, 1]);
}

/// A row of blocks of samples; the seed chooses the steps too.
fn blocks(level: Level, seed: u64, count: usize) -> Vec<QuantisedBlock> {
    let stride = count * 8 + usize::try_from(seed % 3).unwrap_or(0);
    let samples = bytes(seed, stride * 8);
    let mut steps = [1; 64];
    if !seed.is_multiple_of(5) {
        let raw = bytes(seed + 1, 64);
        steps = std::array::from_fn(|at| (raw[at] >> (seed % 5)).max(1));
    }
    let mut out = vec![QuantisedBlock::ZERO; count];
    forward(level, &samples, stride, &Quantiser::new(&steps), &mut out);
    out
}

#[test]
fn blocks_of_any_number() {
    for seed in 0..300 {
        let count = usize::try_from(seed % 9).unwrap_or(0);
        let expected = blocks(Level::scalar(), seed, count);
        for level in Level::available() {
            assert!(blocks(level, seed, count) == expected, "seed {seed} {level:?}");
        }
    }
}

#[test]
fn blocks_agree_with_themselves() {
    for block in blocks(Level::detect(), 1, 40) {
        for (at, &natural) in ZIGZAG.iter().enumerate() {
            let value = block.coefficients[usize::from(natural)];
            assert_eq!(i16::from(block.clamped_zigzag[at]), value.clamp(-128, 127));
            assert_eq!(block.nonzero >> at & 1 == 1, value != 0);
        }
    }
}

#[test]
fn quotients_are_exact() {
    for step in 1..=255u8 {
        let quantiser = Quantiser::new(&[step; 64]);
        let divisor = u32::from(step) * 8;
        for value in 0..20_000u32 {
            let biased = value + u32::from(quantiser.bias[0]);
            let high = (biased * u32::from(quantiser.reciprocal[0])) >> 16;
            let quotient = (high * u32::from(quantiser.scale[0])) >> 16;
            assert_eq!(quotient, (value + divisor / 2) / divisor, "{value} by {divisor}");
        }
    }
}

#[test]
fn flat_samples_have_dc_alone() {
    for (sample, dc) in [(0u8, -1024), (128, 0), (255, 1016)] {
        let mut out = [QuantisedBlock::ZERO; 2];
        forward(Level::detect(), &[sample; 128], 16, &Quantiser::new(&[1; 64]), &mut out);
        for block in out {
            assert_eq!(block.coefficients[0], dc);
            assert_eq!(block.nonzero, u64::from(dc != 0));
        }
    }
}

#[test]
fn distances_from_zero_at_every_place() {
    for at in 0..64 {
        for (value, threshold) in [(1, 1), (-1, 1), (3, 4), (4, 4), (-4, 4), (-1024, 2), (0, 1)] {
            let mut values = [0i16; 64];
            values[at] = value;
            let expected = u64::from(value.abs() >= threshold) << at;
            for level in Level::available() {
                assert_eq!(at_least(level, &values, threshold), expected, "{value} {threshold}");
            }
        }
    }
}
