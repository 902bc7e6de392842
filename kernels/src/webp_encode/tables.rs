//! Constants of the kernels.

/// The place (row by row) of each coefficient in the order of coding: RFC 6386, section 13.
pub(crate) const ZIGZAG: [usize; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

/// Weights of the texture that a block loses, by position: `32 / (1 + (u^2 + v^2) / 2)`.
pub(crate) const TEXTURE_WEIGHTS: [i16; 16] =
    [32, 21, 11, 6, 21, 16, 9, 5, 11, 9, 6, 4, 6, 5, 4, 3];

/// Means of three neighbours along the edge begin here, by the middle one.
const MEANS_OF_3: u8 = 0;
/// Means of two neighbours begin here, by the first.
const MEANS_OF_2: u8 = 16;
/// The lowest sample of the left column.
pub(crate) const LOWEST: u8 = 28;
/// The value of DC prediction.
pub(crate) const DC: u8 = 29;
/// True motion, by position, begins here.
const TRUE_MOTION: u8 = 32;

/// The number of a mean of three that is `offset` (from -4, the lowest left sample, over 0, the
/// corner, to 8) along the edge.
const fn mean3(offset: isize) -> u8 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 12")]
    let at = (offset + 4) as u8;
    MEANS_OF_3 + at
}

/// The number of a mean of two, by the offset of its first sample.
const fn mean2(offset: isize) -> u8 {
    mean3(offset) + MEANS_OF_2
}

/// The sample in 48 candidates (means of three, means of two, single ones, true motion) that each
/// position is predicted by, in each mode: RFC 6386, section 12.3.
pub(crate) const SUBBLOCK_SOURCES: [[u8; 16]; 16] = {
    let mut table = [[DC; 16]; 16];
    let mut at = 0;
    while at < 16 {
        #[allow(clippy::cast_possible_wrap, reason = "0 to 3")]
        let (x, y) = ((at % 4) as isize, (at / 4) as isize);
        #[allow(clippy::cast_possible_truncation, reason = "0 to 15")]
        let number = at as u8;
        table[at][1] = TRUE_MOTION + number;
        table[at][2] = mean3(1 + x);
        table[at][3] = mean3(-1 - y);
        table[at][4] = mean3(2 + x + y);
        table[at][5] = mean3(x - y);
        // Vertical to the right: two columns down for one to the right.
        let along = 2 * x - y;
        table[at][6] = match along {
            0 | 2 | 4 | 6 => mean2(along / 2),
            -1 | 1 | 3 | 5 => mean3((along + 1) / 2),
            _ => mean3(along + 1),
        };
        // Vertical to the left.
        table[at][7] = match (x, y) {
            (3, 2) => mean3(6),
            (3, 3) => mean3(7),
            (_, 0 | 2) => mean2(1 + x + y / 2),
            _ => mean3(2 + x + y / 2),
        };
        // Horizontal and down.
        let along = 2 * y - x;
        table[at][8] = match along {
            0 | 2 | 4 | 6 => mean2(-1 - along / 2),
            -1 | 1 | 3 | 5 => mean3(-(along + 1) / 2),
            _ => mean3(-along - 1),
        };
        // Horizontal and up.
        let along = x + 2 * y;
        table[at][9] = match along {
            0 | 2 | 4 => mean2(-2 - along / 2),
            1 | 3 | 5 => mean3(-2 - along / 2),
            _ => LOWEST,
        };
        at += 1;
    }
    table
};
