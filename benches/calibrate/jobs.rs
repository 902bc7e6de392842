//! The jobs that are measured: each kind of work, alone as far as can be, on much and on little.

mod operations;

use std::path::Path;

use makeready::{
    ColourSpace, Encode, Gif, Image, Jpeg, Layout, Pipeline, Png, Rect, Resize, Result, Shrink,
    Size, Source, Subsampling, WebP,
};
use makeready_benches::tile;

use super::Job;
use operations::operations;

/// The list as it grows.
struct Jobs(Vec<Job>);

impl Jobs {
    fn file(&mut self, name: impl Into<String>, pipeline: Pipeline) {
        self.0.push(Job { name: name.into(), pipeline: pipeline.threads(1), pixels: false });
    }

    fn pixels(&mut self, name: impl Into<String>, pipeline: Pipeline) {
        self.0.push(Job { name: name.into(), pipeline: pipeline.threads(1), pixels: true });
    }
}

/// The pictures that jobs begin with, as pixels.
struct Pictures {
    large: Image,
    middle: Image,
    small: Image,
    /// A drawing: fields of one colour, lines, a gradient.
    drawing: Image,
}

impl Pictures {
    fn new() -> Result<Self> {
        let photo =
            |width| Pipeline::open(tile("right-00.jpg")).resize(Resize::width(width)).pixels();
        let size = Size::new(600, 450);
        let sample = |i: u32| {
            let (x, y) = (i / 3 % size.width, i / 3 / size.width);
            let inside = (x / 3).abs_diff(100).pow(2) + (y / 3).abs_diff(75).pow(2) < 2000;
            match (inside, x % 97 < 2 || y % 61 < 2, y < 60) {
                (_, true, _) => 20,
                (true, ..) => [220, 40, 60][(i % 3) as usize],
                (.., true) => u8::try_from(x / 3).unwrap_or(u8::MAX),
                _ => 250,
            }
        };
        let drawing = (0..size.width * size.height * 3).map(sample).collect();
        let drawing = Image::new(size, Layout::Rgb, drawing)?;
        Ok(Self { large: photo(1600)?, middle: photo(500)?, small: photo(40)?, drawing })
    }
}

/// All jobs.
pub(crate) fn all() -> Result<Vec<Job>> {
    let pictures = Pictures::new()?;
    let mut jobs = Jobs(Vec::new());
    encodes(&mut jobs, &pictures)?;
    jpegs(&mut jobs, &pictures)?;
    others(&mut jobs, &pictures)?;
    operations(&mut jobs, &pictures)?;
    colours(&mut jobs, &pictures)?;
    Ok(jobs.0)
}

fn encoded(image: &Image, encode: impl Into<Encode>) -> Result<Vec<u8>> {
    Ok(Pipeline::open(image.clone()).encode(encode).run()?.data)
}

/// Conversions: of gray by the gAMA chunk of a test image, of RGB to Display P3, of inks by the profile of another.
fn colours(jobs: &mut Jobs, pictures: &Pictures) -> Result<()> {
    let image = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/images").join(name);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let with = |file: &[u8], at: usize, part: &[u8]| [&file[..at], part, &file[at..]].concat();
    let inks = image("colour/inks.jpg");
    let segment = 2..4 + usize::from(u16::from_be_bytes([inks[4], inks[5]]));
    jobs.pixels("inks", Pipeline::open(with(&image("cmyk.jpg"), 2, &inks[segment])));
    // Behind the signature and IHDR, as long as its 4 bytes, name and checksum make it.
    let gama = &image("colour/linear-gray.png")[33..49];
    for picture in [&pictures.large, &pictures.middle] {
        let width = picture.size().width;
        let gray = encoded(&in_layout(picture, Layout::Gray)?, Png::default())?;
        jobs.pixels(format!("gray by gamma {width}"), Pipeline::open(with(&gray, 33, gama)));
        for layout in [Layout::Rgb, Layout::Rgba] {
            let wide = Pipeline::open(in_layout(picture, layout)?).colour(ColourSpace::DisplayP3);
            jobs.pixels(format!("to display p3 {layout} {width}"), wide);
        }
    }
    Ok(())
}

/// Bytes a pixel of a photograph in each format, by which a file's detail is told.
pub(crate) fn photograph() -> Result<Vec<(&'static str, f64)>> {
    let photo = &Pictures::new()?.large;
    let files = [
        ("jpeg", encoded(photo, Jpeg::quality(80))?),
        ("png", encoded(photo, Png::default())?),
        ("gif", gif(photo)),
        ("webp", encoded(photo, WebP::quality(80))?),
        ("lossless webp", encoded(photo, WebP::lossless())?),
    ];
    let pixels = photo.size().pixels() as f64;
    Ok(files.into_iter().map(|(name, file)| (name, file.len() as f64 / pixels)).collect())
}

/// A picture with the channels of another layout: gray is the green, alpha a slope with clear and opaque parts.
fn in_layout(image: &Image, layout: Layout) -> Result<Image> {
    let width = image.size().width as usize;
    let mut data = Vec::new();
    for (at, pixel) in image.data().chunks_exact(3).enumerate() {
        let alpha = u8::try_from((at % width * 400 / width).clamp(50, 305) - 50).unwrap_or(u8::MAX);
        match layout {
            Layout::Gray => data.push(pixel[1]),
            Layout::GrayA => data.extend([pixel[1], alpha]),
            Layout::Rgba => data.extend([pixel[0], pixel[1], pixel[2], alpha]),
            _ => data.extend(pixel),
        }
    }
    Image::new(image.size(), layout, data)
}

/// All encodes of photographs as pixels, and of drawings, whose file tells that they have little detail.
fn encodes(jobs: &mut Jobs, pictures: &Pictures) -> Result<()> {
    let dot = Image::new(Size::new(1, 1), Layout::Rgb, vec![200, 90, 40])?;
    // A row less, as a file that is its own output would be copied.
    let most = |source: Source| -> Result<Pipeline> {
        let Size { width, height } = makeready::probe(source.clone())?.size();
        Ok(Pipeline::open(source).crop(Rect::new(0, 0, width, height - 1)))
    };
    let grown = |image: &Image| -> Result<Pipeline> {
        Ok(Pipeline::open(encoded(image, Png::default())?).resize(Resize::fill(600, 450)))
    };
    let sources = [
        ("photo", most(pictures.middle.clone().into())?),
        ("small", most(pictures.small.clone().into())?),
        ("drawing", most(encoded(&pictures.drawing, Png::default())?.into())?),
        ("palette", most(gif(&pictures.middle).into())?),
        ("flat", grown(&dot)?),
        ("smooth", grown(&pictures.small)?),
    ];
    let modes = [
        ("standard", Jpeg::new().optimize_coding(false)),
        ("fitted", Jpeg::new()),
        ("progressive", Jpeg::new().progressive(true)),
        ("chosen", Jpeg::new().effort(6)),
    ];
    for (name, source) in &sources {
        let mut encode = |what: String, encode: Encode| {
            jobs.file(format!("{name} to {what}"), source.clone().encode(encode));
        };
        for (mode, jpeg) in modes {
            for quality in [10, 50, 80, 90, 95, 100] {
                encode(format!("jpeg {mode} {quality}"), jpeg.with_quality(quality).into());
            }
        }
        for subsampling in [Subsampling::S444, Subsampling::S422] {
            encode(
                format!("jpeg {subsampling:?}"),
                Jpeg::quality(80).subsampling(subsampling).into(),
            );
        }
        for level in 0..=9 {
            encode(format!("png {level}"), Png::compression_level(level).into());
        }
        encode("png palette".into(), Png::new().palette(true).into());
        encode("gif".into(), Gif::new().into());
        for effort in 0..=6 {
            for quality in [1, 50, 80, 100] {
                encode(
                    format!("webp {effort} {quality}"),
                    WebP::quality(quality).effort(effort).into(),
                );
            }
            for quality in [20, 80] {
                let webp = WebP::lossless().with_quality(quality).effort(effort);
                encode(format!("webp lossless {effort} {quality}"), webp.into());
            }
        }
    }
    let gray = in_layout(&pictures.large, Layout::Gray)?;
    let alpha = in_layout(&pictures.middle, Layout::Rgba)?;
    let small_alpha = in_layout(&pictures.small, Layout::Rgba)?;
    jobs.file("gray to jpeg", Pipeline::open(gray).encode(Jpeg::new()));
    for level in [1, 6] {
        let large = Pipeline::open(pictures.large.clone());
        jobs.file(format!("large to png {level}"), large.encode(Png::compression_level(level)));
    }
    for quality in [60, 90] {
        let large = || Pipeline::open(pictures.large.clone());
        jobs.file(format!("large to jpeg {quality}"), large().encode(Jpeg::quality(quality)));
        jobs.file(format!("large to webp {quality}"), large().encode(WebP::quality(quality)));
    }
    for effort in 0..=6 {
        for image in [&alpha, &small_alpha] {
            let webp = WebP::quality(80).effort(effort);
            let size = image.size();
            jobs.file(
                format!("alpha {size} to webp {effort}"),
                Pipeline::open(image.clone()).encode(webp),
            );
        }
    }
    Ok(())
}

/// All ways through a JPEG.
fn jpegs(jobs: &mut Jobs, pictures: &Pictures) -> Result<()> {
    let mut files: Vec<(String, Vec<u8>)> = vec![("tile".into(), tile("right-11.jpg"))];
    for (name, image) in
        [("large", &pictures.large), ("middle", &pictures.middle), ("small", &pictures.small)]
    {
        for quality in [40, 80, 95] {
            for progressive in [false, true] {
                let jpeg = Jpeg::quality(quality).progressive(progressive);
                files.push((format!("{name} {quality} {progressive}"), encoded(image, jpeg)?));
            }
        }
    }
    for subsampling in [Subsampling::S444, Subsampling::S422] {
        for progressive in [false, true] {
            let jpeg = Jpeg::quality(85).subsampling(subsampling).progressive(progressive);
            files.push((format!("{subsampling:?} {progressive}"), encoded(&pictures.large, jpeg)?));
        }
    }
    files.push(("gray".into(), encoded(&in_layout(&pictures.large, Layout::Gray)?, Jpeg::new())?));
    for (name, file) in files {
        let source = Source::from(file);
        let open = || Pipeline::open(source.clone()).shrink(Shrink::Fast);
        let size = makeready::probe(source.clone())?.size();
        jobs.pixels(format!("jpeg {name}"), open());
        let part = Rect::new(size.width / 2, size.height / 2, size.width / 4, size.height / 4);
        jobs.pixels(format!("jpeg {name}, a part"), open().crop(part));
        jobs.file(
            format!("jpeg {name} to its planes"),
            open().crop(Rect::new(0, 0, size.width, size.height - 8)).encode(Jpeg::new()),
        );
        for scale in [2, 4, 8] {
            let resize = Resize::width(size.width / scale);
            jobs.pixels(format!("jpeg {name} at 1/{scale}"), open().resize(resize));
            jobs.file(
                format!("jpeg {name} at 1/{scale} to planes"),
                open().resize(resize).encode(Jpeg::new()),
            );
            let png = open().resize(resize).encode(Png::compression_level(0));
            jobs.file(format!("jpeg {name} at 1/{scale} to png"), png);
        }
    }
    Ok(())
}

/// A GIF in 216 colours.
fn gif(image: &Image) -> Vec<u8> {
    let level = |value: u8| u16::from(value) * 5 / 255;
    let palette: Vec<u8> = (0..216_u16)
        .flat_map(|i| [i / 36, i / 6 % 6, i % 6])
        .map(|l| (l * 51).to_le_bytes()[0])
        .collect();
    let index = |pixel: &[u8]| {
        (level(pixel[0]) * 36 + level(pixel[1]) * 6 + level(pixel[2])).to_le_bytes()[0]
    };
    let indices: Vec<u8> = image.data().chunks_exact(3).map(index).collect();
    let side = |side: u32| u16::try_from(side).expect("a small picture");
    let (width, height) = (side(image.size().width), side(image.size().height));
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, width, height, &palette).expect("a GIF");
    let frame = gif::Frame::from_indexed_pixels(width, height, indices, None);
    encoder.write_frame(&frame).expect("a frame");
    drop(encoder);
    file
}

/// Pictures of the tests: kinds that no job makes, and all of the formats that this build does not write.
fn of_the_tests() -> Vec<(String, Vec<u8>)> {
    let kinds =
        ["palette.png", "interlaced.png", "rgb-16.png", "gray-16.png", "one-bit.png", "large.webp"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/images");
    let folders = [folder.clone(), folder.join("uploads")].into_iter();
    let entries = folders.flat_map(|f| std::fs::read_dir(f).expect("the images of the tests"));
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for path in entries.map(|entry| entry.expect("an image").path()).filter(|path| path.is_file()) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let read_only =
            |probe: makeready::Probe| Encode::default_of(probe.format).format() != probe.format;
        if kinds.contains(&name.as_str()) || makeready::probe(path.as_path()).is_ok_and(read_only) {
            files.push((name, std::fs::read(path).expect("an image of the tests")));
        }
    }
    files.sort();
    files
}

/// All ways through the formats that are no JPEG.
fn others(jobs: &mut Jobs, pictures: &Pictures) -> Result<()> {
    let alpha = in_layout(&pictures.middle, Layout::Rgba)?;
    let gray = in_layout(&pictures.large, Layout::Gray)?;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, image) in [
        ("large", &pictures.large),
        ("middle", &pictures.middle),
        ("small", &pictures.small),
        ("drawing", &pictures.drawing),
        ("alpha", &alpha),
        ("gray", &gray),
    ] {
        for level in [0, 1, 6, 9] {
            files.push((
                format!("{name} png {level}"),
                encoded(image, Png::compression_level(level))?,
            ));
        }
        for quality in [20, 80, 100] {
            files.push((format!("{name} webp {quality}"), encoded(image, WebP::quality(quality))?));
        }
        files.push((format!("{name} webp lossless"), encoded(image, WebP::lossless().effort(1))?));
        if image.layout() == Layout::Rgb {
            files.push((format!("{name} gif"), gif(image)));
        }
    }
    files.extend(of_the_tests());
    for (name, file) in files {
        let source = Source::from(file);
        let open = || Pipeline::open(source.clone()).shrink(Shrink::Fast);
        let size = makeready::probe(source.clone())?.size();
        jobs.pixels(name.clone(), open());
        if name.contains("webp") {
            let part = Rect::new(size.width / 2, size.height / 2, size.width / 4, size.height / 4);
            jobs.pixels(format!("{name}, a part"), open().crop(part));
            for scale in [2, 8] {
                let resize = Resize::width(size.width / scale);
                jobs.pixels(format!("{name} at 1/{scale}"), open().resize(resize));
            }
        }
    }
    Ok(())
}
