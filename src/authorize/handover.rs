//! How code and verifier get to Terraform: as variables, through nobody's hands.

use std::io;
use std::process::{Command, ExitCode};

use super::Login;
use crate::framework::secret::Secret;

/// The variables of a login, as Terraform reads them from its environment.
pub(crate) fn variables(login: &Login, code: &Secret) -> [(&'static str, String); 3] {
    [
        ("TF_VAR_authorization_code", code.expose().to_owned()),
        ("TF_VAR_code_verifier", login.verifier.expose().to_owned()),
        ("TF_VAR_redirect_uri", login.redirect_uri.clone()),
    ]
}

/// The variables as lines for a shell.
pub(crate) fn exports(variables: &[(&str, String)]) -> String {
    let line = |(name, value): &(&str, String)| {
        format!("export {name}='{}'\n", value.replace('\'', r"'\''"))
    };
    variables.iter().map(line).collect()
}

/// Runs a command with the variables in its environment. Where the system can, this process becomes
/// the command, so that signals and the exit status are its own.
///
/// # Errors
/// The command cannot be started.
pub(crate) fn run_with(variables: &[(&str, String)], command: &[String]) -> io::Result<ExitCode> {
    let (program, arguments) = command.split_first().expect("there is a command");
    let mut command = Command::new(program);
    command.args(arguments).envs(variables.iter().map(|(name, value)| (name, value)));
    become_it(command)
}

#[cfg(unix)]
fn become_it(mut command: Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;

    // It only returns when it fails.
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> io::Result<ExitCode> {
    let status = command.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_values_as_they_are() {
        let variables = [("A", "it's $HOME `x` \"y\" \\".to_owned()), ("B", "b==".to_owned())];
        let script = format!("{}printf '%s|%s' \"$A\" \"$B\"", exports(&variables));
        let output = Command::new("sh").args(["-c", &script]).output().expect("a shell");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "it's $HOME `x` \"y\" \\|b==");
    }
}
