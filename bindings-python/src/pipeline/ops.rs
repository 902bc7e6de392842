//! The operations, in the order written.

use makeready::{Colour, Edges, Pipeline as Core, Quarter, Rect, Resize};
use pyo3::prelude::*;

use super::Pipeline;
use crate::error::python;
use crate::options::{Whole, colour, narrow, set, word};
use crate::record::call;

#[pymethods]
impl Pipeline {
    /// Resizes to a box, of which either side may be left out.
    ///
    /// Args:
    ///     width: Pixels, 1 to 65,535. Follows from the height where it is left out.
    ///     height: Pixels, 1 to 65,535. Follows from the width where it is left out.
    ///     fit: How the picture meets the box when both sides are given: cover (default), contain, fill, inside,
    ///         outside.
    ///     position: Which part stays with cover, where the picture lies with contain: centre (default), north,
    ///         north_east, east, south_east, south, south_west, west, north_west.
    ///     kernel: nearest, linear, cubic, mitchell, lanczos2 or lanczos3 (default).
    ///     without_enlargement: Never make the picture larger; the output may be smaller than the box. Default
    ///         false.
    ///     linear: Resample in linear light: slower, right for fine bright detail on dark. Default false.
    ///     background: Fills the box around the picture with contain. Default opaque black.
    ///
    /// Raises:
    ///     InvalidOptionError: A word or a colour is none of these; a side that is out of its range is found by
    ///         ``plan`` and ``run``.
    ///
    /// Example:
    ///     >>> picture = makeready.Pipeline.open(makeready.Image(100, 50, 1, bytes(5000)))
    ///     >>> plan = picture.resize(width=10).plan()
    ///     >>> plan.width, plan.height
    ///     (10, 5)
    #[pyo3(signature = (width=None, height=None, *, fit=None, position=None, kernel=None, without_enlargement=None, linear=None, background=None))]
    #[allow(clippy::too_many_arguments, reason = "the keywords of a Python call")]
    fn resize(
        &self,
        py: Python<'_>,
        width: Option<Whole<'_>>,
        height: Option<Whole<'_>>,
        fit: Option<&str>,
        position: Option<&str>,
        kernel: Option<&str>,
        without_enlargement: Option<bool>,
        linear: Option<bool>,
        background: Option<&str>,
    ) -> PyResult<Self> {
        let (width, height) = (narrow("width", width)?, narrow("height", height)?);
        let mut resize = Resize::default();
        (resize.width, resize.height) = (width, height);
        set(&mut resize.fit, word(fit)?);
        set(&mut resize.position, word(position)?);
        set(&mut resize.kernel, word(kernel)?);
        set(&mut resize.without_enlargement, without_enlargement);
        set(&mut resize.linear, linear);
        set(&mut resize.background, background.map(colour).transpose()?);
        let call = call!(
            py,
            "resize",
            width,
            height,
            fit,
            position,
            kernel,
            without_enlargement,
            linear,
            background
        );
        Ok(self.then(call, |core| core.resize(resize)))
    }

    /// Keeps a rectangle, in pixels of the picture at this point.
    ///
    /// Args:
    ///     x: Columns left of it.
    ///     y: Rows above it.
    ///     width: Pixels, 1 or more.
    ///     height: Pixels, 1 or more.
    ///
    /// Raises:
    ///     InvalidOptionError: By ``plan`` and ``run``, where it reaches outside the picture.
    ///
    /// Example:
    ///     >>> row = makeready.Pipeline.open(makeready.Image(4, 1, 1, b"abcd"))
    ///     >>> row.crop(1, 0, 2, 1).pixels().tobytes()
    ///     b'bc'
    fn crop(
        &self,
        py: Python<'_>,
        x: Whole<'_>,
        y: Whole<'_>,
        width: Whole<'_>,
        height: Whole<'_>,
    ) -> PyResult<Self> {
        let (x, y) = (x.narrow("x")?, y.narrow("y")?);
        let (width, height) = (width.narrow("width")?, height.narrow("height")?);
        let call = call!(py, "crop", x, y, width, height);
        Ok(self.then(call, |core| core.crop(Rect::new(x, y, width, height))))
    }

    /// Turns clockwise.
    ///
    /// Args:
    ///     degrees: 90, 180 or 270.
    ///
    /// Raises:
    ///     InvalidOptionError: For any other angle.
    ///
    /// Example:
    ///     >>> row = makeready.Pipeline.open(makeready.Image(2, 1, 1, b"ab"))
    ///     >>> row.rotate(90).pixels().shape
    ///     (2, 1)
    fn rotate(&self, py: Python<'_>, degrees: Whole<'_>) -> PyResult<Self> {
        let degrees = degrees.narrow("degrees")?;
        let turns = Quarter::from_degrees(degrees).map_err(python)?;
        Ok(self.then(call!(py, "rotate", degrees), |core| core.rotate(turns)))
    }

    /// Exchanges top and bottom.
    ///
    /// Example:
    ///     >>> makeready.Pipeline.open(makeready.Image(1, 2, 1, b"ab")).flip().pixels().tobytes()
    ///     b'ba'
    fn flip(&self, py: Python<'_>) -> PyResult<Self> {
        Ok(self.then(call!(py, "flip"), Core::flip))
    }

    /// Exchanges left and right.
    ///
    /// Example:
    ///     >>> makeready.Pipeline.open(makeready.Image(2, 1, 1, b"ab")).flop().pixels().tobytes()
    ///     b'ba'
    fn flop(&self, py: Python<'_>) -> PyResult<Self> {
        Ok(self.then(call!(py, "flop"), Core::flop))
    }

    /// Puts the picture on an opaque colour; it has no alpha after that.
    ///
    /// Args:
    ///     background: ``#rgb`` or ``#rrggbb``.
    ///
    /// Raises:
    ///     InvalidOptionError: That is no colour; by ``plan`` and ``run`` where it is not opaque.
    ///
    /// Example:
    ///     >>> clear = makeready.Pipeline.open(makeready.Image(1, 1, 4, bytes(4)))
    ///     >>> list(clear.flatten("#fff").pixels().tobytes())
    ///     [255, 255, 255]
    fn flatten(&self, py: Python<'_>, background: &str) -> PyResult<Self> {
        let colour = colour(background)?;
        Ok(self.then(call!(py, "flatten", background), |core| core.flatten(colour)))
    }

    /// Adds edges of a colour around the picture.
    ///
    /// Args:
    ///     top: Rows added above. Default 0, as the others.
    ///     right: Columns added on the right.
    ///     bottom: Rows added below.
    ///     left: Columns added on the left.
    ///     background: ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``. Default opaque black; with an alpha
    ///         below 255 the output has alpha.
    ///
    /// Raises:
    ///     InvalidOptionError: A value is none of these.
    ///
    /// Example:
    ///     >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
    ///     >>> dot.extend(left=1, right=2).pixels().tobytes()
    ///     b'\x00a\x00\x00'
    #[pyo3(signature = (*, top=None, right=None, bottom=None, left=None, background=None))]
    fn extend(
        &self,
        py: Python<'_>,
        top: Option<Whole<'_>>,
        right: Option<Whole<'_>>,
        bottom: Option<Whole<'_>>,
        left: Option<Whole<'_>>,
        background: Option<&str>,
    ) -> PyResult<Self> {
        let (top, right) = (narrow("top", top)?, narrow("right", right)?);
        let (bottom, left) = (narrow("bottom", bottom)?, narrow("left", left)?);
        let mut edges = Edges::default();
        set(&mut edges.top, top);
        set(&mut edges.right, right);
        set(&mut edges.bottom, bottom);
        set(&mut edges.left, left);
        let colour = background.map(colour).transpose()?.unwrap_or(Colour::BLACK);
        let call = call!(py, "extend", top, right, bottom, left, background);
        Ok(self.then(call, |core| core.extend(edges, colour)))
    }
}
