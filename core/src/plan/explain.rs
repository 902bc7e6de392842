//! A plan as indented text: what `explain()` shows and what tests of rules compare.

use std::collections::HashMap;
use std::fmt::Write;

use super::{NodeId, Op, Plan};

/// Every root as a tree, users above their inputs. What several use is written out where it comes
/// first, as `[a]`, and named after that.
pub(crate) fn explain(plan: &Plan) -> String {
    let mut text = Explain { plan, names: HashMap::new(), out: String::new() };
    for &root in &plan.roots {
        text.node(root, 1);
    }
    text.out
}

struct Explain<'a> {
    plan: &'a Plan,
    names: HashMap<NodeId, String>,
    out: String,
}

impl Explain<'_> {
    fn node(&mut self, id: NodeId, depth: usize) {
        let indent = "  ".repeat(depth);
        if let Some(name) = self.names.get(&id).cloned() {
            self.line(format_args!("{indent}{name} as above"));
            return;
        }
        let node = &self.plan.nodes[id];
        let mut label = String::new();
        if self.plan.users(id).len() > 1 {
            let letter = char::from(b'a' + u8::try_from(self.names.len() % 26).unwrap_or(0));
            label = format!("[{letter}] ");
            self.names.insert(id, label.trim_end().to_owned());
        }
        self.line(format_args!(
            "{indent}{label}{} => {}{}",
            node.op,
            node.shape,
            self.file(&node.op)
        ));
        for (place, &input) in node.inputs.iter().enumerate() {
            if let Op::Stitch(stitch) = &node.op {
                let at = stitch.places[place];
                self.line(format_args!("{indent}  at {},{}", at.x, at.y));
                self.node(input, depth + 2);
            } else {
                self.node(input, depth + 1);
            }
        }
    }

    /// The format and size of the file behind a decode.
    fn file(&self, op: &Op) -> String {
        match op {
            Op::Decode { input, .. } | Op::Copy { input } => {
                let header = self.plan.inputs[*input].header();
                format!(" ({} {})", header.format, header.size)
            }
            _ => String::new(),
        }
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "{text}");
    }
}
