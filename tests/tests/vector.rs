//! Drawings: what may be opened, in time, and within the bound.

use std::time::{Duration, Instant};

use makeready::{Format, Limits, Open, Pipeline, Png, Result, Stitch, probe, probe_as};
use makeready_tests::{image, path};

fn named(format: Format) -> Open {
    Open::new().formats([format])
}

#[test]
fn drawings_are_opened_only_where_they_are_named() -> Result<()> {
    for (name, format) in [("shapes.svg", Format::Svg), ("shapes.pdf", Format::Pdf)] {
        let file = image(&format!("vector/{name}"));
        let error = probe(file.clone()).unwrap_err();
        assert_eq!(error.code(), "unsupported");
        let text = error.to_string();
        let expected = format!("a file of {format}: opened only where `formats` names it; ");
        assert!(text.contains(&expected) && text.contains("jpeg, png, webp, gif"), "{text}");
        let told = probe_as(file.clone(), &named(format), &Limits::default())?;
        assert_eq!(told.format, format);
        let tile = || Pipeline::open_with(file.clone(), named(format));
        assert!(Pipeline::stitch(Stitch::across(2), [tile(), tile()]).plan().is_ok());
        let other = Pipeline::stitch(Stitch::across(2), [tile(), Pipeline::open(file.clone())]);
        let error = other.plan().unwrap_err();
        assert_eq!((error.code(), error.input()), ("unsupported", Some(1)));
    }
    Ok(())
}

#[test]
fn probes_tell_the_size_of_a_page_at_a_density() -> Result<()> {
    let pages = image("vector/pages.pdf");
    let open = named(Format::Pdf).page(1).density(144);
    let told = probe_as(pages.clone(), &open, &Limits::default())?;
    assert_eq!((told.width, told.height, told.pages), (200, 100, 2));
    let error = probe_as(pages, &open.page(2), &Limits::default()).unwrap_err();
    assert_eq!(error.code(), "invalid_option");
    Ok(())
}

/// Every file, good and bad, ends by itself.
#[test]
fn every_drawing_ends_in_time() {
    let folders = ["images/vector", "images/vector/bad"].map(path);
    let files: Vec<_> = folders.iter().flat_map(|it| makeready_tests::corpus::files(it)).collect();
    assert!(files.len() > 40, "{} files", files.len());
    for file in files {
        let begun = Instant::now();
        let job =
            Pipeline::open_with(file.as_path(), Open::new().formats([Format::Svg, Format::Pdf]));
        let ended = job.encode(Png::default()).deadline(Duration::from_secs(10)).run();
        let took = begun.elapsed();
        eprintln!("{}: {took:?} {:?}", file.display(), ended.as_ref().err().map(|e| e.code()));
        assert!(took < Duration::from_secs(11), "{}: {took:?}", file.display());
        assert_ne!(ended.err().map(|error| error.code()), Some("internal"), "{}", file.display());
    }
}

/// A blur as wide as it can be is no more work than any other.
#[test]
fn a_blur_without_end_is_drawn_whole_in_time() -> Result<()> {
    let blur = Pipeline::open_with(image("vector/bad/blur.svg"), named(Format::Svg));
    let drawn = blur.encode(Png::default()).deadline(Duration::from_secs(10)).run()?;
    assert_eq!((drawn.width, drawn.height), (2000, 2000));
    Ok(())
}
