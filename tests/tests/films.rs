//! Films through pipelines: the plan of one picture, run once a frame.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use makeready::{
    CancelToken, Encode, Format, Gif, Jpeg, Limits, Negotiate, Open, Pipeline, Png, Rect, Resize,
    Result, Shrink, Size, Stitch, WebP, explain_all, plan_all, probe, run_all,
};
use makeready_tests::image;

fn film(name: &str) -> Pipeline {
    Pipeline::open_with(image(name), Open::new().animated(true))
}

/// Jobs of all kinds of work on films.
fn jobs() -> Result<Vec<(&'static str, Pipeline)>> {
    let still = Pipeline::open(image("rgba.png")).resize((30, 20));
    let page = Pipeline::stitch(
        Stitch::across(2),
        [film("films/moving.gif"), still.clone(), still, film("films/moving.gif").flop()],
    );
    Ok(vec![
        ("whole", film("films/moving.gif")),
        ("small", film("films/moving.gif").resize(Resize::width(50))),
        ("clear", film("films/moving-clear.gif").resize(Resize::width(77))),
        ("part", film("films/moving.gif").crop(Rect::new(11, 7, 60, 41)).resize((90, 60))),
        ("turned", film("films/moving-clear.gif").rotate(makeready::Quarter::One).flip()),
        ("ground", film("films/moving-clear.gif").flatten(makeready::Colour::rgb(18, 52, 86))),
        ("page", page),
    ])
}

#[test]
fn bands_and_threads_do_not_show() -> Result<()> {
    for (name, job) in jobs()? {
        for encode in [WebP::quality(60), WebP::lossless(), WebP::quality(60).mixed(true)] {
            let job = job.clone().encode(encode).shrink(Shrink::Off);
            let first = job.clone().threads(1).run()?;
            // Some frames of a part are as the one before.
            assert_eq!(first.format, Format::WebP, "{name}");
            assert!(first.frames == 12 || name == "part" && first.frames > 6, "{name}");
            let max_memory = job.clone().threads(1).plan()?.peak_memory;
            let tight = Limits { max_memory, ..Limits::default() };
            for other in [
                job.clone(),
                job.clone().threads(2),
                job.clone().threads(5).with_band_rows(3),
                job.clone().threads(3).limits(tight),
            ] {
                assert!(other.run()?.data == first.data, "{name}");
            }
        }
    }
    Ok(())
}

#[test]
fn pixels_that_differ_little_stay_and_files_are_smaller() -> Result<()> {
    // Frames of a lossy film differ a little everywhere in what changes.
    let lossy = film("films/moving.gif").resize((90, 68)).encode(WebP::quality(30)).run()?.data;
    let source = || Pipeline::open_with(lossy.clone(), Open::new().animated(true));
    let frame = |file: &Vec<u8>, page| Pipeline::open_with(file.clone(), Open::new().page(page));
    let exact = source().encode(Gif::new()).run()?.data;
    for most in [0, 8, 32] {
        let job = source().encode(Png::new().inter_frame_max_error(most));
        let file = job.clone().run()?.data;
        assert!(job.threads(1).run()?.data == file, "{most}");
        let mut worst = 0;
        for page in 0..12 {
            let (was, is) = (frame(&lossy, page).pixels()?, frame(&file, page).pixels()?);
            let differences = was.data().iter().zip(is.data()).map(|(a, b)| a.abs_diff(*b));
            worst = worst.max(differences.max().unwrap_or(0));
        }
        assert!(worst <= most && (most == 0 || worst > 0), "{worst} of {most}");
        let small = source().encode(Gif::new().inter_frame_max_error(most)).run()?.data;
        assert_eq!(small.len() < exact.len(), most > 0, "{most}");
    }
    Ok(())
}

/// Tells for each frame whether it has all columns of a file 120 wide, by the head of its part.
fn are_whole(file: &[u8], name: &[u8], at: usize, width: &[u8]) -> Vec<bool> {
    let parts = file.windows(name.len()).enumerate().filter(|(_, part)| *part == name);
    parts.map(|(from, _)| file[from + at..].starts_with(width)).collect()
}

#[test]
fn key_frames_are_whole_and_frames_look_the_same() -> Result<()> {
    let still = image("films/moving.gif");
    let frame =
        |file: &Vec<u8>, page| Pipeline::open_with(file.clone(), Open::new().page(page)).pixels();
    let of = |every: u32| -> Result<[Vec<u8>; 3]> {
        let png = Png::new().key_frame_interval(every);
        let webp = WebP::lossless().key_frame_interval(every);
        let gif = Gif::new().key_frame_interval(every);
        let run = |encode: Encode| {
            film("films/moving.gif").encode(encode).run().map(|output| output.data)
        };
        Ok([run(png.into())?, run(webp.into())?, run(gif.into())?])
    };
    let first_alone = of(0)?;
    for every in [1, 4, 5, 100] {
        let files = of(every)?;
        // A part's width lies 8 bytes behind its name in PNG, 14 in WebP, where it is one less.
        let png = are_whole(&files[0], b"fcTL", 8, &120_u32.to_be_bytes());
        let webp = are_whole(&files[1], b"ANMF", 14, &[119, 0, 0]);
        for (frames, format) in [(png, "png"), (webp, "webp")] {
            let expected: Vec<bool> = (0..12).map(|number| number % every == 0).collect();
            assert_eq!(frames, expected, "{format} {every}");
        }
        assert_eq!(files[2].len() > first_alone[2].len(), every < 12);
        for page in 0..12 {
            let expected = Pipeline::open_with(still.clone(), Open::new().page(page)).pixels()?;
            for file in &files {
                assert!(frame(file, page)? == expected, "frame {page} of {every}");
            }
        }
    }
    Ok(())
}

#[test]
fn a_plan_tells_frames_time_and_memory() -> Result<()> {
    let job = film("films/moving.gif").resize(Resize::width(40)).encode(WebP::quality(75));
    let plan = job.plan()?;
    assert_eq!((plan.size(), plan.frames), (Size::new(40, 30), 12));
    assert_eq!(plan.duration, Duration::from_millis(800));
    let still = Pipeline::open(image("films/moving.gif"))
        .resize(Resize::width(40))
        .encode(WebP::quality(75))
        .plan()?;
    assert_eq!((still.frames, still.duration), (1, Duration::ZERO));
    assert!(plan.cost > 6 * still.cost, "{} and {}", plan.cost, still.cost);
    let other = film("films/moving.gif").encode(WebP::quality(75).with_delay(Some(25)));
    assert_eq!(other.plan()?.duration, Duration::from_millis(300));
    let facts = probe(image("films/moving-clear.gif"))?;
    assert_eq!((facts.animated, facts.pages, facts.r#loop), (true, 12, Some(4)));
    assert_eq!(facts.duration, Duration::from_millis(720));
    let facts = probe(image("photo.jpg"))?;
    assert_eq!((facts.animated, facts.duration, facts.r#loop), (false, Duration::ZERO, None));
    Ok(())
}

#[test]
fn what_makes_no_sense_is_refused() -> Result<()> {
    let other = film("animated.gif").resize((40, 30));
    let both = Pipeline::stitch(Stitch::across(2), [film("films/moving.gif"), other]);
    let paged = Pipeline::open_with(image("films/moving.gif"), Open::new().animated(true).page(2));
    for (job, message) in [
        (film("films/moving.gif").encode(Jpeg::new()), "jpeg does not move: a film is encoded as "),
        (
            film("films/moving.gif").encode(WebP::new().max_bytes(900)),
            "max_bytes is of still pictures",
        ),
        (
            both.encode(WebP::new()),
            "films in one picture have equal lengths and delays: found 12 frames",
        ),
        (paged.encode(WebP::new()), "all its frames or as one page, not both"),
        (
            Pipeline::open_with(image("films/moving.gif"), Open::new().page(12)),
            "page 12 of a file of 12",
        ),
    ] {
        let error = job.run().expect_err("an error");
        assert_eq!(error.code(), "invalid_option", "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }
    let error = film("films/moving.gif").pixels().expect_err("pixels of a film");
    assert_eq!(error.code(), "invalid_option", "{error}");
    Ok(())
}

#[test]
fn each_limit_on_films_is_checked_before_a_frame_is_decoded() -> Result<()> {
    let with = |change: &dyn Fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        film("films/moving.gif").encode(WebP::new()).limits(limits)
    };
    let pixels = 12 * 120 * 90;
    for (limit, allowed, refused) in [
        ("max_frames", with(&|l| l.max_frames = 12), with(&|l| l.max_frames = 11)),
        (
            "max_animation_pixels",
            with(&|l| l.max_animation_pixels = pixels),
            with(&|l| l.max_animation_pixels = pixels - 1),
        ),
        ("max_memory", with(&|l| l.max_memory = 16 << 20), with(&|l| l.max_memory = 64 << 10)),
    ] {
        allowed.run()?;
        for error in [refused.plan().err(), refused.run().err()] {
            assert_eq!(error.expect("a limit").limit(), Some(limit));
        }
    }
    Ok(())
}

#[test]
fn a_pass_may_have_films_and_stills() -> Result<()> {
    let poster = Pipeline::open(image("films/moving.gif"))
        .resize(Resize::width(60))
        .encode(Jpeg::quality(70));
    let small = film("films/moving.gif").resize(Resize::width(60)).encode(WebP::quality(70));
    let large = film("films/moving.gif").encode(WebP::quality(50));
    let photo = Pipeline::open(image("photo.jpg")).resize(Resize::width(60)).encode(Png::new());
    let pass = [poster, small, photo, large];
    let alone = pass.iter().map(Pipeline::run).collect::<Result<Vec<_>>>()?;
    let together = run_all(&pass)?;
    for (one, other) in alone.iter().zip(&together) {
        assert_eq!(
            (one.format, one.frames, one.layout),
            (other.format, other.frames, other.layout)
        );
        assert!(one.data == other.data, "{}", one.format);
    }
    let frames: Vec<u32> = plan_all(&pass)?.iter().map(|plan| plan.frames).collect();
    assert_eq!(frames, [1, 12, 1, 12]);
    assert!(explain_all(&pass)?.contains("encode webp"));
    Ok(())
}

#[test]
fn films_of_other_lengths_share_a_pass() -> Result<()> {
    let pass = ["animated.gif", "films/moving.gif"].map(|name| film(name).encode(WebP::new()));
    let alone = pass.iter().map(Pipeline::run).collect::<Result<Vec<_>>>()?;
    let together = run_all(&pass)?;
    assert_eq!((together[0].frames, together[1].frames), (2, 12));
    for (one, other) in alone.iter().zip(&together) {
        assert!(one.data == other.data);
    }
    Ok(())
}

#[test]
fn negotiation_keeps_to_formats_that_move_or_sends_the_first_frame() -> Result<()> {
    let picture = film("films/moving.gif").resize(Resize::width(60));
    let client = |accept: &str| Negotiate::accept(accept).formats([Format::WebP, Format::Jpeg]);
    let moving = picture.clone().negotiate(client("image/webp,image/jpeg")).run()?;
    assert_eq!((moving.format, moving.frames), (Format::WebP, 12));
    let still = picture.clone().negotiate(client("image/jpeg")).run()?;
    assert_eq!((still.format, still.frames), (Format::Jpeg, 1));
    let first =
        Pipeline::open(image("films/moving.gif")).resize(Resize::width(60)).encode(Jpeg::new());
    assert!(still.data == first.run()?.data);
    assert_eq!(moving.vary.as_deref(), Some("Accept"));
    Ok(())
}

#[test]
fn a_film_stops_in_its_middle() -> Result<()> {
    let long = film("films/moving.gif").resize((3200, 2400)).encode(WebP::quality(80).effort(6));
    for threads in [1, 2] {
        let token = CancelToken::new();
        let job = long.clone().threads(threads).cancel(token.clone());
        let run = std::thread::spawn(move || (job.run().map(|_| ()), Instant::now()));
        std::thread::sleep(Duration::from_millis(100));
        let since = Instant::now();
        token.cancel();
        let (result, end) = run.join().expect("no panic");
        assert_eq!(result.expect_err("cancelled").code(), "cancelled");
        let went_on = end.duration_since(since);
        println!("a film on {threads} went on for {went_on:?}");
        assert!(went_on < Duration::from_millis(400), "{went_on:?}");
    }
    let since = Instant::now();
    let error = long.deadline(Duration::from_millis(150)).run().expect_err("a timeout");
    assert_eq!(error.code(), "timeout");
    assert!(since.elapsed() < Duration::from_millis(650), "{:?}", since.elapsed());
    Ok(())
}

#[test]
fn pages_are_frames() -> Result<()> {
    let frame =
        |page| Pipeline::open_with(image("films/moving.gif"), Open::new().page(page)).pixels();
    let all = (0..12).map(frame).collect::<Result<Vec<_>>>()?;
    let different: HashSet<&[u8]> = all.iter().map(makeready::Image::data).collect();
    assert_eq!(different.len(), 12);
    assert!(all[0] == Pipeline::open(image("films/moving.gif")).pixels()?);
    let part = Pipeline::open_with(image("films/moving.gif"), Open::new().page(7))
        .crop(Rect::new(20, 30, 50, 40));
    let whole = Pipeline::open(all[7].clone()).crop(Rect::new(20, 30, 50, 40));
    assert!(part.pixels()? == whole.pixels()?);
    Ok(())
}
