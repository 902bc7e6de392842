//! Tells whether a WebP holds pixels alone and is whole, so that it can be passed on as it is.

/// A file of one chunk of pixels; the extended form, which may carry more, is not looked into.
pub(super) fn holds_only_pixels(data: &[u8]) -> bool {
    let size = |at: usize| {
        let field: Option<[u8; 4]> = data.get(at..at + 4).and_then(|four| four.try_into().ok());
        field.map_or(0, |four| u64::from(u32::from_le_bytes(four)))
    };
    let simple = matches!(data.get(12..16), Some(b"VP8 " | b"VP8L"));
    simple && size(4) + 8 == data.len() as u64 && size(16).next_multiple_of(2) + 12 == size(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webp_sizes_must_agree() {
        let file = b"RIFF\x10\0\0\0WEBPVP8L\x04\0\0\0abcd";
        assert!(holds_only_pixels(file));
        assert!(!holds_only_pixels(&file[..22]));
        assert!(!holds_only_pixels(b"RIFF\x10\0\0\0WEBPVP8X\x04\0\0\0abcd"));
    }
}
