//! A piece of a file that makes no pixels changes none, whatever is in it.

use makeready::{Format, Pipeline, probe};

use crate::pixels;
use crate::recipe::{Dice, split};

/// Puts a piece of random content, length and checksum behind the header of the file.
///
/// # Panics
/// When the file is not read any more, or as another picture.
pub fn metadata_does_not_show(data: &[u8]) {
    let (file, dice) = split(data);
    let mut dice = Dice::new(dice);
    let Ok(probe) = probe(file.to_vec()) else { return };
    let Some((at, piece)) = piece(probe.format, file, &mut dice) else { return };
    let Ok(before) = pixels(&Pipeline::open(file.to_vec())) else { return };
    let with = [&file[..at], &piece, &file[at..]].concat();
    let after = pixels(&Pipeline::open(with));
    let after = after.unwrap_or_else(|error| panic!("{piece:02x?} at {at}: {error:?}"));
    assert!(before == after, "{piece:02x?} at {at} changed the picture");
}

/// A piece and its place.
fn piece(format: Format, file: &[u8], dice: &mut Dice) -> Option<(usize, Vec<u8>)> {
    let random = |dice: &mut Dice| -> Vec<u8> {
        let length = dice.below(40);
        (0..length).map(|_| u8::try_from(dice.below(256)).unwrap_or(0)).collect()
    };
    match format {
        Format::Png => {
            // Random bytes have a right checksum once in four thousand million times. A profile counts before other
            // chunks of colours even where it is broken.
            let name = [b"eXIf", b"tIME", b"zTXt", b"tEXt", b"quUx"][dice.below(5) as usize];
            let body = random(dice);
            let length = u32::try_from(body.len()).ok()?.to_be_bytes();
            Some((33, [&length[..], name, &body, &[0x5A; 4]].concat()))
        }
        Format::Jpeg => {
            // Not the segments that give the meaning of the components.
            let marker = [0xE3, 0xEC, 0xED, 0xEF, 0xFE][dice.below(5) as usize];
            let body = random(dice);
            let short = dice.below(4) == 0;
            let length = if short { dice.below(2) } else { u32::try_from(body.len()).ok()? + 2 };
            let head = [0xFF, marker, 0, u8::try_from(length).ok()?];
            Some((2, if short { head.to_vec() } else { [&head[..], &body].concat() }))
        }
        Format::Gif => {
            let flags = *file.get(10)?;
            let palette = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
            let body = random(dice);
            let mut piece = vec![0x21, [0xFE, 0xFF, 0x01, 0x42][dice.below(4) as usize]];
            for block in body.chunks(1 + dice.below(9) as usize) {
                piece.push(u8::try_from(block.len()).ok()?);
                piece.extend_from_slice(block);
            }
            piece.push(0);
            Some((13 + palette, piece))
        }
        _ => None,
    }
}
