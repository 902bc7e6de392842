//! Signed paths.

use napi::bindgen_prelude::{Array, FromNapiValue, Uint8Array, Unknown};
use napi::{JsValue, ValueType};
use napi_derive::napi;

use crate::error::{Fault, Given, guard};
use crate::reader::{expect, text};

/// The path with its signature; `names` and `secrets` are the keys, in their order.
#[napi]
pub fn sign(
    path: Unknown<'_>,
    names: Array<'_>,
    secrets: Array<'_>,
    expires: Unknown<'_>,
) -> Given<String> {
    guard(|| {
        let path = text("sign path", path)?;
        Ok(makeready::sign(&path, &keys(&names, &secrets)?, seconds(expires)?)?)
    })
}

/// The path that was signed.
#[napi]
pub fn verify(signed: Unknown<'_>, names: Array<'_>, secrets: Array<'_>) -> Given<String> {
    guard(|| Ok(makeready::verify(&text("verify signed", signed)?, &keys(&names, &secrets)?)?))
}

fn keys(names: &Array<'_>, secrets: &Array<'_>) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let item = |array: &Array<'_>, index| {
        let missing = || Fault::Internal("a key without a secret".to_owned());
        array.get::<Unknown<'_>>(index)?.ok_or_else(missing)
    };
    let key = |index| {
        let secret = item(secrets, index)?;
        let secret = match secret.get_type()? {
            ValueType::String => text("secret", secret)?.into_bytes(),
            _ if secret.is_typedarray()? => Uint8Array::from_unknown(secret)?.to_vec(),
            _ => return Err(Fault::Type("a secret: expected a string or a Uint8Array".to_owned())),
        };
        Ok((text("the name of a key", item(names, index)?)?, secret))
    };
    (0..names.len()).map(key).collect()
}

/// Seconds since 1970.
fn seconds(expires: Unknown<'_>) -> Result<u64, Fault> {
    /// Above it not every whole number is one of JavaScript.
    const MOST: f64 = 9_007_199_254_740_991.0;
    let number: f64 = expect("sign expires", expires, ValueType::Number, "a number")?;
    #[allow(clippy::cast_possible_truncation, reason = "whole and in range")]
    #[allow(clippy::cast_sign_loss, reason = "0 or more")]
    if number.fract() == 0.0 && (0.0..=MOST).contains(&number) {
        return Ok(number as u64);
    }
    Err(Fault::Option(format!("sign expires is a whole number of 0 to {MOST}, found {number}")))
}
