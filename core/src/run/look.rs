//! Looks: pictures that are made first, for steps whose effect depends on what they show.

mod found;

use crate::error::Result;
use crate::picture::image::Image;
use crate::plan::Want;
use crate::recipe::Recipe;
use crate::recipe::job::Watch;
use crate::recipe::look::Look;
use crate::recipe::source::Reads;
use found::found;

/// The recipes of a pass that looks at pictures before it is planned to the end.
pub(super) struct Looks {
    recipes: Vec<Recipe>,
    pub(super) want: Want,
    /// The files that it has read: those that are looked at are those that are used.
    pub(super) reads: Reads,
}

impl Looks {
    /// `None` where there is nothing to look at.
    pub(super) fn of(recipes: &[&Recipe], want: Want, reads: Reads) -> Option<Self> {
        let looks = recipes.iter().any(|recipe| recipe.has_looks());
        looks.then(|| Self { recipes: recipes.iter().map(|&it| it.clone()).collect(), want, reads })
    }

    /// Plans the picture of each look, as far as nobody has looked yet.
    pub(super) fn plan(
        &mut self,
        mut plan: impl FnMut(&Look, &Recipe, &mut Reads) -> Result<()>,
    ) -> Result<()> {
        let Self { recipes, reads, .. } = self;
        for recipe in recipes {
            let mut answer =
                |look: &Look, picture: &Recipe| plan(look, picture, reads).map(|()| None);
            recipe.looked(&recipe.settings, &mut answer)?;
        }
        Ok(())
    }

    /// Looks, and gives the recipes with what was found in the places of the steps that look.
    pub(super) fn look(
        &mut self,
        watch: &Watch,
        mut make: impl FnMut(&Recipe, &mut Reads) -> Result<Image>,
    ) -> Result<Vec<Recipe>> {
        let Self { recipes, reads, .. } = self;
        let looked = |recipe: &Recipe| {
            let mut answer = |look: &Look, picture: &Recipe| {
                found(look, &make(picture, reads)?, watch).map(Some)
            };
            recipe.looked(&recipe.settings, &mut answer)
        };
        recipes.iter().map(looked).collect()
    }
}
