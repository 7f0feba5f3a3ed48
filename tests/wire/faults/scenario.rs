//! What is done to which resource in which world.

use serde_json::{Value as Json, json};

use super::call::Call;
use super::recovery;
use crate::core::{Answer, Instance, Planned, has_errors};
use crate::emulated::chain::{
    APP_INTEGRATION, CASE_RULE, CODES, CONNECTION, Chain, EVENT_FLOW, KINDS, SOURCE, with,
};
use crate::emulated::{PATIENT, Site};

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Create,
    Update,
    Delete,
    Refresh,
}

/// One thing that is done, in a world with the first `links` of the chain.
#[derive(Debug)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    links: usize,
    pub(super) verb: Verb,
    /// What an update changes in the chain's configuration.
    arguments: fn() -> Json,
    /// What others did before: drifts of the emulator and their targets.
    drifts: &'static [(&'static str, &'static str)],
}

/// Everything that a resource can be asked to do, each repair included.
pub(super) const SCENARIOS: &[Scenario] = &[
    plain("create connection", CONNECTION, 0, Verb::Create),
    change("log connection in again", CONNECTION, 1, fresh_login),
    plain("delete connection", CONNECTION, 1, Verb::Delete),
    plain("refresh connection", CONNECTION, 4, Verb::Refresh),
    plain("create flow", EVENT_FLOW, 1, Verb::Create),
    change("change flow", EVENT_FLOW, 2, other_flow),
    repair("start flow", EVENT_FLOW, 2, &[("stop_flow", "cases")]),
    repair("make flow anew", EVENT_FLOW, 2, &[("delete_flow", "cases")]),
    repair("make bus anew", EVENT_FLOW, 2, &[("delete_bus", SOURCE)]),
    repair("make source anew", EVENT_FLOW, 2, &[("expire_source", SOURCE)]),
    repair("activate source", EVENT_FLOW, 2, &[("deactivate_source", SOURCE)]),
    plain("delete flow", EVENT_FLOW, 2, Verb::Delete),
    plain("refresh flow", EVENT_FLOW, 4, Verb::Refresh),
    plain("create integration", APP_INTEGRATION, 2, Verb::Create),
    change("change integration", APP_INTEGRATION, 3, other_integration),
    plain("delete integration", APP_INTEGRATION, 3, Verb::Delete),
    plain("refresh integration", APP_INTEGRATION, 4, Verb::Refresh),
    plain("create rule", CASE_RULE, 3, Verb::Create),
    change("change rule", CASE_RULE, 4, other_rule),
    plain("delete rule", CASE_RULE, 4, Verb::Delete),
    plain("refresh rule", CASE_RULE, 4, Verb::Refresh),
];

const fn plain(name: &'static str, kind: &'static str, links: usize, verb: Verb) -> Scenario {
    Scenario { name, kind, links, verb, arguments: nothing_else, drifts: &[] }
}

const fn change(
    name: &'static str,
    kind: &'static str,
    links: usize,
    arguments: fn() -> Json,
) -> Scenario {
    Scenario { name, kind, links, verb: Verb::Update, arguments, drifts: &[] }
}

const fn repair(
    name: &'static str,
    kind: &'static str,
    links: usize,
    drifts: &'static [(&'static str, &'static str)],
) -> Scenario {
    Scenario { name, kind, links, verb: Verb::Update, arguments: nothing_else, drifts }
}

fn nothing_else() -> Json {
    json!({})
}

fn fresh_login() -> Json {
    json!({"authorization_code_wo": CODES[1], "credentials_wo_version": 2})
}

fn other_flow() -> Json {
    json!({
        "description": "Every case",
        "enabled": false,
        "event_bus": {"description": "Every case"},
        "tags": {"stage": "test"},
    })
}

fn other_integration() -> Json {
    json!({
        "event_integration_description": "Every case",
        "use_cases": ["CONNECT_CAMPAIGNS"],
        "tags": {"stage": "test"},
    })
}

fn other_rule() -> Json {
    json!({
        "name": "high-cases",
        "conditions": [{"field": "Priority", "value": "Low"}],
        "tags": {"stage": "test"},
    })
}

impl Scenario {
    fn link(&self) -> usize {
        KINDS.iter().position(|kind| *kind == self.kind).expect("a type of the chain")
    }

    /// What the resource is in the end: nothing where it is deleted.
    fn target(&self, chain: &Chain) -> Option<Json> {
        let config = chain.configs[self.link()].clone();
        match self.verb {
            Verb::Create | Verb::Refresh => Some(config),
            Verb::Update => Some(with(config, (self.arguments)())),
            Verb::Delete => None,
        }
    }

    /// Sets the world up and plans.
    pub(super) async fn begin(&'static self, site: &Site, chain: &Chain) -> Begun {
        Chain::restore(site, self.links);
        for (kind, target) in self.drifts {
            site.drift(kind, target);
        }
        site.start(PATIENT).await;
        let is_new = self.verb == Verb::Create;
        let prior = if is_new { Instance::default() } else { chain.instances[self.link()].clone() };
        let prior = match self.verb {
            Verb::Create | Verb::Refresh => prior,
            Verb::Update | Verb::Delete => site.core.read(self.kind, &prior).await.new,
        };
        let target = self.target(chain);
        let plan = match &target {
            Some(config) => {
                site.core.plan(self.kind, &site.config(self.kind, config), &prior).await
            }
            None => site.core.plan_destroy(self.kind, &prior).await,
        };
        assert!(!has_errors(&plan.diags), "{}: {:#?}", self.name, plan.diags);
        assert_eq!(plan.replace, [] as [String; 0], "{}", self.name);
        site.forget_requests();
        site.admin("POST", "/snapshot", json!({"name": self.name}));
        Begun { scenario: self, target, plan }
    }
}

/// A scenario up to its plan.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) scenario: &'static Scenario,
    /// The configuration; none for a deletion.
    pub(super) target: Option<Json>,
    pub(super) plan: Planned,
}

impl Begun {
    /// Goes back to the moment after the plan, with a new process.
    pub(super) async fn restart(&self, site: &Site, attempts: u32) {
        site.admin("POST", "/restore", json!({"name": self.scenario.name}));
        site.start(attempts).await;
        site.forget_requests();
    }

    /// Carries the plan out.
    pub(super) async fn carry_out(&self, site: &Site) -> Answer {
        match self.scenario.verb {
            Verb::Refresh => site.core.read(self.scenario.kind, &self.plan.prior).await,
            _ => site.core.apply(self.scenario.kind, &self.plan).await,
        }
    }

    /// The calls that are made where nothing fails, and what exists afterwards.
    pub(super) async fn run_undisturbed(&self, site: &Site) -> (Vec<Call>, Json) {
        self.restart(site, PATIENT).await;
        let answer = self.carry_out(site).await;
        assert!(!has_errors(&answer.diags), "{}: {:#?}", self.scenario.name, answer.diags);
        let calls = Call::all(&site.requests());
        (calls, recovery::inventory(site))
    }

    /// The configuration, with a login that no apply has used.
    pub(super) fn target_with_fresh_login(&self) -> Option<Json> {
        let fresh = json!({"authorization_code_wo": CODES[2]});
        let is_connection = self.scenario.kind == CONNECTION;
        self.target.clone().map(|config| if is_connection { with(config, fresh) } else { config })
    }
}
