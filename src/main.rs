//! The provider's binary: what Terraform starts, and what explains itself to everyone else.

use std::path::PathBuf;
use std::process::ExitCode;

use terraform_provider_connect::plugin::{self, Debug, Mode};
use terraform_provider_connect::protocol;
use terraform_provider_connect::provider::{ADDRESS, Connect};

const HELP: &str = "\
terraform-provider-connect turns Salesforce cases into Amazon Connect tasks.

Terraform and OpenTofu start it by themselves; how to use it with them is told at
https://registry.terraform.io/providers/connect-tf/connect

Usage: terraform-provider-connect [OPTION]

  -debug                 serve for a debugger: prints TF_REATTACH_PROVIDERS
  -debug-env-file PATH   with -debug, also write that setting to a file
  -version               print the version
  -help                  print this
";

fn main() -> ExitCode {
    let mode = match parse(std::env::args().skip(1)) {
        Ok(Command::Serve(mode)) => mode,
        Ok(Command::Print(text)) => {
            say(&text);
            return ExitCode::SUCCESS;
        }
        Err(complaint) => {
            eprintln!("{complaint}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    plugin::hclog::install();
    plugin::panic::install();
    plugin::run(protocol::server(Connect), mode)
}

enum Command {
    Serve(Mode),
    Print(String),
}

fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments;
    let mut debug = false;
    let mut env_file = None;
    while let Some(argument) = arguments.next() {
        match argument.trim_start_matches('-') {
            "debug" => debug = true,
            "debug-env-file" => {
                let path = arguments.next().ok_or("-debug-env-file needs a path")?;
                env_file = Some(PathBuf::from(path));
            }
            "version" | "V" => {
                return Ok(Command::Print(format!(
                    "terraform-provider-connect {}\n",
                    env!("CARGO_PKG_VERSION")
                )));
            }
            "help" | "h" => return Ok(Command::Print(HELP.to_owned())),
            _ => return Err(format!("unknown argument {argument:?}")),
        }
    }
    Ok(Command::Serve(if debug {
        Mode::Debug(Debug { provider: ADDRESS.to_owned(), env_file })
    } else {
        Mode::Hosted
    }))
}

#[expect(clippy::print_stdout, reason = "asked for by hand: no plugin host is listening")]
fn say(text: &str) {
    print!("{text}");
}
