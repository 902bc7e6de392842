//! Keys: the path of a source and the name of a rendition, in one path that every store and every URL takes as it is.

use crate::error::{Error, Result};

/// Begins every key: the version of all rules by which keys are made.
const VERSION: &str = "v1/";

/// Stands where a key has no format.
pub(super) const ANY_FORMAT: &str = "any";

/// The longest source, in bytes.
const LONGEST_SOURCE: usize = 512;

/// The longest key, in bytes: that of S3.
const LONGEST_KEY: usize = 1024;

/// Bytes that stand for themselves in every store, URL and file system. `~` begins those that do not.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// The key of a rendition of `source`.
pub(super) fn join(source: &str, name: &str) -> Result<String> {
    let mut key = VERSION.to_owned();
    check_source(source)?;
    for byte in source.bytes() {
        if is_plain(byte) || byte == b'/' {
            key.push(char::from(byte));
        } else {
            key += &format!("~{byte:02X}");
        }
    }
    key.push('/');
    key += name;
    if key.len() > LONGEST_KEY {
        return Err(bad_source(&format!(
            "gives a key of {} bytes, at most {LONGEST_KEY}",
            key.len()
        )));
    }
    Ok(key)
}

/// The source of a key, and the name of its rendition.
pub(super) fn split(key: &str) -> Result<(String, &str)> {
    let (path, name) = Some(key)
        .filter(|key| key.len() <= LONGEST_KEY)
        .and_then(|key| key.strip_prefix(VERSION)?.rsplit_once('/'))
        .ok_or_else(|| no_key(key))?;
    let source = unescaped(path).ok_or_else(|| no_key(key))?;
    if join(&source, name)? != key {
        return Err(no_key(key));
    }
    Ok((source, name))
}

fn unescaped(path: &str) -> Option<String> {
    let mut parts = path.split('~');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).ok()
}

/// Refuses a path that could mean another place than it seems to.
fn check_source(source: &str) -> Result<()> {
    if source.len() > LONGEST_SOURCE {
        return Err(bad_source(&format!(
            "has at most {LONGEST_SOURCE} bytes, found {}",
            source.len()
        )));
    }
    if let Some(bad) = source.chars().find(|c| c.is_control() || *c == '\\') {
        return Err(bad_source(&format!(
            "has no control character and no backslash, found {bad:?}"
        )));
    }
    match source.split('/').find(|part| matches!(*part, "" | "." | "..")) {
        Some(part) => {
            Err(bad_source(&format!("has parts with names between its slashes, found {part:?}")))
        }
        None => Ok(()),
    }
}

#[cold]
fn bad_source(what: &str) -> Error {
    Error::invalid_option(format!("the path of a source {what}"))
}

/// The error of a text that is no key.
#[cold]
pub(super) fn no_key(text: &str) -> Error {
    let shown: String = text.chars().take(80).collect();
    Error::invalid_option(format!("not a key of a rendition: {shown:?}"))
}
