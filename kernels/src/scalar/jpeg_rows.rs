//! Rows of samples: upsampling by triangle filters, and colours from YCbCr.

/// A row twice as wide: each new sample is three quarters of the near old one and a quarter of the
/// other neighbour. libjpeg's `h2v1_fancy_upsample`; the left of a pair is rounded down, the right
/// one up.
///
/// `row` has one sample more than `count` on both sides.
pub(crate) fn upsample_wide(row: &[u8], count: usize, out: &mut [u8]) {
    let (pairs, _) = out[..count * 2].as_chunks_mut::<2>();
    for (pair, near) in pairs.iter_mut().zip(row.windows(3)) {
        let [left, middle, right] = [near[0], near[1], near[2]].map(u16::from);
        *pair = [narrow((middle * 3 + left + 1) >> 2), narrow((middle * 3 + right + 2) >> 2)];
    }
}

/// A row of an image twice as wide and high: libjpeg's `h2v2_fancy_upsample`.
///
/// `near` and `far` are the rows of samples closest to it; both have one sample more than `count`
/// on both sides.
pub(crate) fn upsample_both(near: &[u8], far: &[u8], count: usize, out: &mut [u8]) {
    let (pairs, _) = out[..count * 2].as_chunks_mut::<2>();
    for ((pair, near), far) in pairs.iter_mut().zip(near.windows(3)).zip(far.windows(3)) {
        let [left, middle, right] =
            std::array::from_fn(|at| u16::from(near[at]) * 3 + u16::from(far[at]));
        *pair = [narrow((middle * 3 + left + 8) >> 4), narrow((middle * 3 + right + 7) >> 4)];
    }
}

/// The lower 8 bits: the filters give no more.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "weighted means of bytes are bytes")]
const fn narrow(value: u16) -> u8 {
    value as u8
}

/// RGB pixels of YCbCr samples, by the equations of JFIF in libjpeg's 16-bit fixed point:
/// `R = Y + 1.402 Cr`, `G = Y - 0.34414 Cb - 0.71414 Cr`, `B = Y + 1.772 Cb`.
pub(crate) fn ycc_to_rgb(y: &[u8], cb: &[u8], cr: &[u8], out: &mut [u8]) {
    let (pixels, _) = out.as_chunks_mut::<3>();
    for (((pixel, &y), &cb), &cr) in pixels.iter_mut().zip(y).zip(cb).zip(cr) {
        let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
        *pixel = [
            clamp(y + ((91881 * cr + 32768) >> 16)),
            clamp(y + ((-22554 * cb - 46802 * cr + 32768) >> 16)),
            clamp(y + ((116_130 * cb + 32768) >> 16)),
        ];
    }
}

/// To a sample.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "clamped before")]
fn clamp(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}
