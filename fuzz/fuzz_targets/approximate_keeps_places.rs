//! `approximate_keeps_places` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    makeready_fuzz::approximate_keeps_places::approximate_keeps_places(data)
});
