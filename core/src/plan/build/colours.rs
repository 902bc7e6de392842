//! The colours of inputs and outputs: the space that is worked in, conversions to it, the profile that files get.

use std::sync::Arc;

use super::Builder;
use crate::error::{Error, Result};
use crate::ops::colour_space::{Conversion, ConvertColours, conversion, written};
use crate::picture::geometry::Rect;
use crate::picture::image::{Colour, Layout};
use crate::picture::profile::Profile;
use crate::plan::{Input, NodeId, Op};
use crate::recipe::options::{ColourSpace, OnProfileError};

/// The space that a pipeline works in.
pub(super) struct Colours {
    space: ColourSpace,
    /// The profiles of its inputs, where they are kept; sRGB by whichever profile is sRGB.
    kept: Vec<Profile>,
    /// The profile of its output.
    output: Profile,
}

impl Colours {
    pub(super) fn new(space: ColourSpace) -> Self {
        let output = match space {
            ColourSpace::DisplayP3 => Profile::DISPLAY_P3,
            ColourSpace::Srgb | ColourSpace::Keep => Profile::Srgb,
        };
        Self { space, kept: Vec::new(), output }
    }

    /// Forgets the inputs so far, as they are opened anew.
    pub(super) fn begin(&mut self) {
        self.kept.clear();
    }

    /// A colour of sRGB in the space that is worked in.
    pub(super) fn of_srgb(&self, colour: Colour) -> Result<Colour> {
        let Some(convert) = conversion(&Profile::Srgb, Layout::Rgb, self.space)? else {
            return Ok(colour);
        };
        let mut to = [0; 3];
        convert.convert(&[colour.red, colour.green, colour.blue], &mut to)?;
        Ok(Colour::rgba(to[0], to[1], to[2], colour.alpha))
    }

    /// Settles the profile of the output, when all inputs are known.
    pub(super) fn end(&mut self) -> Result<()> {
        let Some(first) = self.kept.first() else { return Ok(()) };
        let others = (0..self.kept.len()).filter(|&input| self.kept[input] != *first);
        let others: Vec<String> = others.map(|input| input.to_string()).collect();
        if !others.is_empty() {
            return Err(Error::invalid_option(format!(
                "to keep colours all inputs share one profile: input 0 has another than {}",
                others.join(", ")
            )));
        }
        self.output = first.clone();
        Ok(())
    }

    /// The profile for a file of samples of `layout`; that of sRGB where it is to be `said`.
    pub(super) fn icc(&self, layout: Layout, said: bool) -> Result<Option<Arc<Vec<u8>>>> {
        match self.output {
            Profile::Srgb if said => written(&Profile::SRGB_POINTS, layout),
            _ => written(&self.output, layout),
        }
    }

    /// Tells whether outputs are in sRGB.
    pub(super) fn is_srgb(&self) -> bool {
        self.output == Profile::Srgb
    }
}

impl Builder<'_> {
    /// Decodes an input to samples in the space that is worked in.
    pub(super) fn decode(&mut self, input: usize) -> Result<NodeId> {
        let (layout, conversion) = self.conversion(input)?;
        let region = Rect::whole(self.plan.inputs[input].header().size);
        let node = self.plan.add(Op::Decode { input, scale: 1, region, layout }, Vec::new())?;
        match conversion {
            Some(conversion) => self.add(ConvertColours { conversion }, node),
            None => Ok(node),
        }
    }

    /// The layout that an input is decoded to, and the conversion of these samples.
    fn conversion(&mut self, input: usize) -> Result<(Layout, Option<Arc<Conversion>>)> {
        let space = self.colours.space;
        let input = &mut self.plan.inputs[input];
        let layout = input.header().layout;
        let profiled = |input: &Input| {
            let profile = input.opened.profile(&input.limits)?;
            let layout = match profile {
                Profile::Srgb => layout,
                _ => input.opened.profiled_layout(),
            };
            Ok((conversion(&profile, layout, space)?, layout, profile))
        };
        let (found, decoded, profile) = match profiled(input) {
            Ok(profiled) => profiled,
            Err(error) => {
                input.warning = Some(without_profile(input, error)?);
                (conversion(&Profile::Srgb, layout, space)?, layout, Profile::Srgb)
            }
        };
        if space != ColourSpace::Keep {
            return Ok((decoded, found));
        }
        if decoded == Layout::Cmyk {
            let error = Error::invalid_option("its inks cannot be kept: no output has them");
            return Err(error.at_input(input.ordinal, input.source.name()));
        }
        self.colours.kept.push(if found.is_some() { profile } else { Profile::Srgb });
        Ok((layout, None))
    }
}

/// The warning of an input whose profile cannot be used, unless that is to be an error.
fn without_profile(input: &Input, error: Error) -> Result<String> {
    let error = error.at_input(input.ordinal, input.source.name());
    if input.open.on_profile_error == OnProfileError::Fail || !error.is_damage() {
        return Err(error);
    }
    Ok(format!("{error}; its samples are taken as sRGB"))
}
