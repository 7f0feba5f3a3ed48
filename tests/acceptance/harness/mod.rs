//! A world for one test: a directory, an emulated AWS, and Terraform between them.

mod aws;
pub(crate) mod core;
mod crowd;
mod hcl;
mod import;
mod run;
mod secrets;
mod table;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use connect_emulator::Emulator;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) use self::aws::{Association, Aws, source_name};
pub(crate) use self::core::version as core_version;
pub(crate) use self::crowd::Crowd;
pub(crate) use self::hcl::Block;
pub(crate) use self::import::Imports;
pub(crate) use self::run::{Action, Diagnostic, Run};
pub(crate) use self::secrets::{
    ACCESS_TOKEN, CODES, DEMO_CODE, JWT, REFRESH_TOKEN, SECRET_KEY, VERIFIER, assert_untold,
};
pub(crate) use self::table::{Change, Expected, Table};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const INSTANCE: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const OTHER_INSTANCE: &str = "11111111-2222-4333-8444-666666666666";
pub(crate) const CONTACT_FLOW: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
pub(crate) const OTHER_CONTACT_FLOW: &str = "aaaaaaaa-bbbb-4ccc-8ddd-ffffffffffff";
pub(crate) const ORG: &str = "acme.my.salesforce.com";
pub(crate) const OTHER_ORG: &str = "globex.my.salesforce.com";
pub(crate) const SANDBOX: &str = "acme--uat.sandbox.my.salesforce.com";
pub(crate) const BUCKET: &str = "acme-case-errors";

/// Where Terraform runs, and what it runs against.
pub(crate) struct World {
    directory: TempDir,
    emulator: Emulator,
    environment: RefCell<BTreeMap<String, String>>,
    transcript: RefCell<String>,
}

impl World {
    /// A world with two instances in `us-east-1`, and three Salesforce orgs.
    pub(crate) fn new() -> Self {
        let world = Self::empty();
        world.admin("POST", "/seed", seed());
        world
    }

    /// A world without anything in it.
    pub(crate) fn empty() -> Self {
        let world = Self {
            directory: TempDir::new().expect("a temporary directory"),
            emulator: Emulator::start().expect("a free port"),
            environment: RefCell::default(),
            transcript: RefCell::default(),
        };
        world.set_env("AWS_ACCESS_KEY_ID", "AKIAEMULATOR00000001");
        world.set_env("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
        world.write_file("terraformrc", &core::cli_configuration());
        world.provider("");
        world
    }

    /// Sets an environment variable of Terraform's.
    pub(crate) fn set_env(&self, name: &str, value: &str) {
        self.environment.borrow_mut().insert(name.into(), value.into());
    }

    /// Removes an environment variable of Terraform's.
    pub(crate) fn unset_env(&self, name: &str) {
        self.environment.borrow_mut().remove(name);
    }

    /// Gives an ephemeral variable its value: how secrets come in.
    pub(crate) fn set_secret(&self, name: &str, value: &str) {
        self.set_env(&format!("TF_VAR_{name}"), value);
    }

    /// Leaves an ephemeral variable null.
    pub(crate) fn unset_secret(&self, name: &str) {
        self.unset_env(&format!("TF_VAR_{name}"));
    }

    /// Puts arguments and blocks into the provider block, in place of earlier ones.
    pub(crate) fn provider(&self, arguments: &str) {
        self.write_file("provider.tf", &format!("{}{PREAMBLE}", self.provider_block(arguments)));
    }

    /// A provider block: these arguments, and the emulator's endpoints.
    pub(crate) fn provider_block(&self, arguments: &str) -> String {
        let region = if arguments.contains("region =") {
            String::new()
        } else {
            format!("region = {REGION:?}")
        };
        let services = ["appflow", "appintegrations", "connect", "events", "sts"];
        let endpoints =
            services.map(|service| format!("    {service} = {:?}\n", self.url())).concat();
        format!(
            "provider \"connect\" {{\n  {region}\n  {arguments}\n  endpoints {{\n{endpoints}  }}\n}}\n"
        )
    }

    /// Makes `hcl` the configuration. The provider block is in another file.
    pub(crate) fn write(&self, hcl: impl ToString) {
        self.write_file("main.tf", &hcl.to_string());
    }

    pub(crate) fn write_file(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the directory is writable");
    }

    pub(crate) fn read_file(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file was written by Terraform")
    }

    pub(crate) fn remove_file(&self, name: &str) {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                panic!("{name} cannot be removed: {error}")
            }
            _ => {}
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs Terraform to its end, whatever comes of it; the central checks apply.
    #[track_caller]
    pub(crate) fn terraform(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().expect("the core starts");
        let run = Run::of(arguments, &output);
        self.note(&run.to_string());
        run.assert_orderly();
        assert_untold(&output);
        run
    }

    /// Terraform as [`Self::terraform`] runs it, for tests that interfere.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.program(Command::new(core::path()), arguments)
    }

    /// The provider's binary, started by hand.
    pub(crate) fn binary(&self, arguments: &[&str]) -> Command {
        let binary = Command::new(env!("CARGO_BIN_EXE_terraform-provider-connect"));
        let mut command = self.program(binary, arguments);
        command.env("AWS_ENDPOINT_URL", self.url()).env("AWS_REGION", REGION);
        command
    }

    fn program(&self, mut command: Command, arguments: &[&str]) -> Command {
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.directory.path())
            .env("TF_CLI_CONFIG_FILE", self.path("terraformrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .env("TF_LOG", "TRACE")
            .env("TF_LOG_PATH", self.path("trace.log"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(self.environment.borrow().iter())
            .stdin(Stdio::null());
        command
    }

    /// Adds to what is shown when the test fails.
    pub(crate) fn note(&self, text: &str) {
        let mut transcript = self.transcript.borrow_mut();
        transcript.push_str(text);
        transcript.push('\n');
    }

    /// Plans, which must work.
    #[track_caller]
    pub(crate) fn plan(&self) -> Run {
        let run = self.try_plan();
        run.assert_success();
        run
    }

    pub(crate) fn try_plan(&self) -> Run {
        self.terraform(&["plan", "-json", "-detailed-exitcode", "-out=plan.bin"])
    }

    /// Plans and applies, which must work. The answer has the changes that were planned.
    #[track_caller]
    pub(crate) fn apply(&self) -> Run {
        let run = self.try_apply();
        run.assert_success();
        run
    }

    pub(crate) fn try_apply(&self) -> Run {
        self.terraform(&["apply", "-json", "-auto-approve"])
    }

    /// Refreshes the state, which must work.
    #[track_caller]
    pub(crate) fn refresh(&self) -> Run {
        let run = self.terraform(&["apply", "-json", "-auto-approve", "-refresh-only"]);
        run.assert_success();
        run
    }

    /// Destroys everything in the state, which must work.
    #[track_caller]
    pub(crate) fn destroy(&self) -> Run {
        let run = self.try_destroy();
        run.assert_success();
        run
    }

    pub(crate) fn try_destroy(&self) -> Run {
        self.terraform(&["destroy", "-json", "-auto-approve"])
    }

    /// The configuration is what there is.
    #[track_caller]
    pub(crate) fn assert_settled(&self) {
        let run = self.plan();
        assert!(run.is_empty(), "the plan must be empty:\n{}", self.planned());
    }

    /// The latest plan in Terraform's words.
    pub(crate) fn planned(&self) -> String {
        self.terraform(&["show", "-no-color", "plan.bin"]).text()
    }

    /// The errors of a plan that must fail.
    #[track_caller]
    pub(crate) fn plan_errors(&self) -> Vec<Diagnostic> {
        self.try_plan().into_errors()
    }

    /// The errors of an apply that must fail.
    #[track_caller]
    pub(crate) fn apply_errors(&self) -> Vec<Diagnostic> {
        self.try_apply().into_errors()
    }

    /// Everything that can be configured of a resource type, blocks included.
    fn arguments_of(&self, kind: &str) -> Vec<String> {
        let schemas = self.terraform(&["providers", "schema", "-json"]).text();
        let schemas: Value = serde_json::from_str(&schemas).expect("schemas are JSON");
        let providers = schemas["provider_schemas"].as_object().cloned().unwrap_or_default();
        let own = providers.iter().find(|(address, _)| address.ends_with("/connect-tf/connect"));
        let (_, own) = own.expect("the provider has a schema");
        let block = &own["resource_schemas"][kind]["block"];
        let attributes = block["attributes"].as_object().into_iter().flatten();
        let configurable = attributes
            .filter(|(_, it)| it["required"] == true || it["optional"] == true)
            .map(|(name, _)| name.clone());
        let blocks = block["block_types"].as_object().into_iter().flatten();
        configurable.chain(blocks.map(|(name, _)| name.clone())).collect()
    }

    /// The attributes of a resource in the state.
    pub(crate) fn state(&self, address: &str) -> Value {
        self.find_in_state(address).unwrap_or_else(|| panic!("{address} is not in the state"))
    }

    pub(crate) fn find_in_state(&self, address: &str) -> Option<Value> {
        let text = fs::read_to_string(self.path(STATE)).ok()?;
        let state: Value = serde_json::from_str(&text).expect("a state is JSON");
        let (kind, name) = address.rsplit_once('.')?;
        let kind = kind.trim_start_matches("data.");
        let mut resources = state["resources"].as_array()?.iter();
        let found = resources.find(|it| it["type"] == kind && it["name"] == name)?;
        Some(found["instances"][0]["attributes"].clone())
    }

    /// Puts Terraform's state aside, as a fresh checkout has none.
    pub(crate) fn forget_state(&self) {
        self.remove_file(STATE);
        self.remove_file("terraform.tfstate.backup");
    }

    /// The emulated AWS, seen without the provider.
    pub(crate) fn aws(&self) -> Aws<'_> {
        Aws::new(&self.emulator)
    }

    /// Where the emulated AWS is.
    pub(crate) fn url(&self) -> String {
        self.emulator.url()
    }

    /// Calls the emulator's admin API.
    pub(crate) fn admin(&self, method: &str, path: &str, body: Value) -> Value {
        self.emulator.admin(method, path, body)
    }

    /// The words in which the emulator's admin API refuses.
    pub(crate) fn refusal(&self, path: &str, body: Value) -> String {
        self.emulator.try_admin("POST", path, body).expect_err("it refuses")
    }

    /// Something happens behind Terraform's back.
    pub(crate) fn drift(&self, kind: &str, target: &str) {
        self.admin("POST", "/drift", json!({"kind": kind, "target": target}));
    }

    /// Someone edits something behind Terraform's back.
    pub(crate) fn edit(&self, kind: &str, target: &str, changes: Value) {
        let edit = json!({"kind": kind, "target": target, "changes": changes});
        self.admin("POST", "/drift", edit);
    }

    pub(crate) fn switch(&self, switches: Value) {
        self.admin("PUT", "/switches", switches);
    }

    /// Nothing is left that was made through AWS.
    pub(crate) fn assert_nothing_left(&self) {
        let inventory = self.admin("GET", "/inventory", Value::Null);
        assert_eq!(inventory["count"], 0, "something is left: {:#}", inventory["places"]);
    }

    /// Everything of a kind in `us-east-1`, as in `flows` or `event_integrations`.
    pub(crate) fn inventory(&self, kind: &str) -> Vec<Value> {
        let inventory = self.admin("GET", "/inventory", Value::Null);
        let place = &inventory["places"][format!("{ACCOUNT}/{REGION}")];
        place[kind].as_array().cloned().unwrap_or_default()
    }

    /// The id of the latest request, for [`Self::writes_since`].
    pub(crate) fn latest_request(&self) -> u64 {
        let requests = self.admin("GET", "/requests", Value::Null);
        let last = requests.as_array().and_then(|requests| requests.last());
        last.and_then(|request| request["id"].as_u64()).unwrap_or_default()
    }

    /// The calls since then.
    pub(crate) fn requests_since(&self, request: u64) -> Vec<Value> {
        let requests = self.admin("GET", &format!("/requests?since={request}"), Value::Null);
        requests.as_array().cloned().unwrap_or_default()
    }

    /// The calls since then that may change something, as `service:Operation`.
    pub(crate) fn writes_since(&self, request: u64) -> Vec<String> {
        self.requests_since(request)
            .iter()
            .filter_map(|it| Some((it["service"].as_str()?, it["operation"].as_str()?)))
            .filter(|(_, operation)| !is_read(operation))
            // It changes nothing but what AppFlow remembers of the org.
            .filter(|(_, operation)| *operation != "ResetConnectorMetadataCache")
            .map(|(service, operation)| format!("{service}:{operation}"))
            .collect()
    }

    /// Denies everything that AWS has and that does not only read, and what such calls need
    /// besides.
    pub(crate) fn deny_writes(&self) {
        let operations = self.admin("GET", "/operations", Value::Null);
        let operations = operations.as_array().cloned().unwrap_or_default();
        let operation = |action: &Value| {
            action.as_str().and_then(|action| Some(action.split_once(':')?.1.to_owned()))
        };
        let writes = operations.iter().filter(|it| operation(it).is_some_and(|it| !is_read(&it)));
        let besides = ["appflow:Use*", "ds:*", "kms:*", "secretsmanager:*"].map(Value::from);
        let actions: Vec<&Value> = writes.chain(&besides).collect();
        self.admin("PUT", "/deny", json!({ "actions": actions }));
    }

    /// Allows everything again.
    pub(crate) fn deny_nothing(&self) {
        self.admin("PUT", "/deny", json!({"actions": []}));
    }

    /// A case in a Salesforce org; the answer is how many tasks came of it.
    pub(crate) fn case(&self, fields: Value) -> Vec<Value> {
        let outcome = self.admin("POST", "/cases", json!({"org": ORG, "fields": fields}));
        self.note(&format!("case: {outcome}"));
        outcome["tasks"].as_array().cloned().unwrap_or_default()
    }

    fn requests(&self) -> String {
        let requests = self.admin("GET", "/requests", Value::Null);
        let requests = requests.as_array().cloned().unwrap_or_default();
        let line = |it: &Value| {
            let code = it["code"].as_str().unwrap_or("ok");
            let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
            format!("  {} {}:{} {code}\n", it["id"], text("service"), text("operation"))
        };
        requests.iter().map(line).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.transcript.borrow());
            eprintln!("AWS saw these requests:\n{}", self.requests());
            return;
        }
        secrets::assert_unspilled(self.directory.path());
    }
}

/// Whether an operation changes nothing.
fn is_read(operation: &str) -> bool {
    ["Describe", "Get", "List", "Search", "AssumeRole"].iter().any(|it| operation.starts_with(it))
}

const STATE: &str = "terraform.tfstate";

/// The variables through which secrets come: nothing but the provider may see them.
const PREAMBLE: &str = r#"
terraform {
  required_providers {
    connect = {
      source = "connect-tf/connect"
    }
  }
}

variable "code" {
  type      = string
  default   = null
  ephemeral = true
}

variable "verifier" {
  type      = string
  default   = null
  ephemeral = true
}

variable "access_token" {
  type      = string
  default   = null
  ephemeral = true
}

variable "refresh_token" {
  type      = string
  default   = null
  ephemeral = true
}

variable "jwt" {
  type      = string
  default   = null
  ephemeral = true
}

variable "secret_key" {
  type      = string
  default   = null
  ephemeral = true
}
"#;

fn seed() -> Value {
    json!({
        "instances": [
            {
                "alias": "acme",
                "id": INSTANCE,
                "contact_flows": [
                    {"name": "Salesforce cases", "id": CONTACT_FLOW},
                    {"name": "Complaints", "id": OTHER_CONTACT_FLOW},
                ],
            },
            {"alias": "globex", "id": OTHER_INSTANCE},
        ],
        "orgs": [
            {
                "host": ORG,
                "cdc": ["Case", "Account"],
                "authorization_codes": CODES,
                "accepted_jwts": [JWT],
                "refresh_tokens": [REFRESH_TOKEN],
            },
            {"host": OTHER_ORG, "authorization_codes": CODES},
            {"host": SANDBOX, "sandbox": true, "authorization_codes": CODES},
        ],
        "buckets": [{"name": BUCKET}, {"name": "other-case-errors"}],
    })
}

/// All files under a directory.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&path)),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
    found
}
