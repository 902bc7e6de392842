//! No code: the features of the dependencies in `Cargo.toml` are what counts.
