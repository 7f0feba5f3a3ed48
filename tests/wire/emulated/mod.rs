//! The provider itself on an emulated AWS, driven by the small core: a whole life of a resource in
//! a fraction of a second.

pub(crate) mod chain;

use std::fs;

use connect_emulator::Emulator;
use serde_json::{Value as Json, json};
use tempfile::NamedTempFile;
use terraform_provider_connect::framework::json;
use terraform_provider_connect::framework::provider::Provider as _;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::provider::Connect;

use crate::core::{Answer, Core, Instance, Planned, Told, has_errors};

/// An emulated AWS with an instance and an org, and a core with the provider.
#[derive(Debug)]
pub(crate) struct Site {
    emulator: Emulator,
    pub(crate) core: Core<Connect>,
    /// One authority instead of the system's hundreds, which take longer to load than a case.
    authority: NamedTempFile,
}

impl Site {
    /// Nothing but an instance with a contact flow, and an org that publishes its cases.
    pub(crate) async fn new() -> Self {
        let emulator = Emulator::start().expect("a free port");
        let site = Site { emulator, core: Core::new(Connect), authority: authority() };
        site.admin("POST", "/seed", chain::seed());
        site.start(PATIENT).await;
        site
    }

    /// A provider process like any new one: it remembers nothing of those before it.
    pub(crate) async fn start(&self, attempts: u32) {
        let url = self.emulator.url();
        let block = json!({
            "region": "us-east-1",
            "access_key": "AKIAEMULATOR00000001",
            "secret_key": "kEy0fAwS/qYv7Rw2uXnB5sLm",
            "shared_config_files": ["/dev/null"],
            "shared_credentials_files": ["/dev/null"],
            "custom_ca_bundle": self.authority.path(),
            "max_retries": attempts,
            // The emulator takes as many as come.
            "rate_limits": {"connect": 1000},
            "endpoints": {
                "appflow": url, "appintegrations": url, "connect": url, "events": url, "sts": url,
            },
        });
        let block = json::decode(&block, &Connect.schema().ty()).expect("a provider block");
        assert_eq!(self.core.configure(&block).await, []);
    }

    pub(crate) fn admin(&self, method: &str, path: &str, body: Json) -> Json {
        self.emulator.admin(method, path, body)
    }

    pub(crate) fn try_admin(&self, method: &str, path: &str, body: Json) -> Result<Json, String> {
        self.emulator.try_admin(method, path, body)
    }

    pub(crate) fn switch(&self, switches: Json) {
        self.admin("PUT", "/switches", switches);
    }

    pub(crate) fn drift(&self, kind: &str, target: &str) {
        self.admin("POST", "/drift", json!({"kind": kind, "target": target}));
    }

    pub(crate) fn edit(&self, kind: &str, target: &str, changes: &Json) {
        self.admin("POST", "/drift", json!({"kind": kind, "target": target, "changes": changes}));
    }

    /// A configuration of a resource type.
    pub(crate) fn config(&self, kind: &str, arguments: &Json) -> Value {
        json::decode(arguments, &self.core.schema(kind).ty()).expect("arguments of the type")
    }

    /// All that was made, by kind.
    pub(crate) fn inventory(&self) -> Json {
        let inventory = self.admin("GET", "/inventory", Json::Null);
        inventory["places"]["111122223333/us-east-1"].clone()
    }

    /// What there is of one kind.
    pub(crate) fn made(&self, kind: &str) -> Vec<Json> {
        self.inventory()[kind].as_array().cloned().unwrap_or_default()
    }

    /// The calls of AWS since the log was cleared, oldest first.
    pub(crate) fn requests(&self) -> Vec<Json> {
        let requests = self.admin("GET", "/requests", Json::Null);
        requests.as_array().cloned().unwrap_or_default()
    }

    /// How often an operation was called since the log was cleared.
    pub(crate) fn calls_of(&self, operation: &str) -> usize {
        self.requests().iter().filter(|request| request["operation"] == operation).count()
    }

    pub(crate) fn forget_requests(&self) {
        self.admin("DELETE", "/requests", Json::Null);
    }

    /// Plans and applies; the plan has to work.
    pub(crate) async fn try_apply(&self, kind: &str, config: &Json, prior: &Instance) -> Answer {
        let plan = self.core.plan(kind, &self.config(kind, config), prior).await;
        assert!(!has_errors(&plan.diags), "{:#?}", plan.diags);
        self.core.apply(kind, &plan).await
    }

    /// Plans and applies.
    pub(crate) async fn apply(&self, kind: &str, config: &Json, prior: &Instance) -> Instance {
        let answer = self.try_apply(kind, config, prior).await;
        assert!(!has_errors(&answer.diags), "{:#?}", answer.diags);
        answer.new
    }

    /// Refreshes, as a plan does first, in a process of its own.
    pub(crate) async fn refresh(&self, kind: &str, instance: &Instance) -> Answer {
        self.start(PATIENT).await;
        let answer = self.core.read(kind, instance).await;
        assert!(!has_errors(&answer.diags), "{:#?}", answer.diags);
        answer
    }

    /// The second plan after an apply, which has nothing to do.
    pub(crate) async fn assert_settled(&self, kind: &str, config: &Json, instance: &Instance) {
        let read = self.refresh(kind, instance).await;
        assert_eq!(read.diags, []);
        let plan = self.core.plan(kind, &self.config(kind, config), &read.new).await;
        assert_eq!(changes(&plan), Vec::<String>::new());
    }
}

/// Nobody's: the emulator speaks plain HTTP.
fn authority() -> NamedTempFile {
    let certified = rcgen::generate_simple_self_signed([]).expect("a certificate");
    let file = NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), certified.cert.pem()).expect("the file is writable");
    file
}

/// Attempts per call where throttling and failures are to be got over.
pub(crate) const PATIENT: u32 = 4;

/// The attributes that a plan changes; `(everything)` for a creation.
pub(crate) fn changes(plan: &Planned) -> Vec<String> {
    let (Some(prior), Some(planned)) =
        (plan.prior.value().entries().cloned(), plan.planned.entries())
    else {
        return vec!["(everything)".into()];
    };
    let differs = |(name, value): &(&String, &Value)| prior.get(*name) != Some(*value);
    planned.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// What a state says, as JSON.
pub(crate) fn shown(instance: &Instance) -> Json {
    json::encode(&instance.value())
}

/// The summaries of the warnings.
pub(crate) fn warnings(diags: &[Told]) -> Vec<&str> {
    diags.iter().filter(|told| !told.error).map(|told| told.summary.as_str()).collect()
}
