# The commands that a person and .ci/run share.

TOOLS := $(CURDIR)/target/tools
CARGO_DENY := $(TOOLS)/bin/cargo-deny
CARGO_DENY_VERSION := 0.20.2
PEERS := $(CURDIR)/target/peers

# Seconds, for all properties together.
FUZZ_SECONDS ?= 30

.PHONY: help test demo bench bench-yardstick bench-peers bench-once fuzz lint fmt

help: ## Shows this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

test: ## Runs all tests
	cargo test --workspace --exclude makeready-benches
	cargo test --doc

demo: ## Runs the main job
	cargo run --release --example spread

bench: ## Measures every stage
	cargo bench --package makeready-benches

bench-yardstick: ## Measures the JPEG engine against libjpeg-turbo on FILES; needs cmake and nasm
	cargo run --release --manifest-path benches/yardstick/Cargo.toml -- $(FILES)

# Not in release: overflows are to be found as well.
fuzz: ## Looks for inputs for which a property does not hold, for FUZZ_SECONDS
	cargo run --package makeready-fuzz --bin makeready-fuzz -- --seconds $(FUZZ_SECONDS)

bench-once: ## Runs every bench once, to see that it works
	cargo test --release --package makeready-benches --benches

bench-peers: $(PEERS)/ready ## Measures against sharp, pyvips, Pillow and OpenCV; needs Python and Node
	cargo build --release --package makeready-benches --bins
	$(PEERS)/venv/bin/python benches/peers/compare.py

lint: $(CARGO_DENY) ## Formatting, clippy, documentation, licences
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace
	$(CARGO_DENY) check licenses bans sources

fmt: ## Formats all code
	cargo fmt --all

# A debug build of the tool is ready in half the time.
$(CARGO_DENY):
	cargo install --quiet --debug --locked cargo-deny@$(CARGO_DENY_VERSION) --root $(TOOLS)

# The newest of each, as a user of theirs would get them; the results name the versions. OpenCV as a wheel: to compile
# it takes too long.
$(PEERS)/ready:
	python3 -m venv $(PEERS)/venv
	$(PEERS)/venv/bin/pip install --quiet --only-binary opencv-python-headless,numpy "pyvips[binary]" Pillow opencv-python-headless numpy
	npm install --silent --no-audit --no-fund --prefix $(PEERS) sharp
	touch $@
