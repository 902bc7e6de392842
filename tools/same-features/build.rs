//! Does nothing: cargo gives build dependencies their features where there is a build script.

fn main() {}
