//! Metadata of connectors and of Salesforce, which is also the only probe of a login.

use serde_json::{Value, json};

use crate::appflow::connector_profiles::{self, Profile};
use crate::operations::Entry;
use crate::pages::APPFLOW;
use crate::salesforce::{self, Listed};
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;

pub(crate) const OPERATIONS: &[Entry] = &[
    ("ListConnectorEntities", list),
    ("DescribeConnectorEntity", describe),
    ("ResetConnectorMetadataCache", reset),
    ("DescribeConnector", describe_connector),
    ("DescribeConnectors", describe_connectors),
];

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let listed = probe(call, input)?;
    let group = |group: &str, names: std::collections::BTreeSet<String>| {
        let group = group.to_owned();
        names.into_iter().map(move |name| {
            let entity = json!({"name": name, "label": label(&name), "hasNestedEntities": false});
            (format!("{group}/{name}"), json!({"group": group, "entity": entity}))
        })
    };
    // Salesforce objects have no nested entities, so any path below the root is empty.
    let items: Vec<_> = match input.optional_text("entitiesPath") {
        Some(path) if !path.is_empty() => Vec::new(),
        _ => group("Events", listed.events).chain(group("Objects", listed.objects)).collect(),
    };
    let page = APPFLOW.cut(&call.world.switches, input, items)?;
    let mut groups = json!({});
    for item in page.items {
        let name = item["group"].as_str().unwrap_or_default();
        if groups[name].is_null() {
            groups[name] = json!([]);
        }
        if let Value::Array(entities) = &mut groups[name] {
            entities.push(item["entity"].clone());
        }
    }
    let mut answer = json!({"connectorEntityMap": groups});
    if let Some(next) = page.next {
        answer["nextToken"] = next.into();
    }
    Ok(answer)
}

fn describe(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let entity = input.text("connectorEntityName");
    if !probe(call, input)?.contains(entity) {
        return Err(Refusal::new(
            "ConnectorServerException",
            format!("Error while communicating to connector: {entity} does not exist (NOT_FOUND)"),
        ));
    }
    let fields = if entity.contains("Case") { CASE_FIELDS } else { &CASE_FIELDS[..1] };
    let fields: Vec<Value> = fields
        .iter()
        .map(|name| {
            json!({
                "identifier": name,
                "label": name,
                "isPrimaryKey": *name == "Id",
                "supportedFieldTypeDetails": {"v1": {"fieldType": "string", "filterOperators": []}},
                "sourceProperties": {"isRetrievable": true, "isQueryable": true},
            })
        })
        .collect();
    Ok(json!({"connectorEntityFields": fields}))
}

fn reset(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    profile(call, input)?.cache = None;
    Ok(json!({}))
}

fn describe_connector(_: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let kind = input.text("connectorType");
    let configuration = connector(kind)
        .ok_or_else(|| Refusal::not_found(format!("Connector {kind} is not available here.")))?;
    Ok(json!({"connectorConfiguration": configuration}))
}

fn describe_connectors(_: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let wanted = input.texts("connectorTypes");
    let mut configurations = json!({});
    for kind in ["EventBridge", "S3", "Salesforce"] {
        if wanted.is_empty() || wanted.iter().any(|name| name == kind) {
            configurations[kind] = connector(kind).unwrap_or_default();
        }
    }
    Ok(json!({"connectorConfigurations": configurations}))
}

fn connector(kind: &str) -> Option<Value> {
    match kind {
        "Salesforce" => Some(json!({
            "connectorType": "Salesforce",
            "connectorName": "Salesforce",
            "canUseAsSource": true,
            "canUseAsDestination": true,
            "isPrivateLinkEnabled": true,
            "isPrivateLinkEndpointUrlRequired": false,
            "supportedDestinationConnectors": ["EventBridge", "S3"],
            "supportedSchedulingFrequencies": ["BYMINUTE", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "ONCE"],
            "supportedTriggerTypes": ["Scheduled", "OnDemand", "Event"],
            "connectorMetadata": {"Salesforce": {
                "oAuthScopes": ["api", "custom_permissions", "id", "openid", "refresh_token"],
                "dataTransferApis": ["AUTOMATIC", "BULKV2", "REST_SYNC"],
                "oauth2GrantTypesSupported": ["AUTHORIZATION_CODE", "JWT_BEARER"],
            }},
        })),
        "EventBridge" => Some(json!({
            "connectorType": "EventBridge",
            "connectorName": "EventBridge",
            "canUseAsSource": false,
            "canUseAsDestination": true,
            "connectorMetadata": {"EventBridge": {}},
        })),
        "S3" => Some(json!({
            "connectorType": "S3",
            "connectorName": "S3",
            "canUseAsSource": true,
            "canUseAsDestination": true,
            "connectorMetadata": {"S3": {}},
        })),
        _ => None,
    }
}

/// Asks Salesforce with the profile's login; the answer is good for an hour.
fn probe(call: &mut Call<'_>, input: &Input) -> Result<Listed, Refusal> {
    let now = call.world.now();
    let profile = profile(call, input)?;
    if !profile.login_valid {
        return Err(revoked());
    }
    if let Some((taken_at, listed)) = &profile.cache
        && now - taken_at < CACHE_SECONDS
    {
        return Ok(listed.clone());
    }
    let host = profile.org.clone();
    let listed = ask(call, &host)?;
    self::profile(call, input)?.cache = Some((now, listed.clone()));
    Ok(listed)
}

/// What the org lists at this moment, past any cache.
pub(crate) fn ask(call: &Call<'_>, host: &str) -> Result<Listed, Refusal> {
    let Some(org) = call.world.orgs.get(host) else {
        return Err(salesforce::denied("invalid_grant", &format!("unknown host {host}")));
    };
    if org.app_blocked {
        return Err(salesforce::denied("OAUTH_APP_BLOCKED", "this app is blocked by admin"));
    }
    if org.api_disabled {
        return Err(Refusal::new(
            "ConnectorServerException",
            "Error while communicating to connector: \
             API_DISABLED_FOR_ORG: API is not enabled for this Organization or Partner",
        ));
    }
    Ok(org.listed())
}

/// The error of everything that needs a login that was revoked.
pub(crate) fn revoked() -> Refusal {
    salesforce::denied("invalid_grant", "expired access/refresh token")
}

fn profile<'a>(call: &'a mut Call<'_>, input: &Input) -> Result<&'a mut Profile, Refusal> {
    if input.optional_text("connectorType").is_some_and(|kind| kind != "Salesforce") {
        return Err(Refusal::validation(
            "The connector type does not match the connector profile.",
        ));
    }
    let Some(name) = input.optional_text("connectorProfileName") else {
        return Err(Refusal::validation(
            "connectorProfileName is required for connector: SALESFORCE",
        ));
    };
    connector_profiles::find_for_use(call, name)
}

/// `CaseChangeEvent` is shown as `Case Change Event`.
fn label(name: &str) -> String {
    name.replace("__ChangeEvent", " Change Event").replace("ChangeEvent", " Change Event")
}

const CASE_FIELDS: &[&str] = &[
    "Id",
    "AccountId",
    "CaseNumber",
    "CreatedDate",
    "Description",
    "Origin",
    "Priority",
    "Reason",
    "Status",
    "Subject",
    "SuppliedCompany",
    "SuppliedEmail",
    "SuppliedName",
    "SuppliedPhone",
    "Type",
];

/// "AppFlow caches entity metadata for up to one hour", says ResetConnectorMetadataCache.
const CACHE_SECONDS: f64 = 3600.0;
