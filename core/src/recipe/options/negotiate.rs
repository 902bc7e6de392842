//! The format by the client: what it accepts, and what may be sent.

use super::table::options;
use crate::picture::format::Format;
use crate::picture::image::Colour;

/// The formats that are sent unless others are said: the smallest files first, and one that holds everything.
const BY_DEFAULT: [Format; 3] = [Format::WebP, Format::Jpeg, Format::Png];

options! {
    /// A client's `Accept` header, and the formats that may be sent. [`Pipeline::negotiate`](crate::Pipeline::negotiate)
    /// picks one for a picture, [`negotiate`](crate::negotiate()) without one.
    ///
    /// ```
    /// use makeready::{Facts, Format, Negotiate, negotiate};
    ///
    /// let chrome = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
    /// let negotiated = negotiate(chrome, &Facts::default())?;
    /// assert_eq!(negotiated.format, Format::WebP);
    /// assert_eq!((negotiated.vary.as_str(), negotiated.token.as_str()), ("Accept", "wjp"));
    /// let curl = Negotiate::accept("*/*").formats([Format::WebP, Format::Jpeg]);
    /// assert_eq!(negotiate(curl, &Facts::default())?.format, Format::Jpeg);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Negotiate {
        /// The `Accept` header, several lines with commas between them; everything is accepted without one.
        accept (with_accept): Option<String> = None;
        /// The formats that may be sent, the best first: of those that a client likes alike the first one counts. By
        /// default webp, jpeg, png.
        formats (with_formats): Vec<Format> = BY_DEFAULT.to_vec();
        /// The quality of a JPEG or a lossy WebP; that of its format by default.
        quality (with_quality): Option<u8> = None, 1..=100;
        /// Whether the client sent `Save-Data: on`: quality is three quarters then. Either answer adds that header to `Vary`.
        save_data (with_save_data): Option<bool> = None;
        /// The client's `DPR`, pixels of its screen to one of its page: resizes become so many times larger, by 1, 1.5, 2,
        /// 3 or 4. Adds the header to `Vary`.
        dpr (with_dpr): Option<f64> = None, 0..=10;
        /// The ground for pictures with alpha, where the format has none; without one such formats are sent last.
        background (with_background): Option<Colour> = None;
        /// Whether `not_acceptable` is the answer to a client that accepts none of the formats, in place of the oldest one.
        strict (with_strict, strict): bool = false;
    }
}

impl Negotiate {
    /// A client that sent this header.
    #[must_use]
    pub fn accept(header: impl Into<String>) -> Self {
        Self::new().with_accept(Some(header.into()))
    }

    /// Sets [`formats`](Self#structfield.formats).
    #[must_use]
    pub fn formats(self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.with_formats(formats.into_iter().collect())
    }

    /// Sets [`quality`](Self#structfield.quality).
    #[must_use]
    pub fn quality(self, quality: u8) -> Self {
        self.with_quality(Some(quality))
    }

    /// Sets [`save_data`](Self#structfield.save_data).
    #[must_use]
    pub fn save_data(self, on: bool) -> Self {
        self.with_save_data(Some(on))
    }

    /// Sets [`dpr`](Self#structfield.dpr).
    #[must_use]
    pub fn dpr(self, ratio: f64) -> Self {
        self.with_dpr(Some(ratio))
    }

    /// Sets [`background`](Self#structfield.background).
    #[must_use]
    pub fn background(self, colour: Colour) -> Self {
        self.with_background(Some(colour))
    }
}

impl From<&str> for Negotiate {
    fn from(header: &str) -> Self {
        Self::accept(header)
    }
}

options! {
    /// The facts of a picture that count when a format is picked for it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Facts {
        /// Whether it has alpha: a format without alpha is ruled out then, unless there is a background.
        alpha (with_alpha, alpha): bool = false;
        /// Whether it moves: formats that do not move are sent last then.
        animated (with_animated, animated): bool = false;
        /// Whether its sources are lossless: a lossless file is worth a try then.
        lossless (with_lossless, lossless): bool = false;
        /// Its width in pixels, where that is known: formats that cannot say it are ruled out.
        width (with_width): Option<u32> = None;
        /// Its height in pixels, as its width.
        height (with_height): Option<u32> = None;
    }
}

impl Facts {
    /// Sets [`width`](Self#structfield.width) and [`height`](Self#structfield.height).
    #[must_use]
    pub fn size(self, width: u32, height: u32) -> Self {
        self.with_width(Some(width)).with_height(Some(height))
    }
}
