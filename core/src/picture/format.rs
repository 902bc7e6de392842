//! The names of formats.

/// The formats in one table, so that none can be forgotten: name, media type, and whether all its
/// files hold samples as they were.
macro_rules! formats {
    ($($(#[$doc:meta])+ $format:ident = $name:literal, $content_type:literal, $lossless:literal;)+) => {
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

            /// Tells whether all its files hold samples as they were.
            pub(crate) const fn is_lossless(self) -> bool {
                match self {
                    $(Self::$format => $lossless,)+
                }
            }
        }
    };
}

formats! {
    /// JPEG: baseline and progressive, 8 bits.
    Jpeg = "jpeg", "image/jpeg", false;
    /// PNG.
    Png = "png", "image/png", true;
    /// WebP, lossy and lossless.
    WebP = "webp", "image/webp", false;
    /// GIF, the first frame.
    Gif = "gif", "image/gif", true;
    /// Pixels from memory; read only.
    Raw = "raw", "application/octet-stream", false;
}

/// The names of the formats that files have, in the order of the table.
pub fn file_formats() -> impl Iterator<Item = &'static str> {
    Format::ALL.iter().filter(|format| **format != Format::Raw).map(|format| format.name())
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
