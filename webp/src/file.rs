//! The simple file: RIFF with one chunk.

use crate::colour::planes_from_rgb;
use crate::encoder::Encoder;
use crate::error::Error;
use crate::reserve::reserve;
use crate::settings::Settings;

/// Puts a VP8 frame into a simple WebP file.
///
/// # Errors
/// `TooLarge` from 4 GiB on, `Memory`.
pub fn simple_file(frame: &[u8]) -> Result<Vec<u8>, Error> {
    let length = u32::try_from(frame.len()).map_err(|_| Error::TooLarge)?;
    let odd = length % 2;
    let riff = length.checked_add(12 + odd).ok_or(Error::TooLarge)?;
    let mut file = Vec::new();
    reserve(&mut file, frame.len() + 21)?;
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&riff.to_le_bytes());
    file.extend_from_slice(b"WEBPVP8 ");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(frame);
    file.extend_from_slice(&[0][..odd as usize]);
    Ok(file)
}

/// Encodes RGB of 8 bits as a simple WebP file, on this thread.
///
/// # Errors
/// `Misuse` where the size is 0, above 16,383 or other than that of `rgb`; `TooLarge`.
///
/// ```
/// use makeready_webp::{Error, Settings, encode_rgb};
///
/// let file = encode_rgb(&[200; 5 * 4 * 3], 5, 4, Settings::new(75.0))?;
/// assert!(file.starts_with(b"RIFF"));
/// # Ok::<(), Error>(())
/// ```
pub fn encode_rgb(
    rgb: &[u8],
    width: u32,
    height: u32,
    settings: Settings,
) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder::new(width, height, settings)?;
    if rgb.len() as u64 != u64::from(width) * u64::from(height) * 3 {
        return Err(Error::Misuse(format!("{} bytes for {width}x{height} pixels", rgb.len())));
    }
    let planes = planes_from_rgb(rgb, width as usize, 3)?;
    encoder.push(&planes.planes(), height, &|work| work(), &|| false)?;
    simple_file(&encoder.finish(&|work| work(), &|| false)?)
}
