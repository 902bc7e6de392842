//! Random pictures, rectangles and pipelines, all from the input's last bytes: the same input, the same recipe.

use makeready::{
    Affine, Blend, Channel, Clahe, Colour, Edges, ExtendMode, Image, Kernel, Layout, Modulate,
    Normalize, OnError, Open, Overlay, Pipeline, Position, Quarter, Rect, Resize, Result, Sharpen,
    Size, Stitch,
};

use crate::limits;
use crate::mutate::XorShift;

/// Bytes at the end of an input that choose the recipe.
pub const TAIL: usize = 16;

/// An input as its file and the bytes that choose.
#[must_use]
pub fn split(data: &[u8]) -> (&[u8], &[u8]) {
    data.split_at(data.len().saturating_sub(TAIL))
}

/// Choices, from the bytes themselves first, so that a changed byte changes one choice; then without end.
#[derive(Debug)]
pub struct Dice<'a> {
    bytes: std::slice::Iter<'a, u8>,
    random: XorShift,
}

impl<'a> Dice<'a> {
    /// Choices of these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        let seed = bytes
            .iter()
            .fold(1_u64, |seed, &byte| seed.wrapping_mul(0x0000_0100_0000_01b3) ^ u64::from(byte));
        Self { bytes: bytes.iter(), random: XorShift::new(seed) }
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: u32) -> u32 {
        match self.bytes.next() {
            Some(&byte) if end <= 256 => u32::from(byte) % end,
            _ => self.random.below(end),
        }
    }

    /// A rectangle of pixels of a picture.
    pub fn rect(&mut self, size: Size) -> Rect {
        let (x, y) = (self.below(size.width), self.below(size.height));
        Rect::new(x, y, 1 + self.below(size.width - x), 1 + self.below(size.height - y))
    }

    /// One of 256 numbers from `first` on, the last just below `end`.
    fn number(&mut self, first: f64, end: f64) -> f64 {
        first + (end - first) * f64::from(self.byte()) / 256.0
    }

    fn colour(&mut self) -> Colour {
        let [red, green, blue] = [0; 3].map(|_: u8| self.byte());
        Colour::rgba(red, green, blue, [255, 255, 0, 100][self.below(4) as usize])
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }
}

/// The samples of a rectangle of a picture.
///
/// # Panics
/// When it reaches outside the picture.
#[must_use]
pub fn cut(image: &Image, rect: Rect) -> Vec<u8> {
    let channels = image.layout().channels() as usize;
    let (stride, length) = (image.size().width as usize * channels, rect.width as usize * channels);
    let rows = image.data().chunks_exact(stride).skip(rect.y as usize).take(rect.height as usize);
    rows.flat_map(|row| &row[rect.x as usize * channels..][..length]).copied().collect()
}

/// A small picture whose samples are these bytes, again and again.
///
/// # Panics
/// Never: the samples are as many as the size says.
pub fn picture(samples: &[u8], dice: &mut Dice) -> Image {
    let layouts = [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba];
    let layout = layouts[dice.below(4) as usize];
    let size = Size::new(1 + dice.below(80), 1 + dice.below(80));
    let length = (size.width * size.height * layout.channels()) as usize;
    let samples = if samples.is_empty() { &[7] } else { samples };
    Image::new(size, layout, samples.iter().copied().cycle().take(length).collect())
        .expect("as many samples as the size says")
}

/// A pipeline of one or two inputs and up to four operations that are valid there.
///
/// # Errors
/// When the file has no header, or goes beyond the limits.
pub fn random(file: &[u8], dice: &mut Dice) -> Result<Pipeline> {
    let first = open(file, dice)?;
    let mut pipeline = if dice.below(3) == 0 {
        let second = if dice.below(2) == 0 {
            open(file, dice)?
        } else {
            Pipeline::open(picture(file, dice))
        };
        let second = random_step(second, dice)?;
        let stitch = Stitch::across(1 + dice.below(2)).gap(dice.below(20));
        Pipeline::stitch(stitch.background(dice.colour()), [first, second])
    } else {
        first
    };
    for _ in 0..dice.below(5) {
        pipeline = random_step(pipeline, dice)?;
    }
    Ok(pipeline)
}

fn open(file: &[u8], dice: &mut Dice) -> Result<Pipeline> {
    let on_error = if dice.below(3) == 0 { OnError::Recover } else { OnError::Fail };
    let open = Open::default().on_error(on_error).auto_orient(dice.below(4) != 0);
    let pipeline = Pipeline::open_with(file.to_vec(), open);
    size(&pipeline).map(|_| pipeline)
}

/// The size of the picture at this point.
fn size(pipeline: &Pipeline) -> Result<Size> {
    pipeline.clone().limits(limits()).plan().map(|planned| planned.size())
}

fn random_step(pipeline: Pipeline, dice: &mut Dice) -> Result<Pipeline> {
    Ok(match dice.below(11) {
        0 | 1 => {
            let size = size(&pipeline)?;
            pipeline.crop(dice.rect(size))
        }
        2 | 3 => pipeline.resize(random_resize(dice)),
        4 => pipeline.flip(),
        5 => pipeline.flop(),
        6 if dice.below(5) == 0 => random_affine(pipeline, dice),
        6 if dice.below(3) == 0 => pipeline.rotate_by(dice.number(-180.0, 180.0), dice.colour()),
        6 => pipeline.rotate([Quarter::One, Quarter::Two, Quarter::Three][dice.below(3) as usize]),
        7 | 8 => random_filter(pipeline, dice),
        9 => random_overlay(pipeline, dice),
        _ if dice.below(4) == 0 => pipeline.flatten(Colour { alpha: 255, ..dice.colour() }),
        _ => {
            let [top, right, bottom, left] = [0; 4].map(|_: u8| dice.below(24));
            let edges = Edges { top, right, bottom, left };
            match dice.below(4) {
                0 => pipeline.extend(edges, ExtendMode::Copy),
                1 => pipeline.extend(edges, ExtendMode::Mirror),
                2 => pipeline.extend(edges, ExtendMode::Repeat),
                _ => pipeline.extend(edges, dice.colour()),
            }
        }
    })
}

/// Another picture on top.
fn random_overlay(pipeline: Pipeline, dice: &mut Dice) -> Pipeline {
    let samples: Vec<u8> = (0..13).map(|_| dice.byte()).collect();
    let above = picture(&samples, dice);
    let coordinate = |dice: &mut Dice| i32::from(dice.byte()) - 99;
    let overlay = match dice.below(3) {
        0 => {
            Overlay::new().position([Position::Centre, Position::SouthEast][dice.below(2) as usize])
        }
        _ => Overlay::at(coordinate(dice), coordinate(dice)),
    };
    let blends = [
        Blend::Over,
        Blend::Multiply,
        Blend::Screen,
        Blend::Overlay,
        Blend::Darken,
        Blend::Lighten,
        Blend::Add,
        Blend::Difference,
        Blend::SoftLight,
        Blend::DestIn,
    ];
    let blend = blends[dice.below(10) as usize];
    let opacity = [1.0, dice.number(0.0, 1.0)][dice.below(2) as usize];
    pipeline.overlay(above, overlay.blend(blend).opacity(opacity).tile(dice.below(4) == 0))
}

/// An operation on the samples.
fn random_filter(pipeline: Pipeline, dice: &mut Dice) -> Pipeline {
    // Alpha is not always there.
    let channels = [Channel::Red, Channel::Green, Channel::Blue];
    match dice.below(16) {
        0 => pipeline.grayscale(),
        1 => pipeline.negate(dice.below(2) == 0),
        2 => pipeline.tint(dice.colour()),
        3 => pipeline.gamma(dice.number(0.2, 4.0)),
        4 => pipeline.linear([(); 3].map(|()| dice.number(-2.0, 3.0)), dice.number(-99.0, 99.0)),
        5 => pipeline.threshold(dice.byte()),
        6 => {
            let change = Modulate::new().saturation(dice.number(0.0, 2.0));
            pipeline.modulate(change.hue(dice.number(-180.0, 180.0)))
        }
        7 => pipeline.remove_alpha(),
        8 => pipeline.ensure_alpha(dice.number(0.0, 1.0)),
        9 => pipeline.recomb([(); 3].map(|()| [(); 3].map(|()| dice.number(-1.0, 1.5)))),
        10 => pipeline.extract_channel(channels[dice.below(3) as usize]),
        11 => pipeline.blur(dice.number(0.3, 9.0)),
        12 => {
            let sharpen = Sharpen::new().sigma(dice.number(0.3, 3.0));
            pipeline.sharpen(sharpen.amount(dice.number(0.0, 5.0)).threshold(dice.byte() / 8))
        }
        13 if dice.below(2) == 0 => {
            let window = Clahe::from((1 + dice.below(40), 1 + dice.below(40)));
            pipeline.clahe(window.max_slope(dice.below(8)))
        }
        13 => pipeline.median(1 + 2 * dice.below(4)),
        14 => {
            let levels = Normalize::new().lower(dice.number(0.0, 40.0));
            pipeline.normalize(levels.upper(dice.number(60.0, 100.0)))
        }
        _ => pipeline.convolve([(); 3].map(|()| [(); 5].map(|()| dice.number(-1.0, 2.0)))),
    }
}

const KERNELS: [Kernel; 6] = [
    Kernel::Nearest,
    Kernel::Linear,
    Kernel::Cubic,
    Kernel::Mitchell,
    Kernel::Lanczos2,
    Kernel::Lanczos3,
];

fn random_affine(pipeline: Pipeline, dice: &mut Dice) -> Pipeline {
    if dice.below(2) == 0 {
        return pipeline.shear(dice.number(-60.0, 60.0), dice.number(-60.0, 60.0), dice.colour());
    }
    let matrix = [(); 2].map(|()| [(); 2].map(|()| dice.number(-1.5, 1.5)));
    let kernel = KERNELS[dice.below(6) as usize];
    pipeline.affine(Affine::from(matrix).kernel(kernel).background(dice.colour()))
}

fn random_resize(dice: &mut Dice) -> Resize {
    let (width, height) = (1 + dice.below(250), 1 + dice.below(250));
    let resize = match dice.below(5) {
        0 => Resize::cover(width, height),
        1 => Resize::contain(width, height).background(dice.colour()),
        2 => Resize::fill(width, height),
        3 => Resize::inside(width, height),
        _ => Resize::width(width),
    };
    let kernel = KERNELS[dice.below(6) as usize];
    resize
        .kernel(kernel)
        .linear(dice.below(4) == 0)
        .without_enlargement(dice.below(3) == 0)
        .without_reduction(dice.below(4) == 0)
}
