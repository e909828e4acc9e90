# List the recipes.
default:
    @just --list

# All that must hold before a change lands, except what .ci/run installs for it.
check: lint test

# Run the tests; those that need real servers say so by name where there are none.
test *ARGS:
    cargo test --locked {{ARGS}}

# Formatting, lints, and licences where cargo-deny is installed.
lint:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    if command -v cargo-deny >/dev/null; then cargo deny check bans licenses sources; fi

# Format everything.
fmt:
    cargo fmt

# Rewrite the expected outputs and generated files that tests compare; read the difference before committing it.
bless *ARGS:
    BLESS=1 cargo test --locked {{ARGS}}
