//! Probe, plan, decode, resample, encode, the whole job.

#![allow(missing_docs, reason = "the macros of criterion make undocumented items")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use makeready::{
    Encode, Image, Jpeg, Kernel, Pipeline, Png, Rect, Resize, Shrink, Source, Stitch, WebP, probe,
    run_all,
};
use makeready_benches::{page, tile};

const TILE_PIXELS: u64 = 2000 * 1500;

fn stitched() -> Pipeline {
    Pipeline::stitch(Stitch::across(2), page("right").map(Source::from))
}

/// The stitched page at half its size, as raw pixels.
fn canvas() -> Image {
    stitched().resize((2000, 1500)).pixels().expect("a page")
}

fn headers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("headers");
    group.throughput(Throughput::Elements(1));
    let source = Source::from(tile("right-00.jpg"));
    group.bench_function("probe", |b| b.iter(|| probe(source.clone())));
    let preview = stitched().resize((800, 600)).encode(Jpeg::quality(80));
    group.bench_function("plan", |b| b.iter(|| preview.plan()));
    group.bench_function("explain", |b| b.iter(|| preview.explain()));
    group.finish();
}

fn fixed_cost(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fixed cost");
    group.throughput(Throughput::Elements(1));
    let tiny = Image::new((8, 8).into(), makeready::Layout::Rgb, vec![128; 192]).expect("pixels");
    let file = Pipeline::open(tiny).encode(Png::default()).run().expect("a file").data;
    let call = Pipeline::open(file).resize((4, 4));
    group.bench_function("8x8 png to 4x4", |b| b.iter(|| call.run()));
    group.finish();
}

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(TILE_PIXELS));
    let open = Pipeline::open(tile("right-00.jpg")).threads(1);
    group.bench_function("jpeg", |b| b.iter(|| open.pixels()));
    for (name, width) in [("jpeg at 1/2", 1000), ("jpeg at 1/4", 500), ("jpeg at 1/8", 250)] {
        let scaled = open.clone().resize(Resize::width(width)).shrink(Shrink::Fast);
        group.bench_function(name, |b| b.iter(|| scaled.pixels()));
    }
    let part = open.crop(Rect::new(1300, 1000, 600, 400));
    group.bench_function("a region of jpeg", |b| b.iter(|| part.pixels()));
    for (name, encode) in
        [("png", Encode::from(Png::default())), ("webp", WebP::quality(80).into())]
    {
        let file = Pipeline::open(canvas()).encode(encode).run().expect("a file").data;
        let open = Pipeline::open(file).threads(1);
        group.bench_function(name, |b| b.iter(|| open.pixels()));
    }
    group.finish();
}

fn resample(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("resample");
    group.throughput(Throughput::Elements(TILE_PIXELS));
    let canvas = Pipeline::open(canvas()).threads(1);
    for kernel in [Kernel::Nearest, Kernel::Linear, Kernel::Cubic, Kernel::Lanczos3] {
        let small = canvas.clone().resize(Resize::cover(800, 600).kernel(kernel));
        group.bench_function(kernel.name(), |b| b.iter(|| small.pixels()));
    }
    let linear = canvas.resize(Resize::cover(800, 600).linear(true));
    group.bench_function("lanczos3 in linear light", |b| b.iter(|| linear.pixels()));
    group.finish();
}

fn encode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    group.sample_size(10).throughput(Throughput::Elements(TILE_PIXELS));
    let canvas = Pipeline::open(canvas());
    for (name, encode) in [
        ("jpeg", Encode::from(Jpeg::quality(90))),
        ("jpeg with standard tables", Jpeg::quality(90).optimize_coding(false).into()),
        ("jpeg progressive", Jpeg::quality(90).progressive(true).into()),
        ("png", Png::default().into()),
        ("webp", WebP::quality(80).into()),
    ] {
        for threads in [1, 2] {
            let job = canvas.clone().encode(encode).threads(threads);
            group.bench_function(format!("{name}, {threads} threads"), |b| b.iter(|| job.run()));
        }
    }
    group.finish();
}

fn whole_job(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("whole job");
    group.sample_size(10).throughput(Throughput::Elements(4 * TILE_PIXELS));
    let page = stitched();
    let print = page.clone().encode(Jpeg::quality(90));
    let preview = page.resize((800, 600));
    let jpeg = preview.clone().encode(Jpeg::quality(80));
    let webp = preview.encode(WebP::quality(80));
    group.bench_function("preview_jpeg", |b| b.iter(|| jpeg.run()));
    group.bench_function("preview_jpeg, fast shrink", |b| {
        let fast = jpeg.clone().shrink(Shrink::Fast);
        b.iter(|| fast.run());
    });
    group.bench_function("preview_webp", |b| b.iter(|| webp.run()));
    group.bench_function("print_jpeg", |b| b.iter(|| print.run()));
    group.bench_function("print and preview", |b| b.iter(|| run_all([&print, &jpeg])));
    group.finish();
}

criterion_group!(benches, headers, fixed_cost, decode, resample, encode, whole_job);
criterion_main!(benches);
