//! An input: bytes, a path, or raw pixels.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use makeready::{Layout, Size};
use napi::bindgen_prelude::{Uint8Array, Unknown};
use napi_derive::napi;

use crate::copies;
use crate::error::{Fault, Given, guard};
use crate::image;

/// A new source; under a name of its own, because `napi` does not know `Self`.
type Opened = Given<Source>;

/// One input of pipelines. It is filled just before they are planned or run and emptied right after.
///
/// So no bytes wait here for the garbage collector, which does not see them: bytes that a job reads are freed with
/// the job. And each job has the bytes that there are when it begins.
#[napi]
pub struct Source(Rc<Slot>);

/// The state that a source shares with the pipelines that begin with it.
pub(crate) struct Slot {
    kind: Kind,
    /// Its name in a definition.
    name: OnceCell<String>,
    /// Stands for it where no bytes are needed, the same one each time.
    empty: OnceCell<makeready::Source>,
    filled: RefCell<Option<makeready::Source>>,
}

enum Kind {
    Path(String),
    Bytes,
    Pixels(Size, Layout),
}

impl Slot {
    /// The core's source; clones share its bytes.
    pub(crate) fn source(&self) -> Result<makeready::Source, Fault> {
        let source = self.filled.borrow().clone();
        source.ok_or_else(|| Fault::Internal("an input was not filled".to_owned()))
    }

    /// A source without bytes, of the same name.
    pub(crate) fn empty_source(&self) -> makeready::Source {
        let empty = || match &self.kind {
            Kind::Path(path) => self.named(makeready::Source::path(path)),
            Kind::Bytes | Kind::Pixels(..) => self.named(makeready::Source::from(b"")),
        };
        self.empty.get_or_init(empty).clone()
    }

    fn named(&self, source: makeready::Source) -> makeready::Source {
        match self.name.get() {
            Some(name) => source.named(name.as_str()),
            None => source,
        }
    }
}

impl Source {
    fn new(kind: Kind) -> Self {
        let (name, empty, filled) = (OnceCell::new(), OnceCell::new(), RefCell::new(None));
        Self(Rc::new(Slot { kind, name, empty, filled }))
    }

    pub(crate) fn slot(&self) -> Rc<Slot> {
        Rc::clone(&self.0)
    }

    /// Gives it the name that a definition has for it.
    pub(crate) fn name(&self, name: &str) {
        // A source is made for one definition.
        let _ = self.0.name.set(name.to_owned());
    }
}

#[napi]
impl Source {
    /// A file.
    #[napi]
    pub fn path(path: String) -> Opened {
        guard(|| Ok(Self::new(Kind::Path(path))))
    }

    /// A file's bytes.
    #[napi]
    pub fn bytes() -> Opened {
        guard(|| Ok(Self::new(Kind::Bytes)))
    }

    /// Raw pixels, of the width, height and channels that `shape` tells.
    #[napi]
    pub fn pixels(shape: Unknown<'_>) -> Opened {
        guard(|| {
            let (size, layout) = image::shape(shape)?;
            Ok(Self::new(Kind::Pixels(size, layout)))
        })
    }

    /// Gives it its bytes. They are lent where JavaScript waits for the work, and copied where it goes on and
    /// may write to them, transfer them or end its worker meanwhile; a copy costs a hundredth of a decode.
    #[napi]
    pub fn fill(&self, bytes: Option<Uint8Array>, copied: bool) -> Given<()> {
        guard(|| {
            let bytes = || bytes.ok_or_else(|| Fault::Internal("no bytes to fill".to_owned()));
            let source = match &self.0.kind {
                Kind::Path(path) => makeready::Source::path(path),
                Kind::Bytes if copied => copies::file(&bytes()?)?,
                Kind::Bytes => makeready::Source::shared(bytes()?),
                Kind::Pixels(size, layout) => copies::pixels(*size, *layout, &bytes()?)?,
            };
            self.0.filled.replace(Some(self.0.named(source)));
            Ok(())
        })
    }

    /// Takes its bytes away.
    #[napi]
    pub fn empty(&self) -> Given<()> {
        guard(|| {
            self.0.filled.take();
            Ok(())
        })
    }
}
