//! The conversions that the process knows: to make one takes half a millisecond, for inks up to fifteen.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::conversion::Conversion;
use crate::error::{Error, Result};
use crate::picture::image::Layout;
use crate::picture::profile::Profile;
use crate::recipe::options::ColourSpace;

/// The most that are kept, and the most bytes of their profiles.
const MOST: (usize, usize) = (16, 8 << 20);

/// The newest first. Without a lock, which a forked child could find taken for ever.
static KNOWN: ArcSwapOption<Vec<Known>> = ArcSwapOption::const_empty();

/// A profile of samples of a layout on the way to a space, and what follows from it.
#[derive(Clone)]
struct Known {
    profile: Profile,
    layout: Layout,
    space: ColourSpace,
    found: Found,
}

/// The conversion, none where nothing changes, or the fault of the profile.
type Found = Result<Option<Arc<Conversion>>, String>;

/// The conversion of samples of `layout` from `profile` to `space`; `None` where they are of that space, or equal within
/// a step. To keep a space counts as sRGB. Two calls give the same object, unless many others came between them.
///
/// # Errors
/// `malformed` of a profile that cannot be read, or is not one of such samples; `out_of_memory`.
pub(crate) fn conversion(
    profile: &Profile,
    layout: Layout,
    space: ColourSpace,
) -> Result<Option<Arc<Conversion>>> {
    let space = if space == ColourSpace::Keep { ColourSpace::Srgb } else { space };
    if *profile == Profile::Srgb && space == ColourSpace::Srgb {
        return Ok(None);
    }
    let is_it = |known: &&Known| {
        (known.layout, known.space) == (layout, space) && known.profile == *profile
    };
    let before = KNOWN.load();
    let found = match before.iter().flat_map(|known| known.iter()).find(is_it) {
        Some(known) => known.found.clone(),
        None => {
            let found = match Conversion::new(profile, layout, space) {
                Ok(conversion) => Ok(conversion.map(Arc::new)),
                Err(error) if error.is_damage() => Err(error.to_string()),
                Err(error) => return Err(error),
            };
            remember(&Known { profile: profile.clone(), layout, space, found: found.clone() });
            found
        }
    };
    found.map_err(Error::malformed)
}

/// Puts one in front, and lets go of the last ones where there are too many.
fn remember(new: &Known) {
    KNOWN.rcu(|known| {
        let mut bytes = 0;
        let old = known.iter().flat_map(|known| known.iter());
        let fits = |known: &&Known| {
            bytes += known.profile.bytes();
            bytes <= MOST.1
        };
        let all = std::iter::once(new).chain(old).take(MOST.0).take_while(fits);
        Some(Arc::new(all.cloned().collect()))
    });
}
