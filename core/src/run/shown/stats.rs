//! Figures of a picture: its channels, how much it tells, how sharp it is, and its colour.

use crate::error::Result;
use crate::ops::luma;
use crate::picture::image::{Colour, Image, rgba};
use crate::picture::reserve::filled;
use crate::recipe::job::Watch;

/// Figures of a picture: see [`stats`](crate::stats).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Of each channel, in the order of the layout: alpha is the last.
    pub channels: Vec<ChannelStats>,
    /// Tells whether alpha, if there is any, is 255 everywhere.
    pub is_opaque: bool,
    /// How many bits tell the luma of a pixel, in the mean, if pixels knew nothing of one another: 0 where all are
    /// alike, 8 where all 256 shades are as frequent.
    pub entropy: f64,
    /// How far pixels are from those around them: the standard deviation of the Laplacian of the luma, which is the sum of the
    /// pixels above, below, left and right less four times the pixel. At the edges the picture goes on as it ends.
    pub sharpness: f64,
    /// The most frequent colour: the mean of the pixels in the fullest of 4,096 equal cubes of colours. Clear pixels
    /// do not count; where all are, it is clear itself.
    pub dominant: Colour,
}

/// Figures of a channel, whose samples are 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ChannelStats {
    /// The least sample.
    pub min: u8,
    /// The greatest sample.
    pub max: u8,
    /// The mean of the samples.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
}

/// How often there is each sample.
#[derive(Clone, Copy)]
struct Histogram([u64; 256]);

impl Histogram {
    const EMPTY: Self = Self([0; 256]);

    fn count(&mut self, sample: u8) {
        self.0[usize::from(sample)] += 1;
    }

    /// Each sample that there is, and its share of all.
    fn shares(&self) -> impl DoubleEndedIterator<Item = (u8, f64)> {
        let all = self.0.iter().sum::<u64>() as f64;
        (0..=u8::MAX)
            .zip(self.0)
            .filter(|(_, count)| *count > 0)
            .map(move |(sample, count)| (sample, count as f64 / all))
    }

    fn channel(&self) -> ChannelStats {
        let ends = (self.shares().next(), self.shares().next_back());
        let mean: f64 = self.shares().map(|(sample, share)| f64::from(sample) * share).sum();
        let variance: f64 =
            self.shares().map(|(sample, share)| (f64::from(sample) - mean).powi(2) * share).sum();
        ChannelStats {
            min: ends.0.map_or(0, |(sample, _)| sample),
            max: ends.1.map_or(0, |(sample, _)| sample),
            mean,
            deviation: variance.sqrt(),
        }
    }

    fn entropy(&self) -> f64 {
        // Not less than 0, which a sum of nothing but -0 would be.
        self.shares().map(|(_, share)| -share * share.log2()).sum::<f64>().max(0.0)
    }
}

/// Rows that are looked at between two questions whether to stop.
const ROWS: usize = 64;

/// The figures of an image.
pub(crate) fn stats(image: &Image, watch: &Watch) -> Result<Stats> {
    let width = image.size().width as usize;
    let channels = image.layout().channels() as usize;
    let mut samples = [Histogram::EMPTY; 4];
    let mut shades = Histogram::EMPTY;
    let mut colours = Colours::new()?;
    let mut laplacian = Laplacian::new(width)?;
    for (y, row) in image.data().chunks_exact(width * channels).enumerate() {
        if y % ROWS == 0 {
            watch.check()?;
        }
        let lumas = laplacian.next_row();
        for (pixel, shade) in row.chunks_exact(channels).zip(lumas.iter_mut()) {
            for (histogram, sample) in samples.iter_mut().zip(pixel) {
                histogram.count(*sample);
            }
            let [r, g, b, alpha] = rgba(pixel);
            *shade = luma([r, g, b]);
            shades.count(*shade);
            if alpha > 0 {
                colours.count([r, g, b]);
            }
        }
        laplacian.sum_row_before();
    }
    laplacian.sum_last_row();
    let channels: Vec<_> = samples[..channels].iter().map(Histogram::channel).collect();
    let alpha = channels.last().filter(|_| image.layout().has_alpha());
    Ok(Stats {
        is_opaque: alpha.is_none_or(|alpha| alpha.min == u8::MAX),
        channels,
        entropy: shades.entropy(),
        sharpness: laplacian.deviation(),
        dominant: colours.most_frequent(),
    })
}

/// Sums of the Laplacian of rows that come one by one.
struct Laplacian {
    /// The row before the last, the last, and room for the next.
    rows: [Vec<u8>; 3],
    count: usize,
    sum: i64,
    squares: u64,
    width: usize,
}

impl Laplacian {
    fn new(width: usize) -> Result<Self> {
        let rows = [filled(0, width)?, filled(0, width)?, filled(0, width)?];
        Ok(Self { rows, count: 0, sum: 0, squares: 0, width })
    }

    /// The row to write next.
    fn next_row(&mut self) -> &mut [u8] {
        self.rows.rotate_left(1);
        self.count += 1;
        &mut self.rows[2]
    }

    /// Sums the row before the one that was written last, as now there is one below it.
    fn sum_row_before(&mut self) {
        match self.count {
            0 | 1 => {}
            2 => self.sum_row([1, 1, 2]),
            _ => self.sum_row([0, 1, 2]),
        }
    }

    fn sum_last_row(&mut self) {
        self.sum_row(if self.count > 1 { [1, 2, 2] } else { [2, 2, 2] });
    }

    fn sum_row(&mut self, [above, here, below]: [usize; 3]) {
        let [above, here, below] = [above, here, below].map(|at| &self.rows[at]);
        for x in 0..self.width {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(self.width - 1));
            let around = [above[x], below[x], here[left], here[right]];
            let value = around.into_iter().map(i32::from).sum::<i32>() - 4 * i32::from(here[x]);
            self.sum += i64::from(value);
            self.squares += u64::from(value.unsigned_abs().pow(2));
        }
    }

    fn deviation(&self) -> f64 {
        let all = (self.count * self.width) as f64;
        let mean = self.sum as f64 / all;
        // Not less than 0, as roundings could make it.
        (self.squares as f64 / all - mean * mean).max(0.0).sqrt()
    }
}

/// Cubes of colours along each side.
const SIDE: usize = 16;

/// The colours of pixels, by cubes of like ones.
struct Colours(Vec<Cube>);

/// How many pixels a cube has, and the sums of their samples.
#[derive(Clone, Copy, Default)]
struct Cube {
    count: u64,
    sums: [u64; 3],
}

impl Colours {
    fn new() -> Result<Self> {
        Ok(Self(filled(Cube::default(), SIDE * SIDE * SIDE)?))
    }

    fn count(&mut self, colour: [u8; 3]) {
        let [r, g, b] = colour.map(|sample| usize::from(sample) * SIDE / 256);
        let cube = &mut self.0[(r * SIDE + g) * SIDE + b];
        cube.count += 1;
        for (sum, sample) in cube.sums.iter_mut().zip(colour) {
            *sum += u64::from(sample);
        }
    }

    /// Of cubes that are as full the darkest, by red first.
    fn most_frequent(&self) -> Colour {
        let fullest = self.0.iter().rev().max_by_key(|cube| cube.count);
        match fullest {
            Some(Cube { count, sums }) if *count > 0 => {
                let mean = |sum: u64| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX);
                let [r, g, b] = sums.map(mean);
                Colour::rgb(r, g, b)
            }
            _ => Colour::TRANSPARENT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::geometry::Size;
    use crate::picture::image::Layout;

    fn of(width: u32, layout: Layout, samples: &[u8]) -> Result<Stats> {
        let rows = samples.len() / width as usize / layout.channels() as usize;
        let size = Size::new(width, u32::try_from(rows).unwrap_or(0));
        stats(&Image::new(size, layout, samples.to_vec())?, &Watch::default())
    }

    #[test]
    fn one_shade_tells_nothing() -> Result<()> {
        let found = of(3, Layout::Gray, &[7; 6])?;
        let channel = ChannelStats { min: 7, max: 7, mean: 7.0, deviation: 0.0 };
        assert_eq!(found.channels, [channel]);
        assert_eq!((found.entropy, found.sharpness), (0.0, 0.0));
        assert_eq!((found.is_opaque, found.dominant), (true, Colour::rgb(7, 7, 7)));
        Ok(())
    }

    #[test]
    fn figures_by_hand() -> Result<()> {
        // Two shades of 4: 1 bit. The mean is 5, and each is 5 from it.
        let found = of(2, Layout::Gray, &[0, 10, 10, 0])?;
        let channel = ChannelStats { min: 0, max: 10, mean: 5.0, deviation: 5.0 };
        assert_eq!(found.channels, [channel]);
        assert!((found.entropy - 1.0).abs() < 1e-12, "{}", found.entropy);
        // 20 at a 0, between two of 10 and itself twice; -20 at a 10.
        assert!((found.sharpness - 20.0).abs() < 1e-9, "{}", found.sharpness);
        Ok(())
    }

    #[test]
    fn a_line_has_neighbours_on_its_sides_alone() -> Result<()> {
        for (width, samples) in [(3, [0, 30, 0]), (1, [0, 30, 0])] {
            // 30, -60, 30: their mean is 0, their squares are 900, 3,600 and 900.
            let found = of(width, Layout::Gray, &samples)?;
            assert!((found.sharpness - 1800_f64.sqrt()).abs() < 1e-9, "{}", found.sharpness);
        }
        Ok(())
    }

    #[test]
    fn clear_pixels_have_no_colour() -> Result<()> {
        let red = [250, 4, 0, 255, 252, 0, 0, 255];
        let found = of(1, Layout::Rgba, &[&[0; 12], &red[..]].concat())?;
        assert_eq!(found.dominant, Colour::rgb(251, 2, 0));
        assert!(!found.is_opaque);
        assert_eq!(of(1, Layout::Rgba, &[9, 9, 9, 0])?.dominant, Colour::TRANSPARENT);
        Ok(())
    }

    #[test]
    fn it_ends_where_the_job_is_cancelled() -> Result<()> {
        let cancel = crate::recipe::job::CancelToken::new();
        cancel.cancel();
        let image = Image::new(Size::new(1, 1), Layout::Gray, vec![0])?;
        let error = stats(&image, &Watch::new(vec![cancel], None)).unwrap_err();
        assert_eq!(error.code(), "cancelled");
        Ok(())
    }
}
