//! Option objects as the option structs of the core. What is not given is not set.

use makeready::{Colour, Edges, Encode, Limits, Open, Optimizations, Rect, Resize, Stitch};
use napi::ValueType;
use napi::bindgen_prelude::Unknown;

use crate::error::Fault;
use crate::limits::limits;
use crate::reader::{Reader, expect, string};

/// Sets a field of the core's struct where its option is given.
pub(crate) fn set<T>(field: &mut T, option: Option<T>) {
    if let Some(value) = option {
        *field = value;
    }
}

pub(crate) fn open(options: Option<Unknown<'_>>) -> Result<Open, Fault> {
    let mut options = Reader::new("open", options)?;
    let mut open = Open::default();
    set(&mut open.page, options.whole("page")?);
    set(&mut open.auto_orient, options.flag("autoOrient")?);
    set(&mut open.on_error, options.word("onError")?);
    options.finish()?;
    Ok(open)
}

pub(crate) fn probe(options: Option<Unknown<'_>>) -> Result<Limits, Fault> {
    let mut options = Reader::new("probe", options)?;
    let limits = limits(options.value("limits")?)?;
    options.finish()?;
    Ok(limits)
}

pub(crate) fn stitch(options: Option<Unknown<'_>>) -> Result<Stitch, Fault> {
    let mut options = Reader::new("stitch", options)?;
    let across = options.whole("across")?;
    let canvas = Reader::new("stitch canvas", options.value("canvas")?)?;
    let mut stitch = match (across, canvas.is_given()) {
        (Some(across), false) => Stitch::across(across),
        (None, true) => {
            let (width, height) = pair(canvas, ["width", "height"])?;
            Stitch::canvas(width, height)
        }
        (across, _) => {
            let found = if across.is_some() { "both" } else { "none" };
            return Err(Fault::Option(format!(
                "a stitch takes `across` or `canvas`, found {found}"
            )));
        }
    };
    set(&mut stitch.gap, options.whole("gap")?);
    let place = |place| pair(Reader::new("stitch at", Some(place))?, ["x", "y"]);
    let places = options.list("at")?;
    let places = places.map(|places| places.into_iter().map(place).collect::<Result<_, _>>());
    set(&mut stitch.at, places.transpose()?);
    set(&mut stitch.background, options.colour("background")?);
    set(&mut stitch.position, options.word("position")?);
    options.finish()?;
    Ok(stitch)
}

fn pair(mut options: Reader<'_>, names: [&'static str; 2]) -> Result<(u32, u32), Fault> {
    let pair = (options.needed(names[0])?, options.needed(names[1])?);
    options.finish()?;
    Ok(pair)
}

pub(crate) fn resize(options: Option<Unknown<'_>>) -> Result<Resize, Fault> {
    let mut options = Reader::new("resize", options)?;
    let mut resize = Resize::default();
    resize.width = options.whole("width")?;
    resize.height = options.whole("height")?;
    set(&mut resize.fit, options.word("fit")?);
    set(&mut resize.position, options.word("position")?);
    set(&mut resize.kernel, options.word("kernel")?);
    set(&mut resize.without_enlargement, options.flag("withoutEnlargement")?);
    set(&mut resize.linear, options.flag("linear")?);
    set(&mut resize.background, options.colour("background")?);
    options.finish()?;
    Ok(resize)
}

pub(crate) fn crop(options: Option<Unknown<'_>>) -> Result<Rect, Fault> {
    let mut options = Reader::new("crop", options)?;
    let (x, y) = (options.needed("x")?, options.needed("y")?);
    let rect = Rect::new(x, y, options.needed("width")?, options.needed("height")?);
    options.finish()?;
    Ok(rect)
}

/// A colour by itself; the default of every background where there is none.
pub(crate) fn colour(what: &str, text: Option<Unknown<'_>>) -> Result<Colour, Fault> {
    let text = text.map(|text| string(what, text)).transpose()?;
    Ok(text.map_or(Ok(Colour::BLACK), |text| Colour::parse(&text))?)
}

pub(crate) fn extend(options: Option<Unknown<'_>>) -> Result<(Edges, Colour), Fault> {
    let mut options = Reader::new("extend", options)?;
    let mut edges = Edges::default();
    set(&mut edges.top, options.whole("top")?);
    set(&mut edges.right, options.whole("right")?);
    set(&mut edges.bottom, options.whole("bottom")?);
    set(&mut edges.left, options.whole("left")?);
    let background = options.colour("background")?;
    options.finish()?;
    Ok((edges, background.unwrap_or(Colour::BLACK)))
}

pub(crate) fn encode(format: &str, options: Option<Unknown<'_>>) -> Result<Encode, Fault> {
    let mut encode: Encode = format.parse()?;
    let options = match &mut encode {
        Encode::Jpeg(jpeg) => {
            let mut options = Reader::new("jpeg", options)?;
            set(&mut jpeg.quality, options.whole("quality")?);
            set(&mut jpeg.subsampling, options.word("subsampling")?);
            set(&mut jpeg.progressive, options.flag("progressive")?);
            set(&mut jpeg.optimize_coding, options.flag("optimizeCoding")?);
            options
        }
        Encode::Png(png) => {
            let mut options = Reader::new("png", options)?;
            set(&mut png.compression_level, options.whole("compressionLevel")?);
            options
        }
        Encode::WebP(webp) => {
            let mut options = Reader::new("webp", options)?;
            set(&mut webp.quality, options.whole("quality")?);
            set(&mut webp.lossless, options.flag("lossless")?);
            set(&mut webp.effort, options.whole("effort")?);
            options
        }
        _ => return Err(Fault::Internal(format!("no options for {format}"))),
    };
    options.finish()?;
    Ok(encode)
}

/// All rules by a boolean; or single ones by their names, on top of what `all` says.
pub(crate) fn optimizations(options: Unknown<'_>) -> Result<Optimizations, Fault> {
    let every = |on| if on { Optimizations::all() } else { Optimizations::none() };
    if options.get_type()? == ValueType::Boolean {
        return Ok(every(expect("optimizations", options, ValueType::Boolean, "a boolean")?));
    }
    let mut options = Reader::new("optimizations", Some(options))?;
    let mut optimizations = options.flag("all")?.map_or_else(Optimizations::default, every);
    for name in options.names()?.iter().filter(|name| *name != "all") {
        optimizations = optimizations.with(name, options.flag_named(name)?)?;
    }
    Ok(optimizations)
}
