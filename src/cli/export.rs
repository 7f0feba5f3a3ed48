//! `export`: the arguments, and what goes to the terminal.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::aws::{self, AwsArguments};
use crate::export::{Directory, ImportForm, Progress, Scope, export};
use crate::framework::diagnostics::{Diagnostic, Diagnostics};

/// Write the configuration of what exists, made in the console or otherwise
///
/// Finds every chain from Salesforce to a Connect rule in an account and region and writes it as
/// HCL, with import blocks, references between the resources, and a README that draws the chains
/// and tells what the console has left behind. A plan of it imports everything and changes nothing.
/// AWS is only read.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Connect instances to export, by id, ARN or alias, with all that they hang on
    #[arg(long, value_name = "ID", num_args = 1.., required_unless_present = "all")]
    instance_id: Vec<String>,

    /// Export the whole region, and what belongs to no instance
    #[arg(long, conflicts_with = "instance_id")]
    all: bool,

    /// Directory to write into; it need not exist
    #[arg(long, value_name = "PATH", default_value = ".")]
    dir: PathBuf,

    /// Write import blocks with an identity, as Terraform 1.12 and later understand
    #[arg(long)]
    identity: bool,

    /// Replace the files of an earlier export
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    aws: AwsArguments,
}

const EXAMPLES: &str = "\
Examples:
  Everything in the region of the environment, into a directory of its own:
    terraform-provider-connect export --all --dir salesforce

  One instance of another region and profile:
    terraform-provider-connect export --instance-id acme --region eu-west-2 --profile prod

  Look at it, take it over:
    cd salesforce && terraform init && terraform plan && terraform apply && rm imports.tf

It calls Get, List, Describe and Search only: a read-only role will do.";

pub(super) fn run(arguments: Arguments) -> ExitCode {
    aws::run(async {
        match carry_out(arguments).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(diagnostics) => {
                for Diagnostic { summary, detail, .. } in diagnostics {
                    eprintln!("Error: {summary}\n\n{detail}\n");
                }
                ExitCode::FAILURE
            }
        }
    })
}

async fn carry_out(arguments: Arguments) -> Result<(), Diagnostics> {
    let refused = |detail: String| {
        let mut diagnostics = Diagnostics::new();
        diagnostics.error("exporting", detail);
        diagnostics
    };
    let directory = Directory::new(arguments.dir, arguments.force);
    directory.check().map_err(refused)?;
    let scope = match arguments.all {
        true => Scope::Region,
        false => Scope::Instances(arguments.instance_id),
    };
    let form = if arguments.identity { ImportForm::Identity } else { ImportForm::Id };
    let aws = arguments.aws.connect().await;
    let aws = aws.map_err(|error| Diagnostics::from(error.diagnose("connecting to AWS")))?;
    let progress = Progress::on_stderr();
    let export = export(aws, &scope, form, &progress).await?;
    drop(progress);
    directory.write(&export.files).map_err(|error| refused(error.to_string()))?;
    // Where nobody reads any more there is nobody to tell.
    let _ = std::io::stdout().write_all(export.summary.as_bytes());
    Ok(())
}
