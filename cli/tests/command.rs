//! The command as users call it: cases as data, each in a folder of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

const SECRET: &str = "an example of a secret";

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    args: Vec<String>,
    /// The file that stdin gives.
    stdin: Option<String>,
    #[serde(default)]
    exit: i32,
    #[serde(default)]
    stdout: Vec<String>,
    #[serde(default)]
    stderr: Vec<String>,
    /// The files in the folder afterwards besides those of the beginning, where it is said.
    makes: Option<Vec<String>>,
}

const PAGE: &str = r#"{
    "version": 1,
    "stitch": {"across": 2, "inputs": ["rgba.png", {"input": "photo.jpg", "ops": [{"op": "resize", "width": 160, "height": 120}]}]},
    "ops": [{"op": "flatten"}],
    "outputs": [
        {"encode": {"format": "jpeg"}},
        {"ops": [{"op": "resize", "width": 80}], "encode": {"format": "webp"}}
    ]
}"#;

/// A folder with the files that cases have.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).join("work");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("folder")).expect("a folder");
    let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/images");
    let copy = |from: &str, to: &str| fs::copy(images.join(from), folder.join(to)).expect("a copy");
    copy("photo.jpg", "photo.jpg");
    copy("photo.jpg", "../outside.jpg");
    copy("rgba.png", "rgba.png");
    copy("bad/text.jpg", "text.jpg");
    copy("rgba.png", "-");
    copy("bad/text.jpg", ".hidden.png");
    #[cfg(unix)]
    copy("rgba.png", "red\u{1b}[31m\n.bin");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file");
    write("page.json", PAGE);
    write("outside.json", r#"{"version": 1, "input": "../outside.jpg"}"#);
    write("photo.json", r#"{"version": 1, "input": "photo.jpg", "ops": [{"op": "flip"}]}"#);
    write("link.json", r#"{"version": 1, "input": "link.jpg"}"#);
    #[cfg(unix)]
    std::os::unix::fs::symlink("../outside.jpg", folder.join("link.jpg")).expect("a link");
    write("secret.txt", &format!("{SECRET}\n"));
    folder
}

fn call(folder: &Path, args: &[String], stdin: Option<&str>) -> Output {
    let stdin = stdin
        .map_or_else(Stdio::null, |name| fs::File::open(folder.join(name)).expect("a file").into());
    Command::new(env!("CARGO_BIN_EXE_makeready"))
        .args(args)
        .env("SECRET", SECRET)
        .current_dir(folder)
        .stdin(stdin)
        .output()
        .expect("the command")
}

/// All files of a folder and the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Files as probe tells them.
fn pictures(folder: &Path, paths: &[PathBuf]) -> Vec<String> {
    let mut args = vec!["probe".to_owned()];
    let relative = paths.iter().map(|path| path.strip_prefix(folder).expect("inside"));
    args.extend(relative.map(|path| path.display().to_string()));
    if paths.is_empty() {
        return Vec::new();
    }
    let told = String::from_utf8(call(folder, &args, None).stdout).expect("text");
    let mut lines: Vec<_> = told.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn cases() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases.toml"));
    let cases: Cases = toml::from_str(&text.expect("cases")).expect("cases");
    assert!(cases.case.len() > 30);
    for (number, case) in cases.case.iter().enumerate() {
        let folder = folder(&format!("case-{number}"));
        let before = files(&folder);
        let found = call(&folder, &case.args, case.stdin.as_deref());
        let (stdout, stderr) =
            (String::from_utf8_lossy(&found.stdout), String::from_utf8_lossy(&found.stderr));
        let told = format!("{}: {:?}\nstdout: {stdout}\nstderr: {stderr}", case.name, found.status);
        assert_eq!(found.status.code(), Some(case.exit), "{told}");
        for part in &case.stdout {
            assert!(stdout.contains(part), "stdout has no {part:?}\n{told}");
        }
        for part in &case.stderr {
            assert!(stderr.contains(part), "stderr has no {part:?}\n{told}");
        }
        assert!(case.exit != 0 || !case.stderr.is_empty() || stderr.is_empty(), "{told}");
        if let Some(makes) = &case.makes {
            let mut made = files(&folder);
            made.retain(|path| {
                !before.contains(path)
                    || makes.iter().any(|text| {
                        text.starts_with(&format!(
                            "{}:",
                            path.strip_prefix(&folder).expect("inside").display()
                        ))
                    })
            });
            assert_eq!(pictures(&folder, &made), *makes, "{told}");
        }
    }
}

#[test]
fn a_job_that_the_queue_has_no_room_for_is_done_all_the_same() {
    let folder = folder("busy");
    for number in 0..60 {
        fs::copy(folder.join("photo.jpg"), folder.join(format!("n{number}.jpg"))).expect("a copy");
    }
    let found = Command::new(env!("CARGO_BIN_EXE_makeready"))
        .args(["convert", "n*.jpg", "folder/", "--resize", "8"])
        .env("MAKEREADY_QUEUE", "0")
        .current_dir(&folder)
        .output()
        .expect("the command");
    assert_eq!(String::from_utf8_lossy(&found.stderr), "");
    assert_eq!(files(&folder.join("folder")).len(), 60);
}

#[test]
fn no_more_of_stdin_is_read_than_a_job_may_have() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_makeready"))
        .args(["convert", "-", "-", "--format", "png", "--max-input-bytes", "1000"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command");
    // It stays open: the command ends without its end.
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(&[7; 2000]).expect("room in the pipe");
    let end = Instant::now() + Duration::from_secs(20);
    let status = loop {
        match child.try_wait().expect("a status") {
            None if Instant::now() < end => thread::sleep(Duration::from_millis(5)),
            status => break status,
        }
    };
    let _ = child.kill();
    assert_eq!(status.and_then(|status| status.code()), Some(6));
}

#[cfg(target_os = "linux")]
#[test]
fn lines_that_cannot_be_written_are_told_once() {
    let full = fs::File::options().write(true).open("/dev/full").expect("a device");
    let found = Command::new(env!("CARGO_BIN_EXE_makeready"))
        .args(["probe", "photo.jpg", "rgba.png"])
        .current_dir(folder("full"))
        .stdout(full)
        .output()
        .expect("the command");
    assert_eq!(found.status.code(), Some(12));
    let stderr = String::from_utf8(found.stderr).expect("text");
    assert!(stderr.starts_with("makeready: stdout: ") && stderr.lines().count() == 1, "{stderr}");
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_stay_as_they_are() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = folder("bytes");
    let name = |end: &str| OsStr::from_bytes(&[b"a\xff", end.as_bytes()].concat()).to_owned();
    fs::copy(folder.join("photo.jpg"), folder.join(name(".jpg"))).expect("a copy");
    let found = Command::new(env!("CARGO_BIN_EXE_makeready"))
        .arg("convert")
        .arg(name(".jpg"))
        .args(["folder/", "--format", "png"])
        .current_dir(&folder)
        .output()
        .expect("the command");
    assert!(found.status.success(), "{found:?}");
    assert_eq!(files(&folder.join("folder")), [folder.join("folder").join(name(".png"))]);
}

#[test]
fn what_is_signed_is_verified() {
    let folder = folder("sign");
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let signed = call(&folder, &words("sign /a.jpg --key k1 --secret-file secret.txt"), None);
    let signed = String::from_utf8(signed.stdout).expect("text");
    let verify = format!("verify {} --key k1 --secret-env SECRET", signed.trim_end());
    let verified = call(&folder, &words(&verify), None);
    assert_eq!(String::from_utf8_lossy(&verified.stdout), "/a.jpg\n");
}

#[test]
fn every_word_of_the_library_has_a_flag() {
    let folder = folder("help");
    let help = call(&folder, &["convert".to_owned(), "--help".to_owned()], None);
    let help = String::from_utf8(help.stdout).expect("text");
    for operation in makeready::by_name::steps() {
        let flag = format!("--{}", operation.name.replace('_', "-"));
        assert!(help.contains(&flag), "{flag}");
    }
    for (_, fields) in makeready::by_name::format_fields() {
        for field in fields {
            assert!(
                help.contains(&format!("--{}", field.name.replace('_', "-"))),
                "{}",
                field.name
            );
        }
    }
}

#[test]
fn many_files_are_all_made() {
    let folder = folder("many");
    for number in 0..100 {
        fs::copy(folder.join("rgba.png"), folder.join(format!("n{number}.png"))).expect("a copy");
    }
    let args =
        ["convert", "n*.png", "folder/", "--format", "webp", "--resize", "8"].map(str::to_owned);
    let found = call(&folder, &args, None);
    assert!(found.status.success());
    assert_eq!(String::from_utf8_lossy(&found.stdout).lines().count(), 100);
    assert_eq!(files(&folder.join("folder")).len(), 100);
}
