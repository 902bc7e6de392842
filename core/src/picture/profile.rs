//! The colour space of a file's samples, as the file says it.

use std::sync::Arc;

use crate::error::{Error, Result};

/// The space that samples are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Profile {
    /// sRGB, and what says nothing.
    Srgb,
    /// An ICC profile, not looked into yet.
    Icc(Arc<Vec<u8>>),
    /// Code points of ITU-T H.273.
    CodePoints { primaries: u8, transfer: u8 },
    /// An exponent and the colours of the primaries.
    Measured(Measured),
}

/// Numbers of PNG, 100,000 times what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measured {
    /// The exponent that made samples of light; the curve of sRGB without one.
    pub(crate) gamma: Option<u32>,
    /// x and y of white, red, green and blue; those of sRGB without them.
    pub(crate) chromaticities: Option<[u32; 8]>,
}

impl Profile {
    /// The primaries of SMPTE EG 432-1 and the curve of sRGB.
    pub(crate) const DISPLAY_P3: Self = Self::CodePoints { primaries: 12, transfer: 13 };

    /// The primaries of BT.709 and the curve of sRGB: sRGB by numbers, to be written as a profile.
    pub(crate) const SRGB_POINTS: Self = Self::CodePoints { primaries: 1, transfer: 13 };

    /// Bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Icc(icc) => icc.len(),
            _ => 0,
        }
    }
}

/// `malformed` of an ICC profile of more than `most` bytes.
pub(crate) fn check_length(length: usize, most: u64) -> Result<()> {
    if length as u64 <= most {
        return Ok(());
    }
    Err(Error::malformed(format!("its colour profile has {length} bytes, max_icc_bytes is {most}")))
}
