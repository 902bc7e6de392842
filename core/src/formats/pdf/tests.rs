//! Pages, their sizes, and what there is to draw.

use std::time::{Duration, Instant};

use super::*;
use crate::error::ErrorKind;
use crate::formats;
use crate::panics::caught;
use crate::picture::geometry::Size;
use crate::recipe::job::Watch;
use crate::recipe::options::Open;
use crate::recipe::source::Source;

fn image(name: &str) -> Vec<u8> {
    let path = format!("{}/../tests/images/vector/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("an image")
}

fn opened(file: Vec<u8>) -> Result<Arc<dyn Opened>> {
    let open = Open::new().formats([Format::Pdf]);
    formats::open(&Source::from(file), &open, &Limits::default())
}

#[test]
fn a_page_that_is_only_a_jpeg_is_a_scan() -> Result<()> {
    let scan = opened(image("scan.pdf"))?.scan().expect("a scan");
    assert_eq!(scan.header().size, Size::new(240, 320));
    assert_eq!((scan.header().format, scan.header().pages), (Format::Pdf, 1));
    assert!(!scan.holds_only_pixels() && scan.header().caps.scales.contains(&8));
    assert_eq!(
        opened(image("gray-scan.pdf"))?.scan().expect("a scan").header().layout,
        Layout::Gray
    );
    for name in ["shapes.pdf", "stamped-scan.pdf", "mirrored-scan.pdf", "pages.pdf"] {
        assert!(opened(image(name))?.scan().is_none(), "{name}");
    }
    Ok(())
}

/// Entries that change what the samples of an image mean, each of as many bytes as spaces that it stands in place of.
#[test]
fn a_scan_has_its_samples_as_they_are() -> Result<()> {
    let text = image("scan.pdf");
    let at = text.windows(11).position(|it| it == b"/DeviceRGB/").expect("a colour space");
    for other in [&b"/DeviceCMYK"[..], b"/DeviceN   "] {
        let mut file = text.clone();
        file[at..at + 11].copy_from_slice(other);
        assert!(opened(file)?.scan().is_none(), "{}", String::from_utf8_lossy(other));
    }
    Ok(())
}

#[test]
fn pages_have_their_own_sizes() -> Result<()> {
    let first = opened(image("pages.pdf"))?;
    assert_eq!((first.header().size, first.header().pages), (Size::new(60, 40), 2));
    let second = first.page(1, &Limits::default())?.expect("a page");
    assert_eq!(second.header().size, Size::new(100, 50));
    let fine = second.drawn(Drawing::Density(144))?.expect("a drawing");
    assert_eq!(fine.header().size, Size::new(200, 100));
    Ok(())
}

/// Nothing is drawn by these forms of forms, of which there are more than are counted in the time.
#[test]
fn a_survey_ends_when_nobody_waits_for_it() {
    let document = load(Arc::new(image("bad/forms.pdf"))).expect("a document");
    let watch = Watch::new(Vec::new(), Instant::now().checked_add(Duration::from_millis(20)));
    let limits = Limits::default();
    let ended = caught(|| survey(page_at(&document, 0)?, &limits, &watch));
    assert_eq!(ended.unwrap_err().kind(), ErrorKind::Timeout);
}
