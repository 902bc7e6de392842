//! The resampler's kernels in plain Rust.
//!
//! All are inlined where they are called, so that other levels can compile them anew for their
//! instructions.

use crate::resample::{FRACTION, FloatTaps, RowTaps, Taps};

/// Columns that are summed at a time: their sums stay in registers or close by.
const COLUMNS: usize = 64;

/// See [`crate::resample::weigh_rows`].
#[inline(always)]
pub(crate) fn weigh_rows(
    rows: &[&[u8]],
    taps: &[RowTaps<'_>],
    bits: u32,
    columns: usize,
    out: &mut [i16],
) {
    for (taps, out) in taps.iter().zip(out.chunks_exact_mut(columns)) {
        weigh_row(&rows[taps.first..], taps.weights, bits - FRACTION, out);
    }
}

/// The weighted sums for one output row.
#[inline(always)]
fn weigh_row(rows: &[&[u8]], weights: &[i16], shift: u32, out: &mut [i16]) {
    for (index, out) in out.chunks_mut(COLUMNS).enumerate() {
        let mut sums = [1_i32 << (shift - 1); COLUMNS];
        let at = index * COLUMNS;
        for (row, &weight) in rows.iter().zip(weights) {
            for (sum, &sample) in sums.iter_mut().zip(&row[at..at + out.len()]) {
                *sum = sum.wrapping_add(i32::from(weight) * i32::from(sample));
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = saturate_i16(sum >> shift);
        }
    }
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "clamped to what fits before the cast")]
fn saturate_i16(value: i32) -> i16 {
    value.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "clamped to what fits before the cast")]
#[allow(clippy::cast_sign_loss, reason = "clamped to what fits before the cast")]
fn saturate_u8(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

/// See [`crate::resample::round_row`].
#[inline(always)]
pub(crate) fn round_row(row: &[i16], out: &mut [u8]) {
    for (out, &sample) in out.iter_mut().zip(row) {
        *out = saturate_u8((i32::from(sample) + (1 << (FRACTION - 1))) >> FRACTION);
    }
}

/// See [`crate::resample::split_row`].
#[inline(always)]
pub(crate) fn split_row<const N: usize>(row: &[i16], planes: &mut [i16], pitch: usize) {
    let pixels = row.as_chunks::<N>().0;
    for channel in 0..N {
        let plane = &mut planes[channel * pitch..][..pixels.len()];
        for (out, pixel) in plane.iter_mut().zip(pixels) {
            *out = pixel[channel];
        }
    }
}

/// See [`crate::resample::weigh_pixels`].
#[inline(always)]
pub(crate) fn weigh_pixels<const N: usize>(
    planes: &[i16],
    pitch: usize,
    taps: &Taps<'_>,
    out: &mut [u8],
) {
    let shift = taps.bits + FRACTION;
    let pixels = out.as_chunks_mut::<N>().0.iter_mut();
    let weights = taps.weights.chunks_exact(taps.stride);
    for ((pixel, &first), weights) in pixels.zip(taps.firsts).zip(weights) {
        for (channel, out) in pixel.iter_mut().enumerate() {
            let samples = &planes[channel * pitch + first as usize..][..taps.stride];
            let products = samples.iter().zip(weights).map(|(&s, &w)| i32::from(s) * i32::from(w));
            let sum = products.fold(1 << (shift - 1), i32::wrapping_add);
            *out = saturate_u8(sum >> shift);
        }
    }
}

/// See [`crate::resample::add_rows`].
#[inline(always)]
pub(crate) fn add_rows(rows: &[&[f32]], weights: &[f32], sums: &mut [f32]) {
    match (rows, weights) {
        // Four at a time: each sum is loaded and stored once for all of them.
        ([a, b, c, d], &[wa, wb, wc, wd]) => {
            let (near, far) = (a.iter().zip(*b), c.iter().zip(*d));
            for ((sum, (a, b)), (c, d)) in sums.iter_mut().zip(near).zip(far) {
                *sum = *sum + a * wa + b * wb + c * wc + d * wd;
            }
        }
        _ => {
            for (row, weight) in rows.iter().zip(weights) {
                for (sum, sample) in sums.iter_mut().zip(*row) {
                    *sum += sample * weight;
                }
            }
        }
    }
}

/// See [`crate::resample::add_pixels`].
#[inline(always)]
pub(crate) fn add_pixels<const N: usize>(row: &[f32], taps: &FloatTaps<'_>, out: &mut [f32]) {
    let pixels = out.as_chunks_mut::<N>().0.iter_mut();
    let weights = taps.weights.chunks_exact(taps.stride);
    let source = row.as_chunks::<N>().0;
    for ((pixel, &first), weights) in pixels.zip(taps.firsts).zip(weights) {
        let samples = &source[first as usize..][..taps.stride];
        // Even and odd pixels apart: two chains of sums instead of one.
        let (mut even, mut odd) = ([0.0; N], [0.0; N]);
        let pairs = samples.as_chunks::<2>().0.iter().zip(weights.as_chunks::<2>().0);
        for ([a, b], [wa, wb]) in pairs {
            for n in 0..N {
                even[n] += a[n] * wa;
                odd[n] += b[n] * wb;
            }
        }
        for n in 0..N {
            pixel[n] = even[n] + odd[n];
        }
    }
}

/// See [`crate::resample::premultiply`].
#[inline(always)]
pub(crate) fn premultiply<const N: usize>(row: &[u8], out: &mut [f32]) {
    for (to, from) in out.as_chunks_mut::<N>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        let alpha = u32::from(from[N - 1]);
        for (to, from) in to.iter_mut().zip(from) {
            // 16 bits at most, which floating point holds exactly.
            *to = (u32::from(*from) * alpha) as f32;
        }
        to[N - 1] = f32::from(from[N - 1]);
    }
}

/// See [`crate::resample::unpremultiply`].
#[inline(always)]
pub(crate) fn unpremultiply<const N: usize>(row: &[f32], out: &mut [u8]) {
    for (to, from) in out.as_chunks_mut::<N>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        let alpha = from[N - 1];
        let share = if alpha + 0.5 < 1.0 { 0.0 } else { 1.0 / alpha };
        for (to, from) in to.iter_mut().zip(from) {
            *to = nearest(from * share);
        }
        to[N - 1] = nearest(alpha);
    }
}

/// The nearest byte.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn nearest(sample: f32) -> u8 {
    (sample + 0.5) as u8
}
