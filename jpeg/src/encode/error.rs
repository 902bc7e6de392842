//! Why a picture was not encoded.

/// Why a picture was not encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// Memory of so many bytes was not to be had.
    #[error("no memory for {0} bytes")]
    Memory(u64),
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
    /// More than JPEG can say.
    #[error("{width} x {height} is more than 65535 in width or height")]
    TooLarge {
        /// Pixels in width.
        width: u32,
        /// Pixels in height.
        height: u32,
    },
    /// A picture without pixels.
    #[error("width or height is 0")]
    Empty,
    /// Metadata of so many bytes do not fit in a file.
    #[error("metadata of {0} bytes do not fit")]
    SegmentTooLong(usize),
    /// Rows of another number than the picture has.
    #[error("{found} rows, expected {expected}")]
    WrongRows {
        /// Rows of the picture.
        expected: u32,
        /// Rows so far.
        found: u32,
    },
    /// A buffer shorter than its rows, or a stride shorter than a row.
    #[error("rows of {found} bytes, expected {expected}")]
    ShortRows {
        /// Bytes needed.
        expected: usize,
        /// Bytes there.
        found: usize,
    },
    /// A call that the input or an earlier failure rules out.
    #[error("call out of order")]
    OutOfOrder,
}
