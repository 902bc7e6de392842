//! The chunks of a PNG that tell its orientation, its density and more of the picture, but nothing of its pixels.
//!
//! Compressed text is passed over: no byte of it is inflated.

use std::borrow::Cow;
use std::ops::Range;

use super::super::read::held;
use super::chunk::Chunk;
use super::xmp::KEYWORD;
use crate::error::Result;
use crate::picture::density;
use crate::picture::orientation::Orientation;
use crate::picture::reserve::reserved;
use crate::recipe::limits::Limits;

/// The keyword of EXIF as hexadecimal text, as ImageMagick and its kin write it.
const HEX_EXIF: &[u8] = b"Raw profile type exif\0";
/// The most characters of the three lines before the digits.
const LINES: usize = 64;
/// Behind the keyword of XMP: its text is not compressed.
const PLAIN: &[u8] = &[0, 0];

/// The last chunk of each kind whose checksum is right.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes {
    exif: Option<Range<usize>>,
    hex_exif: Option<Range<usize>>,
    xmp: Option<Range<usize>>,
    density: Option<u32>,
}

impl Notes {
    /// Takes a chunk that stands before the pixels.
    pub(super) fn add(&mut self, data: &[u8], chunk: &Chunk) {
        let body = &data[chunk.body.clone()];
        let is_right = || chunk.checked(data).is_ok();
        match &chunk.name {
            b"eXIf" if is_right() => self.exif = Some(chunk.body.clone()),
            b"tEXt" if body.starts_with(HEX_EXIF) && is_right() => {
                self.hex_exif = Some(chunk.body.start + HEX_EXIF.len()..chunk.body.end);
            }
            b"iTXt" if is_plain_xmp(body) && is_right() => {
                self.xmp = Some(chunk.body.start + KEYWORD.len() + PLAIN.len()..chunk.body.end);
            }
            b"pHYs" if is_right() => self.density = density(body),
            _ => {}
        }
    }

    /// EXIF data, of its own chunk before that of a text.
    pub(super) fn exif<'a>(
        &self,
        data: &'a [u8],
        limits: &Limits,
    ) -> Result<Option<Cow<'a, [u8]>>> {
        match (held(data, &self.exif), held(data, &self.hex_exif)) {
            (Some(exif), _) => Ok(Some(Cow::Borrowed(exif))),
            (None, Some(text)) => Ok(of_hex(text, limits.max_exif_bytes)?.map(Cow::Owned)),
            (None, None) => Ok(None),
        }
    }

    /// The orientation by EXIF or XMP.
    pub(super) fn orientation(&self, data: &[u8], limits: &Limits) -> Result<Orientation> {
        let exif = self.exif(data, limits)?.unwrap_or_default();
        // The language and the translated keyword before it do no harm.
        let xmp = held(data, &self.xmp).unwrap_or_default();
        Ok(Orientation::told(&exif, xmp, limits.max_exif_bytes))
    }

    /// Dots an inch across.
    pub(super) fn density(&self) -> Option<u32> {
        self.density
    }
}

fn is_plain_xmp(body: &[u8]) -> bool {
    body.strip_prefix(KEYWORD).is_some_and(|text| text.starts_with(PLAIN))
}

/// The density of pHYs, if its unit is the metre.
fn density(body: &[u8]) -> Option<u32> {
    match *body {
        [a, b, c, d, _, _, _, _, 1] => {
            density::whole(f64::from(u32::from_be_bytes([a, b, c, d])) * density::INCH / 100.0)
        }
        _ => None,
    }
}

/// Up to `most` bytes of hexadecimal digits behind three lines: an empty one, a name and a length. `None` where
/// anything else is among them. No more than three characters are looked at for each byte.
fn of_hex(text: &[u8], most: u64) -> Result<Option<Vec<u8>>> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let text = &text[..text.len().min(most.saturating_mul(3).saturating_add(LINES))];
    let digits = text.splitn(4, |&byte| byte == b'\n').nth(3).unwrap_or_default();
    let most = most.min(digits.len() / 2);
    let mut bytes = reserved(most)?;
    let mut digits = digits.iter().filter(|byte| !byte.is_ascii_whitespace());
    while bytes.len() < most
        && let (Some(&high), Some(&low)) = (digits.next(), digits.next())
    {
        let digit = |byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (Some(high), Some(low)) = (digit(high), digit(low)) else { return Ok(None) };
        bytes.push(high << 4 | low);
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXIF_6: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0";
    const XMP_3: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0<tiff:Orientation>3<";

    /// The name of a chunk and its data.
    type Made<'a> = (&'static [u8; 4], &'a [u8]);

    fn hex(exif: &[u8]) -> Vec<u8> {
        let digits: String = exif.iter().map(|byte| format!("{byte:02X}\n")).collect();
        [HEX_EXIF, b"\nexif\n      26\n", digits.as_bytes()].concat()
    }

    /// The orientation and the density of chunks, all but those in `broken` with a right checksum.
    fn told(chunks: &[Made<'_>], broken: &[usize], most: u64) -> (u16, Option<u32>) {
        let (mut data, mut notes) = (Vec::new(), Notes::default());
        for (index, (name, body)) in chunks.iter().enumerate() {
            let at = data.len();
            data.extend(Chunk::made(**name, body));
            if broken.contains(&index) {
                *data.last_mut().expect("a checksum") ^= 1;
            }
            notes.add(&data, &Chunk::at(&data, at).expect("a chunk"));
        }
        let limits = Limits { max_exif_bytes: most, ..Limits::default() };
        let orientation = notes.orientation(&data, &limits).expect("memory");
        (orientation.to_exif(), notes.density())
    }

    #[test]
    fn orientations_have_a_precedence() {
        let hex = hex(EXIF_6);
        let upright = [&EXIF_6[..19], &[1], &EXIF_6[20..]].concat();
        let none = [&EXIF_6[..10], &[2], &EXIF_6[11..]].concat();
        let [exif, text, xmp]: [Made<'_>; 3] =
            [(b"eXIf", EXIF_6), (b"tEXt", &hex), (b"iTXt", XMP_3)];
        let rows: [(&str, &[Made<'_>], &[usize], u16); 10] = [
            ("nothing", &[], &[], 1),
            ("EXIF before XMP", &[xmp, exif], &[], 6),
            ("a wrong checksum of EXIF", &[xmp, exif], &[1], 3),
            ("the last EXIF", &[exif, (b"eXIf", &upright)], &[], 1),
            ("the last right EXIF", &[exif, (b"eXIf", &upright)], &[1], 6),
            ("EXIF before text", &[(b"eXIf", &upright), text], &[], 1),
            ("text before XMP", &[text, xmp], &[], 6),
            ("a wrong checksum of text", &[text, xmp], &[0], 3),
            ("EXIF without an orientation", &[(b"eXIf", &none), xmp], &[], 3),
            ("compressed XMP", &[(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0")], &[], 1),
        ];
        for (name, chunks, broken, expected) in rows {
            assert_eq!(told(chunks, broken, 1000).0, expected, "{name}");
        }
    }

    #[test]
    fn text_is_read_up_to_its_limit() {
        let text = hex(EXIF_6);
        for (most, expected) in [(0, 1), (21, 1), (22, 6), (u64::MAX, 6)] {
            assert_eq!(told(&[(b"tEXt", &text)], &[], most).0, expected, "{most}");
        }
        let odd = &text[..text.len() - 2];
        assert_eq!(told(&[(b"tEXt", odd)], &[], 1000).0, 1);
        assert_eq!(told(&[(b"tEXt", HEX_EXIF)], &[], 1000).0, 1);
        let far =
            [HEX_EXIF, b"\nexif\n      26\n", &[b' '; 200], &text[HEX_EXIF.len() + 15..]].concat();
        assert_eq!(told(&[(b"tEXt", &far)], &[], 100).0, 6);
        assert_eq!(told(&[(b"tEXt", &far)], &[], 40).0, 1);
    }

    #[test]
    fn a_density_is_in_metres() {
        let dots = |unit| [&11_811_u32.to_be_bytes()[..], &[0; 4], &[unit]].concat();
        let (metre, none) = (dots(1), dots(0));
        let rows: [(&[u8], &[usize], Option<u32>); 4] = [
            (&metre, &[], Some(300)),
            (&metre, &[0], None),
            (&none, &[], None),
            (&metre[..8], &[], None),
        ];
        for (body, broken, expected) in rows {
            assert_eq!(told(&[(b"pHYs", body)], broken, 1000).1, expected, "{body:?}");
        }
    }
}
