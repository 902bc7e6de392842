//! Extract channel: one channel as a picture in gray.

use std::fmt;

use super::{By, Change, Pointwise};
use crate::error::{Error, Result};
use crate::picture::image::Layout;
use crate::recipe::operations::ExtractChannel;
use crate::recipe::options::Channel;

impl fmt::Display for ExtractChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "extract channel {}", self.channel.name())
    }
}

impl ExtractChannel {
    /// The place of its sample in a pixel.
    fn place(&self, input: Layout) -> usize {
        match self.channel {
            Channel::Alpha => input.channels() as usize - 1,
            Channel::Green if input.has_colour() => 1,
            Channel::Blue if input.has_colour() => 2,
            _ => 0,
        }
    }
}

impl Pointwise for ExtractChannel {
    fn output_layout(&self, input: Layout) -> Result<Layout> {
        if self.channel == Channel::Alpha && !input.has_alpha() {
            return Err(Error::invalid_option("extract_channel alpha: the picture has no alpha"));
        }
        Ok(Layout::Gray)
    }

    fn keeps(&self, input: Layout) -> bool {
        input == Layout::Gray
    }

    fn change(&self, input: Layout) -> Change {
        let (channels, place) = (input.channels() as usize, self.place(input));
        Change::new(By::Samples, move |from, to| {
            for (to, from) in to.iter_mut().zip(from.chunks_exact(channels)) {
                *to = from[place];
            }
        })
    }
}
