//! Where an input comes from: bytes, a path or raw pixels; shared, never copied.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::error::{Error, Result};
use crate::image::Image;
use crate::limits::check;

/// The bytes of a file, shared between the job and its decoders.
pub(crate) type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// One input of a pipeline. Clones share the same bytes.
///
/// Made by `into()` from a `Vec<u8>`, a `&'static [u8]`, an `Arc<[u8]>`, a path, or an [`Image`] (shared too), or by
/// [`Source::shared`] from anything that owns bytes.
#[derive(Clone)]
pub struct Source(Arc<Origin>);

enum Origin {
    Bytes(Bytes),
    Path { path: PathBuf, bytes: OnceLock<Bytes> },
    Pixels(Arc<Image>),
}

impl Source {
    /// Bytes that something else owns, a memory map or a foreign buffer for instance; never copied.
    pub fn shared(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Origin::Bytes(Arc::new(bytes))))
    }

    /// A file, read when a plan or a run needs it first.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Origin::Path { path: path.into(), bytes: OnceLock::new() }))
    }

    /// The file name, for error messages.
    pub(crate) fn name(&self) -> Option<String> {
        match &*self.0 {
            Origin::Path { path, .. } => Some(path.display().to_string()),
            _ => None,
        }
    }

    /// The raw pixels, where it is such.
    pub(crate) fn pixels(&self) -> Option<&Image> {
        match &*self.0 {
            Origin::Pixels(image) => Some(image),
            _ => None,
        }
    }

    /// The whole file; a path is read once and kept for the clones. Nothing longer than `max` bytes
    /// is read.
    pub(crate) fn bytes(&self, max: u64) -> Result<Bytes> {
        let bytes = match &*self.0 {
            Origin::Bytes(bytes) => Arc::clone(bytes),
            Origin::Path { path, bytes } => match bytes.get() {
                Some(bytes) => Arc::clone(bytes),
                None => {
                    let read: Bytes = Arc::new(read_at_most(path, max)?);
                    Arc::clone(bytes.get_or_init(|| read))
                }
            },
            Origin::Pixels(_) => return Err(Error::internal("raw pixels have no file")),
        };
        check("max_input_bytes", max, (*bytes).as_ref().len() as u64)?;
        Ok(bytes)
    }

    /// Memory that a job newly holds for this input: a file read from a path.
    pub(crate) fn held_bytes(&self) -> u64 {
        match &*self.0 {
            Origin::Path { bytes, .. } => {
                bytes.get().map_or(0, |bytes| (**bytes).as_ref().len() as u64)
            }
            _ => 0,
        }
    }

    /// Whether both give the same picture: the same object, or equal bytes.
    pub(crate) fn same(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.0, &other.0) {
            return true;
        }
        match (&*self.0, &*other.0) {
            (Origin::Bytes(a), Origin::Bytes(b)) => (**a).as_ref() == (**b).as_ref(),
            (Origin::Path { path: a, .. }, Origin::Path { path: b, .. }) => a == b,
            (Origin::Pixels(a), Origin::Pixels(b)) => a == b,
            _ => false,
        }
    }
}

fn read_at_most(path: &PathBuf, max: u64) -> Result<Vec<u8>> {
    let failed = |source| Error::io("cannot be read", source);
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    check("max_input_bytes", max, length)?;
    let mut bytes = Vec::new();
    let room = usize::try_from(length).map_err(|_| Error::out_of_memory(length))?;
    bytes.try_reserve_exact(room).map_err(|_| Error::out_of_memory(length))?;
    // A file may grow while it is read: one byte more than allowed tells.
    file.take(max.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.0 {
            Origin::Bytes(bytes) => write!(f, "{} bytes", (**bytes).as_ref().len()),
            Origin::Path { path, .. } => write!(f, "{}", path.display()),
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
        Self(Arc::new(Origin::Pixels(image)))
    }
}
