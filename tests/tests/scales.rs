//! Scaled decodes: what comes before them keeps its place, at every scale that splits no pixel.

use std::collections::BTreeSet;

use makeready::{
    Colour, Edges, Fit, Image, Jpeg, Kernel, Layout, Optimizations, Pipeline, Quarter, Rect,
    Resize, Result, Shrink, Size, Stitch,
};
use makeready_tests::compare::difference;
use makeready_tests::image;

/// A level for every pixel across and down: a picture moved by one pixel at any scale has other samples.
fn ramp() -> Result<Vec<u8>> {
    let (width, height) = (160_u32, 96);
    let level = |n: u32| (n % width + n / width / 2).to_le_bytes()[0];
    let samples = (0..width * height).map(level).collect();
    let image = Image::new(Size::new(width, height), Layout::Gray, samples)?;
    Ok(Pipeline::open(image).encode(Jpeg::quality(100)).run()?.data)
}

/// The largest difference of two pictures within their two outermost rows and columns.
fn difference_within(a: &Image, b: &Image) -> u8 {
    assert_eq!((a.size(), a.layout()), (b.size(), b.layout()));
    let Size { width, height } = a.size();
    let inside = (2..height - 2).flat_map(|y| (2..width - 2).map(move |x| y * width + x));
    let apart = |at: u32| a.data()[at as usize].abs_diff(b.data()[at as usize]);
    inside.map(apart).max().unwrap_or(0)
}

/// Crops at every place within a block, at every scale: at its edges alone is there more than a rounding.
#[test]
fn a_crop_at_any_place_keeps_it_at_every_scale() -> Result<()> {
    let file = ramp()?;
    let mut scales = BTreeSet::new();
    for place in 0..9 {
        for scale in [2, 4, 8] {
            let rect = Rect::new(place, (place * 5) % 9, 128 + place, 80 + place / 2);
            let size = (rect.width / scale, rect.height / scale);
            let resize = Resize::from(size).fit(Fit::Fill).kernel(Kernel::Linear);
            let job = Pipeline::open(file.clone()).crop(rect).resize(resize).shrink(Shrink::Fast);
            scales.insert(job.plan()?.decodes[0].scale);
            let expected = job.clone().optimizations(Optimizations::none()).pixels()?;
            let apart = difference_within(&job.pixels()?, &expected);
            assert!(apart <= 1, "{rect} at 1/{scale}: {apart} apart");
        }
    }
    assert_eq!(scales, BTreeSet::from([2, 4, 8]));
    Ok(())
}

/// Edges, gaps and canvases of any width: the decode is scaled as far as no end of any splits a pixel, and no further.
#[test]
fn edges_gaps_and_canvases_are_scaled_as_far_as_they_split_no_pixel() -> Result<()> {
    let file = ramp()?;
    let level = Colour::rgb(90, 90, 90);
    let open = || Pipeline::open(file.clone());
    let page = |stitch: Stitch, count| {
        Pipeline::stitch(stitch.background(level), (0..count).map(|_| open()))
    };
    for width in 0..9 {
        // Of two of the edges the sum is whole at every scale.
        let (more, less) = (width, 8 - width);
        let uneven = Edges { top: less, right: more, bottom: more, left: less };
        let jobs = [
            open().extend(uneven, level),
            open().extend(Edges::all(more), level),
            open().extend(Edges { left: more, ..Edges::default() }, level),
            open().extend(Edges { bottom: more, ..Edges::default() }, level),
            page(Stitch::canvas(160 + width, 96).at([(0, 0)]), 1),
            page(Stitch::canvas(160, 96 + width).at([(0, 0)]), 1),
            page(Stitch::canvas(170, 96 + width).at([(width, 0)]), 1),
            page(Stitch::across(2).gap(width), 2),
            page(Stitch::across(1).gap(width), 2),
        ];
        for (index, job) in jobs.into_iter().enumerate() {
            // A canvas of 170 columns is whole at 1/2 at most.
            let most = if index == 6 { 2 } else { 8 };
            let whole = |scale: &u32| *scale <= most && width.is_multiple_of(*scale);
            let Size { width: across, height: down } = job.plan()?.size();
            for scale in [2, 4, 8] {
                let resize = Resize::fill(across / scale, down / scale);
                let small = job.clone().resize(resize).shrink(Shrink::Fast);
                let scales = [8, 4, 2].into_iter().filter(|&at| at <= scale).find(whole);
                let decodes = small.plan()?.decodes;
                let found: BTreeSet<u32> = decodes.iter().map(|decode| decode.scale).collect();
                let expected = scales.unwrap_or(1);
                assert_eq!(found, BTreeSet::from([expected]), "job {index}, {width}, 1/{scale}");
                if expected == 1 {
                    let written = small.clone().optimizations(Optimizations::none());
                    assert_eq!(small.pixels()?, written.pixels()?, "job {index}, {width}");
                }
            }
        }
    }
    Ok(())
}

/// The rule that turns the small picture changes roundings alone.
#[test]
fn turning_after_a_shrink_rounds_otherwise_by_two_at_most() -> Result<()> {
    for tag in 2..=8 {
        for kernel in [Kernel::Linear, Kernel::Mitchell, Kernel::Lanczos3] {
            for input in ["photo-444.jpg", "rgba.png"] {
                let turned = turned(Pipeline::open(image(input)), tag)
                    .resize(Resize::inside(71, 53).kernel(kernel))
                    .shrink(Shrink::Off);
                let off = Optimizations::all().with("orient_after_resize", false)?;
                assert!(turned.explain()?.contains("orient_after_resize x1"), "{tag}");
                let expected = turned.clone().optimizations(off).pixels()?;
                let apart = difference(&turned.pixels()?, &expected);
                assert!(apart.max <= 2, "orientation {tag}, {kernel:?}, {input}: {apart:?}");
            }
        }
    }
    Ok(())
}

/// The operations that an EXIF orientation stands for.
fn turned(pipeline: Pipeline, tag: u16) -> Pipeline {
    let orientation = makeready::Orientation::from_exif(tag);
    let mirrored = if orientation.mirrored() { pipeline.flop() } else { pipeline };
    match orientation.quarters() {
        1 => mirrored.rotate(Quarter::One),
        2 => mirrored.rotate(Quarter::Two),
        3 => mirrored.rotate(Quarter::Three),
        _ => mirrored,
    }
}
