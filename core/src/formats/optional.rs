//! The formats that a feature of this crate reads. Every build knows their signatures, so that a build without the
//! feature names it.

use super::read::Signature;
use crate::picture::format::Format;

pub(super) const TIFF: &[Signature] = &[
    Signature::start(b"II*\0"),
    Signature::start(b"MM\0*"),
    // BigTIFF.
    Signature::start(b"II+\0"),
    Signature::start(b"MM\0+"),
];

pub(super) const BMP: &[Signature] = &[Signature::start(b"BM")];

/// Icons and cursors.
pub(super) const ICO: &[Signature] =
    &[Signature::start(b"\0\0\x01\0"), Signature::start(b"\0\0\x02\0")];

pub(super) const PNM: &[Signature] = &[
    Signature::start(b"P1"),
    Signature::start(b"P2"),
    Signature::start(b"P3"),
    Signature::start(b"P4"),
    Signature::start(b"P5"),
    Signature::start(b"P6"),
    Signature::start(b"P7"),
];

pub(super) const QOI: &[Signature] = &[Signature::start(b"qoif")];

/// A stream by itself, and one in boxes.
pub(super) const JXL: &[Signature] =
    &[Signature::start(b"\xFF\x0A"), Signature::start(b"\0\0\0\x0CJXL \r\n\x87\n")];

/// Pictures of HEVC. Many kinds of pictures may be behind `mif1`.
pub(super) const HEIC: &[Signature] = &[
    Signature { start: b"", then: (4, b"ftypheic") },
    Signature { start: b"", then: (4, b"ftypheix") },
    Signature { start: b"", then: (4, b"ftypmif1") },
];

pub(super) const PDF: &[Signature] = &[Signature::start(b"%PDF-")];

const ALL: &[(Format, &[Signature])] = &[
    (Format::Tiff, TIFF),
    (Format::Bmp, BMP),
    (Format::Ico, ICO),
    (Format::Pnm, PNM),
    (Format::Qoi, QOI),
    (Format::Jxl, JXL),
    (Format::Heic, HEIC),
    (Format::Pdf, PDF),
];

/// The format that a file seems to have, and the feature that would read it.
pub(super) fn lacking(data: &[u8]) -> Option<(Format, &'static str)> {
    let fits = |(format, signatures): &&(Format, &[Signature])| {
        !format.is_read() && signatures.iter().any(|one| one.fits(data))
    };
    let (format, _) = ALL.iter().find(fits)?;
    Some((*format, format.feature()?))
}

/// Does some work of a crate of others, and takes a panic in it for the fault of a file of this format.
#[cfg(any(feature = "heic", feature = "image", feature = "jxl"))]
pub(super) fn blamed<T>(
    format: Format,
    work: impl FnOnce() -> crate::error::Result<T>,
) -> crate::error::Result<T> {
    use crate::error::{Error, ErrorKind};

    crate::panics::caught(work).map_err(|error| match error.kind() {
        ErrorKind::Internal => {
            Error::malformed(format!("a {format} that its reader gives up: {error}"))
        }
        _ => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_that_this_build_lacks_is_named() {
        for (format, signatures) in ALL {
            let Signature { start, then: (at, then) } = signatures[0];
            let mut file = [start, &[0; 16]].concat();
            file[at..at + then.len()].copy_from_slice(then);
            let error = super::super::opened(file, false).expect_err("no picture").to_string();
            let feature = format.feature().expect("an optional format");
            let says = error.contains(&format!("a {format} file: this build reads jpeg"))
                && error.contains(&format!("the feature {feature} adds {format}"));
            assert_eq!(says, !format.is_read(), "{error}");
        }
    }
}
