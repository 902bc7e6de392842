//! Parses a file that was found light enough.

use std::sync::Arc;

use resvg::usvg::fontdb::{Database, Source as FontSource};
use resvg::usvg::{self, FontResolver, ImageHrefResolver, Options, Tree};
use roxmltree::{Document, ParsingOptions};

use super::entities::check_entities;
use super::images::Images;
use super::weight::weigh;
use crate::error::{Error, Result};
use crate::picture::reserve::probed;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// The family that all text is set in, regular and bold.
const FAMILY: &str = "DejaVu Sans";
static REGULAR: &[u8] = include_bytes!("../../../fonts/DejaVuSans.ttf");
static BOLD: &[u8] = include_bytes!("../../../fonts/DejaVuSans-Bold.ttf");

/// Nodes of XML, elements and texts. The parser takes 80 bytes for each.
const MOST_NODES: u32 = 500_000;

/// Bytes that parser and tree take for each of the text, and for each of its weight.
const TEXT_BYTES: u64 = 24;
const WEIGHT_BYTES: u64 = 40;

/// Bytes that fonts and tables take beside.
const FIXED: u64 = 256 << 10;

/// A file that is parsed.
pub(super) struct Parsed {
    tree: Tree,
    memory: u64,
}

impl Parsed {
    pub(super) const fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(super) fn width(&self) -> f64 {
        self.tree.size().width().into()
    }

    pub(super) fn height(&self) -> f64 {
        self.tree.size().height().into()
    }

    /// Bytes that it and its pictures take, with those that its parse took.
    pub(super) const fn memory(&self) -> u64 {
        self.memory
    }

    /// Tells whether a strip of it cannot be drawn by itself: filters look at pixels around, farther than a strip.
    pub(super) fn is_drawn_whole(&self) -> bool {
        !self.tree.filters().is_empty()
    }
}

/// Parses a file, within limits.
pub(super) fn parse(file: &Bytes, limits: &Limits) -> Result<Parsed> {
    let text = std::str::from_utf8((**file).as_ref())
        .map_err(|error| Error::malformed(format!("expected text in UTF-8: {error}")))?;
    check_entities(text)?;
    let of_text = FIXED + TEXT_BYTES * text.len() as u64;
    // The crates end the process where memory is missing.
    probed(of_text)?;
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..Default::default() };
    let document = Document::parse_with_options(text, options).map_err(xml_error)?;
    let of_tree = of_text + WEIGHT_BYTES * weigh(&document)?;
    probed(of_tree)?;
    let images = Arc::new(Images::default());
    let has_text = document.descendants().any(|node| node.tag_name().name() == "text");
    let options = options_of(Arc::clone(&images), *limits, has_text);
    let tree = Tree::from_xmltree(&document, &options).map_err(svg_error)?;
    Ok(Parsed { tree, memory: of_tree + images.memory()? })
}

/// No file and no network, pictures inside within limits, one family of fonts.
fn options_of(images: Arc<Images>, limits: Limits, has_text: bool) -> Options<'static> {
    let image_href_resolver = ImageHrefResolver {
        resolve_data: Box::new(move |_, data, _| images.admit(data, &limits)),
        resolve_string: Box::new(|_, _| None),
    };
    Options {
        // A unit is a dot at 72 dots an inch; so an inch has 72 units.
        dpi: 72.0,
        font_family: FAMILY.to_owned(),
        image_href_resolver,
        font_resolver: FontResolver::default(),
        fontdb: Arc::new(fonts(has_text)),
        ..Options::default()
    }
}

fn fonts(wanted: bool) -> Database {
    let mut fonts = Database::new();
    if wanted {
        fonts.load_font_source(FontSource::Binary(Arc::new(REGULAR)));
        fonts.load_font_source(FontSource::Binary(Arc::new(BOLD)));
    }
    fonts.set_serif_family(FAMILY);
    fonts.set_sans_serif_family(FAMILY);
    fonts.set_cursive_family(FAMILY);
    fonts.set_fantasy_family(FAMILY);
    fonts.set_monospace_family(FAMILY);
    fonts
}

fn xml_error(error: roxmltree::Error) -> Error {
    match error {
        roxmltree::Error::UnexpectedEndOfStream | roxmltree::Error::UnclosedRootNode => {
            Error::truncated(format!("the file ends within its elements: {error}"))
        }
        roxmltree::Error::NodesLimitReached => {
            let most = MOST_NODES.into();
            Error::limit_exceeded("svg_nodes", most, most + 1)
        }
        error => Error::malformed(error.to_string()),
    }
}

fn svg_error(error: usvg::Error) -> Error {
    match error {
        usvg::Error::ParsingFailed(error) => xml_error(error),
        error => Error::malformed(error.to_string()),
    }
}
