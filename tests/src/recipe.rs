//! A pipeline as data, in the words of `cases/*.toml`.

use std::str::FromStr;
use std::time::Duration;

use makeready::{
    CancelToken, Colour, Edges, Encode, Error, Limits, Open, Pipeline, Quarter, Rect, Resize,
    Result, Source, Stitch,
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
    /// Of colours and words that cannot be read.
    ///
    /// # Panics
    /// On a recipe that says neither input nor stitch.
    pub fn pipeline(&self) -> Result<Pipeline> {
        self.pipeline_of(&|file| Ok(Source::path(crate::path("images").join(file))))
    }

    /// The pipeline, its inputs found by their names.
    ///
    /// # Errors
    /// As [`pipeline`](Self::pipeline), and what `find` gives.
    ///
    /// # Panics
    /// As [`pipeline`](Self::pipeline).
    pub fn pipeline_of(&self, find: &dyn Fn(&str) -> Result<Source>) -> Result<Pipeline> {
        let mut pipeline = match (&self.input, &self.stitch) {
            (Some(file), None) => Pipeline::open_with(find(file)?, self.open.options()?),
            (None, Some(stitch)) => stitch.pipeline_of(find)?,
            _ => panic!("a recipe has an input or a stitch: {self:?}"),
        };
        for op in &self.ops {
            pipeline = op.apply(pipeline)?;
        }
        Ok(pipeline)
    }
}

impl OpenSpec {
    fn options(&self) -> Result<Open> {
        let mut open = Open::default();
        open.page = self.page.unwrap_or(open.page);
        open.auto_orient = self.auto_orient.unwrap_or(open.auto_orient);
        if let Some(word) = &self.on_error {
            open.on_error = word.parse()?;
        }
        Ok(open)
    }
}

impl StitchSpec {
    fn pipeline_of(&self, find: &dyn Fn(&str) -> Result<Source>) -> Result<Pipeline> {
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
            stitch = stitch.position(word.parse()?);
        }
        let inputs = self.inputs.iter().map(|input| match input {
            StitchInput::File(file) => Ok(Pipeline::open(find(file)?)),
            StitchInput::Recipe(recipe) => recipe.pipeline_of(find),
        });
        Ok(Pipeline::stitch(stitch, inputs.collect::<Result<Vec<_>>>()?))
    }
}

impl Op {
    /// Adds it to a pipeline.
    ///
    /// # Errors
    /// Of colours and words that cannot be read.
    pub fn apply(&self, pipeline: Pipeline) -> Result<Pipeline> {
        Ok(match self {
            Self::Resize { .. } => pipeline.resize(self.resize()?),
            Self::Crop { x, y, width, height } => pipeline.crop(Rect::new(*x, *y, *width, *height)),
            Self::Rotate { degrees } => pipeline.rotate(Quarter::from_degrees(*degrees)?),
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
            fit,
            position,
            kernel,
            without_enlargement,
            linear,
            background,
        } = self
        {
            (resize.width, resize.height) = (*width, *height);
            resize.fit = word(fit)?.unwrap_or(resize.fit);
            resize.position = word(position)?.unwrap_or(resize.position);
            resize.kernel = word(kernel)?.unwrap_or(resize.kernel);
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
    /// # Errors
    /// Of words that cannot be read.
    ///
    /// # Panics
    /// On a format that cases do not know yet.
    pub fn options(&self) -> Result<Encode> {
        let mut encode: Encode = self.format.parse()?;
        match &mut encode {
            Encode::Jpeg(jpeg) => {
                jpeg.quality = self.quality.unwrap_or(jpeg.quality);
                jpeg.progressive = self.progressive.unwrap_or(jpeg.progressive);
                jpeg.optimize_coding = self.optimize_coding.unwrap_or(jpeg.optimize_coding);
                jpeg.subsampling = word(&self.subsampling)?.unwrap_or(jpeg.subsampling);
            }
            Encode::Png(png) => {
                png.compression_level = self.compression_level.unwrap_or(png.compression_level);
            }
            Encode::WebP(webp) => {
                webp.quality = self.quality.unwrap_or(webp.quality);
                webp.lossless = self.lossless.unwrap_or(webp.lossless);
                webp.effort = self.effort.unwrap_or(webp.effort);
            }
            _ => panic!("format {}", self.format),
        }
        Ok(encode)
    }
}

impl JobSpec {
    /// Sets what this says.
    ///
    /// # Errors
    /// Of a shrink that is none.
    ///
    /// # Panics
    /// On a limit that is none.
    pub fn apply(&self, mut pipeline: Pipeline) -> Result<Pipeline> {
        if let Some(word) = &self.shrink {
            pipeline = pipeline.shrink(word.parse()?);
        }
        if !self.limits.is_empty() {
            pipeline = pipeline.limits(self.limits());
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
        Ok(pipeline)
    }

    /// The limits of the job.
    ///
    /// # Panics
    /// On a limit that is none.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for (name, &value) in &self.limits {
            let narrow = || u32::try_from(value).expect("a limit of 32 bits");
            match name.as_str() {
                "max_input_bytes" => limits.max_input_bytes = value,
                "max_input_pixels" => limits.max_input_pixels = value,
                "max_input_side" => limits.max_input_side = narrow(),
                "max_inputs" => limits.max_inputs = usize::try_from(value).expect("a count"),
                "max_total_pixels" => limits.max_total_pixels = value,
                "max_output_pixels" => limits.max_output_pixels = value,
                "max_output_side" => limits.max_output_side = narrow(),
                "max_outputs" => limits.max_outputs = usize::try_from(value).expect("a count"),
                "max_work" => limits.max_work = value,
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
}

/// What a word stands for, where there is one.
fn word<T: FromStr<Err = Error>>(word: &Option<String>) -> Result<Option<T>> {
    word.as_deref().map(str::parse).transpose()
}
