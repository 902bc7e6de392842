//! Properties that must hold for any bytes at all, one a module. A property panics where it does not hold.
//!
//! Three things run them: `cargo run -p makeready-fuzz` with inputs of its own making, libFuzzer, and a test
//! with every file of `regressions`.

pub mod accept;
pub mod approximate_keeps_places;
pub mod bands_do_not_show;
pub mod cut_keeps_pixels;
pub mod decode;
pub mod definition;
pub mod encode_then_decode;
pub mod exif_rewrite;
pub mod exif_walk;
pub mod figures_and_stand_ins;
pub mod films;
pub mod key;
pub mod levels_do_not_show;
pub mod metadata_does_not_show;
pub mod mutate;
pub mod optimized_equals_unoptimized;
pub mod profile_never_breaks_a_picture;
pub mod query;
pub mod recipe;
pub mod recover;
pub mod region_equals_crop;
pub mod scaled_close_to_full;
pub mod seeds;
mod text;

use makeready::{Error, ErrorKind, Image, Limits, Pipeline, Result};

/// A property: any bytes, and a panic where it does not hold.
pub type Property = fn(&[u8]);

/// All properties by name.
pub const PROPERTIES: [(&str, Property); 20] = [
    ("decode", decode::decode),
    ("recover", recover::recover),
    ("cut_keeps_pixels", cut_keeps_pixels::cut_keeps_pixels),
    ("metadata_does_not_show", metadata_does_not_show::metadata_does_not_show),
    ("region_equals_crop", region_equals_crop::region_equals_crop),
    ("scaled_close_to_full", scaled_close_to_full::scaled_close_to_full),
    ("bands_do_not_show", bands_do_not_show::bands_do_not_show),
    ("levels_do_not_show", levels_do_not_show::levels_do_not_show),
    ("approximate_keeps_places", approximate_keeps_places::approximate_keeps_places),
    ("optimized_equals_unoptimized", optimized_equals_unoptimized::optimized_equals_unoptimized),
    ("encode_then_decode", encode_then_decode::encode_then_decode),
    ("films", films::films),
    ("figures_and_stand_ins", figures_and_stand_ins::figures_and_stand_ins),
    ("exif_rewrite", exif_rewrite::exif_rewrite),
    (
        "profile_never_breaks_a_picture",
        profile_never_breaks_a_picture::profile_never_breaks_a_picture,
    ),
    ("exif_walk", exif_walk::exif_walk),
    ("definition", definition::definition),
    ("accept", accept::accept),
    ("query", query::query),
    ("key", key::key),
];

/// Limits so small that no input takes long.
#[must_use]
pub fn limits() -> Limits {
    Limits {
        max_input_pixels: 1 << 18,
        // In bands of a row each, to turn a picture takes the square of its height.
        max_input_side: 1 << 13,
        max_output_side: 1 << 13,
        max_total_pixels: 1 << 20,
        max_output_pixels: 1 << 18,
        max_jpeg_scan_pixels: 1 << 22,
        max_frames: 64,
        max_animation_pixels: 1 << 20,
        max_memory: 64 << 20,
        ..Limits::default()
    }
}

/// The pixels of a pipeline within [`limits`], on the calling thread alone.
///
/// # Errors
/// As [`Pipeline::pixels`].
pub fn pixels(pipeline: &Pipeline) -> Result<Image> {
    pipeline.clone().limits(limits()).threads(1).pixels()
}

/// Whether a file of unknown worth may give this error.
#[must_use]
pub fn is_typed(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Malformed
            | ErrorKind::Truncated
            | ErrorKind::Unsupported
            | ErrorKind::LimitExceeded
    )
}
