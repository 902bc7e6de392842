//! A band: some rows of a picture, in any layout.

use std::ops::Range;
use std::sync::Arc;

use super::Image;
use super::layout::Layout;
use crate::error::Result;
use crate::picture::geometry::{Rect, Size};
use crate::picture::reserve::reserved;

/// Rows `rows` of a picture that is `width` pixels wide; every plane tightly packed.
#[derive(Debug)]
pub(crate) struct Band {
    layout: Layout,
    width: u32,
    rows: Range<u32>,
    samples: BandSamples,
}

/// The samples of a band, its own or lent.
#[derive(Debug)]
enum BandSamples {
    /// In a buffer of its own for each plane.
    Own(Vec<Vec<u8>>),
    /// These bytes of an interleaved picture that an input holds.
    Lent(Arc<Image>, Range<usize>),
}

impl Band {
    /// Tells whether rows of a region of a raw picture can be lent: the region is as wide as the
    /// picture.
    pub(crate) fn is_lent(image: &Image, region: Rect) -> bool {
        image.size().width == region.width
    }

    /// Rows of a region of a raw picture, without a copy. `None` unless [`Band::is_lent`], or where
    /// rows are missing.
    pub(crate) fn lent(image: &Arc<Image>, region: Rect, rows: Range<u32>) -> Option<Self> {
        let layout = image.layout();
        let stride = layout.planes()[0].stride(region.width);
        let start = (region.y + rows.start) as usize * stride;
        let bytes = start..start + rows.len() * stride;
        let are_there = Self::is_lent(image, region) && bytes.end <= image.data().len();
        let samples = BandSamples::Lent(Arc::clone(image), bytes);
        are_there.then_some(Self { layout, width: region.width, rows, samples })
    }

    /// A band of zeros. Memory is reserved fallibly.
    pub(crate) fn new(layout: Layout, width: u32, rows: Range<u32>) -> Result<Self> {
        let planes = layout
            .planes()
            .iter()
            .map(|plane| zeroed(plane.stride(width) * plane.rows(&rows).len()))
            .collect::<Result<_>>()?;
        Ok(Self { layout, width, rows, samples: BandSamples::Own(planes) })
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
        match &self.samples {
            BandSamples::Own(planes) => &planes[plane],
            BandSamples::Lent(image, bytes) => &image.data()[bytes.clone()],
        }
    }

    /// All rows of a plane, to be written.
    pub(crate) fn plane_mut(&mut self, plane: usize) -> &mut [u8] {
        &mut self.planes_mut()[plane]
    }

    /// All planes, to be written. A band of lent rows has none, as lent rows are never written.
    pub(crate) fn planes_mut(&mut self) -> &mut [Vec<u8>] {
        match &mut self.samples {
            BandSamples::Own(planes) => planes,
            BandSamples::Lent(..) => &mut [],
        }
    }

    /// Row `y` of a plane, counted in rows of that plane from the top of the picture.
    pub(crate) fn row(&self, plane: usize, y: u32) -> &[u8] {
        let stride = self.stride(plane);
        let first = self.layout.planes()[plane].rows(&self.rows).start;
        let at = (y - first) as usize * stride;
        &self.plane(plane)[at..at + stride]
    }
}

/// `len` zeros, reserved fallibly.
pub(crate) fn zeroed(len: usize) -> Result<Vec<u8>> {
    let mut buffer = reserved(len)?;
    buffer.resize(len, 0);
    Ok(buffer)
}

/// Consecutive bands seen as rows of one picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BandRows<'a> {
    bands: &'a [Arc<Band>],
}

impl<'a> BandRows<'a> {
    /// Joins bands, which follow one another without a gap.
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
    use crate::picture::image::Subsampling;

    #[test]
    fn whole_rows_of_a_raw_picture_are_lent() -> Result<()> {
        let data: Vec<u8> = (0..5 * 4 * 2).collect();
        let image = Arc::new(Image::new(Size::new(5, 4), Layout::GrayA, data.clone())?);
        let band = Band::lent(&image, Rect::new(0, 1, 5, 3), 1..3).expect("whole rows");
        assert_eq!(
            (band.layout(), band.size(), band.rows()),
            (Layout::GrayA, Size::new(5, 2), 1..3)
        );
        assert_eq!(band.plane(0), &data[20..40]);
        assert_eq!(band.row(0, 2), &data[30..40]);
        assert!(Band::lent(&image, Rect::new(1, 1, 4, 3), 1..3).is_none());
        Ok(())
    }

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
        let rows = BandRows::new(&bands);
        assert_eq!(rows.row(0, 3), [2, 2, 2]);
        assert_eq!(rows.row(1, 1), [2, 2]);
        assert_eq!(rows.row(2, 2), [4, 4]);
        Ok(())
    }
}
