//! Samples as numbers that may be added, and the way back.

use makeready_kernels::{Level, resample as simd};

use crate::picture::image::Layout;

/// Rows that are added at a time: sums are loaded and stored once for all of them.
const GROUP: usize = 4;

/// Makes numbers of the samples of a row: colours times their alpha, where there is any, and alpha itself.
pub(super) fn widen(level: Level, layout: Layout, row: &[u8], out: &mut [f32]) {
    match layout {
        Layout::GrayA => simd::premultiply::<2>(level, row, out),
        Layout::Rgba => simd::premultiply::<4>(level, row, out),
        _ => out.iter_mut().zip(row).for_each(|(to, &sample)| *to = f32::from(sample)),
    }
}

/// The way back from [`widen`], to the nearest samples. Where nothing is to be seen, all are 0.
pub(super) fn narrow(level: Level, layout: Layout, row: &[f32], out: &mut [u8]) {
    match layout {
        Layout::GrayA => simd::unpremultiply::<2>(level, row, out),
        Layout::Rgba => simd::unpremultiply::<4>(level, row, out),
        _ => out.iter_mut().zip(row).for_each(|(to, &number)| *to = nearest(number)),
    }
}

/// The sample that is nearest to a number.
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
pub(super) fn nearest(number: f32) -> u8 {
    (number + 0.5) as u8
}

/// Adds rows to sums, each times its weight, one after another: the sums are the same in any cut of the rows.
pub(super) fn add<'a>(
    level: Level,
    weights: &[f32],
    row: impl Fn(usize) -> &'a [f32],
    sums: &mut [f32],
) {
    for (index, weights) in weights.chunks(GROUP).enumerate() {
        let mut rows: [&[f32]; GROUP] = [&[]; GROUP];
        let rows = &mut rows[..weights.len()];
        for (at, to) in rows.iter_mut().enumerate() {
            *to = row(index * GROUP + at);
        }
        simd::add_rows(level, rows, weights, sums);
    }
}

/// Copies a row of pixels, with `margin` pixels on either side that are those at its ends.
pub(super) fn pad<T: Copy>(row: &[T], channels: usize, margin: usize, out: &mut [T]) {
    let (before, rest) = out.split_at_mut(margin * channels);
    let (middle, behind) = rest.split_at_mut(row.len());
    middle.copy_from_slice(row);
    let (first, last) = (&row[..channels], &row[row.len() - channels..]);
    before.chunks_exact_mut(channels).for_each(|pixel| pixel.copy_from_slice(first));
    behind.chunks_exact_mut(channels).for_each(|pixel| pixel.copy_from_slice(last));
}
