//! The resampler's passes over floating-point samples with AVX2: by hand for pixels of four
//! samples, else the plain code, vectorised anew by the compiler.

use std::arch::x86_64::*;

use crate::resample::FloatTaps;
use crate::scalar::resample as scalar;

/// See [`crate::resample::round_row`].
#[target_feature(enable = "avx2")]
pub(crate) fn round_row(row: &[i16], out: &mut [u8]) {
    scalar::round_row(row, out);
}

/// See [`crate::resample::add_rows`].
#[target_feature(enable = "avx2")]
pub(crate) fn add_rows(rows: &[&[f32]], weights: &[f32], sums: &mut [f32]) {
    scalar::add_rows(rows, weights, sums);
}

/// See [`crate::resample::add_pixels`].
#[target_feature(enable = "avx2")]
pub(crate) fn add_pixels<const N: usize>(row: &[f32], taps: &FloatTaps<'_>, out: &mut [f32]) {
    if N != 4 {
        return scalar::add_pixels::<N>(row, taps, out);
    }
    let pixels = out.as_chunks_mut::<4>().0.iter_mut();
    let weights = taps.weights.chunks_exact(taps.stride);
    let source = row.as_chunks::<4>().0;
    for ((pixel, &first), weights) in pixels.zip(taps.firsts).zip(weights) {
        let samples = &source[first as usize..][..taps.stride];
        // Even pixels in the lower half, odd ones in the upper.
        let mut sums = _mm256_setzero_ps();
        for (pair, weights) in samples.as_chunks::<2>().0.iter().zip(weights.as_chunks::<2>().0) {
            let weights = f64::from_bits(bits_of(*weights));
            let weights = _mm256_castpd_ps(_mm256_set1_pd(weights));
            // Lower half: the first weight four times; upper half: the second.
            let order = _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1);
            let weights = _mm256_permutevar_ps(weights, order);
            // SAFETY: two pixels of four samples are there; the load needs no alignment.
            let samples = unsafe { _mm256_loadu_ps(pair.as_ptr().cast()) };
            sums = _mm256_add_ps(sums, _mm256_mul_ps(samples, weights));
        }
        let sum = _mm_add_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps::<1>(sums));
        // SAFETY: the pixel has four samples; the store needs no alignment.
        unsafe { _mm_storeu_ps(pixel.as_mut_ptr(), sum) };
    }
}

/// Two numbers as they lie in memory.
#[inline]
fn bits_of([low, high]: [f32; 2]) -> u64 {
    u64::from(high.to_bits()) << 32 | u64::from(low.to_bits())
}

/// See [`crate::resample::premultiply`].
#[target_feature(enable = "avx2")]
pub(crate) fn premultiply<const N: usize>(row: &[u8], out: &mut [f32]) {
    if N != 4 {
        return scalar::premultiply::<N>(row, out);
    }
    let count = (row.len() / 8).min(out.len() / 8);
    let alphas = _mm256_setr_epi32(-1, -1, -1, 0, -1, -1, -1, 0);
    let one = _mm256_setr_epi32(0, 0, 0, 1, 0, 0, 0, 1);
    for (to, from) in out.as_chunks_mut::<8>().0.iter_mut().zip(row.as_chunks::<8>().0) {
        let two = _mm_cvtsi64_si128(u64::from_le_bytes(*from).cast_signed());
        let samples = _mm256_cvtepu8_epi32(two);
        let alpha = _mm256_shuffle_epi32::<0xFF>(samples);
        // Alpha itself times 1. The upper half of each 32 bits is 0.
        let factors = _mm256_or_si256(_mm256_and_si256(alpha, alphas), one);
        let products = _mm256_cvtepi32_ps(_mm256_madd_epi16(samples, factors));
        // SAFETY: eight numbers are there; the store needs no alignment.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), products) };
    }
    scalar::premultiply::<N>(&row[count * 8..], &mut out[count * 8..]);
}

/// See [`crate::resample::unpremultiply`].
#[target_feature(enable = "avx2")]
pub(crate) fn unpremultiply<const N: usize>(row: &[f32], out: &mut [u8]) {
    if N != 4 {
        return scalar::unpremultiply::<N>(row, out);
    }
    let count = (row.len() / 8).min(out.len() / 8);
    let half = _mm256_set1_ps(0.5);
    let pairs = row.as_chunks::<8>().0.iter().zip(out.as_chunks_mut::<8>().0);
    for (from, to) in pairs {
        // SAFETY: eight numbers are there; the load needs no alignment.
        let samples = unsafe { _mm256_loadu_ps(from.as_ptr()) };
        let alpha = _mm256_permute_ps::<0xFF>(samples);
        let one = _mm256_set1_ps(1.0);
        let seen = _mm256_cmp_ps::<_CMP_GE_OQ>(_mm256_add_ps(alpha, half), one);
        let share = _mm256_and_ps(_mm256_div_ps(one, alpha), seen);
        let colours = _mm256_mul_ps(samples, share);
        let all = _mm256_blend_ps::<0b1000_1000>(colours, samples);
        let whole = _mm256_cvttps_epi32(_mm256_add_ps(all, half));
        let (low, high) = (_mm256_castsi256_si128(whole), _mm256_extracti128_si256::<1>(whole));
        let words = _mm_packs_epi32(low, high);
        let bytes = _mm_cvtsi128_si64(_mm_packus_epi16(words, words));
        *to = bytes.to_le_bytes();
    }
    scalar::unpremultiply::<N>(&row[count * 8..], &mut out[count * 8..]);
}
