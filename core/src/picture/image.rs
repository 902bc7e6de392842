//! Owned pixels, and how pixels lie in memory.

pub(crate) mod band;
mod colour;
#[cfg(feature = "image")]
mod interop;
pub(crate) mod layout;

pub use colour::Colour;
pub(crate) use layout::rgba;
pub use layout::{Layout, Subsampling};

use crate::error::{Error, Result};
use crate::picture::geometry::Size;

/// Raw pixels: rows from top to bottom, pixels from left to right, samples interleaved, 8 bits a
/// sample, no padding between rows.
///
/// Samples are sRGB-encoded values of 0 to 255; alpha is straight (not premultiplied), 255 is
/// opaque.
///
/// ```
/// use makeready::{Image, Layout, Pipeline, Size};
///
/// let red = Image::new(Size::new(2, 1), Layout::Rgb, vec![255, 0, 0, 255, 0, 0])?;
/// let one = Pipeline::open(red).resize((1, 1)).pixels()?;
/// assert_eq!(one.data(), [255, 0, 0]);
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    size: Size,
    layout: Layout,
    data: Vec<u8>,
}

impl Image {
    /// Pixels of `size` in `layout`, `width * height * channels` bytes.
    ///
    /// ```
    /// use makeready::{Image, Layout, Size};
    ///
    /// assert!(Image::new(Size::new(2, 3), Layout::Rgb, vec![0; 18]).is_ok());
    /// let short = Image::new(Size::new(2, 3), Layout::Rgb, vec![0; 17]).unwrap_err();
    /// assert_eq!(short.to_string(), "raw pixels of 2x3 rgb are 18 bytes, found 17");
    /// ```
    ///
    /// # Errors
    /// `invalid_option` when a side is 0, the layout has planes, or `data` has another length.
    pub fn new(size: Size, layout: Layout, data: Vec<u8>) -> Result<Self> {
        if size.width == 0 || size.height == 0 {
            return Err(Error::invalid_option(format!(
                "raw pixels of {size}: each side is 1 or more"
            )));
        }
        if layout.planes().len() > 1 || layout == Layout::Cmyk {
            return Err(Error::invalid_option(format!("raw pixels are interleaved, not {layout}")));
        }
        let expected = layout.bytes(size);
        if data.len() as u64 != expected {
            return Err(Error::invalid_option(format!(
                "raw pixels of {size} {layout} are {expected} bytes, found {}",
                data.len()
            )));
        }
        Ok(Self { size, layout, data })
    }

    /// Width and height.
    ///
    /// ```
    /// use makeready::{Image, Layout, Size};
    ///
    /// let image = Image::new(Size::new(2, 3), Layout::GrayA, vec![0; 12])?;
    /// assert_eq!(image.size(), Size::new(2, 3));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// The meaning of the samples.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size};
    ///
    /// let image = Image::new(Size::new(2, 3), Layout::GrayA, vec![0; 12])?;
    /// let flat = Pipeline::open(image).flatten(makeready::Colour::WHITE).pixels()?;
    /// assert_eq!(flat.layout(), Layout::Gray);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The samples: `width * height * channels` bytes.
    ///
    /// ```
    /// use makeready::{Image, Layout, Size};
    ///
    /// let image = Image::new(Size::new(1, 2), Layout::Rgb, vec![1, 2, 3, 4, 5, 6])?;
    /// assert_eq!(image.data()[3..], [4, 5, 6]); // the second row
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Gives out the samples, without a copy.
    ///
    /// ```
    /// use makeready::{Image, Layout, Size};
    ///
    /// let samples = vec![1, 2, 3];
    /// let at = samples.as_ptr();
    /// let image = Image::new(Size::new(1, 1), Layout::Rgb, samples)?;
    /// assert_eq!(image.into_data().as_ptr(), at);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }
}
