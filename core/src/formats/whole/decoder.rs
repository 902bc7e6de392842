//! Decodes all rows of a file through the crate `image`.

use std::io::BufReader;
use std::sync::Arc;

use image::{ImageDecoder, ImageError, ImageResult, Limits as ImageLimits};

use super::super::Decoder;
use super::super::optional::blamed;
use super::super::part_stream::{Part, PartStream};
use super::{BUFFER, Stream, WholeFile};
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::image::band::{Band, zeroed};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// A decode that has not begun.
pub(super) struct WholeDecoder {
    pub(super) file: Bytes,
    pub(super) parts: Vec<Part>,
    pub(super) begin: fn(Stream) -> ImageResult<WholeFile>,
    pub(super) format: Format,
    pub(super) limits: Limits,
    pub(super) recover: bool,
    /// The reason if some pixels are missing.
    pub(super) damage: Option<Error>,
}

impl WholeDecoder {
    /// Fills the samples, as far as the file has them.
    fn fill(&self, samples: &mut [u8], watch: &Watch) -> Result<()> {
        let (stream, watching) = PartStream::new(Arc::clone(&self.file), self.parts.clone());
        watching.set(watch);
        let fault = |error| fault(error, self.format, &self.limits, watching.ran_out());
        let mut begun = (self.begin)(BufReader::with_capacity(BUFFER, stream)).map_err(fault)?;
        begun.set_limits(within(&self.limits)).map_err(fault)?;
        let bytes = begun.total_bytes();
        if bytes == samples.len() as u64 {
            return begun.read_image_boxed(samples).map_err(fault);
        }
        if bytes != 2 * samples.len() as u64 {
            return Err(Error::internal("the band has not the size and layout of the file"));
        }
        let mut wide = zeroed(2 * samples.len())?;
        let read = begun.read_image_boxed(&mut wide).map_err(fault);
        for (sample, wide) in samples.iter_mut().zip(wide.as_chunks().0) {
            *sample = u16::from_ne_bytes(*wide).to_be_bytes()[0];
        }
        read
    }
}

impl Decoder for WholeDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        let samples = band.plane_mut(0);
        samples.fill(0);
        let filled = blamed(self.format, || self.fill(samples, watch));
        watch.check()?;
        match filled {
            Err(error) if self.recover && error.is_damage() => self.damage = Some(error),
            other => other?,
        }
        Ok(())
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

/// Limits in the terms of the crate.
fn within(limits: &Limits) -> ImageLimits {
    let mut within = ImageLimits::default();
    within.max_image_width = Some(limits.max_input_side);
    within.max_image_height = Some(limits.max_input_side);
    within.max_alloc = Some(limits.max_memory);
    within
}

/// The library's error for one of the crate, which may have run out of bytes.
#[cold]
pub(super) fn fault(error: ImageError, format: Format, limits: &Limits, ran_out: bool) -> Error {
    match error {
        _ if ran_out => {
            Error::truncated(format!("the {format} ends within its pixels or before them"))
        }
        ImageError::Unsupported(what) => Error::unsupported(format!("{format}: {what}")),
        ImageError::Limits(_) => Error::limit_exceeded(
            "max_memory",
            limits.max_memory,
            limits.max_memory.saturating_add(1),
        ),
        other => Error::malformed(format!("{format}: {other}")),
    }
}
