//! The frames of an animation as libwebp composes them.

use std::ptr;

use libwebp_sys::{
    WebPAnimDecoderDelete, WebPAnimDecoderGetInfo, WebPAnimDecoderGetNext, WebPAnimDecoderNew,
    WebPAnimInfo, WebPData,
};

/// The time at which each frame ends, in milliseconds, and the canvas: red, green, blue, alpha. Ends
/// before the first frame that libwebp refuses; `None` where it refuses the file.
pub(in crate::formats::webp) fn frames(file: &[u8]) -> Option<Vec<(i32, Vec<u8>)>> {
    let data = WebPData { bytes: file.as_ptr(), size: file.len() };
    // SAFETY: the data are those of a slice that outlives the decoder.
    let decoder = unsafe { WebPAnimDecoderNew(&raw const data, ptr::null()) };
    if decoder.is_null() {
        return None;
    }
    let mut info = WebPAnimInfo::default();
    // SAFETY: the decoder lives, and `info` outlives the call.
    unsafe { WebPAnimDecoderGetInfo(decoder, &raw mut info) };
    let bytes = 4 * info.canvas_width as usize * info.canvas_height as usize;
    let mut frames = Vec::new();
    let (mut canvas, mut end) = (ptr::null_mut(), 0);
    // SAFETY: the decoder lives. It lends a canvas of that many bytes until it is asked again.
    while unsafe { WebPAnimDecoderGetNext(decoder, &raw mut canvas, &raw mut end) } != 0 {
        // SAFETY: as above.
        frames.push((end, unsafe { std::slice::from_raw_parts(canvas, bytes) }.to_vec()));
    }
    // SAFETY: the decoder is deleted once.
    unsafe { WebPAnimDecoderDelete(decoder) };
    Some(frames)
}
