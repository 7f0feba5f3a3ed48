//! `doctor`: looks at every link between a Salesforce case and a Connect task.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::aws::{self, AwsArguments};
use crate::framework::error::Result;
use crate::health::{Chain, Kind, Link, Status, Target, examine, worst};

/// Look at every link between a Salesforce case and a Connect task
///
/// Prints each link with its state, what was seen, and what to do. It only reads: a role with the
/// policy of the data source connect_iam_policy for plans will do, and what a role may not read is
/// `unknown`, with the missing action.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("target").required(true).multiple(false))]
pub(super) struct Arguments {
    /// Everything that ends in this Connect instance
    #[arg(long, value_name = "ID", group = "target")]
    instance_id: Option<String>,

    /// Everything that begins with this AppFlow flow
    #[arg(long, value_name = "NAME", group = "target")]
    flow: Option<String>,

    /// The chain of this integration association (id or ARN), whichever instance has it
    #[arg(long, value_name = "ID", group = "target")]
    association: Option<String>,

    /// Everything in the region
    #[arg(long, group = "target")]
    all: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    aws: AwsArguments,
}

const EXAMPLES: &str = "\
Exit status:
  0  every link is ok
  1  something needs attention: a link is failed or warning
  2  could not look: no access to AWS, nothing found, or a link is unknown

JSON, to which members may be added:
  {\"version\": 1, \"status\": \"failed\", \"chains\": [{
    \"region\", \"instance_id\", \"integration_association_id\", \"application_name\", \"status\",
    \"links\": [{\"kind\", \"name\", \"status\", \"evidence\", \"remedy\"}]}]}
  status  ok, unknown, warning or failed; that of a chain is its worst link's
  kind    connection, login, change_data_capture, flow, flow_run, event_source, event_bus,
          event_integration, event_rule, instance, association, use_case, rule or contact_flow

Examples:
  terraform-provider-connect doctor --all
  terraform-provider-connect doctor --flow salesforce-acme-cases --region eu-west-1
  terraform-provider-connect doctor --all --json | jq '.chains[].links[] | select(.remedy)'";

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    aws::run(async {
        match look(arguments).await {
            Ok(chains) => tell(arguments, &chains),
            Err(error) => {
                eprintln!("could not look: {}", error.message);
                if let Some(remedy) = &error.remedy {
                    eprintln!("{remedy}");
                }
                ExitCode::from(COULD_NOT_LOOK)
            }
        }
    })
}

const NEEDS_ATTENTION: u8 = 1;
const COULD_NOT_LOOK: u8 = 2;

async fn look(arguments: &Arguments) -> Result<Vec<Chain>> {
    let aws = arguments.aws.connect().await?;
    let session = aws.session(None, CancellationToken::new())?;
    Ok(examine(&session, &arguments.target()).await)
}

impl Arguments {
    fn target(&self) -> Target {
        let id = |reference: &String| {
            reference.rsplit('/').next().unwrap_or(reference.as_str()).to_owned()
        };
        match (&self.instance_id, &self.flow, &self.association) {
            (Some(instance), ..) => Target::Instance(id(instance)),
            (_, Some(flow), _) => Target::Flow(flow.clone()),
            (.., Some(association)) => Target::Association(id(association)),
            (None, None, None) => Target::All,
        }
    }
}

fn tell(arguments: &Arguments, chains: &[Chain]) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
    let text = match arguments.json {
        true => as_json(chains),
        false => as_text(chains, colour),
    };
    if out.write_all(text.as_bytes()).is_err() {
        return ExitCode::from(COULD_NOT_LOOK);
    }
    match overall(chains) {
        Status::Ok => ExitCode::SUCCESS,
        Status::Warning | Status::Failed => ExitCode::from(NEEDS_ATTENTION),
        Status::Unknown => ExitCode::from(COULD_NOT_LOOK),
    }
}

/// Where there is nothing to look at, nothing is known to work.
fn overall(chains: &[Chain]) -> Status {
    match chains {
        [] => Status::Unknown,
        chains => worst(chains.iter().flat_map(|chain| &chain.links)),
    }
}

fn as_json(chains: &[Chain]) -> String {
    let shown: Vec<_> = chains
        .iter()
        .map(|chain| {
            json!({
                "region": chain.region,
                "instance_id": chain.instance_id,
                "integration_association_id": chain.integration_association_id,
                "application_name": chain.application_name,
                "status": chain.status(),
                "links": chain.links,
            })
        })
        .collect();
    let report = json!({ "version": 1, "status": overall(chains), "chains": shown });
    format!("{report:#}\n")
}

fn as_text(chains: &[Chain], colour: bool) -> String {
    let mut text = String::new();
    for chain in chains {
        let title = title(chain);
        let place = match &chain.instance_id {
            Some(instance) => format!("instance {instance}, {}", chain.region),
            None => chain.region.clone(),
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{title} ({place})");
        for link in &chain.links {
            write_link(&mut text, link, colour);
        }
        text.push('\n');
    }
    let links = || chains.iter().flat_map(|chain| &chain.links);
    let count = |status| links().filter(|link| link.status == status).count();
    let summary = match chains {
        [] => "There is no Salesforce integration and no event flow here.".to_owned(),
        _ => format!(
            "{} ok, {} failed, {} warning, {} unknown",
            count(Status::Ok),
            count(Status::Failed),
            count(Status::Warning),
            count(Status::Unknown),
        ),
    };
    let _ = writeln!(text, "{summary}");
    text
}

/// What the console calls it; where nothing is associated, the flow, or what was asked about.
fn title(chain: &Chain) -> &str {
    let flow = || chain.links.iter().find(|link| link.kind == Kind::Flow);
    chain
        .application_name
        .as_deref()
        .or_else(|| flow().or(chain.links.first()).map(|link| link.name.as_str()))
        .unwrap_or_default()
}

fn write_link(text: &mut String, link: &Link, colour: bool) {
    let code = match link.status {
        Status::Ok => "32",
        Status::Warning | Status::Unknown => "33",
        Status::Failed => "31",
    };
    let word = format!("{:<7}", link.status.word());
    let word = if colour { format!("\x1b[{code}m{word}\x1b[0m") } else { word };
    let kind = link.kind.word().replace('_', " ");
    let _ = writeln!(text, "  {word}  {kind:<19}  {}", link.name);
    let details = [Some(link.evidence.as_str()), link.remedy.as_deref()];
    let signs = ["", "→ "];
    let told = details.into_iter().zip(signs).filter_map(|(text, sign)| Some((text?, sign)));
    for (detail, sign) in told {
        let _ = writeln!(text, "           {sign}{detail}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(status: Status, remedy: Option<&str>) -> Link {
        Link {
            kind: Kind::EventBus,
            name: "aws.partner/x".into(),
            status,
            evidence: "It does not exist.".into(),
            remedy: remedy.map(str::to_owned),
        }
    }

    fn chains(links: Vec<Link>) -> Vec<Chain> {
        vec![Chain { region: "eu-west-1".into(), links, ..Chain::default() }]
    }

    #[test]
    fn a_link_is_told_with_evidence_and_remedy() {
        let text = as_text(&chains(vec![link(Status::Failed, Some("Make it."))]), false);
        assert_eq!(
            text,
            "aws.partner/x (eu-west-1)\n  failed   event bus            aws.partner/x\n           \
             It does not exist.\n           → Make it.\n\n0 ok, 1 failed, 0 warning, 0 \
             unknown\n"
        );
    }

    #[test]
    fn only_terminals_get_colours() {
        let one = || chains(vec![link(Status::Ok, None)]);
        assert!(as_text(&one(), true).contains("\x1b[32mok     \x1b[0m"));
        assert!(!as_text(&one(), false).contains('\x1b'));
    }

    #[test]
    fn the_json_has_the_worst_status() {
        let json = as_json(&chains(vec![link(Status::Warning, None), link(Status::Unknown, None)]));
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["status"], "warning");
        assert_eq!(json["chains"][0]["links"][1]["kind"], "event_bus");
        assert_eq!(overall(&[]), Status::Unknown);
    }
}
