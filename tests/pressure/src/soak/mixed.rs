//! The jobs of the soak in Rust.

use std::time::Duration;

use makeready::{
    CancelToken, Image, Layout, Pipeline, Png, Result, Size, Source, Stitch, WebP, run_all,
};
use makeready_tests::{image, path};

use crate::inputs::noise;

/// Small jobs of every end.
pub(crate) struct Mixed {
    good: Vec<Source>,
    bad: Vec<Source>,
    pixels: Source,
    cancelled: CancelToken,
}

impl Mixed {
    pub(crate) fn new() -> Result<Self> {
        let sources = |names: [&str; 4]| names.map(|name| Source::from(image(name))).to_vec();
        let samples = noise().take(300 * 200 * 3).collect();
        let cancelled = CancelToken::new();
        cancelled.cancel();
        Ok(Self {
            good: sources(["photo.jpg", "rgba.png", "photo.webp", "progressive.jpg"]),
            bad: sources([
                "bad/text.jpg",
                "bad/truncated.jpg",
                "bad/crc.png",
                "bad/truncated.webp",
            ]),
            pixels: Image::new(Size::new(300, 200), Layout::Rgb, samples)?.into(),
            cancelled,
        })
    }

    /// Runs the job of that number.
    ///
    /// # Errors
    /// Where its end is not the one that it must have.
    pub(crate) fn run(&self, number: usize) -> std::result::Result<(), String> {
        let source = self.good[number / 10 % 4].clone();
        let open = || Pipeline::open(source.clone());
        let slow = Pipeline::open(self.pixels.clone()).encode(WebP::lossless().effort(6));
        let (codes, result): (&[&str], _) = match number % 10 {
            0 => {
                let bad = Pipeline::open(self.bad[number / 10 % 4].clone());
                (&["unsupported", "truncated", "malformed"], bad.resize((30, 30)).run().map(drop))
            }
            1 => (&["cancelled"], open().cancel(self.cancelled.clone()).run().map(drop)),
            2 => (&["timeout"], slow.deadline(Duration::from_millis(2)).run().map(drop)),
            3 => {
                let two = [open().encode(Png::default()), open().resize((9, 9))];
                (&["ok"], run_all(two).map(drop))
            }
            4 => (&["ok"], open().resize((40, 40)).pixels().map(drop)),
            5 => {
                let file = Pipeline::open(path("images/photo.jpg"));
                (&["ok"], file.resize((99, 99)).threads(2).run().map(drop))
            }
            6 => {
                let page = Pipeline::stitch(Stitch::across(2), [open(), open().flip()]);
                (&["ok"], page.threads(2).run().map(drop))
            }
            // It may be done before, where the thread that cancels it has to wait for a processor.
            7 => (&["cancelled", "ok"], cancelled_while_it_runs(&slow)),
            8 => (&["io"], Pipeline::open(path("images")).run().map(drop)),
            _ => (&["invalid_option"], open().resize((0, 0)).run().map(drop)),
        };
        let code = result.map_or_else(|error| error.code(), |()| "ok");
        if codes.contains(&code) { Ok(()) } else { Err(format!("job {number}: {code}")) }
    }
}

fn cancelled_while_it_runs(job: &Pipeline) -> Result<()> {
    let token = CancelToken::new();
    let job = job.clone().cancel(token.clone());
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(1));
            token.cancel();
        });
        job.run().map(drop)
    })
}
