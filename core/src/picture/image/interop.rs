//! Pictures of the crate `image`, in and out.

use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};

use super::{Image, Layout};
use crate::error::{Error, Result};
use crate::picture::geometry::Size;

/// Takes the pixels of a picture of the crate `image`, without a copy where they have 8 bits a sample; others are
/// converted as that crate does.
///
/// ```
/// use image::{DynamicImage, RgbImage};
/// use makeready::{Image, Pipeline, Resize};
///
/// let picture = DynamicImage::from(RgbImage::from_pixel(40, 30, [10, 20, 30].into()));
/// let small = Pipeline::open(Image::try_from(picture)?).resize(Resize::width(8)).pixels()?;
/// let small = DynamicImage::from(small);
/// assert_eq!((small.width(), small.height()), (8, 6));
/// assert_eq!(small.to_rgb8()[(7, 5)].0, [10, 20, 30]);
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// `invalid_option` of a picture without pixels.
impl TryFrom<DynamicImage> for Image {
    type Error = Error;

    fn try_from(picture: DynamicImage) -> Result<Self> {
        let size = Size::new(picture.width(), picture.height());
        let colours = picture.color();
        let layout = Layout::interleaved(colours.has_color(), colours.has_alpha());
        let samples = match layout {
            Layout::Gray => picture.into_luma8().into_raw(),
            Layout::GrayA => picture.into_luma_alpha8().into_raw(),
            Layout::Rgb => picture.into_rgb8().into_raw(),
            _ => picture.into_rgba8().into_raw(),
        };
        Self::new(size, layout, samples)
    }
}

/// Gives the pixels to the crate `image`, without a copy.
///
/// ```
/// use image::DynamicImage;
/// use makeready::{Image, Layout, Size};
///
/// let gray = Image::new(Size::new(2, 1), Layout::GrayA, vec![7, 255, 9, 0])?;
/// let picture = DynamicImage::from(gray.clone());
/// assert_eq!(picture.as_luma_alpha8().map(|picture| picture[(1, 0)].0), Some([9, 0]));
/// assert_eq!(Image::try_from(picture)?, gray);
/// # Ok::<(), makeready::Error>(())
/// ```
impl From<Image> for DynamicImage {
    fn from(image: Image) -> Self {
        let (Size { width, height }, layout) = (image.size(), image.layout());
        let samples = image.into_data();
        let picture = match layout {
            Layout::Gray => GrayImage::from_raw(width, height, samples).map(Self::from),
            Layout::GrayA => GrayAlphaImage::from_raw(width, height, samples).map(Self::from),
            Layout::Rgb => RgbImage::from_raw(width, height, samples).map(Self::from),
            _ => RgbaImage::from_raw(width, height, samples).map(Self::from),
        };
        // An image has as many samples as its size and layout say.
        picture.unwrap_or_default()
    }
}
