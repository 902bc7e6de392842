//! The reason why a JPEG file was not read or written.

/// The reason why a JPEG file was not read or written. Messages give the expected and the found
/// value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file breaks the rules of the format.
    #[error("malformed JPEG: {0}")]
    Malformed(String),
    /// The file ends before the image does.
    #[error("truncated JPEG: {0}")]
    Truncated(String),
    /// The file is right, but of a kind that this decoder does not read.
    #[error("unsupported JPEG: {0}")]
    Unsupported(String),
    /// The file has more scans than [`Request::max_scans`](crate::Request::max_scans) allows.
    #[error("the JPEG has {actual} scans, {max} are allowed")]
    Scans {
        /// Scans allowed.
        max: u64,
        /// Scans found so far.
        actual: u64,
    },
    /// The scans of the file cover more pixels than
    /// [`Request::max_scan_pixels`](crate::Request::max_scan_pixels) allows.
    #[error("the scans of the JPEG cover {actual} pixels, {max} are allowed")]
    ScanPixels {
        /// Pixels allowed.
        max: u64,
        /// Pixels of the scans found so far.
        actual: u64,
    },
    /// This many bytes could not be reserved, or are more than the bound of the encoder allows.
    #[error("{0} bytes of memory could not be reserved")]
    Memory(u64),
    /// The caller's `poll` gave true.
    #[error("stopped by the caller")]
    Stopped,
    /// The caller broke the contract: a size, buffer, region, format or order of calls that cannot
    /// be.
    #[error("{0}")]
    Misuse(String),
}
