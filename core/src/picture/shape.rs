//! The shape of a picture: its size and its layout.

use super::geometry::Size;
use super::image::Layout;

/// Size and layout of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) size: Size,
    pub(crate) layout: Layout,
}

impl Shape {
    pub(crate) const fn new(size: Size, layout: Layout) -> Self {
        Self { size, layout }
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.size, self.layout)
    }
}
