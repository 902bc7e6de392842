//! The pipeline: a lazy builder that records operations and runs them as one plan.

pub(crate) mod calibration;
mod definition;
mod job_settings;
mod passes;
mod serve;
mod shown;

pub use passes::{explain_all, plan_all, run_all, spawn_all};
pub use shown::{placeholder, placeholder_as, spawn_placeholder, spawn_stats, stats};

use std::sync::Arc;

use crate::error::Result;
use crate::picture::geometry::Rect;
use crate::picture::image::{Colour, Image};
use crate::picture::orientation::{Orientation, Quarter};
use crate::recipe::combination::Combination;
use crate::recipe::operations;
use crate::recipe::options::calls::{Call, Combine};
use crate::recipe::options::{
    Affine, Channel, Clahe, Convolve, Edges, Encode, Extension, Matrix, Modulate, Negotiate,
    Normalize, Numbers, Open, Overlay, Real, Resize, Rotate, Sharpen, Stitch, Strength, Trim,
};
use crate::recipe::source::Source;
use crate::recipe::value::{CallError, Value};
use crate::recipe::{Change, Recipe, Start, Step};
use crate::run::output::Output;
use crate::run::pass;
use crate::run::planned::Planned;
use crate::run::queue::job::{self, Job};
pub use definition::{Beginning, Definition, Part, pipelines_from_json, pipelines_to_json};

/// A recipe: inputs, the operations on them in the order written, and what comes out.
///
/// Calls only record; each gives a new pipeline and leaves a clone of the old one usable. Nothing is read
/// before [`plan`](Self::plan), [`explain`](Self::explain) or [`run`](Self::run), which also validate
/// all options, once. Each of those reads the files behind paths anew, every path once, and holds them only while it
/// lasts.
///
/// ```
/// use makeready::{Image, Jpeg, Layout, Pipeline, Size, Stitch};
///
/// let tile = Image::new(Size::new(40, 30), Layout::Rgb, vec![90; 3600])?;
/// let page = Pipeline::stitch(Stitch::across(2), [tile.clone(), tile.clone(), tile.clone(), tile]);
/// let preview = page.resize((16, 12)).encode(Jpeg::quality(80)).run()?;
/// assert_eq!((preview.width, preview.height), (16, 12));
/// assert_eq!(preview.content_type, "image/jpeg");
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a pipeline does nothing until it is run"]
pub struct Pipeline(Recipe);

impl Pipeline {
    /// One input: bytes, a path, or raw pixels. Its EXIF orientation is applied.
    ///
    /// ```
    /// use makeready::{Pipeline, Size};
    /// let turned = Pipeline::open("../tests/images/orient-6.jpg"); // stored as 48x64
    /// assert_eq!(turned.plan()?.size(), Size::new(64, 48));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn open(source: impl Into<Source>) -> Self {
        Self::open_with(source, Open::default())
    }

    /// One input, with options.
    ///
    /// ```
    /// use makeready::{Open, Pipeline, Size};
    /// let as_stored = Open::new().auto_orient(false);
    /// let stored = Pipeline::open_with("../tests/images/orient-6.jpg", as_stored);
    /// assert_eq!(stored.plan()?.size(), Size::new(48, 64));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn open_with(source: impl Into<Source>, options: Open) -> Self {
        Self(Recipe::new(Start::Open(source.into(), options)))
    }

    /// Several inputs as one picture. Each is anything that [`open`](Self::open) takes, or a pipeline
    /// with its own operations. Stitches are nested at most 100 deep; plan and run refuse more as an `invalid_option`.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size, Stitch};
    /// let dots = [1, 2, 3].map(|gray| Image::new(Size::new(1, 1), Layout::Gray, vec![gray]));
    /// let dots = dots.into_iter().collect::<Result<Vec<Image>, _>>()?;
    /// assert_eq!(Pipeline::stitch(Stitch::across(3), dots).pixels()?.data(), [1, 2, 3]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn stitch<I>(stitch: Stitch, inputs: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Self>,
    {
        Self(Recipe::stitch(stitch, inputs.into_iter().map(|input| input.into().0).collect()))
    }

    fn with(mut self, change: Change) -> Self {
        self.0.apply(change);
        self
    }

    fn then(self, step: Step) -> Self {
        self.with(Change::Step(step))
    }

    /// A call by its name, with options by theirs; for other languages and for documents.
    ///
    /// # Errors
    /// Of names that there are not, and of values that no option can have. Ranges are checked by
    /// [`plan`](Self::plan) and [`run`](Self::run), as those of all options.
    #[doc(hidden)]
    pub fn call(self, name: &str, options: &[(String, Value)]) -> Result<Self, CallError> {
        Ok(self.with(Call::new(name, options)?.0))
    }

    /// A call that was read before.
    #[doc(hidden)]
    pub fn apply(self, call: &Call) -> Self {
        self.with(call.0.clone())
    }

    /// A call by its name that takes another picture.
    #[doc(hidden)]
    pub fn combine(self, combine: &Combine, input: Self) -> Self {
        self.then(Step::Combine(combine.0.clone(), Arc::new(input.0)))
    }

    /// Puts another picture on top: anything that [`open`](Self::open) takes, or a pipeline with its own operations.
    ///
    /// The size stays. Parts of the other picture that lie outside are not seen. It is blended in the colours of the output,
    /// with 8 bits; of a film that lies on a still picture, every frame. Pictures on pictures nest as stitches do.
    ///
    /// ```
    /// use makeready::{Blend, Image, Layout, Overlay, Pipeline, Size};
    ///
    /// let gray = |gray, alpha| Image::new(Size::new(1, 1), Layout::GrayA, vec![gray, alpha]);
    /// let page = Pipeline::open(gray(200, 255)?);
    /// let half = Overlay::new().opacity(0.5);
    /// assert_eq!(page.clone().overlay(gray(100, 255)?, half).pixels()?.data(), [150, 255]);
    /// let darker = Overlay::new().blend(Blend::Multiply);
    /// assert_eq!(page.overlay(gray(51, 255)?, darker).pixels()?.data(), [40, 255]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn overlay(self, input: impl Into<Self>, overlay: Overlay) -> Self {
        self.combine(&Combine(Combination::Overlay(overlay)), input.into())
    }

    /// Gives the picture the shades of gray of another one as alpha, in place of its own.
    ///
    /// The other is of the same size, else planning ends in an `invalid_option`.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size};
    ///
    /// let gray = |data: &[u8]| Image::new(Size::new(2, 1), Layout::Gray, data.to_vec());
    /// let faded = Pipeline::open(gray(&[7, 9])?).join_alpha(gray(&[0, 128])?);
    /// assert_eq!(faded.pixels()?.data(), [7, 0, 9, 128]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn join_alpha(self, mask: impl Into<Self>) -> Self {
        self.combine(&Combine(Combination::JoinAlpha), mask.into())
    }

    /// Resizes, to a box by `(width, height)` or with all options by [`Resize`].
    ///
    /// ```
    /// use makeready::{Pipeline, Resize, Size};
    /// let photo = Pipeline::open("../tests/images/photo.jpg"); // 480x360
    /// assert_eq!(photo.clone().resize((200, 200)).plan()?.size(), Size::new(200, 200));
    /// assert_eq!(photo.resize(Resize::inside(200, 200)).plan()?.size(), Size::new(200, 150));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn resize(self, resize: impl Into<Resize>) -> Self {
        self.then(Step::Resize(resize.into()))
    }

    /// Keeps a rectangle, in pixels of the picture at this point. One that reaches outside it is an
    /// `invalid_option` error.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Rect, Size};
    /// let image = Image::new(Size::new(3, 2), Layout::Gray, vec![1, 2, 3, 4, 5, 6])?;
    /// let right = Pipeline::open(image).crop(Rect::new(2, 0, 1, 2));
    /// assert_eq!(right.pixels()?.data(), [3, 6]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn crop(self, rect: Rect) -> Self {
        self.then(Step::Crop(rect))
    }

    /// Turns clockwise.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Quarter, Size};
    /// let image = Image::new(Size::new(3, 2), Layout::Gray, vec![1, 2, 3, 4, 5, 6])?;
    /// let turned = Pipeline::open(image).rotate(Quarter::One);
    /// assert_eq!(turned.pixels()?.data(), [4, 1, 5, 2, 6, 3]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn rotate(self, turns: Quarter) -> Self {
        self.then(Step::Orient(turns.into()))
    }

    /// Turns clockwise by any angle, into a picture that is large enough for the corners, which show a background.
    ///
    /// Pixels are means of the four around their place. Quarter turns are those of [`rotate`](Self::rotate).
    ///
    /// ```
    /// use makeready::{Colour, Image, Layout, Pipeline, Size};
    ///
    /// let square = Pipeline::open(Image::new(Size::new(10, 10), Layout::Gray, vec![200; 100])?);
    /// let diamond = square.clone().rotate_by(45.0, Colour::WHITE).pixels()?;
    /// assert_eq!(diamond.size(), Size::new(15, 15));
    /// assert_eq!((diamond.data()[0], diamond.data()[7 * 15 + 7]), (255, 200));
    /// assert_eq!(square.rotate_by(-90.0, Colour::WHITE).plan()?.size(), Size::new(10, 10));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn rotate_by(self, degrees: f64, background: Colour) -> Self {
        self.then(Step::rotated(Rotate::new(degrees, background)))
    }

    /// Exchanges top and bottom.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size};
    /// let image = Image::new(Size::new(2, 2), Layout::Gray, vec![1, 2, 3, 4])?;
    /// assert_eq!(Pipeline::open(image).flip().pixels()?.data(), [3, 4, 1, 2]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn flip(self) -> Self {
        self.then(Step::Orient(Orientation::FLIP))
    }

    /// Exchanges left and right.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size};
    /// let image = Image::new(Size::new(2, 2), Layout::Gray, vec![1, 2, 3, 4])?;
    /// assert_eq!(Pipeline::open(image).flop().pixels()?.data(), [2, 1, 4, 3]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn flop(self) -> Self {
        self.then(Step::Orient(Orientation::FLOP))
    }

    /// Sets the output's format and its options. Default: the format of the first input with its
    /// default options, PNG for raw pixels.
    ///
    /// ```
    /// use makeready::{Format, Pipeline, WebP};
    /// let photo = Pipeline::open("../tests/images/photo.jpg");
    /// assert_eq!(photo.plan()?.format, Format::Jpeg);
    /// assert_eq!(photo.encode(WebP::quality(80)).plan()?.format, Format::WebP);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn encode(self, encode: impl Into<Encode>) -> Self {
        self.with(Change::Encode(encode.into()))
    }

    /// Sets the output's format and quality by what a client accepts, and [`Output::vary`] with them. A picture of lossless
    /// sources alone is encoded with and without loss, where the client accepts that, and the smaller file is given.
    ///
    /// ```
    /// use makeready::{Format, Image, Layout, Pipeline, Size};
    ///
    /// let picture = Pipeline::open(Image::new(Size::new(8, 8), Layout::Rgb, vec![90; 192])?);
    /// let output = picture.negotiate("image/webp,*/*;q=0.8").run()?;
    /// assert_eq!((output.format, output.vary.as_deref()), (Format::WebP, Some("Accept")));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn negotiate(self, client: impl Into<Negotiate>) -> Self {
        self.with(Change::Negotiate(client.into()))
    }

    /// Reads the headers of the inputs and says what a run will do and cost; decodes nothing.
    ///
    /// ```
    /// use makeready::{Pipeline, Size};
    /// let plan = Pipeline::open("../tests/images/photo.jpg").resize((100, 75)).plan()?;
    /// assert_eq!((plan.size(), plan.decodes[0].scale), (Size::new(100, 75), 2));
    /// assert!(plan.peak_memory < 1 << 20);
    /// assert!((100..100_000).contains(&plan.cost));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`run`](Self::run), for everything that headers tell.
    pub fn plan(&self) -> Result<Planned> {
        pass::plan_one(&self.0)
    }

    /// The plan as written and as it will run, as text.
    ///
    /// ```
    /// use makeready::Pipeline;
    /// let text = Pipeline::open("../tests/images/photo.jpg").resize((100, 75)).explain()?;
    /// assert!(text.contains("decode #0 at 1/2"));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub fn explain(&self) -> Result<String> {
        pass::explain(&[&self.0])
    }

    /// Runs the pipeline and gives the encoded output.
    ///
    /// ```
    /// use makeready::{Pipeline, Png};
    /// let job = Pipeline::open("../tests/images/photo.jpg").resize((100, 75)).encode(Png::new());
    /// let output = job.run()?;
    /// assert_eq!((output.width, output.height, output.content_type), (100, 75, "image/png"));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// Any of [`ErrorKind`](crate::ErrorKind), with the input at fault where one is.
    pub fn run(&self) -> Result<Output> {
        pass::run_one(&self.0)
    }

    /// Hands the pipeline to the library's own queue, which runs short jobs first and holds the memory of all
    /// within a budget; see [`configure`](crate::configure). The [`Job`] is a future.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size};
    ///
    /// let page = Pipeline::open(Image::new(Size::new(64, 48), Layout::Rgb, vec![120; 9216])?);
    /// let [small, large] = [8, 16].map(|side| page.clone().resize((side, side)).spawn());
    /// assert_eq!((small.wait()?.width, large.wait()?.width), (8, 16));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn spawn(self) -> Job<Output> {
        job::of_file(self.0, Ok)
    }

    /// As [`spawn`](Self::spawn), for the [`pixels`](Self::pixels).
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size};
    ///
    /// let dot = Pipeline::open(Image::new(Size::new(1, 1), Layout::Gray, vec![7])?);
    /// assert_eq!(dot.spawn_pixels().wait()?.data(), [7]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn spawn_pixels(self) -> Job<Image> {
        job::of_pixels(self.0, |image, _| Ok(image))
    }

    /// Runs the pipeline without its encode and gives the pixels.
    ///
    /// ```
    /// use makeready::Pipeline;
    /// let small = Pipeline::open("../tests/images/photo.jpg").resize((100, 75)).pixels()?;
    /// assert_eq!(small.data().len(), 100 * 75 * 3);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn pixels(&self) -> Result<Image> {
        pass::pixels(&self.0)
    }
}

/// A method for each operation in the list.
macro_rules! methods {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident($($arg:ident: $Arg:ty),*) => $Record:ident $fields:tt, $by_place:literal;
    )+) => {
        impl Pipeline {$(
            $(#[doc = $doc])+
            pub fn $name(self, $($arg: $Arg),*) -> Self {
                self.then(Step::Picture(operations::$Record $fields.into()))
            }
        )+}
    };
}

operations::picture_operations!(methods);

impl<S: Into<Source>> From<S> for Pipeline {
    fn from(source: S) -> Self {
        Self::open(source)
    }
}

impl AsRef<Self> for Pipeline {
    fn as_ref(&self) -> &Self {
        self
    }
}
