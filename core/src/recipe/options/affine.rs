//! Options of an operation that moves pixels by a matrix.

use super::table::options;
use super::{Kernel, Matrix};
use crate::picture::image::Colour;

options! {
    /// A matrix that pixels are moved by; made by `into()` of its rows.
    ///
    /// ```
    /// use makeready::{Affine, Colour, Kernel};
    ///
    /// let lean = Affine::from([[1.0, 0.2], [0.0, 1.0]]);
    /// assert_ne!(lean.kernel(Kernel::Linear).background(Colour::WHITE), lean);
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Affine {
        /// Two rows of two numbers: the factors of x and of y, for x and for y, counted from the middle of the picture.
        matrix (with_matrix): Matrix<2>;
        /// How a pixel is made of those around its place.
        kernel (with_kernel, kernel): Kernel = Kernel::Cubic;
        /// The colour of what the picture does not cover; with an alpha below 255 the output has alpha.
        background (with_background, background): Colour = Colour::BLACK;
    }
}

impl From<[[f64; 2]; 2]> for Affine {
    fn from(rows: [[f64; 2]; 2]) -> Self {
        Self::new().with_matrix(Matrix::new(rows))
    }
}
