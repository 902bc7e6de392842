//! The example of the README is `examples/first.rs`, which CI runs.

#[test]
fn the_example_of_the_readme_is_the_first_example() {
    let read = |path: &str| {
        std::fs::read_to_string(makeready_tests::path("..").join(path))
            .expect("a file of the checkout")
    };
    let (readme, example) = (read("README.md"), read("examples/first.rs"));
    let block = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());
    let lines: Vec<&str> = block.expect("a block of Rust").lines().map(str::trim).collect();
    assert!(lines.len() >= 6, "{lines:?}");
    for line in lines.iter().filter(|line| !line.is_empty()) {
        assert!(example.contains(line), "not in examples/first.rs: {line}");
    }
}
