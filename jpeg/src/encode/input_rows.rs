//! The rows to code: first the ones left over from the push before, then the ones of this push.

use crate::encode::frame::Frame;
use crate::error::Error;
use crate::reserve::reserve;

/// Rows of one plane of samples or pixels; the new ones lie where the caller has them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PlaneRows<'a> {
    /// Rows left over from the push before, one after another.
    pub(crate) head: &'a [u8],
    /// New rows.
    pub(crate) body: &'a [u8],
    /// Bytes from one new row to the next.
    pub(crate) stride: usize,
    /// The number of new rows.
    pub(crate) count: usize,
    /// Bytes of a row.
    pub(crate) width: usize,
}

impl<'a> PlaneRows<'a> {
    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.head.len().checked_div(self.width).unwrap_or(0) + self.count
    }

    /// Row `y`; the last row stands in for rows below it.
    pub(crate) fn row(&self, y: usize) -> &'a [u8] {
        let y = y.min(self.len().saturating_sub(1));
        let waited = self.head.len().checked_div(self.width).unwrap_or(0);
        if y < waited {
            &self.head[y * self.width..][..self.width]
        } else {
            &self.body[(y - waited) * self.stride..][..self.width]
        }
    }
}

/// All planes of the input.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct InputRows<'a>(pub(crate) [PlaneRows<'a>; 3]);

impl InputRows<'_> {
    /// Copies the rows from luma row `from` on.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn copy_from(&self, frame: &Frame, from: usize) -> Result<[Vec<u8>; 3], Error> {
        let mut waiting: [Vec<u8>; 3] = Default::default();
        for (plane, waiting) in waiting.iter_mut().enumerate() {
            let rows = &self.0[plane];
            let left = from / frame.luma_rows(plane)..rows.len();
            reserve(waiting, left.len() * rows.width)?;
            left.for_each(|y| waiting.extend_from_slice(rows.row(y)));
        }
        Ok(waiting)
    }
}
