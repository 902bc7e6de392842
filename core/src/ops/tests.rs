//! Every operation answers every question alike: what rules make of it gives the same pixels.

use std::slice;
use std::sync::Arc;

use super::*;
use crate::picture::image::{Colour, Layout};
use crate::picture::shape::Shape;
use crate::recipe::options::{Edges, ExtendMode};

/// Each operation of the list with its defaults.
macro_rules! defaults {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident($($arg:ident: $Arg:ty),*) => $Record:ident $fields:tt, $by_place:literal;
    )+) => {
        fn defaults() -> Vec<AnyPictureOp> {
            vec![$($Record::default().into()),+]
        }
    };
}

picture_operations!(defaults);

/// Each operation on all layouts, and some with options that show more.
fn samples() -> Vec<(AnyPictureOp, Layout)> {
    let background = Colour::rgb(200, 100, 50);
    let edges = Edges { top: 2, right: 4, bottom: 0, left: 6 };
    let mut samples: Vec<(AnyPictureOp, Layout)> = vec![
        (Flatten { background }.into(), Layout::Rgba),
        (Extend { edges, background, ..Extend::default() }.into(), Layout::Rgb),
        (Extend { edges, ..Extend::with(ExtendMode::Copy) }.into(), Layout::Rgb),
        (Extend { edges, ..Extend::with(ExtendMode::Mirror) }.into(), Layout::Rgba),
        (Extend { edges, ..Extend::with(ExtendMode::Repeat) }.into(), Layout::Gray),
        (Clahe::from((3, 4)).into(), Layout::Rgb),
        (Clahe::from((20, 1)).into(), Layout::GrayA),
        (Convert { layout: Layout::Rgba }.into(), Layout::Gray),
        (Convert { layout: Layout::Rgb }.into(), Layout::Rgb),
    ];
    // A window has no default.
    for op in defaults().into_iter().filter(|op| !matches!(op, AnyPictureOp::Clahe(_))) {
        for input in [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba] {
            let layout = op.op().layout(input).expect("defaults that it takes");
            samples.push((op.clone(), layout));
        }
    }
    samples
}

fn picture(shape: Shape) -> Result<Arc<Band>> {
    let mut band = Band::new(shape.layout, shape.size.width, 0..shape.size.height)?;
    for (sample, byte) in band.plane_mut(0).iter_mut().zip((0_u8..=255).cycle().step_by(7)) {
        *sample = byte;
    }
    Ok(Arc::new(band))
}

fn made(op: &dyn PictureOp, input: &Arc<Band>) -> Result<Arc<Band>> {
    let shape = Shape::new(input.size(), input.layout());
    let Shape { size, layout } = op.shape(shape)?;
    let mut out = Band::new(layout, size.width, 0..size.height)?;
    op.rows(shape, Level::detect()).run(&[BandRows::new(slice::from_ref(input))], &mut out)?;
    Ok(Arc::new(out))
}

fn part(input: &Arc<Band>, rect: Rect) -> Result<Arc<Band>> {
    let mut out = Band::new(input.layout(), rect.width, 0..rect.height)?;
    crop::Crop { rect }.run(&[BandRows::new(slice::from_ref(input))], &mut out)?;
    Ok(Arc::new(out))
}

#[test]
fn a_crop_below_an_operation_is_a_crop_above_it() -> Result<()> {
    for (op, layout) in samples() {
        let input = picture(Shape::new(Size::new(9, 5), layout))?;
        let whole = made(op.op(), &input)?;
        let Size { width, height } = whole.size();
        for rect in [Rect::whole(whole.size()), Rect::new(1, 1, width - 2, height - 2)] {
            let Some(cropped) = op.op().cropped(rect, input.size()) else {
                continue;
            };
            let below = made(cropped.op.op(), &part(&input, cropped.input)?)?;
            assert_eq!(below.plane(0), part(&whole, rect)?.plane(0), "{} {rect}", op.op());
        }
    }
    Ok(())
}

#[test]
fn what_changes_nothing_gives_its_input() -> Result<()> {
    for (op, layout) in samples() {
        // Nobody has looked for them: plans show them all the same.
        if matches!(op, AnyPictureOp::Trim(_) | AnyPictureOp::Normalize(_)) {
            continue;
        }
        let shape = Shape::new(Size::new(9, 5), layout);
        let input = picture(shape)?;
        let made = made(op.op(), &input)?;
        let same = made.layout() == layout && made.plane(0) == input.plane(0);
        assert_eq!(op.op().changes_nothing(shape), same, "{} of {shape}", op.op());
    }
    Ok(())
}

#[test]
fn at_a_scale_an_operation_has_the_shape_at_that_scale() -> Result<()> {
    for (op, layout) in samples() {
        let shape = |scale: u32| Shape::new(Size::new(16 / scale, 8 / scale), layout);
        let Some(scaled) = op.op().scaled(2) else {
            continue;
        };
        let (full, half) = (op.op().shape(shape(1))?, scaled.op().shape(shape(2))?);
        assert_eq!((full.size.scaled(2), full.layout), (half.size, half.layout), "{}", op.op());
    }
    Ok(())
}
