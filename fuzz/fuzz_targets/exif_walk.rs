//! `exif_walk` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makeready_fuzz::exif_walk::exif_walk(data));
