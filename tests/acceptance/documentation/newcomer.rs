//! The way of a newcomer, as the README and the first guide tell it.
//!
//! Their commands run one after the other in one shell, from a fresh home. Not as written are:
//! `git clone`, which finds this working copy; `make`, which takes the binaries of the tests instead
//! of building some, since a build would replace what other tests are running; the folder of these
//! binaries; and the emulator's port, which nobody else has.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::markdown::{commands, repository};
use crate::harness::core;

#[test]
fn the_commands_of_the_readme_work() {
    follow("README.md", "terraform-provider-connect", &["make demo", "make install"]);
}

#[test]
fn the_commands_of_the_first_guide_work() {
    follow(
        "docs/guides/getting-started.md",
        ".",
        &["make install", "terraform init", "terraform apply", "connect-emulator case"],
    );
}

/// Runs the commands of a page in a folder; some must be among them.
#[track_caller]
fn follow(page: &str, folder: &str, expected: &[&str]) {
    let commands = commands(Path::new(page));
    for start in expected {
        let is_there = commands.iter().any(|command| command.starts_with(start));
        assert!(is_there, "{page} no longer says {start}");
    }
    let home = TempDir::new().expect("a temporary directory");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let address = format!("127.0.0.1:{}", port.expect("a free port").port());
    let built = built();
    let commands = commands
        .join("\n")
        .replace("127.0.0.1:4566", &address)
        .replace("$PWD/target/debug", &built.display().to_string());
    let script = format!("{PROLOGUE}\n{commands}\n");
    fs::write(home.path().join("script"), &script).expect("the directory is writable");
    let clone = home.path().join("terraform-provider-connect");
    std::os::unix::fs::symlink(repository(), clone).expect("a symlink can be made");
    let output = Command::new("timeout")
        .args([AT_MOST, "bash", "-eu", "-o", "pipefail"])
        .arg(home.path().join("script"))
        .current_dir(home.path().join(folder))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("BUILT", built)
        .env("TERRAFORM", core::path())
        .env("CONNECT_TERRAFORM", core::path())
        .env("CHECKPOINT_DISABLE", "1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null())
        .output()
        .expect("bash starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{page} does not work:\n{script}\n{}\n{}",
        text(&output.stdout),
        text(&output.stderr)
    );
}

/// Seconds after which something hangs.
const AT_MOST: &str = "300";

/// What is not as written, and the end of what runs in the background.
const PROLOGUE: &str = r#"
set -m
trap 'for job in $(jobs -p); do kill "$job" 2>/dev/null || true; done' EXIT
git() { ls terraform-provider-connect/GNUmakefile; }
make() {
    # With TARGET_DIR given, nothing asks cargo, which is not at home here.
    local arguments=(TARGET_DIR="$HOME/target")
    case $1 in
    build) return ;;
    install) arguments+=(BINARY="$BUILT/terraform-provider-connect") ;;
    demo) arguments+=(BINARIES="$BUILT") ;;
    esac
    command make "$@" "${arguments[@]}"
}
terraform() { command "$TERRAFORM" "$@"; }
"#;

/// The folder of the binaries under test. The emulator's is of another package, so that it may not
/// have been built yet.
fn built() -> &'static Path {
    let build = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--bin", "connect-emulator"])
        .current_dir(repository())
        .status();
    assert!(build.expect("cargo starts").success(), "the emulator cannot be built");
    let provider = Path::new(env!("CARGO_BIN_EXE_terraform-provider-connect"));
    provider.parent().expect("a binary is in a folder")
}
