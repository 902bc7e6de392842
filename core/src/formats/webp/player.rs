//! The frames of an animated WebP on their canvas, one after another.
//!
//! The colour that a file gives for the background is passed over, as browsers do: the canvas is
//! clear.

use std::sync::Arc;

use super::blend::{blend, blend_over_opaque};
use super::container::{Container, announced, chunks};
use super::decoder::{Steps, ends_early, held};
use super::ffi::DecodeView;
use super::frame::Frame;
use super::work;
use crate::error::{Error, Result};
use crate::formats::film::canvas::{Canvas, Disposal};
use crate::formats::{Film, Player};
use crate::picture::geometry::{Rect, Size, overlap};
use crate::picture::image::Layout;
use crate::picture::image::band::zeroed;
use crate::picture::motion::Motion;
use crate::picture::reserve::{probed, reserved};
use crate::picture::work::Work;
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};
use crate::recipe::source::Bytes;

/// A film of two frames or more.
struct WebpFilm {
    file: Bytes,
    size: Size,
    layout: Layout,
    motion: Motion,
    frames: Arc<[Frame]>,
    /// The reason where frames are missing.
    damage: Option<Error>,
}

/// Reads all frames of an animation up to their pixels.
pub(super) fn open(
    file: &Bytes,
    container: &Container,
    limits: &Limits,
) -> Result<Option<Arc<dyn Film>>> {
    if container.frames < 2 {
        return Ok(None);
    }
    check("max_frames", limits.max_frames.into(), container.frames.into())?;
    let (frames, damage) = frames((**file).as_ref(), container)?;
    let size = container.size;
    let covers = |first: &Frame| first.place == Rect::whole(size) && !first.alpha;
    // Opaque pixels stay opaque, whatever is blended with them.
    let clears =
        |frame: &Frame| frame.alpha && frame.overwrites || frame.disposal == Disposal::Clear;
    let opaque = frames.first().is_some_and(covers) && !frames.iter().any(clears);
    let delays = frames.iter().map(|frame| frame.delay).collect();
    Ok(Some(Arc::new(WebpFilm {
        file: Arc::clone(file),
        size,
        layout: Layout::interleaved(true, !opaque),
        motion: Motion { delays, plays: container.plays },
        frames: frames.into(),
        damage,
    })))
}

/// The frames before the first that is damaged, and the reason where others are missing.
fn frames(data: &[u8], container: &Container) -> Result<(Vec<Frame>, Option<Error>)> {
    let mut frames = reserved(container.frames as usize)?;
    for (_, body) in chunks(data)?.filter(|(name, _)| *name == b"ANMF") {
        match Frame::read(data, body, container.size) {
            Ok(frame) => frames.push(frame),
            Err(error) if frames.is_empty() => return Err(error),
            Err(error) => return Ok((frames, Some(error))),
        }
    }
    let cut = announced(data).is_some_and(|end| end > data.len());
    Ok((frames, cut.then(ends_early)))
}

impl Film for WebpFilm {
    fn motion(&self) -> &Motion {
        &self.motion
    }

    fn layout(&self) -> Layout {
        self.layout
    }

    /// The canvas, the pixels of a frame, and what libwebp holds for them.
    fn memory(&self) -> u64 {
        let frame = |frame: &Frame| {
            layout_of(frame, self.layout).bytes(frame.place.size())
                + held(frame.place.size(), frame.lossless, frame.alpha)
        };
        let frames = self.frames.len() * size_of::<Frame>();
        let largest = self.frames.iter().map(frame).max().unwrap_or(0);
        self.layout.bytes(self.size) + frames as u64 + largest
    }

    fn work(&self, work: &mut Work) {
        work::frame(&self.frames, self.layout, work);
    }

    fn play(&self, recover: bool) -> Result<Box<dyn Player>> {
        if let Some(damage) = self.damage.as_ref().filter(|_| !recover) {
            return Err(damage.clone());
        }
        let bytes = |frame: &Frame| layout_of(frame, self.layout).bytes(frame.place.size());
        let largest = self.frames.iter().map(bytes).max().unwrap_or(0);
        Ok(Box::new(WebpPlayer {
            file: Arc::clone(&self.file),
            frames: Arc::clone(&self.frames),
            next: 0,
            canvas: Canvas::new(self.size, self.layout)?,
            layout: self.layout,
            undrawn: Some(Rect::whole(self.size)),
            pixels: zeroed(usize::try_from(largest).unwrap_or(usize::MAX))?,
            recover,
            damage: self.damage.clone(),
        }))
    }
}

/// Bytes of a row of a frame.
fn stride(frame: &Frame, layout: Layout) -> usize {
    frame.place.width as usize * layout.channels() as usize
}

/// The samples of a frame that is decoded for a canvas of this layout.
fn layout_of(frame: &Frame, canvas: Layout) -> Layout {
    Layout::interleaved(true, canvas.has_alpha() || frame.alpha)
}

/// The canvas while a film is played.
struct WebpPlayer {
    file: Bytes,
    frames: Arc<[Frame]>,
    next: usize,
    canvas: Canvas,
    layout: Layout,
    /// The part of the canvas that is clear as nothing was drawn there. libwebp overwrites it where it
    /// blends with clear pixels elsewhere, which can be one step darker.
    undrawn: Option<Rect>,
    /// The pixels of a frame.
    pixels: Vec<u8>,
    recover: bool,
    damage: Option<Error>,
}

impl Player for WebpPlayer {
    fn next(&mut self, watch: &Watch) -> Result<&[u8]> {
        watch.check()?;
        if let Some(before) = self.next.checked_sub(1) {
            self.dispose(before);
        }
        let frame = self.frames.get(self.next).cloned();
        let frame = frame.ok_or_else(|| Error::internal("a film has no more frames"))?;
        self.next += 1;
        let rows = self.decode(&frame, watch)?;
        self.draw(&frame, rows);
        Ok(&self.canvas.samples)
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

impl WebpPlayer {
    /// Makes the canvas that a frame leaves to the next.
    fn dispose(&mut self, frame: usize) {
        let Frame { place, disposal, .. } = self.frames[frame];
        let whole = Rect::whole(self.canvas.size());
        self.canvas.dispose(place, disposal);
        let undrawn = if self.undrawn == Some(whole) { whole } else { place };
        self.undrawn = (disposal == Disposal::Clear).then_some(undrawn);
    }

    /// Decodes the pixels of a frame, and gives the number of rows that are there.
    fn decode(&mut self, frame: &Frame, watch: &Watch) -> Result<u32> {
        if frame.cut {
            let error = ends_early();
            if !self.recover {
                return Err(error);
            }
            self.damage.get_or_insert(error);
        }
        // libwebp reports a corrupt file where memory for alpha is missing.
        probed(held(frame.place.size(), frame.lossless, frame.alpha))?;
        let data = &(*self.file).as_ref()[frame.pixels.clone()];
        let layout = layout_of(frame, self.layout);
        let view = DecodeView { data, crop: None, scaled: None, alpha: layout.has_alpha() };
        let pixels_of_row = frame.place.width.into();
        let (lossless, recover) = (frame.lossless, self.recover);
        let steps = Steps { view: &view, lossless, recover, pixels_of_row };
        let stride = stride(frame, layout);
        let lost = steps.decode(&mut self.pixels, stride, watch)?;
        let Some((rows, error)) = lost else { return Ok(frame.place.height) };
        self.damage.get_or_insert(error);
        Ok(rows)
    }

    /// Draws the first rows of a frame.
    fn draw(&mut self, frame: &Frame, rows: u32) {
        let place = frame.place;
        let layout = layout_of(frame, self.layout);
        let stride = stride(frame, layout);
        if layout != self.layout {
            for (y, row) in place.rows().zip(self.pixels.chunks_exact(stride)).take(rows as usize) {
                blend_over_opaque(row, self.canvas.row(place, y));
            }
            return;
        }
        for (y, row) in place.rows().zip(self.pixels.chunks_exact(stride)).take(rows as usize) {
            let undrawn = self.undrawn.filter(|undrawn| undrawn.rows().contains(&y));
            let copied = match frame.overwrites {
                true => Some(place.columns()),
                false => undrawn.and_then(|it| overlap(place.columns(), it.columns())),
            };
            let copied = copied.unwrap_or(place.x..place.x);
            let [start, end] = [copied.start, copied.end].map(|x| self.canvas.bytes(x - place.x));
            let target = self.canvas.row(place, y);
            target[start..end].copy_from_slice(&row[start..end]);
            blend(&row[..start], &mut target[..start]);
            blend(&row[end..], &mut target[end..]);
        }
    }
}

#[cfg(test)]
mod tests;
