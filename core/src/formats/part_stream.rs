//! Joins parts of a file into one stream, for decoders that read from a stream.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::recipe::job::Watch;
use crate::recipe::source::Bytes;

/// Bytes given at a time.
const WINDOW: usize = 64 << 10;

/// A part of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A range of the file, which must lie in it.
    File(Range<usize>),
    /// Bytes in place of some of the file's.
    Own(Vec<u8>),
}

impl Part {
    /// Its bytes, in a file of `data`.
    pub(super) fn bytes<'a>(&'a self, data: &'a [u8]) -> &'a [u8] {
        match self {
            Self::File(range) => &data[range.clone()],
            Self::Own(bytes) => bytes,
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::File(range) => range.len(),
            Self::Own(bytes) => bytes.len(),
        }
    }
}

/// A stream that asks the watch before it gives bytes, as a file may hold megabytes without a row:
/// empty chunks, or codes. The error of the watch comes out as the stream's own.
pub(super) struct PartStream {
    bytes: Bytes,
    parts: Vec<Part>,
    /// The part that is being read, and the number of its bytes taken.
    part: usize,
    taken: usize,
    /// Bytes at the start that are given together; later ones come one by one.
    by_bytes: usize,
    watch: StreamWatch,
}

/// The watch that a [`PartStream`] asks, and the number of bytes taken from the stream.
#[derive(Clone, Default)]
pub(super) struct StreamWatch(Arc<StreamState>);

#[derive(Default)]
struct StreamState {
    watch: Mutex<Watch>,
    taken: AtomicUsize,
    ran_out: AtomicBool,
}

impl StreamWatch {
    /// Makes the stream ask `watch` from now on.
    pub(super) fn set(&self, watch: &Watch) {
        *self.lock() = watch.clone();
    }

    /// Bytes of all parts that its reader has taken.
    pub(super) fn taken(&self) -> usize {
        self.0.taken.load(Ordering::Relaxed)
    }

    /// Tells whether its reader has asked for bytes behind the last.
    #[cfg(feature = "image")]
    pub(super) fn ran_out(&self) -> bool {
        self.0.ran_out.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Watch> {
        self.0.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Cuts the parts off behind their first `length` bytes.
pub(super) fn truncate(parts: &mut [Part], mut length: usize) {
    for part in parts {
        let kept = part.len().min(length);
        length -= kept;
        match part {
            Part::File(range) => range.end = range.start + kept,
            Part::Own(bytes) => bytes.truncate(kept),
        }
    }
}

impl PartStream {
    /// Joins the parts, one after another.
    pub(super) fn new(bytes: Bytes, parts: Vec<Part>) -> (Self, StreamWatch) {
        let watch = StreamWatch::default();
        (
            Self { bytes, parts, part: 0, taken: 0, by_bytes: usize::MAX, watch: watch.clone() },
            watch,
        )
    }

    /// Gives one byte at a time behind the first `from`, so that the place of its reader tells the
    /// place of damage.
    pub(super) fn by_bytes(self, from: usize) -> Self {
        Self { by_bytes: from, ..self }
    }

    /// The bytes of the current part that have not been read; nothing behind the last one.
    fn rest(&self) -> &[u8] {
        let part = self.parts.get(self.part).map(|part| part.bytes((*self.bytes).as_ref()));
        &part.unwrap_or_default()[self.taken..]
    }
}

impl BufRead for PartStream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.watch.lock().check().map_err(io::Error::other)?;
        while self.part < self.parts.len() && self.rest().is_empty() {
            self.part += 1;
            self.taken = 0;
        }
        self.watch.0.ran_out.fetch_or(self.rest().is_empty(), Ordering::Relaxed);
        let together = self.by_bytes.saturating_sub(self.watch.taken());
        let rest = self.rest();
        Ok(&rest[..rest.len().min(WINDOW).min(together.max(1))])
    }

    fn consume(&mut self, amount: usize) {
        self.taken += amount;
        self.watch.0.taken.fetch_add(amount, Ordering::Relaxed);
    }
}

impl Read for PartStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(buffer)?;
        self.consume(amount);
        Ok(amount)
    }
}

/// The `png` crate asks for it, and does not use it; bitmaps are read from places that their heads tell. The number of
/// bytes taken does not follow.
impl Seek for PartStream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let lengths = |parts: &[Part]| parts.iter().map(Part::len).sum::<usize>() as u64;
        let before = lengths(&self.parts[..self.part]) + self.taken as u64;
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => before.checked_add_signed(by),
            SeekFrom::End(by) => lengths(&self.parts).checked_add_signed(by),
        };
        let place = place.ok_or(io::ErrorKind::InvalidInput)?;
        let mut left = usize::try_from(place).unwrap_or(usize::MAX);
        self.part = 0;
        while let Some(part) = self.parts.get(self.part).filter(|part| part.len() <= left) {
            left -= part.len();
            self.part += 1;
        }
        self.taken = if self.part < self.parts.len() { left } else { 0 };
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::recipe::job::CancelToken;

    #[test]
    fn parts_come_as_one_and_the_watch_is_asked() {
        let bytes: Bytes = Arc::new(b"0123456789".to_vec());
        let (mut stream, watching) = PartStream::new(
            bytes,
            vec![Part::File(1..3), Part::File(5..5), Part::Own(b"ab".to_vec()), Part::File(8..10)],
        );
        let mut text = [0; 5];
        assert!(stream.read_exact(&mut text).is_ok());
        assert_eq!(&text, b"12ab8");
        assert_eq!(watching.taken(), 5);
        let token = CancelToken::new();
        token.cancel();
        watching.set(&Watch::new(vec![token], None));
        let error = stream.read(&mut text).map_err(io::Error::downcast::<Error>);
        assert!(matches!(error, Err(Ok(error)) if error.code() == "cancelled"));
    }

    #[test]
    fn a_place_is_found_in_its_part() -> io::Result<()> {
        let bytes: Bytes = Arc::new(b"0123456789".to_vec());
        let parts = vec![Part::Own(b"ab".to_vec()), Part::File(3..3), Part::File(4..8)];
        let (mut stream, _) = PartStream::new(bytes, parts);
        for (to, place, rest) in [
            (SeekFrom::Start(3), 3, "567"),
            (SeekFrom::Start(1), 1, "b4567"),
            (SeekFrom::End(-4), 2, "4567"),
            (SeekFrom::Current(0), 6, ""),
            (SeekFrom::Start(99), 99, ""),
        ] {
            assert_eq!(stream.seek(to)?, place);
            let mut found = String::new();
            stream.read_to_string(&mut found)?;
            assert_eq!(found, rest, "{to:?}");
        }
        assert!(stream.seek(SeekFrom::Current(-99)).is_err());
        Ok(())
    }

    #[test]
    fn parts_are_cut_where_their_bytes_say() {
        for length in 0..8 {
            let mut parts = vec![Part::File(1..3), Part::Own(b"abc".to_vec()), Part::File(8..10)];
            truncate(&mut parts, length);
            let bytes: Bytes = Arc::new(b"0123456789".to_vec());
            let mut found = Vec::new();
            assert!(PartStream::new(bytes, parts).0.read_to_end(&mut found).is_ok());
            assert_eq!(found, &b"12abc89"[..length.min(7)]);
        }
    }
}
