//! `connect_salesforce_app_integration`: what makes an event source known to one Connect instance.
//!
//! It is an AppIntegrations event integration, the Connect association to it, and the
//! association's use cases. Nothing of it can be updated in AWS but tags, the description and the
//! set of use cases; everything else is a replacement.

mod converge;
mod delete;
mod name;
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::import_id::{Form, Key};
use super::reference::{self, id_of};
use super::tags::{self, Charset, Tags};
use super::{marker, region, supporting, takeover, token};
use crate::aws::Session;
use crate::aws::arn::Arn;
use crate::aws::event_integration::{
    EventIntegration, EventIntegrationAssociation, client_of, name_in_arn as integration_name,
};
use crate::aws::integration_association::IntegrationAssociation;
use crate::aws::use_case::UseCase;
use crate::framework::context::Cx;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::identity::{IdentityAttribute, IdentitySchema};
use crate::framework::plan::Plan;
use crate::framework::resource::{Applied, ImportId, Resource};
use crate::framework::schema::Schema;
use crate::framework::timeouts::Timeouts;
use crate::framework::value::Value;
use crate::framework::wait::{Progress, Wait};
use crate::provider::Configured;

/// The resource type.
#[derive(Debug)]
pub(super) struct AppIntegration;

/// An app integration as Terraform stores it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Model {
    id: Option<String>,
    arn: Option<String>,
    region: Option<String>,
    instance_id: String,
    name: String,
    application_url: String,
    event_source_name: Option<String>,
    event_bus_name: Option<String>,
    event_integration_arn: Option<String>,
    event_integration_name: Option<String>,
    event_integration_description: Option<String>,
    use_cases: BTreeSet<String>,
    tags: Option<Tags>,
    tags_all: Option<Tags>,
    integration_arn: Option<String>,
    integration_association_id: Option<String>,
    use_case_ids: Option<BTreeMap<String, String>>,
    event_bridge_rule_name: Option<String>,
}

const IMPORT: Form = Form {
    parts: &["instance_id", "integration_association_id"],
    service: "connect",
    from_arn: |resource| {
        let (instance, id) =
            resource.strip_prefix("instance/")?.split_once("/integration-association/")?;
        Some(vec![instance, id])
    },
    example: "11111111-2222-3333-4444-555555555555,66666666-7777-8888-9999-000000000000",
};

#[async_trait]
impl Resource<Configured> for AppIntegration {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_app_integration";

    const TIMEOUTS: Timeouts = Timeouts {
        create: Duration::from_mins(5),
        update: Duration::from_mins(5),
        delete: Duration::from_mins(5),
    };

    fn schema(&self) -> Schema {
        schema::schema(Self::TIMEOUTS)
    }

    fn identity(&self) -> IdentitySchema {
        let key = [
            IdentityAttribute::required("instance_id", "Id of the Connect instance."),
            IdentityAttribute::required("integration_association_id", "Id of the association."),
        ];
        IdentitySchema::new(key.into_iter().chain(region::identity_attributes()))
    }

    fn identify(&self, state: &Value) -> BTreeMap<String, Value> {
        let mut parts = region::identity(state);
        let instance = reference::id_value(state.get("instance_id"));
        parts.insert("instance_id".to_owned(), instance);
        let association = state.get("integration_association_id").clone();
        parts.insert("integration_association_id".to_owned(), association);
        parts
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        if config.get("event_source_name").is_null()
            && config.get("event_integration_arn").is_null()
        {
            diags.error_at(
                "event_source_name",
                "The integration needs an event source",
                "Set `event_source_name` to that of the event flow, or `event_integration_arn` \
                 to use an event integration that exists.",
            );
        }
    }

    async fn plan(&self, cx: &Cx<Configured>, plan: &mut Plan<'_>) -> Result<()> {
        region::plan_region(cx, plan);
        tags::plan_tags(cx, plan, Charset::Connect);
        reference::check_home(cx, plan, &["instance_id"]).await;
        if plan.changes("application_url") {
            warn_about_url(plan);
        }
        if plan.is_create() {
            token::plan(cx);
            plan_names(cx, plan).await;
            return Ok(());
        }
        if plan.prior.get("integration_association_id").is_null() {
            plan_replacement(plan);
        }
        marker::plan(cx, plan);
        if plan.changes("event_integration_arn")
            && !plan.get("event_integration_arn").is_null()
            && plan.get("event_integration_arn") != plan.prior.get("integration_arn")
        {
            plan.replace("event_integration_arn");
        }
        if plan.changes("use_cases") {
            plan.set_unknown("use_case_ids");
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx<Configured>, plan: Model) -> Applied<Model> {
        converge::create(cx, plan).await
    }

    async fn read(&self, cx: &Cx<Configured>, state: Model) -> Result<Option<Model>> {
        let session = region::session(cx, state.region.as_deref())?;
        let id = association_id(&session, &state).await?;
        let state = Model { integration_association_id: id, ..state };
        match observe(cx, &session, &state).await? {
            Some(seen) => Ok(Some(state.refreshed(cx, &seen, session.region_name()))),
            None => remains(cx, &session, state).await,
        }
    }

    async fn update(&self, cx: &Cx<Configured>, state: Model, plan: Model) -> Applied<Model> {
        converge::update(cx, &state, plan).await
    }

    async fn delete(&self, cx: &Cx<Configured>, state: Model) -> Applied<(), Model> {
        delete::delete(cx, state).await
    }

    fn generate(&self, cx: &Cx<Configured>, state: &Value, config: &mut Value) {
        region::generate(cx, config);
        if state.get("event_bus_name") == state.get("event_source_name") {
            config.put("event_bus_name", Value::Null);
        }
    }

    fn take_over(&self, source_type: &str, state: &Json) -> Option<Key> {
        let is_ours = source_type == "awscc_connect_integration_association"
            && takeover::text(state, "integration_type") == Some("EVENT".into());
        let parts = [
            ("instance_id", "instance_id"),
            ("integration_association_id", "integration_association_id"),
        ];
        is_ours.then(|| takeover::key(state, &parts, "instance_id")).flatten()
    }

    fn import(&self, id: &ImportId) -> Result<Key> {
        IMPORT.read(id)
    }
}

/// What AWS has of an app integration; of its parts only what we may look at.
#[derive(Debug)]
struct Seen {
    association: IntegrationAssociation,
    use_cases: Option<Vec<UseCase>>,
    integration: Option<Option<EventIntegration>>,
    clients: Option<Vec<EventIntegrationAssociation>>,
    tags: Option<Tags>,
}

/// Without its association nothing is left but the event integration, which is made anew with it.
fn plan_replacement(plan: &mut Plan<'_>) {
    for name in ["id", "arn", "integration_association_id", "use_case_ids"] {
        plan.set_unknown(name);
    }
    plan.replace("integration_association_id");
    plan.diags.warning(
        "The association is missing",
        "The Connect instance has no association with the event integration any more, as after \
         \"Remove connection\" in the console. Applying makes both anew. Rules that it triggered \
         need the new one.",
    );
}

/// The association's id; where a creation was cut off before it was known, that of the association
/// that it made.
async fn association_id(session: &Session, state: &Model) -> Result<Option<String>> {
    let (None, Some(arn)) = (&state.integration_association_id, &state.integration_arn) else {
        return Ok(state.integration_association_id.clone());
    };
    let found = session.find_integration_association_by_arn(state.instance(), arn).await?;
    let ours = found.filter(|it| {
        it.application_name.as_ref() == Some(&state.name)
            && it.application_url.as_ref() == Some(&state.application_url)
    });
    Ok(ours.map(|it| it.id))
}

/// What there is without an association: the event integration, if it goes with this resource.
async fn remains(cx: &Cx<Configured>, session: &Session, state: Model) -> Result<Option<Model>> {
    let name = integration_name(state.integration_arn.as_deref().unwrap_or_default());
    if !state.owns_integration() || name.is_empty() {
        return Ok(None);
    }
    let integration = supporting::seen(cx, session.get_event_integration(name).await)?;
    Ok((integration != Some(None)).then_some(Model {
        integration_association_id: None,
        use_case_ids: None,
        event_bridge_rule_name: None,
        ..state
    }))
}

/// Says what is known of an integration to be.
async fn plan_names(cx: &Cx<Configured>, plan: &mut Plan<'_>) {
    let referenced = plan.config.get("event_integration_arn").clone();
    if let Some(arn) = referenced.as_str() {
        plan.set("integration_arn", arn.into());
        if let Ok(arn) = arn.parse::<Arn>()
            && plan.config.get("event_integration_name").is_null()
            && let Some(name) = arn.resource_after("event-integration")
        {
            plan.set("event_integration_name", name.into());
        }
        return;
    }
    let source = plan.config.get("event_source_name").clone();
    if plan.config.get("event_bus_name").is_null() && source.as_str().is_some() {
        plan.set("event_bus_name", source.clone());
    }
    let name = match plan.config.get("event_integration_name") {
        Value::Null => planned_name(cx, plan).await,
        configured => configured.clone(),
    };
    if plan.config.get("event_integration_name").is_null() {
        plan.set("event_integration_name", name.clone());
    }
    if let (Some(name), true) = (name.as_str(), referenced.is_null()) {
        let resource = format!("event-integration/{name}");
        let arn = region::planned_arn(cx, plan, "app-integrations", &resource).await;
        plan.set("integration_arn", arn);
    }
}

async fn planned_name(cx: &Cx<Configured>, plan: &Plan<'_>) -> Value {
    let prefix = region::planned_arn(cx, plan, "app-integrations", "event-integration/").await;
    let parts = ["name", "instance_id", "event_source_name"].map(|name| plan.get(name).as_str());
    match (prefix.as_str(), parts) {
        (Some(prefix), [Some(name), Some(instance), Some(source)]) => {
            name::event_integration(prefix, name, id_of(instance), source).into()
        }
        _ => Value::UNKNOWN,
    }
}

fn warn_about_url(plan: &mut Plan<'_>) {
    let insecure =
        plan.get("application_url").as_str().is_some_and(|url| !url.starts_with("https://"));
    if insecure {
        plan.diags.warning_at(
            "application_url",
            "The application URL is not https",
            "Tasks link to it. Agents' browsers may refuse to open it from the Connect console.",
        );
    }
}

/// Looks at all parts; none if the association is gone.
///
/// Lists of associations sometimes miss one that exists, so it must be missing several times.
async fn observe(cx: &Cx<Configured>, session: &Session, state: &Model) -> Result<Option<Seen>> {
    let instance = id_of(&state.instance_id);
    let Some(id) = state.integration_association_id.as_deref().map(id_of) else {
        return Ok(None);
    };
    let mut association = session.refresh_integration_association(instance, id).await?;
    for _ in 1..LOOKS_BEFORE_GONE {
        if association.is_some() {
            break;
        }
        tokio::select! {
            () = cx.stop().cancelled() => cx.check_stop()?,
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
        }
        association = session.find_integration_association(instance, id).await?;
    }
    let Some(association) = association else { return Ok(None) };
    if !association.is_salesforce() {
        return Err(Error::new(
            Kind::Invalid,
            format!("the association {id} is of type {}", association.integration_type),
        )
        .remedy("Only associations of Salesforce events can be managed here."));
    }
    let use_cases = supporting::seen(cx, session.list_use_cases(instance, id).await)?;
    let use_cases = use_cases.map(Option::unwrap_or_default);
    let name = integration_name(&association.integration_arn);
    let integration = supporting::seen(cx, session.refresh_event_integration(name).await)?;
    let clients = match &integration {
        Some(None) => Some(Vec::new()),
        _ => {
            let clients = session.list_event_integration_associations(name).await;
            supporting::seen(cx, clients)?.map(Option::unwrap_or_default)
        }
    };
    let found = integration.iter().flatten().next();
    let own = clients.as_deref().and_then(|clients| client_of(clients, instance));
    warn_of_broken_rule(cx, session, found, own).await;
    let tags = supporting::seen(cx, session.list_tags(&association.arn).await)?;
    let tags = tags.map(Option::unwrap_or_default);
    Ok(Some(Seen { association, use_cases, integration, clients, tags }))
}

/// Connect's own rule on the bus carries the events. Where looking is denied, nothing is said.
async fn warn_of_broken_rule(
    cx: &Cx<Configured>,
    session: &Session,
    integration: Option<&EventIntegration>,
    client: Option<&EventIntegrationAssociation>,
) {
    let rule = client.and_then(|client| client.event_bridge_rule_name.as_deref());
    let (Some(integration), Some(rule)) = (integration, rule) else { return };
    let bus = &integration.event_bus_name;
    let (state, remedy) = match session.describe_event_rule(bus, rule).await {
        Ok(None) => ("is missing", "Replace this resource: terraform apply -replace=ADDRESS."),
        Ok(Some(rule)) if !rule.is_enabled() => {
            ("is disabled", "Enable it in the EventBridge console.")
        }
        _ => return,
    };
    cx.warn(
        format!("The integration's rule {state}"),
        format!("No case arrives without the rule {rule} on the bus {bus}. {remedy}"),
    );
}

const LOOKS_BEFORE_GONE: u32 = 3;
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

impl Model {
    fn instance(&self) -> &str {
        id_of(&self.instance_id)
    }

    /// Whether the event integration goes with this resource.
    fn owns_integration(&self) -> bool {
        self.event_integration_arn.is_none()
    }

    /// This state, with everything that AWS shows as AWS shows it now.
    fn refreshed(self, cx: &Cx<Configured>, seen: &Seen, region: &str) -> Self {
        let association = &seen.association;
        let instance = self.instance().to_owned();
        if seen.integration == Some(None) {
            cx.warn(
                "The integration's event integration is missing",
                format!(
                    "{} does not exist any more, so no case arrives. Replace this resource: \
                     terraform apply -replace=ADDRESS.",
                    association.integration_arn
                ),
            );
        }
        let clients = seen.clients.as_deref();
        if cx.is_importing() && clients.is_some_and(|clients| clients.len() > 1) {
            cx.warn(
                "The event integration has other clients",
                format!(
                    "Others use {} too. Set `event_integration_arn` to it, so that destroying \
                     this resource leaves it alone.",
                    association.integration_arn
                ),
            );
        }
        let mut shown = Self {
            id: Some(format!("{instance},{}", association.id)),
            arn: Some(association.arn.clone()),
            region: Some(region.to_owned()),
            name: association.application_name.clone().unwrap_or_default(),
            application_url: association.application_url.clone().unwrap_or_default(),
            event_integration_name: Some(integration_name(&association.integration_arn).to_owned()),
            integration_arn: Some(association.integration_arn.clone()),
            integration_association_id: Some(association.id.clone()),
            ..self
        };
        if let Some(Some(integration)) = &seen.integration {
            marker::note(cx, &integration.tags);
            let description = integration.description.clone();
            shown.event_source_name = Some(integration.event_source_name.clone());
            shown.event_bus_name = Some(integration.event_bus_name.clone());
            shown.event_integration_description = description.filter(|text| !text.is_empty());
        }
        if let Some(use_cases) = &seen.use_cases {
            let ids = use_cases.iter().map(|it| (it.use_case_type.clone(), it.id.clone()));
            shown.use_cases = use_cases.iter().map(|it| it.use_case_type.clone()).collect();
            shown.use_case_ids = Some(ids.collect());
        }
        if let Some(clients) = clients {
            shown.event_bridge_rule_name = client_of(clients, &instance)
                .and_then(|client| client.event_bridge_rule_name.clone());
        }
        if let Some(remote) = &seen.tags {
            let (tags, tags_all) = tags::shown(cx, remote, shown.tags.as_ref());
            shown.tags = tags;
            shown.tags_all = Some(tags_all);
        }
        shown
    }
}

/// How long something just made may stay out of lists.
const LISTED: Wait = Wait {
    what: "the association to be listed",
    every: Duration::from_secs(1),
    at_most: Duration::from_mins(2),
};

fn judge_listed(found: Option<IntegrationAssociation>) -> Progress<()> {
    if found.is_some() { Progress::Done(()) } else { Progress::Waiting("absent".into()) }
}
