//! The plan's bound of memory against what a counting allocator sees. One test, because the allocator
//! counts for the whole process.

use std::path::Path;

use makeready::{
    Image, Jpeg, Layout, Pipeline, Png, Rect, Resize, Result, Size, Stitch, WebP, plan_all, run_all,
};
use makeready_tests::case;
use makeready_tests::corpus::corpus;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Bytes that a pass holds at most, its outputs included.
fn measured(pipelines: &[Pipeline]) -> Result<u64> {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let outputs = run_all(pipelines)?;
    let peak = ALLOCATOR.peak_usage();
    drop(outputs);
    Ok(peak.saturating_sub(before) as u64)
}

/// Starts the pools and fills what is made once a process.
fn warm_up() -> Result<()> {
    for case in case::all().iter().filter(|case| case.expect.error.is_none()) {
        case.pipeline()?.run()?;
    }
    Ok(())
}

#[test]
fn no_run_holds_more_than_its_plan_says() -> Result<()> {
    warm_up()?;
    let mut checked = 0;
    for case in case::all().iter().filter(|case| case.expect.error.is_none()) {
        for threads in [1, 2, 8] {
            let pipelines = [case.pipeline()?.threads(threads)];
            let bound = plan_all(&pipelines)?[0].peak_memory;
            let peak = measured(&pipelines)?;
            assert!(peak <= bound, "{} on {threads}: held {peak}, bound {bound}", case.name);
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked}");
    tasks_hold_at_least_half_of_the_bound()
}

/// Tasks whose bound is more than twice what they hold, and how much more. What a stranger's picture could
/// take of an encoder is far above what a photograph takes, and what the system counts of libwebp varies by
/// a tenth; a small picture has buffers of fixed size beside.
const LOOSER: [(&str, f64); 4] =
    [("preview_webp", 2.3), ("spread", 2.5), ("hd_webp", 2.5), ("crop", 2.6)];

/// The tasks that performance is measured on: the bound is at most twice what is held.
fn tasks_hold_at_least_half_of_the_bound() -> Result<()> {
    let Some(photos) = corpus("photos") else { return Ok(()) };
    let mut wrong = Vec::new();
    for (name, pipelines) in tasks(&photos) {
        let bound = plan_all(&pipelines)?[0].peak_memory;
        // Which bands live side by side is up to the threads: the largest of some runs is the peak.
        let mut peak = 0;
        for _ in 0..5 {
            peak = peak.max(measured(&pipelines)?);
        }
        let counted = peak;
        if name.contains("webp") {
            // What libwebp reserves is not seen by the allocator of Rust, but by the system.
            for _ in 0..3 {
                peak = peak.max(growth_of_a_fresh_process(name));
            }
        }
        let ratio = bound as f64 / peak as f64;
        let allowed = LOOSER.iter().find(|(task, _)| *task == name).map_or(2.0, |(_, most)| *most);
        eprintln!("{name}: held {} KiB, bound {} KiB, {ratio:.2}", peak >> 10, bound >> 10);
        if counted > bound || ratio > allowed {
            wrong.push(format!("{name}: held {peak}, bound {bound}, {ratio:.2}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The task that a fresh process is to run.
const TASK: &str = "MAKEREADY_TEST_TASK";

/// Bytes by which the memory of a process grows when it runs one task, as the system counts pages.
fn growth_of_a_fresh_process(task: &str) -> u64 {
    let itself = std::env::current_exe().expect("this test");
    let output = std::process::Command::new(itself)
        .args(["--exact", "a_task_alone_in_its_process", "--nocapture"])
        .env(TASK, task)
        .output()
        .expect("a process");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let growth = text.lines().find_map(|line| line.split("growth ").nth(1)?.parse().ok());
    growth.unwrap_or_else(|| panic!("no growth in {text}"))
}

/// Does nothing but when it was started by the test above.
#[test]
fn a_task_alone_in_its_process() -> Result<()> {
    let Ok(task) = std::env::var(TASK) else { return Ok(()) };
    let photos = corpus("photos").expect("photos");
    let pipelines = tasks(&photos).into_iter().find(|(name, _)| *name == task).expect("a task").1;
    let small = Image::new(Size::new(600, 400), Layout::Rgb, vec![90; 720_000])?;
    Pipeline::open(small).resize((60, 40)).encode(WebP::default()).run()?;
    let before = kibibytes("VmRSS");
    run_all(&pipelines)?;
    println!("\ngrowth {}", (kibibytes("VmHWM").saturating_sub(before)) << 10);
    Ok(())
}

/// A line of what the system says of this process.
fn kibibytes(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a process status");
    let line = status.lines().find(|line| line.starts_with(field)).expect("a field");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

fn tasks(photos: &Path) -> Vec<(&'static str, Vec<Pipeline>)> {
    let bytes = |name: &str| std::fs::read(photos.join(name)).expect("a photo");
    let open = |name: &str| Pipeline::open(bytes(name));
    let tiles = ["00", "01", "10", "11"].map(|place| bytes(&format!("eleph_{place}.jpg")));
    let page = Pipeline::stitch(Stitch::across(2), tiles);
    let preview = page.clone().resize((800, 600));
    let full = open("eleph_full.jpg");
    vec![
        ("preview_jpeg", vec![preview.clone().encode(Jpeg::quality(80))]),
        ("preview_webp", vec![preview.clone().encode(WebP::quality(80))]),
        ("print_jpeg", vec![page.clone().encode(Jpeg::quality(90))]),
        ("spread", vec![page.encode(Jpeg::quality(90)), preview.encode(Jpeg::quality(80))]),
        ("thumb_jpeg", vec![full.clone().resize(Resize::width(320)).encode(Jpeg::quality(80))]),
        ("thumb_webp", vec![full.clone().resize(Resize::width(320)).encode(WebP::quality(80))]),
        ("hd_webp", vec![full.clone().resize(Resize::width(1600)).encode(WebP::quality(80))]),
        (
            "sharp_jpeg",
            vec![open("bench-2725x2225.jpg").resize((720, 588)).encode(Jpeg::quality(80))],
        ),
        ("prog_thumb", vec![open("prog.jpg").resize(Resize::width(320)).encode(Jpeg::quality(80))]),
        ("crop", vec![full.crop(Rect::new(3000, 2000, 600, 400)).encode(Jpeg::quality(80))]),
        ("png_png", vec![open("alpha-2048x1536.png").resize((720, 540)).encode(Png::default())]),
    ]
}
