//! TGA through the crate `image`. Its files have no signature, so that it is opened only where it is named.

use std::sync::Arc;

use image::codecs::tga::TgaDecoder;

use super::Opened;
use super::part_stream::Part;
use super::read::{Reader, Signature};
use super::whole::Whole;
use crate::error::Result;
use crate::picture::exif::ByteOrder;
use crate::picture::format::Format;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// Bytes of the head of a file.
const HEAD: usize = 18;

/// The reader of TGA.
pub(super) struct TgaReader;

impl Reader for TgaReader {
    fn format(&self) -> Format {
        Format::Tga
    }

    fn signatures(&self) -> &'static [Signature] {
        &[]
    }

    fn fits(&self, data: &[u8]) -> bool {
        begins(data)
    }

    /// Whatever begins with small numbers could be one.
    fn only_when_named(&self) -> bool {
        true
    }

    fn open(&self, file: Bytes, limits: &Limits, _: bool) -> Result<Arc<dyn Opened>> {
        let whole = vec![Part::File(0..(*file).as_ref().len())];
        let opened = Whole::open(
            file,
            whole,
            Format::Tga,
            |stream| Ok(Box::new(TgaDecoder::new(stream)?)),
            limits,
        )?;
        Ok(Arc::new(opened))
    }
}

/// Tells whether a file begins as a TGA: its kind is one of six, and its numbers agree.
pub(super) fn begins(data: &[u8]) -> bool {
    let Some(head) = data.first_chunk::<HEAD>() else { return false };
    let [_, has_colours, kind, table @ .., depth, flags] = *head;
    let side = |at| ByteOrder::Little.short(head, at).is_some_and(|side| side > 0);
    let colours = &table[..5];
    let is_kind = match (has_colours, kind) {
        (0, 2 | 3 | 10 | 11) => colours == [0; 5],
        (1, 1 | 9) => colours[2..4] != [0; 2] && matches!(colours[4], 15 | 16 | 24 | 32),
        _ => false,
    };
    is_kind && side(12) && side(14) && matches!(depth, 8 | 15 | 16 | 24 | 32) && flags >> 6 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a picture of 3x2 pixels.
    fn head(kind: u8, depth: u8) -> [u8; HEAD] {
        [0, 0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 0, depth, 0]
    }

    #[test]
    fn a_head_is_told_by_its_numbers() {
        assert!([head(2, 24), head(3, 8), head(10, 32), head(11, 16)].iter().all(|h| begins(h)));
        let mut palette = head(1, 8);
        (palette[1], palette[6], palette[7]) = (1, 1, 24);
        assert!(begins(&palette));
        assert!(!begins(&palette[..17]));
        let changed = |at: usize, value: u8| {
            let mut head = head(2, 24);
            head[at] = value;
            begins(&head)
        };
        let wrong = [(1, 1), (1, 2), (2, 4), (2, 0), (12, 0), (14, 0), (16, 9), (17, 0x40)];
        assert!(wrong.iter().all(|(at, value)| !changed(*at, *value)));
        // A cursor of one picture.
        assert!(!changed(4, 1));
    }
}
