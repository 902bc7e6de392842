//! Profiles as files of the library have them.

use std::sync::Arc;

use moxcms::{ColorDateTime, ColorProfile, LocalizableString, ProfileText};

use super::parsed::{fault, name, parsed};
use crate::error::{Error, Result};
use crate::picture::image::Layout;
use crate::picture::profile::Profile;

/// The ICC profile for a file of samples of `layout`: none for sRGB, an ICC profile as it is.
///
/// # Errors
/// `invalid_option` of a profile of gray for samples of colour, or the other way round.
pub(crate) fn written(profile: &Profile, layout: Layout) -> Result<Option<Arc<Vec<u8>>>> {
    let icc = match profile {
        Profile::Srgb => return Ok(None),
        Profile::Icc(icc) => icc,
        other => return made(other, layout).map(Some),
    };
    if icc.get(16..20) == Some(b"GRAY") && layout.has_colour() {
        return Err(Error::invalid_option(format!(
            "to keep a profile of gray the output is gray, found {layout}"
        )));
    }
    Ok(Some(Arc::clone(icc)))
}

/// A profile of these numbers; of samples of gray one of their curve.
fn made(profile: &Profile, layout: Layout) -> Result<Arc<Vec<u8>>> {
    let colours = parsed(profile)?;
    let mut made = colours.clone();
    if !layout.has_colour() {
        made = ColorProfile::new_gray_with_gamma(1.0);
        made.gray_trc = colours.red_trc.clone();
    }
    made.description = Some(ProfileText::Localizable(vec![LocalizableString::new(
        "en".to_owned(),
        "US".to_owned(),
        name(profile, &colours),
    )]));
    // The same bytes at any time.
    made.creation_date_time = ColorDateTime {
        year: 2026,
        month: 1,
        day_of_the_month: 1,
        hours: 0,
        minutes: 0,
        seconds: 0,
    };
    made.encode().map(Arc::new).map_err(fault)
}
