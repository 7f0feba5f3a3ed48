//! `connect_salesforce_case_rule`: a Connect rule that makes a task of a new Salesforce case.

mod condition;
mod schema;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use self::condition::{Condition, plan_conditions};
use super::import_id::{Form, Key, import_block};
use super::marker::{self, MARKER, is_marked, marked};
use super::reference::{self, id_of};
use super::tags::{self, Charset, Tags, changes};
use super::{region, token, whereabouts};
use crate::aws::Session;
use crate::aws::rule::{
    CASE_TRIGGER, CreatedRule, RefreshedRule, Rule, RuleInput, TaskAction, TaskReference,
};
use crate::framework::context::Cx;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::identity::{IdentityAttribute, IdentitySchema};
use crate::framework::path::Path;
use crate::framework::plan::Plan;
use crate::framework::resource::{Applied, ImportId, OrKeep, Resource};
use crate::framework::schema::Schema;
use crate::framework::timeouts::Timeouts;
use crate::framework::value::Value;
use crate::provider::Configured;
use crate::salesforce::rule_function::{RuleFunction, equivalent};
use crate::salesforce::variables;

/// The resource type.
#[derive(Debug)]
pub(super) struct CaseRule;

/// A rule as Terraform stores it: its conditions as a list or as a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Model {
    id: Option<String>,
    arn: Option<String>,
    region: Option<String>,
    instance_id: String,
    integration_association_id: String,
    name: String,
    publish_status: String,
    function: Option<String>,
    conditions: Option<Vec<Condition>>,
    r#match: Option<String>,
    task: Task,
    assign_contact_category: bool,
    tags: Option<Tags>,
    tags_all: Option<Tags>,
    rule_id: Option<String>,
    function_json: Option<String>,
}

/// The task that a rule makes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Task {
    name: String,
    description: Option<String>,
    contact_flow_id: String,
    references: Option<BTreeMap<String, String>>,
}

/// The note with the time of the change that the state shows, in milliseconds since 1970.
const SEEN: &str = "seen";

const IMPORT: Form = Form {
    parts: &["instance_id", "rule_id"],
    service: "connect",
    from_arn: |resource| {
        let (instance, rule) = resource.strip_prefix("instance/")?.split_once("/rule/")?;
        Some(vec![instance, rule])
    },
    example: "11111111-2222-3333-4444-555555555555,66666666-7777-8888-9999-000000000000",
};

#[async_trait]
impl Resource<Configured> for CaseRule {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_case_rule";

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
            IdentityAttribute::required("rule_id", "Id of the rule."),
        ];
        IdentitySchema::new(key.into_iter().chain(region::identity_attributes()))
    }

    fn identify(&self, state: &Value) -> BTreeMap<String, Value> {
        let mut parts = region::identity(state);
        let instance = reference::id_value(state.get("instance_id"));
        parts.insert("instance_id".to_owned(), instance);
        parts.insert("rule_id".to_owned(), state.get("rule_id").clone());
        parts
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        condition::validate(config, diags);
    }

    async fn plan(&self, cx: &Cx<Configured>, plan: &mut Plan<'_>) -> Result<()> {
        region::plan_region(cx, plan);
        tags::plan_tags(cx, plan, Charset::Connect);
        let references = ["instance_id", "integration_association_id", "task.contact_flow_id"];
        reference::check_home(cx, plan, &references).await;
        plan_conditions(plan);
        if plan.changes("task") {
            warn_about_task(plan);
            warn_about_contact_flow(cx, plan).await;
        }
        if plan.is_create() {
            token::plan(cx);
        }
        marker::plan(cx, plan);
        Ok(())
    }

    async fn create(&self, cx: &Cx<Configured>, plan: Model) -> Applied<Model> {
        let session = region::session(cx, plan.region.as_deref())?;
        let mut input = plan.to_input()?;
        input.tags = marked(&input.tags);
        let token = token::of_plan(cx);
        let CreatedRule { id, arn } =
            match session.create_rule(plan.instance(), &input, &token).await {
                Ok(created) => created,
                Err(error) => find_after_doubt(cx, &session, &plan, &input, error).await?,
            };
        token::spend(cx);
        marker::remove(cx, &session, &arn).await;
        let made = Model {
            id: Some(format!("{},{id}", plan.instance())),
            arn: Some(arn),
            region: Some(session.region_name().to_owned()),
            rule_id: Some(id),
            ..plan
        };
        read_back(cx, made).await
    }

    async fn read(&self, cx: &Cx<Configured>, state: Model) -> Result<Option<Model>> {
        let session = region::session(cx, state.region.as_deref())?;
        let id = state.rule_id.clone().unwrap_or_default();
        let seen = cx.private().get(SEEN).and_then(from_millis);
        let rule = match session.refresh_rule(state.instance(), &id, seen).await? {
            RefreshedRule::Gone => None,
            RefreshedRule::Unchanged { mut tags } => {
                marker::note(cx, &tags);
                tags.remove(MARKER);
                let (tags, tags_all) = tags::shown(cx, &tags, state.tags.as_ref());
                if state.tags_all.as_ref() == Some(&tags_all) {
                    return Ok(Some(Model { tags, ..state }));
                }
                // A search may lag behind a change of tags.
                session.describe_rule(state.instance(), &id).await?
            }
            RefreshedRule::Current(rule) => Some(*rule),
        };
        let Some(rule) = rule else { return Ok(None) };
        if rule.event_source_name != CASE_TRIGGER {
            return Err(Error::new(
                Kind::Invalid,
                format!("the rule {} is triggered by {}", rule.name, rule.event_source_name),
            )
            .remedy(format!("Only rules of the trigger {CASE_TRIGGER} can be managed here.")));
        }
        marker::note(cx, &rule.tags);
        Ok(Some(state.refreshed(cx, &rule, session.region_name())))
    }

    async fn update(&self, cx: &Cx<Configured>, state: Model, plan: Model) -> Applied<Model> {
        let session = region::session(cx, plan.region.as_deref())?;
        let plan = Model { arn: state.arn.clone(), ..plan };
        let id = plan.rule_id.clone().unwrap_or_default();
        if plan.changes_rule(&state) {
            let Some(current) = session.describe_rule(plan.instance(), &id).await? else {
                return Err(Error::new(Kind::NotFound, format!("the rule {id} is gone"))
                    .remedy("Plan again: it will be made anew.")
                    .into());
            };
            let input = plan.to_input()?;
            let updated = session.update_rule(plan.instance(), &id, &input, &current).await;
            updated.map_err(|error| match error.kind {
                Kind::Conflict | Kind::AlreadyExists => error
                    .remedy("A rule of this name exists in the instance: choose another name.")
                    .at("name"),
                _ => error,
            })?;
            // What the state shows is of now; the next refresh need not ask for the rule itself.
            cx.private().remove(SEEN);
            if let Ok(Some(rule)) = session.describe_rule(plan.instance(), &id).await
                && has_content(&rule, &input)
            {
                note_seen(cx, &rule);
            }
        }
        let none = Tags::new();
        let before = state.tags_all.as_ref().unwrap_or(&none);
        let (set, remove) = changes(before, plan.tags_all.as_ref().unwrap_or(&none));
        let arn = plan.arn.clone().unwrap_or_default();
        let half =
            Model { tags: state.tags.clone(), tags_all: state.tags_all.clone(), ..plan.clone() };
        if !remove.is_empty() {
            session.untag(&arn, &remove).await.or_keep(&half)?;
        }
        if !set.is_empty() {
            session.tag(&arn, &set).await.or_keep(&half)?;
        }
        if marker::is_noted(cx) {
            marker::remove(cx, &session, &arn).await;
        }
        Ok(plan)
    }

    async fn delete(&self, cx: &Cx<Configured>, state: Model) -> Applied<(), Model> {
        let session = region::session(cx, state.region.as_deref())?;
        let id = state.rule_id.clone().unwrap_or_default();
        Ok(session.delete_rule(state.instance(), &id).await?)
    }

    fn generate(&self, cx: &Cx<Configured>, state: &Value, config: &mut Value) {
        region::generate(cx, config);
        if state.get("match").as_str() == Some("all") {
            config.put("match", Value::Null);
        }
    }

    fn import(&self, id: &ImportId) -> Result<Key> {
        IMPORT.read(id)
    }
}

/// Notes when the rule was last changed, so that a refresh can tell whether it was since.
///
/// A time in whole seconds counts only once its second is over: another change within it would look
/// like none.
fn note_seen(cx: &Cx<Configured>, rule: &Rule) {
    let is_final = |at: &OffsetDateTime| {
        at.nanosecond() != 0 || OffsetDateTime::now_utc() - *at > Duration::from_secs(1)
    };
    match rule.last_updated_at.filter(is_final) {
        Some(at) => cx.private().set(SEEN, to_millis(at)),
        None => cx.private().remove(SEEN),
    }
}

fn to_millis(moment: OffsetDateTime) -> i64 {
    moment.unix_timestamp() * 1000 + i64::from(moment.millisecond())
}

fn from_millis(millis: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()
}

/// What became of a creation that failed: an error, or the id of the rule after all.
///
/// Killed or cut off, an apply leaves a rule behind that nobody knows of: one of the same name
/// and content that has the marker still is ours.
async fn find_after_doubt(
    cx: &Cx<Configured>,
    session: &Session,
    plan: &Model,
    input: &RuleInput,
    error: Error,
) -> Result<CreatedRule> {
    if error.kind == Kind::NotFound {
        return Err(explain_absence(session, plan, error).await);
    }
    if error.kind != Kind::AlreadyExists && !error.is_ambiguous() {
        return Err(error);
    }
    let lookup = session.for_lookup();
    let rules = lookup.list_case_rules(plan.instance()).await;
    let Some(same_name) =
        rules.ok().flatten().unwrap_or_default().into_iter().find(|it| it.name == plan.name)
    else {
        return Err(error);
    };
    if let Ok(Some(rule)) = lookup.describe_rule(plan.instance(), &same_name.id).await
        && is_marked(&rule.tags)
        && has_content(&rule, input)
    {
        return Ok(CreatedRule { id: rule.id, arn: rule.arn });
    }
    Err(error
        .remedy(format!(
            "A rule of this name exists in the instance. Import it:\n\n{}\n\nor choose another \
             name.",
            import_block(
                CaseRule::TYPE,
                &[("instance_id", plan.instance()), ("rule_id", &same_name.id)],
                region::other_than_providers(cx, plan.region.as_deref())
            )
        ))
        .at("name"))
}

/// Says which of the two is missing, the instance or the association.
async fn explain_absence(session: &Session, plan: &Model, error: Error) -> Error {
    if let Ok(None) = session.describe_instance(plan.instance()).await {
        let place = whereabouts::of_instances(session).await;
        return error
            .advise(format!("{place} Correct `instance_id`, or the region of the provider."))
            .at("instance_id");
    }
    error
        .advise(format!(
            "The instance {} has no such association: set `integration_association_id` to that of \
             the app integration.",
            plan.instance()
        ))
        .at("integration_association_id")
}

fn has_content(rule: &Rule, input: &RuleInput) -> bool {
    rule.integration_association_id.as_ref() == Some(&input.integration_association_id)
        && rule.publish_status == input.publish_status
        && rule.assign_contact_category == input.assign_contact_category
        && rule.task.as_ref() == Some(&input.task)
        && equivalent(&rule.function, &input.function)
}

/// A rule just made, as AWS has it; that it cannot be read is no reason to make it again.
async fn read_back(cx: &Cx<Configured>, made: Model) -> Applied<Model> {
    let session = region::lookup_session(cx, made.region.as_deref()).or_keep(&made)?;
    let id = made.rule_id.clone().unwrap_or_default();
    match session.describe_rule(made.instance(), &id).await {
        Ok(Some(rule)) => Ok(made.refreshed(cx, &rule, session.region_name())),
        Ok(None) => Ok(made),
        Err(error) => {
            cx.warn(
                format!("The rule {} exists, but could not be read back", made.name),
                format!("{} The next plan reads it again.", error.diagnose("").detail),
            );
            Ok(made)
        }
    }
}

/// Warns of texts that would show up in tasks as they are written.
fn warn_about_task(plan: &mut Plan<'_>) {
    let task = plan.get("task").clone();
    let mut texts: Vec<(Path, &str)> = ["name", "description"]
        .into_iter()
        .filter_map(|name| Some((Path::attribute("task").dot(name), task.get(name).as_str()?)))
        .collect();
    let references = task.get("references").entries().into_iter().flatten();
    texts.extend(references.filter_map(|(name, url)| {
        Some((Path::attribute("task").dot("references").key(name), url.as_str()?))
    }));
    for (path, text) in &texts {
        for unknown in variables::unknown(text) {
            let advice = match unknown.meant {
                Some(meant) => format!("Did you mean {meant}?"),
                None => format!("Cases offer {}.", variables::VARIABLES.join(", ")),
            };
            plan.diags.warning_at(
                path.clone(),
                format!("{} is no variable of Salesforce cases", unknown.written),
                format!("The task will show it as it is written. {advice}"),
            );
        }
        let is_reference = path.0.len() > 2;
        if is_reference && !["https:", "/", "$."].iter().any(|start| text.starts_with(start)) {
            plan.diags.warning_at(
                path.clone(),
                "The reference is not an https URL",
                "Agents open references from the contact control panel, which wants `https:` or \
                 a path beginning with `/`.",
            );
        }
    }
}

/// Warns of a contact flow that the instance does not have: Connect makes the rule all the same,
/// and then no task. Where looking is not possible, nothing is said.
async fn warn_about_contact_flow(cx: &Cx<Configured>, plan: &mut Plan<'_>) {
    let path = Path::from("task.contact_flow_id");
    let Some(flow) = plan.config.at(&path).as_str().map(id_of) else { return };
    let Some(instance) = plan.get("instance_id").as_str().map(id_of) else { return };
    let Ok(session) = region::session(cx, plan.get("region").as_str()) else { return };
    if let Ok(Some(flows)) = session.contact_flows(instance).await
        && !flows.iter().any(|known| known.id == flow)
    {
        plan.diags.warning_at(
            path,
            "The instance has no such contact flow",
            format!("No task can be made while {flow} does not exist in instance {instance}."),
        );
    }
}

impl Model {
    fn instance(&self) -> &str {
        id_of(&self.instance_id)
    }

    fn to_input(&self) -> Result<RuleInput> {
        Ok(RuleInput {
            name: self.name.clone(),
            integration_association_id: id_of(&self.integration_association_id).to_owned(),
            function: self.rule_function()?,
            publish_status: self.publish_status.clone(),
            task: TaskAction {
                name: self.task.name.clone(),
                description: self.task.description.clone(),
                contact_flow_id: id_of(&self.task.contact_flow_id).to_owned(),
                references: self
                    .task
                    .references
                    .iter()
                    .flatten()
                    .map(|(name, url)| (name.clone(), TaskReference::url(url)))
                    .collect(),
            },
            assign_contact_category: self.assign_contact_category,
            tags: self.tags_all.clone().unwrap_or_default(),
        })
    }

    /// The conditions in Connect's notation.
    fn rule_function(&self) -> Result<String> {
        match (&self.function, &self.conditions) {
            (Some(function), _) => Ok(function.clone()),
            (None, Some(conditions)) => {
                Ok(condition::to_function(conditions, self.r#match.as_deref()).to_json())
            }
            (None, None) => Err(Error::bug("a rule without function and conditions")),
        }
    }

    /// Whether the rule itself changes, not only its tags.
    fn changes_rule(&self, state: &Model) -> bool {
        let tags_aside =
            Model { tags: state.tags.clone(), tags_all: state.tags_all.clone(), ..self.clone() };
        tags_aside != *state
    }

    /// This state, with everything that AWS shows as AWS shows it now.
    fn refreshed(self, cx: &Cx<Configured>, rule: &Rule, region: &str) -> Self {
        note_seen(cx, rule);
        let mut remote_tags = rule.tags.clone();
        remote_tags.remove(MARKER);
        let (tags, tags_all) = tags::shown(cx, &remote_tags, self.tags.as_ref());
        let form = condition::shown(&rule.function, self.function.as_deref());
        let remote = rule.task.clone().unwrap_or_default();
        let references: BTreeMap<String, String> = remote
            .references
            .into_iter()
            .filter(|(_, reference)| reference.reference_type == "URL")
            .map(|(name, reference)| (name, reference.value))
            .collect();
        let spells_none = self.task.references.as_ref().is_some_and(BTreeMap::is_empty);
        Self {
            id: Some(format!("{},{}", self.instance(), rule.id)),
            arn: Some(rule.arn.clone()),
            region: Some(region.to_owned()),
            integration_association_id: rule.integration_association_id.clone().unwrap_or_default(),
            name: rule.name.clone(),
            publish_status: rule.publish_status.clone(),
            function: form.function,
            conditions: form.conditions,
            r#match: form.r#match,
            task: Task {
                name: remote.name,
                // AWS does not tell an empty description from none; the state does.
                description: remote
                    .description
                    .filter(|text| !text.is_empty())
                    .or_else(|| self.task.description.filter(String::is_empty)),
                contact_flow_id: remote.contact_flow_id,
                references: (spells_none || !references.is_empty()).then_some(references),
            },
            assign_contact_category: rule.assign_contact_category,
            tags,
            tags_all: Some(tags_all),
            rule_id: Some(rule.id.clone()),
            function_json: Some(
                RuleFunction::parse(&rule.function)
                    .map_or_else(|_| rule.function.clone(), |function| function.to_json()),
            ),
            ..self
        }
    }
}
