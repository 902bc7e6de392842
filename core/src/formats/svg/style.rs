//! The references that a style sheet gives to elements.

use roxmltree::{Document, Node};

/// A rule that refers to other elements: the last part of its selector, and the ids.
struct Rule<'a> {
    selects: &'a str,
    ids: Vec<&'a str>,
}

/// The rules of all style sheets that refer to elements. A selector counts by its last part alone, so that a rule holds
/// for as many elements as it does, or for more.
pub(super) struct Sheet<'a>(Vec<Rule<'a>>);

impl<'a> Sheet<'a> {
    pub(super) fn of(document: &'a Document<'_>) -> Self {
        let sheets = document.descendants().filter(|node| node.tag_name().name() == "style");
        let texts = sheets.flat_map(|sheet| sheet.children()).filter(Node::is_text);
        Self(texts.filter_map(|text| text.text()).flat_map(rules).collect())
    }

    /// The ids that a sheet makes this element refer to.
    pub(super) fn references(&self, node: Node<'_, '_>) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |rule| rule.is_of(node)).flat_map(|rule| rule.ids.iter().copied())
    }

    /// Rules that refer to elements.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Rule<'_> {
    fn is_of(&self, node: Node<'_, '_>) -> bool {
        let mut classes = node.attribute("class").unwrap_or_default().split_whitespace();
        match self.selects.rfind(['.', '#']) {
            Some(at) if self.selects[at..].starts_with('.') => {
                classes.any(|class| class == &self.selects[at + 1..])
            }
            Some(at) => node.attribute("id") == Some(&self.selects[at + 1..]),
            None => self.selects == "*" || self.selects == node.tag_name().name(),
        }
    }
}

/// The rules of a sheet that refer to elements, one for each selector.
fn rules(sheet: &str) -> Vec<Rule<'_>> {
    let mut rules = Vec::new();
    for rule in sheet.split('}') {
        let Some((selectors, declarations)) = rule.split_once('{') else { continue };
        let ids: Vec<_> = ids(declarations).collect();
        if ids.is_empty() {
            continue;
        }
        for selector in selectors.split(',') {
            let last = selector
                .split([' ', '>', '+', '~', '\n', '\t', '\r'])
                .rfind(|part| !part.is_empty());
            let last = last.unwrap_or("*");
            // A pseudo-class or an attribute in brackets makes it hold for less.
            let selects = last.split([':', '[']).next().filter(|part| !part.is_empty());
            rules.push(Rule { selects: selects.unwrap_or("*"), ids: ids.clone() });
        }
    }
    rules
}

/// The ids in a text of the form `url(#id)`, in quotes or not.
pub(super) fn ids(text: &str) -> impl Iterator<Item = &str> {
    text.split("url(").skip(1).filter_map(|rest| {
        let inner = rest.split(')').next()?;
        inner.trim().trim_matches(['"', '\'']).trim().strip_prefix('#')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_hold_for_their_last_part() {
        let text = "<svg><style>
            .a, g > rect.b:hover { fill: url(#p) } #c{stroke:url('#q')} circle[r] {mask: url( \"#m\" )}
            .none { fill: red } * {clip-path:url(#k)}
        </style><rect class='x a'/><rect class='b'/><g id='c'/><circle/></svg>";
        let document = Document::parse(text).expect("a document");
        let sheet = Sheet::of(&document);
        let found: Vec<Vec<&str>> = document
            .root_element()
            .children()
            .filter(Node::is_element)
            .map(|node| sheet.references(node).collect())
            .collect();
        assert_eq!(found[1..], [vec!["p", "k"], vec!["p", "k"], vec!["q", "k"], vec!["m", "k"]]);
    }
}
