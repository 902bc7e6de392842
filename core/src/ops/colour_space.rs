//! Colour space: converts samples from the profile of their file.

mod conversion;
mod inks;
mod known;
mod parsed;
mod written;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use makeready_kernels::Level;

use super::{AnyPictureOp, Cropped, PictureOp, RowOp};
use crate::error::Result;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::{Band, BandRows};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
pub(crate) use conversion::Conversion;
pub(crate) use known::conversion;
pub(crate) use parsed::profile_name;
pub(crate) use written::written;

/// Converts the samples of a decode, each pixel by itself.
#[derive(Debug, Clone)]
pub(crate) struct ConvertColours {
    pub(crate) conversion: Arc<Conversion>,
}

/// Equal profiles have one conversion, which [`known`] keeps.
impl PartialEq for ConvertColours {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.conversion, &other.conversion)
    }
}

impl Eq for ConvertColours {}

impl Hash for ConvertColours {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.conversion).hash(state);
    }
}

impl fmt::Display for ConvertColours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "colours {}", self.conversion)
    }
}

impl PictureOp for ConvertColours {
    fn shape(&self, input: Shape) -> Result<Shape> {
        Ok(Shape::new(input.size, self.conversion.to()))
    }

    fn cropped(&self, rect: Rect, _: Size) -> Option<Cropped> {
        Some(Cropped { input: rect, op: self.clone().into() })
    }

    fn scaled(&self, _: u32) -> Option<AnyPictureOp> {
        Some(self.clone().into())
    }

    fn belongs_to_decode(&self) -> bool {
        true
    }

    fn follows_shrink(&self) -> bool {
        true
    }

    fn rows(&self, _: Shape, _: Level) -> Box<dyn RowOp> {
        Box::new(ConvertColoursRows { conversion: Arc::clone(&self.conversion) })
    }
}

struct ConvertColoursRows {
    conversion: Arc<Conversion>,
}

impl RowOp for ConvertColoursRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        rows
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        let (stride, rows) = (out.stride(0), out.rows());
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            self.conversion.convert(inputs[0].row(0, y), target)?;
        }
        Ok(())
    }

    fn held(&self) -> u64 {
        self.conversion.memory()
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        let samples = made.layout.bytes(made.size) as f64;
        work.add_at(WorkKind::ConvertColours, self.conversion.level(), samples);
    }
}

#[cfg(test)]
mod tests;
