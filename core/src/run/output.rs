//! The outputs of a run, and where its time went.

mod write;

use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;

/// An encoded picture.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Output {
    /// The file.
    pub data: Vec<u8>,
    /// Its format.
    pub format: Format,
    /// Its media type, `"image/jpeg"` for instance.
    pub content_type: &'static str,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames of the file: 1, or more where it moves. One that is as the frame before is none of its own.
    pub frames: u32,
    /// Its channels: gray stays gray, and alpha is there where the format holds it.
    pub layout: Layout,
    /// The value for a `Vary` header, where the format was [negotiated](crate::Pipeline::negotiate).
    pub vary: Option<String>,
    /// The losses that [`OnError::Recover`](crate::OnError::Recover) put up with, and the colour profiles that could not be
    /// used, a sentence for each. Empty where nothing was lost.
    pub warnings: Vec<String>,
    /// The time that each kind of step took.
    pub timings: Timings,
}

impl Output {
    /// Width and height.
    ///
    /// ```
    /// use makeready::{Pipeline, Resize, Size};
    ///
    /// let small = Pipeline::open("../tests/images/photo.jpg").resize(Resize::width(40)).run()?;
    /// assert_eq!(small.size(), Size::new(40, 30));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }

    /// Writes the file through a temporary one in the same folder, which then takes its place.
    /// Readers see the old file or the new one, never a part, and a failed write leaves the old
    /// one. Links are followed, and permissions of an old file are kept; a read-only file is not
    /// replaced. The file is not flushed to the disk: see [`write_durably`](Self::write_durably).
    ///
    /// ```
    /// use makeready::{Pipeline, probe};
    ///
    /// let path = std::env::temp_dir().join(format!("makeready-write-{}.jpg", std::process::id()));
    /// let small = Pipeline::open("../tests/images/photo.jpg").resize((40, 30)).run()?;
    /// small.write(&path)?;
    /// assert_eq!(probe(path.as_path())?.size(), small.size());
    /// # let _ = std::fs::remove_file(path);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// `io` when it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write_file(path.as_ref(), &self.data, false)
    }

    /// Writes the file like [`write`](Self::write), and flushes file and folder to the disk. Once
    /// it returns, the file outlives a loss of power; when power is lost before, the old file does.
    /// It takes as long as the disk does, milliseconds to tenths of a second.
    ///
    /// ```
    /// use makeready::{Pipeline, probe};
    ///
    /// let path = std::env::temp_dir().join(format!("makeready-write-durably-{}.jpg", std::process::id()));
    /// let small = Pipeline::open("../tests/images/photo.jpg").resize((40, 30)).run()?;
    /// small.write_durably(&path)?;
    /// assert_eq!(probe(path.as_path())?.size(), small.size());
    /// # let _ = std::fs::remove_file(path);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// The same as [`write`](Self::write).
    pub fn write_durably(&self, path: impl AsRef<Path>) -> Result<()> {
        write_file(path.as_ref(), &self.data, true)
    }
}

/// Writes a file that a binding holds in its own way, like [`Output::write`] or
/// [`Output::write_durably`].
#[doc(hidden)]
pub fn write_file(path: &Path, data: &[u8], durable: bool) -> Result<()> {
    write::replace(path, data, durable).map_err(|error| Error::io(path.display(), error))
}

impl Timings {
    /// Adds the steps of a part of a pass.
    pub(super) fn add(&mut self, part: &Self) {
        self.decode += part.decode;
        self.compose += part.compose;
        self.resample += part.resample;
        self.encode += part.encode;
    }
}

/// The time of a pass by kinds of steps. All outputs of [`run_all`](crate::run_all) share one pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timings {
    /// Reading headers, planning, rewriting. Wall time.
    pub plan: Duration,
    /// Decoding. Like the stages below, summed over the threads it ran on.
    pub decode: Duration,
    /// Stitching, cropping, turning, converting.
    pub compose: Duration,
    /// Resampling.
    pub resample: Duration,
    /// Encoding.
    pub encode: Duration,
    /// The whole pass. Wall time.
    pub total: Duration,
}
