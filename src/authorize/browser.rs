//! Opening an address in the person's browser.

use std::ffi::OsString;
use std::io;
use std::process::{Command, Stdio};

/// Opens it: with `BROWSER`, or as the system does. What the browser says is not shown.
///
/// # Errors
/// There is nothing to open it with.
pub(crate) fn open(url: &str) -> io::Result<()> {
    let mut command = opener(std::env::var_os("BROWSER").filter(|it| !it.is_empty()));
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map(drop)
}

fn opener(browser: Option<OsString>) -> Command {
    match browser {
        Some(browser) => Command::new(browser),
        None if cfg!(target_os = "macos") => Command::new("open"),
        None if cfg!(windows) => {
            let mut command = Command::new("rundll32");
            command.arg("url.dll,FileProtocolHandler");
            command
        }
        None => Command::new("xdg-open"),
    }
}
