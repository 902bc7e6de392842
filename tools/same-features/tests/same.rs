//! Packages that are built after the tests build no crate anew that the tests have built.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Has other features in the packages, which have fewer formats.
const DIFFERS: [&str; 1] = ["makeready"];

/// Crates by name and version, and the features of each.
type Features = BTreeMap<String, BTreeSet<String>>;

fn features(arguments: &[&str]) -> Features {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix", "none", "--format", "{p}|{f}"])
        .args(arguments)
        .output()
        .expect("cargo");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let mut features = Features::new();
    let tree = String::from_utf8(tree.stdout).expect("names");
    for (name, of_it) in tree.lines().filter_map(|line| line.split_once('|')) {
        let of_it = of_it.trim_end_matches(" (*)");
        features.entry(name.into()).or_default().insert(of_it.into());
    }
    features
}

#[test]
fn packages_share_what_the_tests_have_built() {
    let left_out = ["makeready-benches", "makeready-python", "makeready-node"];
    let left_out = left_out.map(|name| ["--exclude", name]).concat();
    let tested = features(&[&["--workspace"][..], &left_out].concat());
    for package in ["makeready-python", "makeready-node", "makeready-fuzz", "makeready-pressure"] {
        let built = features(&["--edges", "normal,build", "--package", package]);
        assert!(built.len() > 50, "{package}: {built:?}");
        for (name, of_it) in built {
            let differs = DIFFERS.contains(&name.split(' ').next().unwrap_or_default());
            let Some(with) = tested.get(&name).filter(|_| !differs) else { continue };
            assert!(of_it.is_subset(with), "{package} has {name} with {of_it:?}, tests {with:?}");
        }
    }
}
