//! What people and time do behind the provider's back: the refresh sees it, the plan says it, and
//! the apply repairs it.

use serde_json::{Value as Json, json};

use crate::core::{Instance, has_errors, only_error};
use crate::emulated::chain::{
    APP_INTEGRATION, CASE_RULE, CODES, CONNECTION, CONTACT_FLOW, Chain, EVENT_FLOW, INSTANCE,
    KINDS, ORG, SOURCE, connection, site_with,
};
use crate::emulated::{Site, changes, shown, warnings};

/// One kind of the emulator's drifts, and what comes of it.
struct Drift {
    kind: &'static str,
    target: fn(&Chain) -> String,
    changes: fn() -> Json,
    /// The resource that is looked at.
    resource: &'static str,
    becomes: Becomes,
}

/// What the next plan makes of it.
enum Becomes {
    /// An update that repairs it, of this attribute among others.
    Repaired(&'static str),
    /// A warning; there is nothing that an apply could do.
    Warning(&'static str),
    /// A creation, because it is gone.
    MadeAnew,
    /// A replacement, because a part of it is gone.
    Replaced,
    /// A repair that AWS refuses, with this advice, until the cause is gone.
    Blocked(&'static str),
    /// Nothing: no read shows it, or it concerns another resource.
    Nothing,
}

use Becomes::{Blocked, MadeAnew, Nothing, Repaired, Replaced, Warning};

const DRIFTS: &[Drift] = &[
    of("stop_flow", EVENT_FLOW, |_| "cases".into(), Repaired("enabled")),
    of("suspend_flow", EVENT_FLOW, |_| "cases".into(), Repaired("enabled")),
    of("error_flow", EVENT_FLOW, |_| "cases".into(), Repaired("enabled")),
    of("delete_flow", EVENT_FLOW, |_| "cases".into(), Repaired("arn")),
    edit(
        "edit_flow",
        EVENT_FLOW,
        |_| "cases".into(),
        Repaired("description"),
        || json!({"description": "By hand"}),
    ),
    of("delete_profile", CONNECTION, |_| "salesforce-acme".into(), MadeAnew),
    edit(
        "edit_profile",
        CONNECTION,
        |_| "salesforce-acme".into(),
        Repaired("instance_url"),
        || json!({"instanceUrl": "https://other.my.salesforce.com"}),
    ),
    of(
        "reconnect_profile",
        CONNECTION,
        |_| "salesforce-acme".into(),
        Warning("The connection salesforce-acme was changed outside of Terraform"),
    ),
    of("revoke_token", EVENT_FLOW, |_| ORG.into(), Blocked("credentials_wo_version")),
    of("disable_cdc", EVENT_FLOW, |_| ORG.into(), Nothing),
    of("enable_cdc", EVENT_FLOW, |_| ORG.into(), Nothing),
    of("delete_source", EVENT_FLOW, |_| SOURCE.into(), Repaired("event_source_state")),
    of("expire_source", EVENT_FLOW, |_| SOURCE.into(), Repaired("event_source_arn")),
    of("deactivate_source", EVENT_FLOW, |_| SOURCE.into(), Repaired("event_source_state")),
    of("delete_bus", EVENT_FLOW, |_| SOURCE.into(), Repaired("event_bus_arn")),
    edit(
        "edit_bus",
        EVENT_FLOW,
        |_| SOURCE.into(),
        Repaired("event_bus"),
        || json!({"Description": "By hand"}),
    ),
    of(
        "disable_event_rule",
        APP_INTEGRATION,
        |chain| part(chain, "event_bridge_rule_name"),
        Warning("The integration's rule is disabled"),
    ),
    of(
        "delete_event_rule",
        APP_INTEGRATION,
        |chain| part(chain, "event_bridge_rule_name"),
        Warning("The integration's rule is missing"),
    ),
    of(
        "delete_event_integration",
        APP_INTEGRATION,
        |chain| part(chain, "event_integration_name"),
        Warning("The integration's event integration is missing"),
    ),
    edit(
        "edit_event_integration",
        APP_INTEGRATION,
        |chain| part(chain, "event_integration_name"),
        Repaired("event_integration_description"),
        || json!({"Description": "By hand"}),
    ),
    of("delete_association", APP_INTEGRATION, Chain::association_id, Replaced),
    of("hide_associations", APP_INTEGRATION, |_| INSTANCE.into(), Nothing),
    of("delete_use_case", APP_INTEGRATION, Chain::association_id, Repaired("use_cases")),
    of("delete_rule", CASE_RULE, rule_id, MadeAnew),
    edit("edit_rule", CASE_RULE, rule_id, Repaired("name"), || json!({"Name": "by-hand"})),
    of("delete_instance", CASE_RULE, |_| INSTANCE.into(), Blocked("instance_id")),
    of("delete_contact_flow", CASE_RULE, |_| CONTACT_FLOW.into(), Nothing),
    of("unpublish_contact_flow", CASE_RULE, |_| CONTACT_FLOW.into(), Nothing),
];

const fn of(
    kind: &'static str,
    resource: &'static str,
    target: fn(&Chain) -> String,
    becomes: Becomes,
) -> Drift {
    Drift { kind, target, changes: || Json::Null, resource, becomes }
}

const fn edit(
    kind: &'static str,
    resource: &'static str,
    target: fn(&Chain) -> String,
    becomes: Becomes,
    changes: fn() -> Json,
) -> Drift {
    Drift { kind, target, changes, resource, becomes }
}

fn part(chain: &Chain, attribute: &str) -> String {
    shown(&chain.instances[2])[attribute].as_str().expect("the integration has it").to_owned()
}

fn rule_id(chain: &Chain) -> String {
    shown(&chain.instances[3])["rule_id"].as_str().expect("the rule has it").to_owned()
}

#[tokio::test]
async fn every_drift_is_seen_told_and_repaired() {
    let (site, chain) = site_with(4).await;
    for drift in DRIFTS {
        eprintln!("{}", drift.kind);
        Chain::restore(&site, 4);
        // Changes are told by their time, in seconds.
        site.admin("POST", "/clock", json!({"advance_seconds": 5}));
        site.edit(drift.kind, &(drift.target)(&chain), &(drift.changes)());
        follow(&site, &chain, drift).await;
    }
}

async fn follow(site: &Site, chain: &Chain, drift: &Drift) {
    let Drift { kind, resource, .. } = *drift;
    let link = KINDS.iter().position(|it| *it == resource).expect("a type of the chain");
    // Whoever has to log in again has a new code.
    let config = match resource {
        CONNECTION => connection(CODES[1]),
        _ => chain.configs[link].clone(),
    };
    let read = site.refresh(resource, &chain.instances[link]).await;
    let gone = matches!(drift.becomes, MadeAnew) || kind == "delete_instance";
    assert_eq!(read.new.state.is_none(), gone, "{kind}");
    let prior = if gone { Instance::default() } else { read.new };
    let plan = site.core.plan(resource, &site.config(resource, &config), &prior).await;
    assert!(!has_errors(&plan.diags), "{kind}: {:#?}", plan.diags);
    let replaced = matches!(drift.becomes, Replaced);
    assert_eq!(!plan.replace.is_empty(), replaced, "{kind}: {:?}", plan.replace);
    let changed = changes(&plan);
    match drift.becomes {
        Warning(summary) => {
            assert_eq!(warnings(&read.diags), [summary], "{kind}");
            assert_eq!(changed, [] as [String; 0], "{kind}");
            return;
        }
        Nothing => {
            assert_eq!(warnings(&read.diags), [] as [&str; 0], "{kind}");
            assert_eq!(changed, [] as [String; 0], "{kind}");
            return;
        }
        Blocked(advice) => {
            let answer = site.core.apply(resource, &plan).await;
            let error = only_error(&answer.diags);
            assert!(error.detail.contains(advice), "{kind}: {error:#?}");
            return;
        }
        Repaired(attribute) => {
            assert!(changed.iter().any(|it| it == attribute), "{kind}: {changed:?}");
        }
        MadeAnew | Replaced => {}
    }
    let prior = if replaced {
        assert_ne!(warnings(&plan.diags), [] as [&str; 0], "{kind}");
        let plan = site.core.plan_destroy(resource, &prior).await;
        let answer = site.core.apply(resource, &plan).await;
        assert!(!has_errors(&answer.diags), "{kind}: {:#?}", answer.diags);
        Instance::default()
    } else {
        prior
    };
    let instance = site.apply(resource, &config, &prior).await;
    site.assert_settled(resource, &config, &instance).await;
}

#[tokio::test]
async fn every_kind_of_drift_that_the_emulator_knows_is_tried() {
    let site = Site::new().await;
    let unknown = json!({"kind": "(unknown)", "target": ""});
    let told = site.try_admin("POST", "/drift", unknown).expect_err("there is no such kind");
    let (_, kinds) = told.split_once("there are ").expect("it lists what there is");
    let mut known: Vec<&str> = kinds.split(", ").collect();
    let mut tried: Vec<&str> = DRIFTS.iter().map(|drift| drift.kind).collect();
    known.sort_unstable();
    tried.sort_unstable();
    assert_eq!(tried, known);
}
