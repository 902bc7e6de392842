//! Parts of a file as one stream, for the decoders that read from one.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::job::Watch;
use crate::source::Bytes;

/// Bytes given at a time.
const WINDOW: usize = 64 << 10;

/// A stream that asks the watch before it gives bytes: a file may hold megabytes that give no row, empty
/// chunks or codes for instance. The error of the watch comes out as the stream's own.
pub(super) struct Feed {
    bytes: Bytes,
    /// What has not been read of each part.
    parts: Vec<Range<usize>>,
    part: usize,
    watch: Watching,
}

/// What a [`Feed`] asks.
#[derive(Clone, Default)]
pub(super) struct Watching(Arc<Mutex<Watch>>);

impl Watching {
    /// Makes it ask `watch` from now on.
    pub(super) fn set(&self, watch: &Watch) {
        *self.lock() = watch.clone();
    }

    fn lock(&self) -> MutexGuard<'_, Watch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Feed {
    /// The parts of the file one after another; they must lie in it.
    pub(super) fn new(bytes: Bytes, parts: Vec<Range<usize>>) -> (Self, Watching) {
        let watch = Watching::default();
        (Self { bytes, parts, part: 0, watch: watch.clone() }, watch)
    }
}

impl BufRead for Feed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.watch.lock().check().map_err(io::Error::other)?;
        while self.parts.get(self.part).is_some_and(Range::is_empty) {
            self.part += 1;
        }
        let part = self.parts.get(self.part).cloned().unwrap_or_default();
        Ok(&(*self.bytes).as_ref()[part.start..part.end.min(part.start + WINDOW)])
    }

    fn consume(&mut self, amount: usize) {
        if let Some(part) = self.parts.get_mut(self.part) {
            part.start += amount;
        }
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(buffer)?;
        self.consume(amount);
        Ok(amount)
    }
}

/// The `png` crate asks for it and does not use it.
impl Seek for Feed {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::job::CancelToken;

    #[test]
    fn parts_come_as_one_and_the_watch_is_asked() {
        let bytes: Bytes = Arc::new(b"0123456789".to_vec());
        let (mut feed, watching) = Feed::new(bytes, vec![1..3, 5..5, 8..10]);
        let mut text = [0; 3];
        assert!(feed.read_exact(&mut text).is_ok());
        assert_eq!(&text, b"128");
        let token = CancelToken::new();
        token.cancel();
        watching.set(&Watch::new(vec![token], None));
        let error = feed.read(&mut text).map_err(io::Error::downcast::<Error>);
        assert!(matches!(error, Err(Ok(error)) if error.code() == "cancelled"));
    }
}
