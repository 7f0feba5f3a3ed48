#!/usr/bin/env bash
# Runs the fuzz targets one after the other, each for a while, and says what came of it.
#
# Usage: fuzz/run.sh [TARGET ...]      SECONDS_EACH=60
#
# The seeds are committed; what the runs add to them stays in target/fuzz/corpus. An input that breaks
# something is kept in fuzz/artifacts: make it a seed together with the fix.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${SECONDS_EACH:-60}
work=$(mkdir -p "${TARGET_DIR:-${CARGO_TARGET_DIR:-target}}/fuzz" && cd "${TARGET_DIR:-${CARGO_TARGET_DIR:-target}}/fuzz" && pwd)
targets=("$@")
if [[ ${#targets[@]} -eq 0 ]]; then
    for file in fuzz/targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi

if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install cargo-fuzz --locked --root "$work/tools"
    PATH=$work/tools/bin:$PATH
fi
# The pinned toolchain is a stable one, and libFuzzer needs unstable flags of the compiler. There is no
# unsafe code here that an address sanitizer would watch.
export RUSTC_BOOTSTRAP=1
fuzz() { cargo fuzz "$1" --sanitizer none --target-dir "$work/build" "${@:2}"; }

for target in "${targets[@]}"; do fuzz build "$target"; done
failed=0
table=$(printf '%-14s %-8s %s' target result runs)
for target in "${targets[@]}"; do
    printf '\n== %s, %s s\n' "$target" "$seconds"
    mkdir -p "$work/corpus/$target"
    log=$work/$target.log
    if fuzz run "$target" "$work/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -print_final_stats=1 2>&1 | tee "$log"; then
        result=passed
    else
        result=FAILED
        failed=1
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    table+=$'\n'$(printf '%-14s %-8s %s' "$target" "$result" "$runs")
done
printf '\n%s\n' "$table"
exit "$failed"
