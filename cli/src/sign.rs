//! `makeready sign` and `makeready verify`: paths with a signature.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

use clap::{Arg, ArgGroup, ArgMatches, Command, value_parser};
use serde_json::json;

use crate::failure::Failure;
use crate::report::Report;

/// A signature is good for so many seconds where nothing is said.
const EXPIRES_IN: &str = "3600";

pub(crate) fn sign_words(command: Command) -> Command {
    let expires_in = Arg::new("expires-in")
        .long("expires-in")
        .value_name("SECONDS")
        .help("Seconds from now until the signature expires")
        .value_parser(value_parser!(u64))
        .default_value(EXPIRES_IN);
    let expires = Arg::new("expires")
        .long("expires")
        .value_name("SECONDS")
        .help("The time at which it expires, in seconds since 1970, in place of --expires-in")
        .value_parser(value_parser!(u64));
    with_key(command.about("Signs a path")).arg(expires_in).arg(expires)
}

pub(crate) fn verify_words(command: Command) -> Command {
    with_key(command.about("Gives the path that was signed, where the signature is good"))
}

/// Adds the path, the name of the key, and where its secret is: not on the command line, which others see.
fn with_key(command: Command) -> Command {
    let path = Arg::new("path").value_name("PATH").help("A path, with its query").required(true);
    let key =
        Arg::new("key").long("key").value_name("ID").help("The name of the key").required(true);
    let file = Arg::new("secret-file")
        .long("secret-file")
        .value_name("FILE")
        .help("The file that has the secret; a line break at its end is none of it")
        .value_parser(value_parser!(PathBuf));
    let variable = Arg::new("secret-env")
        .long("secret-env")
        .value_name("NAME")
        .help("The variable of the environment that has the secret");
    let secret = ArgGroup::new("secret").args(["secret-file", "secret-env"]).required(true);
    command.args([path, key, file, variable]).group(secret)
}

pub(crate) fn sign(matches: &ArgMatches, report: &mut Report) -> Result<(), Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let after = matches.get_one::<u64>("expires-in").copied().unwrap_or_default();
    let expires = matches.get_one::<u64>("expires").copied().unwrap_or(now.saturating_add(after));
    let signed = makeready::sign(path(matches), &[key(matches)?], expires)?;
    report.result(&signed, &json!({"signed": signed, "expires": expires}));
    Ok(())
}

pub(crate) fn verify(matches: &ArgMatches, report: &mut Report) -> Result<(), Failure> {
    let path = makeready::verify(path(matches), &[key(matches)?])?;
    report.result(&path, &json!({"path": path}));
    Ok(())
}

fn path(matches: &ArgMatches) -> &str {
    matches.get_one::<String>("path").map_or("", String::as_str)
}

/// The key by its name, with its secret.
fn key(matches: &ArgMatches) -> Result<(&str, Vec<u8>), Failure> {
    let name = matches.get_one::<String>("key").map_or("", String::as_str);
    if let Some(variable) = matches.get_one::<String>("secret-env") {
        let secret = env::var(variable);
        let secret =
            secret.map_err(|error| Failure::invalid_option(format!("{variable}: {error}")))?;
        return Ok((name, secret.into_bytes()));
    }
    let file = matches.get_one::<PathBuf>("secret-file").cloned().unwrap_or_default();
    let shown = file.display().to_string();
    let mut secret = fs::read(&file).map_err(|error| Failure::io(&shown, &error))?;
    let line =
        secret.len() - secret.iter().rev().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    secret.truncate(line);
    Ok((name, secret))
}
