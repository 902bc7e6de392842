//! Inputs of the jobs: files of the tests, files that are made before the first job, raw pictures of noise.

mod png;

use std::fs;
use std::path::PathBuf;

use makeready::{Image, Layout, Result, Size, Source};
use makeready_tests::path;
use makeready_tests::recipe::{EncodeSpec, Recipe};
use serde::Deserialize;

/// An input that is made, by its kind (`of`).
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    /// Of its file. A `*` stands for the numbers of its copies.
    name: String,
    #[serde(flatten)]
    of: Of,
    /// Files of the same picture whose bytes differ, so that each is decoded by itself.
    #[serde(default = "one")]
    copies: usize,
}

fn one() -> usize {
    1
}

#[derive(Debug, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
enum Of {
    /// The output of a recipe.
    Recipe { recipe: Box<Recipe>, encode: EncodeSpec },
    /// A PNG of noise as other programs write it.
    Png { size: (u32, u32), channels: u8, depth: u8, interlaced: bool },
    /// A PNG of one pixel behind so many chunks that say nothing.
    Chunks { chunks: usize },
    /// A GIF of noise, each frame as large as the first.
    Gif { size: (u16, u16), frames: usize },
}

/// Where inputs are.
pub(crate) struct Inputs(PathBuf);

impl Inputs {
    /// Inputs of the build folder.
    pub(crate) fn new() -> Self {
        Self(path("../target/pressure"))
    }

    /// Makes the inputs that are made.
    ///
    /// # Errors
    /// Of jobs that make them.
    ///
    /// # Panics
    /// When they cannot be written.
    pub(crate) fn make(&self, inputs: &[Input]) -> Result<()> {
        fs::create_dir_all(&self.0).expect("a folder");
        for input in inputs {
            let bytes = self.bytes(input)?;
            for copy in 0..input.copies {
                let file = self.0.join(input.name.replace('*', &copy.to_string()));
                // No format reads bytes behind its end.
                let end = if copy == 0 { String::new() } else { copy.to_string() };
                fs::write(file, [&bytes, end.as_bytes()].concat()).expect("a file");
            }
        }
        Ok(())
    }

    fn bytes(&self, input: &Input) -> Result<Vec<u8>> {
        Ok(match &input.of {
            Of::Recipe { recipe, encode } => {
                let pipeline = recipe.pipeline_of(&|name| self.source(name))?;
                pipeline.call("encode", &encode.values())?.run()?.data
            }
            Of::Png { size, channels, depth, interlaced } => {
                png::noise(*size, *channels, *depth, *interlaced)
            }
            Of::Chunks { chunks } => png::chunks(*chunks),
            Of::Gif { size, frames } => gif(*size, *frames),
        })
    }

    /// An input by its name: `noise WIDTHxHEIGHTxCHANNELS` and `flat WIDTHxHEIGHTxCHANNELS` are raw pictures, others are
    /// files that were made, and else files of `tests/images`.
    pub(crate) fn source(&self, name: &str) -> Result<Source> {
        if let Some((kind @ ("noise" | "flat"), size)) = name.split_once(' ') {
            return Ok(raw(kind == "noise", size)?.into());
        }
        let made = self.0.join(name);
        Ok(Source::path(if made.exists() { made } else { path("images").join(name) }))
    }

    /// A file to write to.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

fn raw(noisy: bool, size: &str) -> Result<Image> {
    let sides: Vec<u32> = size.split('x').map(|side| side.parse().expect("a side")).collect();
    let &[width, height, channels] = sides.as_slice() else { panic!("a size: {size}") };
    let layout = match channels {
        1 => Layout::Gray,
        2 => Layout::GrayA,
        3 => Layout::Rgb,
        4 => Layout::Rgba,
        _ => panic!("{channels} channels"),
    };
    let count = width as usize * height as usize * channels as usize;
    let data = if noisy { noise().take(count).collect() } else { vec![120; count] };
    Image::new(Size::new(width, height), layout, data)
}

/// Bytes of noise, the same ones each time.
pub(crate) fn noise() -> impl Iterator<Item = u8> {
    let mut state = 1_u32;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
}

fn gif((width, height): (u16, u16), frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let palette: Vec<u8> = noise().take(256 * 3).collect();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &palette).expect("a header");
    for _ in 0..frames {
        let pixels: Vec<u8> = noise().take(usize::from(width) * usize::from(height)).collect();
        let frame = gif::Frame::from_indexed_pixels(width, height, pixels, None);
        encoder.write_frame(&frame).expect("a frame");
    }
    drop(encoder);
    bytes
}
