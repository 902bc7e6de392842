//! Tests of the decoder on real files: the shared corpora and photographs, which are not committed.
//! Every test that walks a folder asserts how many files it saw.
#![allow(clippy::cast_possible_truncation, reason = "tests make numbers of any size")]

mod damaged;
mod equal;
mod goldens;
mod lowest;

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Decoder, Error, Format, Header, Region, Request, Scale, read_header};
use makeready_kernels::Level;

pub(crate) const SCALES: [Scale; 4] = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth];

/// The path of a file of the shared folder.
pub(crate) fn shared(name: &str) -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    std::env::var_os("MAKEREADY_SHARED").map_or(beside, PathBuf::from).join(name)
}

/// Tells whether the corpora are beside this checkout; says so where they are not.
pub(crate) fn has_corpora() -> bool {
    let there = shared("corpora").exists() && shared("photos").exists();
    if !there {
        eprintln!("left out: no JPEG corpora and photographs beside this checkout");
    }
    there
}

/// The content of a file of the shared folder.
pub(crate) fn load(name: &str) -> Vec<u8> {
    let path = shared(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below a shared folder, by name, in order.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(shared(folder)).expect("a shared folder") {
        let entry = entry.expect("an entry");
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            names.extend(files(&name, extension));
        } else if name.ends_with(extension) {
            names.push(name);
        }
    }
    names.sort();
    names
}

/// A request for the whole image.
pub(super) fn whole(header: &Header, scale: Scale, format: Format) -> Request {
    Request { max_scan_pixels: 4_000_000_000, ..Request::whole(header, scale, format) }
}

/// All rows of a request, `step` at a time.
pub(crate) fn rows(
    data: &[u8],
    header: &Header,
    request: Request,
    level: Level,
    step: u32,
) -> Result<Vec<u8>, Error> {
    let mut decoder = Decoder::with_level(data, header.clone(), request, level)?;
    let pixel = if request.format == Format::Gray { 1 } else { 3 };
    let stride = request.region.width as usize * pixel;
    let mut out = vec![0; stride * request.region.height as usize];
    let mut done = 0;
    while done < request.region.height {
        let count = step.min(request.region.height - done);
        decoder.read_rows(&mut out[done as usize * stride..], stride, count, &|| false)?;
        done += count;
    }
    Ok(out)
}

/// All pixels of a file.
pub(crate) fn pixels(data: &[u8], scale: Scale, format: Format) -> Result<Vec<u8>, Error> {
    let header = read_header(data)?;
    let request = whole(&header, scale, format);
    rows(data, &header, request, Level::detect(), u32::MAX)
}

/// Random numbers by a seed (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`.
    pub(crate) const fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end as u64) as u32
    }
}
