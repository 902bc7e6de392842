//! A pipeline as data, in the words of `cases/*.toml`.

use std::time::Duration;

use makeready::{
    CancelToken, Colour, Edges, Encode, Fit, Jpeg, Kernel, Limits, OnError, Open, Pipeline, Png,
    Position, Quarter, Rect, Resize, Result, Shrink, Stitch, Subsampling, WebP,
};
use serde::Deserialize;

/// An input or a stitch, and the operations on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// A file below `images/`.
    pub input: Option<String>,
    /// How that file is opened.
    #[serde(default)]
    pub open: OpenSpec,
    /// Instead of an input.
    pub stitch: Option<StitchSpec>,
    /// In the order they apply.
    #[serde(default)]
    pub ops: Vec<Op>,
}

/// How an input is opened.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenSpec {
    /// Counted from 0.
    pub page: Option<u32>,
    /// Whether the EXIF orientation is applied.
    pub auto_orient: Option<bool>,
    /// `fail` or `recover`.
    pub on_error: Option<String>,
}

/// A grid (`across`) or a canvas (`canvas` and `at`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StitchSpec {
    /// Cells of a row.
    pub across: Option<u32>,
    /// Pixels between cells.
    pub gap: Option<u32>,
    /// Width and height.
    pub canvas: Option<(u32, u32)>,
    /// The corner of each input.
    pub at: Option<Vec<(u32, u32)>>,
    /// As `#rrggbb` or `#rrggbbaa`.
    pub background: Option<String>,
    /// Where a smaller input lies in its cell.
    pub position: Option<String>,
    /// Files, or recipes of their own.
    pub inputs: Vec<StitchInput>,
}

/// An input of a stitch.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum StitchInput {
    /// A file below `images/`.
    File(String),
    /// A pipeline with its own operations.
    Recipe(Box<Recipe>),
}

/// An operation, told by its `op`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Op {
    /// All keys but one side may be left out.
    Resize {
        /// Pixels.
        width: Option<u32>,
        /// Pixels.
        height: Option<u32>,
        /// `cover`, `contain`, `fill`, `inside` or `outside`.
        fit: Option<String>,
        /// `centre`, `north`, `north_east`, ...
        position: Option<String>,
        /// `nearest`, `linear`, `cubic`, `mitchell`, `lanczos2` or `lanczos3`.
        kernel: Option<String>,
        /// Never larger.
        #[serde(default)]
        without_enlargement: bool,
        /// In linear light.
        #[serde(default)]
        linear: bool,
        /// Around a contained picture.
        background: Option<String>,
    },
    /// In pixels of the picture at this point.
    Crop {
        /// Columns left of it.
        x: u32,
        /// Rows above it.
        y: u32,
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// 90, 180 or 270 degrees clockwise.
    Rotate {
        /// Of a full turn of 360.
        degrees: u32,
    },
    /// Top and bottom exchanged.
    Flip,
    /// Left and right exchanged.
    Flop,
    /// Onto an opaque colour.
    Flatten {
        /// As `#rrggbb`.
        background: String,
    },
    /// Adds edges.
    Extend {
        /// Rows above.
        #[serde(default)]
        top: u32,
        /// Columns on the right.
        #[serde(default)]
        right: u32,
        /// Rows below.
        #[serde(default)]
        bottom: u32,
        /// Columns on the left.
        #[serde(default)]
        left: u32,
        /// As `#rrggbb` or `#rrggbbaa`.
        background: String,
    },
}

/// An encode, told by its `format`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncodeSpec {
    /// `jpeg`, `png` or `webp`.
    pub format: String,
    /// JPEG and WebP.
    pub quality: Option<u8>,
    /// JPEG: `4:4:4`, `4:2:2` or `4:2:0`.
    pub subsampling: Option<String>,
    /// JPEG.
    pub progressive: Option<bool>,
    /// JPEG.
    pub optimize_coding: Option<bool>,
    /// PNG.
    pub compression_level: Option<u8>,
    /// WebP.
    pub lossless: Option<bool>,
    /// WebP.
    pub effort: Option<u8>,
}

/// What holds for the job as a whole.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSpec {
    /// `off`, `balanced` or `fast`.
    pub shrink: Option<String>,
    /// Names of limits and their values.
    #[serde(default)]
    pub limits: std::collections::BTreeMap<String, u64>,
    /// Threads of the job.
    pub threads: Option<usize>,
    /// Seconds.
    pub deadline: Option<f64>,
    /// Whether the job is cancelled before it begins.
    #[serde(default)]
    pub cancelled: bool,
}

impl Recipe {
    /// The pipeline.
    ///
    /// # Errors
    /// Of colours that cannot be read.
    ///
    /// # Panics
    /// On a recipe that says neither input nor stitch, or a word that is none.
    pub fn pipeline(&self) -> Result<Pipeline> {
        let mut pipeline = match (&self.input, &self.stitch) {
            (Some(file), None) => {
                Pipeline::open_with(crate::path("images").join(file), self.open.options())
            }
            (None, Some(stitch)) => stitch.pipeline()?,
            _ => panic!("a recipe has an input or a stitch: {self:?}"),
        };
        for op in &self.ops {
            pipeline = op.apply(pipeline)?;
        }
        Ok(pipeline)
    }
}

impl OpenSpec {
    fn options(&self) -> Open {
        let mut open = Open::default();
        open.page = self.page.unwrap_or(open.page);
        open.auto_orient = self.auto_orient.unwrap_or(open.auto_orient);
        if let Some(word) = &self.on_error {
            open.on_error = match word.as_str() {
                "fail" => OnError::Fail,
                "recover" => OnError::Recover,
                _ => panic!("on_error {word}"),
            };
        }
        open
    }
}

impl StitchSpec {
    fn pipeline(&self) -> Result<Pipeline> {
        let mut stitch = match (self.across, self.canvas) {
            (Some(across), None) => Stitch::across(across),
            (None, Some((width, height))) => Stitch::canvas(width, height),
            _ => panic!("a stitch has `across` or `canvas`: {self:?}"),
        };
        stitch = stitch.gap(self.gap.unwrap_or(0)).at(self.at.clone().unwrap_or_default());
        if let Some(colour) = &self.background {
            stitch = stitch.background(Colour::parse(colour)?);
        }
        if let Some(word) = &self.position {
            stitch = stitch.position(position(word));
        }
        let inputs = self.inputs.iter().map(|input| match input {
            StitchInput::File(file) => Ok(Pipeline::open(crate::path("images").join(file))),
            StitchInput::Recipe(recipe) => recipe.pipeline(),
        });
        Ok(Pipeline::stitch(stitch, inputs.collect::<Result<Vec<_>>>()?))
    }
}

impl Op {
    fn apply(&self, pipeline: Pipeline) -> Result<Pipeline> {
        Ok(match self {
            Self::Resize { .. } => pipeline.resize(self.resize()?),
            Self::Crop { x, y, width, height } => pipeline.crop(Rect::new(*x, *y, *width, *height)),
            Self::Rotate { degrees } => pipeline.rotate(match degrees {
                90 => Quarter::One,
                180 => Quarter::Two,
                270 => Quarter::Three,
                _ => panic!("rotate {degrees}"),
            }),
            Self::Flip => pipeline.flip(),
            Self::Flop => pipeline.flop(),
            Self::Flatten { background } => pipeline.flatten(Colour::parse(background)?),
            Self::Extend { top, right, bottom, left, background } => {
                let edges = Edges { top: *top, right: *right, bottom: *bottom, left: *left };
                pipeline.extend(edges, Colour::parse(background)?)
            }
        })
    }

    fn resize(&self) -> Result<Resize> {
        let mut resize = Resize::default();
        if let Self::Resize {
            width,
            height,
            fit: fit_word,
            position: position_word,
            kernel: kernel_word,
            without_enlargement,
            linear,
            background,
        } = self
        {
            (resize.width, resize.height) = (*width, *height);
            resize.fit = fit_word.as_deref().map_or(resize.fit, fit);
            resize.position = position_word.as_deref().map_or(resize.position, position);
            resize.kernel = kernel_word.as_deref().map_or(resize.kernel, kernel);
            (resize.without_enlargement, resize.linear) = (*without_enlargement, *linear);
            if let Some(colour) = background {
                resize.background = Colour::parse(colour)?;
            }
        }
        Ok(resize)
    }
}

impl EncodeSpec {
    /// The options.
    ///
    /// # Panics
    /// On a format that is none.
    #[must_use]
    pub fn options(&self) -> Encode {
        match self.format.as_str() {
            "jpeg" => {
                let mut jpeg = Jpeg::default();
                jpeg.quality = self.quality.unwrap_or(jpeg.quality);
                jpeg.progressive = self.progressive.unwrap_or(jpeg.progressive);
                jpeg.optimize_coding = self.optimize_coding.unwrap_or(jpeg.optimize_coding);
                jpeg.subsampling = match self.subsampling.as_deref() {
                    None | Some("4:2:0") => Subsampling::S420,
                    Some("4:2:2") => Subsampling::S422,
                    Some("4:4:4") => Subsampling::S444,
                    Some(word) => panic!("subsampling {word}"),
                };
                jpeg.into()
            }
            "png" => {
                let mut png = Png::default();
                png.compression_level = self.compression_level.unwrap_or(png.compression_level);
                png.into()
            }
            "webp" => {
                let mut webp = WebP::default();
                webp.quality = self.quality.unwrap_or(webp.quality);
                webp.lossless = self.lossless.unwrap_or(webp.lossless);
                webp.effort = self.effort.unwrap_or(webp.effort);
                webp.into()
            }
            word => panic!("format {word}"),
        }
    }
}

impl JobSpec {
    /// Sets what this says.
    ///
    /// # Panics
    /// On a limit or a shrink that is none.
    pub fn apply(&self, mut pipeline: Pipeline) -> Pipeline {
        if let Some(word) = &self.shrink {
            pipeline = pipeline.shrink(match word.as_str() {
                "off" => Shrink::Off,
                "balanced" => Shrink::Balanced,
                "fast" => Shrink::Fast,
                _ => panic!("shrink {word}"),
            });
        }
        if !self.limits.is_empty() {
            pipeline = pipeline.limits(limits(&self.limits));
        }
        if let Some(threads) = self.threads {
            pipeline = pipeline.threads(threads);
        }
        if let Some(seconds) = self.deadline {
            pipeline = pipeline.deadline(Duration::from_secs_f64(seconds));
        }
        if self.cancelled {
            let token = CancelToken::new();
            token.cancel();
            pipeline = pipeline.cancel(token);
        }
        pipeline
    }
}

fn limits(values: &std::collections::BTreeMap<String, u64>) -> Limits {
    let mut limits = Limits::default();
    for (name, &value) in values {
        let narrow = || u32::try_from(value).expect("a limit of 32 bits");
        match name.as_str() {
            "max_input_bytes" => limits.max_input_bytes = value,
            "max_input_pixels" => limits.max_input_pixels = value,
            "max_input_side" => limits.max_input_side = narrow(),
            "max_inputs" => limits.max_inputs = usize::try_from(value).expect("a count"),
            "max_total_pixels" => limits.max_total_pixels = value,
            "max_output_pixels" => limits.max_output_pixels = value,
            "max_output_side" => limits.max_output_side = narrow(),
            "max_jpeg_scans" => limits.max_jpeg_scans = narrow(),
            "max_jpeg_scan_pixels" => limits.max_jpeg_scan_pixels = value,
            "max_memory" => limits.max_memory = value,
            "max_icc_bytes" => limits.max_icc_bytes = value,
            "max_exif_bytes" => limits.max_exif_bytes = value,
            _ => panic!("limit {name}"),
        }
    }
    limits
}

fn fit(word: &str) -> Fit {
    match word {
        "cover" => Fit::Cover,
        "contain" => Fit::Contain,
        "fill" => Fit::Fill,
        "inside" => Fit::Inside,
        "outside" => Fit::Outside,
        _ => panic!("fit {word}"),
    }
}

fn kernel(word: &str) -> Kernel {
    match word {
        "nearest" => Kernel::Nearest,
        "linear" => Kernel::Linear,
        "cubic" => Kernel::Cubic,
        "mitchell" => Kernel::Mitchell,
        "lanczos2" => Kernel::Lanczos2,
        "lanczos3" => Kernel::Lanczos3,
        _ => panic!("kernel {word}"),
    }
}

fn position(word: &str) -> Position {
    match word {
        "centre" => Position::Centre,
        "north" => Position::North,
        "north_east" => Position::NorthEast,
        "east" => Position::East,
        "south_east" => Position::SouthEast,
        "south" => Position::South,
        "south_west" => Position::SouthWest,
        "west" => Position::West,
        "north_west" => Position::NorthWest,
        _ => panic!("position {word}"),
    }
}
