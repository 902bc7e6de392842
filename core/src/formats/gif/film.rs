//! The frames of a GIF on their screen, one after another.

use std::sync::Arc;

use super::blocks::{Blocks, Frame, Walk};
use super::pixels::FramePixels;
use crate::error::{Error, Result};
use crate::formats::film::canvas::{Canvas, Disposal};
use crate::formats::{Film, Player};
use crate::picture::format::Format;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::motion::Motion;
use crate::picture::reserve::{probed, reserved};
use crate::picture::work::{Work, WorkKind};
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};
use crate::recipe::source::Bytes;

/// A film of two frames or more.
struct GifFilm {
    file: Bytes,
    size: Size,
    layout: Layout,
    motion: Motion,
    frames: Arc<[Frame]>,
    /// Tells whether the file ends between frames, where another was to come.
    cut: bool,
}

/// Reads all frames of a GIF up to their pixels.
pub(super) fn open(
    file: &Bytes,
    blocks: &Blocks,
    limits: &Limits,
) -> Result<Option<Arc<dyn Film>>> {
    if blocks.pages < 2 {
        return Ok(None);
    }
    check("max_frames", limits.max_frames.into(), blocks.pages.into())?;
    let (mut walk, first) = Walk::begin((**file).as_ref())?;
    let covers = first.place == Rect::whole(blocks.size) && first.transparent.is_none();
    let mut frames = reserved(blocks.pages as usize)?;
    frames.push(first);
    let cut = loop {
        match walk.next_frame() {
            Ok(Some(frame)) => frames.push(frame),
            end => break end.is_err(),
        }
    };
    let clears = |frame: &Frame| frame.disposal == Disposal::Clear;
    // Later frames may have palettes where the first has none.
    let layout = Layout::interleaved(true, !covers || frames.iter().any(clears));
    let delays = frames.iter().map(|frame| frame.delay).collect();
    Ok(Some(Arc::new(GifFilm {
        file: Arc::clone(file),
        size: blocks.size,
        layout,
        motion: Motion { delays, plays: walk.plays },
        frames: frames.into(),
        cut,
    })))
}

impl GifFilm {
    fn pixels(&self) -> f64 {
        self.frames.iter().map(|frame| frame.place.size().pixels() as f64).sum()
    }
}

impl Film for GifFilm {
    fn motion(&self) -> &Motion {
        &self.motion
    }

    fn layout(&self) -> Layout {
        self.layout
    }

    /// The canvas and a copy that may be put back, the indices of a frame, which may be larger than the
    /// screen, and the tables of `weezl`.
    fn memory(&self) -> u64 {
        let indices = self.frames.iter().map(|frame| frame.place.size().pixels()).max();
        let frames = self.frames.len() * size_of::<Frame>();
        2 * self.layout.bytes(self.size) + indices.unwrap_or(0) + frames as u64 + (64 << 10)
    }

    fn work(&self, work: &mut Work) {
        let frames = f64::from(self.motion.frames());
        let pixels = self.pixels() / frames;
        let bytes = (*self.file).as_ref().len() as f64 / frames;
        work.add_for(WorkKind::FileOpen, Format::Gif, 1.0);
        work.add_for(WorkKind::FileCode, Format::Gif, bytes);
        work.add_for(WorkKind::FilePixel, Format::Gif, pixels);
        work.add_at(WorkKind::PngSample, 1, f64::from(self.layout.channels()) * pixels);
    }

    fn play(&self, recover: bool) -> Result<Box<dyn Player>> {
        let cut = || Error::truncated("the GIF ends between two frames");
        if self.cut && !recover {
            return Err(cut());
        }
        // The crate ends the process where memory is missing.
        probed(self.memory())?;
        Ok(Box::new(GifPlayer {
            file: Arc::clone(&self.file),
            frames: Arc::clone(&self.frames),
            next: 0,
            canvas: Canvas::new(self.size, self.layout)?,
            recover,
            damage: self.cut.then(cut),
        }))
    }
}

/// The screen while a film is played.
struct GifPlayer {
    file: Bytes,
    frames: Arc<[Frame]>,
    next: usize,
    canvas: Canvas,
    recover: bool,
    damage: Option<Error>,
}

impl Player for GifPlayer {
    fn next(&mut self, watch: &Watch) -> Result<&[u8]> {
        watch.check()?;
        if let Some(before) = self.next.checked_sub(1) {
            let Frame { place, disposal, .. } = self.frames[before];
            self.canvas.dispose(place, disposal);
        }
        let frame = self.frames.get(self.next).cloned();
        let frame = frame.ok_or_else(|| Error::internal("a film has no more frames"))?;
        self.next += 1;
        self.canvas.save(frame.disposal)?;
        let data = Arc::clone(&self.file);
        let mut pixels = FramePixels::new((*data).as_ref(), frame, self.canvas.channels())?;
        if let Err(error) = pixels.decode((*data).as_ref(), watch) {
            if watch.stopped() || !self.recover || !error.is_damage() {
                return Err(error);
            }
            self.damage.get_or_insert(error);
        }
        self.draw(&pixels);
        Ok(&self.canvas.samples)
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

impl GifPlayer {
    /// Draws a frame, as far as it lies on the screen.
    fn draw(&mut self, pixels: &FramePixels) {
        let Size { width, height } = self.canvas.size();
        let (stride, left) = (self.canvas.bytes(width), pixels.left());
        if left >= stride {
            return;
        }
        for (row, indices) in pixels.rows().filter(|(row, _)| *row < height) {
            let at = row as usize * stride;
            pixels.write(indices, &mut self.canvas.samples[at + left..at + stride]);
        }
    }
}

#[cfg(test)]
mod tests;
