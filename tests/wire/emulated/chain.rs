//! The chain of one of everything: configurations, and worlds in which a part of it exists.

use serde_json::{Value as Json, json};

use super::Site;
use crate::core::Instance;

pub(crate) const CONNECTION: &str = "connect_salesforce_connection";
pub(crate) const EVENT_FLOW: &str = "connect_salesforce_event_flow";
pub(crate) const APP_INTEGRATION: &str = "connect_salesforce_app_integration";
pub(crate) const CASE_RULE: &str = "connect_salesforce_case_rule";

/// The types in the order of their creation.
pub(crate) const KINDS: [&str; 4] = [CONNECTION, EVENT_FLOW, APP_INTEGRATION, CASE_RULE];

pub(crate) const ORG: &str = "acme.my.salesforce.com";
pub(crate) const SOURCE: &str = "aws.partner/appflow/salesforce.com/111122223333/cases";
pub(crate) const CODES: [&str; 3] = ["aPrxc0de.Vk8Qd1", "aPrxc0de.Zt4Hm2", "aPrxc0de.Xw6Pj3"];
pub(crate) const INSTANCE: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const CONTACT_FLOW: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";

pub(crate) fn seed() -> Json {
    json!({
        "instances": [{
            "alias": "acme",
            "id": INSTANCE,
            "contact_flows": [{"name": "Salesforce cases", "id": CONTACT_FLOW}],
        }],
        "orgs": [{"host": ORG, "cdc": ["Case"], "authorization_codes": CODES}],
    })
}

pub(crate) fn connection(code: &str) -> Json {
    json!({
        "name": "salesforce-acme",
        "instance_url": format!("https://{ORG}"),
        "authorization_code_wo": code,
        "redirect_uri": "https://us-east-1.console.aws.amazon.com/appflow/oauth",
        "credentials_wo_version": 1,
    })
}

pub(crate) fn event_flow() -> Json {
    json!({
        "name": "cases",
        "connection_name": "salesforce-acme",
        "event_bus": {"description": "Cases of Acme"},
        "tags": {"team": "cases"},
    })
}

pub(crate) fn app_integration() -> Json {
    json!({
        "instance_id": INSTANCE,
        "name": "Salesforce - Acme",
        "application_url": format!("https://{ORG}"),
        "event_source_name": SOURCE,
        "event_integration_description": "Cases of Acme",
        "tags": {"team": "cases"},
    })
}

pub(crate) fn case_rule(association_id: &str) -> Json {
    json!({
        "instance_id": INSTANCE,
        "integration_association_id": association_id,
        "name": "urgent-cases",
        "conditions": [{"field": "Priority", "value": "High"}],
        "task": {"name": "Case", "contact_flow_id": CONTACT_FLOW},
        "tags": {"team": "cases"},
    })
}

/// Argument by argument over a configuration.
pub(crate) fn with(mut config: Json, arguments: Json) -> Json {
    for (name, value) in arguments.as_object().into_iter().flatten() {
        config[name] = value.clone();
    }
    config
}

/// The chain, link by link: the emulator's snapshot `n` has the first `n` of them.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) instances: [Instance; 4],
    pub(crate) configs: [Json; 4],
}

impl Chain {
    /// Makes everything once.
    pub(crate) async fn make(site: &Site) -> Self {
        let mut chain = Chain {
            instances: Default::default(),
            configs: [connection(CODES[0]), event_flow(), app_integration(), Json::Null],
        };
        for (link, kind) in KINDS.into_iter().enumerate() {
            site.admin("POST", "/snapshot", json!({"name": link.to_string()}));
            if kind == CASE_RULE {
                chain.configs[link] = case_rule(&chain.association_id());
            }
            let config = &chain.configs[link];
            chain.instances[link] = site.apply(kind, config, &Instance::default()).await;
        }
        site.admin("POST", "/snapshot", json!({"name": "4"}));
        chain
    }

    pub(crate) fn association_id(&self) -> String {
        let integration = self.instances[2].value();
        let id = integration.get("integration_association_id").as_str();
        id.expect("the integration was made").to_owned()
    }

    /// Goes back to where the first `links` existed.
    pub(crate) fn restore(site: &Site, links: usize) {
        site.admin("POST", "/restore", json!({"name": links.to_string()}));
    }
}

/// A site with the first `links` of the chain.
pub(crate) async fn site_with(links: usize) -> (Site, Chain) {
    let site = Site::new().await;
    let chain = Chain::make(&site).await;
    Chain::restore(&site, links);
    (site, chain)
}
