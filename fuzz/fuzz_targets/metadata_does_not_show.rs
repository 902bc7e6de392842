//! `metadata_does_not_show` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    makeready_fuzz::metadata_does_not_show::metadata_does_not_show(data)
});
