//! Tells whether a WebP holds pixels alone and is whole, so that it can be passed on as it is.

/// Tells whether the file is one chunk of pixels. The extended form may carry more, and is not
/// looked into.
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
        let file = |name: &[u8; 4], outer: u32, inner: u32, body: usize| {
            let (outer, inner) = (outer.to_le_bytes(), inner.to_le_bytes());
            [&b"RIFF"[..], &outer, b"WEBP", name, &inner, &vec![7; body]].concat()
        };
        let rows = [
            (b"VP8L", 16, 4, 4, true),
            (b"VP8 ", 16, 4, 4, true),
            // An odd length is made up to an even one.
            (b"VP8L", 16, 3, 4, true),
            (b"VP8L", 0x1_0210, 0x1_0203, 0x1_0204, true),
            (b"VP8X", 16, 4, 4, false),
            (b"VP8L", 16, 5, 4, false),
            (b"VP8L", 16, 2, 4, false),
            (b"VP8L", 14, 4, 4, false),
            (b"VP8L", 18, 6, 4, false),
            (b"VP8L", 16, 4, 3, false),
            (b"VP8L", 16, 4, 5, false),
        ];
        for (name, outer, inner, body, expected) in rows {
            let found = holds_only_pixels(&file(name, outer, inner, body));
            assert_eq!(found, expected, "{} {outer} {inner} {body}", name.escape_ascii());
        }
        assert!(!holds_only_pixels(&file(b"VP8L", 16, 4, 4)[..22]));
    }
}
