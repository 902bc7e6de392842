//! Resize: the box, how the picture meets it, and the kernel.

use super::Point;
use super::table::{Options, options};
use crate::error::{Error, Result};
use crate::picture::geometry::{Fit, Rect, Size, scale_side};
use crate::picture::image::Colour;
use crate::picture::position::Position;
use crate::picture::words::{Words, words};

words! {
    /// The interpolation kernel of a resize.
    pub enum Kernel as "kernel" {
        /// The nearest sample.
        Nearest = "nearest",
        /// Triangle, support 1.
        Linear = "linear",
        /// Catmull-Rom, support 2.
        Cubic = "cubic",
        /// Mitchell-Netravali with B = C = 1/3, support 2.
        Mitchell = "mitchell",
        /// Windowed sinc, support 2.
        Lanczos2 = "lanczos2",
        /// Windowed sinc, support 3.
        #[default]
        Lanczos3 = "lanczos3",
    }
}

options! {
    /// A resize to a box, of which either side may be left out.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Position, Resize, Size};
    ///
    /// let image = Image::new(Size::new(100, 50), Layout::Gray, vec![0; 5000])?;
    /// let input = Pipeline::open(image);
    /// assert_eq!(input.clone().resize(Resize::width(10)).plan()?.size(), Size::new(10, 5));
    /// let square = Resize::cover(20, 20).position(Position::North);
    /// assert_eq!(input.resize(square).plan()?.size(), Size::new(20, 20));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Resize {
        /// Width in pixels, which follows from the height where it is left out.
        width (with_width): Option<u32> = None, 1..=65_535;
        /// Height in pixels, which follows from the width where it is left out.
        height (with_height): Option<u32> = None, 1..=65_535;
        /// How the picture meets the box when both sides are given.
        fit (with_fit, fit): Fit = Fit::Cover;
        /// Which part stays with cover, where the picture lies with contain.
        position (with_position, position): Position = Position::Centre;
        /// The point that cover keeps, as near to the middle as it can, in place of a `position`.
        focus (with_focus): Option<Point> = None;
        /// The interpolation kernel.
        kernel (with_kernel, kernel): Kernel = Kernel::Lanczos3;
        /// Whether the picture is never made larger, so that the output may be smaller than the box.
        without_enlargement (with_without_enlargement, without_enlargement): bool = false;
        /// Never makes the picture smaller, so that the output may be larger than the box.
        without_reduction (with_without_reduction, without_reduction): bool = false;
        /// Whether to resample in linear light: slower, right for fine bright detail on dark.
        linear (with_linear, linear): bool = false;
        /// Fills the box around the picture with contain.
        background (with_background, background): Colour = Colour::BLACK;
    }
}

impl Resize {
    /// To this width, the height in proportion.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Resize, Size};
    ///
    /// let wide = Pipeline::open(Image::new(Size::new(100, 50), Layout::Gray, vec![9; 5000])?);
    /// assert_eq!(wide.resize(Resize::width(40)).plan()?.size(), Size::new(40, 20));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn width(width: u32) -> Self {
        Self { width: Some(width), ..Self::default() }
    }

    /// To this height, the width in proportion.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Resize, Size};
    ///
    /// let wide = Pipeline::open(Image::new(Size::new(100, 50), Layout::Gray, vec![9; 5000])?);
    /// assert_eq!(wide.resize(Resize::height(10)).plan()?.size(), Size::new(20, 10));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn height(height: u32) -> Self {
        Self { height: Some(height), ..Self::default() }
    }

    fn both(width: u32, height: u32, fit: Fit) -> Self {
        Self { width: Some(width), height: Some(height), fit, ..Self::default() }
    }

    /// Fills the box and cuts what sticks out, see [`Fit::Cover`].
    ///
    /// ```
    /// use makeready::Resize;
    ///
    /// assert_eq!(Resize::cover(40, 40), (40, 40).into());
    /// ```
    #[must_use]
    pub fn cover(width: u32, height: u32) -> Self {
        Self::both(width, height, Fit::Cover)
    }

    /// Inside the box on a background, see [`Fit::Contain`].
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Resize, Size};
    ///
    /// let wide = Pipeline::open(Image::new(Size::new(100, 50), Layout::Gray, vec![9; 5000])?);
    /// let square = wide.resize(Resize::contain(40, 40)).pixels()?;
    /// assert_eq!((square.size(), square.data()[0]), (Size::new(40, 40), 0)); // black above
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn contain(width: u32, height: u32) -> Self {
        Self::both(width, height, Fit::Contain)
    }

    /// Exactly the box, whatever the aspect ratio, see [`Fit::Fill`].
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Resize, Size};
    ///
    /// let wide = Pipeline::open(Image::new(Size::new(100, 50), Layout::Gray, vec![9; 5000])?);
    /// assert_eq!(wide.resize(Resize::fill(40, 40)).plan()?.size(), Size::new(40, 40));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn fill(width: u32, height: u32) -> Self {
        Self::both(width, height, Fit::Fill)
    }

    /// As large as fits into the box, see [`Fit::Inside`].
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Resize, Size};
    ///
    /// let wide = Pipeline::open(Image::new(Size::new(100, 50), Layout::Gray, vec![9; 5000])?);
    /// assert_eq!(wide.resize(Resize::inside(40, 40)).plan()?.size(), Size::new(40, 20));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn inside(width: u32, height: u32) -> Self {
        Self::both(width, height, Fit::Inside)
    }

    /// As small as covers the box, see [`Fit::Outside`].
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Resize, Size};
    ///
    /// let wide = Pipeline::open(Image::new(Size::new(100, 50), Layout::Gray, vec![9; 5000])?);
    /// assert_eq!(wide.resize(Resize::outside(40, 40)).plan()?.size(), Size::new(80, 40));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn outside(width: u32, height: u32) -> Self {
        Self::both(width, height, Fit::Outside)
    }

    /// Sets [`focus`](Self#structfield.focus), by shares of width and height: `(0.0, 0.0)` is the left top corner,
    /// `(1.0, 1.0)` the right bottom one.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Resize, Size};
    ///
    /// let row = Pipeline::open(Image::new(Size::new(4, 1), Layout::Gray, vec![1, 2, 3, 4])?);
    /// let third = row.resize(Resize::cover(1, 1).focus(0.6, 0.5));
    /// assert_eq!(third.pixels()?.data(), [3]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn focus(self, x: f64, y: f64) -> Self {
        self.with_focus(Some(Point::new(x, y)))
    }

    /// Tells whether the part that stays depends on what the picture shows.
    pub(crate) fn needs_look(&self) -> bool {
        let is_cut = self.width.is_some() && self.height.is_some() && self.fit == Fit::Cover;
        is_cut && self.position.needs_look() && self.focus.is_none()
    }

    /// The shares of width and height that stay of a picture of these proportions.
    pub(crate) fn kept_shares(&self, size: Size) -> Result<(f64, f64)> {
        let box_alone = Self { without_enlargement: false, without_reduction: false, ..*self };
        let Resolved { to, window, .. } = box_alone.resolve(size)?;
        let share = |part: u32, all: u32| f64::from(part) / f64::from(all);
        Ok((share(window.width, to.width), share(window.height, to.height)))
    }

    /// Refuses to look for a part of a picture that is not cut.
    fn check_fit(&self) -> Result<()> {
        let asks = self.position.needs_look() || self.focus.is_some();
        if !asks || self.fit == Fit::Cover {
            return Ok(());
        }
        Err(Error::invalid_option(format!(
            "resize position attention and entropy, and focus, are of fit cover, found {}",
            self.fit.word()
        )))
    }

    /// The same with sides `factor` times as long.
    pub(crate) fn enlarged(self, factor: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "a cast to a whole number saturates")]
        let enlarged = |side: u32| (f64::from(side) * factor).round() as u32;
        Self { width: self.width.map(enlarged), height: self.height.map(enlarged), ..self }
    }

    /// What this means for a picture of `size`.
    ///
    /// # Errors
    /// `invalid_option` when a side is out of range or both are left out.
    pub(crate) fn resolve(&self, size: Size) -> Result<Resolved> {
        self.check("resize")?;
        self.check_fit()?;
        let (to, canvas) = match (self.width, self.height) {
            (None, None) => {
                return Err(Error::invalid_option(
                    "resize needs a width, a height or both, found none",
                ));
            }
            (Some(width), None) if self.fit == Fit::Fill => (wide(width, size.height), None),
            (None, Some(height)) if self.fit == Fit::Fill => (wide(size.width, height), None),
            (Some(width), None) => (by_width(size, width), None),
            (None, Some(height)) => (by_height(size, height), None),
            (Some(width), Some(height)) => self.fit_box(size, Size::new(width, height)),
        };
        self.placed(self.held(to, size), canvas)
    }

    /// The picture's size for a given box, and the box where the output is to be just that.
    fn fit_box(&self, size: Size, canvas: Size) -> ((u64, u64), Option<Size>) {
        // Whether the box is wider in proportion than the picture.
        let wider = u64::from(canvas.width) * u64::from(size.height)
            >= u64::from(canvas.height) * u64::from(size.width);
        let fit_width = match self.fit {
            Fit::Fill => return (wide(canvas.width, canvas.height), None),
            Fit::Cover | Fit::Outside => wider,
            Fit::Contain | Fit::Inside => !wider,
        };
        let to =
            if fit_width { by_width(size, canvas.width) } else { by_height(size, canvas.height) };
        let exact = matches!(self.fit, Fit::Cover | Fit::Contain).then_some(canvas);
        (to, exact)
    }

    /// Each side no larger, or no smaller, than the picture's, where that is asked for.
    fn held(&self, to: (u64, u64), size: Size) -> (u64, u64) {
        let from = wide(size.width, size.height);
        let held = |to: u64, from: u64| {
            let least = if self.without_reduction { from } else { 0 };
            let most = if self.without_enlargement { from } else { u64::MAX };
            to.clamp(least, most)
        };
        let held = (held(to.0, from.0), held(to.1, from.1));
        // Else a side that is held would change the aspect.
        if held == to || self.fit == Fit::Fill { held } else { from }
    }

    /// Cuts the resized picture to the box, or puts it into it.
    fn placed(&self, to: (u64, u64), canvas: Option<Size>) -> Result<Resolved> {
        let (Ok(width), Ok(height)) = (u32::try_from(to.0), u32::try_from(to.1)) else {
            return Err(Error::invalid_option(format!(
                "resize to {}x{} on the way to its box: sides are at most {}",
                to.0,
                to.1,
                u32::MAX
            )));
        };
        let to = Size::new(width, height);
        let whole = Resolved { to, window: Rect::whole(to), canvas: None };
        let Some(canvas) = canvas else {
            return Ok(whole);
        };
        if self.fit == Fit::Contain {
            // A picture that is not made smaller may be larger than its box.
            let canvas = Size::new(canvas.width.max(width), canvas.height.max(height));
            let (x, y) = self.position.offset(canvas, to, false);
            return Ok(Resolved { canvas: Some((canvas, x, y)), ..whole });
        }
        let cut = Size::new(width.min(canvas.width), height.min(canvas.height));
        let (x, y) = match self.focus {
            Some(focus) => focus.offset(to, cut),
            None => self.position.offset(to, cut, true),
        };
        Ok(Resolved { window: Rect::new(x, y, cut.width, cut.height), ..whole })
    }
}

/// A resize for a picture of known size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The size of the whole picture after it.
    pub(crate) to: Size,
    /// The part of that which is wanted.
    pub(crate) window: Rect,
    /// The canvas that the picture is put on, and its place there.
    pub(crate) canvas: Option<(Size, u32, u32)>,
}

fn wide(width: u32, height: u32) -> (u64, u64) {
    (u64::from(width), u64::from(height))
}

fn by_width(size: Size, width: u32) -> (u64, u64) {
    (u64::from(width), scale_side(size.height, width, size.width))
}

fn by_height(size: Size, height: u32) -> (u64, u64) {
    (scale_side(size.width, height, size.height), u64::from(height))
}

impl From<(u32, u32)> for Resize {
    fn from((width, height): (u32, u32)) -> Self {
        Self::cover(width, height)
    }
}

#[cfg(test)]
mod tests;
