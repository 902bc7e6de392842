# The commands that a person and .ci/run share.

TOOLS := $(CURDIR)/target/tools
CARGO_DENY := $(TOOLS)/bin/cargo-deny
CARGO_DENY_VERSION := 0.20.2
CARGO_MUTANTS := $(TOOLS)/bin/cargo-mutants
CARGO_MUTANTS_VERSION := 27.1.0
PEERS := $(CURDIR)/target/peers
PYTHON := $(CURDIR)/target/python
PYTHON_BIN := $(PYTHON)/venv/bin
CHECKOV := $(CURDIR)/target/checkov

# Installs the Python package into an environment that has nothing else, and tries it there.
define try-python
	$(PYTHON_BIN)/python -m venv --clear $(PYTHON)/empty
	$(PYTHON)/empty/bin/pip install --quiet --disable-pip-version-check $(1)
	cd $(PYTHON) && empty/bin/python -I $(CURDIR)/bindings-python/tests/try_wheel.py
endef

# How tests build what they run, and what lint shares with them: see Cargo.toml. Releases and measurements have cargo's own `release`.
PROFILE := checked
WHEEL_SETTINGS := --config-settings build-args="--profile $(PROFILE)"
build-node test-node test-services-edge test-services-uploads test-pressure: export MAKEREADY_PROFILE = $(PROFILE)

NPM_INSTALL := npm install --silent --no-audit --no-fund --no-package-lock

ARM64 := aarch64-unknown-linux-gnu

# Seconds, an equal share of them for each property.
FUZZ_SECONDS ?= 30
# The same seed tries the same changes.
FUZZ_SEED ?= 1

# Seconds for each service.
SOAK_SECONDS ?= 300

# Small wrong changes to try, others each day; or those of a part k/n.
MUTANTS ?= 40
MUTANTS_SHARD ?=

.PHONY: help test test-rust test-heic test-arm test-python test-python-package test-python-examples test-node test-services test-services-rust test-services-edge test-services-rules test-services-uploads test-pressure test-long build-python build-node wheel-python lint-python types demo gallery bench bench-calls bench-yardstick bench-peers bench-load bench-book bench-uploads bench-once soak-services calibrate fuzz mutants lint fmt

help: ## Shows this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# Services wait more than they work, so that Node's tests run beside them; Python's packages come while the core is built.
test: ## Runs all tests, in three languages, and compares what came of the cases
	rm -rf target/cases
	$(MAKE) --jobs 2 test-rust $(PYTHON)/ready
	$(MAKE) test-python-package
	$(MAKE) --jobs 2 --output-sync=target test-python-examples test-node wheel-python
	$(or $(CARGO_TARGET_DIR),target)/$(PROFILE)/compare-cases

test-rust: ## Runs the tests of the core
	cargo test --profile $(PROFILE) --workspace --exclude makeready-benches --exclude makeready-python --exclude makeready-node

test-heic: ## Runs the tests of HEIC, a feature that nothing else has
	cargo test --profile $(PROFILE) --package makeready-tests --features heic --test heic

# Under an emulator: of what it measures only the bytes mean anything.
test-arm: export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER = aarch64-linux-gnu-gcc
test-arm: export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER = qemu-aarch64 -L /usr/aarch64-linux-gnu
test-arm: ## Runs the tests of the core for arm64; needs gcc-aarch64-linux-gnu and qemu-user
	rustup target add $(ARM64)
	cargo test --package makeready-tests --test table
	mv target/cases/rust.tsv target/native.tsv
	cargo test --release --target $(ARM64) --package makeready-kernels --package makeready-jpeg --package makeready-webp --package makeready --lib -- --skip a_cost_is_told_in_no_time
	cargo test --release --target $(ARM64) --package makeready-tests --test table --test cases
	diff target/native.tsv target/cases/rust.tsv

# With the call that panics, which no wheel has.
build-python: $(PYTHON)/ready
	cd bindings-python && VIRTUAL_ENV=$(PYTHON)/venv $(PYTHON_BIN)/maturin develop --quiet --profile $(PROFILE) --features test-hooks

# Installs the versions in the lock, and writes nothing to it.
build-node:
	cd bindings-node && npm ci --silent --no-audit --no-fund

test-python: test-python-package test-python-examples wheel-python ## Builds the Python package and runs its tests and examples

# Tests print what they measure.
test-python-package: build-python
	cd bindings-python && $(PYTHON_BIN)/python -m pytest -q -rfEsP tests

test-python-examples: build-python
	cd bindings-python && $(PYTHON_BIN)/python -m pytest -q -rfEs ../examples/gallery ../examples/fastapi ../examples/book ../examples/uploads/tests

# The second time by the command that users give; by then cargo has built everything.
wheel-python: $(PYTHON)/ready ## Builds a wheel of the Python package, and tries it in empty environments
	rm -rf $(PYTHON)/wheels
	$(PYTHON_BIN)/pip wheel --quiet --no-deps $(WHEEL_SETTINGS) --wheel-dir $(PYTHON)/wheels ./bindings-python
	$(call try-python, --no-index $(PYTHON)/wheels/makeready-*.whl)
	$(call try-python, $(WHEEL_SETTINGS) ./bindings-python)

test-node: build-node ## Builds and tests the Node binding and its examples
	cd bindings-node && npm test
	cd examples/fastify && $(NPM_INSTALL) && npm test
	cd examples/edge && $(NPM_INSTALL) && npm test

test-services: test-services-rust test-services-edge test-services-rules test-services-uploads ## Runs the examples in the servers that they are meant for, and in a browser

# The function in Rust shares what the core's own builds have compiled.
test-services-rust:
	CARGO_TARGET_DIR=target cargo build --quiet --release --locked --manifest-path examples/edge/rust/Cargo.toml

# AWS's runtime client is for Node 22, which comes from npm too, and is built with cmake.
test-services-edge: build-node $(PYTHON)/ready
	$(PYTHON_BIN)/pip install --quiet cmake
	cd examples/edge && $(NPM_INSTALL)
	cd examples/edge/services && PATH=$(PYTHON_BIN):$$PATH $(NPM_INSTALL) && npm test

# The rules that count are tests of the example; these are many more.
test-services-rules: build-node $(CHECKOV)/ready
	cd examples/edge && $(NPM_INSTALL) && npm run --silent build
	cd examples/edge && env -u BC_API_KEY $(CHECKOV)/bin/checkov --config-file deploy/checkov.yaml --file build/template.yaml

NJS := /usr/lib/nginx/modules/ngx_http_js_module.so

test-services-uploads: build-python
	test -x /usr/sbin/nginx -a -e $(NJS) -a -x /usr/bin/chromium || (apt-get update --quiet; apt-get install --yes --no-install-recommends nginx-light libnginx-mod-http-js chromium)
	cd examples/uploads/services && $(NPM_INSTALL)
	cd bindings-python && $(PYTHON_BIN)/python -m pytest -q -c pyproject.toml ../examples/uploads/services

test-pressure: build-python build-node ## Little memory, little time, faults of the system, a minute of jobs in each language
	cargo run --quiet --profile $(PROFILE) --package makeready-pressure -- all $(PYTHON_BIN)/python node

types: ## Writes what other languages and documents show of options, from the table of the core
	cargo run --quiet --package makeready-write-types

demo: ## Runs the main job
	cargo run --release --example spread

gallery: build-python ## Writes the pictures of docs/gallery.md
	cd examples && $(PYTHON_BIN)/python -m gallery

bench: ## Measures every stage
	cargo bench --package makeready-benches

bench-yardstick: ## Measures the JPEG engine against libjpeg-turbo on FILES; needs cmake and nasm
	cargo run --release --manifest-path benches/yardstick/Cargo.toml -- $(FILES) > target/yardstick.md
	mv target/yardstick.md benches/results/$(shell date -I)-jpeg.md

fuzz: ## Looks for inputs for which a property does not hold, for FUZZ_SECONDS
	cargo run --profile $(PROFILE) --package makeready-fuzz --bin makeready-fuzz -- --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)

mutants: $(CARGO_MUTANTS) ## Makes MUTANTS small wrong changes, others each day, and sees that a test notices each
	python3 tests/mutants.py --tool $(CARGO_MUTANTS) --count $(MUTANTS) --shard "$(MUTANTS_SHARD)"

test-long: mutants ## Tests that take too long for every change
	cargo test --package makeready-tests --test storm -- --ignored --nocapture

calibrate: ## Measures how long each kind of work takes here, and writes the rates that costs are told by
	cargo run --release --package makeready-benches --bin calibrate
	cargo fmt --package makeready

# With what the tests have compiled: nothing is measured.
bench-once: ## Runs every bench once, to see that it works
	cargo test --profile $(PROFILE) --package makeready-benches --benches

bench-calls: $(PYTHON)/ready ## Measures the fixed cost of a call from Python and from Node
	cd bindings-python && VIRTUAL_ENV=$(PYTHON)/venv $(PYTHON_BIN)/maturin develop --quiet --release
	$(PYTHON_BIN)/python bindings-python/benches/fixed_cost.py
	cd bindings-node && npm ci --silent --no-audit --no-fund && node bench/call.js

LOAD = LOAD_PHOTO=$(PEERS)/load-photo.jpg LOAD_FULL=$(PEERS)/load-full.jpg PEER_MODULES=$(PEERS)
LOAD_SECONDS ?= 5
LOAD_PAGES ?= 0 2 8 32

bench-load: $(PEERS)/ready $(PYTHON)/ready ## Measures short jobs while long ones are in flight, sharp beside them
	cargo build --release --package makeready-benches --bin bench-load-rust
	cd bindings-python && VIRTUAL_ENV=$(PYTHON)/venv $(PYTHON_BIN)/maturin develop --quiet --release
	cd bindings-node && npm ci --silent --no-audit --no-fund && npm run --silent build
	$(LOAD) target/release/bench-load-rust 0 inputs
	for way in spawn run; do echo "rust $$way"; $(LOAD) target/release/bench-load-rust $(LOAD_SECONDS) $$way $(LOAD_PAGES); done
	echo python; $(LOAD) $(PYTHON_BIN)/python benches/load/load.py $(LOAD_SECONDS) makeready $(LOAD_PAGES)
	for way in makeready sharp; do echo "node $$way"; $(LOAD) node benches/load/node.mjs $(LOAD_SECONDS) $$way $(LOAD_PAGES); done

bench-book: $(PEERS)/ready $(PYTHON)/ready ## Measures the book service with Makeready, Pillow and sharp
	cd bindings-python && VIRTUAL_ENV=$(PYTHON)/venv $(PYTHON_BIN)/maturin develop --quiet --release
	cd examples && PEER_MODULES=$(PEERS) $(PYTHON_BIN)/python -m book.load

bench-uploads: $(PYTHON)/ready ## Measures renditions of uploads through nginx, Pillow beside Makeready; needs nginx
	cd bindings-python && VIRTUAL_ENV=$(PYTHON)/venv $(PYTHON_BIN)/maturin develop --quiet --release
	cd examples && $(PYTHON_BIN)/python -m uploads.load

soak-services: build-python build-node ## Keeps each example service at 70 % of its load for SOAK_SECONDS; needs nginx
	for service in book uploads; do (cd examples && $(PYTHON_BIN)/python -m soak $$service $(SOAK_SECONDS)) || exit 1; done
	cd examples/edge && $(NPM_INSTALL) && npm run soak -- $(SOAK_SECONDS)

bench-peers: $(PEERS)/ready ## Measures against sharp, pyvips, Pillow and OpenCV; needs Python and Node
	cargo build --release --package makeready-benches --bins
	$(PEERS)/venv/bin/python benches/peers/compare.py

lint: $(CARGO_DENY) lint-python ## Formatting, clippy, types, documentation, licences
	cargo fmt --all --check
	cargo clippy --profile $(PROFILE) --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --profile $(PROFILE) --no-deps --workspace
	$(CARGO_DENY) check licenses bans sources

lint-python: build-python ## Style, formatting and types of the Python code
	$(PYTHON_BIN)/ruff check --quiet --config bindings-python/pyproject.toml bindings-python tests examples
	$(PYTHON_BIN)/ruff format --quiet --check --config bindings-python/pyproject.toml bindings-python tests examples
	cd bindings-python && $(PYTHON_BIN)/python -m mypy.stubtest makeready --allowlist tests/stubtest-allowlist.txt --ignore-unused-allowlist
	cd bindings-python && $(PYTHON_BIN)/python -m mypy python/makeready tests benches ../examples/fastapi/app.py ../examples/book ../examples/uploads ../examples/soak.py ../examples/gallery
	cd bindings-python && PATH=$(PYTHON_BIN):$$PATH pyright python/makeready tests/typed_sample.py ../examples/fastapi/app.py
	cd bindings-python && PATH=$(PYTHON_BIN):$$PATH pyright --ignoreexternal --verifytypes makeready | grep "completeness score: 100%"

fmt: $(PYTHON)/ready ## Formats all code
	cargo fmt --all
	$(PYTHON_BIN)/ruff format --quiet --config bindings-python/pyproject.toml bindings-python tests examples

# A debug build of the tool is ready in half the time, and without what a debugger needs sooner still.
$(CARGO_DENY):
	CARGO_PROFILE_DEV_DEBUG=false cargo install --quiet --debug --locked cargo-deny@$(CARGO_DENY_VERSION) --root $(TOOLS)

$(CARGO_MUTANTS):
	cargo install --quiet --debug --locked cargo-mutants@$(CARGO_MUTANTS_VERSION) --root $(TOOLS)

# The newest of each, as a user of theirs would get them; the results name the versions. OpenCV as a wheel: to compile
# it takes too long.
$(PEERS)/ready:
	python3 -m venv $(PEERS)/venv
	$(PEERS)/venv/bin/pip install --quiet --only-binary opencv-python-headless,numpy "pyvips[binary]" Pillow opencv-python-headless numpy pypdfium2
	npm install --silent --no-audit --no-fund --prefix $(PEERS) sharp
	touch $@

# In an environment of its own: it wants versions of boto3 and others that the tests do not.
$(CHECKOV)/ready:
	python3 -m venv $(CHECKOV)
	$(CHECKOV)/bin/pip install --quiet --disable-pip-version-check "checkov>=3.2"
	touch $@

$(PYTHON)/ready: bindings-python/pyproject.toml
	python3 -m venv --clear $(PYTHON)/venv
	$(PYTHON_BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(PYTHON_BIN)/pip install --quiet --group bindings-python/pyproject.toml:test --group bindings-python/pyproject.toml:lint
	touch $@
