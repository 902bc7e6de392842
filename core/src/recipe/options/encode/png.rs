//! Options of PNG.

use crate::picture::words::words;
use crate::recipe::options::Strength;
use crate::recipe::options::table::options;

options! {
    /// PNG options.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Png {
        /// Compression on zlib's scale, from stored to smallest.
        compression_level (with_compression_level): u8 = 6, 0..=9;
        /// How rows are filtered before they are compressed.
        filter (with_filter, filter): Filter = Filter::Auto;
        /// Gives the file the colours of a palette, which is made for the picture: several times smaller, and lossless
        /// only where the picture has few enough colours.
        palette (with_palette, palette): bool = false;
        /// The most colours of the palette.
        colours (with_colours, colours): u32 = 256, 2..=256;
        /// How much dots of several colours stand for those that the palette lacks: 0 for flat areas, 1 for even slopes.
        dither (with_dither): Strength = Strength::FULL, 0..=1;
        /// How often a film is played, 0 for ever; by default as often as its source.
        r#loop (with_loop): Option<u32> = None, 0..=65535;
        /// Milliseconds that each frame of a film is shown; by default as long as in its source.
        delay (with_delay): Option<u32> = None, 0..=65535;
        /// How much a sample of a frame may differ from the one shown before and still be left as it is, so that less is written.
        inter_frame_max_error (with_inter_frame_max_error, inter_frame_max_error): u8 = 0, 0..=32;
        /// Frames from one that is whole to the next, so that players may begin there; 0 for the first alone.
        key_frame_interval (with_key_frame_interval, key_frame_interval): u32 = 0, 0..=65535;
    }
}

words! {
    /// How rows of a PNG are filtered: each pixel by its neighbours, as may suit photographs, or not at all, as may suit
    /// drawings.
    pub enum Filter as "png filter" {
        /// Rows are filtered where that makes the file smaller, as far as an estimate tells.
        #[default]
        Auto = "auto",
        /// No row is filtered.
        None = "none",
        /// Each row by the filter that leaves the smallest numbers, as libpng does.
        Adaptive = "adaptive",
    }
}

impl Png {
    /// PNG of this [`compression_level`](Self#structfield.compression_level).
    ///
    /// ```
    /// assert_eq!(makeready::Png::compression_level(9).compression_level, 9);
    /// ```
    #[must_use]
    pub fn compression_level(level: u8) -> Self {
        Self::new().with_compression_level(level)
    }

    /// Sets [`dither`](Self#structfield.dither).
    ///
    /// ```
    /// use makeready::{Pipeline, Png};
    ///
    /// let photo = Pipeline::open("../tests/images/photo.jpg").resize((200, 150));
    /// let whole = photo.clone().encode(Png::new()).run()?;
    /// let small = photo.encode(Png::new().palette(true).colours(64).dither(0.5)).run()?;
    /// assert!(small.data.len() < whole.data.len() / 3);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn dither(self, strength: f64) -> Self {
        self.with_dither(Strength::new(strength))
    }
}
