//! Files as bytes.

/// Tells whether a file has these bytes somewhere.
#[must_use]
pub fn has(file: &[u8], bytes: &[u8]) -> bool {
    file.windows(bytes.len()).any(|part| part == bytes)
}

/// A chunk of a WebP.
///
/// # Panics
/// On a body of 4 GiB.
#[must_use]
pub fn riff(name: &[u8], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a short chunk").to_le_bytes();
    [name, &length, body, &[0][..body.len() % 2]].concat()
}
