//! Decodes the first frame of a JPEG XL.

use std::io::{self, IoSliceMut, Read};

use jxl::api::{
    AlphaMode, Event, JxlBitstreamInput, JxlColorType, JxlDataFormat, JxlDecoder,
    JxlDecoderOptions, JxlOutputBuffer, JxlPixelFormat,
};
use jxl::error::Error as CrateError;

use super::super::Decoder;
use super::super::optional::blamed;
use crate::error::{Error, ErrorKind, Result};
use crate::picture::format::Format;
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// Bytes that are read before the watch is asked again.
const STEP: usize = 16 << 10;

/// A file that is read in steps. Between them the watch is asked; its error ends the stream.
pub(super) struct Input<'a> {
    rest: &'a [u8],
    watch: &'a Watch,
}

impl JxlBitstreamInput for Input<'_> {
    fn available_bytes(&mut self) -> io::Result<usize> {
        Ok(self.rest.len().min(STEP))
    }

    fn read(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.watch.check().map_err(io::Error::other)?;
        let mut step = &self.rest[..self.available_bytes()?];
        let read = step.read_vectored(buffers)?;
        self.rest = &self.rest[read..];
        Ok(read)
    }
}

/// Reads the head of a file; gives what is behind it.
pub(super) fn begin<'a>(
    data: &'a [u8],
    limits: &Limits,
    watch: &'a Watch,
) -> Result<(Box<JxlDecoder>, Input<'a>)> {
    // Three colours and an alpha; other channels count as samples too.
    let samples = limits.max_input_pixels.saturating_mul(4);
    let mut options = JxlDecoderOptions::default();
    options.adjust_orientation = false;
    options.alpha_mode = AlphaMode::Unpremultiplied;
    options.sample_limit = Some(usize::try_from(samples).unwrap_or(usize::MAX));
    let mut decoder = Box::new(JxlDecoder::new(options));
    let mut input = Input { rest: data, watch };
    let begun = blamed(Format::Jxl, || match decoder.process(&mut input, None, None) {
        Ok(Event::BasicInfo) => Ok(()),
        Ok(_) => Err(cut(data)),
        Err(error) => Err(fault(&error)),
    });
    begun.map(|()| (decoder, input))
}

/// A decode that has not begun.
pub(super) struct FrameDecoder {
    pub(super) file: Bytes,
    pub(super) limits: Limits,
    pub(super) recover: bool,
    /// The reason if some pixels are missing.
    pub(super) damage: Option<Error>,
}

impl FrameDecoder {
    /// Fills the samples; of a damaged file as far as it goes, where that is wanted.
    fn fill(&self, band: &mut Band, watch: &Watch) -> Result<()> {
        let data = (*self.file).as_ref();
        let (mut decoder, mut input) = begin(data, &self.limits, watch)?;
        let format = format(&decoder, band.layout());
        decoder.set_pixel_format(format).map_err(|error| fault(&error))?;
        let (stride, rows) = (band.stride(0), band.size().height as usize);
        let mut buffers = [JxlOutputBuffer::new(band.plane_mut(0), rows, stride)];
        let failed = loop {
            match decoder.process(&mut input, Some(&mut buffers), None) {
                Ok(Event::FrameComplete { .. } | Event::Complete) => return Ok(()),
                Ok(Event::NeedMoreInput { .. }) if input.rest.is_empty() => break cut(data),
                Ok(_) => {}
                Err(error) => break fault(&error),
            }
            watch.check()?;
        };
        if self.recover && !watch.stopped() {
            // Pixels that it has not drawn stay black.
            let _ = decoder.flush_pixels(&mut buffers, None);
        }
        Err(failed)
    }
}

impl Decoder for FrameDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        band.plane_mut(0).fill(0);
        let filled = blamed(Format::Jxl, || self.fill(band, watch));
        watch.check()?;
        match filled {
            Err(error) if self.recover && error.is_damage() => self.damage = Some(error),
            other => other?,
        }
        Ok(())
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

/// The samples of a layout, and no other channel.
fn format(decoder: &JxlDecoder, layout: Layout) -> JxlPixelFormat {
    let others = decoder.basic_info().map_or(0, |info| info.extra_channels.len());
    let mut format = JxlPixelFormat::rgb8(others);
    format.color_data_format = Some(JxlDataFormat::U8 { bit_depth: 8 });
    format.color_type = match layout {
        Layout::Gray => JxlColorType::Grayscale,
        Layout::GrayA => JxlColorType::GrayscaleAlpha,
        Layout::Rgba => JxlColorType::Rgba,
        _ => JxlColorType::Rgb,
    };
    format
}

/// The library's error for one of the crate.
#[cold]
fn fault(error: &CrateError) -> Error {
    match error {
        CrateError::OutOfBounds(_) | CrateError::SectionTooShort => {
            Error::truncated(format!("the JPEG XL ends within its pixels: {error}"))
        }
        CrateError::OutOfMemory(_) | CrateError::ImageOutOfMemory(..) => {
            Error::new(ErrorKind::Io, format!("JPEG XL: {error}"))
        }
        other => Error::malformed(format!("JPEG XL: {other}")),
    }
}

#[cold]
fn cut(data: &[u8]) -> Error {
    Error::truncated(format!("the JPEG XL ends after {} bytes, within its pixels", data.len()))
}
