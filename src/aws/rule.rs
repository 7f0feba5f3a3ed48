//! Rules: what Connect does when Salesforce reports a case.
//!
//! An update replaces the whole rule, except for its trigger. AWS gives a rule's function back
//! with other spacing and order of keys. Searching finds triggers and tags of 200 rules at once,
//! but neither functions nor the details of actions.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_connect::types::{
    ActionType, AssignContactCategoryActionDefinition, EventSourceName, PreEvaluationFilters,
    Reference, ReferenceType, RuleAction, RulePublishStatus, RuleTriggerEventSource,
    TaskActionDefinition,
};
use time::OffsetDateTime;

use super::convert::{incomplete, moment, some_tags, some_text, tags};
use super::pages::Pages;
use super::session::{Session, found, gone};
use crate::framework::error::{Kind, Result};

/// The trigger of Salesforce cases.
pub const CASE_TRIGGER: &str = "OnSalesforceCaseCreate";

/// A rule as AWS shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name, unique in its instance.
    pub name: String,
    /// The trigger, as in [`CASE_TRIGGER`].
    pub event_source_name: String,
    /// Where the trigger comes from.
    pub integration_association_id: Option<String>,
    /// Its conditions, as JSON.
    pub function: String,
    /// `PUBLISHED` or `DRAFT`.
    pub publish_status: String,
    /// The task that it makes.
    pub task: Option<TaskAction>,
    /// Whether it puts the contact into its category.
    pub assign_contact_category: bool,
    /// Types of actions that this provider does not model.
    pub other_actions: Vec<String>,
    /// When it was made.
    pub created_at: Option<OffsetDateTime>,
    /// When it was last changed.
    pub last_updated_at: Option<OffsetDateTime>,
    /// Who changed it last.
    pub last_updated_by: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Everything that is not modelled above, to be written back unchanged.
    pub unmodelled: RuleUnmodelled,
}

/// What AWS knows about a rule and this provider does not model. Opaque.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleUnmodelled {
    actions: Vec<RuleAction>,
    filters: Option<PreEvaluationFilters>,
}

/// The task that a rule makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskAction {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// The flow that it goes through.
    pub contact_flow_id: String,
    /// What the agent may open, by the text shown.
    pub references: BTreeMap<String, TaskReference>,
}

/// Something the agent may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskReference {
    /// `URL`, the only type that such rules have.
    pub reference_type: String,
    /// The address.
    pub value: String,
}

impl TaskReference {
    /// A link.
    pub fn url(value: impl Into<String>) -> Self {
        Self { reference_type: ReferenceType::Url.as_str().to_owned(), value: value.into() }
    }
}

/// A rule to be, on Salesforce cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleInput {
    /// Its name.
    pub name: String,
    /// Where the cases come from; only heeded by a create.
    pub integration_association_id: String,
    /// Its conditions, as JSON.
    pub function: String,
    /// `PUBLISHED` or `DRAFT`.
    pub publish_status: String,
    /// The task that it makes.
    pub task: TaskAction,
    /// Whether it puts the contact into its category.
    pub assign_contact_category: bool,
    /// Its tags; only heeded by a create.
    pub tags: BTreeMap<String, String>,
}

/// What a create answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedRule {
    /// The rule's id.
    pub id: String,
    /// The rule's ARN.
    pub arn: String,
}

/// A rule as a list or search shows it: without its function and the details of its actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSummary {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The trigger.
    pub event_source_name: String,
    /// Where the trigger comes from; only searches tell.
    pub integration_association_id: Option<String>,
    /// `PUBLISHED` or `DRAFT`.
    pub publish_status: String,
    /// The types of its actions.
    pub actions: Vec<String>,
    /// Its tags; only searches tell.
    pub tags: BTreeMap<String, String>,
    /// When it was made.
    pub created_at: Option<OffsetDateTime>,
    /// When it was last changed.
    pub last_updated_at: Option<OffsetDateTime>,
}

impl RuleSummary {
    /// Whether Salesforce cases trigger it.
    pub fn is_on_cases(&self) -> bool {
        self.event_source_name == CASE_TRIGGER
    }
}

/// What became of a rule since it was read.
#[derive(Clone, Debug, PartialEq)]
pub enum RefreshedRule {
    /// It does not exist any more.
    Gone,
    /// It is as it was; its tags, which change without it, are these.
    Unchanged {
        /// Its tags.
        tags: BTreeMap<String, String>,
    },
    /// It is like this now.
    Current(Box<Rule>),
}

impl Session {
    /// Makes a rule on Salesforce cases. Repeating it with the same token makes no second.
    ///
    /// # Errors
    /// `Kind::AlreadyExists` for a taken name, `Kind::Invalid` for a function or an action that
    /// Connect does not accept, and whatever else AWS answers.
    pub async fn create_rule(
        &self,
        instance_id: &str,
        rule: &RuleInput,
        token: &str,
    ) -> Result<CreatedRule> {
        let trigger = RuleTriggerEventSource::builder()
            .event_source_name(EventSourceName::OnSalesforceCaseCreate)
            .integration_association_id(&rule.integration_association_id)
            .build()
            .map_err(incomplete)?;
        let request = self
            .connect()
            .create_rule()
            .instance_id(instance_id)
            .name(&rule.name)
            .trigger_event_source(trigger)
            .function(&rule.function)
            .set_actions(Some(rule.actions(&RuleUnmodelled::default())?))
            .publish_status(RulePublishStatus::from(rule.publish_status.as_str()))
            .set_tags(some_tags(&rule.tags))
            .client_token(token);
        let answer = self.call("connect:CreateRule", request.send()).await;
        self.swept_rules().forget(instance_id);
        let answer = answer?;
        Ok(CreatedRule { id: answer.rule_id, arn: answer.rule_arn })
    }

    /// Replaces a rule, keeping what `current` has and this provider does not model.
    ///
    /// # Errors
    /// `Kind::NotFound` when it is gone, `Kind::Conflict` for a taken name, and whatever else AWS
    /// answers.
    pub async fn update_rule(
        &self,
        instance_id: &str,
        rule_id: &str,
        rule: &RuleInput,
        current: &Rule,
    ) -> Result<()> {
        let request = self
            .connect()
            .update_rule()
            .instance_id(instance_id)
            .rule_id(rule_id)
            .name(&rule.name)
            .function(&rule.function)
            .set_actions(Some(rule.actions(&current.unmodelled)?))
            .publish_status(RulePublishStatus::from(rule.publish_status.as_str()))
            .set_pre_evaluation_filters(current.unmodelled.filters.clone());
        let answer = self.call("connect:UpdateRule", request.send()).await;
        self.swept_rules().forget(instance_id);
        answer.map(drop)
    }

    /// Finds a rule.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn describe_rule(&self, instance_id: &str, rule_id: &str) -> Result<Option<Rule>> {
        let request = self.connect().describe_rule().instance_id(instance_id).rule_id(rule_id);
        let answer = found(self.call("connect:DescribeRule", request.send()).await)?;
        Ok(answer.and_then(|answer| answer.rule).map(Rule::from_api))
    }

    /// Finds out what became of a rule that was read before, at Connect's pace.
    ///
    /// One rule alone is quickest asked for. Of several on an instance, one search tells which
    /// have changed since they were `seen`, and only those are asked for: Connect answers two
    /// requests a second. Where searching fails, all are asked for. Not for waiting.
    ///
    /// # Errors
    /// Whatever AWS answers, except that the rule is gone.
    pub async fn refresh_rule(
        &self,
        instance_id: &str,
        rule_id: &str,
        seen: Option<OffsetDateTime>,
    ) -> Result<RefreshedRule> {
        if seen.is_some() && !self.is_first_rule_of(instance_id) {
            let all = self.swept_rules().all(instance_id, self.search_if_possible(instance_id));
            let all = all.await?;
            let found = all.iter().find(|rule| rule.id == rule_id);
            if let Some(rule) = found.filter(|rule| rule.last_updated_at == seen) {
                return Ok(RefreshedRule::Unchanged { tags: rule.tags.clone() });
            }
        }
        let rule = self.describe_rule(instance_id, rule_id).await?;
        Ok(rule.map_or(RefreshedRule::Gone, |rule| RefreshedRule::Current(Box::new(rule))))
    }

    /// The rules that a search finds: none where it is not allowed or does not work, and that is
    /// shared as well, so that it is not tried again for every rule.
    async fn search_if_possible(&self, instance_id: &str) -> Result<Vec<RuleSummary>> {
        match self.search_case_rules(instance_id).await {
            Err(error) if error.kind != Kind::Stopped => {
                tracing::debug!(?error, "rules are asked for one by one");
                Ok(Vec::new())
            }
            found => Ok(found?.unwrap_or_default()),
        }
    }

    /// Lists an instance's rules on Salesforce cases. None if there is no such instance.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such instance.
    pub async fn list_case_rules(&self, instance_id: &str) -> Result<Option<Vec<RuleSummary>>> {
        const LIST: &str = "connect:ListRules";
        let mut rules = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .connect()
                .list_rules()
                .instance_id(instance_id)
                .event_source_name(EventSourceName::OnSalesforceCaseCreate)
                .max_results(PAGE_SIZE)
                .set_next_token(pages.token());
            let Some(page) = found(self.call(LIST, request.send()).await)? else {
                return Ok(None);
            };
            rules.extend(page.rule_summary_list.iter().map(|rule| RuleSummary {
                id: rule.rule_id().to_owned(),
                arn: rule.rule_arn().to_owned(),
                name: rule.name().to_owned(),
                event_source_name: rule.event_source_name().as_str().to_owned(),
                integration_association_id: None,
                publish_status: rule.publish_status().as_str().to_owned(),
                actions: action_types(rule.action_summaries()),
                tags: BTreeMap::new(),
                created_at: moment(Some(rule.created_time())),
                last_updated_at: moment(Some(rule.last_updated_time())),
            }));
            if !pages.turn(page.next_token)? {
                return Ok(Some(rules));
            }
        }
    }

    /// Searches an instance's rules on Salesforce cases, with their associations and tags. None if
    /// there is no such instance.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such instance.
    pub async fn search_case_rules(&self, instance_id: &str) -> Result<Option<Vec<RuleSummary>>> {
        // Searching has no filter for triggers.
        let mut rules = self.search_rules(instance_id).await?;
        rules.iter_mut().for_each(|rules| rules.retain(RuleSummary::is_on_cases));
        Ok(rules)
    }

    /// Searches all of an instance's rules, whatever triggers them. None if there is no such
    /// instance.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such instance.
    pub async fn search_rules(&self, instance_id: &str) -> Result<Option<Vec<RuleSummary>>> {
        const SEARCH: &str = "connect:SearchRules";
        let mut rules = Vec::new();
        let mut pages = Pages::of(SEARCH);
        loop {
            let request = self
                .connect()
                .search_rules()
                .instance_id(instance_id)
                .max_results(PAGE_SIZE)
                .set_next_token(pages.token());
            let Some(page) = found(self.call(SEARCH, request.send()).await)? else {
                return Ok(None);
            };
            rules.extend(page.rules.iter().map(|rule| {
                let trigger = rule.trigger_event_source();
                RuleSummary {
                    id: rule.rule_id().to_owned(),
                    arn: rule.rule_arn().to_owned(),
                    name: rule.name().to_owned(),
                    event_source_name: trigger
                        .map_or("", |trigger| trigger.event_source_name().as_str())
                        .to_owned(),
                    integration_association_id: trigger
                        .and_then(|trigger| some_text(trigger.integration_association_id())),
                    publish_status: rule.publish_status().as_str().to_owned(),
                    actions: action_types(rule.action_summaries()),
                    tags: tags(rule.tags()),
                    created_at: moment(Some(rule.created_time())),
                    last_updated_at: moment(Some(rule.last_updated_time())),
                }
            }));
            if !pages.turn(page.next_token)? {
                return Ok(Some(rules));
            }
        }
    }

    /// Deletes a rule.
    ///
    /// # Errors
    /// Whatever AWS answers, except that it is gone.
    pub async fn delete_rule(&self, instance_id: &str, rule_id: &str) -> Result<()> {
        let request = self.connect().delete_rule().instance_id(instance_id).rule_id(rule_id);
        let answer = self.call("connect:DeleteRule", request.send()).await;
        self.swept_rules().forget(instance_id);
        gone(answer)
    }
}

impl Rule {
    fn from_api(rule: aws_sdk_connect::types::Rule) -> Self {
        let trigger = rule.trigger_event_source();
        let of_type = |wanted: ActionType| {
            rule.actions.iter().find(move |action| *action.action_type() == wanted)
        };
        let task = of_type(ActionType::CreateTask)
            .and_then(RuleAction::task_action)
            .map(TaskAction::from_api);
        let assign_contact_category = of_type(ActionType::AssignContactCategory).is_some();
        let unmodelled: Vec<RuleAction> =
            rule.actions.iter().filter(|action| !is_modelled(action)).cloned().collect();
        Self {
            id: rule.rule_id().to_owned(),
            arn: rule.rule_arn().to_owned(),
            name: rule.name().to_owned(),
            event_source_name: trigger
                .map_or("", |trigger| trigger.event_source_name().as_str())
                .to_owned(),
            integration_association_id: trigger
                .and_then(|trigger| some_text(trigger.integration_association_id())),
            function: rule.function().to_owned(),
            publish_status: rule.publish_status().as_str().to_owned(),
            task,
            assign_contact_category,
            other_actions: unmodelled
                .iter()
                .map(|action| action.action_type().as_str().to_owned())
                .collect(),
            created_at: moment(Some(rule.created_time())),
            last_updated_at: moment(Some(rule.last_updated_time())),
            last_updated_by: some_text(Some(rule.last_updated_by())),
            tags: tags(rule.tags()),
            unmodelled: RuleUnmodelled {
                actions: unmodelled,
                filters: rule.pre_evaluation_filters,
            },
        }
    }
}

impl RuleInput {
    fn actions(&self, kept: &RuleUnmodelled) -> Result<Vec<RuleAction>> {
        let task = RuleAction::builder()
            .action_type(ActionType::CreateTask)
            .task_action(self.task.to_api()?)
            .build()
            .map_err(incomplete)?;
        let mut actions = vec![task];
        if self.assign_contact_category {
            // The definition has no members, but Connect insists on it.
            let category = RuleAction::builder()
                .action_type(ActionType::AssignContactCategory)
                .assign_contact_category_action(
                    AssignContactCategoryActionDefinition::builder().build(),
                )
                .build()
                .map_err(incomplete)?;
            actions.push(category);
        }
        actions.extend(kept.actions.iter().cloned());
        Ok(actions)
    }
}

impl TaskAction {
    fn from_api(task: &TaskActionDefinition) -> Self {
        Self {
            name: task.name().to_owned(),
            description: some_text(task.description()),
            contact_flow_id: task.contact_flow_id().to_owned(),
            references: task
                .references()
                .into_iter()
                .flatten()
                .map(|(name, reference)| {
                    let reference = TaskReference {
                        reference_type: reference.r#type().as_str().to_owned(),
                        value: reference.value().to_owned(),
                    };
                    (name.clone(), reference)
                })
                .collect(),
        }
    }

    fn to_api(&self) -> Result<TaskActionDefinition> {
        let references: HashMap<String, Reference> = self
            .references
            .iter()
            .map(|(name, reference)| {
                let built = Reference::builder()
                    .r#type(ReferenceType::from(reference.reference_type.as_str()))
                    .value(&reference.value)
                    .build()
                    .map_err(incomplete)?;
                Ok((name.clone(), built))
            })
            .collect::<Result<_>>()?;
        TaskActionDefinition::builder()
            .name(&self.name)
            .set_description(self.description.clone())
            .contact_flow_id(&self.contact_flow_id)
            .set_references((!references.is_empty()).then_some(references))
            .build()
            .map_err(incomplete)
    }
}

fn is_modelled(action: &RuleAction) -> bool {
    matches!(action.action_type(), ActionType::CreateTask | ActionType::AssignContactCategory)
}

fn action_types(actions: &[aws_sdk_connect::types::ActionSummary]) -> Vec<String> {
    actions.iter().map(|action| action.action_type().as_str().to_owned()).collect()
}

/// Connect's largest page of rules.
const PAGE_SIZE: i32 = 200;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::testing::{Answer, FakeAws};

    fn input() -> RuleInput {
        RuleInput {
            name: "urgent".into(),
            integration_association_id: "a-1".into(),
            function: "{}".into(),
            publish_status: "PUBLISHED".into(),
            task: TaskAction {
                name: "Case".into(),
                contact_flow_id: "f-1".into(),
                references: [("Case".into(), TaskReference::url("https://x"))].into(),
                ..TaskAction::default()
            },
            assign_contact_category: true,
            ..RuleInput::default()
        }
    }

    #[tokio::test]
    async fn a_create_sends_trigger_and_actions() {
        let aws =
            FakeAws::answering([Answer::Json(200, json!({ "RuleId": "r-1", "RuleArn": "arn:r" }))]);
        let created = aws.session().create_rule("i-1", &input(), "token-1").await;
        assert_eq!(created.expect("created").id, "r-1");
        let asked = aws.only();
        assert_eq!(asked.line, "POST https://connect.us-east-1.amazonaws.com/rules/i-1");
        assert_eq!(
            asked.body,
            json!({
                "Name": "urgent",
                "TriggerEventSource": {
                    "EventSourceName": "OnSalesforceCaseCreate",
                    "IntegrationAssociationId": "a-1",
                },
                "Function": "{}",
                "Actions": [
                    {
                        "ActionType": "CREATE_TASK",
                        "TaskAction": {
                            "Name": "Case",
                            "ContactFlowId": "f-1",
                            "References": { "Case": { "Value": "https://x", "Type": "URL" } },
                        },
                    },
                    { "ActionType": "ASSIGN_CONTACT_CATEGORY", "AssignContactCategoryAction": {} },
                ],
                "PublishStatus": "PUBLISHED",
                "ClientToken": "token-1",
            })
        );
    }

    #[tokio::test]
    async fn an_update_keeps_actions_and_filters_that_are_not_modelled() {
        let other = json!({ "ActionType": "END_ASSOCIATED_TASKS", "EndAssociatedTasksAction": {} });
        let described = json!({ "Rule": {
            "Name": "urgent",
            "RuleId": "r-1",
            "RuleArn": "arn:r",
            "TriggerEventSource": { "EventSourceName": "OnSomethingNew" },
            "Function": "{}",
            "Actions": [other, { "ActionType": "CREATE_TASK", "TaskAction": {
                "Name": "Old", "ContactFlowId": "f-1" } }],
            "PublishStatus": "DRAFT",
            "CreatedTime": 1.5,
            "LastUpdatedTime": 2.0,
            "LastUpdatedBy": "someone",
        } });
        let aws = FakeAws::answering([Answer::Json(200, described), Answer::Json(200, json!({}))]);
        let session = aws.session();
        let current = session.describe_rule("i-1", "r-1").await.expect("an answer");
        let current = current.expect("a rule");
        assert_eq!(current.event_source_name, "OnSomethingNew");
        assert_eq!(current.other_actions, ["END_ASSOCIATED_TASKS"]);
        assert_eq!(current.task.as_ref().map(|task| task.name.as_str()), Some("Old"));
        session.update_rule("i-1", "r-1", &input(), &current).await.expect("updated");
        let sent = &aws.asked()[1].body["Actions"];
        assert_eq!(sent.as_array().map(Vec::len), Some(3));
        assert_eq!(sent[2], other);
    }

    #[tokio::test]
    async fn a_search_keeps_salesforce_cases_only() {
        let rule = |source: &str| {
            json!({
                "Name": source, "RuleId": "r", "RuleArn": "arn:r", "ActionSummaries": [],
                "PublishStatus": "PUBLISHED", "CreatedTime": 1, "LastUpdatedTime": 1,
                "LastUpdatedBy": "x", "Tags": { "team": "ops" },
                "TriggerEventSource": {
                    "EventSourceName": source, "IntegrationAssociationId": "a-1" },
            })
        };
        let rules = json!({ "Rules": [rule(CASE_TRIGGER), rule("OnZendeskTicketCreate")] });
        let aws = FakeAws::answering([Answer::Json(200, rules)]);
        let found = aws.session().search_case_rules("i-1").await.expect("an answer");
        let found = found.expect("an instance");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].integration_association_id.as_deref(), Some("a-1"));
        assert_eq!(found[0].tags["team"], "ops");
    }
    fn described(id: &str, at: i64) -> Answer {
        Answer::Json(
            200,
            json!({ "Rule": {
                "Name": id, "RuleId": id, "RuleArn": "arn:r", "Function": "{}", "Actions": [],
                "PublishStatus": "PUBLISHED", "CreatedTime": 1, "LastUpdatedTime": at,
                "LastUpdatedBy": "x", "TriggerEventSource": { "EventSourceName": CASE_TRIGGER },
            }}),
        )
    }

    fn found(ids: &[&str]) -> Answer {
        let rule = |id: &&str| {
            json!({
                "Name": id, "RuleId": id, "RuleArn": "arn:r", "ActionSummaries": [],
                "PublishStatus": "PUBLISHED", "CreatedTime": 1, "LastUpdatedTime": 1,
                "LastUpdatedBy": "x", "TriggerEventSource": { "EventSourceName": CASE_TRIGGER },
            })
        };
        Answer::Json(200, json!({ "Rules": ids.iter().map(rule).collect::<Vec<_>>() }))
    }

    /// What AWS is asked when these are refreshed in turn, as words of the last part of the URL.
    async fn asked_for(rules: &[(&str, Option<i64>)], aws: FakeAws) -> Vec<String> {
        let session = aws.session();
        for (id, seen) in rules {
            let seen = seen.map(|at| OffsetDateTime::from_unix_timestamp(at).expect("a moment"));
            session.refresh_rule("i", id, seen).await.expect("an answer");
        }
        let last = |line: String| line.rsplit('/').next().unwrap_or_default().to_owned();
        aws.asked().into_iter().map(|asked| last(asked.line)).collect()
    }

    #[tokio::test]
    async fn a_rule_alone_is_asked_for_itself() {
        let aws = FakeAws::answering([described("a", 1)]);
        assert_eq!(asked_for(&[("a", Some(1))], aws).await, ["a"]);
    }

    #[tokio::test]
    async fn several_rules_are_searched_and_only_what_changed_or_is_missing_is_asked_for() {
        let aws = FakeAws::answering([
            described("a", 1),
            found(&["b", "c"]),
            described("c", 1),
            described("d", 1),
        ]);
        let rules = [("a", Some(1)), ("b", Some(1)), ("c", Some(0)), ("d", Some(1))];
        assert_eq!(asked_for(&rules, aws).await, ["a", "search-rules", "c", "d"]);
    }

    #[tokio::test]
    async fn a_rule_never_seen_is_asked_for_itself() {
        let aws = FakeAws::answering([described("a", 1), described("b", 1)]);
        assert_eq!(asked_for(&[("a", None), ("b", None)], aws).await, ["a", "b"]);
    }

    #[tokio::test]
    async fn a_search_that_is_not_allowed_is_not_tried_again_for_every_rule() {
        let denied = Answer::Error(403, "AccessDeniedException", "no");
        let aws = FakeAws::answering([described("a", 1), denied, described("b", 1)]);
        let rules = [("a", Some(1)), ("b", Some(1)), ("c", Some(1))];
        assert_eq!(asked_for(&rules, aws).await, ["a", "search-rules", "b", "c"]);
    }
}
