//! Pixels from memory, as if they were a file.

use super::{Caps, DecodeRequest, Decoder, Format, Header};
use crate::error::{Error, Result};
use crate::picture::geometry::Rect;
use crate::picture::image::Image;
use crate::picture::image::band::Band;
use crate::picture::orientation::Orientation;
use crate::recipe::job::Watch;
use crate::recipe::source::Source;

/// Rows between two looks at the watch: a copy of fewer takes less time than the look.
const ROWS_BETWEEN_CHECKS: usize = 64;

pub(super) fn header(image: &Image) -> Header {
    Header {
        format: Format::Raw,
        size: image.size(),
        layout: image.layout(),
        planar: None,
        orientation: Orientation::NORMAL,
        pages: 1,
        caps: Caps { scales: &[1], region: true, bands: true },
    }
}

pub(super) fn open(source: Source, request: &DecodeRequest) -> Box<dyn Decoder> {
    Box::new(RawDecoder { source, region: request.region })
}

/// Copies rows of a region. Those as wide as the picture are lent without a decoder: [`Band::lent`].
struct RawDecoder {
    source: Source,
    region: Rect,
}

impl Decoder for RawDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let image = self.source.pixels().ok_or_else(|| Error::internal("raw pixels have gone"))?;
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
    use crate::picture::geometry::Size;
    use crate::picture::image::Layout;

    #[test]
    fn bands_of_a_region_are_copied() -> Result<()> {
        let data: Vec<u8> = (0..5 * 4 * 2).collect();
        let image = Image::new(Size::new(5, 4), Layout::GrayA, data)?;
        let region = Rect::new(2, 1, 2, 3);
        let layout = Layout::Rgb;
        let request = DecodeRequest { scale: 1, region, layout, recover: false };
        let mut decoder = open(image.into(), &request);
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
