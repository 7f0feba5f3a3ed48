//! The binary's command line: what a person may ask of it besides serving Terraform.

mod authorize;
mod aws;
mod completions;
mod doctor;
mod export;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::plugin::{self, Debug, Mode};
use crate::protocol;
use crate::provider::{ADDRESS, Connect};

/// Turns Salesforce cases into Amazon Connect tasks.
///
/// Terraform and OpenTofu start this binary by themselves. Started by hand without arguments, it
/// says so.
#[derive(Debug, Default, Parser)]
#[command(version, max_term_width = 100, after_help = AFTER_HELP)]
pub struct CommandLine {
    /// Serve for a debugger: print TF_REATTACH_PROVIDERS and wait for Terraform
    #[arg(long)]
    debug: bool,

    /// With --debug, also write that setting to a file
    #[arg(long, value_name = "PATH", requires = "debug")]
    debug_env_file: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "How to use it with Terraform and OpenTofu is told at \
    https://registry.terraform.io/providers/connect-tf/connect";

#[derive(Debug, Subcommand)]
enum Command {
    Export(export::Arguments),
    Doctor(doctor::Arguments),
    Authorize(authorize::Arguments),
    Completions(completions::Arguments),
}

impl CommandLine {
    /// Reads the arguments, without the program's name. Words are also taken with one dash, as
    /// Go's programs write them: `-debug`.
    ///
    /// # Errors
    /// A text for the terminal: the help that was asked for, or what is wrong.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, clap::Error> {
        let mut arguments = arguments.into_iter().peekable();
        // So Terraform starts us, several times a run: no parser is made for that.
        if arguments.peek().is_none() {
            return Ok(Self::default());
        }
        // What follows `--` is another program's.
        let mut is_ours = true;
        let arguments = arguments.map(|argument| {
            is_ours &= argument != "--";
            let is_word = argument.len() > 2 && argument.as_bytes()[1] != b'-';
            let has_one_dash = argument.starts_with('-') && is_word;
            if is_ours && has_one_dash { format!("-{argument}") } else { argument }
        });
        Self::try_parse_from(std::iter::once(NAME.to_owned()).chain(arguments))
    }

    /// Does what was asked; the status is the process's.
    pub fn run(self) -> ExitCode {
        match self.command {
            None => {
                plugin::hclog::install();
                plugin::panic::install();
                let mode = match self.debug {
                    true => Mode::Debug(Debug {
                        provider: ADDRESS.to_owned(),
                        env_file: self.debug_env_file,
                    }),
                    false => Mode::Hosted,
                };
                plugin::run(protocol::server(Connect), mode)
            }
            Some(Command::Authorize(arguments)) => authorize::run(arguments),
            Some(Command::Export(arguments)) => export::run(arguments),
            Some(Command::Completions(arguments)) => completions::run(&arguments),
            Some(Command::Doctor(arguments)) => doctor::run(&arguments),
        }
    }
}

const NAME: &str = "terraform-provider-connect";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<CommandLine, clap::Error> {
        CommandLine::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        CommandLine::command().debug_assert();
    }

    #[test]
    fn words_may_have_one_dash() {
        assert!(read("-debug").is_ok_and(|line| line.debug));
        assert!(read("--debug").is_ok_and(|line| line.debug));
    }

    #[test]
    fn a_command_after_two_dashes_is_left_alone() {
        let line = read("authorize -client-id x -- terraform apply -auto-approve");
        let shown = format!("{line:?}");
        assert!(shown.contains(r#""-auto-approve""#), "{shown}");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert_eq!(read("-nonsense").expect_err("unknown").exit_code(), 2);
        assert_eq!(read("-version").expect_err("printed").exit_code(), 0);
    }
}
