//! Settings of the job as a whole: limits, threads, time, rules.

use std::time::Duration;

use makeready_kernels::Level;

use super::Pipeline;
use crate::picture::metadata::Meta;
use crate::recipe::Change;
use crate::recipe::job::CancelToken;
use crate::recipe::limits::Limits;
use crate::recipe::optimizations::Optimizations;
use crate::recipe::options::{ColourSpace, Density, Keep, Priority, Shrink};
use crate::recipe::threads::Threads;

impl Pipeline {
    /// Sets what the job may cost. Default [`Limits::default`].
    ///
    /// ```
    /// use makeready::{Limits, Pipeline};
    /// let small = Limits::new().with_max_memory(1000);
    /// let error = Pipeline::open("../tests/images/photo.jpg").limits(small).run().unwrap_err();
    /// assert_eq!(error.limit(), Some("max_memory"));
    /// ```
    pub fn limits(self, limits: Limits) -> Self {
        self.with(Change::Limits(limits))
    }

    /// Sets the threads the job may use at a time: a number, at least 1, or a rayon pool of the caller's.
    /// Default: as many as the machine has cores, shared by all jobs of the process. Output bytes never
    /// depend on it.
    ///
    /// ```
    /// use makeready::Pipeline;
    /// let small = Pipeline::open("../tests/images/photo.jpg").resize((40, 30));
    /// assert_eq!(small.clone().threads(1).run()?.data, small.threads(2).run()?.data);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn threads(self, threads: impl Into<Threads>) -> Self {
        self.with(Change::Threads(threads.into()))
    }

    /// Stops the job with a `timeout` error when it has run, planned or explained so long. Default: never.
    ///
    /// ```
    /// use makeready::Pipeline;
    /// let now = std::time::Duration::ZERO;
    /// let error = Pipeline::open("../tests/images/photo.jpg").deadline(now).run().unwrap_err();
    /// assert_eq!(error.code(), "timeout");
    /// ```
    pub fn deadline(self, after: Duration) -> Self {
        self.with(Change::Deadline(after))
    }

    /// Stops the job with a `cancelled` error when the token is cancelled. A job may have several tokens, each
    /// of which stops it.
    ///
    /// ```
    /// use makeready::{CancelToken, Pipeline};
    /// let token = CancelToken::new();
    /// let job = Pipeline::open("../tests/images/photo.jpg").cancel(token.clone());
    /// token.cancel(); // from another thread, mostly
    /// assert_eq!(job.run().unwrap_err().code(), "cancelled");
    /// ```
    pub fn cancel(mut self, token: CancelToken) -> Self {
        self.0.settings.cancel.push(token);
        self
    }

    /// Sets how much of a shrink the decoders may take over. Default [`Shrink::Balanced`].
    ///
    /// ```
    /// use makeready::{Pipeline, Shrink};
    /// let small = Pipeline::open("../tests/images/photo.jpg").resize((120, 90)); // a quarter
    /// assert_eq!(small.plan()?.decodes[0].scale, 2);
    /// assert_eq!(small.shrink(Shrink::Fast).plan()?.decodes[0].scale, 4);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn shrink(self, shrink: Shrink) -> Self {
        self.with(Change::Shrink(shrink))
    }

    /// Sets the colour space of the output; each input is converted from its own profile, and colours of backgrounds and
    /// edges are converted too. Default [`ColourSpace::Srgb`]. [`ColourSpace::Keep`] converts nothing.
    ///
    /// ```
    /// use makeready::{ColourSpace, Image, Layout, Pipeline, Size};
    /// let red = Pipeline::open(Image::new(Size::new(1, 1), Layout::Rgb, vec![255, 0, 0])?);
    /// let wide = red.colour(ColourSpace::DisplayP3);
    /// assert_eq!(wide.pixels()?.data(), [234, 51, 35]);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// To keep what inputs do not share is an `invalid_option` when it is planned, and so are profiles that no file of the
    /// output can have: those of inks, and of gray where the output has colours.
    pub fn colour(self, space: ColourSpace) -> Self {
        self.with(Change::Colour(space))
    }

    /// Keeps metadata of the first input that has them, cleaned. Default: all are dropped. A call replaces the one before.
    ///
    /// EXIF data are written anew: only tags of the standards stay, without thumbnail, maker note and place, and they say
    /// the size and the orientation that the output has. What cannot be kept, as it is damaged or too long, is left out,
    /// and [`Output::warnings`](crate::Output::warnings) says so. docs/metadata.md has the rules.
    ///
    /// ```
    /// use makeready::{Meta, Pipeline};
    /// let small = Pipeline::open("../tests/images/photo.jpg").resize((40, 30));
    /// let said = small.clone().keep([Meta::Icc]).run()?.data;
    /// assert!(said.windows(11).any(|part| part == b"ICC_PROFILE"));
    /// assert!(said.len() < small.run()?.data.len() + 1024);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// GIF holds none of them: that is an `invalid_option` when it is planned.
    pub fn keep(self, metadata: impl IntoIterator<Item = Meta>) -> Self {
        self.with(Change::Keep(Keep::of(metadata)))
    }

    /// Writes a resolution into the file, in dots an inch from 1 to 65535; the pixels stay as they are. Default: none.
    ///
    /// JPEG has it in its JFIF segment, PNG in pHYs, in whole pixels a metre, WebP in EXIF data of its own. It replaces
    /// that of EXIF data that are kept. GIF has no place for it: that is an `invalid_option` when it is planned.
    ///
    /// ```
    /// use makeready::Pipeline;
    /// let print = Pipeline::open("../tests/images/photo.jpg").resize((40, 30)).density(300);
    /// // JFIF 1.1, by the inch, 300 across and 300 down.
    /// assert_eq!(print.run()?.data[6..18], *b"JFIF\0\x01\x01\x01\x01\x2c\x01\x2c");
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn density(self, dpi: u32) -> Self {
        self.with(Change::Density(Density { dpi }))
    }

    /// Gives the queue of [`spawn`](Self::spawn) a hint. Default [`Priority::Normal`].
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Priority, Size};
    ///
    /// let dot = Pipeline::open(Image::new(Size::new(1, 1), Layout::Gray, vec![7])?);
    /// assert_eq!(dot.priority(Priority::High).spawn().wait()?.width, 1);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn priority(self, priority: Priority) -> Self {
        self.with(Change::Priority(priority))
    }

    /// Switches rewrite rules of the plan off or on by name. Default: all on.
    ///
    /// ```
    /// use makeready::{Optimizations, Pipeline};
    /// let as_written = Pipeline::open("../tests/images/photo.jpg").optimizations(Optimizations::none());
    /// assert!(as_written.resize((120, 90)).explain()?.contains("rules applied: none"));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn optimizations(self, optimizations: Optimizations) -> Self {
        self.with(Change::Optimizations(optimizations))
    }

    /// Sets the rows of a band. For tests that bands do not show; a multiple of 16 is fastest.
    #[doc(hidden)]
    pub fn with_band_rows(mut self, rows: u32) -> Self {
        self.0.settings.band_rows = Some(rows.max(1));
        self
    }

    /// How many levels of vector instructions this CPU has kernels for, plain code included.
    #[doc(hidden)]
    pub fn simd_levels() -> usize {
        Level::available().len()
    }

    /// Sets the level of vector instructions: 0 is plain code, the last of [`simd_levels`](Self::simd_levels)
    /// the best and the default. For tests that they do not show.
    #[doc(hidden)]
    pub fn with_simd_level(mut self, level: usize) -> Self {
        self.0.settings.level = Level::available().get(level).copied();
        self
    }
}
