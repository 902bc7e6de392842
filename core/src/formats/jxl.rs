//! JPEG XL through the crate `jxl`: the first frame, all rows at once, 8 bits a sample.

mod decoder;

use std::sync::Arc;

use jxl::api::{ExtraChannel, JxlBasicInfo, JxlBitDepth, JxlColorProfile, JxlDecoder};
use makeready_kernels::Level;

use super::read::{Reader, Signature};
use super::{Caps, DecodeRequest, Decoder, Details, Header, Opened, optional};
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::orientation::Orientation;
use crate::picture::profile::{Profile, check_length};
use crate::picture::reserve::{probed, reserved};
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;
use decoder::{FrameDecoder, begin};

/// Bytes that the head of a file may make the crate reserve: tables, and a profile.
const HEAD: u64 = 8 << 20;

/// Bytes a pixel that a decode holds at most: samples of all channels as floats, twice, and coefficients.
const PIXEL: u64 = 64;

/// Bytes a pixel that the photographs of `examples/tiles` take in the mean, 1600 wide, at quality 80.
const PHOTOGRAPH: f64 = 0.08;

/// The reader of JPEG XL.
pub(super) struct JxlReader;

impl Reader for JxlReader {
    fn format(&self) -> Format {
        Format::Jxl
    }

    fn signatures(&self) -> &'static [Signature] {
        optional::JXL
    }

    fn open(&self, file: Bytes, limits: &Limits, _: bool) -> Result<Arc<dyn Opened>> {
        probed(HEAD)?;
        let (decoder, _) = begin((*file).as_ref(), limits, &Watch::default())?;
        let info =
            decoder.basic_info().ok_or_else(|| Error::internal("a JPEG XL without a head"))?;
        let sides = [info.size.0, info.size.1].map(u32::try_from);
        let [Ok(width), Ok(height)] = sides else {
            return Err(Error::malformed("a JPEG XL whose sides have more than 32 bits"));
        };
        let header = Header {
            format: Format::Jxl,
            size: Size::new(width, height),
            layout: layout(&decoder, info),
            planar: None,
            orientation: Orientation::from_exif(info.orientation as u16),
            pages: 1,
            caps: Caps::WHOLE,
        };
        let bits = match info.bit_depth {
            JxlBitDepth::Int { bits_per_sample } | JxlBitDepth::Float { bits_per_sample, .. } => {
                u8::try_from(bits_per_sample).unwrap_or(u8::MAX)
            }
        };
        let channels = info.extra_channels.len() as u64 + 3;
        Ok(Arc::new(JxlFile { profile: profile(&decoder), file, bits, channels, header }))
    }
}

/// Colours of the samples, and alpha where a channel is that.
fn layout(decoder: &JxlDecoder, info: &JxlBasicInfo) -> Layout {
    let colours = decoder.embedded_color_profile().is_none_or(|profile| profile.channels() > 1);
    let alpha = info.extra_channels.iter().any(|channel| channel.ec_type == ExtraChannel::Alpha);
    Layout::interleaved(colours, alpha)
}

/// The profile of the samples that the crate gives; `None` where it cannot be written as one.
fn profile(decoder: &JxlDecoder) -> Option<JxlColorProfile> {
    decoder.output_color_profile().cloned()
}

/// A file whose head is known.
struct JxlFile {
    file: Bytes,
    profile: Option<JxlColorProfile>,
    bits: u8,
    /// Samples of a pixel, those that are not shown too.
    channels: u64,
    header: Header,
}

impl Opened for JxlFile {
    fn header(&self) -> &Header {
        &self.header
    }

    fn profile(&self, limits: &Limits) -> Result<Profile> {
        let Some(profile) = &self.profile else { return Ok(Profile::Srgb) };
        let Some(found) = profile.try_as_icc() else {
            return Err(Error::malformed("its colour space cannot be written as a profile"));
        };
        check_length(found.len(), limits.max_icc_bytes)?;
        let mut icc = reserved(found.len())?;
        icc.extend_from_slice(&found);
        Ok(Profile::Icc(Arc::new(icc)))
    }

    fn details(&self) -> Details {
        Details { bits: self.bits, ..Details::default() }
    }

    fn memory(&self, _: &DecodeRequest, _: &Limits) -> Result<u64> {
        let pixel = PIXEL.saturating_mul(self.channels) / 3;
        Ok(self.header.size.pixels().saturating_mul(pixel).saturating_add(HEAD))
    }

    fn work(&self, _: &DecodeRequest, _: u32, work: &mut Work) {
        work.add_for(WorkKind::FileOpen, Format::Jxl, 1.0);
        work.add_for(WorkKind::FileCode, Format::Jxl, (*self.file).as_ref().len() as f64);
        work.add_for(WorkKind::FilePixel, Format::Jxl, self.header.size.pixels() as f64);
    }

    fn content(&self) -> Content {
        let usual = self.header.size.pixels() as f64 * PHOTOGRAPH;
        Content::of_file((*self.file).as_ref().len(), usual)
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        _: Level,
    ) -> Result<Box<dyn Decoder>> {
        // The crate ends the process where memory is missing.
        probed(self.memory(request, limits)?)?;
        let (limits, recover) = (*limits, request.recover);
        let file = Arc::clone(&self.file);
        Ok(Box::new(FrameDecoder { file, limits, recover, damage: None }))
    }
}
