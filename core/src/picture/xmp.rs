//! Reads the orientation out of an XMP packet, and nothing else of it.

use crate::picture::orientation::Orientation;

const ORIENTATION: &[u8] = b"tiff:Orientation";

/// The first orientation in XMP, as an attribute or an element, by the pattern that Pillow looks for. No more than
/// `most` bytes are looked at.
pub(crate) fn orientation(xmp: &[u8], most: u64) -> Option<Orientation> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let xmp = &xmp[..xmp.len().min(most)];
    let ends = (ORIENTATION.len()..xmp.len()).filter(|&end| xmp[..end].ends_with(ORIENTATION));
    let digit = ends.filter_map(|end| digit(&xmp[end..])).next()?;
    Some(Orientation::from_exif(u16::from(digit - b'0')))
}

/// The digit of a value that begins here.
fn digit(value: &[u8]) -> Option<u8> {
    match *value {
        [b'=', b'"', digit, ..] | [b'>', digit, ..] => Some(digit).filter(u8::is_ascii_digit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_orientation_is_an_attribute_or_an_element() {
        let rows: [(&str, Option<u16>); 9] = [
            (r#"<a tiff:Orientation="6"/>"#, Some(6)),
            ("<tiff:Orientation>8</tiff:Orientation>", Some(8)),
            ("</tiff:Orientation><tiff:Orientation>3<", Some(3)),
            (r#"tiff:Orientation="9""#, Some(1)),
            (r#"tiff:Orientation="""#, None),
            ("tiff:Orientation='6'", None),
            ("tiff:Orientation>", None),
            ("tiff:Orientation", None),
            ("", None),
        ];
        for (xmp, expected) in rows {
            let found = orientation(xmp.as_bytes(), 1000);
            assert_eq!(found.map(Orientation::to_exif), expected, "{xmp}");
        }
    }

    #[test]
    fn only_bytes_within_the_limit_are_read() {
        let xmp = br#"  tiff:Orientation="6""#;
        for (most, expected) in [(0, None), (20, None), (21, Some(6)), (u64::MAX, Some(6))] {
            assert_eq!(orientation(xmp, most).map(Orientation::to_exif), expected, "{most}");
        }
    }
}
