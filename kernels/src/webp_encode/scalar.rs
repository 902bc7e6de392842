//! The WebP encoder's kernels in plain Rust: the oracle of the others.

use super::{
    Activity, Candidates, Edges, LANES, Numbers, SUBBLOCK_SOURCES, Samples, Steps, TEXTURE_WEIGHTS,
    TokenCosts, ZIGZAG, tables,
};

/// The lowest 8 bits of a value that is known to have no more.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the callers' values")]
const fn byte(value: i32) -> u8 {
    value as u8
}

/// The lowest 16 bits of a value.
#[allow(clippy::cast_possible_truncation, reason = "wraps as vectors do")]
const fn short(value: i32) -> i16 {
    value as i16
}

/// See [`super::lanes_from_rows`].
pub(crate) fn lanes_from_rows(rows: &[u8], stride: usize, out: &mut Samples) {
    for (at, lanes) in out.0.iter_mut().enumerate() {
        for (lane, sample) in lanes.iter_mut().enumerate() {
            *sample = rows[(lane / 4 * 4 + at / 4) * stride + lane % 4 * 4 + at % 4];
        }
    }
}

/// See [`super::rows_from_lanes`].
pub(crate) fn rows_from_lanes(lanes: &Samples, out: &mut [[u8; 16]; 16]) {
    for (at, lanes) in lanes.0.iter().enumerate() {
        for (lane, &sample) in lanes.iter().enumerate() {
            out[lane / 4 * 4 + at / 4][lane % 4 * 4 + at % 4] = sample;
        }
    }
}

/// The mean of three samples, the middle one counted twice.
const fn mean3(a: u8, b: u8, c: u8) -> u8 {
    byte((a as i32 + 2 * b as i32 + c as i32 + 2) >> 2)
}

/// See [`super::predict_subblock`].
pub(crate) fn predict_subblock(edge: &[u8; 16], out: &mut Samples) {
    let mut candidates = [0; 48];
    for at in 0..13 {
        let (before, after) = (edge[at.max(1) - 1], edge[(at + 1).min(12)]);
        candidates[at] = mean3(before, edge[at], after);
        if at < 12 {
            candidates[16 + at] = edge[at].midpoint(edge[at + 1]) + ((edge[at] ^ edge[at + 1]) & 1);
        }
    }
    let sum = |range: &[u8]| range.iter().map(|&sample| i32::from(sample)).sum::<i32>();
    candidates[usize::from(tables::LOWEST)] = edge[0];
    candidates[usize::from(tables::DC)] = byte((sum(&edge[..4]) + sum(&edge[5..9]) + 4) >> 3);
    for at in 0..16 {
        let (left, top) = (i32::from(edge[3 - at / 4]), i32::from(edge[5 + at % 4]));
        candidates[32 + at] = byte((left + top - i32::from(edge[4])).clamp(0, 255));
    }
    for (lanes, sources) in out.0.iter_mut().zip(&SUBBLOCK_SOURCES) {
        *lanes = sources.map(|source| candidates[usize::from(source)]);
    }
}

/// One sample of a prediction by DC, vertically, horizontally and by true motion.
fn predicted(edges: &Edges, x: usize, y: usize) -> [u8; 4] {
    let (top, left) = (edges.top[x], edges.left[y]);
    let motion = i32::from(top) + i32::from(left) - i32::from(edges.corner);
    [edges.dc, top, left, byte(motion.clamp(0, 255))]
}

/// See [`super::predict_luma`].
pub(crate) fn predict_luma(edges: &Edges, out: &mut [Samples; 4]) {
    for at in 0..16 {
        for lane in 0..LANES {
            let samples = predicted(edges, lane % 4 * 4 + at % 4, lane / 4 * 4 + at / 4);
            for (out, sample) in out.iter_mut().zip(samples) {
                out.0[at][lane] = sample;
            }
        }
    }
}

/// See [`super::predict_chroma`].
pub(crate) fn predict_chroma(edges: &[Edges; 2], out: &mut [Samples; 2]) {
    for at in 0..16 {
        for block in 0..8 {
            let (x, y) = (block % 2 * 4 + at % 4, block % 4 / 2 * 4 + at / 4);
            let samples = predicted(&edges[block / 4], x, y);
            for (mode, sample) in samples.into_iter().enumerate() {
                out[mode / 2].0[at][mode % 2 * 8 + block] = sample;
            }
        }
    }
}

/// A product with a fraction of 15 bits, rounded.
#[inline(always)]
const fn times(value: i16, fraction: i32) -> i16 {
    short((value as i32 * fraction + (1 << 14)) >> 15)
}

/// `sqrt(2) * sin(pi / 8)` in 15 bits.
pub(crate) const SINE: i16 = 17734;
/// `sqrt(2) * cos(pi / 8) - 1` in 15 bits.
pub(crate) const COSINE: i16 = 10045;

/// Four positions of all lanes, whose numbers a function of four numbers replaces.
///
/// The lanes are the inner loop, so that compilers make vectors of it where a CPU has no kernel of
/// its own.
#[inline(always)]
fn each_lane(v: &mut Numbers, places: [usize; 4], function: impl Fn([i16; 4]) -> [i16; 4]) {
    let mut four = places.map(|place| v.0[place]);
    let [a, b, c, d] = &mut four;
    for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
        [*a, *b, *c, *d] = function([*a, *b, *c, *d]);
    }
    for (place, lanes) in places.into_iter().zip(four) {
        v.0[place] = lanes;
    }
}

/// The DCT of four numbers, without scaling.
#[inline(always)]
fn forward(v: [i16; 4]) -> [i16; 4] {
    let (a, b) = (v[0].wrapping_add(v[3]), v[1].wrapping_add(v[2]));
    let (c, d) = (v[1].wrapping_sub(v[2]), v[0].wrapping_sub(v[3]));
    let (sine, cosine) = (i32::from(SINE), i32::from(COSINE));
    [
        a.wrapping_add(b),
        times(c, sine).wrapping_add(d).wrapping_add(times(d, cosine)),
        a.wrapping_sub(b),
        times(d, sine).wrapping_sub(c).wrapping_sub(times(c, cosine)),
    ]
}

/// See [`super::spectrum`].
pub(crate) fn spectrum(samples: &Samples, out: &mut Numbers) {
    for (to, from) in out.0.iter_mut().zip(&samples.0) {
        *to = from.map(|sample| i16::from(sample) << 3);
    }
    (0..4).for_each(|y| each_lane(out, [0, 1, 2, 3].map(|x| y * 4 + x), forward));
    (0..4).for_each(|x| each_lane(out, [0, 1, 2, 3].map(|y| y * 4 + x), forward));
}

/// See [`super::activity`].
pub(crate) fn activity(source: &Numbers, prediction: &Samples) -> [Activity; 2] {
    let mut predicted = Numbers::ZERO;
    spectrum(prediction, &mut predicted);
    let mut out = [Activity::default(); 2];
    for (source, predicted) in source.0.iter().zip(&predicted.0) {
        for (lane, (source, predicted)) in source.iter().zip(predicted).enumerate() {
            let difference = source.wrapping_sub(*predicted).wrapping_add(8) >> 4;
            let size = difference.unsigned_abs() >> 3;
            let out = &mut out[lane / 8];
            out.largest = out.largest.max(size.min(31));
            if size < 4 {
                out.counts[usize::from(size)] += 1;
            }
        }
    }
    out
}

/// See [`super::quantise`].
pub(crate) fn quantise(
    source: &Numbers,
    prediction: &Samples,
    steps: &Steps,
    with_dc: bool,
    out: &mut Candidates,
) {
    let mut predicted = Numbers::ZERO;
    spectrum(prediction, &mut predicted);
    *out = Candidates::ZERO;
    let mut any = [0; LANES];
    for (at, weight) in TEXTURE_WEIGHTS.into_iter().enumerate() {
        let (source, predicted) = (&source.0[at], &predicted.0[at]);
        let levels = &mut out.levels.0[at];
        if at == 0 && !with_dc {
            for lane in 0..LANES {
                levels[lane] = source[lane].wrapping_sub(predicted[lane]).wrapping_add(8) >> 4;
            }
            continue;
        }
        let (step, bias, reciprocal) = (steps.step[at], steps.bias[at], steps.reciprocal[at]);
        for lane in 0..LANES {
            let whole = source[lane];
            let coefficient = whole.wrapping_sub(predicted[lane]).wrapping_add(8) >> 4;
            let biased = coefficient.unsigned_abs().wrapping_add(bias);
            let product = u32::from(biased) * u32::from(reciprocal);
            #[allow(clippy::cast_possible_truncation, reason = "16 bits are shifted out")]
            let magnitude = (product >> 16) as i16;
            let level = if coefficient < 0 { -magnitude } else { magnitude };
            let error = coefficient.wrapping_sub(level.wrapping_mul(step));
            let whole = whole.wrapping_add(8) >> 4;
            let lost = whole.wrapping_abs().wrapping_sub(whole.wrapping_sub(error).wrapping_abs());
            levels[lane] = level;
            out.distortion[lane] += i32::from(error) * i32::from(error);
            out.texture[lane] += i32::from(lost) * i32::from(weight);
            any[lane] |= level;
        }
    }
    for (lane, &level) in any.iter().enumerate() {
        out.nonzero |= u16::from(level != 0) << lane;
    }
}

/// See [`super::token_costs`].
pub(crate) fn token_costs(
    levels: &Numbers,
    costs: &TokenCosts,
    with_dc: bool,
    contexts: [u16; 2],
    out: &mut [u16; LANES],
) {
    let first = usize::from(!with_dc);
    for (lane, out) in out.iter_mut().enumerate() {
        let level = |at: usize| levels.0[ZIGZAG[at]][lane].unsigned_abs();
        let mut context =
            usize::from(contexts[0] >> lane & 1) + usize::from(contexts[1] >> lane & 1);
        let Some(last) = (first..16).rev().find(|&at| level(at) != 0) else {
            *out = u16::from(costs.empty[context]);
            continue;
        };
        let mut sum = u16::from(costs.ends[last][usize::from(level(last) > 1)]);
        for at in first..=last {
            sum += u16::from(costs.levels[at][context][usize::from(level(at).min(15))]);
            context = usize::from(level(at).min(2));
        }
        *out = sum;
    }
}

/// `value * 20091 / 65536 + value` and `value * 35468 / 65536`: RFC 6386, section 14.3.
#[inline(always)]
const fn rotated(value: i16) -> (i16, i16) {
    let wide = value as i32;
    (short(((wide * 20091) >> 16) + wide), short((wide * 35468) >> 16))
}

/// The inverse DCT of four numbers.
#[inline(always)]
fn inverse(v: [i16; 4]) -> [i16; 4] {
    let (a, b) = (v[0].wrapping_add(v[2]), v[0].wrapping_sub(v[2]));
    let ((large1, small1), (large3, small3)) = (rotated(v[1]), rotated(v[3]));
    let (c, d) = (small1.wrapping_sub(large3), large1.wrapping_add(small3));
    [a.wrapping_add(d), b.wrapping_add(c), b.wrapping_sub(c), a.wrapping_sub(d)]
}

/// See [`super::reconstruct`].
pub(crate) fn reconstruct(
    prediction: &Samples,
    levels: &Numbers,
    steps: &[i16; 16],
    out: &mut Samples,
) {
    let mut values = *levels;
    for (lanes, &step) in values.0.iter_mut().zip(steps) {
        *lanes = lanes.map(|level| level.wrapping_mul(step));
    }
    (0..4).for_each(|x| each_lane(&mut values, [0, 1, 2, 3].map(|y| y * 4 + x), inverse));
    let rounded = |v: [i16; 4]| inverse([v[0].wrapping_add(4), v[1], v[2], v[3]]);
    (0..4).for_each(|y| each_lane(&mut values, [0, 1, 2, 3].map(|x| y * 4 + x), rounded));
    for (out, (values, prediction)) in out.0.iter_mut().zip(values.0.iter().zip(&prediction.0)) {
        for (out, (value, prediction)) in out.iter_mut().zip(values.iter().zip(prediction)) {
            *out = byte((i32::from(*prediction) + i32::from(value >> 3)).clamp(0, 255));
        }
    }
}
