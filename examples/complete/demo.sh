#!/usr/bin/env bash
# From a fresh clone to a Salesforce case that becomes a task in Amazon Connect, and back to
# nothing. No AWS account and no Salesforce org are involved: the emulator of tests/emulator is
# both. Everything that is written goes below target/.
#
# Usage: make demo [BINARIES=FOLDER]   takes what is built in FOLDER instead of building
set -euo pipefail
cd "$(dirname "$0")/../.."
repository=$PWD

bold='' dim='' plain='' plainly=(-no-color)
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    bold=$'\033[1m' dim=$'\033[2m' plain=$'\033[0m' plainly=()
fi
heading() { printf '\n%s\n' "$bold== $*$plain"; }
say() { printf '%s\n' "$@"; }
show() { printf '%s\n' "$dim\$ $*$plain"; }
run() {
    show "$@"
    "$@"
}

emulator=
finish() {
    local status=$?
    [[ -z $emulator ]] || kill "$emulator" 2>/dev/null || true
    [[ $status -eq 0 ]] || heading "The demo failed (status $status)" >&2
}
trap finish EXIT

if [[ -z ${BINARIES:-} ]]; then
    heading "Building the provider and the emulator (several minutes the first time)"
    run cargo build --workspace --bins
fi
target=${TARGET_DIR:-${CARGO_TARGET_DIR:-target}}
mkdir -p "$target"
target=$(cd "$target" && pwd)
binaries=${BINARIES:-$target/debug}

heading "Choosing a Terraform core"
core=$(tests/cores/core.sh)

# What is set for other work is not for this run: no profile, no workspace, no plugin cache.
while IFS='=' read -r name _; do
    case $name in
    TF_LOG | TF_LOG_*) ;;
    TF_* | AWS_* | *_proxy | *_PROXY) unset "$name" ;;
    esac
done < <(env)
export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null
export AWS_SHARED_CREDENTIALS_FILE=/dev/null
export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_INPUT=0

demo=$target/demo
rm -rf "$demo"
mkdir -p "$demo/configuration"
cp examples/complete/*.tf "$demo/configuration"

# `terraform init` finds the provider in a filesystem mirror, and nothing else.
"${MAKE:-make}" --no-print-directory install \
    BINARY="$binaries/terraform-provider-connect" PLUGINS="$demo/mirror" >"$demo/install.log"
cat >"$demo/terraformrc" <<RC
provider_installation {
  filesystem_mirror {
    path = "$demo/mirror"
  }
}
RC
export TF_CLI_CONFIG_FILE=$demo/terraformrc
"$core" version
say "It is $core." \
    "It sees this provider and no other: $demo/mirror"

heading "Starting the emulator: AWS and a Salesforce org, in memory"
"$binaries/connect-emulator" serve --listen 127.0.0.1:0 --seed demo \
    >"$demo/emulator.log" 2>&1 &
emulator=$!
url=
for _ in $(seq 100); do
    url=$(sed -n 's/^connect-emulator is ready at //p' "$demo/emulator.log")
    [[ -z $url ]] || break
    kill -0 "$emulator" 2>/dev/null || break
    sleep 0.1
done
if [[ -z $url ]]; then
    cat "$demo/emulator.log" >&2
    exit 1
fi
say "It listens at $url. At first there is a Connect instance and an org, and nothing between them:"
emulate() {
    local command=$1
    shift
    show connect-emulator "$command" "$@"
    "$binaries/connect-emulator" "$command" --url "$url" "$@"
}
terraform() {
    local command=$1
    shift
    show "$(basename "$core")" "$command" "$@"
    # `command`, since a core may be found by the name of this function.
    command "$core" "$command" ${plainly[@]+"${plainly[@]}"} "$@"
}
emulate inventory

# The provider finds the emulator as every program of AWS's SDKs would.
export AWS_ENDPOINT_URL=$url AWS_ACCESS_KEY_ID=AKIAEMULATOR00000001 AWS_SECRET_ACCESS_KEY=any
echo 'contact_flow_id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"' \
    >"$demo/configuration/demo.auto.tfvars"

heading "terraform init and plan: what examples/complete asks for"
cd "$demo/configuration"
terraform init
say "" "The authorization code stands for a login to Salesforce. It is used once and stored nowhere."
terraform plan -var authorization_code=demo-authorization-code -out=tfplan

heading "terraform apply: the connection, the event flow, the integration, the rule"
terraform apply -var authorization_code=demo-authorization-code tfplan

heading "A case of high priority is opened in Salesforce"
emulate case Priority=High CaseNumber=00001042 "Subject=The lift is stuck" | tee "$demo/case.log"
grep -q '^task Case 00001042$' "$demo/case.log" || {
    say "No task came out." >&2
    exit 1
}
say "" "It went all the way and became a task. One of low priority does not:"
emulate case Priority=Low CaseNumber=00001043 | tee "$demo/case.log"
if grep -q '^task ' "$demo/case.log"; then
    say "A task came out, though the rule is for high priority." >&2
    exit 1
fi

heading "terraform plan again: there is nothing left to do, and no secret is needed any more"
terraform plan -detailed-exitcode

heading "terraform destroy"
# Its plan lists all of the above once more.
plainly=(-no-color)
terraform destroy -auto-approve | sed -n -e '1p' -e '/^Plan:/,$p'

heading "What is left"
emulate inventory | tee "$demo/inventory.log"
if sed -e 1d -e '/^seeded: /d' "$demo/inventory.log" | grep -q .; then
    say "Something is left behind." >&2
    exit 1
fi
cd "$repository"
heading "Done: a case became a task, and everything is gone again"
