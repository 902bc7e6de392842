//! Errors of the encoder.

/// Why a picture could not be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A side is 0 or above 16,383, or planes or rows are other than announced.
    #[error("{0}")]
    Misuse(String),
    /// The picture does not fit the lengths of the format: 512 KiB of modes, 16 MiB a partition.
    #[error("the picture is too large for a VP8 frame")]
    TooLarge,
    /// This many bytes could not be reserved.
    #[error("{0} bytes of memory could not be reserved")]
    Memory(u64),
    /// The caller's `stop` gave true.
    #[error("stopped by the caller")]
    Stopped,
}
