//! RGB to YCbCr of the studio range (ITU-R BT.601), chroma at half the width and height.

use crate::encoder::Plane;
use crate::error::Error;
use crate::reserve::reserve;

/// The three planes of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planes {
    /// Luma, 16 to 235.
    pub luma: Vec<u8>,
    /// Both planes of chroma, 16 to 240, of half the width and height, rounded up.
    pub chroma: [Vec<u8>; 2],
    width: usize,
}

impl Planes {
    /// The planes as the encoder takes them.
    #[must_use]
    pub fn planes(&self) -> [Plane<'_>; 3] {
        let [blue, red] = &self.chroma;
        let half = self.width.div_ceil(2);
        [
            Plane { samples: &self.luma, stride: self.width },
            Plane { samples: blue, stride: half },
            Plane { samples: red, stride: half },
        ]
    }
}

/// A weighted sum in 16-bit fixed point over `1 << bits` samples, rounded to nearest, from
/// `middle` on.
fn weighted(sums: [i32; 3], weights: [i32; 3], middle: i32, bits: u32) -> u8 {
    let sum: i32 = sums.iter().zip(weights).map(|(sum, weight)| sum * weight).sum();
    let fraction = 16 + bits;
    let value = (sum + (middle << fraction) + (1 << (fraction - 1))) >> fraction;
    u8::try_from(value.clamp(0, 255)).unwrap_or(0)
}

/// `219 / 255` and `224 / 255` of the weights of BT.601, in 16-bit fixed point; weights of chroma
/// add up to 0.
const LUMA: [i32; 3] = [16829, 33039, 6416];
const BLUE: [i32; 3] = [-9714, -19071, 28785];
const RED: [i32; 3] = [28785, -24104, -4681];

/// Converts rows of RGB (`channels` 3) or RGBA (4, alpha left out). Chroma is the mean of two by
/// two pixels; the last column and row stand for the ones that are missing. Only the last rows of
/// a picture may be odd in number.
///
/// # Errors
/// `Misuse` for other channels or bytes that do not make whole rows, `Memory`.
///
/// ```
/// let planes = makeready_webp::planes_from_rgb(&[255; 3 * 3 * 2], 3, 3)?;
/// assert_eq!((planes.luma[5], planes.chroma[0].len()), (235, 2));
/// # Ok::<(), makeready_webp::Error>(())
/// ```
pub fn planes_from_rgb(rgb: &[u8], width: usize, channels: usize) -> Result<Planes, Error> {
    let stride = width.saturating_mul(channels);
    if stride == 0 || !rgb.len().is_multiple_of(stride) {
        return Err(Error::Misuse(format!("{} bytes are no rows of {width} pixels", rgb.len())));
    }
    let mut planes = Planes { luma: Vec::new(), chroma: Default::default(), width };
    let rows = rgb.len() / stride;
    reserve(&mut planes.luma, width * rows)?;
    for plane in &mut planes.chroma {
        reserve(plane, width.div_ceil(2) * rows.div_ceil(2))?;
    }
    match channels {
        3 => convert::<3>(rgb, stride, &mut planes),
        4 => convert::<4>(rgb, stride, &mut planes),
        _ => return Err(Error::Misuse(format!("pixels have 3 or 4 channels, not {channels}"))),
    }
    Ok(planes)
}

/// Converts rows of pixels.
fn convert<const CHANNELS: usize>(rgb: &[u8], stride: usize, planes: &mut Planes) {
    let sums = |pixels: &[&[u8; CHANNELS]]| -> [i32; 3] {
        std::array::from_fn(|channel| pixels.iter().map(|it| i32::from(it[channel])).sum())
    };
    for pair in rgb.chunks(stride * 2) {
        let (top, bottom) = pair.split_at(stride);
        let bottom = if bottom.is_empty() { top } else { bottom };
        let (pixels, _) = pair.as_chunks::<CHANNELS>();
        planes.luma.extend(pixels.iter().map(|pixel| weighted(sums(&[pixel]), LUMA, 16, 0)));
        let (top, bottom) = (top.as_chunks::<CHANNELS>().0, bottom.as_chunks::<CHANNELS>().0);
        for (top, bottom) in top.chunks(2).zip(bottom.chunks(2)) {
            let four = [&top[0], &top[top.len() - 1], &bottom[0], &bottom[bottom.len() - 1]];
            let four = sums(&four);
            planes.chroma[0].push(weighted(four, BLUE, 128, 2));
            planes.chroma[1].push(weighted(four, RED, 128, 2));
        }
    }
}
