//! Options of operations that make a pixel of those around it.

use super::Real;
use super::kind::{Kind, OptionType};
use super::real::setters;
use super::table::{Name, options};
use crate::error::Result;
use crate::recipe::value::{CallError, Value};

options! {
    /// How edges are sharpened: by what a blur would take from them (unsharp mask).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Sharpen {
        /// The standard deviation of the blur that pixels are compared with, of 0.3 to 10: about the width of edges.
        sigma (with_sigma): Real = Real::new(1.0);
        /// The factor of the difference to what is blurred, which is added.
        amount (with_amount): Real = Real::new(1.0), 0..=10;
        /// The least difference that is added, of 0 to 255; smaller ones count as noise.
        threshold (with_threshold, threshold): u8 = 0;
    }
}

setters! {
    Sharpen;
    sigma: with_sigma = 0.5,
    amount: with_amount = 2.0
}

options! {
    /// Sums of pixels, each times a weight; made by `into()` of rows of weights.
    ///
    /// ```
    /// use makeready::Convolve;
    ///
    /// let edges = Convolve::from([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]);
    /// assert_ne!(edges.clone().scale(2.0).offset(128.0), edges);
    /// ```
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Convolve {
        /// Rows of weights, as many in each: 3 to 31 of both, an odd number.
        kernel (with_kernel): Weights;
        /// The number that sums are divided by. By default the sum of the weights, or 1 where that is 0.
        scale (with_scale): Option<Real> = None;
        /// The number that is added, of samples of 0 to 255.
        offset (with_offset): Real = Real::new(0.0);
    }
}

setters! {
    Convolve;
    offset: with_offset = 128.0
}

impl Convolve {
    /// Sets [`scale`](Self#structfield.scale).
    ///
    /// ```
    /// use makeready::Convolve;
    ///
    /// assert_ne!(Convolve::new().scale(2.0), Convolve::new());
    /// ```
    #[must_use]
    pub fn scale(self, scale: f64) -> Self {
        self.with_scale(Some(Real::new(scale)))
    }
}

impl<const W: usize, const H: usize> From<[[f64; W]; H]> for Convolve {
    fn from(rows: [[f64; W]; H]) -> Self {
        Self::default().with_kernel(Weights::new(rows))
    }
}

impl From<Vec<Vec<f64>>> for Convolve {
    fn from(rows: Vec<Vec<f64>>) -> Self {
        Self::default().with_kernel(Weights::new(rows))
    }
}

options! {
    /// A window in which contrast is evened out; made by `into()` of its width and height.
    ///
    /// ```
    /// use makeready::Clahe;
    ///
    /// assert_ne!(Clahe::from((50, 50)).max_slope(10), Clahe::from((50, 50)));
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Clahe {
        /// The pixels across of the window around each.
        width (with_width): u32, 1..=1000;
        /// The pixels down of the window around each.
        height (with_height): u32, 1..=1000;
        /// The samples of one level that count for it in a window; the others count for all levels alike. The fewer, the less
        /// contrast is added; 0 is no limit.
        max_slope (with_max_slope, max_slope): u32 = 3, 0..=100;
    }
}

impl From<(u32, u32)> for Clahe {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new().with_width(width).with_height(height)
    }
}

/// Rows of weights.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Weights(Vec<Vec<Real>>);

impl Weights {
    fn new(rows: impl IntoIterator<Item = impl IntoIterator<Item = f64>>) -> Self {
        Self(rows.into_iter().map(|row| row.into_iter().map(Real::new).collect()).collect())
    }

    /// The weights of each row, from above.
    pub(crate) fn rows(&self) -> &[Vec<Real>] {
        &self.0
    }

    /// The number of weights in a row, which the first one says.
    pub(crate) fn width(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }

    /// All of them, row by row.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        self.0.iter().flatten().map(|weight| weight.value())
    }
}

/// The pixel itself.
impl Default for Weights {
    fn default() -> Self {
        Self::new([[0.0; 3], [0.0, 1.0, 0.0], [0.0; 3]])
    }
}

impl OptionType for Weights {
    const KIND: Kind = Vec::<Vec<Real>>::KIND;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        OptionType::read(value, name).map(Self)
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}
