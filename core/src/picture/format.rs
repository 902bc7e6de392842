//! The names of formats.

/// The formats in one table, so that none can be forgotten.
macro_rules! formats {
    ($($(#[$doc:meta])+ $format:ident = $name:literal, $content_type:literal;)+) => {
        /// A file format, or raw pixels.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Format {
            $($(#[$doc])+ $format,)+
        }

        impl Format {
            pub(crate) const ALL: &[Self] = &[$(Self::$format),+];

            /// Its name, `"jpeg"` for instance.
            ///
            /// ```
            /// assert_eq!(makeready::Format::WebP.name(), "webp");
            /// ```
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$format => $name,)+
                }
            }

            /// Its media type, `"image/jpeg"` for instance.
            ///
            /// ```
            /// assert_eq!(makeready::Format::WebP.content_type(), "image/webp");
            /// ```
            #[must_use]
            pub const fn content_type(self) -> &'static str {
                match self {
                    $(Self::$format => $content_type,)+
                }
            }
        }
    };
}

formats! {
    /// JPEG: baseline and progressive, 8 bits.
    Jpeg = "jpeg", "image/jpeg";
    /// PNG.
    Png = "png", "image/png";
    /// WebP, lossy and lossless.
    WebP = "webp", "image/webp";
    /// GIF; read only, the first frame.
    Gif = "gif", "image/gif";
    /// Pixels from memory; read only.
    Raw = "raw", "application/octet-stream";
}

impl Format {
    /// Whether all its files hold samples as they were.
    pub(crate) const fn is_lossless(self) -> bool {
        matches!(self, Self::Png | Self::Gif)
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
