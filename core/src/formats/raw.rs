//! Reads pixels from memory as if they were a file.

use std::sync::Arc;

use makeready_kernels::Level;

use super::{Caps, DecodeRequest, Decoder, Format, Header, Opened};
use crate::error::Result;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Image;
use crate::picture::image::band::Band;
use crate::picture::orientation::Orientation;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;

/// Rows between two looks at the watch: a copy of fewer takes less time than the look.
const ROWS_BETWEEN_CHECKS: usize = 64;

pub(super) fn open(image: Arc<Image>) -> Arc<dyn Opened> {
    let header = Header {
        format: Format::Raw,
        size: image.size(),
        layout: image.layout(),
        planar: None,
        orientation: Orientation::NORMAL,
        pages: 1,
        caps: Caps { scales: &[1], region: true, bands: true },
    };
    Arc::new(RawImage { image, header })
}

struct RawImage {
    image: Arc<Image>,
    header: Header,
}

impl Opened for RawImage {
    fn header(&self) -> &Header {
        &self.header
    }

    fn memory(&self, _: &DecodeRequest, _: &Limits) -> Result<u64> {
        Ok(0)
    }

    fn work(&self, request: &DecodeRequest, rows: u32, work: &mut Work) {
        if !Band::is_lent(&self.image, request.region) {
            let copied = request.layout.bytes(Size::new(request.region.width, rows));
            work.add(WorkKind::Copy, copied as f64);
        }
    }

    fn decode(&self, request: &DecodeRequest, _: &Limits, _: Level) -> Result<Box<dyn Decoder>> {
        Ok(Box::new(RawDecoder { image: Arc::clone(&self.image), region: request.region }))
    }

    fn pixels(&self) -> Option<&Arc<Image>> {
        Some(&self.image)
    }
}

/// Copies rows of a region. Regions as wide as the picture are lent without a decoder: see
/// [`Band::lent`].
struct RawDecoder {
    image: Arc<Image>,
    region: Rect,
}

impl Decoder for RawDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let image = &self.image;
        let channels = image.layout().channels() as usize;
        let stride = image.size().width as usize * channels;
        let left = self.region.x as usize * channels;
        let top = (self.region.y + band.rows().start) as usize;
        let width = band.stride(0);
        let rows = image.data().chunks_exact(stride).skip(top);
        for (y, (to, from)) in band.plane_mut(0).chunks_exact_mut(width).zip(rows).enumerate() {
            if y % ROWS_BETWEEN_CHECKS == 0 {
                watch.check()?;
            }
            to.copy_from_slice(&from[left..left + width]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::image::Layout;

    #[test]
    fn bands_of_a_region_are_copied() -> Result<()> {
        let data: Vec<u8> = (0..5 * 4 * 2).collect();
        let image = Image::new(Size::new(5, 4), Layout::GrayA, data)?;
        let region = Rect::new(2, 1, 2, 3);
        let layout = Layout::Rgb;
        let request = DecodeRequest { scale: 1, region, layout, recover: false };
        let level = Level::detect();
        let mut decoder = open(Arc::new(image)).decode(&request, &Limits::default(), level)?;
        let mut found = Vec::new();
        for rows in [0..2, 2..3] {
            let mut band = Band::new(Layout::GrayA, 2, rows)?;
            decoder.read(&mut band, &Watch::default())?;
            found.extend_from_slice(band.plane(0));
        }
        assert_eq!(found, [14, 15, 16, 17, 24, 25, 26, 27, 34, 35, 36, 37]);
        Ok(())
    }
}
