//! The pictures inside of a file, held to the limits of inputs before the drawing reads them.

use std::sync::{Arc, Mutex, PoisonError};

use resvg::usvg::ImageKind;

use crate::error::{Error, Result};
use crate::formats::{self, Opened};
use crate::picture::format::Format;
use crate::recipe::limits::{Limits, check};
use crate::recipe::options::Open;
use crate::recipe::source::Source;

/// The formats that a picture inside of a file may have. A drawing in a drawing is left out.
const INSIDE: [Format; 4] = [Format::Jpeg, Format::Png, Format::WebP, Format::Gif];

/// Bytes that the decoders of the drawing hold a pixel.
const DECODE: u64 = 20;

/// The pictures of a file so far.
#[derive(Default)]
pub(super) struct Images(Mutex<Sum>);

#[derive(Default)]
struct Sum {
    pixels: u64,
    largest: u64,
    bytes: u64,
    error: Option<Error>,
}

/// The bytes of a picture, as a source has them.
struct Data(Arc<Vec<u8>>);

impl AsRef<[u8]> for Data {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Images {
    /// A picture that may be drawn; nothing of one that is broken, as in browsers.
    pub(super) fn admit(&self, data: Arc<Vec<u8>>, limits: &Limits) -> Option<ImageKind> {
        let opened = match open(&data, limits) {
            Ok(opened) => opened,
            Err(error) => {
                self.note(error);
                return None;
            }
        };
        if let Err(error) = self.count(opened.header().size.pixels(), data.len(), limits) {
            self.note(error);
            return None;
        }
        match opened.header().format {
            Format::Jpeg => Some(ImageKind::JPEG(data)),
            Format::Png => Some(ImageKind::PNG(data)),
            Format::WebP => Some(ImageKind::WEBP(data)),
            Format::Gif => Some(ImageKind::GIF(data)),
            _ => None,
        }
    }

    /// Notes an error that ends the whole file.
    fn note(&self, error: Error) {
        if error.limit().is_some() {
            self.lock().error.get_or_insert(error);
        }
    }

    fn count(&self, pixels: u64, bytes: usize, limits: &Limits) -> Result<()> {
        let mut sum = self.lock();
        sum.pixels += pixels;
        sum.largest = sum.largest.max(pixels);
        sum.bytes += bytes as u64;
        check("max_input_pixels", limits.max_input_pixels, sum.pixels)
    }

    /// Bytes that they take while they are drawn, one after another; or the error of one.
    pub(super) fn memory(&self) -> Result<u64> {
        let mut sum = self.lock();
        match sum.error.take() {
            Some(error) => Err(error),
            None => Ok(sum.largest * DECODE + sum.bytes),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Sum> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(data: &Arc<Vec<u8>>, limits: &Limits) -> Result<Arc<dyn Opened>> {
    let source = Source::shared(Data(Arc::clone(data)));
    formats::open(&source, &Open::new().formats(INSIDE), limits)
}
