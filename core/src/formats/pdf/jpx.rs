//! The sizes that a JPEG 2000 says, and the memory that the parts take which it is divided into.

/// Bytes of a tile, and of a component in it.
const TILE: u64 = 256;

/// Bytes of a precinct or a code block.
const BLOCK: u64 = 400;

/// Bytes of a sample of a component that has no place in a picture.
const SAMPLE: u64 = 8;
const COLOURS: u64 = 4;

/// Markers: of the size, of how components are coded, of a part of a tile, of data.
const SIZE: u8 = 0x51;
const STYLE: u8 = 0x52;
const COMPONENT_STYLE: u8 = 0x53;
const TILE_PART: u8 = 0x90;
const DATA: u8 = 0x93;

/// The sizes of a codestream.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Jpx {
    pub(super) pixels: u64,
    /// Bytes of tiles, precincts, code blocks, and components beyond those of a colour.
    pub(super) parts: u64,
}

impl Jpx {
    /// Reads the headers, of the whole and of tiles, behind whatever stands before the codestream.
    pub(super) fn read(raw: &[u8]) -> Self {
        let start = raw.windows(4).position(|bytes| bytes == b"\xFF\x4F\xFF\x51");
        let (mut rest, mut part) = (start.map_or(&raw[..0], |at| &raw[at + 2..]), None);
        let (mut size, mut smallest) = (Size::default(), u64::MAX);
        while let [0xFF, marker, high, low, body @ ..] = rest {
            if *marker == DATA {
                // The data end with their part of a tile, which says how long it is.
                let Some((whole, length)) = part.take() else { break };
                rest = tail(whole, length);
                continue;
            }
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            match *marker {
                SIZE => size = Size::read(body),
                TILE_PART => part = Some((rest, usize::try_from(number(body, 2)).unwrap_or(0))),
                // The style of a component begins with its index, of one byte or two.
                STYLE => smallest = smallest.min(block(body, 0, 5)),
                COMPONENT_STYLE => {
                    let at = if size.components < 257 { 1 } else { 2 };
                    smallest = smallest.min(block(body, at, at + 1));
                }
                _ => {}
            }
            rest = tail(rest, 2 + length.max(2));
        }
        size.weigh(smallest)
    }
}

#[derive(Default)]
struct Size {
    pixels: u64,
    tiles: u64,
    components: u64,
}

impl Size {
    /// The profile, the sides with what is left out of them, those of tiles, and the number of components.
    fn read(body: &[u8]) -> Self {
        let side = |at: usize| number(body, at).saturating_sub(number(body, at + 8));
        let tiles = |at: usize| number(body, at).div_ceil(number(body, at + 16).max(1));
        Self {
            pixels: side(2).saturating_mul(side(6)),
            tiles: tiles(2).saturating_mul(tiles(6)),
            components: number(body, 34) >> 16,
        }
    }

    fn weigh(&self, smallest: u64) -> Jpx {
        let samples = self.pixels.saturating_mul(self.components);
        let beyond = self.pixels.saturating_mul(self.components.saturating_sub(COLOURS));
        let tiles = self.tiles.saturating_mul(self.components + 1);
        let parts = (samples / smallest.max(1)).saturating_mul(BLOCK);
        let parts = parts.saturating_add(tiles.saturating_mul(TILE));
        Jpx { pixels: self.pixels, parts: parts.saturating_add(beyond.saturating_mul(SAMPLE)) }
    }
}

/// Samples of the smallest precinct or code block: `flags` and `levels` are where the style has those.
fn block(body: &[u8], flags: usize, levels: usize) -> u64 {
    let byte = |at: usize| body.get(at).copied().unwrap_or(0);
    let code = 1 << ((byte(levels + 1) & 15) + (byte(levels + 2) & 15) + 4);
    if byte(flags) & 1 == 0 {
        return code;
    }
    let sizes = body.iter().skip(levels + 5).take(1 + usize::from(byte(levels)));
    let precincts = sizes.map(|size| 1 << ((size & 15) + (size >> 4)));
    // At most resolutions a precinct is that of four bands together.
    precincts.map(|samples: u64| samples.div_ceil(4)).fold(code, u64::min)
}

/// Four bytes, as far as there are.
fn number(body: &[u8], at: usize) -> u64 {
    let bytes = (at..at + 4).map(|at| body.get(at).copied().unwrap_or(0));
    bytes.fold(0, |sum, byte| sum << 8 | u64::from(byte))
}

/// Nothing, where a length leads beyond the end or nowhere.
fn tail(bytes: &[u8], length: usize) -> &[u8] {
    if length == 0 { &[] } else { bytes.get(length..).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A codestream of so many pixels, tiles and components, with the style in its head or in that of its tile.
    fn file(tile: u32, components: u16, style: &[u8], in_tile: bool) -> Vec<u8> {
        let sides = [256, 100, 0, 0, tile, tile, 0, 0].map(u32::to_be_bytes).concat();
        let size = [&[0, 0][..], &sides, &components.to_be_bytes()].concat();
        let segment = |marker: u8, body: &[u8]| {
            let length = u16::try_from(body.len() + 2).expect("a short segment").to_be_bytes();
            [&[0xFF, marker][..], &length, body].concat()
        };
        let style = segment(STYLE, style);
        let length = u32::try_from(12 + style.len() + 2 + 3).expect("a short part").to_be_bytes();
        let part = segment(TILE_PART, &[&[0, 0][..], &length, &[0, 1]].concat());
        let data = [0xFF, DATA, 1, 2, 3];
        let (first, second) = if in_tile { (&[][..], &style[..]) } else { (&style[..], &[][..]) };
        [b"box\xFF\x4F", &segment(SIZE, &size)[..], first, &part, second, &data].concat()
    }

    #[test]
    fn the_smallest_parts_are_found_in_the_head_and_in_tiles() {
        let plain = [0, 0, 0, 1, 0, 5, 4, 4, 0, 1];
        let tiny = [1, 0, 0, 1, 0, 1, 4, 4, 0, 1, 0xFF, 0x11];
        let samples = 256 * 100 * 3;
        for in_tile in [false, true] {
            let read =
                |tile, components, style: &[u8]| Jpx::read(&file(tile, components, style, in_tile));
            assert_eq!(read(256, 3, &plain).pixels, 256 * 100);
            assert_eq!(read(256, 3, &plain).parts, samples / 4096 * BLOCK + 4 * TILE);
            assert_eq!(read(256, 3, &tiny).parts, samples * BLOCK + 4 * TILE);
            assert!(read(1, 3, &plain).parts > 256 * 100 * 4 * TILE);
            assert!(read(256, 1000, &plain).parts > 256 * 100 * 996 * SAMPLE);
        }
    }

    #[test]
    fn what_is_cut_says_nothing() {
        let whole = file(256, 3, &[0, 0, 0, 1, 0, 5, 4, 4, 0, 1], false);
        for length in 0..whole.len() {
            assert!(Jpx::read(&whole[..length]).pixels <= 256 * 100, "{length}");
        }
        assert_eq!(Jpx::read(b""), Jpx::default());
    }
}
