//! Panics, told in a way that a host understands.
//!
//! A line that starts with `panic: ` makes go-plugin keep it and what follows, and makes Terraform
//! print all that if a call then fails: the practitioner sees what broke without any log level.

use std::backtrace::Backtrace;
use std::io::{self, Write as _};
use std::panic::{Location, set_hook};

use tracing::level_filters::LevelFilter;

use super::hclog;

/// Replaces Rust's own report. What the panic then does is up to who catches it.
///
/// The backtrace is for those who ask for everything: in what Terraform shows to a practitioner it
/// would bury the message.
pub fn install() {
    let wanted = hclog::level() >= LevelFilter::TRACE;
    set_hook(Box::new(move |panic| {
        let message = panic.payload_as_str().unwrap_or("(no message)");
        let backtrace = wanted.then(Backtrace::force_capture);
        let report = report(message, panic.location(), backtrace.as_ref());
        // In one piece, so that log lines do not come in between. If stderr is closed, so be it:
        // a second panic would abort.
        let _ = io::stderr().write_all(report.as_bytes());
    }));
}

fn report(message: &str, at: Option<&Location<'_>>, backtrace: Option<&Backtrace>) -> String {
    let mut report = format!("panic: {message}\n");
    if let Some(location) = at {
        report += &format!("    at {location}\n");
    }
    if let Some(backtrace) = backtrace {
        report += &format!("{backtrace}\n");
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_18_report_begins_as_hosts_expect() {
        let here = Location::caller();
        let expected = format!("panic: index out of bounds\n    at {here}\n");
        assert_eq!(report("index out of bounds", Some(here), None), expected);
    }
}
