//! The order in which files list the coefficients of a block.

pub(crate) use makeready_kernels::jpeg_encode::ZIGZAG;

/// [`ZIGZAG`], the place in rows of eight of each coefficient, with 64 more entries of the last
/// place. Damaged files run past the 64th coefficient; as in libjpeg, all from there on land on the
/// last place.
pub(crate) const PADDED_ZIGZAG: [u8; 128] = {
    let mut order = [63; 128];
    let mut place = 0;
    while place < 64 {
        order[place] = ZIGZAG[place];
        place += 1;
    }
    order
};
