//! Every level gives the bytes of the scalar code.
#![allow(clippy::cast_possible_truncation, reason = "tests make numbers of any size")]

use super::*;

/// Random numbers by a seed (xorshift64*).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| (self.next() >> 40) as u8).collect()
    }

    /// Coefficients: all, or few, of a range that grows with the seed up to all 16 bits.
    fn block(&mut self, bits: u32, sparse: bool) -> [i16; 64] {
        std::array::from_fn(|_| {
            let value = (self.next() >> 48) as i16 >> (16 - bits);
            if sparse && !self.next().is_multiple_of(8) { 0 } else { value }
        })
    }
}

type Idct = fn(Level, &[i16; 64], &[i16; 64], &mut [u8], usize);

#[test]
fn transforms_are_those_of_the_scalar_code() {
    let kernels: [(Idct, usize); 4] = [(idct8, 8), (idct4, 4), (lowest4, 4), (idct2, 2)];
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let coefficients = random.block(1 + seed as u32 % 16, seed % 3 == 0);
        let quantisation = random.block(1 + seed as u32 / 16 % 16, false);
        for (kernel, side) in kernels {
            let stride = side + seed as usize % 9;
            let mut expected = vec![7; stride * (side - 1) + side];
            let mut found = expected.clone();
            kernel(Level::scalar(), &coefficients, &quantisation, &mut expected, stride);
            for level in Level::available() {
                kernel(level, &coefficients, &quantisation, &mut found, stride);
                assert_eq!(found, expected, "{level:?}, {side} a side, seed {seed}");
            }
        }
    }
}

/// A sample of the transform of the lowest `side` coefficients a side, by its definition.
fn of_cosines(values: impl Fn(usize) -> f64, side: usize, x: usize, y: usize) -> f64 {
    let basis = |at: usize, k: usize| {
        let angle = (2 * at + 1) as f64 * k as f64 * std::f64::consts::PI / (2 * side) as f64;
        if k == 0 { 1.0 } else { angle.cos() * std::f64::consts::SQRT_2 }
    };
    let term =
        |at: usize| values(at / side * 8 + at % side) * basis(x, at % side) * basis(y, at / side);
    (0..side * side).map(term).sum::<f64>() / 8.0 + 128.0
}

#[test]
fn the_lowest_coefficients_make_what_the_cosines_say() {
    for seed in 0..500 {
        let mut random = Random::new(seed);
        let coefficients = random.block(1 + seed as u32 % 8, seed % 3 == 0);
        let quantisation = random.block(3, false);
        let value = |at: usize| f64::from(coefficients[at]) * f64::from(quantisation[at]);
        for side in [2, 4] {
            let mut found = [7; 20];
            match side {
                2 => lowest2(&coefficients, &quantisation, &mut found, 5),
                _ => lowest4(Level::scalar(), &coefficients, &quantisation, &mut found, 5),
            }
            for (y, line) in found.chunks(5).take(side).enumerate() {
                for (x, &sample) in line[..side].iter().enumerate() {
                    let expected = of_cosines(value, side, x, y).clamp(0.0, 255.0);
                    let error = (f64::from(sample) - expected).abs();
                    assert!(
                        error < 0.56,
                        "seed {seed}, {side} a side, {x} {y}: {sample}, {expected}"
                    );
                }
                assert!(line[side..].iter().all(|&sample| sample == 7));
            }
        }
    }
}

#[test]
fn rows_are_those_of_the_scalar_code() {
    for count in (1..200).chain([1000, 1023]) {
        let mut random = Random::new(count as u64);
        // One byte and more behind the end, and any alignment.
        let (near, far) = (random.bytes(count + 9), random.bytes(count + 9));
        for start in [0, 1, 5] {
            let end = start + count + 2;
            let (near, far) = (&near[start..end], &far[start..end]);
            for level in Level::available() {
                let mut expected = vec![0; count * 2];
                let mut found = vec![0; count * 2];
                upsample_wide(Level::scalar(), near, count, &mut expected);
                upsample_wide(level, near, count, &mut found);
                assert_eq!(found, expected, "{level:?}, wide, {count}");
                upsample_both(Level::scalar(), near, far, count, &mut expected);
                upsample_both(level, near, far, count, &mut found);
                assert_eq!(found, expected, "{level:?}, both, {count}");
            }
        }
    }
}

#[test]
fn colours_are_those_of_the_scalar_code() {
    // All pairs of chroma, with changing luma: rows of 256.
    let cb: Vec<u8> = (0..=255).collect();
    for cr in 0..=255u8 {
        let y = Random::new(u64::from(cr)).bytes(256);
        let extremes: Vec<u8> = y.iter().map(|&y| if y < 128 { 0 } else { 255 }).collect();
        for (y, len) in [(&y, 256), (&extremes, 255 - usize::from(cr % 40))] {
            let mut expected = vec![0; len * 3];
            ycc_to_rgb(Level::scalar(), y, &cb, &[cr; 256], &mut expected);
            for level in Level::available() {
                let mut found = vec![0; len * 3];
                ycc_to_rgb(level, y, &cb, &[cr; 256], &mut found);
                assert_eq!(found, expected, "{level:?}, cr {cr}, {len}");
            }
        }
    }
}
