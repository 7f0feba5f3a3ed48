//! Rules: what Connect does when a case was created.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::connect::function::Function;
use crate::connect::{actions, instances};
use crate::operations::Entry;
use crate::switches::Switches;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place};

pub(crate) const OPERATIONS: &[Entry] = &[
    ("CreateRule", create),
    ("UpdateRule", update),
    ("DescribeRule", describe),
    ("DeleteRule", delete),
];

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The EventSourceName of the trigger.
    pub(crate) trigger: String,
    pub(crate) association: Option<String>,
    pub(crate) function: String,
    pub(crate) actions: Vec<Value>,
    pub(crate) publish_status: String,
    pub(crate) tags: BTreeMap<String, String>,
    pre_evaluation_filters: Option<Value>,
    pub(crate) created_at: f64,
    pub(crate) updated_at: f64,
    pub(crate) updated_by: String,
}

impl Rule {
    pub(crate) fn published(&self) -> bool {
        self.publish_status == "PUBLISHED"
    }

    pub(crate) fn arn(&self, place: &Place, instance: &str) -> String {
        place.arn("connect", &format!("instance/{instance}/rule/{}", self.id))
    }

    pub(crate) fn trigger_source(&self) -> Value {
        let mut source = json!({"EventSourceName": self.trigger});
        if let Some(association) = &self.association {
            source["IntegrationAssociationId"] = association.clone().into();
        }
        source
    }
}

fn create(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let instance_id = input.text("InstanceId").to_owned();
    let name = input.text("Name").to_owned();
    let source = input.object("TriggerEventSource");
    let text = |name: &str| source.and_then(|source| source.get(name)).and_then(Value::as_str);
    let trigger = text("EventSourceName").expect("the model requires the source").to_owned();
    let association = text("IntegrationAssociationId").map(str::to_owned);
    let switches = call.world.switches.clone();
    let instance = instances::find(call, &instance_id)?;
    check_trigger(instance, &trigger, association.as_deref(), &switches)?;
    check_content(instance, &trigger, input, &switches)?;
    if instance.rules.values().any(|rule| rule.name == name) {
        return Err(name_taken(&name));
    }
    if instance.rules.values().filter(|rule| rule.trigger == trigger).count() >= RULE_QUOTA {
        return Err(Refusal::new(
            "ServiceQuotaExceededException",
            format!("The limit of {RULE_QUOTA} rules for {trigger} is reached."),
        ));
    }
    let id = call.world.ids.uuid();
    let now = call.world.now();
    let rule = Rule {
        id: id.clone(),
        name,
        trigger,
        association,
        function: input.text("Function").into(),
        actions: input.list("Actions").to_vec(),
        publish_status: input.text("PublishStatus").into(),
        tags: input.text_map("Tags"),
        pre_evaluation_filters: input.value("PreEvaluationFilters").cloned(),
        created_at: now,
        updated_at: now,
        updated_by: call.caller.arn.clone(),
    };
    let arn = rule.arn(&call.place, &instance_id);
    let lag = call.world.switches.rule_change_hidden_searches;
    let instance = instances::find(call, &instance_id)?;
    instance.lag_searches(lag);
    instance.rules.insert(id.clone(), rule);
    Ok(json!({"RuleArn": arn, "RuleId": id}))
}

/// Replaces everything but the trigger; what the input leaves out is cleared.
fn update(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let (instance_id, id) = (input.text("InstanceId"), input.text("RuleId"));
    let name = input.text("Name");
    let trigger = find(call, instance_id, id)?.trigger.clone();
    let switches = call.world.switches.clone();
    let now = call.world.now();
    let caller = call.caller.arn.clone();
    let instance = instances::find(call, instance_id)?;
    check_content(instance, &trigger, input, &switches)?;
    if instance.rules.values().any(|rule| rule.id != id && rule.name == name) {
        return Err(name_taken(name));
    }
    instance.lag_searches(switches.rule_change_hidden_searches);
    let rule = instance.rules.get_mut(id).ok_or_else(|| missing(id))?;
    if rule.name != name && !RENAMABLE.contains(&trigger.as_str()) {
        return Err(Refusal::invalid_request(format!(
            "The name of a rule for {trigger} can not be changed."
        )));
    }
    rule.name = name.into();
    rule.function = input.text("Function").into();
    rule.actions = input.list("Actions").to_vec();
    rule.publish_status = input.text("PublishStatus").into();
    rule.pre_evaluation_filters = input.value("PreEvaluationFilters").cloned();
    rule.updated_at = now;
    rule.updated_by = caller;
    Ok(json!({}))
}

fn describe(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let (instance, id) = (input.text("InstanceId"), input.text("RuleId"));
    let place = call.place.clone();
    let switches = call.world.switches.clone();
    let rule = find(call, instance, id)?;
    let function = Function::parse(&rule.function, &switches)
        .ok()
        .filter(|_| switches.rule_function_normalised)
        .map_or_else(|| rule.function.clone(), |function| function.normalised());
    let mut shown = json!({
        "Actions": rule.actions,
        "CreatedTime": rule.created_at,
        "Function": function,
        "LastUpdatedBy": rule.updated_by,
        "LastUpdatedTime": rule.updated_at,
        "Name": rule.name,
        "PublishStatus": rule.publish_status,
        "RuleArn": rule.arn(&place, instance),
        "RuleId": rule.id,
        "Tags": rule.tags,
        "TriggerEventSource": rule.trigger_source(),
    });
    if let Some(filters) = &rule.pre_evaluation_filters {
        shown["PreEvaluationFilters"] = filters.clone();
    }
    Ok(json!({"Rule": shown}))
}

fn delete(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let (instance, id) = (input.text("InstanceId"), input.text("RuleId"));
    find(call, instance, id)?;
    let lag = call.world.switches.rule_change_hidden_searches;
    let instance = instances::find(call, instance)?;
    instance.lag_searches(lag);
    instance.rules.remove(id);
    Ok(json!({}))
}

/// Third-party triggers need an association of their kind, with a use case for rules.
fn check_trigger(
    instance: &instances::Instance,
    trigger: &str,
    association: Option<&str>,
    switches: &Switches,
) -> Result<(), Refusal> {
    let Some((_, wanted)) = THIRD_PARTY.iter().find(|(name, _)| *name == trigger) else {
        return match association {
            Some(_) => Err(Refusal::invalid_request(format!(
                "IntegrationAssociationId is not supported for {trigger}."
            ))),
            None => Ok(()),
        };
    };
    let Some(id) = association else {
        return Err(Refusal::invalid_request(format!(
            "IntegrationAssociationId is required for {trigger}."
        )));
    };
    let Some(association) = instance.associations.get(id) else {
        return Err(Refusal::new(
            &switches.unknown_association_error,
            format!("Integration association {id} does not exist."),
        ));
    };
    if association.source_type() != Some(wanted) {
        return Err(Refusal::invalid_request(format!(
            "The integration association is not of source type {wanted}."
        )));
    }
    let evaluates = association.use_cases.values().any(|case| case.kind == "RULES_EVALUATION");
    if !evaluates && switches.use_case_required_for_rule {
        return Err(Refusal::invalid_request(
            "The integration association has no use case of type RULES_EVALUATION.",
        ));
    }
    Ok(())
}

/// The grammar of other triggers is not known here; theirs need only be a JSON object.
fn check_content(
    instance: &instances::Instance,
    trigger: &str,
    input: &Input,
    switches: &Switches,
) -> Result<(), Refusal> {
    let function = input.text("Function");
    if trigger != SALESFORCE {
        let object = serde_json::from_str::<Value>(function).is_ok_and(|value| value.is_object());
        return if object {
            Ok(())
        } else {
            Err(Refusal::invalid_request("Function is not a JSON object."))
        };
    }
    Function::parse(function, switches)
        .map(|_| ())
        .and_then(|()| actions::check(input.list("Actions"), instance, switches))
        .map_err(|reason| Refusal::invalid_request(format!("Invalid rule: {reason}.")))
}

fn find<'a>(call: &'a mut Call<'_>, instance: &str, id: &str) -> Result<&'a mut Rule, Refusal> {
    instances::find(call, instance)?.rules.get_mut(id).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Refusal {
    Refusal::not_found(format!("Rule {id} does not exist."))
}

fn name_taken(name: &str) -> Refusal {
    Refusal::new(
        "ResourceConflictException",
        format!("A rule with the name {name} already exists on the instance."),
    )
}

/// The only trigger of the enumeration that Salesforce causes.
pub(crate) const SALESFORCE: &str = "OnSalesforceCaseCreate";
const THIRD_PARTY: &[(&str, &str)] = &[
    (SALESFORCE, "SALESFORCE"),
    ("OnZendeskTicketCreate", "ZENDESK"),
    ("OnZendeskTicketStatusUpdate", "ZENDESK"),
];
const RENAMABLE: &[&str] = &["OnZendeskTicketCreate", "OnZendeskTicketStatusUpdate", SALESFORCE];
/// The Connect feature limits: rules for each event source of an instance.
const RULE_QUOTA: usize = 500;
