//! Operations that take another picture besides the one they are done on.

use super::options::Overlay;
use super::options::calls::{NoOptions, Operation, Read, Written};
use super::options::table::{Options, changed, read};
use crate::error::Result;

/// The use of the other picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Combination {
    /// It lies on top.
    Overlay(Overlay),
    /// Its shades of gray are the alpha.
    JoinAlpha,
}

/// The calls by name.
pub(crate) static COMBINATIONS: [Operation; 2] = [
    Operation {
        name: "overlay",
        doc: "Puts another picture on top.",
        by_place: 0,
        fields: Overlay::fields,
        change: Read::Combination(|given| Ok(Combination::Overlay(read("overlay", given)?))),
    },
    Operation {
        name: "join_alpha",
        doc: "Gives the picture the shades of gray of another one, of its size, as alpha.",
        by_place: 0,
        fields: NoOptions::fields,
        change: Read::Combination(|given| {
            let NoOptions {} = read("join_alpha", given)?;
            Ok(Combination::JoinAlpha)
        }),
    },
];

impl Combination {
    /// Checks the ranges of all options.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Overlay(overlay) => {
                overlay.position.check_place("overlay position")?;
                overlay.check("overlay")
            }
            Self::JoinAlpha => Ok(()),
        }
    }

    /// Its name, and the options that are not at their default.
    pub(crate) fn call(&self) -> Written {
        match self {
            Self::Overlay(overlay) => ("overlay", changed(overlay)),
            Self::JoinAlpha => ("join_alpha", changed(&NoOptions {})),
        }
    }
}
