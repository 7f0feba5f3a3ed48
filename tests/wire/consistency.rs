//! What AWS shows late is waited for: as long as it takes, no longer than `timeouts` allow, and the
//! error says what for.

use serde_json::{Value as Json, json};

use crate::core::{Instance, has_errors, only_error};
use crate::emulated::chain::{
    APP_INTEGRATION, CASE_RULE, CODES, CONNECTION, EVENT_FLOW, SOURCE, connection, event_flow,
    site_with, with,
};
use crate::emulated::{Site, shown, warnings};

/// Makes a link of the chain on a site where AWS is slow.
async fn slow(links: usize, switches: Json) -> (Site, Instance) {
    let (site, chain) = site_with(links).await;
    site.switch(switches);
    let kinds = [CONNECTION, EVENT_FLOW, APP_INTEGRATION, CASE_RULE];
    let instance = site.apply(kinds[links], &chain.configs[links], &Instance::default()).await;
    site.assert_settled(kinds[links], &chain.configs[links], &instance).await;
    (site, instance)
}

#[tokio::test]
async fn a_connection_that_shows_late_is_waited_for() {
    let (site, instance) = slow(0, json!({"new_profile_hidden_reads": 1})).await;
    assert_eq!(site.calls_of("CreateConnectorProfile"), 1);
    assert_ne!(shown(&instance)["credentials_arn"], Json::Null);
}

#[tokio::test]
async fn a_private_connection_is_waited_for_until_it_is_provisioned() {
    let (site, _) = site_with(0).await;
    site.switch(json!({"private_connection_polls": 1}));
    let config = with(connection(CODES[0]), json!({"connection_mode": "Private"}));
    let made = site.apply(CONNECTION, &config, &Instance::default()).await;
    assert_eq!(shown(&made)["private_connection_status"], "CREATED");
}

#[tokio::test]
async fn a_private_connection_that_takes_too_long_is_no_reason_to_lose_its_login() {
    let (site, _) = site_with(0).await;
    site.switch(json!({"private_connection_polls": 1000}));
    let config = with(
        connection(CODES[0]),
        json!({"connection_mode": "Private", "timeouts": {"create": "1s"}}),
    );
    let answer = site.try_apply(CONNECTION, &config, &Instance::default()).await;
    assert!(!has_errors(&answer.diags), "{:#?}", answer.diags);
    let [warning] = answer.diags.as_slice() else { panic!("{:#?}", answer.diags) };
    let awaited = "waiting for the private connection to be provisioned";
    assert!(warning.detail.contains(awaited), "{warning:#?}");
    site.switch(json!({"private_connection_polls": 0}));
    assert_eq!(shown(&answer.new)["name"], "salesforce-acme");
}

#[tokio::test]
async fn a_private_connection_that_cannot_be_provisioned_is_an_error_with_its_cause() {
    let (site, _) = site_with(0).await;
    site.switch(json!({
        "private_connection_polls": 0, "private_connection_failure": "ACCESS_DENIED",
    }));
    let config = with(connection(CODES[0]), json!({"connection_mode": "Private"}));
    let answer = site.try_apply(CONNECTION, &config, &Instance::default()).await;
    assert!(only_error(&answer.diags).detail.contains("(ACCESS_DENIED)"), "{:#?}", answer.diags);
    assert_eq!(shown(&answer.new)["private_connection_status"], "FAILED");
}

#[tokio::test]
async fn an_event_source_that_shows_late_is_waited_for() {
    let (site, _) =
        slow(1, json!({"event_source_delay_reads": 1, "event_source_activation_reads": 1})).await;
    assert_eq!(site.calls_of("CreateFlow"), 1);
}

#[tokio::test]
async fn an_event_source_that_never_shows_is_told_when_the_limit_is_reached() {
    let (site, _) = site_with(1).await;
    site.switch(json!({"event_source_delay_reads": 1000}));
    let config = with(event_flow(), json!({"timeouts": {"create": "1s"}}));
    let answer = site.try_apply(EVENT_FLOW, &config, &Instance::default()).await;
    let error = only_error(&answer.diags);
    let awaited = "waiting for the partner event source to appear";
    assert!(error.detail.contains("Still absent after"), "{error:#?}");
    assert!(error.detail.contains(awaited), "{error:#?}");
    assert!(error.detail.contains("timeouts"), "{error:#?}");
    assert_eq!(shown(&answer.new)["name"], "cases");
}

#[tokio::test]
async fn a_bus_is_made_although_eventbridge_sees_the_source_a_moment_later() {
    let (site, chain) = site_with(1).await;
    site.admin(
        "POST",
        "/faults",
        json!({
            "operation": "CreateEventBus", "kind": "error", "times": 1, "status": 400,
            "code": "ResourceNotFoundException", "message": "Event source does not exist.",
        }),
    );
    site.apply(EVENT_FLOW, &chain.configs[1], &Instance::default()).await;
    assert_eq!(site.made("event_buses").len(), 1);
}

#[tokio::test]
async fn a_bus_is_made_although_its_predecessor_lingers() {
    let (site, chain) = site_with(2).await;
    site.switch(json!({"deleted_bus_lingers_creates": 1}));
    let plan = site.core.plan_destroy(EVENT_FLOW, &chain.instances[1]).await;
    assert!(!has_errors(&site.core.apply(EVENT_FLOW, &plan).await.diags));
    site.apply(EVENT_FLOW, &chain.configs[1], &Instance::default()).await;
    assert_eq!(site.made("event_buses").len(), 1);
}

#[tokio::test]
async fn a_bus_goes_although_eventbridge_counts_rules_that_are_gone() {
    let (site, chain) = site_with(3).await;
    site.switch(json!({"bus_has_rules_reads": 1}));
    for (kind, instance) in [(APP_INTEGRATION, 2), (EVENT_FLOW, 1)] {
        let plan = site.core.plan_destroy(kind, &chain.instances[instance]).await;
        let answer = site.core.apply(kind, &plan).await;
        assert!(!has_errors(&answer.diags), "{:#?}", answer.diags);
    }
    assert_eq!(site.made("event_buses"), [] as [Json; 0]);
}

#[tokio::test]
async fn a_bus_that_is_never_let_go_is_told_when_the_limit_is_reached() {
    let (site, chain) = site_with(3).await;
    site.switch(json!({"bus_has_rules_reads": 1000}));
    let plan = site.core.plan_destroy(APP_INTEGRATION, &chain.instances[2]).await;
    site.core.apply(APP_INTEGRATION, &plan).await;
    let config = with(event_flow(), json!({"timeouts": {"delete": "1s"}}));
    let flow = site.apply(EVENT_FLOW, &config, &chain.instances[1]).await;
    let plan = site.core.plan_destroy(EVENT_FLOW, &flow).await;
    let answer = site.core.apply(EVENT_FLOW, &plan).await;
    let error = only_error(&answer.diags);
    assert!(error.detail.contains("waiting for EventBridge to let go of the bus"), "{error:#?}");
    // The flow is gone by now, the bus is not.
    assert_eq!(shown(&answer.new)["status"], Json::Null);
    assert_eq!(shown(&answer.new)["event_bus_name"], SOURCE);
}

#[tokio::test]
async fn an_association_that_lists_show_late_is_waited_for() {
    let (site, _) = slow(2, json!({"new_association_hidden_reads": 2})).await;
    assert_eq!(site.calls_of("CreateIntegrationAssociation"), 1);
}

#[tokio::test]
async fn an_association_that_is_never_listed_is_told_and_kept() {
    let (site, chain) = site_with(2).await;
    site.switch(json!({"new_association_hidden_reads": 1000}));
    let config = with(chain.configs[2].clone(), json!({"timeouts": {"create": "1s"}}));
    let answer = site.try_apply(APP_INTEGRATION, &config, &Instance::default()).await;
    let error = only_error(&answer.diags);
    assert!(error.detail.contains("waiting for the association to be listed"), "{error:#?}");
    let association = &site.made("integration_associations")[0];
    assert_eq!(shown(&answer.new)["integration_association_id"], association["id"]);
}

#[tokio::test]
async fn a_permission_that_was_just_granted_is_waited_for() {
    let (site, chain) = site_with(2).await;
    deny_at_first(&site, 1);
    site.apply(APP_INTEGRATION, &chain.configs[2], &Instance::default()).await;
    assert_eq!(site.made("integration_associations").len(), 1);
}

/// IAM has not told Connect yet of what was granted.
fn deny_at_first(site: &Site, times: u32) {
    site.admin(
        "POST",
        "/faults",
        json!({
            "operation": "CreateIntegrationAssociation", "kind": "error", "times": times,
            "code": "AccessDeniedException", "status": 403,
            "message": "User: me is not authorized to perform: events:PutRule on resource: *",
        }),
    );
}

#[tokio::test]
async fn a_permission_that_is_missing_is_told_by_its_name() {
    let (site, chain) = site_with(2).await;
    deny_at_first(&site, 1000);
    let answer = site.try_apply(APP_INTEGRATION, &chain.configs[2], &Instance::default()).await;
    assert!(only_error(&answer.diags).detail.contains("events:PutRule"), "{:#?}", answer.diags);
    assert_eq!(site.made("event_integrations"), [] as [Json; 0], "nothing is left behind");
}

#[tokio::test]
async fn associations_that_lists_miss_for_a_moment_are_not_gone() {
    let (site, chain) = site_with(3).await;
    site.admin(
        "POST",
        "/drift",
        json!({"kind": "hide_associations", "target": "acme", "reads": 2}),
    );
    let read = site.refresh(APP_INTEGRATION, &chain.instances[2]).await;
    assert_eq!(warnings(&read.diags), [] as [&str; 0]);
    assert_eq!(read.new.state, chain.instances[2].state);
}
