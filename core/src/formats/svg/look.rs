//! Tells an SVG by its first element.

/// Tells whether the first element is `svg`, behind a mark of the byte order, a declaration, comments and a doctype.
pub(super) fn begins_as_svg(data: &[u8]) -> bool {
    let mut rest = data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data);
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = match rest {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'!', ..] => match doctype(rest) {
                Some(behind) => {
                    rest = behind;
                    continue;
                }
                None => return false,
            },
            _ => return is_svg(rest),
        };
        match find(rest, end) {
            Some(at) => rest = &rest[at + end.len()..],
            None => return false,
        }
    }
}

/// The bytes behind a doctype, which may hold declarations in brackets.
fn doctype(data: &[u8]) -> Option<&[u8]> {
    let data = data.strip_prefix(b"<!DOCTYPE")?;
    let close = data.iter().position(|byte| *byte == b'>')?;
    match data[..close].iter().position(|byte| *byte == b'[') {
        None => Some(&data[close + 1..]),
        Some(open) => {
            let end = open + find(&data[open..], b"]")?;
            let close = data[end..].iter().position(|byte| *byte == b'>')?;
            Some(&data[end + close + 1..])
        }
    }
}

/// Tells whether an element begins here whose name is `svg`, with or without a prefix.
fn is_svg(data: &[u8]) -> bool {
    let Some(name) = data.strip_prefix(b"<") else { return false };
    let end = name.iter().position(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte));
    let name = &name[..end.unwrap_or(0)];
    name.rsplit(|byte| *byte == b':').next() == Some(b"svg")
}

fn find(data: &[u8], text: &[u8]) -> Option<usize> {
    data.windows(text.len()).position(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_element_tells() {
        for text in [
            "<svg/>",
            "<svg >",
            "\u{FEFF}\n<svg\n",
            "<?xml version='1.0'?><!-- a > b --><svg>",
            "<!DOCTYPE svg PUBLIC 'x' 'http://y'><s:svg xmlns:s='z'/>",
            "<!DOCTYPE svg [<!ENTITY a '>'>]>\n<!-- --><svg>",
        ] {
            assert!(begins_as_svg(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "svg",
            "<svgs>",
            "<svg",
            "<html><svg/></html>",
            "<?xml",
            "<!-- <svg/>",
            "<!DOCTYPE svg [",
            "<!DOCTYPE svg",
            "<!ELEMENT svg><svg/>",
            "<a:b:svgx>",
        ] {
            assert!(!begins_as_svg(text.as_bytes()), "{text}");
        }
    }
}
