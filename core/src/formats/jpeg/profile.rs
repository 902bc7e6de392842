//! The ICC profile of a JPEG, put together of its pieces.

use std::sync::Arc;

use makeready_jpeg::Header;

use crate::error::{Error, Result};
use crate::picture::profile::{Profile, check_length};
use crate::picture::reserve::reserved;
use crate::recipe::limits::Limits;

/// The profile of the markers that were read of `data`.
pub(super) fn read(data: &[u8], markers: &Header, limits: &Limits) -> Result<Profile> {
    if markers.icc_is_broken {
        return Err(Error::malformed("a piece of its colour profile is missing"));
    }
    if markers.icc.is_empty() {
        return Ok(Profile::Srgb);
    }
    let length = markers.icc.iter().map(ExactSizeIterator::len).sum();
    check_length(length, limits.max_icc_bytes)?;
    let mut icc = reserved(length)?;
    for piece in &markers.icc {
        icc.extend_from_slice(data.get(piece.clone()).unwrap_or_default());
    }
    Ok(Profile::Icc(Arc::new(icc)))
}
