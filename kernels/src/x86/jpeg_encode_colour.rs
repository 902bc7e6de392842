//! The encoder's colour conversion and downsampling in SSE4.1 and AVX2, from one text.

/// The shuffle that makes of 4 pixels of RGB pairs of 16-bit numbers, of the samples `first` and
/// `second` of each.
const fn pairs_of(first: u8, second: u8) -> [u8; 16] {
    let mut order = [0x80; 16];
    let mut pixel = 0;
    while pixel < 4 {
        order[pixel as usize * 4] = pixel * 3 + first;
        order[pixel as usize * 4 + 2] = pixel * 3 + second;
        pixel += 1;
    }
    order
}

/// Red and green.
const RED_GREEN: [u8; 16] = pairs_of(0, 1);
/// Blue and green.
const BLUE_GREEN: [u8; 16] = pairs_of(2, 1);

/// Writes the kernels for a level: `$ops` has the operations on vectors of 32 bytes.
macro_rules! kernels {
    ($feature:literal, $ops:ident) => {
        use super::{BLUE_GREEN, RED_GREEN};
        use crate::jpeg_encode::scalar;
        use crate::x86::wide::{load_half, $ops::*};

        /// Pixels that one turn of the colour conversion makes.
        const PIXELS: usize = 32;

        /// See [`crate::jpeg_encode::rgb_to_ycc`]; `rgb` has at least three bytes for each of
        /// the others, which are of one length.
        #[target_feature(enable = $feature)]
        pub(crate) fn rgb_to_ycc(rgb: &[u8], luma: &mut [u8], blue: &mut [u8], red: &mut [u8]) {
            let mut at = 0;
            // The last load of a turn takes 4 bytes more than it uses.
            while luma.len() - at >= PIXELS && rgb.len() - at * 3 >= PIXELS * 3 + 4 {
                let from = &rgb[at * 3..][..PIXELS * 3 + 4];
                let groups = [sums(from), sums(&from[24..]), sums(&from[48..]), sums(&from[72..])];
                store(whole(&groups, 0), &mut luma[at..]);
                store(whole(&groups, 1), &mut blue[at..]);
                store(whole(&groups, 2), &mut red[at..]);
                at += PIXELS;
            }
            scalar::rgb_to_ycc(&rgb[at * 3..], &mut luma[at..], &mut blue[at..], &mut red[at..]);
        }

        /// Two 16-bit factors for a pair of neighbours, the first in the low half.
        #[inline]
        #[target_feature(enable = $feature)]
        fn factors(first: i16, second: i16) -> V {
            all32((i32::from(second) << 16) | (i32::from(first) & 0xFFFF))
        }

        /// Y, Cb and Cr times 2^16 of 8 pixels, the first 24 of 28 bytes.
        ///
        /// Each pixel becomes a pair (R, G) and a pair (B, G) of 16-bit numbers. The factor of G in
        /// Y, 38470, does not fit in 16 signed bits and is split into 22086 and 16384; a factor of
        /// one half is a shift.
        #[inline]
        #[target_feature(enable = $feature)]
        fn sums(from: &[u8]) -> [V; 3] {
            let bytes = join(load_half(from), load_half(&from[12..]));
            let rg = shuffle8(bytes, both(&RED_GREEN));
            let bg = shuffle8(bytes, both(&BLUE_GREEN));
            let half_red = unsigned_right32::<1>(left32::<16>(rg));
            let half_blue = unsigned_right32::<1>(left32::<16>(bg));
            let middle = all32((128 << 16) + (1 << 15) - 1);
            let y = add32(madd16(rg, factors(19595, 22086)), madd16(bg, factors(7471, 16384)));
            let u = add32(madd16(rg, factors(-11059, -21709)), half_blue);
            let v = add32(madd16(bg, factors(-5329, -27439)), half_red);
            [add32(y, all32(1 << 15)), add32(u, middle), add32(v, middle)]
        }

        /// The integer parts of the same sums of four groups, as 32 bytes in order.
        #[inline]
        #[target_feature(enable = $feature)]
        fn whole(groups: &[[V; 3]; 4], sum: usize) -> V {
            narrow32_to_bytes([
                unsigned_right32::<16>(groups[0][sum]),
                unsigned_right32::<16>(groups[1][sum]),
                unsigned_right32::<16>(groups[2][sum]),
                unsigned_right32::<16>(groups[3][sum]),
            ])
        }

        /// Sums of each two neighbours among 32 samples.
        #[inline]
        #[target_feature(enable = $feature)]
        fn pairs(samples: &[u8]) -> V {
            madd8(load(samples), all8(1))
        }

        /// See [`crate::jpeg_encode::halve_width`]; `row` is exactly twice as long as `out`.
        #[target_feature(enable = $feature)]
        pub(crate) fn halve_width(row: &[u8], out: &mut [u8]) {
            let bias = all32(1 << 16);
            let mut at = 0;
            while out.len() - at >= 32 {
                let from = &row[at * 2..][..64];
                let left = unsigned_right16::<1>(add16(pairs(from), bias));
                let right = unsigned_right16::<1>(add16(pairs(&from[32..]), bias));
                store(narrow16_to_bytes(left, right), &mut out[at..]);
                at += 32;
            }
            scalar::halve_width(&row[at * 2..], &mut out[at..]);
        }

        /// See [`crate::jpeg_encode::halve_both`]; both rows are exactly twice as long as
        /// `out`.
        #[target_feature(enable = $feature)]
        pub(crate) fn halve_both(top: &[u8], bottom: &[u8], out: &mut [u8]) {
            let bias = all32((2 << 16) | 1);
            let mut at = 0;
            while out.len() - at >= 32 {
                let (above, below) = (&top[at * 2..][..64], &bottom[at * 2..][..64]);
                let left = add16(pairs(above), pairs(below));
                let right = add16(pairs(&above[32..]), pairs(&below[32..]));
                let left = unsigned_right16::<2>(add16(left, bias));
                let right = unsigned_right16::<2>(add16(right, bias));
                store(narrow16_to_bytes(left, right), &mut out[at..]);
                at += 32;
            }
            scalar::halve_both(&top[at * 2..], &bottom[at * 2..], &mut out[at..]);
        }
    };
}

/// The kernels for SSE4.1.
pub(crate) mod sse41 {
    kernels!("sse4.1", sse41);
}

/// The kernels for AVX2.
pub(crate) mod avx2 {
    kernels!("avx2", avx2);
}
