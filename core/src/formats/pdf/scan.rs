//! A page that is only one JPEG.

use std::sync::Arc;

use makeready_kernels::Level;

use crate::error::Result;
use crate::formats::{self, DecodeRequest, Decoder, Header, Opened};
use crate::picture::format::Format;
use crate::picture::work::{Content, Work};
use crate::recipe::limits::Limits;
use crate::recipe::options::Open;
use crate::recipe::source::Source;

/// The JPEG of a page, as the page's own picture.
pub(super) struct ScannedPage {
    jpeg: Arc<dyn Opened>,
    header: Header,
    /// Bytes that it took to find it.
    planned: u64,
}

impl ScannedPage {
    /// The picture of a page of this header; `None` where it has inks, of which the file says the colours.
    pub(super) fn open(
        jpeg: &Arc<Vec<u8>>,
        page: &Header,
        planned: u64,
        limits: &Limits,
    ) -> Option<Arc<dyn Opened>> {
        let source = Source::shared(Data(Arc::clone(jpeg)));
        let jpeg = formats::open(&source, &Open::new().formats([Format::Jpeg]), limits).ok()?;
        let of_jpeg = jpeg.header();
        let plain = jpeg.profiled_layout() == of_jpeg.layout;
        // The format stays, as the file is none of JPEG: it is never passed on as it is.
        let header = Header { format: page.format, pages: page.pages, ..*of_jpeg };
        plain.then(|| Arc::new(Self { header, jpeg, planned }) as Arc<dyn Opened>)
    }
}

/// The bytes of a JPEG, as a source has them.
struct Data(Arc<Vec<u8>>);

impl AsRef<[u8]> for Data {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Opened for ScannedPage {
    fn header(&self) -> &Header {
        &self.header
    }

    fn memory(&self, request: &DecodeRequest, limits: &Limits) -> Result<u64> {
        Ok(self.planned + self.jpeg.memory(request, limits)?)
    }

    fn work(&self, request: &DecodeRequest, rows: u32, work: &mut Work) {
        self.jpeg.work(request, rows, work);
    }

    fn content(&self) -> Content {
        self.jpeg.content()
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        level: Level,
    ) -> Result<Box<dyn Decoder>> {
        self.jpeg.decode(request, limits, level)
    }
}
