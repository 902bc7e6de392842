//! Bands and threads do not show, and a stitch is its canvas.

use std::collections::BTreeSet;
use std::sync::Arc;

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use makeready::{
    Colour, Edges, Encode, Fit, Image, Jpeg, Kernel, Layout, Optimizations, Pipeline, Png, Quarter,
    Rect, Resize, Result, Shrink, Size, Stitch, WebP, probe, run_all,
};
use makeready_tests::compare::{difference, hash};
use makeready_tests::corpus::corpus;
use makeready_tests::{case, image};

/// Output bytes of every case that has an output, for bands of 1, 8, 64 and all rows and 1, 2, 3 and 8
/// threads.
#[test]
fn bands_and_threads_do_not_show() -> Result<()> {
    let mut compared = 0;
    for case in case::all().iter().filter(|case| case.expect.error.is_none()) {
        let pipeline = case.pipeline()?;
        let reference = hash(&pipeline.clone().threads(1).run()?.data);
        for (rows, threads) in [(1, 1), (8, 2), (64, 3), (u32::MAX / 2, 8), (64, 2)] {
            let job = pipeline.clone().with_band_rows(rows).threads(threads);
            let found = hash(&job.run()?.data);
            assert_eq!(found, reference, "{}: bands of {rows}, {threads} threads", case.name);
        }
        compared += 1;
    }
    assert!(compared > 80, "{compared}");
    Ok(())
}

/// The same for a pass of several pipelines, which shares its decodes.
#[test]
fn a_pass_gives_what_its_pipelines_give_alone() -> Result<()> {
    let tiles = ["photo.jpg", "photo-444.jpg", "restart.jpg", "progressive.jpg"].map(image);
    let page = Pipeline::stitch(Stitch::across(2), tiles.clone()).shrink(Shrink::Off);
    let preview = page.clone().resize((200, 150));
    // Shared work must suit all outputs of a pass, so rules that would suit one output better are off.
    let rgb = Optimizations::all().with("keep_ycbcr", false)?;
    let pipelines = [
        page.clone().encode(Jpeg::quality(90)),
        preview.clone().encode(WebP::quality(80)),
        preview.encode(Jpeg::quality(80)),
        Pipeline::open(tiles[1].clone())
            .shrink(Shrink::Off)
            .rotate(Quarter::One)
            .encode(Png::default()),
        Pipeline::stitch(Stitch::across(1), [tiles[2].clone(), tiles[0].clone()])
            .shrink(Shrink::Off)
            .encode(Jpeg::quality(50)),
    ]
    .map(|pipeline| pipeline.optimizations(rgb.clone()));
    let mut alone = Vec::new();
    for pipeline in &pipelines {
        alone.push(hash(&pipeline.run()?.data));
    }
    for threads in [1, 2, 8] {
        for rows in [8, 64] {
            let mut together = pipelines.clone();
            together[0] = together[0].clone().threads(threads).with_band_rows(rows);
            let found: Vec<u64> =
                run_all(&together)?.iter().map(|output| hash(&output.data)).collect();
            assert_eq!(found, alone, "{threads} threads, bands of {rows}");
        }
    }
    Ok(())
}

#[test]
fn a_pool_of_the_caller_does_the_work() -> Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("a pool");
    let pipeline = Pipeline::open(image("photo.jpg")).resize((100, 100));
    let expected = pipeline.run()?.data;
    assert_eq!(pipeline.threads(Arc::new(pool)).run()?.data, expected);
    Ok(())
}

fn page_of(tiles: &[Vec<u8>], across: u32) -> Pipeline {
    Pipeline::stitch(Stitch::across(across), tiles.to_vec())
}

/// The stitched canvas as raw pixels.
fn canvas_of(tiles: &[Vec<u8>], across: u32) -> Result<Pipeline> {
    Ok(Pipeline::open(page_of(tiles, across).pixels()?))
}

#[test]
fn stitch_then_resize_is_resizing_the_canvas() -> Result<()> {
    let tiles = ["photo.jpg", "photo-422.jpg", "progressive.jpg", "photo-444.jpg"].map(image);
    let canvas = canvas_of(&tiles, 2)?;
    for resize in [
        Resize::cover(400, 300),
        Resize::cover(300, 300),
        Resize::inside(111, 97),
        Resize::fill(1100, 333).kernel(Kernel::Mitchell),
        Resize::contain(200, 200).kernel(Kernel::Cubic),
        Resize::width(77).linear(true),
    ] {
        let expected =
            canvas.clone().resize(resize).optimizations(Optimizations::none()).pixels()?;
        let off = page_of(&tiles, 2).resize(resize).optimizations(Optimizations::none());
        assert_eq!(off.pixels()?, expected, "{resize:?} with all rules off");
        let unshrunk = page_of(&tiles, 2).resize(resize).shrink(Shrink::Off);
        assert_eq!(unshrunk.pixels()?, expected, "{resize:?} with shrink off");
    }
    Ok(())
}

fn ssimulacra2(a: &Image, b: &Image) -> f64 {
    fn slice(image: &Image) -> PixelSlice<'_> {
        let Size { width, height } = image.size();
        let stride = width as usize * 3;
        PixelSlice::new(image.data(), width, height, stride, PixelDescriptor::RGB8_SRGB)
            .expect("RGB pixels")
    }
    compute_ssimulacra2(&slice(a), &slice(b)).expect("a score")
}

/// With all rules and the default shrink the result stays above 90 against that of the plan as written.
#[test]
fn the_default_shrink_keeps_quality() -> Result<()> {
    let Some(photos) = corpus("photos") else {
        return Ok(());
    };
    let eleph = ["00", "01", "10", "11"].map(|place| photos.join(format!("eleph_{place}.jpg")));
    let page = Pipeline::stitch(Stitch::across(2), eleph.iter().map(|path| path.as_path()));
    let single = |name: &str| Pipeline::open(photos.join(name));
    for (name, pipeline) in [
        ("page to 800x600", page.clone().resize((800, 600))),
        ("page to 500x375", page.resize((500, 375))),
        ("sharp's benchmark", single("bench-2725x2225.jpg").resize((720, 588))),
        ("12 MP to 320", single("eleph_full.jpg").resize(Resize::width(320))),
        ("progressive to 320", single("prog.jpg").resize(Resize::width(320))),
    ] {
        let unshrunk = pipeline.clone().optimizations(Optimizations::none()).pixels()?;
        let score = ssimulacra2(&unshrunk, &pipeline.pixels()?);
        assert!(score > 90.0, "{name}: SSIMULACRA2 {score:.2}");
        eprintln!("{name}: SSIMULACRA2 {score:.2}");
    }
    Ok(())
}

/// The way through planes is as good as the one through RGB: close to it, and no further from the
/// unscaled original than it is. As pixels they score more than 95 against each other. As JPEGs they cannot: at quality
/// 100 a file that is decoded and encoded once more scores 94.8 to 95.4 against itself, and two that halve their chroma
/// each in its own way at most 1.5 less than that.
#[test]
fn planes_are_as_good_as_rgb() -> Result<()> {
    let Some(photos) = corpus("photos") else { return Ok(()) };
    let eleph = ["00", "01", "10", "11"].map(|place| photos.join(format!("eleph_{place}.jpg")));
    let page = Pipeline::stitch(Stitch::across(2), eleph.iter().map(|path| path.as_path()));
    let single = |name: &str| Pipeline::open(photos.join(name));
    let rgb = Optimizations::all().with("keep_ycbcr", false)?;
    let decoded = |pipeline: &Pipeline| Pipeline::open(pipeline.run()?.data).pixels();
    for (name, planes_to_the_resize, pipeline) in [
        ("page to 800x600", false, page.clone().resize((800, 600)).shrink(Shrink::Off)),
        ("page to 800x600 at 1/2", true, page.resize((800, 600))),
        ("a thumbnail at 1/4", true, single("eleph_full.jpg").resize(Resize::width(320))),
        (
            "a thumbnail of a progressive file at 1/8",
            false,
            single("prog.jpg").resize(Resize::width(320)).shrink(Shrink::Fast),
        ),
        ("sharp's benchmark", false, single("bench-2725x2225.jpg").resize((720, 588))),
        ("a crop", false, single("eleph_full.jpg").crop(Rect::new(1000, 800, 1200, 900))),
    ] {
        let ideal = pipeline.clone().optimizations(Optimizations::none()).pixels()?;
        let compare = |what: &str, least: f64, by_planes: &Image, by_rgb: &Image| {
            let apart = ssimulacra2(by_rgb, by_planes);
            let (of_planes, of_rgb) = (ssimulacra2(&ideal, by_planes), ssimulacra2(&ideal, by_rgb));
            eprintln!(
                "{name}, {what}: {apart:.2} of at least {least:.2}; to the ideal {of_planes:.2}, by rgb {of_rgb:.2}"
            );
            assert!(apart > least && of_planes > of_rgb - 0.1, "{name}, {what}");
        };
        let encode = Jpeg::quality(100);
        let jpeg = pipeline.clone().encode(encode);
        assert!(jpeg.explain()?.contains("keep_ycbcr x1"), "{name}");
        let by_rgb = decoded(&jpeg.clone().optimizations(rgb.clone()))?;
        let again = decoded(&Pipeline::open(by_rgb.clone()).encode(encode))?;
        compare("JPEG", ssimulacra2(&by_rgb, &again) - 1.5, &decoded(&jpeg)?, &by_rgb);
        // Other outputs get planes as far as their last resize, where decodes are scaled.
        let plan = pipeline.clone().encode(Png::default()).explain()?;
        assert_eq!(plan.contains("keep_ycbcr x1"), planes_to_the_resize, "{name}: {plan}");
        let by_planes = pipeline.pixels()?;
        let by_rgb = pipeline.optimizations(rgb.clone()).pixels()?;
        assert_eq!(by_planes != by_rgb, planes_to_the_resize, "{name}");
        if planes_to_the_resize {
            compare("pixels", 95.0, &by_planes, &by_rgb);
        }
    }
    Ok(())
}

/// A progressive file gives the same output as a sequential one of the same coefficients, at every scale and by planes too.
#[test]
fn the_order_of_coefficients_does_not_show() -> Result<()> {
    let photo = Pipeline::open(image("photo.jpg"));
    let stored = |progressive| {
        let jpeg = Jpeg::quality(92).progressive(progressive);
        photo.clone().encode(jpeg).run().map(|output| output.data)
    };
    let (sequential, progressive) = (stored(false)?, stored(true)?);
    let Size { width, height } = probe(sequential.clone())?.size();
    for divisor in [2, 3, 4, 8, 9, 16, 20] {
        let size = (width / divisor, height / divisor);
        for encode in [Encode::from(Jpeg::quality(95)), Png::default().into()] {
            let run = |file: &Vec<u8>| {
                Pipeline::open(file.clone()).resize(size).encode(encode).run().map(|o| o.data)
            };
            assert!(run(&sequential)? == run(&progressive)?, "1/{divisor} {encode:?}");
        }
    }
    Ok(())
}

/// A file with a scan for each component has the coefficients of the one it was made of.
#[test]
fn scans_of_one_component_give_what_one_scan_gives() -> Result<()> {
    let [apart, together] = ["scans.jpg", "photo.jpg"].map(|name| Pipeline::open(image(name)));
    let Size { width, height } = together.plan()?.size();
    for divisor in [1, 2, 4, 8] {
        for crop in [Rect::new(0, 0, width, height), Rect::new(64, 96, width - 80, height - 112)] {
            let size = (crop.width / divisor, crop.height / divisor);
            let job = |open: &Pipeline| open.clone().crop(crop).resize(size).shrink(Shrink::Fast);
            assert_eq!(job(&apart).plan()?.decodes[0].scale, divisor);
            assert!(job(&apart).pixels()? == job(&together).pixels()?, "1/{divisor} of {crop}");
        }
    }
    Ok(())
}

/// The background of a stitch of planes is the colour that was asked for.
#[test]
fn the_background_of_planes_has_its_colour() -> Result<()> {
    let canvas = Stitch::canvas(600, 400).at([(16, 8)]).background(Colour::rgb(200, 40, 90));
    let page = Pipeline::stitch(canvas, [image("photo.jpg")]).encode(Jpeg::quality(95));
    assert!(page.explain()?.contains("keep_ycbcr x1"));
    let shown = Pipeline::open(page.run()?.data).crop(Rect::new(520, 380, 64, 16)).pixels()?;
    for pixel in shown.data().chunks_exact(3) {
        let apart = pixel.iter().zip([200_u8, 40, 90]).map(|(a, b)| a.abs_diff(b)).max();
        assert!(apart <= Some(3), "{pixel:?}");
    }
    Ok(())
}

/// A tile of one grey with a border of white, one pixel wide, as a JPEG that holds it well.
fn bordered_tile(width: u32, height: u32) -> Result<Vec<u8>> {
    let edge = |x, y| x == 0 || y == 0 || x == width - 1 || y == height - 1;
    let samples = (0..height)
        .flat_map(|y| (0..width).map(move |x| if edge(x, y) { 255 } else { 64 }))
        .collect();
    let image = Image::new(Size::new(width, height), Layout::Gray, samples)?;
    Ok(Pipeline::open(image).encode(Jpeg::quality(100)).run()?.data)
}

/// The mean of every column, and of every row.
fn profiles(image: &Image) -> (Vec<f64>, Vec<f64>) {
    let Size { width, height } = image.size();
    let sample = |x: u32, y: u32| f64::from(image.data()[(y * width + x) as usize]);
    let column = |x| (0..height).map(|y| sample(x, y)).sum::<f64>() / f64::from(height);
    let row = |y| (0..width).map(|x| sample(x, y)).sum::<f64>() / f64::from(width);
    ((0..width).map(column).collect(), (0..height).map(row).collect())
}

/// A one-pixel border around the canvas and along every seam stays where it is at every scale.
#[test]
fn borders_and_seams_keep_their_place_at_every_scale() -> Result<()> {
    let tile = bordered_tile(640, 480)?;
    let page = Pipeline::stitch(Stitch::across(2), vec![tile; 4]);
    let mut scales = BTreeSet::new();
    for (width, shrink) in [
        (1000, Shrink::Fast),
        (640, Shrink::Balanced),
        (640, Shrink::Fast),
        (320, Shrink::Balanced),
        (310, Shrink::Fast),
        (160, Shrink::Fast),
        (150, Shrink::Fast),
        (97, Shrink::Balanced),
    ] {
        let resize = Resize::width(width).fit(Fit::Inside);
        let shrunk = page.clone().resize(resize).shrink(shrink);
        scales.extend(shrunk.plan()?.decodes.iter().map(|decode| decode.scale));
        let full = page.clone().resize(resize).optimizations(Optimizations::none());
        let (columns, rows) = profiles(&shrunk.pixels()?);
        let (columns_full, rows_full) = profiles(&full.pixels()?);
        for (found, expected) in [(columns, columns_full), (rows, rows_full)] {
            let last = expected.len() - 1;
            for place in [0, expected.len() / 2, last] {
                let (found, expected) = (light_at(&found, place), light_at(&expected, place));
                assert!(expected.amount > 10.0, "{width} {shrink:?}: no line at {place}");
                let apart = (found.centre - expected.centre).abs();
                assert!(apart < 0.25, "{width} {shrink:?} at {place}: {found:?}, {expected:?}");
                // At the picture's own edge a clipped kernel and a scaled block weigh a line differently.
                let kept = found.amount / expected.amount;
                assert!((0.6..1.6).contains(&kept), "{width} {shrink:?} at {place}: {kept}");
            }
        }
    }
    assert_eq!(scales, BTreeSet::from([1, 2, 4, 8]));
    Ok(())
}

/// Light above the grey of the tiles.
#[derive(Debug)]
struct Light {
    /// Its sum.
    amount: f64,
    /// Where it lies.
    centre: f64,
}

/// The light of a line near a place of a profile. Rings around a line count with their sign, as they do
/// to the eye.
fn light_at(profile: &[f64], place: usize) -> Light {
    let near = place.saturating_sub(4)..(place + 5).min(profile.len());
    let light = |i: usize| profile[i] - 64.0;
    let amount: f64 = near.clone().map(light).sum();
    Light { amount, centre: near.map(|i| i as f64 * light(i)).sum::<f64>() / amount }
}

/// A crop of a page, at every offset modulo the blocks of its tiles, is that part of the canvas.
#[test]
fn crops_are_parts_of_the_canvas() -> Result<()> {
    let tiles = ["odd.jpg", "photo.jpg", "gray.jpg", "restart.jpg"].map(image);
    let canvas = canvas_of(&tiles, 2)?;
    for step in 0..24 {
        let rect = Rect::new(step * 29, step * 23, 100 + step, 77 + step);
        let found = page_of(&tiles, 2).crop(rect).pixels()?;
        assert_eq!(found, canvas.clone().crop(rect).pixels()?, "{rect}");
    }
    Ok(())
}

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
