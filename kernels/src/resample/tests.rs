//! Every level gives the bytes of the scalar one.

use super::*;

/// A small generator: xorshift of Marsaglia, 2003.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 >> 32).unwrap_or(0)
    }

    fn below(&mut self, end: u32) -> u32 {
        self.next() % end
    }

    fn byte(&mut self) -> u8 {
        // Black and white often, as they overshoot.
        u8::try_from(self.below(512)).unwrap_or(if self.below(2) == 0 { 0 } else { 255 })
    }

    /// A weight of -0.5 to 1.5 in 14 bits.
    fn weight(&mut self) -> i16 {
        i16::try_from(self.below(32_768)).unwrap_or(0) - 8192
    }

    /// A sample between the passes.
    fn sample(&mut self) -> i16 {
        i16::try_from(self.below(24_000)).unwrap_or(0) - 4000
    }
}

/// Lengths around the widths of vectors.
fn lengths() -> impl Iterator<Item = usize> {
    (0..20).chain([31, 32, 33, 47, 63, 64, 65, 95, 96, 97, 127, 128, 129, 300])
}

fn other_levels() -> impl Iterator<Item = Level> {
    Level::available().into_iter().filter(|level| *level != Level::scalar())
}

#[test]
fn sums_of_rows_are_the_same() {
    let mut random = Random(1);
    for columns in lengths().filter(|columns| *columns > 0) {
        for count in [1, 2, 3, 4, 7, 30, 96, 97] {
            let rows: Vec<Vec<u8>> =
                (0..count).map(|_| (0..columns + 3).map(|_| random.byte()).collect()).collect();
            let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
            let weights: Vec<i16> = rows.iter().map(|_| random.weight()).collect();
            let taps: Vec<RowTaps<'_>> = (0..1 + random.below(4))
                .map(|_| {
                    let first = random.below(count) as usize;
                    let less = random.below(count);
                    let taps = 1 + random.below(count - less) as usize;
                    let weights = if taps == 1 { &[1 << 14] } else { &weights[..taps] };
                    RowTaps { first: first.min(rows.len() - taps), weights }
                })
                .collect();
            for bits in 14..=16 {
                let sums = |level| {
                    let mut out = vec![7; columns * taps.len()];
                    weigh_rows(level, &rows, &taps, bits, columns, &mut out);
                    out
                };
                for level in other_levels() {
                    assert_eq!(sums(level), sums(Level::scalar()), "{level:?} {columns} {count}");
                }
            }
        }
    }
}

#[test]
fn rounded_rows_are_the_same() {
    let mut random = Random(2);
    for len in lengths() {
        let row: Vec<i16> = (0..len).map(|_| random.sample()).collect();
        let rounded = |level| {
            let mut out = vec![7; len];
            round_row(level, &row, &mut out);
            out
        };
        for level in other_levels() {
            assert_eq!(rounded(level), rounded(Level::scalar()), "{level:?} {len}");
        }
    }
}

fn check_pixels<const N: usize>(random: &mut Random) {
    for (columns, count) in lengths().zip(lengths().skip(9)).filter(|(columns, _)| *columns > 0) {
        for stride in [8, 16, 24, 32, 56] {
            let row: Vec<i16> = (0..columns * N).map(|_| random.sample()).collect();
            let pitch = columns + stride;
            let firsts: Vec<u32> =
                (0..count).map(|_| random.below(u32::try_from(columns).unwrap_or(1))).collect();
            let weights: Vec<i16> = (0..count * stride).map(|_| random.weight()).collect();
            let taps = Taps { firsts: &firsts, weights: &weights, stride, bits: 16 };
            let made = |level| {
                let mut planes = vec![0; N * pitch];
                split_row::<N>(level, &row, &mut planes, pitch);
                let mut out = vec![7; count * N];
                weigh_pixels::<N>(level, &planes, pitch, &taps, &mut out);
                (planes, out)
            };
            for level in other_levels() {
                assert_eq!(made(level), made(Level::scalar()), "{level:?} {columns} {count} {N}");
            }
        }
    }
}

#[test]
fn sums_of_pixels_are_the_same() {
    let mut random = Random(3);
    check_pixels::<1>(&mut random);
    check_pixels::<2>(&mut random);
    check_pixels::<3>(&mut random);
    check_pixels::<4>(&mut random);
}

fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

fn check_floats<const N: usize>(random: &mut Random) {
    for (columns, count) in lengths().zip(lengths().skip(9)).filter(|(columns, _)| *columns > 0) {
        let stride = 16;
        let rows: Vec<Vec<f32>> = (0..4)
            .map(|_| {
                (0..(columns + stride) * N).map(|_| f32::from(random.sample()) / 7.0).collect()
            })
            .collect();
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let factors: Vec<f32> = rows.iter().map(|_| f32::from(random.weight()) / 3.0).collect();
        let firsts: Vec<u32> =
            (0..count).map(|_| random.below(u32::try_from(columns).unwrap_or(1))).collect();
        let weights: Vec<f32> =
            (0..count * stride).map(|_| f32::from(random.weight()) / 9.0).collect();
        let taps = FloatTaps { firsts: &firsts, weights: &weights, stride };
        for used in 1..=4 {
            let made = |level| {
                let mut sums = vec![0.5; (columns + stride) * N];
                add_rows(level, &rows[..used], &factors[..used], &mut sums);
                let mut out = vec![0.0; count * N];
                add_pixels::<N>(level, &sums, &taps, &mut out);
                (bits(&sums), bits(&out))
            };
            for level in other_levels() {
                assert_eq!(made(level), made(Level::scalar()), "{level:?} {columns} {used} {N}");
            }
        }
    }
}

#[test]
fn sums_of_floats_are_the_same() {
    let mut random = Random(4);
    check_floats::<1>(&mut random);
    check_floats::<2>(&mut random);
    check_floats::<3>(&mut random);
    check_floats::<4>(&mut random);
}

fn check_alpha<const N: usize>(random: &mut Random) {
    for pixels in lengths() {
        let row: Vec<u8> = (0..pixels * N).map(|_| random.byte()).collect();
        // Some alphas round to 0, some are below.
        let wide: Vec<f32> = (0..pixels * N).map(|_| f32::from(random.sample()) / 64.0).collect();
        let made = |level| {
            let (mut out, mut bytes) = (vec![0.0; pixels * N], vec![0; pixels * N]);
            premultiply::<N>(level, &row, &mut out);
            unpremultiply::<N>(level, &wide, &mut bytes);
            (bits(&out), bytes)
        };
        for level in other_levels() {
            assert_eq!(made(level), made(Level::scalar()), "{level:?} {pixels} {N}");
        }
    }
}

#[test]
fn alpha_is_the_same() {
    let mut random = Random(5);
    check_alpha::<2>(&mut random);
    check_alpha::<4>(&mut random);
}
