//! Bounds the bytes of the streams that a page leads to, before any is decoded as a whole.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;

use flate2::read::ZlibDecoder;
use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::{Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};
use hayro::hayro_syntax::page::Page;

use super::before::undone;
use super::extent::grown;
use super::jpx::Jpx;
use super::meshes;
use crate::error::Result;
use crate::formats;
use crate::picture::format::Format;
use crate::picture::reserve::reserved;
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};
use crate::recipe::options::Open;
use crate::recipe::source::Source;

/// Objects that a page leads to.
const MOST_OBJECTS: u64 = 200_000;

/// Entries that lead to other pages, but in dictionaries whose entries have the names that a file gives them.
const ELSEWHERE: [&[u8]; 7] = [b"Parent", b"P", b"Prev", b"Next", b"Dest", b"A", b"StructParent"];

const NAMED: [&[u8]; 12] = [
    b"ColorSpace",
    b"Colorants",
    b"CharProcs",
    b"D",
    b"ExtGState",
    b"Font",
    b"N",
    b"Pattern",
    b"Properties",
    b"R",
    b"Shading",
    b"XObject",
];

/// The most that a byte of LZW or of runs becomes.
const LZW: u64 = 2731;
const RUNS: u64 = 64;

/// Bytes of a step of a function, which takes two of its stream.
const STEP: usize = 32;

/// Pixels of a row of a fax.
const FAX: u32 = 1728;

/// Filters that are codes of images.
const IMAGES: [Filter; 4] =
    [Filter::DctDecode, Filter::JpxDecode, Filter::Jbig2Decode, Filter::CcittFaxDecode];

/// Bytes inflated at a time.
const PIECE: usize = 16 << 10;

/// Bytes of all streams that a page leads to.
#[derive(Debug, Default)]
pub(super) struct Weight {
    /// When they are decoded.
    pub(super) streams: u64,
    /// Of all that is made of those that are read as numbers, and of the parts of images.
    pub(super) parsed: u64,
}

/// Weighs the streams that a page leads to, by its own entries and by the resources that it has of all pages.
pub(super) fn weigh(page: &Page<'_>, limits: &Limits, watch: &Watch) -> Result<Weight> {
    let mut walk = Walk { seen: HashSet::new(), objects: 0, weight: Weight::default(), limits };
    let resources = page.resources();
    let named = [
        &resources.ext_g_states,
        &resources.fonts,
        &resources.properties,
        &resources.color_spaces,
        &resources.x_objects,
        &resources.patterns,
        &resources.shadings,
    ];
    let mut next = vec![(Object::Dict(page.raw().clone()), false)];
    next.extend(named.map(|dict| (Object::Dict(dict.clone()), true)));
    while let Some((object, named)) = next.pop() {
        watch.check()?;
        walk.objects += 1;
        check("pdf_objects", MOST_OBJECTS, walk.objects)?;
        match object {
            Object::Dict(dict) => walk.entries(&dict, named, page, &mut next),
            Object::Array(array) => {
                array.raw_iter().for_each(|item| walk.push(item, false, page, &mut next));
            }
            Object::Stream(stream) => {
                walk.stream(&stream)?;
                walk.entries(stream.dict(), false, page, &mut next);
            }
            _ => {}
        }
    }
    Ok(walk.weight)
}

struct Walk<'a> {
    /// Objects, each as it is and as a dictionary of names.
    seen: HashSet<(ObjectIdentifier, bool)>,
    objects: u64,
    weight: Weight,
    limits: &'a Limits,
}

impl Walk<'_> {
    /// Goes to the entries of a dictionary; `named`, if they have the names that the file gives them.
    fn entries<'a>(
        &mut self,
        dict: &Dict<'a>,
        named: bool,
        page: &Page<'a>,
        next: &mut Vec<(Object<'a>, bool)>,
    ) {
        let leads_here = |name: &Name<'_>| named || !ELSEWHERE.contains(&name.as_ref());
        for (name, entry) in dict.entries().filter(|(name, _)| leads_here(name)) {
            self.push(entry, NAMED.contains(&name.as_ref()), page, next);
        }
    }

    fn push<'a>(
        &mut self,
        entry: MaybeRef<Object<'a>>,
        named: bool,
        page: &Page<'a>,
        next: &mut Vec<(Object<'a>, bool)>,
    ) {
        match entry {
            MaybeRef::NotRef(object) => next.push((object, named)),
            MaybeRef::Ref(place) => {
                if self.seen.insert((place.into(), named)) {
                    let object = page.xref().get::<Object<'a>>(place.into());
                    next.extend(object.map(|object| (object, named)));
                }
            }
        }
    }

    fn stream(&mut self, stream: &Stream<'_>) -> Result<()> {
        let raw = stream.raw_data();
        let filters = stream.filters();
        let is_image = filters.iter().any(|filter| IMAGES.contains(filter));
        // An image is looked at behind the filters before its own.
        let (mut data, mut bytes) = (Cow::Borrowed(&*raw), raw.len() as u64);
        for (index, filter) in filters.iter().enumerate() {
            bytes = match filter {
                Filter::FlateDecode if index == 0 || is_image => self.inflated(&data)?,
                // Behind other filters its bytes are not known yet.
                Filter::FlateDecode => bytes.saturating_mul(1032),
                Filter::LzwDecode => bytes.saturating_mul(LZW),
                Filter::RunLengthDecode => bytes.saturating_mul(RUNS),
                // A letter stands for four zeros.
                Filter::Ascii85Decode => bytes.saturating_mul(4),
                filter if IMAGES.contains(filter) => {
                    bytes = self.image(stream, &data, *filter)?;
                    break;
                }
                _ => bytes,
            };
            if is_image {
                data = Cow::Owned(undone(*filter, &data, bytes)?);
            }
        }
        let Weight { streams, parsed } = &mut self.weight;
        *streams = streams.saturating_add(bytes);
        let made = meshes::parsed(stream.dict(), bytes)?.max(samples(stream.dict(), bytes));
        *parsed = parsed.saturating_add(made);
        check("max_memory", self.limits.max_memory, streams.saturating_add(*parsed))
    }

    /// Bytes that inflate to, as far as there is room for them.
    fn inflated(&self, raw: &[u8]) -> Result<u64> {
        let mut inflater = ZlibDecoder::new(raw);
        let mut piece = reserved(PIECE)?;
        piece.resize(PIECE, 0);
        let mut bytes = 0;
        // The crate reads on where the checksum is wrong.
        while let Ok(read @ 1..) = inflater.read(&mut piece) {
            bytes += read as u64;
            check("max_memory", self.limits.max_memory, self.weight.streams.saturating_add(bytes))?;
        }
        Ok(bytes.max(raw.len() as u64))
    }

    /// Bytes of an image, by the larger of its own sides and of those that its entries say.
    fn image(&mut self, stream: &Stream<'_>, raw: &[u8], filter: Filter) -> Result<u64> {
        let side = |name: &[u8]| u64::from(stream.dict().get::<u32>(name).unwrap_or(0));
        let said = side(b"Width").saturating_mul(side(b"Height"));
        let own = match filter {
            Filter::DctDecode => jpeg_pixels(raw, self.limits)?,
            Filter::JpxDecode => {
                let Jpx { pixels, parts } = Jpx::read(raw);
                self.weight.parsed = self.weight.parsed.saturating_add(parts);
                pixels
            }
            // Rows are as long as the code says, as many as the image has.
            Filter::CcittFaxDecode => columns(stream).saturating_mul(side(b"Height")),
            _ => 0,
        };
        let pixels = said.max(own);
        check("max_input_pixels", self.limits.max_input_pixels, pixels)?;
        Ok(pixels.saturating_mul(4))
    }
}

/// Bytes of the numbers of a sampled function, or the steps of a calculation; none of other streams.
fn samples(dict: &Dict<'_>, bytes: u64) -> u64 {
    let bits = dict.get::<u32>(b"BitsPerSample").unwrap_or(0).max(1);
    match dict.get::<u32>(b"FunctionType") {
        Some(0) => grown(8.0 * bytes as f64 / f64::from(bits), size_of::<f32>()),
        Some(4) => grown(bytes as f64 / 2.0, STEP),
        _ => 0,
    }
}

/// The longest row that the parameters of a stream's filters tell, or that of a fax where they tell none.
fn columns(stream: &Stream<'_>) -> u64 {
    let told = |dict: &Dict<'_>| u64::from(dict.get::<u32>(b"Columns").unwrap_or(FAX));
    let parameters = [b"DecodeParms" as &[u8], b"DP"];
    let parameters =
        parameters.into_iter().filter_map(|name| stream.dict().get::<Object<'_>>(name));
    let longest = parameters.map(|parameters| match parameters {
        Object::Dict(dict) => told(&dict),
        Object::Array(array) => array.iter::<Dict<'_>>().map(|dict| told(&dict)).max().unwrap_or(0),
        _ => 0,
    });
    longest.max().filter(|longest| *longest > 0).unwrap_or(FAX.into())
}

/// Pixels of a JPEG; of one that is broken the most that any of its bytes could say, as the crate may read it otherwise.
fn jpeg_pixels(raw: &[u8], limits: &Limits) -> Result<u64> {
    let open = Open::new().formats([Format::Jpeg]);
    match formats::open(&Source::from(raw.to_vec()), &open, limits) {
        Ok(opened) => Ok(opened.header().size.pixels()),
        Err(error) if error.limit().is_some() => Err(error),
        Err(_) => Ok(frames(raw).max().unwrap_or(0)),
    }
}

/// Pixels of whatever looks like the frame header of a JPEG: its marker, a length, bits, and the sides.
fn frames(raw: &[u8]) -> impl Iterator<Item = u64> {
    let headers = raw.windows(9).filter(|bytes| {
        bytes[0] == 0xFF
            && matches!(bytes[1], 0xC0..=0xCF)
            && !matches!(bytes[1], 0xC4 | 0xC8 | 0xCC)
    });
    headers.map(|bytes| {
        let side = |at: usize| u64::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
        side(5) * side(7)
    })
}

/// The JPEG of a stream that holds just that, in colours that are those of its page.
pub(super) fn scanned_jpeg(stream: &Stream<'_>) -> Option<Arc<Vec<u8>>> {
    let dict = stream.dict();
    let is_jpeg = matches!(stream.filters().as_slice(), [Filter::DctDecode]);
    let masks: [&[u8]; 5] = [b"SMask", b"Mask", b"Decode", b"ImageMask", b"SMaskInData"];
    if !is_jpeg || masks.iter().any(|name| dict.contains_key(*name)) {
        return None;
    }
    has_plain_colours(dict).then(|| Arc::new(stream.raw_data().into_owned()))
}

/// Tells whether samples are those of the page: RGB or gray of the device, or of a profile that says it is sRGB.
fn has_plain_colours(dict: &Dict<'_>) -> bool {
    match dict.get::<Object<'_>>(b"ColorSpace") {
        Some(Object::Name(name)) => matches!(name.as_ref(), b"DeviceRGB" | b"DeviceGray"),
        Some(Object::Array(array)) => {
            let mut items = array.iter::<Object<'_>>();
            let based =
                matches!(items.next(), Some(Object::Name(name)) if name.as_ref() == b"ICCBased");
            let profile = items.next().and_then(Object::into_stream);
            let bytes =
                profile.and_then(|profile| profile.decoded_data().ok().map(|it| it.into_owned()));
            based && bytes.is_some_and(|bytes| bytes.windows(4).any(|it| it == b"sRGB"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_jpeg_has_the_pixels_that_its_bytes_may_say() -> Result<()> {
        let frame = |marker| [0xFF, marker, 0, 17, 8, 0, 7, 0, 9, 3].to_vec();
        let file = [b"\xFF\xD8\xFF".to_vec(), frame(0xC4), frame(0xC2)].concat();
        assert_eq!(jpeg_pixels(&file, &Limits::default())?, 63);
        assert_eq!(jpeg_pixels(&file[..20], &Limits::default())?, 0);
        Ok(())
    }
}
