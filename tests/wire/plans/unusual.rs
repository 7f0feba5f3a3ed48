//! What is unusual but legal is a warning, when it is made or changed; never for what is there.

use serde_json::{Value as Json, json};

use super::{full, prepare};
use crate::account::{Account, CONNECTION, CONTACT_FLOW, INTEGRATION, RULE, base, with};
use crate::core::Instance;

/// A resource, what is unusual in its configuration, and the summary of the warning.
fn unusual() -> Vec<(&'static str, Json, &'static str)> {
    let task = |name: &str, url: &str| {
        json!({"task": {
            "name": name, "contact_flow_id": CONTACT_FLOW, "references": {"Case": url},
        }})
    };
    let url = |url: &str| json!({ "instance_url": url });
    vec![
        (CONNECTION, url("https://acme.my.salesforce.com/"), "The instance URL is unusual"),
        (CONNECTION, url("http://acme.my.salesforce.com"), "The instance URL is unusual"),
        (
            CONNECTION,
            json!({"redirect_uri": null, "authorization_code_wo": "first-code"}),
            "An authorization code without its redirect URI",
        ),
        (
            INTEGRATION,
            json!({"application_url": "http://acme.example"}),
            "The application URL is not https",
        ),
        (
            RULE,
            task("$.ThirdParty.Salesforce.CaseCreate.Number", "https://acme.example"),
            "$.ThirdParty.Salesforce.CaseCreate.Number is no variable of Salesforce cases",
        ),
        (RULE, task("Case", "ftp://acme.example"), "The reference is not an https URL"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unusual_is_warned_of_when_it_comes_and_not_while_it_stays() {
    for (resource, changes, summary) in unusual() {
        let account = Account::start().await;
        prepare(&account, resource);
        // The emulated org is strict where Salesforce is; this is about what is legal.
        account.switch(json!({"reference_urls_checked": false}));
        let arguments = with(base(resource), &changes);
        let config = account.config(resource, &arguments);
        let validated = account.core.validate(resource, &config).await;
        assert_eq!(validated, [], "{resource} {changes}");
        let plan = account.core.plan(resource, &config, &Instance::default()).await;
        let warned: Vec<&str> = plan.diags.iter().map(|it| it.summary.as_str()).collect();
        assert_eq!(warned, [summary], "{resource} {changes}");
        if summary.contains("redirect URI") {
            // AppFlow refuses it, so it never becomes a state.
            continue;
        }
        let made = account.core.apply(resource, &plan).await;
        let again = account.core.plan(resource, &config, &made.new).await;
        assert_eq!(again.diags, [], "{resource} {changes}");
        assert_eq!(again.planned, made.new.value());
        // Another change does not bring it up again.
        let others = with(arguments, &json!({"timeouts": full(resource)["timeouts"]}));
        let other =
            account.core.plan(resource, &account.config(resource, &others), &made.new).await;
        assert_eq!(other.diags, [], "{resource} {changes}");
    }
}
