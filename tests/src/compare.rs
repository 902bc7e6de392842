//! How far two pictures are apart.

use makeready::Image;

/// The largest and the mean difference of two pictures' samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Of a single sample.
    pub max: u8,
    /// Of all samples.
    pub mean: f64,
}

/// Compares two pictures of the same size and layout.
///
/// # Panics
/// When size or layout differ.
#[must_use]
pub fn difference(a: &Image, b: &Image) -> Difference {
    assert_eq!((a.size(), a.layout()), (b.size(), b.layout()), "pictures of different shape");
    let mut max = 0;
    let mut sum = 0_u64;
    for (a, b) in a.data().iter().zip(b.data()) {
        let apart = a.abs_diff(*b);
        max = max.max(apart);
        sum += u64::from(apart);
    }
    // Sums of bytes of a picture stay far below 2^53.
    Difference { max, mean: sum as f64 / a.data().len() as f64 }
}

/// FNV-1a, 64 bits: a name for bytes that every language can compute.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
