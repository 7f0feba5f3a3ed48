//! The provider's binary: what Terraform starts, and what explains itself to everyone else.

use std::process::ExitCode;

use terraform_provider_connect::cli::CommandLine;

fn main() -> ExitCode {
    match CommandLine::read(std::env::args().skip(1)) {
        Ok(command_line) => command_line.run(),
        Err(text) => {
            // Where nobody reads any more there is nobody to tell.
            let _ = text.print();
            ExitCode::from(u8::try_from(text.exit_code()).unwrap_or(2))
        }
    }
}
