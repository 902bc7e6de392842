//! Operations against what sharp and libvips make of the same pictures: `images/peers`.

use makeready::{Image, Pipeline, Result, Source};
use makeready_tests::path;
use makeready_tests::recipe::Recipe;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    picture: Vec<Picture>,
}

/// A picture that others have made.
#[derive(Deserialize)]
struct Picture {
    /// Its file.
    name: String,
    /// The recipe that is to make nearly the same.
    recipe: Recipe,
    /// How far samples may be apart in the mean.
    mean: f64,
}

fn file(name: &str) -> Result<Source> {
    Ok(Source::path(path("images/peers").join(name)))
}

/// Samples as they are seen: colours by as much of them as alpha shows.
fn seen(image: &Image) -> Vec<f64> {
    let channels = image.layout().channels() as usize;
    let pixels = image.data().chunks_exact(channels).flat_map(|pixel| {
        let alpha = if image.layout().has_alpha() { pixel[channels - 1] } else { 255 };
        pixel.iter().enumerate().map(move |(channel, &sample)| {
            let is_alpha = channels.is_multiple_of(2) && channel == channels - 1;
            f64::from(sample) * if is_alpha { 1.0 } else { f64::from(alpha) / 255.0 }
        })
    });
    pixels.collect()
}

#[test]
fn operations_make_what_sharp_and_libvips_make() -> Result<()> {
    let text = std::fs::read_to_string(path("images/peers/pictures.toml")).expect("a table");
    let File { picture: pictures } = toml::from_str(&text).expect("pictures");
    assert!(pictures.len() >= 39, "{}", pictures.len());
    let mut wrong = Vec::new();
    for Picture { name, recipe, mean } in pictures {
        let ours = recipe.pipeline_of(&file)?.pixels()?;
        let theirs = Pipeline::open(file(&format!("{name}.png"))?).pixels()?;
        let [ours_is, theirs_is] =
            [&ours, &theirs].map(|it| format!("{} {}", it.size(), it.layout()));
        if ours_is != theirs_is {
            wrong.push(format!("{name}: {ours_is}, theirs is {theirs_is}"));
            continue;
        }
        let apart = seen(&ours).iter().zip(seen(&theirs)).map(|(a, b)| (a - b).abs()).sum::<f64>();
        let apart = apart / ours.data().len() as f64;
        eprintln!("{name}: {apart:.3}");
        if apart > mean {
            wrong.push(format!("{name}: {apart:.3} apart, at most {mean}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
