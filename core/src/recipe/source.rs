//! Where an input comes from: bytes, a path or raw pixels; shared, never copied.

mod read;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::picture::image::Image;
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};

/// The bytes of a file, shared between the job and its decoders.
pub(crate) type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// One input of a pipeline. Clones share the same bytes.
///
/// Made by `into()` from a `Vec<u8>`, a `&'static [u8]`, an `Arc<[u8]>`, a path, or an [`Image`] (shared too), or by
/// [`Source::shared`] from anything that owns bytes.
#[derive(Clone)]
pub struct Source {
    origin: Arc<Origin>,
    /// Its name in a definition.
    name: Option<Arc<str>>,
}

enum Origin {
    Bytes(Bytes),
    Path(PathBuf),
    /// What a pass has read from a path, and holds while it lasts.
    Read {
        path: PathBuf,
        bytes: Vec<u8>,
    },
    Pixels(Arc<Image>),
}

/// The picture behind a source, to be compared.
#[derive(PartialEq)]
pub(crate) enum Content<'a> {
    File(&'a [u8]),
    Pixels(&'a Image),
}

impl Source {
    fn of(origin: Origin) -> Self {
        Self { origin: Arc::new(origin), name: None }
    }

    /// Bytes that something else owns, a memory map or a foreign buffer for instance; never copied.
    ///
    /// ```
    /// use makeready::{Pipeline, Source};
    ///
    /// let file: Box<[u8]> = std::fs::read("../tests/images/photo.jpg").unwrap().into();
    /// assert_eq!(Pipeline::open(Source::shared(file)).plan()?.width, 480);
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn shared(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self::of(Origin::Bytes(Arc::new(bytes)))
    }

    /// A file, by its path. Every plan, explain, run and probe reads it anew and holds it only while it lasts, so that a
    /// changed file gives the changed picture, and a pipeline that waits holds nothing. Within one pass a path is
    /// read once.
    ///
    /// Only regular files are read: anything else that has a path (a folder, a FIFO, a socket, a device) is an `io`
    /// error. A job with a deadline or a cancel token stops in time on a file system that does not answer: the read is
    /// then left behind on a thread of its own, which ends when the system lets it. After 64 of those in a process,
    /// further reads of such jobs are `io` errors until some have ended.
    ///
    /// ```
    /// use makeready::{Pipeline, Source};
    ///
    /// let photo = Pipeline::open(Source::path("../tests/images/photo.jpg"));
    /// assert_eq!(photo.plan()?.width, 480);
    /// let folder = Pipeline::open(Source::path("../tests/images"));
    /// assert_eq!(folder.plan().unwrap_err().code(), "io");
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::of(Origin::Path(path.into()))
    }

    /// The same source under a name, for error messages and definitions; without one a path is its own name.
    ///
    /// ```
    /// use makeready::{Pipeline, Source};
    ///
    /// let logo = Source::from(&b"no picture"[..]).named("logo");
    /// let error = Pipeline::open(logo).run().unwrap_err();
    /// assert!(error.to_string().starts_with("input 0 (logo): "));
    /// ```
    #[must_use]
    pub fn named(self, name: impl Into<Arc<str>>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Its name, or the path that it is read from.
    pub(crate) fn name(&self) -> Option<String> {
        match (&self.name, self.origin_path()) {
            (Some(name), _) => Some(name.to_string()),
            (None, path) => path.map(|path| path.display().to_string()),
        }
    }

    /// The name that it was given.
    pub(crate) fn given_name(&self) -> Option<&Arc<str>> {
        self.name.as_ref()
    }

    /// The path that it is read from.
    pub(crate) fn origin_path(&self) -> Option<&Path> {
        match &*self.origin {
            Origin::Path(path) | Origin::Read { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The raw pixels, where it is such.
    pub(crate) fn pixels(&self) -> Option<&Arc<Image>> {
        match &*self.origin {
            Origin::Pixels(image) => Some(image),
            _ => None,
        }
    }

    /// The whole file, which is no longer than `max` bytes.
    pub(crate) fn bytes(&self, max: u64) -> Result<Bytes> {
        let bytes: Bytes = match &*self.origin {
            Origin::Bytes(bytes) => Arc::clone(bytes),
            Origin::Read { .. } => Arc::new(ReadFile(self.clone())),
            Origin::Path(_) => return Err(Error::internal("a path has not been read")),
            Origin::Pixels(_) => return Err(Error::internal("raw pixels have no file")),
        };
        check("max_input_bytes", max, (*bytes).as_ref().len() as u64)?;
        Ok(bytes)
    }

    /// Memory that a job holds for this input: a file read from a path.
    pub(crate) fn held_bytes(&self) -> u64 {
        self.read_file().map_or(0, |bytes| bytes.len() as u64)
    }

    fn read_file(&self) -> Option<&[u8]> {
        match &*self.origin {
            Origin::Read { bytes, .. } => Some(bytes),
            _ => None,
        }
    }

    /// Tells objects apart: equal for clones.
    pub(crate) fn object(&self) -> *const () {
        Arc::as_ptr(&self.origin).cast()
    }

    /// Its picture, where it has been read.
    pub(crate) fn content(&self) -> Option<Content<'_>> {
        match &*self.origin {
            Origin::Bytes(bytes) => Some(Content::File((**bytes).as_ref())),
            Origin::Read { bytes, .. } => Some(Content::File(bytes)),
            Origin::Pixels(image) => Some(Content::Pixels(image)),
            Origin::Path(_) => None,
        }
    }
}

/// A file that a pass has read, as bytes.
struct ReadFile(Source);

impl AsRef<[u8]> for ReadFile {
    fn as_ref(&self) -> &[u8] {
        self.0.read_file().unwrap_or_default()
    }
}

/// The files that a pass has read, each path once.
#[derive(Default)]
pub(crate) struct Reads {
    by_path: HashMap<PathBuf, Source>,
    /// Bytes of all of them.
    held: u64,
}

impl Reads {
    /// The source as a pass has it: a path as the file there, anything else as it is.
    pub(crate) fn read(
        &mut self,
        source: &Source,
        limits: &Limits,
        watch: &Watch,
    ) -> Result<Source> {
        let Origin::Path(path) = &*source.origin else {
            return Ok(source.clone());
        };
        let name = source.name.clone();
        if let Some(read) = self.by_path.get(path) {
            return Ok(Source { name, ..read.clone() });
        }
        let bytes = self.read_path(path, limits, watch)?;
        self.held += bytes.len() as u64;
        let read = Source::of(Origin::Read { path: path.clone(), bytes });
        self.by_path.insert(path.clone(), read.clone());
        Ok(Source { name, ..read })
    }

    fn read_path(&self, path: &Path, limits: &Limits, watch: &Watch) -> Result<Vec<u8>> {
        let room = read::Room {
            max_input_bytes: limits.max_input_bytes,
            max_memory: limits.max_memory,
            held: self.held,
        };
        read::read(path, room, watch)
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.origin {
            Origin::Bytes(bytes) => write!(f, "{} bytes", (**bytes).as_ref().len()),
            Origin::Path(path) | Origin::Read { path, .. } => write!(f, "{}", path.display()),
            Origin::Pixels(image) => write!(f, "{} {} pixels", image.size(), image.layout()),
        }
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Self::shared(bytes)
    }
}

impl From<&'static [u8]> for Source {
    fn from(bytes: &'static [u8]) -> Self {
        Self::shared(bytes)
    }
}

impl<const N: usize> From<&'static [u8; N]> for Source {
    fn from(bytes: &'static [u8; N]) -> Self {
        Self::shared(bytes)
    }
}

impl From<Arc<[u8]>> for Source {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::shared(bytes)
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

impl From<&std::path::Path> for Source {
    fn from(path: &std::path::Path) -> Self {
        Self::path(path)
    }
}

impl From<&str> for Source {
    fn from(path: &str) -> Self {
        Self::path(path)
    }
}

impl From<Image> for Source {
    fn from(image: Image) -> Self {
        Self::from(Arc::new(image))
    }
}

impl From<Arc<Image>> for Source {
    fn from(image: Arc<Image>) -> Self {
        Self::of(Origin::Pixels(image))
    }
}
