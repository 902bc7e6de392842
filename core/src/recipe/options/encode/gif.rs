//! Options of GIF.

use crate::recipe::options::Strength;
use crate::recipe::options::table::options;

options! {
    /// GIF options.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Gif {
        /// The most colours of the palette, a clear one included.
        colours (with_colours, colours): u32 = 256, 2..=256;
        /// How much dots of several colours stand for those that the palette lacks: 0 for flat areas, 1 for even slopes.
        dither (with_dither): Strength = Strength::FULL, 0..=1;
        /// How often a film is played, 0 for ever; by default as often as its source.
        r#loop (with_loop): Option<u32> = None, 0..=65535;
        /// Milliseconds that each frame of a film is shown; by default as long as in its source.
        delay (with_delay): Option<u32> = None, 0..=65535;
        /// How much a sample of a frame may differ from the one shown before and still be left as it is, so that less is written.
        inter_frame_max_error (with_inter_frame_max_error, inter_frame_max_error): u8 = 0, 0..=32;
        /// How far the pixels of a frame may be in the mean from the palette of the first one, in levels, and still be given that
        /// palette; 0 for a palette of its own to each.
        inter_palette_max_error (with_inter_palette_max_error, inter_palette_max_error): u8 = 0, 0..=255;
        /// Frames from one that is whole to the next, so that players may begin there; 0 for the first alone.
        key_frame_interval (with_key_frame_interval, key_frame_interval): u32 = 0, 0..=65535;
    }
}

impl Gif {
    /// Sets [`dither`](Self#structfield.dither).
    ///
    /// ```
    /// use makeready::{Gif, Strength};
    ///
    /// assert_eq!(Gif::new().dither(0.0).dither, Strength::new(0.0));
    /// ```
    #[must_use]
    pub fn dither(self, strength: f64) -> Self {
        self.with_dither(Strength::new(strength))
    }
}
