//! The plan's bound of memory as numbers. The tests in `memory` hold it to the memory of a run and would not notice that
//! it has become larger than it need be; here every change of it is seen, and stands in `bounds.txt` beside its reason.

use makeready::{
    Colour, Edges, Encode, Image, Jpeg, Kernel, Layout, Limits, Optimizations, Pipeline, Png,
    Quarter, Rect, Resize, Result, Sharpen, Size, Stitch, Subsampling, WebP, plan_all,
};
use makeready_tests::path;

const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba];

fn raw(width: u32, height: u32, layout: Layout) -> Pipeline {
    let size = Size::new(width, height);
    let samples = size.pixels() * u64::from(layout.channels());
    let samples = vec![100; usize::try_from(samples).expect("a small picture")];
    Pipeline::open(Image::new(size, layout, samples).expect("pixels"))
}

/// A JPEG whose decoder gives bands: memory of an operation shows beside a picture that is not in memory.
fn file(width: u32, height: u32, subsampling: Subsampling) -> Result<Pipeline> {
    let encode = Jpeg::quality(80).subsampling(subsampling);
    Ok(Pipeline::open(raw(width, height, Layout::Rgb).encode(encode).run()?.data))
}

/// The bound of a pass, with all rules off where it is `as_written`.
fn bound(jobs: &[Pipeline], threads: usize, as_written: bool) -> Result<u64> {
    let mut jobs: Vec<_> = jobs.iter().map(|job| job.clone().threads(threads)).collect();
    if as_written {
        jobs[0] = jobs[0].clone().optimizations(Optimizations::none());
    }
    Ok(plan_all(&jobs)?[0].peak_memory)
}

/// Name and pipelines.
fn passes() -> Result<Vec<(String, Vec<Pipeline>)>> {
    let mut passes = Vec::new();
    let sizes = [(300, 200), (90, 41), (601, 403), (7, 5), (297, 199), (300, 50), (60, 200)];
    for layout in LAYOUTS {
        for (width, height) in sizes {
            for linear in [false, true] {
                let resize = Resize::fill(width, height).linear(linear);
                let name = format!("{layout} to {width}x{height}, linear {linear}");
                passes.push((name, vec![raw(297, 199, layout).resize(resize)]));
            }
        }
    }
    for kernel in [Kernel::Nearest, Kernel::Linear, Kernel::Mitchell, Kernel::Lanczos2] {
        let resize = Resize::fill(90, 41).kernel(kernel);
        passes.push((format!("{kernel:?}"), vec![raw(297, 199, Layout::Rgba).resize(resize)]));
    }
    for subsampling in [Subsampling::S444, Subsampling::S422, Subsampling::S420] {
        let encode = Jpeg::quality(80).subsampling(subsampling);
        for (width, height) in [(640, 480), (320, 240), (101, 97), (31, 23)] {
            let job = file(640, 480, subsampling)?.resize(Resize::fill(width, height));
            let name = format!("{subsampling:?} to {width}x{height}");
            passes.push((format!("{name} jpeg"), vec![job.clone().encode(encode)]));
            passes.push((format!("{name} png"), vec![job.encode(Png::default())]));
        }
    }
    let photo = || file(320, 304, Subsampling::S420);
    let edges = Edges { top: 1, right: 2, bottom: 3, left: 4 };
    let page = |gap| -> Result<Pipeline> {
        let tiles = [photo()?, photo()?, photo()?, photo()?];
        Ok(Pipeline::stitch(Stitch::across(2).gap(gap), tiles))
    };
    let one = |name: &str, job: Pipeline| (name.to_owned(), vec![job.encode(Png::default())]);
    passes.extend([
        one("turned", photo()?.rotate(Quarter::One)),
        one("mirrored", photo()?.flop()),
        one("upside down", photo()?.flip()),
        one("cropped", photo()?.crop(Rect::new(10, 20, 200, 100))),
        one("with edges", photo()?.extend(edges, Colour::WHITE)),
        one("flattened", raw(300, 200, Layout::Rgba).flatten(Colour::WHITE)),
        one("blurred", photo()?.blur(3.0)),
        one("blurred far", raw(300, 200, Layout::Rgba).blur(300.0)),
        one("blurred and cropped", photo()?.blur(3.0).crop(Rect::new(10, 20, 200, 100))),
        one("sharpened", photo()?.sharpen(Sharpen::new())),
        one("middles of nine", photo()?.median(3)),
        one("middles of many", raw(300, 200, Layout::GrayA).median(21)),
        one("evened out", photo()?.clahe((50, 40))),
        one("convolved", photo()?.convolve([[1.0; 5]; 7])),
        one("page", page(0)?),
        one("page with gaps", page(7)?),
        one("page made small", page(0)?.resize((90, 90))),
        one("page turned", page(0)?.rotate(Quarter::Three).resize((300, 300))),
        one("cropped and resized", photo()?.crop(Rect::new(9, 8, 200, 99)).resize((77, 33))),
        one("resized and cropped", photo()?.resize((200, 190)).crop(Rect::new(9, 8, 100, 50))),
    ]);
    let (jpeg, webp) = (Jpeg::quality(80).max_bytes(9_000), WebP::quality(80).max_bytes(9_000));
    let progressive = jpeg.progressive(true);
    let sized = |width| -> Result<Pipeline> { Ok(photo()?.resize(Resize::width(width))) };
    for (name, encode) in [
        ("jpeg", Encode::from(jpeg)),
        ("jpeg progressive", progressive.into()),
        ("webp", webp.into()),
        ("webp lossless", webp.with_lossless(true).into()),
        ("jpeg of any bytes", jpeg.max_bytes(u64::MAX).into()),
    ] {
        passes.push((format!("{name} within bytes"), vec![sized(300)?.encode(encode)]));
    }
    passes.push(("passed on".to_owned(), vec![photo()?.encode(Jpeg::quality(80))]));
    let (jpeg, png) = (Jpeg::quality(80), Png::default());
    let two = |first: Pipeline, second: Pipeline| vec![first.encode(jpeg), second.encode(png)];
    let picture = photo()?;
    let sized = |width| picture.clone().resize(Resize::width(width));
    let turned = picture.clone().rotate(Quarter::One);
    let shared = page(0)?.extend(edges, Colour::WHITE);
    let small = shared.clone().resize((90, 90));
    let other = file(320, 304, Subsampling::S444)?;
    let pair = |a: &Pipeline, b: &Pipeline| {
        Pipeline::stitch(Stitch::across(1), [a.clone().flip(), b.clone().flip()])
    };
    passes.extend([
        ("a picture in two sizes".to_owned(), two(sized(300), sized(80))),
        ("a picture as it is and turned".to_owned(), two(picture.clone(), turned)),
        ("a page and a preview".to_owned(), two(shared.clone(), small.clone())),
        ("two previews".to_owned(), two(small.clone(), small.clone().flop())),
        ("nothing in common".to_owned(), two(picture.clone(), other.clone())),
        ("one below the other".to_owned(), two(pair(&picture, &other), pair(&picture, &other))),
        // In different orders: a ring.
        ("in two orders".to_owned(), two(pair(&picture, &other), pair(&other, &picture))),
        (
            "three outputs".to_owned(),
            vec![shared.encode(jpeg), small.clone().encode(jpeg), small.encode(png)],
        ),
    ]);
    Ok(passes)
}

#[test]
fn the_bound_of_memory_is_what_it_was() -> Result<()> {
    let mut found = String::new();
    for (name, jobs) in passes()? {
        let mut bounds = Vec::new();
        for threads in [1, 2, 3, 8] {
            for as_written in [false, true] {
                bounds.push(bound(&jobs, threads, as_written)?.to_string());
            }
        }
        found += &format!("{name}: {}\n", bounds.join(" "));
    }
    let expected = std::fs::read_to_string(path("bounds.txt")).unwrap_or_default();
    let expected: Vec<&str> = expected.lines().filter(|line| !line.starts_with('#')).collect();
    let new: Vec<&str> = found.lines().filter(|line| !expected.contains(line)).collect();
    assert!(new.is_empty(), "not in bounds.txt:\n{}", new.join("\n"));
    assert_eq!(expected.len(), found.lines().count(), "lines of bounds.txt");
    Ok(())
}

/// The bound that is checked is the one that is shown.
#[test]
fn a_job_may_take_its_bound_and_no_byte_less() -> Result<()> {
    for (name, jobs) in passes()? {
        let bound = plan_all(&jobs)?[0].peak_memory;
        let under = |max_memory| {
            let limits = Limits { max_memory, ..Limits::default() };
            plan_all(jobs.iter().map(|job| job.clone().limits(limits))).map(drop)
        };
        under(bound)?;
        assert_eq!(under(bound - 1).unwrap_err().limit(), Some("max_memory"), "{name}");
    }
    Ok(())
}
