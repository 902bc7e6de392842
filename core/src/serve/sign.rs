//! Signed paths: who has one may have the picture, until it expires.

use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, ErrorKind, Result};

/// The longest path that is signed or verified, in bytes.
const LONGEST: usize = 8192;

/// The shortest secret, in bytes.
const SHORTEST_SECRET: usize = 16;

/// Signs a path with the first of the keys: adds to it the time at which it expires (`e`), the name of the key (`k`) and
/// the signature (`s`), an HMAC-SHA-256 over all before it.
///
/// `expires` is in seconds since 1970. The path is signed as it is, a query included; it has no fragment.
///
/// ```
/// use makeready::{sign, verify};
///
/// let keys = [("2026-11", "an example of a secret")];
/// let signed = sign("/v1/a.jpg/w-320.webp", &keys, 4_000_000_000)?;
/// assert!(signed.starts_with("/v1/a.jpg/w-320.webp?e=4000000000&k=2026-11&s="));
/// assert_eq!(verify(&signed, &keys)?, "/v1/a.jpg/w-320.webp");
/// assert_eq!(verify(&signed.replace("320", "640"), &keys).unwrap_err().code(), "forbidden");
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// `invalid_option` for no key, a name of a key that is not 1 to 64 letters, digits, `-` and `_`, a secret of fewer than 16
/// bytes, a path with a `#`, or one of more than 8,192 bytes.
pub fn sign<I, S>(path: &str, keys: &[(I, S)], expires: u64) -> Result<String>
where
    I: AsRef<str>,
    S: AsRef<[u8]>,
{
    check_keys(keys)?;
    let Some((name, secret)) = keys.first() else {
        return Err(Error::invalid_option("sign: expected 1 key or more, found none"));
    };
    if path.len() > LONGEST || path.contains('#') {
        let what = format!("a path has at most {LONGEST} bytes and no #");
        return Err(Error::invalid_option(format!("sign: {what}, found {} bytes", path.len())));
    }
    let mark = if path.contains('?') { '&' } else { '?' };
    let text = format!("{path}{mark}e={expires}&k={}", name.as_ref());
    let signature = hex(&signature(&text, secret.as_ref())?.finalize().into_bytes());
    Ok(format!("{text}&s={signature}"))
}

/// The path that was signed with one of the keys, where it has not expired.
///
/// The time of the comparison tells nothing of the signature.
///
/// # Errors
/// `forbidden` for a signature that is missing, wrong, expired, or of a key that is not among these. `invalid_option` for
/// keys as those of [`sign`].
pub fn verify<I, S>(signed: &str, keys: &[(I, S)]) -> Result<String>
where
    I: AsRef<str>,
    S: AsRef<[u8]>,
{
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |now| now.as_secs());
    verify_at(signed, keys, now)
}

fn verify_at<I, S>(signed: &str, keys: &[(I, S)], now: u64) -> Result<String>
where
    I: AsRef<str>,
    S: AsRef<[u8]>,
{
    check_keys(keys)?;
    let missing = || forbidden("the signature is missing");
    if signed.len() > LONGEST + 256 {
        return Err(missing());
    }
    let (text, signature_given) = signed.rsplit_once("&s=").ok_or_else(missing)?;
    let (rest, name) = text.rsplit_once("&k=").ok_or_else(missing)?;
    let (path, expires) = rest.rsplit_once("e=").ok_or_else(missing)?;
    let path = path.strip_suffix(['?', '&']).ok_or_else(missing)?;
    let wrong = || forbidden("the signature is wrong");
    let (_, secret) = keys.iter().find(|(id, _)| id.as_ref() == name).ok_or_else(wrong)?;
    let given = unhex(signature_given).ok_or_else(wrong)?;
    signature(text, secret.as_ref())?.verify_slice(&given).map_err(|_| wrong())?;
    // Signed by us, so that it is a number in its one spelling.
    let expires: u64 = expires.parse().map_err(|_| wrong())?;
    if now >= expires {
        return Err(forbidden("the signature has expired"));
    }
    Ok(path.to_owned())
}

fn check_keys<I: AsRef<str>, S: AsRef<[u8]>>(keys: &[(I, S)]) -> Result<()> {
    for (name, secret) in keys {
        let name = name.as_ref();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
            let what = "the name of a key is 1 to 64 letters, digits, - and _";
            return Err(Error::invalid_option(format!("{what}, found {name:?}")));
        }
        let found = secret.as_ref().len();
        if found < SHORTEST_SECRET {
            let what = format!("the secret of key {name} has {SHORTEST_SECRET} bytes or more");
            return Err(Error::invalid_option(format!("{what}, found {found}")));
        }
    }
    Ok(())
}

fn signature(text: &str, secret: &[u8]) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .map_err(|error| Error::internal(format!("a secret of {} bytes: {error}", secret.len())))?;
    mac.update(text.as_bytes());
    Ok(mac)
}

#[cold]
fn forbidden(what: &str) -> Error {
    Error::new(ErrorKind::Forbidden, what)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of lower-case hexadecimal digits: a signature has one spelling.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(high)? * 16 + digit(low)?)).collect()
}
