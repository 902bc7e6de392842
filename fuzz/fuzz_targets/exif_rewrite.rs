//! `exif_rewrite` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makeready_fuzz::exif_rewrite::exif_rewrite(data));
