//! Copies of bytes of JavaScript, for jobs: one for all that are queued or running with the same bytes.
//!
//! Each job has the bytes as they were when it was called. With a copy for each, hundreds of queued jobs of one file
//! would hold it hundreds of times. So a job looks for the copy that an earlier job made of the bytes at this place, and
//! takes it if the bytes are still the same. To compare them takes a fifteenth of the time of a copy, whose memory is new
//! to the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use makeready::{Image, Layout, Size, Source};

use makeready_kernels::heap::try_reserve_exact;

use crate::error::Fault;

/// A file's bytes, and where they were copied from.
struct File {
    bytes: Vec<u8>,
    place: Place,
}

/// The last job that holds a file removes its entry. Left for later, the entry would lie among the memory of jobs, and
/// their allocator could not use that in one piece.
impl Drop for File {
    fn drop(&mut self) {
        FILES.with(|copies| {
            if copies.get(&self.place).is_some_and(|copy| copy.strong_count() == 0) {
                copies.remove(&self.place);
            }
        });
    }
}

/// A file that jobs share.
struct Shared(Arc<File>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

/// The address of bytes and their number.
type Place = (usize, usize);

/// The last copy of the bytes at each place in memory, as long as a job holds it.
type Kept<T> = HashMap<Place, Weak<T>>;

struct Copies<T>(Mutex<Option<Kept<T>>>);

static FILES: Copies<File> = Copies(Mutex::new(None));
static PIXELS: Copies<Image> = Copies(Mutex::new(None));

/// A file for a job.
pub(crate) fn file(bytes: &[u8]) -> Result<Source, Fault> {
    let make = || Ok(File { bytes: copy(bytes)?, place: place(bytes) });
    Ok(Source::shared(Shared(FILES.shared(bytes, |file| file.bytes == bytes, make)?)))
}

/// Raw pixels for a job.
pub(crate) fn pixels(size: Size, layout: Layout, bytes: &[u8]) -> Result<Source, Fault> {
    let same =
        |image: &Image| (image.size(), image.layout()) == (size, layout) && image.data() == bytes;
    Ok(PIXELS.shared(bytes, same, || Ok(Image::new(size, layout, copy(bytes)?)?))?.into())
}

impl<T> Copies<T> {
    /// The copy that jobs have of these bytes, if it is the `same`; else a new one.
    fn shared(
        &self,
        bytes: &[u8],
        same: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T, Fault>,
    ) -> Result<Arc<T>, Fault> {
        let place = place(bytes);
        let found = self.with(|copies| copies.get(&place).and_then(Weak::upgrade));
        if let Some(copy) = found.filter(|copy| same(copy)) {
            return Ok(copy);
        }
        let copy = Arc::new(make()?);
        self.with(|copies| {
            // Entries that no job holds go before the table would grow, so that their number never matters.
            if copies.len() == copies.capacity() {
                copies.retain(|_, copy| copy.strong_count() > 0);
            }
            copies.insert(place, Arc::downgrade(&copy));
        });
        Ok(copy)
    }

    fn with<R>(&self, work: impl FnOnce(&mut Kept<T>) -> R) -> R {
        work(self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
    }
}

fn place(bytes: &[u8]) -> Place {
    (bytes.as_ptr().addr(), bytes.len())
}

fn copy(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut copy = Vec::new();
    try_reserve_exact(&mut copy, bytes.len()).map_err(|_| {
        Fault::Environment(format!("could not reserve {} bytes of memory", bytes.len()))
    })?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}
