//! Pictures that move: a file whose frames are composed one after another.
//!
//! A frame of a file may cover a part of the picture, be blended with what was there before, and leave
//! something else behind. A [`Player`] keeps the canvas on which that happens, and gives whole
//! pictures. To the plan a film is one picture with that canvas as its pixels, which runs once a
//! frame.

pub(super) mod canvas;
pub(super) mod changes;
pub(super) mod growing;
#[cfg(test)]
pub(super) mod trial;

use std::borrow::Cow;
use std::sync::Arc;

use makeready_kernels::Level;

use super::{Caps, DecodeRequest, Decoder, Header, Opened, raw};
use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::image::band::Band;
use crate::picture::image::{Image, Layout};
use crate::picture::motion::Motion;
use crate::picture::profile::Profile;
use crate::picture::reserve::reserved;
use crate::picture::work::{Content, Work, WorkKind};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;

/// The frames of a file: all about them is known but their pixels.
pub(crate) trait Film: Send + Sync {
    fn motion(&self) -> &Motion;

    /// The layout of the canvas.
    fn layout(&self) -> Layout;

    /// An upper bound of the bytes that a player holds, its canvas included.
    fn memory(&self) -> u64;

    /// Adds the work of composing a frame.
    fn work(&self, work: &mut Work);

    /// Begins with the first frame. In a film that is to be recovered, frames that are damaged keep
    /// what is there of them.
    fn play(&self, recover: bool) -> Result<Box<dyn Player>>;
}

impl std::fmt::Debug for dyn Film {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Film").field(self.motion()).finish()
    }
}

/// Composes the frames of a film in order.
pub(crate) trait Player: Send {
    /// Composes the next frame and gives the canvas: rows without gaps.
    fn next(&mut self, watch: &Watch) -> Result<&[u8]>;

    /// Takes the error of the first pixels that are not the file's, in a film that is to be recovered.
    fn lost(&mut self) -> Option<Error>;
}

/// A film as the plan sees it: one picture, whose pixels come later, or one frame of it.
pub(super) struct FilmPicture {
    pub(super) header: Header,
    file: Arc<dyn Opened>,
    pub(super) film: Arc<dyn Film>,
    /// The number of the one frame.
    pub(super) frame: Option<u32>,
}

impl FilmPicture {
    pub(super) fn new(file: Arc<dyn Opened>, film: Arc<dyn Film>, frame: Option<u32>) -> Self {
        let caps = Caps { scales: &[1], region: true, bands: true };
        let header = Header { layout: film.layout(), planar: None, caps, ..*file.header() };
        Self { header, file, film, frame }
    }
}

impl Opened for FilmPicture {
    fn header(&self) -> &Header {
        &self.header
    }

    fn profile(&self, limits: &Limits) -> Result<Profile> {
        self.file.profile(limits)
    }

    fn exif(&self, limits: &Limits) -> Result<Option<Cow<'_, [u8]>>> {
        self.file.exif(limits)
    }

    fn xmp(&self) -> Option<Result<&[u8]>> {
        self.file.xmp()
    }

    /// Frames of a film are lent, and are counted with it; one frame has a player of its own.
    fn memory(&self, _: &DecodeRequest, _: &Limits) -> Result<u64> {
        let canvas = self.header.layout.bytes(self.header.size);
        Ok(if self.frame.is_some() { self.film.memory() + canvas } else { 0 })
    }

    fn work(&self, request: &DecodeRequest, rows: u32, work: &mut Work) {
        let mut frame = Work::none();
        self.film.work(&mut frame);
        work.join(&frame.times(1.0 + f64::from(self.frame.unwrap_or(0))));
        let copied = request.layout.bytes(Size::new(request.region.width, rows));
        work.add(WorkKind::Copy, copied as f64);
    }

    fn content(&self) -> Content {
        self.file.content()
    }

    fn decode(
        &self,
        request: &DecodeRequest,
        _: &Limits,
        level: Level,
    ) -> Result<Box<dyn Decoder>> {
        let Some(frame) = self.frame else {
            return Err(Error::internal("the frames of a film are not decoded one by one"));
        };
        let (film, header, request) = (Arc::clone(&self.film), self.header, *request);
        Ok(Box::new(FrameDecoder { film, frame, header, request, level, pixels: None, lost: None }))
    }
}

/// Composes all frames up to one, and gives rows of that.
struct FrameDecoder {
    film: Arc<dyn Film>,
    frame: u32,
    header: Header,
    request: DecodeRequest,
    level: Level,
    pixels: Option<Box<dyn Decoder>>,
    lost: Option<Error>,
}

impl FrameDecoder {
    fn compose(&mut self, watch: &Watch) -> Result<Box<dyn Decoder>> {
        let mut player = self.film.play(self.request.recover)?;
        for _ in 0..self.frame {
            player.next(watch)?;
        }
        let image = still(self.header.size, self.header.layout, player.next(watch)?)?;
        self.lost = player.lost();
        raw::open(Arc::new(image)).decode(&self.request, &Limits::default(), self.level)
    }
}

impl Decoder for FrameDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let mut pixels = match self.pixels.take() {
            Some(pixels) => pixels,
            None => self.compose(watch)?,
        };
        pixels.read(band, watch)?;
        self.pixels = Some(pixels);
        Ok(())
    }

    fn lost(&mut self) -> Option<Error> {
        self.lost.take()
    }
}

/// The picture on a canvas.
pub(crate) fn still(size: Size, layout: Layout, canvas: &[u8]) -> Result<Image> {
    let mut pixels = reserved(canvas.len())?;
    pixels.extend_from_slice(canvas);
    Image::new(size, layout, pixels)
}
