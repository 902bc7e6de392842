//! The XMP packet of a PNG.

use super::chunk::Chunk;
use super::front::SIGNATURE;
use crate::error::{Error, Result};

/// The start of a chunk of text that is an XMP packet: its keyword.
pub(crate) const KEYWORD: &[u8] = b"XML:com.adobe.xmp\0";

/// The packet of the first whole chunk that has one, before the pixels or behind them.
pub(super) fn packet(data: &[u8]) -> Option<Result<&[u8]>> {
    let mut at = SIGNATURE.len();
    while let Ok(chunk) = Chunk::at(data, at)
        && chunk.next <= data.len()
        && chunk.name != *b"IEND"
    {
        if chunk.name == *b"iTXt"
            && let Some(text) = chunk.checked(data).ok().and_then(|text| text.strip_prefix(KEYWORD))
        {
            return Some(text_of(text));
        }
        at = chunk.next;
    }
    None
}

/// The text behind a keyword: a flag and a method of compression, a language, the keyword in it.
fn text_of(text: &[u8]) -> Result<&[u8]> {
    let broken = || Error::malformed("its XMP chunk is no text");
    let (&[compressed, _], text) = text.split_first_chunk().ok_or_else(broken)?;
    if compressed != 0 {
        return Err(Error::malformed("its XMP packet is compressed, as none should be"));
    }
    text.splitn(3, |&byte| byte == 0).nth(2).ok_or_else(broken)
}
