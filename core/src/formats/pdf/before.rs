//! The filters before that of an image.

use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro::hayro_syntax::Filter;

use crate::error::{Error, Result};
use crate::picture::reserve::reserved;

/// Undoes a filter whose bytes become `bytes` at most.
pub(super) fn undone(filter: Filter, coded: &[u8], bytes: u64) -> Result<Vec<u8>> {
    let mut plain = reserved(usize::try_from(bytes).unwrap_or(usize::MAX))?;
    match filter {
        // The crate takes what there is before an error.
        Filter::FlateDecode => drop(ZlibDecoder::new(coded).take(bytes).read_to_end(&mut plain)),
        Filter::AsciiHexDecode => hexadecimal(coded, &mut plain),
        Filter::Ascii85Decode => base_85(coded, &mut plain),
        _ => {
            return Err(Error::unsupported(format!(
                "an image of a PDF in {filter:?} before its own code"
            )));
        }
    }
    Ok(plain)
}

fn hexadecimal(coded: &[u8], plain: &mut Vec<u8>) {
    let digits = coded.iter().take_while(|byte| **byte != b'>');
    let mut digits = digits.filter_map(|byte| char::from(*byte).to_digit(16));
    while let Some(high) = digits.next() {
        plain.extend(u8::try_from(high << 4 | digits.next().unwrap_or(0)));
    }
}

/// Groups of five digits are four bytes; `z` is a group of zeros.
fn base_85(coded: &[u8], plain: &mut Vec<u8>) {
    let (mut group, mut count) = (0_u32, 0);
    for byte in coded.iter().take_while(|byte| **byte != b'~') {
        match byte {
            b'z' => plain.extend([0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                count += 1;
            }
            _ => {}
        }
        if count == 5 {
            plain.extend(group.to_be_bytes());
            (group, count) = (0, 0);
        }
    }
    if count > 1 {
        let digits = count..5;
        let last = digits.fold(group, |group, _| group.wrapping_mul(85).wrapping_add(84));
        plain.extend(&last.to_be_bytes()[..count - 1]);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn filters_are_undone() -> Result<()> {
        let text = b"\0\0\0\0a JPEG of some bytes";
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        deflated.write_all(text).expect("memory is there");
        let deflated = deflated.finish().expect("memory is there");
        let hex: String = text.iter().map(|byte| format!("{byte:02x} ")).collect();
        let cases = [
            (Filter::FlateDecode, &deflated[..]),
            (Filter::AsciiHexDecode, format!("{hex}> 00").as_bytes()),
            // As Python's base64.a85encode has it.
            (Filter::Ascii85Decode, b"z@3A0=77SJ=A\nfu/5D.Oi!H$!V=~>!!"),
        ]
        .map(|(filter, coded)| undone(filter, coded, 1000));
        for plain in cases {
            assert_eq!(String::from_utf8_lossy(&plain?), String::from_utf8_lossy(text));
        }
        assert_eq!(undone(Filter::LzwDecode, b"", 0).unwrap_err().code(), "unsupported");
        Ok(())
    }
}
