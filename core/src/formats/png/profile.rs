//! The chunks of a PNG that tell its colour space, by the precedence of the third edition: cICP, iCCP, sRGB, then gAMA
//! and cHRM.

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use flate2::read::ZlibDecoder;

use super::chunk::Chunk;
use crate::error::{Error, Result};
use crate::picture::profile::{Measured, Profile, check_length};
use crate::picture::reserve::{filled, probed};
use crate::recipe::limits::Limits;

/// Bytes that an inflater takes at most.
const INFLATER: u64 = 64 << 10;

/// The longest name of a profile, with its end.
const NAME: usize = 80;

/// The first chunk of each kind.
#[derive(Debug, Clone, Default)]
pub(super) struct ColourChunks {
    cicp: Option<Place>,
    iccp: Option<Place>,
    srgb: Option<Place>,
    gama: Option<Place>,
    chrm: Option<Place>,
}

/// The data of a chunk, and whether its checksum is right.
type Place = (Range<usize>, bool);

impl ColourChunks {
    /// Takes a chunk that stands before the palette and the pixels.
    pub(super) fn add(&mut self, data: &[u8], chunk: &Chunk) {
        let place = match &chunk.name {
            b"cICP" => &mut self.cicp,
            b"iCCP" => &mut self.iccp,
            b"sRGB" => &mut self.srgb,
            b"gAMA" => &mut self.gama,
            b"cHRM" => &mut self.chrm,
            _ => return,
        };
        place.get_or_insert_with(|| (chunk.body.clone(), chunk.checked(data).is_ok()));
    }

    /// Tells whether a chunk says sRGB.
    pub(super) fn says_srgb(&self) -> bool {
        self.srgb.is_some()
    }

    /// The space that they tell.
    pub(super) fn profile(&self, data: &[u8], limits: &Limits) -> Result<Profile> {
        let body = |place: &Option<Place>| match place {
            Some((body, true)) => Ok(data.get(body.clone())),
            Some(_) => Err(Error::malformed("a chunk of its colour space has a wrong checksum")),
            None => Ok(None),
        };
        if let Some(cicp) = body(&self.cicp)? {
            return code_points(cicp);
        }
        if let Some(iccp) = body(&self.iccp)? {
            return inflated(iccp, limits.max_icc_bytes);
        }
        if self.srgb.is_some() {
            return Ok(Profile::Srgb);
        }
        let (gama, chrm) = (body(&self.gama)?, body(&self.chrm)?);
        if gama.is_none() && chrm.is_none() {
            return Ok(Profile::Srgb);
        }
        measured(gama, chrm).ok_or_else(|| Error::malformed("its gAMA or cHRM chunk is wrong"))
    }
}

/// The space by cICP: full-range RGB alone, as PNG has no other.
fn code_points(body: &[u8]) -> Result<Profile> {
    match *body {
        [primaries, transfer, 0, 1] => Ok(Profile::CodePoints { primaries, transfer }),
        _ => Err(Error::malformed("its cICP chunk is not of full-range RGB")),
    }
}

/// The ICC profile of iCCP. Its first four bytes tell its length, so that no more is inflated.
fn inflated(body: &[u8], most: u64) -> Result<Profile> {
    let broken = |_| Error::malformed("its iCCP chunk cannot be inflated");
    let name = body.iter().take(NAME).position(|&byte| byte == 0);
    let Some([0, stream @ ..]) = name.and_then(|end| body.get(end + 1..)) else {
        return Err(Error::malformed("its iCCP chunk has no name or an unknown method"));
    };
    probed(INFLATER)?;
    let mut decoder = ZlibDecoder::new(stream);
    let mut length = [0; 4];
    decoder.read_exact(&mut length).map_err(broken)?;
    let bytes = u32::from_be_bytes(length) as usize;
    check_length(bytes, most)?;
    let mut icc = filled(0, bytes.max(length.len()))?;
    let (head, rest) = icc.split_at_mut(length.len());
    head.copy_from_slice(&length);
    decoder.read_exact(rest).map_err(broken)?;
    Ok(Profile::Icc(Arc::new(icc)))
}

/// The space by gAMA and cHRM, either of which may be missing.
fn measured(gama: Option<&[u8]>, chrm: Option<&[u8]>) -> Option<Profile> {
    let number = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_be_bytes);
    let gamma = match gama {
        Some(body) => Some(number(body)?),
        None => None,
    };
    let chromaticities = match chrm {
        Some(body) => {
            let numbers: Option<Vec<u32>> = body.chunks(4).map(number).collect();
            Some(numbers?.try_into().ok()?)
        }
        None => None,
    };
    Some(Profile::Measured(Measured { gamma, chromaticities }))
}
