//! A plan over 1,000 resources that need no AWS: what the framework and the protocol cost.
//!
//! The binary is both sides. Started by hand it writes a configuration, drives a real Terraform
//! (`CONNECT_TERRAFORM`, else `terraform` on PATH) over it and prints the times; started by that
//! Terraform it is a provider with one resource type, on the framework of ours.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use terraform_provider_connect::framework::context::Cx;
use terraform_provider_connect::framework::data_source::AnyDataSource;
use terraform_provider_connect::framework::erased::{AnyResource, Erased};
use terraform_provider_connect::framework::error::Result;
use terraform_provider_connect::framework::identity::{IdentityAttribute, IdentitySchema};
use terraform_provider_connect::framework::provider::{Configuration, Provider};
use terraform_provider_connect::framework::resource::{Applied, ImportId, Resource};
use terraform_provider_connect::framework::schema::{Attribute, Block, Schema};
use terraform_provider_connect::framework::timeouts::Timeouts;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::plugin::{self, Mode};
use terraform_provider_connect::protocol;

fn main() -> ExitCode {
    if env::var_os("TF_PLUGIN_MAGIC_COOKIE").is_some() {
        return plugin::run(protocol::server(Bench), Mode::Hosted);
    }
    let terraform = env::var_os("CONNECT_TERRAFORM").unwrap_or_else(|| "terraform".into());
    println!("medians of {RUNS} runs; `reference` is a prototype without a framework, which was");
    println!("measured on another machine (two cores, Terraform 1.11.4)\n");
    println!("{:<12}{:>12}{:>14}{:>12}", "resources", "plan", "no-op plan", "apply");
    for (count, plan, unchanged) in REFERENCE {
        let row = Row::measure(&terraform, count);
        println!(
            "{count:<12}{:>9} ms{:>11} ms{:>9} ms",
            row.plan.as_millis(),
            row.unchanged.as_millis(),
            row.apply.as_millis()
        );
        println!("{:<12}{plan:>9} ms{unchanged:>11} ms", "  reference");
    }
    ExitCode::SUCCESS
}

/// What Terraform took over so many resources.
#[derive(Debug)]
struct Row {
    plan: Duration,
    apply: Duration,
    unchanged: Duration,
}

impl Row {
    fn measure(terraform: &OsString, count: usize) -> Row {
        let workspace = Workspace::new(terraform.clone(), count);
        let plan = workspace.median(&["plan"]);
        let apply = workspace.time(&["apply", "-auto-approve"]);
        // Without changes the exit status is 0, and 2 otherwise.
        let unchanged = workspace.median(&["plan", "-detailed-exitcode"]);
        Row { plan, apply, unchanged }
    }
}

/// A folder with a configuration, and a Terraform that finds this binary as its provider.
#[derive(Debug)]
struct Workspace {
    terraform: OsString,
    folder: tempfile::TempDir,
}

impl Workspace {
    fn new(terraform: OsString, count: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the bench");
        let this = env::current_exe().expect("it runs");
        let provider = folder.path().join("terraform-provider-bench");
        fs::copy(this, provider).expect("the folder is ours");
        write(folder.path(), "terraformrc", &settings(folder.path()));
        write(folder.path(), "main.tf", &configuration(count));
        Self { terraform, folder }
    }

    fn median(&self, arguments: &[&str]) -> Duration {
        let mut times: Vec<Duration> = (0..RUNS).map(|_| self.time(arguments)).collect();
        times.sort();
        times[RUNS / 2]
    }

    fn time(&self, arguments: &[&str]) -> Duration {
        let mut command = Command::new(&self.terraform);
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("TF_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .args(["-input=false", "-no-color"])
            .current_dir(self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.folder.path().join("terraformrc"))
            .env("CHECKPOINT_DISABLE", "1")
            .stdout(Stdio::null());
        let start = Instant::now();
        let status = command.status().expect("Terraform is on PATH, or named by CONNECT_TERRAFORM");
        let took = start.elapsed();
        assert!(status.success(), "terraform {arguments:?}: {status}");
        took
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("the folder is ours");
}

fn settings(folder: &Path) -> String {
    format!(
        "provider_installation {{\n  dev_overrides {{\n    \"connect-tf/bench\" = {folder:?}\n  }}\n  \
         direct {{}}\n}}\n"
    )
}

fn configuration(count: usize) -> String {
    format!(
        r#"
terraform {{
  required_providers {{
    bench = {{
      source = "connect-tf/bench"
    }}
  }}
}}

resource "bench_thing" "all" {{
  count = {count}
  name  = "thing-${{count.index}}"
  note  = "one of many"
}}
"#
    )
}

/// Provider of things that exist in the state alone.
#[derive(Debug)]
struct Bench;

#[async_trait]
impl Provider for Bench {
    type Configured = ();

    fn schema(&self) -> Schema {
        Schema::new(Block::new("Nothing to configure.", []))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<()>>> {
        vec![Erased::boxed(ThingResource)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<()>>> {
        Vec::new()
    }

    async fn configure(&self, _config: &Value) -> Configuration<()> {
        Configuration::Ready(())
    }
}

#[derive(Debug)]
struct ThingResource;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Thing {
    id: Option<String>,
    name: String,
    note: Option<String>,
    enabled: bool,
}

#[async_trait]
impl Resource<()> for ThingResource {
    type Model = Thing;

    const TYPE: &'static str = "bench_thing";

    const TIMEOUTS: Timeouts = Timeouts {
        create: Duration::from_mins(1),
        update: Duration::from_mins(1),
        delete: Duration::from_mins(1),
    };

    fn schema(&self) -> Schema {
        let attributes = [
            Attribute::string("id").computed().keeps(),
            Attribute::string("name").required().replaces(),
            Attribute::string("note").optional(),
            Attribute::bool("enabled").or_always(true),
        ];
        let timeouts = <Self as Resource<()>>::TIMEOUTS;
        Schema::new(Block::new("A thing.", attributes).block(timeouts.block()))
    }

    fn identity(&self) -> IdentitySchema {
        IdentitySchema::new([IdentityAttribute::required("name", "Name of the thing.")])
    }

    fn identify(&self, state: &Value) -> BTreeMap<String, Value> {
        BTreeMap::from([("name".to_owned(), state.get("name").clone())])
    }

    async fn create(&self, _cx: &Cx<()>, plan: Thing) -> Applied<Thing> {
        Ok(Thing { id: Some(plan.name.clone()), ..plan })
    }

    async fn read(&self, _cx: &Cx<()>, state: Thing) -> Result<Option<Thing>> {
        Ok(Some(state))
    }

    async fn update(&self, _cx: &Cx<()>, _state: Thing, plan: Thing) -> Applied<Thing> {
        Ok(plan)
    }

    async fn delete(&self, _cx: &Cx<()>, _state: Thing) -> Applied<(), Thing> {
        Ok(())
    }

    fn import(&self, _id: &ImportId) -> Result<BTreeMap<String, Value>> {
        Ok(BTreeMap::new())
    }
}

/// Number of resources; milliseconds of a plan that creates them, and of one without changes.
const REFERENCE: [(usize, u64, u64); 3] = [(1, 100, 96), (100, 162, 173), (1000, 692, 1390)];
const RUNS: usize = 5;
