//! The jobs whose cost is measured: the tasks of the benches, and random ones.

use std::path::{Path, PathBuf};

use makeready::{
    Colour, Edges, Encode, Jpeg, Kernel, Pipeline, Png, Probe, Quarter, Rect, Resize, Source,
    Stitch, Subsampling, WebP, probe,
};
use makeready_tests::corpus::{corpus, files};
use makeready_tests::path;

/// Pipelines of one pass.
pub(crate) struct Job {
    pub(crate) name: String,
    /// What most of its time goes to.
    pub(crate) kind: &'static str,
    pub(crate) pipelines: Vec<Pipeline>,
}

fn tile(name: &str) -> PathBuf {
    path("../examples/tiles").join(format!("{name}.jpg"))
}

fn page(side: &str) -> Pipeline {
    let tiles = ["00", "01", "10", "11"].map(|place| tile(&format!("{side}-{place}")));
    Pipeline::stitch(Stitch::across(2), tiles)
}

/// The tasks of `benches/peers/tasks.py`, on the pictures of this checkout where there are no others, and a drawing, which
/// takes a tenth of the time of a photograph.
pub(crate) fn tasks() -> Vec<Job> {
    let photos = corpus("photos");
    let open = |name: &str, instead: PathBuf| {
        let photo = photos.as_ref().map(|photos| photos.join(name));
        Pipeline::open(photo.filter(|photo| photo.exists()).unwrap_or(instead))
    };
    let full = || open("eleph_full.jpg", tile("left-00"));
    let preview = |side| page(side).resize((800, 600));
    let (jpeg, webp) = (Jpeg::quality(80), WebP::quality(80));
    let spread = ["left", "right"]
        .into_iter()
        .flat_map(|side| [page(side).encode(Jpeg::quality(90)), preview(side).encode(jpeg)]);
    let part = match photos {
        Some(_) => Rect::new(3000, 2000, 600, 400),
        None => Rect::new(1300, 1000, 600, 400),
    };
    let tiny = path("images/four-red.png");
    let all = [
        ("preview_jpeg", vec![preview("right").encode(jpeg)]),
        ("preview_webp", vec![preview("right").encode(webp)]),
        ("effort_jpeg", vec![preview("right").encode(jpeg.effort(6))]),
        ("print_jpeg", vec![page("right").encode(Jpeg::quality(90))]),
        ("spread", spread.collect()),
        ("thumb_jpeg", vec![full().resize(Resize::width(320)).encode(jpeg)]),
        ("thumb_webp", vec![full().resize(Resize::width(320)).encode(webp)]),
        ("hd_webp", vec![full().resize(Resize::width(1600)).encode(webp)]),
        (
            "sharp_jpeg",
            vec![open("bench-2725x2225.jpg", tile("left-01")).resize((720, 588)).encode(jpeg)],
        ),
        (
            "prog_thumb",
            vec![
                open("prog.jpg", path("images/progressive.jpg"))
                    .resize(Resize::width(320))
                    .encode(jpeg),
            ],
        ),
        ("crop", vec![full().crop(part).encode(jpeg)]),
        (
            "png_png",
            vec![
                open("alpha-2048x1536.png", path("images/rgba.png"))
                    .resize((720, 540))
                    .encode(Png::compression_level(6)),
            ],
        ),
        (
            "few_colours",
            vec![
                Pipeline::open(path("images/orient-8.jpg"))
                    .extend(Edges::all(120), Colour::WHITE)
                    .encode(WebP::quality(67).with_lossless(true).effort(5)),
            ],
        ),
        ("fixed_cost", vec![Pipeline::open(tiny).resize((2, 2)).encode(Png::default())]),
    ];
    let job = |(name, pipelines): (&str, Vec<Pipeline>)| Job {
        name: name.to_owned(),
        kind: "task",
        pipelines: pipelines.into_iter().map(|pipeline| pipeline.threads(1)).collect(),
    };
    all.into_iter().map(job).collect()
}

/// Numbers by chance, the same for the same seed: `xorshift64*` of Vigna, 2016.
struct Dice(u64);

impl Dice {
    /// A number below `end`.
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        u32::try_from(high % u64::from(end.max(1))).unwrap_or(0)
    }

    /// A number of `from` to `to`, small ones as often as large ones by their order of magnitude.
    fn side(&mut self, from: u32, to: u32) -> u32 {
        let doublings = (to / from).ilog2();
        let floor = from << self.below(doublings + 1);
        (floor + self.below(floor)).min(to)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(u32::try_from(of.len()).unwrap_or(1)) as usize]
    }
}

/// An input that can be decoded.
struct Input {
    path: PathBuf,
    probe: Probe,
}

/// The inputs of all formats: of the tests, the tiles, and the corpora where they are.
fn inputs() -> Vec<Input> {
    let mut folders: Vec<PathBuf> = vec![path("images"), path("../examples/tiles")];
    folders.extend(corpus("photos"));
    folders.extend(corpus("field"));
    let all = folders.iter().flat_map(|folder| files(folder));
    let input = |path: PathBuf| {
        let small = Pipeline::open(path.as_path()).resize((2, 2)).encode(Png::default());
        let probe = probe(path.as_path()).ok().filter(|_| small.run().is_ok())?;
        Some(Input { path, probe })
    };
    let found: Vec<Input> = all.filter_map(input).collect();
    assert!(found.len() > 40, "{} inputs", found.len());
    found
}

/// Jobs by chance: an input or a few, up to three operations, an encode.
pub(crate) fn random(count: u32) -> Vec<Job> {
    let inputs = inputs();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    (0..count).map(|number| job(&mut dice, &inputs, number)).collect()
}

fn job(dice: &mut Dice, inputs: &[Input], number: u32) -> Job {
    let name = |path: &Path| {
        path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
    };
    let first = dice.one(inputs);
    let (mut text, mut pipeline) = (name(&first.path), Pipeline::open(first.path.as_path()));
    let (mut width, mut height) = (first.probe.width.max(1), first.probe.height.max(1));
    let stitched = dice.below(5) == 0 && u64::from(width) * u64::from(height) < 4_000_000;
    if stitched {
        let other = dice.one(inputs);
        let cell = (dice.side(40, 600), dice.side(40, 600));
        let cells = [first, other, first].map(|input| Source::from(input.path.as_path()));
        let cells =
            cells.map(|source| Pipeline::open(source).resize(Resize::cover(cell.0, cell.1)));
        pipeline = Pipeline::stitch(Stitch::across(3).background(Colour::WHITE), cells);
        (width, height) = (cell.0 * 3, cell.1);
        text = format!("stitch of {text} and {} in {cell:?}", name(&other.path));
    }
    // Larger pictures would take too long to measure: these are the first to shrink.
    let most = 640;
    if !stitched && (width.max(height) > most || dice.below(3) > 0) {
        let kernel = *dice.one(&[
            Kernel::Lanczos3,
            Kernel::Lanczos3,
            Kernel::Linear,
            Kernel::Cubic,
            Kernel::Nearest,
        ]);
        let linear = dice.below(6) == 0;
        let (to_width, to_height) = (dice.side(16, most), dice.side(16, most));
        if dice.below(4) == 0 && width > 64 && height > 64 {
            let (part_width, part_height) =
                (dice.side(16, width.min(1200)), dice.side(16, height.min(1200)));
            let (part_width, part_height) =
                (part_width.min(width / 2), part_height.min(height / 2));
            // Orientation may have turned the sides.
            let side = width.min(height);
            let rect =
                Rect::new(side / 5, side / 7, part_width.min(side / 2), part_height.min(side / 2));
            pipeline = pipeline.crop(rect);
            text += &format!(", {rect}");
            (width, height) = (rect.width, rect.height);
        }
        if dice.below(5) > 0 || width.max(height) > most {
            pipeline =
                pipeline.resize(Resize::cover(to_width, to_height).kernel(kernel).linear(linear));
            text += &format!(", to {to_width}x{to_height} {kernel:?} {linear}");
        }
    }
    for _ in 0..dice.below(3) {
        let colour = Colour::rgb(dice.below(256).to_le_bytes()[0], 90, 200);
        (pipeline, text) = match dice.below(5) {
            0 => (pipeline.rotate(Quarter::One), text + ", turned"),
            1 => (pipeline.flop(), text + ", flop"),
            2 => (pipeline.flip(), text + ", flip"),
            3 => (pipeline.extend(Edges::all(dice.side(1, 64)), colour), text + ", extended"),
            _ => (pipeline.flatten(colour), text + ", flattened"),
        };
    }
    let (kind, encode) = encode(dice);
    text += &format!(" -> {encode}");
    Job {
        name: format!("{number}: {text}"),
        kind,
        pipelines: vec![pipeline.encode(encode).threads(1)],
    }
}

fn encode(dice: &mut Dice) -> (&'static str, Encode) {
    let quality = u8::try_from(1 + dice.below(100)).unwrap_or(100);
    match dice.below(8) {
        0..3 => {
            let jpeg = Jpeg::quality(quality);
            let subsampling = *dice.one(&[Subsampling::S420, Subsampling::S422, Subsampling::S444]);
            let jpeg = jpeg.subsampling(subsampling).progressive(dice.below(3) == 0);
            ("jpeg", jpeg.optimize_coding(dice.below(2) == 0).into())
        }
        3..5 => ("png", Png::compression_level(u8::try_from(dice.below(10)).unwrap_or(9)).into()),
        kind => {
            let effort = u8::try_from(dice.below(7)).unwrap_or(6);
            let webp = WebP::quality(quality).effort(effort).with_lossless(kind == 7);
            (if kind == 7 { "webp lossless" } else { "webp" }, webp.into())
        }
    }
}
