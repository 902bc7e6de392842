//! The interface of formats that are read: a reader, an opened file, a running decode.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use makeready_kernels::Level;

use super::film::Film;
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::Band;
use crate::picture::image::{Image, Layout, Subsampling};
use crate::picture::orientation::Orientation;
use crate::picture::profile::Profile;
use crate::picture::work::{Content, Work};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// The first bytes of a format's files: `start`, and `then` at a place behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signature {
    pub(crate) start: &'static [u8],
    pub(crate) then: (usize, &'static [u8]),
}

impl Signature {
    /// These bytes and no others.
    pub(super) const fn start(start: &'static [u8]) -> Self {
        Self { start, then: (start.len(), &[]) }
    }

    pub(super) fn fits(&self, data: &[u8]) -> bool {
        let (at, then) = self.then;
        data.starts_with(self.start) && data.get(at..).is_some_and(|rest| rest.starts_with(then))
    }

    /// Tells whether these bytes could go on as a file of this format.
    pub(super) fn may_follow(&self, data: &[u8]) -> bool {
        self.then.1.is_empty() && self.start.starts_with(data)
    }
}

/// A format that can be read.
pub(crate) trait Reader: Sync {
    fn format(&self) -> Format;

    fn signatures(&self) -> &'static [Signature];

    /// Tells whether a file begins as one of this format.
    fn fits(&self, data: &[u8]) -> bool {
        self.signatures().iter().any(|signature| signature.fits(data))
    }

    /// Tells whether its files are opened only where the caller names the format: they can do more than hold pixels.
    fn only_when_named(&self) -> bool {
        false
    }

    /// Reads everything before the pixels, once. A file that is to be recovered may be damaged
    /// there.
    fn open(&self, file: Bytes, limits: &Limits, recover: bool) -> Result<Arc<dyn Opened>>;

    /// The layout that a file written by this build has, if its encoder was given pixels of
    /// `layout`.
    fn written_layout(&self, _: &[u8], layout: Layout) -> Layout {
        layout
    }
}

/// An opened file: everything before its pixels is known.
pub(crate) trait Opened: Send + Sync {
    fn header(&self) -> &Header;

    /// The layout of the samples that its profile is of: inks where they are stored, else that of the header.
    fn profiled_layout(&self) -> Layout {
        self.header().layout
    }

    /// The colour space that the file says its samples are in.
    ///
    /// # Errors
    /// `malformed` of a profile that is damaged or longer than a limit, `out_of_memory`.
    fn profile(&self, _: &Limits) -> Result<Profile> {
        Ok(Profile::Srgb)
    }

    /// The facts that no plan needs.
    fn details(&self) -> Details {
        Details::default()
    }

    /// Its EXIF data as they are stored: a TIFF block, with or without the `Exif\0\0` of JPEG.
    ///
    /// # Errors
    /// `out_of_memory`, where they are written as text.
    fn exif(&self, _: &Limits) -> Result<Option<Cow<'_, [u8]>>> {
        Ok(None)
    }

    /// Its XMP packet, or why there is none to be had.
    fn xmp(&self) -> Option<Result<&[u8]>> {
        None
    }

    /// An upper bound of the bytes that a decode holds besides the bands it fills.
    fn memory(&self, request: &DecodeRequest, limits: &Limits) -> Result<u64>;

    /// Adds the work of a decode of the first `rows` rows of the request.
    fn work(&self, request: &DecodeRequest, rows: u32, work: &mut Work);

    /// What its pixels show, as far as the size of the file tells.
    fn content(&self) -> Content {
        Content::PHOTOGRAPH
    }

    /// Begins a decode, with the kernels of `level` where they are the library's own.
    fn decode(
        &self,
        request: &DecodeRequest,
        limits: &Limits,
        level: Level,
    ) -> Result<Box<dyn Decoder>>;

    /// Tells whether the file carries no metadata (profiles, EXIF, comments, text, anything
    /// unknown) and ends as its format says, so that it can be passed on as it is. Says no where it
    /// is not sure.
    fn holds_only_pixels(&self) -> bool {
        false
    }

    /// Opens another of its pages; `None` where its pages are the frames of a film.
    fn page(&self, _: u32, _: &Limits) -> Result<Option<Arc<dyn Opened>>> {
        Ok(None)
    }

    /// Its frames, where it has several. As many as [`Header::pages`] says, or the rest is damaged.
    fn film(&self, _: &Limits) -> Result<Option<Arc<dyn Film>>> {
        Ok(None)
    }

    /// The same picture in other pixels, where it is made of shapes and is as good at any size.
    fn drawn(&self, _: Drawing) -> Result<Option<Arc<dyn Opened>>> {
        Ok(None)
    }

    /// The picture of a file that a drawn page is all of: it is as good as the page at any size.
    fn scan(&self) -> Option<Arc<dyn Opened>> {
        None
    }

    /// The picture itself, where its rows can be lent.
    fn pixels(&self) -> Option<&Arc<Image>> {
        None
    }
}

impl fmt::Debug for dyn Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Opened").field(self.header()).finish()
    }
}

/// The abilities of a decoder with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caps {
    /// The denominators it can decode at, in rising order; 1 is always among them.
    pub(crate) scales: &'static [u32],
    /// Whether it can decode a part, to the same samples as a crop of the whole.
    pub(crate) region: bool,
    /// Whether it gives rows as it decodes them; else all of them at once.
    pub(crate) bands: bool,
}

impl Caps {
    /// All rows at once, in full size.
    pub(crate) const WHOLE: Self = Self { scales: &[1], region: false, bands: false };
    /// Rows as they are decoded, in full size.
    pub(crate) const BANDS: Self = Self { scales: &[1], region: false, bands: true };
}

/// The facts that a file tells before its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) format: Format,
    /// Width and height as stored, before the orientation.
    pub(crate) size: Size,
    /// The layout that its decoder gives.
    pub(crate) layout: Layout,
    /// The planes its decoder can give instead.
    pub(crate) planar: Option<Subsampling>,
    pub(crate) orientation: Orientation,
    /// Frames or pages; at least 1.
    pub(crate) pages: u32,
    pub(crate) caps: Caps,
}

/// The facts that a file tells before its pixels, and that no plan needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Details {
    /// Bits of a stored sample, or of an index of a palette.
    pub(crate) bits: u8,
    /// Dots an inch across, as the format itself has them.
    pub(crate) density: Option<u32>,
    /// Tells whether the file says that it is of sRGB, where that is no profile.
    pub(crate) says_srgb: bool,
    /// Tells whether a part of the file shows the whole picture, coarser.
    pub(crate) progressive: bool,
    /// The ratio of its luma to its chroma samples.
    pub(crate) subsampling: Option<&'static str>,
}

impl Default for Details {
    fn default() -> Self {
        Self { bits: 8, density: None, says_srgb: false, progressive: false, subsampling: None }
    }
}

/// A part of a picture, asked of a decoder by the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DecodeRequest {
    /// Decode at `1/scale`, one of [`Caps::scales`].
    pub(crate) scale: u32,
    /// The part of the scaled picture, in its pixels; the whole of it unless [`Caps::region`].
    pub(crate) region: Rect,
    /// The layout of the header, or its planes.
    pub(crate) layout: Layout,
    /// Whether rows behind damage are black, instead of an error.
    pub(crate) recover: bool,
}

/// The bytes of a file at a place, where it has all of them.
pub(super) fn held<'a>(data: &'a [u8], place: &Option<Range<usize>>) -> Option<&'a [u8]> {
    data.get(place.clone()?)
}

#[cfg(test)]
impl DecodeRequest {
    /// All of the picture in full size.
    pub(crate) fn whole(header: &Header, recover: bool) -> Self {
        Self { scale: 1, region: Rect::whole(header.size), layout: header.layout, recover }
    }
}

/// The pixels that a picture made of shapes is drawn in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Drawing {
    /// Dots an inch.
    Density(u32),
    /// A part, in pixels as it is drawn now, and the pixels to draw it in.
    Part(Rect, Size),
}

/// A running decode.
pub(crate) trait Decoder: Send {
    /// Fills the next rows: `band.rows()` follows the last call's, counted from the top of the
    /// region. Without [`Caps::bands`] there is one call, for all rows.
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()>;

    /// Takes the error of the first rows that are not the file's, in a file that is to be
    /// recovered.
    fn lost(&mut self) -> Option<Error> {
        None
    }
}
