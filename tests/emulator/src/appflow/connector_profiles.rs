//! Connector profiles: AppFlow's logins to Salesforce.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::appflow::credentials;
use crate::operations::Entry;
use crate::pages::APPFLOW;
use crate::salesforce::{self, Listed};
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, World};

pub(crate) const OPERATIONS: &[Entry] = &[
    ("CreateConnectorProfile", create),
    ("UpdateConnectorProfile", update),
    ("DescribeConnectorProfiles", describe),
    ("DeleteConnectorProfile", delete),
];

/// A profile. Credentials are not kept: only whether the login they gave still works.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) mode: String,
    pub(crate) properties: Map<String, Value>,
    pub(crate) org: String,
    pub(crate) kms_key_arn: Option<String>,
    credentials_arn: String,
    created_at: f64,
    pub(crate) updated_at: f64,
    hidden_reads: u32,
    provisioning: Option<Provisioning>,
    /// False once the refresh token was revoked.
    pub(crate) login_valid: bool,
    pub(crate) received: Vec<Received>,
    /// What the org listed when AppFlow last asked, and when that was.
    pub(crate) cache: Option<(f64, Listed)>,
}

/// A Private profile gets its network connection in the background.
#[derive(Clone, Debug)]
struct Provisioning {
    polls_left: u32,
    failure: String,
}

/// One delivery of credentials: member names with fingerprints.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Received {
    time: f64,
    operation: &'static str,
    fields: BTreeMap<String, String>,
}

fn create(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("connectorProfileName").to_owned();
    if input.text("connectorType") != "Salesforce" {
        return Err(Refusal::validation("Only the Salesforce connector is available here."));
    }
    if input.value("connectorLabel").is_some() {
        return Err(Refusal::validation(
            "connectorLabel is only for connectors of type CustomConnector.",
        ));
    }
    if call.region().profiles.contains_key(&name) {
        return Err(Refusal::conflict(format!(
            "ConnectorProfile with name: {name} already exists."
        )));
    }
    if call.region().profiles.len() >= PROFILE_QUOTA {
        return Err(Refusal::new(
            "ServiceQuotaExceededException",
            format!("The account has reached its limit of {PROFILE_QUOTA} connector profiles."),
        ));
    }
    check_kms_key(call, input)?;
    let connection = connect(call, input)?;
    let id = call.world.ids.uuid();
    let now = call.world.now();
    let secret = format!("secret:appflow!{name}-{}", &id[..6]);
    let profile = Profile {
        mode: input.text("connectionMode").into(),
        properties: connection.properties,
        org: connection.org,
        kms_key_arn: input.optional_text("kmsArn").map(str::to_owned),
        credentials_arn: call.arn("secretsmanager", &secret),
        created_at: now,
        updated_at: now,
        hidden_reads: call.world.switches.new_profile_hidden_reads,
        provisioning: provisioning(call.world, input),
        login_valid: true,
        received: vec![Received {
            time: now,
            operation: "CreateConnectorProfile",
            fields: connection.received,
        }],
        cache: None,
        name: name.clone(),
    };
    call.region().profiles.insert(name.clone(), profile);
    Ok(json!({"connectorProfileArn": arn(call, &name)}))
}

fn update(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("connectorProfileName").to_owned();
    let keeps_login = credentials_of(input).is_none()
        && !call.world.switches.update_profile_without_credentials_fails;
    if !call.region().profiles.contains_key(&name) {
        return Err(not_found(&name));
    }
    let connection =
        if keeps_login { Connection::keeping(call, input)? } else { connect(call, input)? };
    let now = call.world.now();
    let provisioning = provisioning(call.world, input);
    let profile = find_mut(call, &name)?;
    let changed_mode = profile.mode != input.text("connectionMode");
    profile.mode = input.text("connectionMode").into();
    profile.properties = connection.properties;
    profile.org = connection.org;
    profile.updated_at = now;
    profile.cache = None;
    if changed_mode {
        profile.provisioning = provisioning;
    }
    if !keeps_login {
        profile.login_valid = true;
        profile.received.push(Received {
            time: now,
            operation: "UpdateConnectorProfile",
            fields: connection.received,
        });
    }
    Ok(json!({"connectorProfileArn": arn(call, &name)}))
}

/// Never a not-found: unknown names are missing from the answer.
fn describe(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let names = input.texts("connectorProfileNames");
    let kind = input.optional_text("connectorType");
    if kind.is_some_and(|kind| kind != "Salesforce") || input.value("connectorLabel").is_some() {
        return Ok(json!({"connectorProfileDetails": []}));
    }
    let place = call.place.clone();
    let mut shown = Vec::new();
    for profile in call.region().profiles.values_mut() {
        if !names.is_empty() && !names.contains(&profile.name) {
            continue;
        }
        if profile.hidden_reads > 0 {
            profile.hidden_reads -= 1;
            continue;
        }
        let arn = place.arn("appflow", &format!("connectorprofile/{}", profile.name));
        shown.push((profile.name.clone(), detail(profile, &arn)));
    }
    APPFLOW.answer(&call.world.switches, input, "connectorProfileDetails", shown)
}

fn delete(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("connectorProfileName");
    if !call.region().profiles.contains_key(name) {
        return Err(not_found(name));
    }
    let used = call.region().flows.values().find(|flow| flow.profile() == Some(name));
    if let Some(flow) = used.filter(|_| !input.flag("forceDelete")) {
        return Err(Refusal::conflict(format!(
            "The connector profile {name} is associated with one or more flows: {}",
            flow.name
        )));
    }
    call.region().profiles.remove(name);
    Ok(json!({}))
}

/// The answer of a logged-in org, and what got us there.
struct Connection {
    properties: Map<String, Value>,
    org: String,
    received: BTreeMap<String, String>,
}

impl Connection {
    /// Takes the properties over without logging in again.
    fn keeping(call: &Call<'_>, input: &Input) -> Result<Self, Refusal> {
        let properties = properties(call, input)?;
        let org = org(call.world, &properties)?;
        Ok(Self { properties, org, received: BTreeMap::new() })
    }
}

/// Checks properties and credentials, then logs in.
fn connect(call: &mut Call<'_>, input: &Input) -> Result<Connection, Refusal> {
    let properties = properties(call, input)?;
    let credentials = credentials_of(input);
    let login = credentials::login(credentials)?;
    let org = org(call.world, &properties)?;
    let now = call.world.now();
    let switches = call.world.switches.clone();
    let found = call.world.orgs.get_mut(&org).expect("the host was found among the orgs");
    found.log_in(&switches, &login, now)?;
    let received = credentials.map(credentials::received).unwrap_or_default();
    Ok(Connection { properties, org, received })
}

fn credentials_of(input: &Input) -> Option<&Map<String, Value>> {
    input.at("/connectorProfileConfig/connectorProfileCredentials/Salesforce")?.as_object()
}

fn properties(call: &Call<'_>, input: &Input) -> Result<Map<String, Value>, Refusal> {
    let properties = input.at("/connectorProfileConfig/connectorProfileProperties/Salesforce");
    let Some(Value::Object(properties)) = properties else {
        return Err(Refusal::validation(
            "Validation exception: connectorProfileProperties do not match connector: SALESFORCE",
        ));
    };
    let private = input.text("connectionMode") == "Private";
    if private && !PRIVATE_REGIONS.contains(&call.place.region.as_str()) {
        return Err(Refusal::validation(format!(
            "Connection mode Private is not available for connector SALESFORCE in {}.",
            call.place.region
        )));
    }
    if !private && properties.get("usePrivateLinkForMetadataAndAuthorization") == Some(&true.into())
    {
        return Err(Refusal::validation(
            "usePrivateLinkForMetadataAndAuthorization needs connection mode Private.",
        ));
    }
    Ok(properties.clone())
}

/// The org behind the instance URL, if there is one and it is the kind that the flag says.
fn org(world: &World, properties: &Map<String, Value>) -> Result<String, Refusal> {
    let Some(url) = properties.get("instanceUrl").and_then(Value::as_str) else {
        return Err(Refusal::validation(
            "Validation exception: InstanceUrl cannot be blank for connector: SALESFORCE",
        ));
    };
    let host = salesforce::host(url).ok_or_else(|| {
        Refusal::validation(format!("Validation exception: the instance URL {url} is not valid."))
    })?;
    let Some(org) = world.orgs.get(&host) else {
        return Err(salesforce::denied("invalid_grant", &format!("unknown host {host}")));
    };
    let sandbox = properties.get("isSandboxEnvironment") == Some(&true.into());
    if org.sandbox != sandbox {
        let login = if sandbox { "test" } else { "login" };
        let message = format!("authentication failure at {login}.salesforce.com");
        return Err(salesforce::denied("invalid_grant", &message));
    }
    Ok(host)
}

/// A key of another region or account cannot be used.
pub(crate) fn check_kms_key(call: &Call<'_>, input: &Input) -> Result<(), Refusal> {
    match input.optional_text("kmsArn") {
        Some(arn) if call.place.resource("kms", arn).is_none_or(|key| !key.starts_with("key/")) => {
            Err(Refusal::validation(format!(
                "The KMS key {arn} does not exist, is not enabled or is not in this region."
            )))
        }
        _ => Ok(()),
    }
}

fn provisioning(world: &World, input: &Input) -> Option<Provisioning> {
    (input.text("connectionMode") == "Private").then(|| Provisioning {
        polls_left: world.switches.private_connection_polls,
        failure: world.switches.private_connection_failure.clone(),
    })
}

/// Credentials, the KMS key, the grant and tags are never returned.
fn detail(profile: &mut Profile, arn: &str) -> Value {
    let mut properties = profile.properties.clone();
    properties.entry("isSandboxEnvironment").or_insert(false.into());
    let mut detail = json!({
        "connectorProfileArn": arn,
        "connectorProfileName": profile.name,
        "connectorType": "Salesforce",
        "connectionMode": profile.mode,
        "credentialsArn": profile.credentials_arn,
        "connectorProfileProperties": {"Salesforce": properties},
        "createdAt": profile.created_at,
        "lastUpdatedAt": profile.updated_at,
    });
    if let Some(provisioning) = &mut profile.provisioning {
        detail["privateConnectionProvisioningState"] = if provisioning.polls_left > 0 {
            provisioning.polls_left -= 1;
            json!({"status": "PENDING"})
        } else if provisioning.failure.is_empty() {
            json!({"status": "CREATED"})
        } else {
            json!({
                "status": "FAILED",
                "failureCause": provisioning.failure,
                "failureMessage": "The private connection could not be provisioned.",
            })
        };
    }
    detail
}

fn arn(call: &Call<'_>, name: &str) -> String {
    call.arn("appflow", &format!("connectorprofile/{name}"))
}

pub(crate) fn not_found(name: &str) -> Refusal {
    Refusal::not_found(format!("ConnectorProfile with name: {name} does not exist."))
}

fn find_mut<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut Profile, Refusal> {
    call.region().profiles.get_mut(name).ok_or_else(|| not_found(name))
}

/// Finds a profile for use; one that is too new to be seen does not exist yet.
pub(crate) fn find_for_use<'a>(
    call: &'a mut Call<'_>,
    name: &str,
) -> Result<&'a mut Profile, Refusal> {
    let profile = find_mut(call, name)?;
    if profile.hidden_reads > 0 {
        profile.hidden_reads -= 1;
        return Err(not_found(name));
    }
    Ok(profile)
}

impl Profile {
    /// A connection that the console made with its own connected app: no credentials arrive.
    pub(crate) fn from_console(name: &str, host: &str, sandbox: bool, call: &mut Call<'_>) -> Self {
        let now = call.world.now();
        let id = call.world.ids.uuid();
        let secret = format!("secret:appflow!{name}-{}", &id[..6]);
        let properties = json!({
            "instanceUrl": format!("https://{host}"),
            "isSandboxEnvironment": sandbox,
        });
        Self {
            name: name.into(),
            mode: "Public".into(),
            properties: properties.as_object().cloned().unwrap_or_default(),
            org: host.into(),
            kms_key_arn: None,
            credentials_arn: call.arn("secretsmanager", &secret),
            created_at: now,
            updated_at: now,
            hidden_reads: 0,
            provisioning: None,
            login_valid: true,
            received: Vec::new(),
            cache: None,
        }
    }
}

/// The soft limit of the AppFlow quotas page.
const PROFILE_QUOTA: usize = 100;
/// Where the documentation offers private connections.
const PRIVATE_REGIONS: &[&str] = &[
    "us-east-1",
    "us-west-2",
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
];
