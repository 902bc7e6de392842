//! Bounds what a file grows to as its references are followed, before anything grows.
//!
//! ```text
//! weight of an element: itself, its attributes, its text
//!     + the weights of its children
//!     + the weight of each element that it refers to: once, or once a corner where that is a marker
//! ```
//!
//! Each is weighed once, so the time is that of one walk; an element that refers to itself, on any way, is refused.

use std::collections::HashMap;

use roxmltree::{Document, Node, NodeId};

use super::style::{Sheet, ids};
use crate::error::{Error, Result};
use crate::recipe::limits::check;

/// The weight of an element without attributes.
const ELEMENT: u64 = 64;

/// The heaviest file.
const MOST: u64 = 32 << 20;

/// The deepest element, with references as if their elements stood there. Parsing and drawing go down by recursion.
const DEEPEST: u64 = 100;

/// Elements times rules of a style sheet, each of which is compared with each.
const MOST_COMPARED: u64 = 20_000_000;

/// Elements that are painted where they stand; a style sheet may hold for others too, where it paints nothing.
const PAINTED: [&str; 13] = [
    "a", "circle", "ellipse", "g", "image", "line", "path", "polygon", "polyline", "rect", "svg",
    "text", "use",
];

/// The weight that an element grows to.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    bytes: u64,
    depth: u64,
}

/// Weighs a file, and gives an error where it is too heavy, too deep, or refers to itself.
pub(super) fn weigh(document: &Document<'_>) -> Result<u64> {
    let nodes = document.descendants();
    let by_id = nodes.filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let sheet = Sheet::of(document);
    let elements = document.descendants().filter(Node::is_element).count();
    let rules = document.descendants().filter(|node| node.tag_name().name() == "style");
    let rules: usize =
        rules.filter_map(|node| node.text()).map(|text| text.matches('{').count()).sum();
    let compared = (elements as u64).saturating_mul((rules + sheet.len()) as u64);
    check("svg_style_matches", MOST_COMPARED, compared)?;
    let mut scale = Scale { by_id, sheet, inherited: inherited(document), weighed: HashMap::new() };
    scale.weigh(document.root_element(), 1).map(|weight| weight.bytes)
}

struct Scale<'a, 'input> {
    by_id: HashMap<&'a str, Node<'a, 'input>>,
    sheet: Sheet<'a>,
    /// How often a marker may be put in where elements inherit it.
    inherited: u64,
    /// The known ones; nothing of one that is being weighed.
    weighed: HashMap<NodeId, Option<Weight>>,
}

impl<'a, 'input> Scale<'a, 'input> {
    fn weigh(&mut self, node: Node<'a, 'input>, level: u64) -> Result<Weight> {
        match self.weighed.get(&node.id()) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => {
                let name = node.attribute("id").unwrap_or(node.tag_name().name());
                return Err(Error::malformed(format!("the element {name:?} refers to itself")));
            }
            None => {}
        }
        check("svg_depth", DEEPEST, level)?;
        self.weighed.insert(node.id(), None);
        let mut weight = Weight { bytes: own(node), depth: 1 };
        for child in node.children().filter(Node::is_element) {
            weight.add(self.weigh(child, level + 1)?, 1)?;
        }
        for (target, times) in self.references(node) {
            weight.add(self.weigh(target, level + 1)?, times)?;
        }
        check("svg_depth", DEEPEST, weight.depth)?;
        self.weighed.insert(node.id(), Some(weight));
        Ok(weight)
    }

    /// The elements that one refers to, and how often each is put in.
    fn references(&self, node: Node<'a, 'input>) -> Vec<(Node<'a, 'input>, u64)> {
        let mut targets: Vec<&str> = Vec::new();
        for attribute in node.attributes() {
            let value = attribute.value();
            // Links of text lead away from the picture.
            let is_link = attribute.name() == "href" && node.tag_name().name() != "a";
            targets.extend(value.strip_prefix('#').filter(|_| is_link));
            targets.extend(ids(value));
        }
        if PAINTED.contains(&node.tag_name().name()) {
            targets.extend(self.sheet.references(node));
        }
        let elements = targets.into_iter().filter_map(|id| self.by_id.get(id).copied());
        elements.map(|target| (target, self.times(node, target))).collect()
    }

    /// How often `target` is put in where `node` refers to it: a marker at each corner.
    fn times(&self, node: Node<'_, '_>, target: Node<'_, '_>) -> u64 {
        match (target.tag_name().name(), corners(node)) {
            ("marker", None) => self.inherited,
            ("marker", Some(corners)) => 1 + corners,
            _ => 1,
        }
    }
}

impl Weight {
    fn add(&mut self, other: Self, times: u64) -> Result<()> {
        self.bytes = self.bytes.saturating_add(other.bytes.saturating_mul(times));
        self.depth = self.depth.max(other.depth + 1);
        check("svg_weight", MOST, self.bytes)
    }
}

/// The weight of an element alone.
fn own(node: Node<'_, '_>) -> u64 {
    let attributes = node.attributes().map(|it| it.value().len()).sum::<usize>();
    let text = node.children().filter_map(|child| child.text()).map(str::len).sum::<usize>();
    ELEMENT + (attributes + text) as u64
}

/// The most corners that a shape has, each of two bytes at least; nothing of what is no such shape.
fn corners(node: Node<'_, '_>) -> Option<u64> {
    let data = node.attribute("d").or_else(|| node.attribute("points"));
    match node.tag_name().name() {
        "line" => Some(2),
        "path" | "polygon" | "polyline" => Some(data.map_or(0, |data| data.len() as u64 / 2)),
        _ => None,
    }
}

/// All corners of a file, as often as a `use` may repeat them.
fn inherited(document: &Document<'_>) -> u64 {
    let all = || document.descendants().filter(Node::is_element);
    let uses = all().filter(|node| node.tag_name().name() == "use").count() as u64;
    let corners: u64 = all().filter_map(corners).sum();
    1 + corners.saturating_mul(uses + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(text: &str) -> Result<u64> {
        weigh(&Document::parse(text).expect("a document"))
    }

    #[test]
    fn references_weigh_as_what_they_lead_to() {
        let plain = weight("<svg><g id='a'><path d='M0 0'/></g></svg>").expect("light");
        assert_eq!(plain, 3 * ELEMENT + 1 + 4);
        let twice = weight("<svg><g id='a'><path d='M0 0'/></g><use href='#a'/></svg>");
        assert_eq!(twice.expect("light"), plain + ELEMENT + 2 + 2 * ELEMENT + 1 + 4);
        let painted =
            "<svg><pattern id='p'><path d='1234'/></pattern><g style='fill:url(#p)'/></svg>";
        assert_eq!(weight(painted).expect("light"), 6 * ELEMENT + 2 * 5 + 12);
        let marked = "<svg><marker id='m'/><path d='12345678' marker-end='url(#m)'/></svg>";
        assert_eq!(weight(marked).expect("light"), 3 * ELEMENT + 1 + 8 + 7 + 5 * (ELEMENT + 1));
    }

    #[test]
    fn a_file_that_grows_too_far_is_refused() {
        let mut bomb = "<svg><g id='g0'><rect/></g>".to_owned();
        for level in 1..12 {
            let uses = format!("<use href='#g{}'/>", level - 1).repeat(10);
            bomb += &format!("<g id='g{level}'>{uses}</g>");
        }
        let limit = |text: &str| weight(text).unwrap_err().limit();
        assert_eq!(limit(&(bomb + "</svg>")), Some("svg_weight"));
        let deep = |levels| format!("<svg>{}{}</svg>", "<g>".repeat(levels), "</g>".repeat(levels));
        assert!(weight(&deep(99)).is_ok());
        assert_eq!(limit(&deep(100)), Some("svg_depth"));
        let rules = ".a{fill:red}".repeat(5000);
        let many = format!("<svg><style>{rules}</style>{}</svg>", "<g/>".repeat(5000));
        assert_eq!(limit(&many), Some("svg_style_matches"));
    }

    #[test]
    fn an_element_that_refers_to_itself_is_refused() {
        for text in [
            "<svg><use id='a' href='#a'/></svg>",
            "<svg><g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g></svg>",
            "<svg><pattern id='p'><rect fill='url(#p)'/></pattern></svg>",
            "<svg><style>.x{mask:url(#m)}</style><mask id='m'><g class='x'/></mask></svg>",
        ] {
            let error = weight(text).unwrap_err();
            assert_eq!(error.code(), "malformed", "{text}");
        }
        assert!(weight("<svg><a id='a' href='#a'><text>up</text></a></svg>").is_ok());
    }
}
