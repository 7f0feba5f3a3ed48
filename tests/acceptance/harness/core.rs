//! The Terraform core that runs.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// The executable: `CONNECT_TERRAFORM`, or `terraform` on `PATH`.
///
/// # Panics
/// When it cannot be run: without a core this suite tests nothing, and must not pass.
pub(crate) fn path() -> &'static OsString {
    static PATH: OnceLock<OsString> = OnceLock::new();
    PATH.get_or_init(|| {
        let path = std::env::var_os("CONNECT_TERRAFORM").unwrap_or_else(|| "terraform".into());
        let found = Command::new(&path).arg("-version").env("CHECKPOINT_DISABLE", "1").output();
        if let Err(error) = found {
            panic!(
                "the acceptance tests need a Terraform core, and {} cannot be run ({error}): put \
                 `terraform` on PATH, or set CONNECT_TERRAFORM to the path of one",
                path.display()
            );
        }
        path
    })
}

/// The core's version, as in `(1, 11)`.
pub(crate) fn version() -> (u64, u64) {
    static VERSION: OnceLock<(u64, u64)> = OnceLock::new();
    *VERSION.get_or_init(|| {
        let output = Command::new(path())
            .args(["version", "-json"])
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .expect("the core runs");
        let version: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("it tells its version as JSON");
        let text = version["terraform_version"].as_str().unwrap_or_default().to_owned();
        let mut parts = text.split('.').map(|part| part.parse().unwrap_or_default());
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    })
}

/// The CLI configuration that makes Terraform run the provider just built, without `init`.
pub(crate) fn cli_configuration() -> String {
    let provider = Path::new(env!("CARGO_BIN_EXE_terraform-provider-connect"));
    let directory = provider.parent().expect("an executable is in a directory");
    format!(
        "provider_installation {{\n  dev_overrides {{\n    \"connect-tf/connect\" = {:?}\n  }}\n  \
         direct {{}}\n}}\n",
        directory.display().to_string()
    )
}
