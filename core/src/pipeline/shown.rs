//! Calls for figures of the content of a picture, and for stand-ins of a few bytes.

use super::Pipeline;
use crate::error::Result;
use crate::picture::image::Colour;
use crate::recipe::options::{Resize, Shrink, WebP};
use crate::recipe::{JobSettings, watch_of};
use crate::run::pass;
use crate::run::queue::job::{self, Job};
use crate::run::shown::{self, HASHED, IN_URI, Placeholder, Stats};

/// Figures of what a picture shows: least, greatest and mean sample of each channel and their deviation, entropy, sharpness,
/// the most frequent colour, and whether it is opaque. They are of the picture as it would be written, with all calls that
/// were made; of a film, of its first frame.
///
/// The whole picture is in memory: a resize before makes figures of a large one cheap, but smooths them.
///
/// ```
/// use makeready::{Colour, Image, Layout, Size, stats};
///
/// let image = Image::new(Size::new(2, 1), Layout::Gray, vec![0, 10])?;
/// let stats = stats(image)?;
/// let channel = stats.channels[0];
/// assert_eq!((channel.min, channel.max, channel.mean, channel.deviation), (0, 10, 5.0, 5.0));
/// assert_eq!((stats.entropy, stats.is_opaque), (1.0, true));
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// As [`Pipeline::run`].
pub fn stats(picture: impl Into<Pipeline>) -> Result<Stats> {
    let recipe = picture.into().0.still();
    let image = pass::pixels(&recipe)?;
    shown::stats(&image, &watch_of(&[&recipe]))
}

/// As [`stats`], by the library's own queue: see [`Pipeline::spawn`].
///
/// ```
/// let stats = makeready::spawn_stats("../tests/images/photo.jpg").wait()?;
/// assert_eq!(stats, makeready::stats("../tests/images/photo.jpg")?);
/// # Ok::<(), makeready::Error>(())
/// ```
pub fn spawn_stats(picture: impl Into<Pipeline>) -> Job<Stats> {
    job::of_pixels(picture.into().0.still(), |image, watch| shown::stats(&image, watch))
}

/// A ThumbHash of a picture in Base64, to show something of it until it is there: see [`placeholder_as`].
///
/// ```
/// use makeready::placeholder;
///
/// let hash = placeholder("../tests/images/photo.jpg")?;
/// assert!(hash.len() < 40);
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// As [`Pipeline::run`].
pub fn placeholder(picture: impl Into<Pipeline>) -> Result<String> {
    placeholder_as(picture, Placeholder::ThumbHash)
}

/// A stand-in for a picture of a few bytes: a ThumbHash in Base64, a BlurHash, or a `data:` URI. It is of the picture as it would be
/// written, with all calls that were made, but in sRGB and without metadata; of a film, of its first frame.
///
/// ```
/// use makeready::{Placeholder, placeholder_as};
///
/// let uri = placeholder_as("../tests/images/photo.jpg", Placeholder::DataUri)?;
/// assert!(uri.starts_with("data:image/webp;base64,"));
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// As [`Pipeline::run`].
pub fn placeholder_as(picture: impl Into<Pipeline>, kind: Placeholder) -> Result<String> {
    let small = small(picture.into(), kind);
    match kind {
        Placeholder::DataUri => Ok(shown::data_uri(&pass::run_one(&small.0)?)),
        _ => shown::hash(kind, &pass::pixels(&small.0)?),
    }
}

/// As [`placeholder_as`], by the library's own queue: see [`Pipeline::spawn`].
///
/// ```
/// use makeready::{Placeholder, placeholder_as, spawn_placeholder};
///
/// let (file, kind) = ("../tests/images/photo.jpg", Placeholder::BlurHash);
/// assert_eq!(spawn_placeholder(file, kind).wait()?, placeholder_as(file, kind)?);
/// # Ok::<(), makeready::Error>(())
/// ```
pub fn spawn_placeholder(picture: impl Into<Pipeline>, kind: Placeholder) -> Job<String> {
    let small = small(picture.into(), kind).0;
    match kind {
        Placeholder::DataUri => job::of_file(small, |file| Ok(shown::data_uri(&file))),
        _ => job::of_pixels(small, move |image, _| shown::hash(kind, &image)),
    }
}

/// The small picture that a stand-in is made of. For a glance at it a fast shrink is good enough.
fn small(picture: Pipeline, kind: Placeholder) -> Pipeline {
    let mut still = Pipeline(picture.0.still()).shrink(Shrink::Fast);
    let JobSettings { colour, keep, density, .. } = &mut still.0.settings;
    (*colour, *keep, *density) = (None, None, None);
    let within = |side| Resize::inside(side, side).without_enlargement(true);
    match kind {
        Placeholder::ThumbHash => still.resize(within(HASHED)),
        Placeholder::BlurHash => still.flatten(Colour::WHITE).resize(within(HASHED)),
        Placeholder::DataUri => still.resize(within(IN_URI)).encode(WebP::quality(50)),
    }
}
