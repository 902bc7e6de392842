//! Trim, as in a plan that nobody has looked for yet: all of the picture may stay.

use std::fmt;

use makeready_kernels::Level;

use super::crop::Crop;
use super::{PictureOp, RowOp};
use crate::error::Result;
use crate::picture::geometry::Rect;
use crate::picture::shape::Shape;
use crate::recipe::options::Trim;
use crate::recipe::options::table::{Options, show};

impl fmt::Display for Trim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trim{}, by a look", show(&Self::fields(), &self.values()))
    }
}

impl PictureOp for Trim {
    fn shape(&self, input: Shape) -> Result<Shape> {
        Ok(input)
    }

    fn rows(&self, input: Shape, _: Level) -> Box<dyn RowOp> {
        Box::new(Crop { rect: Rect::whole(input.size) })
    }
}
