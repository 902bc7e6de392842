//! Options of WebP.

use crate::recipe::options::table::options;

options! {
    /// WebP options.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct WebP {
        /// Quality on libwebp's scale, of a lossless file how hard to try.
        quality (with_quality): u8 = 80, 1..=100;
        /// Whether every sample comes back as it was.
        lossless (with_lossless): bool = false;
        /// Makes a lossless file of samples that are changed a little so that it gets smaller: the more, the lower the quality;
        /// at 100 not at all.
        near_lossless (with_near_lossless, near_lossless): bool = false;
        /// Quality of the alpha of a lossy file: 100 keeps it as it is, less keeps fewer levels.
        alpha_quality (with_alpha_quality, alpha_quality): u8 = 100, 0..=100;
        /// How hard to try, from fast to smallest.
        effort (with_effort, effort): u8 = 4, 0..=6;
        /// The most bytes that the file may have: quality is lowered as far as it takes, and `limit_exceeded` is the answer
        /// where no quality is low enough, or where a lossless file is larger.
        max_bytes (with_max_bytes): Option<u64> = None;
        /// How often a film is played, 0 for ever; by default as often as its source.
        r#loop (with_loop): Option<u32> = None, 0..=65535;
        /// Milliseconds that each frame of a film is shown; by default as long as in its source.
        delay (with_delay): Option<u32> = None, 0..=65535;
        /// How much a sample of a frame may differ from the one shown before and still be left as it is, so that less is written.
        inter_frame_max_error (with_inter_frame_max_error, inter_frame_max_error): u8 = 0, 0..=32;
        /// Frames from one that is whole to the next, so that players may begin there; 0 for the first alone.
        key_frame_interval (with_key_frame_interval, key_frame_interval): u32 = 0, 0..=65535;
        /// Makes each frame of a film lossy or lossless, whichever is smaller.
        mixed (with_mixed, mixed): bool = false;
    }
}

impl WebP {
    /// Lossy WebP of this [`quality`](Self#structfield.quality), the rest at its default.
    ///
    /// ```
    /// use makeready::WebP;
    ///
    /// let preview = WebP::quality(75);
    /// assert_eq!((preview.quality, preview.lossless), (75, false));
    /// ```
    #[must_use]
    pub fn quality(quality: u8) -> Self {
        Self::new().with_quality(quality)
    }

    /// Lossless WebP, the rest at its default.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size, WebP};
    ///
    /// let image = Image::new(Size::new(1, 1), Layout::Rgb, vec![1, 2, 3])?;
    /// let file = Pipeline::open(image.clone()).encode(WebP::lossless()).run()?.data;
    /// assert_eq!(Pipeline::open(file).pixels()?, image);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn lossless() -> Self {
        Self::new().with_lossless(true)
    }

    /// Tells whether a file is lossless, or nearly.
    pub(crate) const fn is_lossless(&self) -> bool {
        self.lossless || self.near_lossless
    }

    /// The same for a lossy file, or for a lossless one, which is so but nearly where that is asked for.
    pub(crate) fn losslessly(self, lossless: bool) -> Self {
        self.with_lossless(lossless).with_near_lossless(lossless && self.near_lossless)
    }

    /// Sets [`max_bytes`](Self#structfield.max_bytes).
    ///
    /// ```
    /// use makeready::{Pipeline, WebP};
    ///
    /// let photo = Pipeline::open("../tests/images/photo.jpg").resize((200, 200));
    /// let small = photo.encode(WebP::quality(90).max_bytes(4_000)).run()?;
    /// assert!(small.data.len() <= 4_000);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn max_bytes(self, bytes: u64) -> Self {
        self.with_max_bytes(Some(bytes))
    }
}
