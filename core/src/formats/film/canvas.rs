//! The canvas that the frames of a film are drawn on.

use crate::error::Result;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::image::band::zeroed;

/// The canvas after a frame was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Disposal {
    /// As it is.
    Keep,
    /// Clear where the frame was.
    Clear,
    /// As it was before the frame.
    Restore,
}

/// Samples of a picture, rows without gaps; clear or black before the first frame.
pub(in crate::formats) struct Canvas {
    size: Size,
    channels: usize,
    pub(in crate::formats) samples: Vec<u8>,
    /// A copy of them, where they are to be put back.
    saved: Vec<u8>,
}

impl Canvas {
    pub(in crate::formats) fn new(size: Size, layout: Layout) -> Result<Self> {
        let samples = zeroed(usize::try_from(layout.bytes(size)).unwrap_or(usize::MAX))?;
        Ok(Self { size, channels: layout.channels() as usize, samples, saved: Vec::new() })
    }

    pub(in crate::formats) const fn size(&self) -> Size {
        self.size
    }

    pub(in crate::formats) const fn channels(&self) -> usize {
        self.channels
    }

    /// Bytes of so many pixels.
    pub(in crate::formats) const fn bytes(&self, pixels: u32) -> usize {
        pixels as usize * self.channels
    }

    /// The part of row `y` in a place, which lies on the canvas.
    pub(in crate::formats) fn row(&mut self, place: Rect, y: u32) -> &mut [u8] {
        let at = y as usize * self.bytes(self.size.width) + self.bytes(place.x);
        let end = at + self.bytes(place.width);
        &mut self.samples[at..end]
    }

    /// Keeps what a frame of this disposal needs when it has been shown.
    pub(in crate::formats) fn save(&mut self, disposal: Disposal) -> Result<()> {
        if disposal == Disposal::Restore {
            if self.saved.is_empty() {
                self.saved = zeroed(self.samples.len())?;
            }
            self.saved.copy_from_slice(&self.samples);
        }
        Ok(())
    }

    /// Makes the canvas that a frame leaves to the next.
    pub(in crate::formats) fn dispose(&mut self, place: Rect, disposal: Disposal) {
        match disposal {
            Disposal::Keep => {}
            Disposal::Restore => std::mem::swap(&mut self.samples, &mut self.saved),
            Disposal::Clear => self.clear(place),
        }
    }

    /// Clears a place, as far as it lies on the canvas.
    fn clear(&mut self, place: Rect) {
        if let Some(place) = place.intersection(Rect::whole(self.size)) {
            place.rows().for_each(|y| self.row(place, y).fill(0));
        }
    }
}
