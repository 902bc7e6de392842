//! The data that a file carries besides its pixels: of its inputs as far as they are to be kept, and its resolution.

use std::sync::Arc;

use super::Builder;
use crate::error::{Error, Result};
use crate::formats::Room;
use crate::picture::exif::{Rewrite, resolution};
use crate::picture::format::Format;
use crate::picture::metadata::{Carried, Meta};
use crate::picture::orientation::Orientation;
use crate::picture::reserve::reserved;
use crate::picture::shape::Shape;
use crate::plan::Input;

/// The letters of a place by GPS, in the names of its XMP properties. No property of another kind has them.
const GPS: &[u8] = b"GPS";

impl Builder<'_> {
    /// The data that a file of this format and shape carries.
    ///
    /// # Errors
    /// `invalid_option` of a format that holds none, or has no room for the profile.
    pub(super) fn carried(&self, format: Format, shape: Shape) -> Result<Carried> {
        let density = self.settings.density;
        let mut carried = Carried {
            icc: self.colours.icc(shape.layout, self.keeps(Meta::Icc))?,
            density: density.map(|density| density.dpi),
            ..Carried::default()
        };
        let asked = !self.kept().is_empty() || density.is_some() || carried.icc.is_some();
        let room = match Room::of(format) {
            Some(room) => room,
            None if asked => return Err(no_room(format)),
            None => return Ok(carried),
        };
        if let Some(icc) = carried.icc.as_ref().filter(|icc| icc.len() > room.icc) {
            let bytes = icc.len();
            let sentence = format!("{format} has no room for a profile of {bytes} bytes");
            return Err(Error::invalid_option(sentence));
        }
        if [Meta::Exif, Meta::Copyright, Meta::Gps].into_iter().any(|part| self.keeps(part)) {
            self.keep_exif(&mut carried, shape, room.exif)?;
        }
        if self.keeps(Meta::Xmp) {
            self.keep_xmp(&mut carried, room.xmp)?;
        }
        if let (Format::WebP, None, Some(density)) = (format, &carried.exif, carried.density) {
            carried.exif = Some(Arc::new(resolution(density)?));
        }
        Ok(carried)
    }

    fn kept(&self) -> &[Meta] {
        self.settings.keep.as_ref().map_or(&[], |keep| &keep.metadata)
    }

    fn keeps(&self, part: Meta) -> bool {
        self.kept().contains(&part)
    }

    fn keep_exif(&self, carried: &mut Carried, shape: Shape, room: usize) -> Result<()> {
        let rewrite = Rewrite {
            keep: self.kept(),
            orientation: self.left_orientation(),
            size: shape.size,
            srgb: self.colours.is_srgb(),
            density: carried.density,
        };
        for input in self.inputs() {
            let Some(exif) = input.opened.exif(&input.limits)? else { continue };
            let written = fits("EXIF data", &exif, input.limits.max_exif_bytes)
                .and_then(|()| rewrite.of(&exif))
                .and_then(|written| fits("EXIF data", &written, room as u64).map(|()| written));
            carried.exif = kept_or_left_out(input, written, &mut carried.left_out)?;
            break;
        }
        Ok(())
    }

    /// The orientation of the only input, where it is not applied.
    fn left_orientation(&self) -> Orientation {
        match self.inputs() {
            [input] if !input.open.auto_orient => input.header().orientation,
            _ => Orientation::NORMAL,
        }
    }

    fn keep_xmp(&self, carried: &mut Carried, room: usize) -> Result<()> {
        for input in self.inputs() {
            let Some(packet) = input.opened.xmp() else { continue };
            let most = input.limits.max_exif_bytes.min(room as u64);
            let kept = packet.and_then(|packet| {
                fits("an XMP packet", packet, most)?;
                if !self.keeps(Meta::Gps) && tells_a_place(packet) {
                    return Err(Error::malformed(
                        "its XMP packet tells a place, which is not kept",
                    ));
                }
                copied(packet)
            });
            carried.xmp = kept_or_left_out(input, kept, &mut carried.left_out)?;
            break;
        }
        Ok(())
    }
}

/// The data that is kept, or a sentence why not; memory that is not there is an error.
fn kept_or_left_out(
    input: &Input,
    kept: Result<Vec<u8>>,
    left_out: &mut Vec<String>,
) -> Result<Option<Arc<Vec<u8>>>> {
    match kept {
        Ok(kept) => Ok(Some(kept).filter(|kept| !kept.is_empty()).map(Arc::new)),
        Err(error) if error.is_damage() => {
            let error = error.at_input(input.ordinal, input.source.name());
            left_out.push(format!("{error}; left out"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn fits(what: &str, data: &[u8], most: u64) -> Result<()> {
    if data.len() as u64 <= most {
        return Ok(());
    }
    Err(Error::malformed(format!(
        "{what} of {} bytes, of which at most {most} can be kept",
        data.len()
    )))
}

/// Looks past zeros, as a packet may have two or four bytes a letter.
fn tells_a_place(packet: &[u8]) -> bool {
    let mut found = 0;
    packet.iter().filter(|&&byte| byte != 0).any(|byte| {
        found = match () {
            () if *byte == GPS[found] => found + 1,
            () if *byte == GPS[0] => 1,
            () => 0,
        };
        found == GPS.len()
    })
}

fn copied(packet: &[u8]) -> Result<Vec<u8>> {
    let mut copy = reserved(packet.len())?;
    copy.extend_from_slice(packet);
    Ok(copy)
}

#[cold]
fn no_room(format: Format) -> Error {
    Error::invalid_option(format!(
        "{format} holds pixels in sRGB alone: no profile, no metadata and no density"
    ))
}
