//! Samples in memory.

/// The samples that a decoder gives or an encoder takes, 8 bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One byte a pixel, luma. The decoder parses the chroma of a YCbCr file and leaves it out.
    Gray,
    /// Three bytes a pixel: red, green, blue, as the file has them (sRGB where no profile says
    /// otherwise). The decoder gives them of a file of any colour model.
    Rgb,
    /// Planes of Y, Cb and Cr (JFIF), or of luma alone, each at its own size, none upsampled:
    /// chroma that is subsampled by `n` has `ceil(side / n)` samples a side. The decoder gives them
    /// of a gray or YCbCr file.
    Planes,
    /// Four bytes a pixel: cyan, magenta, yellow, black, 255 the most ink, whichever way the file stores them. The
    /// decoder gives them of a file of four components.
    Inks,
}

/// Rows of samples of one plane, to be read.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// The samples, from the first row of this call on.
    pub samples: &'a [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
}

/// Rows of samples of one plane, to be written.
#[derive(Debug)]
pub struct PlaneMut<'a> {
    /// The samples, from the first row of this call on.
    pub samples: &'a mut [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
}
