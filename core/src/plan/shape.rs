//! What an operation gives: its size and layout, from those of its inputs.

use super::Input;
use super::op::Op;
use crate::error::{Error, Result};
use crate::ops::records::{Paint, StitchOp};
use crate::picture::geometry::{Rect, Size, covers};
use crate::picture::image::{Colour, Layout};
use crate::picture::shape::Shape;
use crate::recipe::options::Blend;

/// The shape of `op` on inputs of these shapes. Refuses what does not fit, so that a plan that was
/// inferred can be executed.
pub(crate) fn infer(op: &Op, shapes: &[Shape], inputs: &[Input]) -> Result<Shape> {
    match op {
        Op::Decode { input, scale, region, layout } => {
            let scaled = inputs[*input].header().size.scaled(*scale);
            inside("the region of a decode", *region, scaled)?;
            Ok(Shape::new(region.size(), *layout))
        }
        Op::Copy { input } => {
            let header = inputs[*input].header();
            Ok(Shape::new(header.size, header.layout))
        }
        Op::Stitch(stitch) => stitched(stitch, shapes),
        _ => {
            let [shape] = shapes else {
                return Err(Error::internal(format!("{op} has {} inputs", shapes.len())));
            };
            one(op, *shape)
        }
    }
}

/// The shape of an operation on one picture.
fn one(op: &Op, shape: Shape) -> Result<Shape> {
    let Shape { size, layout } = shape;
    Ok(match op {
        Op::Orient(orientation) => Shape::new(orientation.size(size), layout),
        Op::Crop(rect) => {
            inside("a crop", *rect, size)?;
            Shape::new(rect.size(), layout)
        }
        Op::Resize(resize) => {
            if resize.from.width == 0 || resize.from.height == 0 {
                return Err(Error::internal(format!("resize from {} of {size}", resize.from)));
            }
            inside("the window of a resize", resize.window, resize.to)?;
            Shape::new(resize.window.size(), resize.layout(layout))
        }
        Op::Picture(op) => op.op().shape(shape)?,
        // The file is the same kind of picture, whichever way its samples came.
        Op::Encode(_) => match layout {
            Layout::YCbCr(_) => Shape::new(size, Layout::Rgb),
            _ => shape,
        },
        _ => shape,
    })
}

/// `invalid_option` unless `rect` has pixels and lies in a picture of `size`.
fn inside(what: &str, rect: Rect, size: Size) -> Result<()> {
    if rect.fits(size) {
        return Ok(());
    }
    Err(Error::invalid_option(format!("{what} lies within {size}, found {rect}")))
}

/// The layout of a stitch: colour where an input or the background has some, alpha where the background is not opaque
/// or an input stays clear, as nothing opaque lies below all of it.
pub(crate) fn stitch_layout(places: &[Rect], layouts: &[Layout], background: Colour) -> Layout {
    let colour = layouts.iter().any(|layout| layout.has_colour()) || !background.is_gray();
    let clear = (0..places.len().min(layouts.len())).any(|input| {
        let opaque =
            std::iter::zip(&places[..input], layouts).filter(|(_, layout)| !layout.has_alpha());
        layouts[input].has_alpha() && !covers(opaque.map(|(place, _)| *place), places[input])
    });
    Layout::interleaved(colour, clear || !background.is_opaque())
}

/// The layout of two pictures of which the second is painted on all of the first.
fn painted_layout(paint: Paint, below: Layout, above: Layout) -> Layout {
    match paint {
        Paint::Alpha | Paint::Blend(Blend::DestIn) => Layout::interleaved(below.has_colour(), true),
        Paint::Blend(_) => {
            Layout::interleaved(below.has_colour() || above.has_colour(), below.has_alpha())
        }
    }
}

/// The layouts that two such pictures have, so that one can be painted on the other.
pub(crate) fn painted_layouts(paint: Paint, below: Layout, above: Layout) -> [Layout; 2] {
    let canvas = painted_layout(paint, below, above);
    let above = match paint {
        Paint::Alpha => Layout::Gray,
        Paint::Blend(_) => Layout::interleaved(canvas.has_colour(), true),
    };
    [canvas, above]
}

/// As [`stitched`], where one picture is painted on another.
fn painted(stitch: &StitchOp, shapes: &[Shape]) -> Result<Shape> {
    let ([below, above], [first, second]) = (shapes, &stitch.places[..]) else {
        return Err(Error::internal("one picture is painted on one other"));
    };
    let fits = *first == Rect::whole(stitch.size)
        && below.size == stitch.size
        && second.fits(stitch.size)
        && second.size() == above.size
        && painted_layouts(stitch.paint, below.layout, above.layout)
            == [below.layout, above.layout]
        && below.layout.planes().len() == 1;
    if !fits {
        return Err(Error::internal("a picture that is painted on another does not fit"));
    }
    Ok(*below)
}

/// Every input lies in its place and has the canvas's layout, or that with alpha.
fn stitched(stitch: &StitchOp, shapes: &[Shape]) -> Result<Shape> {
    if stitch.paint != Paint::OVER {
        return painted(stitch, shapes);
    }
    let planar = shapes.first().map(|shape| shape.layout).filter(|l| l.planes().len() > 1);
    let layouts: Vec<Layout> = shapes.iter().map(|shape| shape.layout).collect();
    let of_inputs = || stitch_layout(&stitch.places, &layouts, stitch.background);
    let layout = planar.unwrap_or_else(of_inputs);
    let blended = Layout::interleaved(layout.has_colour(), true);
    let fits = |(place, shape): (&Rect, &Shape)| {
        place.fits(stitch.size)
            && place.size() == shape.size
            && (shape.layout == layout || (planar.is_none() && shape.layout == blended))
    };
    if stitch.places.len() != shapes.len() || !stitch.places.iter().zip(shapes).all(fits) {
        return Err(Error::internal("the inputs of a stitch do not fit their places"));
    }
    Ok(Shape::new(stitch.size, layout))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::image::Subsampling;

    const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba];

    /// A canvas of two places, and inputs of which one does not fit.
    #[test]
    fn inputs_of_a_stitch_fit_their_places_and_its_layout() {
        let side = Size::new(2, 2);
        let stitch = |second: Rect| StitchOp {
            size: Size::new(4, 2),
            places: vec![Rect::new(0, 0, 2, 2), second],
            background: Colour::BLACK,
            paint: Paint::OVER,
        };
        let right = Rect::new(2, 0, 2, 2);
        let planes = Layout::YCbCr(Subsampling::S420);
        let rgb = Layout::Rgb;
        let alpha = Layout::Rgba;
        for (first, second, size, place, fits) in [
            (rgb, rgb, side, right, true),
            (rgb, alpha, side, Rect::new(0, 0, 2, 2), true),
            (planes, planes, side, right, true),
            (rgb, rgb, side, Rect::new(3, 0, 2, 2), false),
            (rgb, rgb, Size::new(2, 1), right, false),
            (rgb, Layout::Gray, side, right, false),
            (rgb, Layout::GrayA, side, right, false),
            (rgb, planes, side, right, false),
            (planes, rgb, side, right, false),
            (planes, alpha, side, right, false),
        ] {
            let shapes = [Shape::new(side, first), Shape::new(size, second)];
            let found = stitched(&stitch(place), &shapes);
            assert_eq!(found.is_ok(), fits, "{first} and {second} of {size} at {place}: {found:?}");
        }
        let one = [Shape::new(side, rgb)];
        assert!(stitched(&stitch(right), &one).is_err());
    }

    /// A canvas that another picture is painted on, and what of both does not fit.
    #[test]
    fn a_painted_picture_fits_the_canvas_and_has_its_layout() {
        let (size, place) = (Size::new(4, 2), Rect::new(1, 0, 2, 2));
        let whole = Rect::whole(size);
        let below = Shape::new(size, Layout::Rgb);
        let above = Shape::new(place.size(), Layout::Rgba);
        let planes = Shape::new(size, Layout::YCbCr(Subsampling::S420));
        let thin = Shape::new(Size::new(2, 1), Layout::Rgba);
        let opaque = Shape::new(place.size(), Layout::Rgb);
        for (first, below, second, above, fits) in [
            (whole, below, place, above, true),
            (Rect::new(0, 0, 4, 1), below, place, above, false),
            (whole, Shape::new(Size::new(4, 1), Layout::Rgb), place, above, false),
            (whole, below, Rect::new(3, 0, 2, 2), above, false),
            (whole, below, place, thin, false),
            (whole, below, place, opaque, false),
            (whole, planes, place, above, false),
        ] {
            let paint = Paint::Blend(Blend::Multiply);
            let background = Colour::BLACK;
            let op = StitchOp { size, places: vec![first, second], background, paint };
            let found = stitched(&op, &[below, above]);
            assert_eq!(found.is_ok(), fits, "{first} {below:?}, {second} {above:?}: {found:?}");
        }
    }

    /// Two inputs of all layouts, side by side and one over the other, on every kind of background.
    #[test]
    fn a_canvas_has_the_colour_and_the_alpha_that_something_on_it_has() {
        let gray = Colour::rgb(30, 30, 30);
        let backgrounds = [
            gray,
            Colour { alpha: 9, ..gray },
            Colour::rgb(200, 30, 40),
            Colour { alpha: 9, ..Colour::rgb(200, 30, 40) },
        ];
        let (left, right) = (Rect::new(0, 0, 2, 2), Rect::new(2, 0, 2, 2));
        for background in backgrounds {
            for (below, above) in LAYOUTS.iter().flat_map(|a| LAYOUTS.map(|b| (*a, b))) {
                let found = |places: [Rect; 2]| {
                    let layout = stitch_layout(&places, &[below, above], background);
                    (layout.has_colour(), layout.has_alpha())
                };
                let colour =
                    below.has_colour() || above.has_colour() || background.red != background.green;
                let clear = background.alpha < 255;
                let what = format!("{below} and {above} on {background}");
                let either = below.has_alpha() || above.has_alpha();
                assert_eq!(found([left, right]), (colour, clear || either), "{what} beside");
                // Over something opaque nothing stays clear.
                let lower = below.has_alpha();
                assert_eq!(found([left, left]), (colour, clear || lower), "{what} over");
                // Over a part of something opaque the other part does.
                let part = Rect::new(0, 0, 1, 2);
                assert_eq!(found([part, left]), (colour, clear || either), "{what} partly over");
            }
        }
    }
}
