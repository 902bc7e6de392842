//! Films for tests: chance, and all frames of a file.

use std::sync::Arc;

use crate::error::Result;
use crate::formats::{Film, film, opened};
use crate::picture::image::{self, Image, Layout};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;

/// Numbers that look random, the same in every run.
pub(in crate::formats) struct Random(pub(in crate::formats) u64);

impl Random {
    pub(in crate::formats) fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        u32::try_from(self.0 >> 33).unwrap_or(0) % end
    }

    pub(in crate::formats) fn byte(&mut self) -> u8 {
        self.below(256).to_le_bytes()[0]
    }

    pub(in crate::formats) fn once_in(&mut self, count: u32) -> bool {
        self.below(count) == 0
    }

    /// So many pixels of a few colours, some of them clear or half clear where there is alpha.
    pub(in crate::formats) fn pixels(&mut self, count: u64, layout: Layout) -> Vec<u8> {
        let colours: Vec<[u8; 4]> = (0..8)
            .map(|_| {
                let alpha = [0, 255, self.byte()][self.below(3) as usize];
                [self.byte(), self.byte(), self.byte(), alpha]
            })
            .collect();
        let channels = layout.channels() as usize;
        let from = if layout.has_colour() || !layout.has_alpha() { 0 } else { 2 };
        let pixel = |_| colours[self.below(8) as usize][from..from + channels].to_vec();
        (0..count).flat_map(pixel).collect()
    }

    /// A picture of which a part is new, often with colours that stand beside those before.
    pub(in crate::formats) fn next(&mut self, before: &Image) -> Result<Image> {
        let (size, layout) = (before.size(), before.layout());
        let channels = layout.channels() as usize;
        let mut data = before.data().to_vec();
        let mut colours = self.pixels(8, layout);
        if layout.has_alpha() && self.once_in(2) {
            colours.chunks_exact_mut(channels).for_each(|pixel| pixel[channels - 1] = 255);
        }
        for _ in 0..self.below(40) {
            let at = self.below(size.width * size.height) as usize * channels;
            let from = self.below(8) as usize * channels;
            data[at..at + channels].copy_from_slice(&colours[from..from + channels]);
        }
        Image::new(size, layout, data)
    }
}

/// The film of a file.
pub(in crate::formats) fn film_of(file: &[u8], recover: bool) -> Result<Option<Arc<dyn Film>>> {
    let opened = opened(file.to_vec(), recover)?;
    Ok(film(&opened, &Limits::default())?.map(|(_, film)| film))
}

/// All frames as red, green, blue and alpha, and the code of the error of those that are damaged.
pub(in crate::formats) fn played(
    file: &[u8],
    recover: bool,
) -> Result<(Vec<Vec<u8>>, Option<&'static str>)> {
    let Some(film) = film_of(file, recover)? else { return Ok((Vec::new(), None)) };
    let mut player = film.play(recover)?;
    let mut frames = Vec::new();
    for _ in 0..film.motion().frames() {
        frames.push(rgba(player.next(&Watch::default())?, film.layout()));
    }
    Ok((frames, player.lost().map(|error| error.code())))
}

/// Holds a file to its frames before damage: the code of the error, and how many frames are
/// recovered.
pub(in crate::formats) fn assert_damage(what: &str, file: &[u8], code: &str, frames: usize) {
    let found = played(file, false).map(|(frames, _)| frames.len());
    let found = found.map_err(|error| error.code());
    assert_eq!(found, Err(code), "{what}");
    let recovered = played(file, true).map(|(frames, lost)| (frames.len(), lost));
    let recovered = recovered.map_err(|error| error.to_string());
    assert_eq!(recovered, Ok((frames, Some(code))), "{what}");
}

/// Samples of any layout as red, green, blue and alpha.
pub(in crate::formats) fn rgba(samples: &[u8], layout: Layout) -> Vec<u8> {
    samples.chunks_exact(layout.channels() as usize).flat_map(image::rgba).collect()
}
