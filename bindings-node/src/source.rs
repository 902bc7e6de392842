//! An input: bytes, a path, raw pixels, or bytes that are yet to come.

use std::sync::{Arc, OnceLock};

use napi::Env;
use napi::bindgen_prelude::{ObjectFinalize, Unknown};
use napi_derive::napi;

use crate::error::{Fault, Given, guard};
use crate::image;

/// The bytes of a stream; empty until all have come.
#[derive(Default)]
struct Late(Arc<OnceLock<Vec<u8>>>);

impl AsRef<[u8]> for Late {
    fn as_ref(&self) -> &[u8] {
        self.0.get().map_or(&[], Vec::as_slice)
    }
}

/// A new source; under a name of its own, because `napi` does not know `Self`.
type Opened = Given<Source>;

/// One input of a pipeline, with a copy of its bytes.
///
/// Bytes are copied once, when they are opened: a job reads them on another thread, and JavaScript may write
/// to a buffer, transfer it or end its worker meanwhile. It costs a hundredth of a decode.
#[napi(custom_finalize)]
pub struct Source {
    source: makeready::Source,
    late: Late,
    /// What has come of the late bytes.
    parts: Vec<u8>,
    /// Bytes that the garbage collector knows this object to hold.
    held: i64,
}

/// Bytes outside of the heap of JavaScript count in it: else thousands of small objects with large
/// pictures behind them would look like no memory at all.
impl ObjectFinalize for Source {
    fn finalize(self, env: Env) -> napi::Result<()> {
        env.adjust_external_memory(-self.held).map(|_| ())
    }
}

impl Source {
    fn new(source: makeready::Source) -> Self {
        Self { source, late: Late::default(), parts: Vec::new(), held: 0 }
    }

    fn holding(mut self, env: &Env, bytes: usize) -> Result<Self, Fault> {
        self.hold(env, bytes)?;
        Ok(self)
    }

    fn hold(&mut self, env: &Env, bytes: usize) -> Result<(), Fault> {
        self.held = i64::try_from(bytes).unwrap_or(i64::MAX);
        env.adjust_external_memory(self.held)?;
        Ok(())
    }

    /// The core's source; clones share its bytes.
    pub(crate) fn share(&self) -> makeready::Source {
        self.source.clone()
    }
}

#[napi]
impl Source {
    /// A copy of a file's bytes.
    #[napi]
    pub fn bytes(env: Env, bytes: &[u8]) -> Opened {
        guard(|| Self::new(copy(bytes)?.into()).holding(&env, bytes.len()))
    }

    /// A file.
    #[napi]
    pub fn path(path: String) -> Opened {
        guard(|| Ok(Self::new(makeready::Source::path(path))))
    }

    /// A copy of raw pixels; `samples` are those of `shape`, which tells width, height and channels.
    #[napi]
    pub fn pixels(env: Env, samples: &[u8], shape: Unknown<'_>) -> Opened {
        guard(|| {
            let image = image::read(copy(samples)?, shape)?;
            Self::new(image.into()).holding(&env, samples.len())
        })
    }

    /// Bytes that come later, by `push` and `finish`.
    #[napi]
    pub fn late() -> Opened {
        guard(|| {
            let late = Late::default();
            let source = makeready::Source::shared(Late(Arc::clone(&late.0)));
            Ok(Self { late, ..Self::new(source) })
        })
    }

    /// Adds a copy of some late bytes; gives how many have come.
    #[napi]
    pub fn push(&mut self, bytes: &[u8]) -> Given<f64> {
        guard(|| {
            self.parts.try_reserve(bytes.len()).map_err(|_| out_of_memory(bytes.len()))?;
            self.parts.extend_from_slice(bytes);
            Ok(self.parts.len() as f64)
        })
    }

    /// Says that all late bytes have come.
    #[napi]
    pub fn finish(&mut self, env: Env) -> Given<()> {
        guard(|| {
            let mut parts = std::mem::take(&mut self.parts);
            parts.shrink_to_fit();
            self.hold(&env, parts.len())?;
            self.late.0.set(parts).map_err(|_| Fault::Internal("bytes came twice".to_owned()))
        })
    }
}

fn copy(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).map_err(|_| out_of_memory(bytes.len()))?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

fn out_of_memory(bytes: usize) -> Fault {
    Fault::Environment(format!("could not reserve {bytes} bytes of memory"))
}
