//! A band: some rows of a picture, in any layout.

use std::ops::Range;
use std::sync::Arc;

use super::layout::Layout;
use crate::error::{Error, Result};
use crate::geometry::Size;

/// Rows `rows` of a picture that is `width` pixels wide; every plane tightly packed.
#[derive(Debug)]
pub(crate) struct Band {
    layout: Layout,
    width: u32,
    rows: Range<u32>,
    planes: Vec<Vec<u8>>,
}

impl Band {
    /// A band of zeros. Memory is reserved fallibly.
    pub(crate) fn new(layout: Layout, width: u32, rows: Range<u32>) -> Result<Self> {
        let planes = layout
            .planes()
            .iter()
            .map(|plane| zeroed(plane.stride(width) * plane.rows(&rows).len()))
            .collect::<Result<_>>()?;
        Ok(Self { layout, width, rows, planes })
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    #[cfg(test)]
    pub(crate) fn width(&self) -> u32 {
        self.width
    }

    /// The rows of the picture it holds.
    pub(crate) fn rows(&self) -> Range<u32> {
        self.rows.clone()
    }

    pub(crate) fn size(&self) -> Size {
        Size::new(self.width, self.rows.end - self.rows.start)
    }

    /// Bytes of a row of a plane.
    pub(crate) fn stride(&self, plane: usize) -> usize {
        self.layout.planes()[plane].stride(self.width)
    }

    /// All rows of a plane.
    pub(crate) fn plane(&self, plane: usize) -> &[u8] {
        &self.planes[plane]
    }

    pub(crate) fn plane_mut(&mut self, plane: usize) -> &mut [u8] {
        &mut self.planes[plane]
    }

    /// Every plane at once, for writers of several.
    pub(crate) fn planes_mut(&mut self) -> &mut [Vec<u8>] {
        &mut self.planes
    }

    /// Row `y` of a plane, counted in rows of that plane from the top of the picture.
    pub(crate) fn row(&self, plane: usize, y: u32) -> &[u8] {
        let stride = self.stride(plane);
        let first = self.layout.planes()[plane].rows(&self.rows).start;
        let at = (y - first) as usize * stride;
        &self.planes[plane][at..at + stride]
    }
}

/// `len` zeros, reserved fallibly.
pub(crate) fn zeroed(len: usize) -> Result<Vec<u8>> {
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(len).map_err(|_| Error::out_of_memory(len as u64))?;
    buffer.resize(len, 0);
    Ok(buffer)
}

/// Consecutive bands seen as rows of one picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a> {
    bands: &'a [Arc<Band>],
}

impl<'a> Rows<'a> {
    /// The bands must follow one another without a gap.
    pub(crate) fn new(bands: &'a [Arc<Band>]) -> Self {
        Self { bands }
    }

    pub(crate) fn bands(&self) -> &'a [Arc<Band>] {
        self.bands
    }

    /// Row `y` of a plane, counted in rows of that plane from the top of the picture.
    pub(crate) fn row(&self, plane: usize, y: u32) -> &'a [u8] {
        let at = self
            .bands
            .partition_point(|band| band.layout.planes()[plane].rows(&band.rows).end <= y);
        self.bands[at].row(plane, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Subsampling;

    #[test]
    fn rows_are_found_across_bands_and_planes() -> Result<()> {
        let layout = Layout::YCbCr(Subsampling::S420);
        let mut bands = Vec::new();
        for rows in [0..2, 2..4, 4..5] {
            let mut band = Band::new(layout, 3, rows.clone())?;
            for plane in 0..3 {
                band.plane_mut(plane).fill(u8::try_from(rows.start).unwrap_or(0));
            }
            bands.push(Arc::new(band));
        }
        let rows = Rows::new(&bands);
        assert_eq!(rows.row(0, 3), [2, 2, 2]);
        assert_eq!(rows.row(1, 1), [2, 2]);
        assert_eq!(rows.row(2, 2), [4, 4]);
        Ok(())
    }
}
