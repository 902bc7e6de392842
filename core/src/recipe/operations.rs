//! The operations that make one picture of one, as they are asked for: a line in the list and a table of options each.

mod tables;

use super::options::calls::{Operation, Read, Written};
use super::options::table::{Options, changed, read};
pub(crate) use super::options::{Affine, Clahe, Convolve, Modulate, Normalize, Sharpen, Trim};
use super::{Change, Step};
use crate::error::Result;
pub(crate) use tables::*;

/// Gives the list to a macro: the sentence, the method of Rust and the record that it makes, and how many options other
/// languages take by their places.
macro_rules! picture_operations {
    ($then:ident) => {
        $then! {
            /// Puts the picture on an opaque colour; it has no alpha after that.
            ///
            /// ```
            /// use makeready::{Colour, Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(2, 1), Layout::GrayA, vec![9, 0, 9, 255])?;
            /// assert_eq!(Pipeline::open(image).flatten(Colour::WHITE).pixels()?.data(), [255, 9]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            flatten(colour: Colour) => Flatten { background: colour }, 1;
            /// Adds edges around the picture: of a colour, or of pixels of its own.
            ///
            /// ```
            /// use makeready::{Colour, Edges, ExtendMode, Image, Layout, Pipeline, Size};
            ///
            /// let dot = Pipeline::open(Image::new(Size::new(1, 1), Layout::Gray, vec![9])?);
            /// let row = dot.extend(Edges::new().with_left(1).with_right(2), Colour::WHITE);
            /// assert_eq!(row.pixels()?.data(), [255, 9, 255, 255]);
            /// let two = Pipeline::open(Image::new(Size::new(2, 1), Layout::Gray, vec![1, 2])?);
            /// let row = two.extend(Edges::new().with_left(1).with_right(2), ExtendMode::Mirror);
            /// assert_eq!(row.pixels()?.data(), [1, 1, 2, 2, 1]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            extend(edges: Edges, fill: impl Into<Extension>) => Extend { edges, ..operations::Extend::with(fill) }, 0;
            /// Moves all pixels by a matrix: turns, mirrors, shears and stretches, in one step.
            ///
            /// The picture that comes of it is the smallest that holds all of it, around the same middle. A picture that becomes
            /// smaller this way shows single pixels, not means of many: `resize` does that better.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let column = Pipeline::open(Image::new(Size::new(1, 2), Layout::Gray, vec![9, 90])?);
            /// let wide = column.affine([[3.0, 0.0], [0.0, 1.0]]).pixels()?;
            /// assert_eq!((wide.size(), wide.data()[1], wide.data()[4]), (Size::new(3, 2), 9, 90));
            /// # Ok::<(), makeready::Error>(())
            /// ```
            affine(matrix: impl Into<Affine>) => Affine { ..matrix.into() }, 1;
            /// Leans the picture: moves rows along themselves, the farther the farther they are from the middle, and columns too.
            ///
            /// ```
            /// use makeready::{Colour, Image, Layout, Pipeline, Size};
            ///
            /// let square = Pipeline::open(Image::new(Size::new(10, 10), Layout::Gray, vec![9; 100])?);
            /// let leaning = square.shear(45.0, 0.0, Colour::WHITE).pixels()?;
            /// assert_eq!(leaning.size(), Size::new(20, 10));
            /// assert_eq!((leaning.data()[1], leaning.data()[19]), (9, 255));
            /// # Ok::<(), makeready::Error>(())
            /// ```
            shear(x: f64, y: f64, background: Colour) => Shear { x: Real::new(x), y: Real::new(y), background }, 2;
            /// Makes shades of gray of the colours, as bright as they were: the luma of JPEG.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(2, 1), Layout::Rgb, vec![255, 0, 0, 9, 9, 9])?;
            /// assert_eq!(Pipeline::open(image).grayscale().pixels()?.data(), [76, 9]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            grayscale() => Grayscale {}, 0;
            /// Turns every colour into its opposite.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Pipeline::open(Image::new(Size::new(1, 1), Layout::GrayA, vec![9, 200])?);
            /// assert_eq!(image.clone().negate(false).pixels()?.data(), [246, 200]);
            /// assert_eq!(image.negate(true).pixels()?.data(), [246, 55]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            negate(alpha: bool) => Negate { alpha }, 0;
            /// Gives all pixels the hue of one colour; how light they are stays.
            ///
            /// ```
            /// use makeready::{Colour, Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(2, 1), Layout::Gray, vec![0, 128])?;
            /// let sepia = Pipeline::open(image).tint(Colour::rgb(112, 66, 20)).pixels()?;
            /// let [red, green, blue] = sepia.data()[3..] else { unreachable!() };
            /// assert!(red > green && green > blue);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            tint(colour: Colour) => Tint { colour }, 1;
            /// Makes the middle tones lighter, by a factor above 1, or darker; black and white stay.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(3, 1), Layout::Gray, vec![0, 64, 255])?;
            /// assert_eq!(Pipeline::open(image).gamma(2.0).pixels()?.data(), [0, 128, 255]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            gamma(gamma: f64) => Gamma { gamma: Real::new(gamma) }, 1;
            /// Multiplies every sample by a number and adds another, or by one for each colour; alpha stays.
            ///
            /// Each is one number, or one for each of red, green and blue.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Pipeline::open(Image::new(Size::new(1, 1), Layout::Rgb, vec![10, 20, 200])?);
            /// assert_eq!(image.clone().linear(2.0, 5.0).pixels()?.data(), [25, 45, 255]);
            /// assert_eq!(image.linear(1.0, [0.0, 5.0, -250.0]).pixels()?.data(), [10, 25, 0]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            linear(a: impl Into<Numbers>, b: impl Into<Numbers>) => Linear { a: a.into(), b: b.into() }, 2;
            /// Makes each of red, green and blue a sum of all three, each times a number; alpha stays.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(1, 1), Layout::Rgb, vec![10, 20, 200])?;
            /// let swapped = [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]];
            /// assert_eq!(Pipeline::open(image).recomb(swapped).pixels()?.data(), [200, 20, 10]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            recomb(matrix: [[f64; 3]; 3]) => Recomb { matrix: Matrix::new(matrix) }, 1;
            /// Makes every pixel black or white: white where its shade of gray is this level or more.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(3, 1), Layout::Gray, vec![0, 99, 100])?;
            /// assert_eq!(Pipeline::open(image).threshold(100).pixels()?.data(), [0, 0, 255]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            threshold(level: u8) => Threshold { level }, 1;
            /// Makes colours brighter, stronger, of another hue, or lighter.
            ///
            /// ```
            /// use makeready::{Image, Layout, Modulate, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(1, 1), Layout::Rgb, vec![200, 30, 30])?;
            /// let gray = Pipeline::open(image).modulate(Modulate::new().saturation(0.0)).pixels()?;
            /// let [red, green, blue] = *gray.data() else { unreachable!() };
            /// assert!(red.abs_diff(green) <= 1 && green.abs_diff(blue) <= 1);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            modulate(change: Modulate) => Modulate { ..change }, 0;
            /// Makes the darkest parts of a picture black and the lightest white, and all between them as much lighter or
            /// darker; hues and alpha stay.
            ///
            /// Some of its pixels are looked at first, up to 256 across and down; of a film those of its first frame. A
            /// picture of a single tone stays as it is.
            ///
            /// ```
            /// use makeready::{Image, Layout, Normalize, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(3, 1), Layout::Gray, vec![60, 119, 180])?;
            /// let whole = Normalize::new().lower(0.0).upper(100.0);
            /// assert_eq!(Pipeline::open(image).normalize(whole).pixels()?.data(), [0, 123, 255]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            normalize(options: Normalize) => Normalize { ..options }, 0;
            /// Takes off edges that look like a background: all around what differs from it.
            ///
            /// The whole picture is looked at first; of a film the first frame. A plan without a run tells the size before
            /// it. Where nothing differs the picture stays as it is.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Rect, Size, Trim};
            ///
            /// let image = Image::new(Size::new(4, 1), Layout::Gray, vec![250, 9, 9, 255])?;
            /// assert_eq!(Pipeline::open(image).trim(Trim::new()).pixels()?.data(), [9, 9]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            trim(options: Trim) => Trim { ..options }, 0;
            /// Drops alpha; the colours stay as they are.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(1, 1), Layout::GrayA, vec![9, 0])?;
            /// assert_eq!(Pipeline::open(image).remove_alpha().pixels()?.data(), [9]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            remove_alpha() => RemoveAlpha {}, 0;
            /// Gives the picture alpha, where it has none, of this strength.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(1, 1), Layout::Gray, vec![9])?;
            /// assert_eq!(Pipeline::open(image).ensure_alpha(0.2).pixels()?.data(), [9, 51]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            ensure_alpha(opacity: f64) => EnsureAlpha { opacity: Strength::new(opacity) }, 1;
            /// Keeps one channel, as a picture in gray.
            ///
            /// ```
            /// use makeready::{Channel, Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(1, 1), Layout::Rgba, vec![1, 2, 3, 4])?;
            /// assert_eq!(Pipeline::open(image).extract_channel(Channel::Alpha).pixels()?.data(), [4]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            extract_channel(channel: Channel) => ExtractChannel { channel }, 1;
            /// Blurs the picture: each pixel becomes a mean of those around it, by a Gaussian curve.
            ///
            /// Beyond its edges a picture goes on as it is there. Clear pixels do not count.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(3, 1), Layout::Gray, vec![0, 100, 0])?;
            /// assert_eq!(Pipeline::open(image).blur(0.5).pixels()?.data(), [11, 79, 11]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            blur(sigma: f64) => Blur { sigma: Real::new(sigma) }, 1;
            /// Sharpens edges: how light a pixel is moves away from how light those around it are.
            ///
            /// Hues and alpha stay.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Sharpen, Size};
            ///
            /// let edge = Pipeline::open(Image::new(Size::new(4, 1), Layout::Gray, vec![90, 90, 110, 110])?);
            /// let sharp = edge.clone().sharpen(Sharpen::new().sigma(0.5).amount(2.0)).pixels()?;
            /// assert_eq!(sharp.data(), [90, 86, 114, 110]);
            /// let fine = edge.sharpen(Sharpen::new().threshold(10)).pixels()?;
            /// assert_eq!(fine.data(), [90, 90, 110, 110]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            sharpen(options: Sharpen) => Sharpen { ..options }, 0;
            /// Makes each sample the middle one of those around it, which takes specks out and leaves edges.
            ///
            /// Each channel is taken by itself, alpha too. Beyond its edges a picture goes on as it is there.
            ///
            /// ```
            /// use makeready::{Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(4, 1), Layout::Gray, vec![9, 9, 200, 9])?;
            /// assert_eq!(Pipeline::open(image).median(3).pixels()?.data(), [9, 9, 9, 9]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            median(size: u32) => Median { size }, 1;
            /// Makes each pixel the sum of those around it, each times a weight.
            ///
            /// The weight in the middle is that of the pixel itself; the first row is of pixels above it, the first of
            /// a row of those on its left. Beyond its edges a picture goes on as it is there. Colours are multiplied by
            /// alpha before and divided by it after, and alpha is a sum as well: by weights that come to 0 all becomes
            /// clear, unless alpha is removed before.
            ///
            /// ```
            /// use makeready::{Convolve, Image, Layout, Pipeline, Size};
            ///
            /// let row = Pipeline::open(Image::new(Size::new(3, 1), Layout::Gray, vec![10, 20, 40])?);
            /// let mean = [[0.0, 0.0, 0.0], [1.0, 2.0, 1.0], [0.0, 0.0, 0.0]];
            /// assert_eq!(row.clone().convolve(mean).pixels()?.data(), [13, 23, 35]);
            /// let slope = Convolve::from([[0.0; 3], [-1.0, 0.0, 1.0], [0.0; 3]]).offset(100.0);
            /// assert_eq!(row.convolve(slope).pixels()?.data(), [110, 130, 120]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            convolve(kernel: impl Into<Convolve>) => Convolve { ..kernel.into() }, 1;
            /// Evens contrast out in each part of the picture: a sample becomes its rank among those of a window around it (CLAHE).
            ///
            /// Each colour is taken by itself, and alpha stays. Beyond its edges the picture is mirrored.
            ///
            /// ```
            /// use makeready::{Clahe, Image, Layout, Pipeline, Size};
            ///
            /// let row = Pipeline::open(Image::new(Size::new(3, 1), Layout::Gray, vec![10, 20, 20])?);
            /// let ranks = row.clahe(Clahe::from((3, 1)).max_slope(0)).pixels()?;
            /// assert_eq!(ranks.data(), [170, 255, 255]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            clahe(window: impl Into<Clahe>) => Clahe { ..window.into() }, 2;
        }
    };
}
pub(crate) use picture_operations;

/// Makes one type of the records in the list, and the calls by name.
macro_rules! records {
    ($(
        #[doc = $doc:literal] $(#[doc = $more:literal])*
        $name:ident($($arg:ident: $Arg:ty),*) => $Record:ident $fields:tt, $by_place:literal;
    )+) => {
        /// One of the operations that make one picture of one, as it was asked for.
        #[derive(Debug, Clone)]
        pub(crate) enum Record {
            $($Record($Record),)+
        }

        impl Record {
            /// Checks the ranges of all options.
            pub(crate) fn check(&self) -> Result<()> {
                match self {
                    $(Self::$Record(record) => record.check(stringify!($name)),)+
                }
            }

            /// The call that makes it.
            pub(crate) fn call(&self) -> Written {
                match self {
                    $(Self::$Record(record) => (stringify!($name), changed(record)),)+
                }
            }
        }

        $(impl From<$Record> for Record {
            fn from(record: $Record) -> Self {
                Self::$Record(record)
            }
        })+

        /// The calls by name.
        pub(crate) static PICTURE_OPERATIONS: &[Operation] = &[$(Operation {
            name: stringify!($name),
            doc: $doc,
            by_place: $by_place,
            fields: $Record::fields,
            change: Read::Change(|given| {
                let record: $Record = read(stringify!($name), given)?;
                Ok(Change::Step(Step::Picture(record.into())))
            }),
        }),+];
    };
}

picture_operations!(records);
