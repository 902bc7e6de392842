//! The names of formats.

/// The formats in one table, so that none can be forgotten: name, media type, whether all its files hold samples as
/// they were, and the feature of this crate that reads it, where it takes one.
macro_rules! formats {
    ($(
        $(#[$doc:meta])+
        $format:ident = $name:literal, $content_type:literal, $lossless:literal $(, $feature:tt)?;
    )+) => {
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

            /// Tells whether this build reads it.
            pub(crate) const fn is_read(self) -> bool {
                match self {
                    $(Self::$format => true $(&& cfg!(feature = $feature))?,)+
                }
            }

            /// The feature of this crate that reads it; none of a format that every build reads.
            pub(crate) const fn feature(self) -> Option<&'static str> {
                match self {
                    $(Self::$format => formats!(@feature $($feature)?),)+
                }
            }
        }
    };
    (@feature $feature:tt) => {
        Some($feature)
    };
    (@feature) => {
        None
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
    /// TIFF; read only.
    Tiff = "tiff", "image/tiff", false, "tiff";
    /// BMP; read only.
    Bmp = "bmp", "image/bmp", true, "image";
    /// ICO and CUR: their largest picture; read only.
    Ico = "ico", "image/vnd.microsoft.icon", true, "image";
    /// PBM, PGM, PPM and PAM; read only.
    Pnm = "pnm", "image/x-portable-anymap", true, "image";
    /// QOI; read only.
    Qoi = "qoi", "image/qoi", true, "image";
    /// TGA; read only, where it is named.
    Tga = "tga", "image/x-tga", true, "image";
    /// JPEG XL; read only.
    Jxl = "jxl", "image/jxl", false, "jxl";
    /// HEIC; read only.
    Heic = "heic", "image/heic", false, "heic";
    /// SVG; read only, where it is named.
    Svg = "svg", "image/svg+xml", true, "svg";
    /// PDF; read only, where it is named.
    Pdf = "pdf", "application/pdf", false, "pdf";
}

impl Format {
    /// The names of the formats that files have, whether this build reads them or not.
    pub(crate) const OF_FILES: &[&str] = &{
        let mut names = [""; Self::ALL.len() - 1];
        let (mut at, mut count) = (0, 0);
        while at < Self::ALL.len() {
            if !matches!(Self::ALL[at], Self::Raw) {
                names[count] = Self::ALL[at].name();
                count += 1;
            }
            at += 1;
        }
        names
    };
}

/// The names of the formats of files that this build reads, in the order of the table.
pub fn file_formats() -> impl Iterator<Item = &'static str> {
    let is_file = |format: &&Format| **format != Format::Raw && format.is_read();
    Format::ALL.iter().filter(is_file).map(|format| format.name())
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
