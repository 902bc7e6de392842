//! Drawing of pictures that are made of shapes: the part of a plane that is drawn, and the threads that draw.

use std::time::{Duration, Instant};

use super::Drawing;
use crate::error::{Error, ErrorKind, Result};
use crate::panics::caught;
use crate::picture::geometry::{Rect, Size};
use crate::recipe::aside::{Aside, one_a_core};
use crate::recipe::job::Watch;
use crate::recipe::limits::check;

/// Bytes of a strip: a file is walked through once a strip, and this much stays in a cache.
const STRIP: u32 = 4 << 20;

/// Bytes of the stack of a thread that parses or draws, for files as deep as they may be.
const STACK: usize = 8 << 20;

/// Drawings that were stopped and have not ended; one a core at the most.
pub(super) static DRAWINGS: Aside = Aside::new("makeready-draw", STACK, one_a_core, too_many);

/// The time that a plan waits for a file: what does it has little to stop it by.
const PLANNED: Duration = Duration::from_secs(5);

/// Does what a plan needs of a file, within [`PLANNED`]; the watch tells when nobody waits any more.
pub(super) fn for_plan<T: Send + 'static>(
    work: impl FnOnce(&Watch) -> Result<T> + Send + 'static,
) -> Result<T> {
    let watch = Watch::new(Vec::new(), Instant::now().checked_add(PLANNED));
    DRAWINGS.run(&watch, move |watch| caught(|| work(watch)))
}

#[cold]
fn too_many(left: usize) -> Error {
    let what = format!("cannot be drawn: {left} drawings that were stopped have not ended yet");
    Error::new(ErrorKind::Busy, what)
}

/// A part of a plane, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    /// The size in units of the file, of which an inch has 72.
    natural: (f64, f64),
    /// Pixels that a unit has, across and down.
    pub(super) scale: (f64, f64),
    /// The left top corner in pixels of the whole plane.
    pub(super) corner: (f64, f64),
    /// The picture.
    pub(super) size: Size,
}

impl View {
    /// All of a plane of so many units, at 72 dots an inch.
    pub(super) fn natural(width: f64, height: f64) -> Result<Self> {
        Self::at_density((width, height), 72)
    }

    fn at_density(natural: (f64, f64), density: u32) -> Result<Self> {
        let pixels = |units: f64| units * f64::from(density) / 72.0;
        let size = Size::new(side(pixels(natural.0))?, side(pixels(natural.1))?);
        let scale = (f64::from(size.width) / natural.0, f64::from(size.height) / natural.1);
        Ok(Self { natural, scale, corner: (0.0, 0.0), size })
    }

    /// The same plane in other pixels.
    pub(super) fn drawn(&self, drawing: Drawing) -> Result<Self> {
        match drawing {
            Drawing::Density(density) => Self::at_density(self.natural, density),
            Drawing::Part(part, size) => Ok(self.part(part, size)),
        }
    }

    fn part(&self, part: Rect, size: Size) -> Self {
        let factor = (
            f64::from(size.width) / f64::from(part.width),
            f64::from(size.height) / f64::from(part.height),
        );
        Self {
            scale: (self.scale.0 * factor.0, self.scale.1 * factor.1),
            corner: (
                (self.corner.0 + f64::from(part.x)) * factor.0,
                (self.corner.1 + f64::from(part.y)) * factor.1,
            ),
            size,
            ..*self
        }
    }

    /// Rows of a strip. They follow from the width alone, so that bands do not show.
    pub(super) fn strip_rows(&self) -> u32 {
        let row = self.size.width.saturating_mul(4).max(1);
        (STRIP / row).clamp(1, self.size.height)
    }
}

/// A side in whole pixels, the nearest, and at least one.
#[allow(clippy::cast_possible_truncation, reason = "checked before")]
#[allow(clippy::cast_sign_loss, reason = "checked before")]
fn side(pixels: f64) -> Result<u32> {
    if pixels.is_nan() || pixels <= 0.0 {
        return Err(Error::malformed(format!("a page {pixels} pixels wide or high")));
    }
    check("max_input_side", u32::MAX.into(), pixels.ceil() as u64)?;
    Ok((pixels.round() as u32).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_density_makes_an_inch_so_many_pixels() -> Result<()> {
        let view = View::natural(72.0, 36.5)?;
        assert_eq!(view.size, Size::new(72, 37));
        let fine = view.drawn(Drawing::Density(300))?;
        assert_eq!(fine.size, Size::new(300, 152));
        assert_eq!(fine.scale.0, 300.0 / 72.0);
        let least = View::natural(0.01, 3.0)?;
        assert_eq!(least.size, Size::new(1, 3));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e12] {
            assert!(View::natural(bad, 1.0).is_err(), "{bad}");
        }
        Ok(())
    }

    #[test]
    fn parts_of_parts_keep_their_place() -> Result<()> {
        let view = View::natural(100.0, 80.0)?;
        let part = view.drawn(Drawing::Part(Rect::new(10, 20, 50, 40), Size::new(100, 80)))?;
        assert_eq!((part.scale, part.corner), ((2.0, 2.0), (20.0, 40.0)));
        let smaller = part.drawn(Drawing::Part(Rect::new(20, 0, 20, 80), Size::new(5, 20)))?;
        assert_eq!((smaller.scale, smaller.corner), ((0.5, 0.5), (10.0, 10.0)));
        Ok(())
    }

    #[test]
    fn strips_follow_from_the_width() {
        let rows = |width, height| {
            View::natural(f64::from(width), f64::from(height)).map(|view| view.strip_rows())
        };
        assert_eq!(rows(1024, 5000).ok(), Some(1024));
        assert_eq!(rows(1024, 50).ok(), Some(50));
        assert_eq!(rows(2_000_000, 50).ok(), Some(1));
    }
}
