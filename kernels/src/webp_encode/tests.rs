//! Every level gives the bytes of the scalar code.

use super::*;

/// Numbers from a seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 20
    }

    fn byte(&mut self, kind: u64) -> u8 {
        let byte = self.next().to_le_bytes()[0];
        match kind % 4 {
            0 => byte,
            1 => {
                if byte < 128 {
                    0
                } else {
                    255
                }
            }
            2 => 100 + byte % 16,
            _ => byte % 3,
        }
    }

    fn samples(&mut self, kind: u64) -> Samples {
        Samples(std::array::from_fn(|_| std::array::from_fn(|_| self.byte(kind))))
    }

    fn edges(&mut self, kind: u64) -> Edges {
        let mut side = || std::array::from_fn(|_| self.byte(kind));
        let (top, left) = (side(), side());
        Edges { top, left, corner: self.byte(kind), dc: self.byte(kind) }
    }
}

/// Runs a kernel at every level for many seeds, and compares the results.
fn same<T: PartialEq + std::fmt::Debug>(run: impl Fn(Level, &mut Random, u64) -> T) {
    for seed in 0..400 {
        let at = |level| run(level, &mut Random(seed * 2 + 1), seed);
        let expected = at(Level::scalar());
        for level in Level::available() {
            assert_eq!(at(level), expected, "seed {seed} {level:?}");
        }
    }
}

#[test]
fn layout() {
    same(|level, random, kind| {
        let rows: Vec<_> = (0..16 * 40).map(|_| random.byte(kind)).collect();
        let mut lanes = Samples::ZERO;
        lanes_from_rows(level, &rows, 40, &mut lanes);
        let mut out = [[0; 16]; 16];
        rows_from_lanes(level, &lanes, &mut out);
        for (y, row) in out.iter().enumerate() {
            assert_eq!(row[..], rows[y * 40..][..16]);
        }
        lanes
    });
}

#[test]
fn predictions() {
    same(|level, random, kind| {
        let edge = std::array::from_fn(|_| random.byte(kind));
        let mut out = [Samples::ZERO; 7];
        predict_subblock(level, &edge, &mut out[0]);
        let [luma @ .., a, b] = &mut out[1..] else { unreachable!() };
        predict_luma(level, &random.edges(kind), luma.try_into().expect("four"));
        let mut chroma = [Samples::ZERO; 2];
        predict_chroma(level, &[random.edges(kind), random.edges(kind)], &mut chroma);
        [*a, *b] = chroma;
        out
    });
}

#[test]
fn transforms() {
    same(|level, random, kind| {
        let mut source = Numbers::ZERO;
        spectrum(level, &random.samples(kind), &mut source);
        let prediction = random.samples(kind / 4);
        let [dc, ac] = [0, 1].map(|_| 4 + random.byte(0) as u16);
        let bias = u16::from(random.byte(0)) / 2;
        let steps = Steps::new(dc, ac, |_| bias);
        let mut out = Candidates::ZERO;
        quantise(level, &source, &prediction, &steps, kind % 3 > 0, &mut out);
        let mut samples = Samples::ZERO;
        reconstruct(level, &prediction, &out.levels, &steps.step, &mut samples);
        let activity = activity(level, &source, &prediction);
        (source, out.levels, out.distortion, out.texture, out.nonzero, samples, activity)
    });
}

/// A step of 4 leaves errors of no more than 2 in coefficients: a sample or so.
#[test]
fn fine_steps_restore_the_source() {
    let mut random = Random(1);
    for kind in 0..100 {
        let (source, prediction) = (random.samples(kind), random.samples(0));
        let mut wanted = Numbers::ZERO;
        spectrum(Level::detect(), &source, &mut wanted);
        let steps = Steps::new(4, 4, |_| 128);
        let (mut candidates, mut out) = (Candidates::ZERO, Samples::ZERO);
        quantise(Level::detect(), &wanted, &prediction, &steps, true, &mut candidates);
        reconstruct(Level::detect(), &prediction, &candidates.levels, &steps.step, &mut out);
        for (wanted, found) in source.0.as_flattened().iter().zip(out.0.as_flattened()) {
            assert!(wanted.abs_diff(*found) <= 3, "{wanted} {found}");
        }
    }
}

#[test]
fn costs_of_tokens() {
    same(|level, random, kind| {
        let end = random.byte(0) % 17;
        let mut numbers = Numbers::ZERO;
        for lanes in &mut numbers.0[..usize::from(end)] {
            *lanes = std::array::from_fn(|_| {
                i16::from(random.byte(kind).cast_signed()) >> (random.byte(0) % 8)
            });
        }
        let mut byte = || random.byte(0);
        let costs = TokenCosts {
            levels: std::array::from_fn(|_| {
                std::array::from_fn(|_| std::array::from_fn(|_| byte()))
            }),
            ends: std::array::from_fn(|_| [byte(), byte()]),
            empty: [byte(), byte(), byte()],
        };
        let (a, b) = (random.next() & 0xFFFF, random.next() & 0xFFFF);
        let contexts = [a | b, a & b].map(|mask| u16::try_from(mask).expect("16 bits"));
        let mut out = [0; 16];
        token_costs(level, &numbers, &costs, kind % 2 == 0, contexts, &mut out);
        out
    });
}
