//! `authorize`: the arguments, and what is said to the person at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::aws;
use crate::authorize::{
    Login, Loopback, PATIENCE, endpoint, exports, of_pasted, open, run_with, variables, wait,
};
use crate::framework::secret::Secret;
use crate::salesforce::url;

/// Log in to Salesforce, and hand the login to Terraform
///
/// Opens Salesforce's login in a browser and waits on this machine for the answer: an authorization
/// code, good once and for a few minutes. It goes to a command as TF_VAR_authorization_code,
/// TF_VAR_code_verifier and TF_VAR_redirect_uri, or is printed for a shell. Code and verifier are in
/// no file, log or history.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Address of the org, such as https://acme.my.salesforce.com [default: Salesforce's common
    /// login page]
    #[arg(long, value_name = "URL")]
    instance_url: Option<String>,

    /// Id of the connected app (its consumer key)
    #[arg(long, value_name = "ID")]
    client_id: String,

    /// Callback URL of the connected app, exactly as it is written there; the connection's
    /// redirect_uri must be the same
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8484/callback")]
    redirect_uri: String,

    /// Scopes to ask for, separated by spaces
    #[arg(long, value_name = "SCOPES", default_value = "api refresh_token")]
    scope: String,

    /// The org is a sandbox
    #[arg(long)]
    sandbox: bool,

    /// Only show the address, do not open it
    #[arg(long)]
    no_browser: bool,

    /// Read the address that the browser was sent back to from standard input, instead of listening
    #[arg(long)]
    paste: bool,

    /// Seconds to wait for the browser [default: 300]
    #[arg(long, value_name = "SECONDS", conflicts_with = "paste",
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: Option<u64>,

    /// Command to run with the variables, after --
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  Log in and apply, without anything to copy:
    terraform-provider-connect authorize --instance-url https://acme.my.salesforce.com \\
      --client-id 3MVG9... -- terraform apply

  Into the variables of this shell:
    eval \"$(terraform-provider-connect authorize --client-id 3MVG9...)\"

  A browser on another machine, or an app whose callback URL is AWS's own:
    terraform-provider-connect authorize --client-id 3MVG9... --paste \\
      --redirect-uri https://us-east-1.console.aws.amazon.com/appflow/oauth -- terraform apply

The configuration takes the login so:
  variable \"authorization_code\" {
    default   = null
    ephemeral = true
  }
  variable \"code_verifier\" {
    default   = null
    ephemeral = true
  }
  resource \"connect_salesforce_connection\" \"acme\" {
    authorization_code_wo  = var.authorization_code
    code_verifier_wo       = var.code_verifier
    redirect_uri           = \"http://127.0.0.1:8484/callback\"
    client_credentials_arn = \"ARN of the secret with the app's id and secret\"
    ...
  }

In the connected app: tick \"Enable OAuth Settings\", add the callback URL, and select the scopes
api and refresh_token, offline_access. A new app is known to Salesforce after some minutes.";

pub(super) fn run(arguments: Arguments) -> ExitCode {
    aws::run(async {
        match carry_out(arguments).await {
            Ok(status) => status,
            Err(reason) => {
                eprintln!("Error: {reason}");
                ExitCode::FAILURE
            }
        }
    })
}

async fn carry_out(arguments: Arguments) -> Result<ExitCode, String> {
    let instance_url = match (&arguments.instance_url, arguments.sandbox) {
        (Some(url), _) => url.as_str(),
        (None, true) => "https://test.salesforce.com",
        (None, false) => "https://login.salesforce.com",
    };
    let endpoint = endpoint(instance_url)?;
    if arguments.instance_url.is_some() {
        for warning in url::warnings(instance_url, arguments.sandbox.then_some(true)) {
            eprintln!("Warning: {warning}");
        }
    }
    let login = Login::begin(&arguments.redirect_uri);
    let address = login.url(&endpoint, &arguments.client_id, &arguments.scope);
    let code = if arguments.paste {
        show(&address, arguments.no_browser);
        eprint!("\nAddress that the browser was sent back to: ");
        let mut pasted = String::new();
        io::stdin().lock().read_line(&mut pasted).map_err(|error| error.to_string())?;
        of_pasted(&pasted, &login)?
    } else {
        listen(&arguments, &login, &address).await?
    };
    hand_over(&login, &code, &arguments.command)
}

async fn listen(arguments: &Arguments, login: &Login, address: &str) -> Result<Secret, String> {
    let redirect_uri = &arguments.redirect_uri;
    let Some(loopback) = Loopback::of(redirect_uri) else {
        return Err(format!(
            "{redirect_uri} does not lead to this machine: use --paste, or a callback URL such as \
             http://127.0.0.1:8484/callback."
        ));
    };
    let listener = loopback.listen().await.map_err(|error| {
        format!(
            "nothing can listen at {redirect_uri}: {error}. Use another port (the connected app \
             needs the same callback URL), or --paste."
        )
    })?;
    show(address, arguments.no_browser);
    let patience = arguments.timeout.map_or(PATIENCE, Duration::from_secs);
    eprintln!("\nWaiting at {redirect_uri} for at most {} seconds.", patience.as_secs());
    wait(listener, &loopback, login, patience).await
}

fn show(address: &str, no_browser: bool) {
    if no_browser {
        eprintln!("Log in to Salesforce at:\n\n  {address}");
        return;
    }
    match open(address) {
        Ok(()) => eprintln!("Log in to Salesforce in the browser. If none opens:\n\n  {address}"),
        Err(error) => {
            eprintln!("No browser can be opened ({error}). Log in at:\n\n  {address}");
        }
    }
}

fn hand_over(login: &Login, code: &Secret, command: &[String]) -> Result<ExitCode, String> {
    let variables = variables(login, code);
    eprintln!("Logged in. The code is good once, for some minutes.");
    let Some(program) = command.first() else {
        let mut stdout = io::stdout().lock();
        if stdout.is_terminal() {
            eprintln!("To keep it off the screen: eval \"$(...)\", or a command after --.\n");
        }
        let written = stdout.write_all(exports(&variables).as_bytes());
        return written.map(|()| ExitCode::SUCCESS).map_err(|error| error.to_string());
    };
    run_with(&variables, command).map_err(|error| format!("{program} cannot be started: {error}."))
}
