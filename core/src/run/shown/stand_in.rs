//! Stand-ins of a few bytes, that are shown until the picture is there.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, Result};
use crate::picture::image::{Image, rgba};
use crate::picture::reserve::reserved;
use crate::picture::words::words;
use crate::run::output::Output;

words! {
    /// A stand-in for a picture, as a text: see [`placeholder`](crate::placeholder).
    pub enum Placeholder as "placeholder kind" {
        /// A ThumbHash in Base64: about 30 characters, with the proportions of the picture and its alpha.
        #[default]
        ThumbHash = "thumbhash",
        /// A BlurHash of 4 by 3 components, or 3 by 4 of an upright picture: 28 characters. It has no alpha: clear pixels are white.
        BlurHash = "blurhash",
        /// A `data:` URI of a WebP of at most 16 by 16 pixels, which a browser shows without a script: about 200 characters.
        DataUri = "data-uri",
    }
}

/// The longest side of a picture that a hash is made of: the most that ThumbHash takes.
pub(crate) const HASHED: u32 = 100;
/// The longest side of a picture in a URI.
pub(crate) const IN_URI: u32 = 16;

/// The hash of a picture whose sides are at most [`HASHED`].
pub(crate) fn hash(kind: Placeholder, image: &Image) -> Result<String> {
    let (width, height) = (image.size().width, image.size().height);
    let samples = image.data().chunks_exact(image.layout().channels() as usize);
    let mut pixels = reserved(samples.len() * 4)?;
    samples.for_each(|pixel| pixels.extend(rgba(pixel)));
    if kind == Placeholder::BlurHash {
        let (across, down) = if width >= height { (4, 3) } else { (3, 4) };
        let hash = blurhash::encode(across, down, width, height, &pixels);
        return hash.map_err(|error| Error::internal(format!("blurhash: {error}")));
    }
    let hash = thumbhash::rgba_to_thumb_hash(width as usize, height as usize, &pixels);
    Ok(STANDARD.encode(hash))
}

/// A file as a `data:` URI.
pub(crate) fn data_uri(file: &Output) -> String {
    format!("data:{};base64,{}", file.content_type, STANDARD.encode(&file.data))
}
