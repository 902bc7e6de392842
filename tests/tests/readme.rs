//! The examples in Rust of the pages are those of `examples`, which are compiled.

/// The lines of the block of Rust in a page, each of which an example must have.
fn check(page: &str, example: &str, fewest: usize) {
    let read = |path: &str| {
        std::fs::read_to_string(makeready_tests::path("..").join(path))
            .expect("a file of the checkout")
    };
    let (text, code) = (read(page), read(example));
    let block = text.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());
    let lines: Vec<&str> = block.expect("a block of Rust").lines().map(str::trim).collect();
    assert!(lines.len() >= fewest, "{lines:?}");
    for line in lines.iter().filter(|line| !line.is_empty()) {
        assert!(code.contains(line), "not in {example}: {line}");
    }
}

#[test]
fn the_example_of_the_readme_is_the_first_example() {
    check("README.md", "examples/first.rs", 6);
}

#[test]
fn the_service_of_the_page_is_an_example() {
    check("docs/serving.md", "examples/serve.rs", 20);
}
