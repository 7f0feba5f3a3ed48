//! `connect_salesforce_connection`: an AppFlow connector profile for one Salesforce org.
//!
//! A login is precious: a grant made in a browser cannot be made again by an apply. So secrets are
//! write-only, a plan that would lose the login is an error, and once AWS has the profile nothing
//! that follows makes the creation fail.

mod credentials;
mod schema;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use time::OffsetDateTime;

use super::import_id::{Form, Key, import_block};
use super::{region, takeover, token};
use crate::aws::Session;
use crate::aws::connector_profile::{ConnectorProfile, ConnectorProfileInput, PrivateStatus};
use crate::framework::context::Cx;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::identity::{IdentityAttribute, IdentitySchema};
use crate::framework::plan::Plan;
use crate::framework::resource::{Applied, Failed, ImportId, OrKeep, Resource};
use crate::framework::schema::Schema;
use crate::framework::secret::Secret;
use crate::framework::timeouts::Timeouts;
use crate::framework::value::Value;
use crate::framework::wait::{Progress, Wait};
use crate::provider::Configured;
use crate::salesforce::url;

/// The resource type.
#[derive(Debug)]
pub(super) struct Connection;

/// A connection as Terraform stores it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Model {
    id: Option<String>,
    arn: Option<String>,
    region: Option<String>,
    name: String,
    instance_url: String,
    sandbox: bool,
    connection_mode: String,
    use_private_link_for_metadata_and_authorization: Option<bool>,
    kms_key_arn: Option<String>,
    oauth_grant_type: Option<String>,
    client_credentials_arn: Option<String>,
    redirect_uri: Option<String>,
    authorization_code_wo: Option<Secret>,
    code_verifier_wo: Option<Secret>,
    access_token_wo: Option<Secret>,
    refresh_token_wo: Option<Secret>,
    jwt_token_wo: Option<Secret>,
    credentials_wo_version: Option<i64>,
    credentials_arn: Option<String>,
    private_connection_status: Option<String>,
}

/// The note with the time of the last change that we know of, in seconds since 1970.
const LAST_CHANGE: &str = "last_change";
/// The note that this provider made the profile, so that its KMS key is known.
const CREATED: &str = "created";
/// The note that this provider has set the credentials, so that they can be set again.
const CREDENTIALS_SET: &str = "credentials_set";
const IMPORT: Form = Form {
    parts: &["name"],
    service: "appflow",
    from_arn: |resource| Some(vec![resource.strip_prefix("connectorprofile/")?]),
    example: "amazon-connect-salesforce-acme",
};

#[async_trait]
impl Resource<Configured> for Connection {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_connection";

    // Private connections take minutes.
    const TIMEOUTS: Timeouts = Timeouts {
        create: Duration::from_mins(20),
        update: Duration::from_mins(20),
        delete: Duration::from_mins(5),
    };

    fn schema(&self) -> Schema {
        schema::schema(Self::TIMEOUTS)
    }

    fn identity(&self) -> IdentitySchema {
        let name = IdentityAttribute::required("name", "Name of the connection.");
        IdentitySchema::new([name].into_iter().chain(region::identity_attributes()))
    }

    fn identify(&self, state: &Value) -> BTreeMap<String, Value> {
        let mut parts = region::identity(state);
        parts.insert("name".to_owned(), state.get("name").clone());
        parts
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        credentials::validate(config, diags);
    }

    async fn plan(&self, cx: &Cx<Configured>, plan: &mut Plan<'_>) -> Result<()> {
        region::plan_region(cx, plan);
        plan_kms_key(cx, plan);
        check_private_link(plan);
        credentials::plan(plan, &schema::schema(Self::TIMEOUTS).block);
        warn_about_url(plan);
        if plan.is_create() {
            token::plan(cx);
            plan.set("id", plan.get("name").clone());
            if let Some(name) = plan.get("name").as_str() {
                let resource = format!("connectorprofile/{name}");
                plan.set("arn", region::planned_arn(cx, plan, "appflow", &resource).await);
            }
        } else if credentials::are_sent(plan) {
            token::plan(cx);
            plan.set_unknown("credentials_arn");
            plan.set_unknown("private_connection_status");
        }
        if plan.get("connection_mode").as_str() == Some("Public") {
            plan.set("private_connection_status", Value::Null);
        }
        Ok(())
    }

    async fn plan_destroy(&self, cx: &Cx<Configured>, state: &Model, diags: &mut Diagnostics) {
        if cx.private().get(CREDENTIALS_SET) != Some(true) {
            diags.warning(
                format!("The login of the connection {} will be lost", state.name),
                "Its credentials were not set by Terraform, so Terraform cannot make it again: \
                 someone would have to log in to Salesforce anew. To keep the connection in AWS \
                 and only forget it here, use a `removed` block with `destroy = false`.",
            );
        }
    }

    async fn create(&self, cx: &Cx<Configured>, plan: Model) -> Applied<Model> {
        let session = region::session(cx, plan.region.as_deref())?;
        refuse_existing(cx, &session, &plan).await?;
        let token = token::of_plan(cx);
        let created = session.create_connector_profile(&plan.to_input(), &token).await;
        if let Err(error) = created {
            if error.kind == Kind::AlreadyExists {
                return Err(explain_existing(cx, &plan, error).into());
            }
            find_after_doubt(cx, &plan, None, error).await?;
        }
        cx.private().set(CREATED, true);
        cx.private().set(CREDENTIALS_SET, true);
        token::spend(cx);
        // AWS has the profile, and the login with it: from here on only a provisioning that AWS
        // itself calls failed is an error. Anything else would taint it and cost the login.
        match settle(cx, &session, &plan).await {
            Ok(model) => Ok(model),
            Err(failed) if failed.left.is_some() => Err(failed),
            Err(Failed { error, .. }) => {
                let diagnostic = error.diagnose("");
                cx.warn(
                    format!("The connection {} exists, but could not be read back", plan.name),
                    format!("{} The next plan reads it again.", diagnostic.detail),
                );
                Ok(plan.with_known_parts(&session).await)
            }
        }
    }

    async fn read(&self, cx: &Cx<Configured>, state: Model) -> Result<Option<Model>> {
        let session = region::session(cx, state.region.as_deref())?;
        let Some(profile) = session.refresh_connector_profile(&state.name).await? else {
            return Ok(None);
        };
        if profile.connector_type != "Salesforce" {
            return Err(Error::new(
                Kind::Invalid,
                format!("{} is a connection to {}", state.name, profile.connector_type),
            )
            .remedy("Only connections to Salesforce can be managed here.")
            .at("name"));
        }
        warn_of_failed_provisioning(cx, &profile);
        warn_of_foreign_change(cx, &profile);
        Ok(Some(state.refreshed(&profile, session.region_name())))
    }

    async fn update(&self, cx: &Cx<Configured>, state: Model, plan: Model) -> Applied<Model> {
        let session = region::session(cx, plan.region.as_deref())?;
        if !plan.needs_login(&state) {
            // What is left is only recorded: no API takes it without a login.
            return Ok(plan);
        }
        let before = session.describe_connector_profile(&plan.name).await?;
        let token = token::of_plan(cx);
        if let Err(error) = session.update_connector_profile(&plan.to_input(), &token).await {
            find_after_doubt(cx, &plan, before, error).await?;
        }
        cx.private().set(CREDENTIALS_SET, true);
        token::spend(cx);
        settle(cx, &session, &plan).await.map_err(|failed| Failed {
            left: failed.left.or_else(|| Some(Box::new(plan.clone()))),
            ..failed
        })
    }

    async fn delete(&self, cx: &Cx<Configured>, state: Model) -> Applied<(), Model> {
        let session = region::session(cx, state.region.as_deref())?;
        let deleted = session.delete_connector_profile(&state.name).await;
        match deleted {
            Err(error) if error.kind == Kind::Conflict => {
                Err(explain_users(&session, &state.name, error).await.into())
            }
            other => Ok(other?),
        }
    }

    fn generate(&self, cx: &Cx<Configured>, _state: &Value, config: &mut Value) {
        region::generate(cx, config);
    }

    fn take_over(&self, source_type: &str, state: &Json) -> Option<Key> {
        let (name, arn, kms_key) = match source_type {
            "aws_appflow_connector_profile" => ("name", "arn", "kms_arn"),
            "awscc_appflow_connector_profile" => {
                ("connector_profile_name", "connector_profile_arn", "kms_arn")
            }
            _ => return None,
        };
        // The credentials in that state stay behind: nothing but these is read.
        let mut key = takeover::key(state, &[(name, "name")], arn)?;
        key.extend(takeover::text(state, kms_key).map(|arn| ("kms_key_arn".to_owned(), arn)));
        Some(key)
    }

    fn import(&self, id: &ImportId) -> Result<Key> {
        IMPORT.read(id)
    }
}

/// Plans the key: it cannot be read, so only for a profile that we made is a change a change.
fn plan_kms_key(cx: &Cx<Configured>, plan: &mut Plan<'_>) {
    if plan.is_create() || !plan.changes("kms_key_arn") {
        return;
    }
    if cx.private().get(CREATED) == Some(true) {
        plan.replace("kms_key_arn");
    } else if !plan.get("kms_key_arn").is_null() {
        plan.diags.warning_at(
            "kms_key_arn",
            "The key cannot be confirmed",
            "AWS does not tell the key of an imported connection. The value is recorded, and \
             nothing is changed in AWS.",
        );
    }
}

/// PrivateLink for logins goes with a private connection only.
fn check_private_link(plan: &mut Plan<'_>) {
    const PRIVATE_LINK: &str = "use_private_link_for_metadata_and_authorization";
    if !plan.changes(PRIVATE_LINK) && !plan.changes("connection_mode") {
        return;
    }
    if plan.get(PRIVATE_LINK).as_bool() == Some(true)
        && plan.get("connection_mode").as_str() == Some("Public")
    {
        plan.diags.error_at(
            PRIVATE_LINK,
            "PrivateLink needs a private connection",
            "Set `connection_mode = \"Private\"`, or remove this argument.",
        );
    }
}

fn warn_about_url(plan: &mut Plan<'_>) {
    if !plan.changes("instance_url") && !plan.changes("sandbox") {
        return;
    }
    let Some(instance_url) = plan.get("instance_url").as_str().map(str::to_owned) else { return };
    let sandbox = plan.get("sandbox").as_bool();
    for warning in url::warnings(&instance_url, sandbox) {
        let (attribute, summary) = if warning.starts_with("`sandbox`") {
            ("sandbox", "sandbox and instance_url may contradict each other")
        } else {
            ("instance_url", "The instance URL is unusual")
        };
        plan.diags.warning_at(attribute, summary, warning);
    }
}

/// Looks for a connection of the same name before a one-shot code is sent, and so that what is
/// found after a doubtful creation is known to be ours.
async fn refuse_existing(cx: &Cx<Configured>, session: &Session, plan: &Model) -> Result<()> {
    match session.describe_connector_profile(&plan.name).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => {
            let error =
                Error::new(Kind::AlreadyExists, format!("the connection {} exists", plan.name));
            Err(explain_existing(cx, plan, error))
        }
        // Then a doubtful creation stays in doubt.
        Err(error) if error.kind == Kind::Denied => Ok(()),
        Err(error) => Err(error),
    }
}

/// What became of a write that failed: an error, or its effect after all.
///
/// A dropped connection or a stop leaves open whether AWS has done it, and the one-shot
/// credentials may be spent: a profile of the same org that was not there `before`, or was not
/// changed since, is our doing.
async fn find_after_doubt(
    cx: &Cx<Configured>,
    plan: &Model,
    before: Option<ConnectorProfile>,
    error: Error,
) -> Result<()> {
    if !error.is_ambiguous() {
        return Err(credentials::explain(error, plan));
    }
    let lookup = region::lookup_session(cx, plan.region.as_deref())?;
    let Ok(Some(found)) = lookup.describe_connector_profile(&plan.name).await else {
        return Err(error);
    };
    let is_changed = before.is_none_or(|before| before.last_updated_at != found.last_updated_at);
    let ours = is_changed && found.instance_url.as_ref() == Some(&plan.instance_url);
    if ours { Ok(()) } else { Err(error) }
}

fn explain_existing(cx: &Cx<Configured>, plan: &Model, error: Error) -> Error {
    let region = region::other_than_providers(cx, plan.region.as_deref());
    error
        .remedy(format!(
            "A connection of this name exists and holds a login that Terraform will not touch \
             unasked. Import it:\n\n{}\n\nor choose another name.",
            import_block(Connection::TYPE, &[("name", &plan.name)], region)
        ))
        .at("name")
}

/// Waits until a private connection is provisioned, and reads the profile back.
async fn settle(cx: &Cx<Configured>, session: &Session, plan: &Model) -> Applied<Model> {
    let probe = || session.describe_connector_profile(&plan.name);
    let profile = PROVISIONED.until(cx, probe, judge).await?;
    let model = plan.clone().refreshed(&profile, session.region_name());
    cx.private().set(LAST_CHANGE, profile.last_updated_at.map(OffsetDateTime::unix_timestamp));
    match &profile.private_status {
        Some(status) if status.status == "FAILED" => {
            Err(provisioning_failure(status)).or_keep(&model)
        }
        _ => Ok(model),
    }
}

const PROVISIONED: Wait = Wait {
    what: "the private connection to be provisioned",
    every: Duration::from_secs(2),
    at_most: Duration::from_hours(2),
};

fn judge(found: Option<ConnectorProfile>) -> Progress<ConnectorProfile> {
    match found {
        // A fresh profile may take a moment to show.
        None => Progress::Waiting("absent".into()),
        Some(profile) => match &profile.private_status {
            Some(PrivateStatus { status, .. }) if status == "PENDING" => {
                Progress::Waiting("PENDING".into())
            }
            _ => Progress::Done(profile),
        },
    }
}

fn provisioning_failure(status: &PrivateStatus) -> Error {
    let cause = status.failure_cause.as_deref().unwrap_or("unknown cause");
    let message = status.failure_message.as_deref().unwrap_or("AWS gives no details");
    Error::new(
        Kind::Invalid,
        format!("AWS could not provision the private connection ({cause}): {message}"),
    )
    .remedy(match cause {
        "CONNECTOR_AUTHENTICATION" => {
            "Salesforce refused the login over PrivateLink: check the connected app and the \
             credentials, then apply again with fresh ones."
        }
        "ACCESS_DENIED" => {
            "Salesforce's private connect, or the role Terraform runs as, refused: allow AppFlow \
             there, then apply again with fresh credentials."
        }
        _ => {
            "Correct the cause and apply again with fresh credentials, or use `connection_mode = \
             \"Public\"`."
        }
    })
    .at("connection_mode")
}

fn warn_of_failed_provisioning(cx: &Cx<Configured>, profile: &ConnectorProfile) {
    let Some(status) = &profile.private_status else { return };
    if status.status == "FAILED" {
        let detail = provisioning_failure(status).diagnose("").detail;
        cx.warn_at("connection_mode", "The private connection is not provisioned", detail);
    }
}

/// A login made anew by hand shows in nothing but the time of the last change.
fn warn_of_foreign_change(cx: &Cx<Configured>, profile: &ConnectorProfile) {
    let Some(now) = profile.last_updated_at.map(OffsetDateTime::unix_timestamp) else { return };
    let seen: Option<i64> = cx.private().get(LAST_CHANGE);
    if seen.is_some_and(|seen| seen < now) {
        cx.warn(
            format!("The connection {} was changed outside of Terraform", profile.name),
            "AWS does not tell what was changed; what can be seen is compared below, the \
             credentials cannot be. If they were replaced on purpose, nothing needs to be done.",
        );
    }
    cx.private().set(LAST_CHANGE, now);
}

/// Names the flows that keep a connection from being deleted.
async fn explain_users(session: &Session, name: &str, error: Error) -> Error {
    let mut users = Vec::new();
    for flow in session.list_flows().await.unwrap_or_default() {
        if flow.source_connector != "Salesforce" {
            continue;
        }
        if let Ok(Some(flow)) = session.describe_flow(&flow.name).await
            && flow.connection_name.as_deref() == Some(name)
        {
            users.push(flow.name);
        }
    }
    if users.is_empty() {
        return error;
    }
    let users = users.join(", ");
    error.advise(format!(
        "The connection is used by the flows {users}. Destroy them first, or give them another \
         `connection_name`, then destroy this connection."
    ))
}

impl Model {
    fn to_input(&self) -> ConnectorProfileInput {
        ConnectorProfileInput {
            name: self.name.clone(),
            connection_mode: self.connection_mode.clone(),
            instance_url: self.instance_url.clone(),
            sandbox: self.sandbox,
            use_private_link: self
                .use_private_link_for_metadata_and_authorization
                .unwrap_or_default(),
            kms_key_arn: self.kms_key_arn.clone(),
            credentials: Some(self.credentials()),
        }
    }

    /// Whether getting here from `state` takes a call, for which AWS wants a login.
    fn needs_login(&self, state: &Model) -> bool {
        let private_link = |model: &Model| {
            model.use_private_link_for_metadata_and_authorization.unwrap_or_default()
        };
        self.credentials_wo_version != state.credentials_wo_version
            || self.instance_url != state.instance_url
            || self.sandbox != state.sandbox
            || self.connection_mode != state.connection_mode
            || private_link(self) != private_link(state)
    }

    /// This state, with everything that AWS shows as AWS shows it now.
    fn refreshed(self, profile: &ConnectorProfile, region: &str) -> Self {
        let private_link = match self.use_private_link_for_metadata_and_authorization {
            // Not set is what AWS calls false.
            None if !profile.use_private_link => None,
            _ => Some(profile.use_private_link),
        };
        Self {
            id: Some(profile.name.clone()),
            arn: Some(profile.arn.clone()),
            region: Some(region.to_owned()),
            name: profile.name.clone(),
            instance_url: profile.instance_url.clone().unwrap_or_default(),
            sandbox: profile.sandbox,
            connection_mode: profile.connection_mode.clone(),
            use_private_link_for_metadata_and_authorization: private_link,
            credentials_arn: profile.credentials_arn.clone(),
            private_connection_status: profile
                .private_status
                .as_ref()
                .filter(|_| profile.connection_mode != "Public")
                .map(|status| status.status.clone()),
            ..self
        }
    }

    /// This plan, with what can be said of the profile without asking AWS for it.
    async fn with_known_parts(self, session: &Session) -> Self {
        let arn = match (&self.arn, session.account_id().await) {
            (None, Ok(account)) => Some(format!(
                "arn:{}:appflow:{}:{account}:connectorprofile/{}",
                session.partition(),
                session.region_name(),
                self.name
            )),
            (known, _) => known.clone(),
        };
        Self {
            id: Some(self.name.clone()),
            arn,
            region: Some(session.region_name().to_owned()),
            ..self
        }
    }
}
