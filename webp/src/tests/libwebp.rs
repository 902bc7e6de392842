//! libwebp as the reference.
#![allow(unsafe_code, reason = "a C library")]

use std::ptr::null_mut;

use libwebp_sys::{
    VP8StatusCode, WebPDecodeYUV, WebPFree, WebPIDelete, WebPINewDecoder, WebPIUpdate,
};

/// The planes that libwebp decodes, without padding; `None` where one of its two decoders refuses the file.
pub(super) fn decode(file: &[u8]) -> Option<[Vec<u8>; 3]> {
    decode_whole(file).filter(|_| is_decoded_in_steps(file))
}

/// Tells whether the decoder that may be given a file in pieces takes it. It refuses more than the other.
fn is_decoded_in_steps(file: &[u8]) -> bool {
    // SAFETY: without a buffer the decoder makes its own; it keeps pointers to the file, which outlives it, and is deleted
    // once.
    unsafe {
        let decoder = WebPINewDecoder(null_mut());
        assert!(!decoder.is_null());
        WebPIUpdate(decoder, file.as_ptr(), file.len() / 2);
        let status = WebPIUpdate(decoder, file.as_ptr(), file.len());
        WebPIDelete(decoder);
        status == VP8StatusCode::VP8_STATUS_OK
    }
}

fn decode_whole(file: &[u8]) -> Option<[Vec<u8>; 3]> {
    let (mut width, mut height, mut stride, mut half) = (0, 0, 0, 0);
    let (mut u, mut v) = (null_mut(), null_mut());
    // SAFETY: the file is readable, and the rest are places for results.
    let y = unsafe {
        WebPDecodeYUV(
            file.as_ptr(),
            file.len(),
            &raw mut width,
            &raw mut height,
            &raw mut u,
            &raw mut v,
            &raw mut stride,
            &raw mut half,
        )
    };
    if y.is_null() {
        return None;
    }
    let sizes = [(width, height, stride), ((width + 1) / 2, (height + 1) / 2, half)];
    let planes =
        [(y.cast_const(), sizes[0]), (u.cast_const(), sizes[1]), (v.cast_const(), sizes[1])];
    let planes = planes.map(|(samples, (width, height, stride))| {
        let [width, height, stride] =
            [width, height, stride].map(|it| usize::try_from(it).expect("a size"));
        // SAFETY: libwebp gives rows of this stride; the last one may end early.
        let rows = (0..height)
            .map(|y| unsafe { std::slice::from_raw_parts(samples.add(y * stride), width) });
        rows.flatten().copied().collect()
    });
    // SAFETY: the block that the decoder allocated; it holds all planes.
    unsafe { WebPFree(y.cast()) };
    Some(planes)
}
