//! The items of a file: what the first picture is made of.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use heifer::heifer_isobmff::boxes::{ColorInfo, HevcConfig, Property};
use heifer::heifer_isobmff::{BoxIter, Error as CrateError, HeifFile, Item, ItemId};

use super::super::optional::blamed;
use super::tile;
use crate::error::{Error, Result};
use crate::picture::format::Format;
use crate::picture::geometry::{Rect, Size};
use crate::picture::orientation::{Orientation, Quarter};
use crate::picture::profile::Profile;
use crate::picture::reserve::{probed, reserved};

/// Bytes that the boxes about the items may take: the crate looks through all of them for each item.
const MOST_BOXES: usize = 512 << 10;

/// Bytes that the crate may take for a byte of the boxes: an entry of 4 bytes becomes a vector.
pub(super) const GROWTH: u64 = 32;

/// All that is read of a file before its pixels.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) picture: Grid,
    /// A picture of the same tiles whose luma is alpha.
    pub(super) alpha: Option<Grid>,
    /// The part of the picture that is shown, before it is turned.
    pub(super) shown: Rect,
    pub(super) orientation: Orientation,
    pub(super) profile: Profile,
    pub(super) exif: Option<Range<usize>>,
    pub(super) xmp: Option<Range<usize>>,
    /// Bytes of the boxes about the items.
    pub(super) boxes: usize,
}

/// A coded picture, or tiles of one size that are one, row by row.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) size: Size,
    pub(super) tile: Size,
    columns: u32,
    tiles: Vec<Tile>,
    pub(super) is_gray: bool,
    pub(super) bits: u8,
}

/// A coded picture.
#[derive(Debug, Clone)]
pub(super) struct Tile {
    pub(super) config: Arc<HevcConfig>,
    pub(super) data: Range<usize>,
    /// The matrix that colours were multiplied with, as a code point of ITU-T H.273, and whether samples have all of their
    /// range; the codes themselves tell where this is missing.
    pub(super) matrix: Option<(u16, bool)>,
}

impl Grid {
    /// The tiles of some pixels, with their places in the picture.
    pub(super) fn tiles_of(&self, part: Rect) -> impl Iterator<Item = (Rect, &Tile)> {
        let Size { width, height } = self.tile;
        let down = part.y / height..(part.y + part.height).div_ceil(height);
        let across = part.x / width..(part.x + part.width).div_ceil(width);
        let places = down.flat_map(move |y| across.clone().map(move |x| (x, y)));
        places.filter_map(move |(x, y)| {
            let tile = self.tiles.get((y * self.columns + x) as usize)?;
            let (left, top) = (x * width, y * height);
            let right = self.size.width.min(left.saturating_add(width));
            let bottom = self.size.height.min(top.saturating_add(height));
            Some((Rect::new(left, top, right - left, bottom - top), tile))
        })
    }

    /// Pixels that tiles of any size may code, all together.
    pub(super) fn small_coded(&self) -> u64 {
        tile::LEAST.saturating_mul(self.tiles.len() as u64)
    }

    /// Bytes that the decode of a tile holds at most.
    pub(super) fn tile_bytes(&self) -> u64 {
        let codes = |tile: &Tile| tile::told(&tile.config) + tile.data.len();
        let codes = self.tiles.iter().map(codes).max().unwrap_or(0);
        tile::bytes(self.tile, codes as u64)
    }
}

impl Contents {
    /// Of a file that is to be recovered, pictures may be missing.
    pub(super) fn read(data: &[u8], recover: bool) -> Result<Self> {
        blamed(Format::Heic, || {
            let boxes = check_boxes(data)?;
            let file = HeifFile::parse(data).map_err(|error| fault(&error))?;
            Items { data, boxes, file: &file, recover, configs: BTreeMap::new() }.contents()
        })
    }

    /// The colours, and alpha where there is some.
    pub(super) fn pictures(&self) -> impl Iterator<Item = &Grid> {
        std::iter::once(&self.picture).chain(&self.alpha)
    }
}

/// Refuses boxes that are too long to be looked through; tells how many bytes they take.
fn check_boxes(data: &[u8]) -> Result<usize> {
    let mut all = 0;
    for found in BoxIter::new(data) {
        let found = found.map_err(|error| fault(&error))?;
        if &found.header.box_type.0 == b"meta" {
            let length = found.content.len();
            if length > MOST_BOXES {
                let what = format!("a HEIC whose boxes take {length} bytes, over {MOST_BOXES}");
                return Err(Error::unsupported(what));
            }
            // The crate ends the process where memory is missing.
            probed((length as u64).saturating_mul(GROWTH))?;
            all += length;
        }
    }
    Ok(all)
}

/// A file that is being looked through.
struct Items<'a> {
    data: &'a [u8],
    boxes: usize,
    file: &'a HeifFile<'a>,
    recover: bool,
    /// Parameters of the codes, by the number of the property.
    configs: BTreeMap<u16, Arc<HevcConfig>>,
}

impl Items<'_> {
    fn contents(&mut self) -> Result<Contents> {
        let file = self.file;
        let id = file.primary_id;
        let picture = self.grid(id)?;
        let alpha = match self.alpha(id)? {
            Some(alpha) => Some(self.grid(alpha)?),
            None => None,
        };
        // A tile of one that lies over many of the other would be decoded for each of them.
        let is_other = |alpha: &Grid| (alpha.size, alpha.tile) != (picture.size, picture.tile);
        if alpha.as_ref().is_some_and(is_other) {
            return Err(Error::unsupported("a HEIC whose alpha has other tiles than its colours"));
        }
        let (mut shown, mut orientation) = (Rect::whole(picture.size), Orientation::NORMAL);
        for property in file.item_properties(id).map_err(|error| fault(&error))? {
            match *property {
                Property::CleanAperture { .. } if orientation != Orientation::NORMAL => {
                    return Err(Error::unsupported("a HEIC that is cropped after a turn"));
                }
                Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                    let (x, width) = aperture(shown.width, width, horiz_offset)?;
                    let (y, height) = aperture(shown.height, height, vert_offset)?;
                    shown = Rect::new(shown.x + x, shown.y + y, width, height);
                }
                // Counted the other way round.
                Property::Rotation(quarters @ 1..=3) => {
                    let degrees = 360 - 90 * u32::from(quarters);
                    orientation = orientation.then(Quarter::from_degrees(degrees)?.into());
                }
                Property::Mirror(upside_down) => {
                    let mirror = if upside_down { Orientation::FLIP } else { Orientation::FLOP };
                    orientation = orientation.then(mirror);
                }
                _ => {}
            }
        }
        let profile = self.profile(id)?;
        let exif = self.described(id, |kind, _| kind == b"Exif").and_then(|place| self.exif(place));
        let xmp = self.described(id, |kind, content| {
            kind == b"mime" && content == Some("application/rdf+xml")
        });
        let boxes = self.boxes;
        Ok(Contents { picture, alpha, shown, orientation, profile, exif, xmp, boxes })
    }

    /// The tiles of an item.
    fn grid(&mut self, id: ItemId) -> Result<Grid> {
        let file = self.file;
        let item = file.item(id).map_err(|error| fault(&error))?;
        let (size, columns, ids) = match &item.item_type.0 {
            b"hvc1" => (self.size(id)?, 1, vec_of(&[id])?),
            b"grid" => {
                check_parts(item)?;
                let grid = file.grid(id).map_err(|error| fault(&error))?;
                let size = Size::new(grid.output_width, grid.output_height);
                let tiles = file.referenced_items(id, b"dimg");
                if tiles.len() != usize::from(grid.rows) * usize::from(grid.columns) {
                    let what = format!(
                        "a HEIC of {}x{} tiles that has {}",
                        grid.columns,
                        grid.rows,
                        tiles.len()
                    );
                    return Err(Error::malformed(what));
                }
                (size, u32::from(grid.columns), vec_of(tiles)?)
            }
            _ => {
                let what = format!("a HEIC whose picture is of the kind {}", item.item_type);
                return Err(Error::unsupported(what));
            }
        };
        let tile = self.size(ids[0])?;
        if size.pixels() == 0 || tile.pixels() == 0 {
            return Err(Error::malformed(format!("a HEIC of {size} pixels in tiles of {tile}")));
        }
        let rows = u32::try_from(ids.len()).unwrap_or(u32::MAX) / columns;
        let covers = |side: u32, tile: u32, count: u32| side.div_ceil(tile) == count;
        if !(covers(size.width, tile.width, columns) && covers(size.height, tile.height, rows)) {
            let what =
                format!("a HEIC of {size} pixels in {columns}x{rows} tiles of {tile} pixels");
            return Err(Error::malformed(what));
        }
        let mut tiles = reserved(ids.len())?;
        for id in &ids {
            if self.size(*id)? != tile {
                return Err(Error::malformed("a HEIC whose tiles have several sizes"));
            }
            tiles.push(self.tile(*id)?);
        }
        // Each is taken apart anew, even where many are one item.
        let codes = tiles.iter().fold(0, |sum: usize, tile| sum.saturating_add(tile.data.len()));
        if codes > self.data.len() {
            return Err(Error::unsupported("a HEIC with codes that many tiles share"));
        }
        let config: &HevcConfig = &tiles[0].config;
        let is_gray = config.chroma_format == 0;
        if tiles.iter().any(|tile| (tile.config.chroma_format == 0) != is_gray) {
            return Err(Error::malformed("a HEIC that is gray in parts"));
        }
        let bits = config.bit_depth_luma;
        Ok(Grid { size, tile, columns, tiles, is_gray, bits })
    }

    /// The size that an item says it has.
    fn size(&self, id: ItemId) -> Result<Size> {
        let size = self.file.image_size(id).map_err(|error| fault(&error))?;
        let (width, height) = size.ok_or_else(|| Error::malformed("a HEIC without a size"))?;
        Ok(Size::new(width, height))
    }

    fn tile(&mut self, id: ItemId) -> Result<Tile> {
        let file = self.file;
        let item = file.item(id).map_err(|error| fault(&error))?;
        if &item.item_type.0 != b"hvc1" {
            let what = format!("a HEIC with tiles of the kind {}", item.item_type);
            return Err(Error::unsupported(what));
        }
        let data = match self.place(id) {
            Err(error) if self.recover && error.is_damage() => 0..0,
            found => found?,
        };
        let properties = item.properties.iter().filter_map(|one| {
            let property = file.properties.get(usize::from(one.index).checked_sub(1)?)?;
            Some((one.index, property))
        });
        let (mut config, mut matrix) = (None, None);
        for (index, property) in properties {
            match property {
                Property::HevcConfig(found) => {
                    let known = self.configs.entry(index).or_insert_with(|| found.clone().into());
                    config.get_or_insert_with(|| Arc::clone(known));
                }
                Property::Color(ColorInfo::Nclx { matrix: found, full_range, .. }) => {
                    matrix.get_or_insert((*found, *full_range));
                }
                _ => {}
            }
        }
        let config = config.ok_or_else(|| Error::malformed("a HEIC that tells no codes"))?;
        Ok(Tile { config, data, matrix })
    }

    /// The place of an item's bytes.
    fn place(&self, id: ItemId) -> Result<Range<usize>> {
        check_parts(self.file.item(id).map_err(|error| fault(&error))?)?;
        let bytes = self.file.item_data(id).map_err(|error| fault(&error))?;
        let start = bytes.as_ptr().addr().checked_sub(self.data.as_ptr().addr());
        let place = start.map(|start| start..start.saturating_add(bytes.len()));
        let is_there = |place: &Range<usize>| place.end <= self.data.len();
        place
            .filter(is_there)
            .ok_or_else(|| Error::unsupported("a HEIC with an item that is not in the file"))
    }

    /// The picture that has the alpha of an item.
    fn alpha(&self, id: ItemId) -> Result<Option<ItemId>> {
        const NAMES: [&str; 2] =
            ["urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"];
        for other in self.file.referencing_items(id, b"auxl") {
            let mut properties = self.file.item_properties(other).map_err(|error| fault(&error))?;
            let is_alpha = properties.any(|property| {
                matches!(property, Property::AuxiliaryType(name) if NAMES.contains(&&**name))
            });
            if is_alpha {
                return Ok(Some(other));
            }
        }
        Ok(None)
    }

    /// The space that an item tells, or else its first tile.
    fn profile(&self, id: ItemId) -> Result<Profile> {
        let first = self.file.referenced_items(id, b"dimg").first().copied();
        let mut points = None;
        for item in [Some(id), first].into_iter().flatten() {
            for property in self.file.item_properties(item).map_err(|error| fault(&error))? {
                match property {
                    Property::Color(ColorInfo::Icc(icc)) if !icc.is_empty() => {
                        return Ok(Profile::Icc(Arc::new(vec_of(icc)?)));
                    }
                    Property::Color(ColorInfo::Nclx { primaries, transfer, .. }) => {
                        points.get_or_insert((*primaries, *transfer));
                    }
                    _ => {}
                }
            }
        }
        Ok(points.map_or(Profile::Srgb, |(primaries, transfer)| named(primaries, transfer)))
    }

    /// The place of an item of some kind that describes a picture.
    fn described(
        &self,
        id: ItemId,
        is_it: impl Fn(&[u8; 4], Option<&str>) -> bool,
    ) -> Option<Range<usize>> {
        let found = self.file.referencing_items(id, b"cdsc").into_iter().find(|other| {
            self.file
                .item(*other)
                .is_ok_and(|item| is_it(&item.item_type.0, item.content_type.as_deref()))
        });
        found.and_then(|found| self.place(found).ok())
    }

    /// The EXIF data in an item, which begins with the number of bytes before them.
    fn exif(&self, place: Range<usize>) -> Option<Range<usize>> {
        let before = self.data.get(place.clone())?.first_chunk().copied()?;
        let before = usize::try_from(u32::from_be_bytes(before)).ok()?;
        let start = place.start.checked_add(4)?.checked_add(before)?;
        Some(start..place.end).filter(|exif| !exif.is_empty())
    }
}

/// Refuses an item in several parts: the crate would put it together, however long it is.
fn check_parts(item: &Item) -> Result<()> {
    let parts = item.location.as_ref().map_or(0, |location| location.extents.len());
    if parts > 1 {
        return Err(Error::unsupported("a HEIC with an item in several parts"));
    }
    Ok(())
}

/// Colours by their code points. Where they are not told they are those of sRGB, and so is the curve of BT.709, as in
/// photographs of telephones.
fn named(primaries: u16, transfer: u16) -> Profile {
    let points = |known: u16, usual: u8| match known {
        0 | 2 => Some(usual),
        other => u8::try_from(other).ok(),
    };
    let transfer = if matches!(transfer, 1 | 6 | 14 | 15) { 13 } else { transfer };
    match (points(primaries, 1), points(transfer, 13)) {
        (Some(1), Some(13)) | (None, _) | (_, None) => Profile::Srgb,
        (Some(primaries), Some(transfer)) => Profile::CodePoints { primaries, transfer },
    }
}

/// The first pixel of a side that is shown, and how many are: told as the distance of the middles, in fractions.
#[allow(clippy::cast_possible_truncation, reason = "compared with the side")]
#[allow(clippy::cast_sign_loss, reason = "compared with 0")]
fn aperture(side: u32, length: (u32, u32), offset: (i32, u32)) -> Result<(u32, u32)> {
    let part = |above: f64, below: u32| above / f64::from(below);
    let length = part(length.0.into(), length.1).round();
    let start = (part(offset.0.into(), offset.1) + (f64::from(side) - length) / 2.0).round();
    let is_inside = length >= 1.0 && start >= 0.0 && start + length <= side.into();
    if !is_inside {
        return Err(Error::malformed("a HEIC that shows more than its picture"));
    }
    Ok((start as u32, length as u32))
}

/// A copy.
fn vec_of<T: Copy>(items: &[T]) -> Result<Vec<T>> {
    let mut copy = reserved(items.len())?;
    copy.extend_from_slice(items);
    Ok(copy)
}

/// The library's error for one of the crate.
#[cold]
fn fault(error: &CrateError) -> Error {
    match error {
        CrateError::UnexpectedEof => {
            Error::truncated("the HEIC ends within its boxes or an item of it")
        }
        CrateError::Unimplemented(what) => Error::unsupported(format!("HEIC: {what}")),
        other => Error::malformed(format!("HEIC: {other}")),
    }
}
