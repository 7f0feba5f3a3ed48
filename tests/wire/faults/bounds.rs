//! How often a call is made that keeps failing: as often as the provider block allows, and once
//! where repeating is pointless or does harm. Nothing above the SDK repeats it once more.

use serde_json::{Value as Json, json};

use super::call::Call;
use super::scenario::{Begun, SCENARIOS, Verb};
use crate::core::has_errors;
use crate::emulated::Site;
use crate::emulated::chain::Chain;

/// Attempts that the provider block allows.
const ATTEMPTS: usize = 2;

/// How often a call is sent that always gets this answer.
async fn attempts(site: &Site, begun: &Begun, call: &Call, code: &str, status: u16) -> usize {
    begun.restart(site, u32::try_from(ATTEMPTS).expect("a few")).await;
    let fault = json!({
        "service": call.service, "operation": call.operation, "kind": "error", "code": code,
        "status": status, "times": 1000, "message": "Always.",
    });
    site.admin("POST", "/faults", fault);
    begun.carry_out(site).await;
    let calls = Call::all(&site.requests()).into_iter();
    calls.filter(|sent| sent.name() == call.name()).count()
}

/// The writes of all creations, each once.
async fn creating_calls(site: &Site, chain: &Chain) -> Vec<(Begun, Vec<Call>)> {
    let mut all = Vec::new();
    for scenario in SCENARIOS.iter().filter(|scenario| scenario.verb == Verb::Create) {
        let begun = scenario.begin(site, chain).await;
        let (mut calls, _) = begun.run_undisturbed(site).await;
        calls.retain(|call| call.nth == 0 && !call.reads());
        assert!(!calls.is_empty(), "{}", scenario.name);
        all.push((begun, calls));
    }
    all
}

/// The answers of a service to those who have too much, with their statuses.
fn quotas(service: &str) -> &'static [(&'static str, u16)] {
    match service {
        "appflow" => &[("ServiceQuotaExceededException", 402)],
        "events" => &[("LimitExceededException", 400)],
        "app-integrations" => &[("ResourceQuotaExceededException", 429)],
        _ => &[("LimitExceededException", 429), ("ServiceQuotaExceededException", 402)],
    }
}

#[tokio::test]
async fn calls_are_repeated_as_often_as_allowed_and_quotas_never() {
    let site = Site::new().await;
    let chain = Chain::make(&site).await;
    for (begun, calls) in creating_calls(&site, &chain).await {
        for call in calls {
            let throttled = attempts(&site, &begun, &call, "ThrottlingException", 429).await;
            assert_eq!(throttled, ATTEMPTS, "{call} throttled");
            let failed = attempts(&site, &begun, &call, "ServiceUnavailable", 503).await;
            let expected = if call.is_one_shot() { 1 } else { ATTEMPTS };
            assert_eq!(failed, expected, "{call} failing");
            for (code, status) in quotas(&call.service) {
                let refused = attempts(&site, &begun, &call, code, *status).await;
                assert_eq!(refused, 1, "{call} with {code}");
            }
        }
    }
}

#[tokio::test]
async fn a_quota_is_told_as_a_quota() {
    let site = Site::new().await;
    let chain = Chain::make(&site).await;
    let scenario = SCENARIOS.iter().find(|it| it.name == "create rule").expect("it is one");
    let begun = scenario.begin(&site, &chain).await;
    begun.restart(&site, 1).await;
    let fault = json!({
        "operation": "CreateRule", "kind": "error", "code": "LimitExceededException",
        "status": 429, "message": "Too many rules.",
    });
    site.admin("POST", "/faults", fault);
    let answer = begun.carry_out(&site).await;
    assert!(has_errors(&answer.diags));
    assert!(answer.diags[0].detail.contains("Connect's quota"), "{:#?}", answer.diags);
    assert_eq!(site.made("rules"), [] as [Json; 0]);
}
