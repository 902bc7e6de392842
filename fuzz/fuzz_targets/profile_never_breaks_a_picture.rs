//! `profile_never_breaks_a_picture` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    makeready_fuzz::profile_never_breaks_a_picture::profile_never_breaks_a_picture(data);
});
