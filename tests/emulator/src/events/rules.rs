//! Rules on event buses, and their targets.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::events::pattern::Pattern;
use crate::events::{buses, tags};
use crate::operations::Entry;
use crate::pages::EVENTS;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place};

pub(crate) const OPERATIONS: &[Entry] = &[
    ("PutRule", put),
    ("DescribeRule", describe),
    ("ListRules", list),
    ("DeleteRule", delete),
    ("PutTargets", put_targets),
    ("ListTargetsByRule", list_targets),
    ("RemoveTargets", remove_targets),
];

#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    pub(crate) name: String,
    bus: String,
    pub(crate) pattern: Option<String>,
    pub(crate) state: String,
    /// Set on rules that a service made for itself; they yield only to force.
    pub(crate) managed_by: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) targets: BTreeMap<String, Value>,
    description: Option<String>,
    role: Option<String>,
    schedule: Option<String>,
    created_by: String,
}

impl Rule {
    pub(crate) fn enabled(&self) -> bool {
        self.state != "DISABLED"
    }

    /// The rule that Connect makes for an association, with one target.
    pub(crate) fn of_connect(
        bus: &str,
        name: &str,
        source: &str,
        managed_by: &str,
        target: (&str, &str),
        account: &str,
    ) -> Self {
        let (target_id, target_arn) = target;
        Self {
            name: name.into(),
            bus: bus.into(),
            pattern: Some(json!({"source": [source]}).to_string()),
            state: "ENABLED".into(),
            managed_by: (!managed_by.is_empty()).then(|| managed_by.into()),
            targets: BTreeMap::from([(
                target_id.into(),
                json!({"Id": target_id, "Arn": target_arn}),
            )]),
            created_by: account.into(),
            ..Self::default()
        }
    }

    /// `rule/NAME` on the default bus, `rule/BUS/NAME` on others.
    fn arn(&self, place: &Place) -> String {
        let path =
            if self.bus == buses::DEFAULT { String::new() } else { format!("{}/", self.bus) };
        place.arn("events", &format!("rule/{path}{}", self.name))
    }

    fn shown(&self, place: &Place) -> Value {
        let mut shown = json!({
            "Arn": self.arn(place),
            "EventBusName": self.bus,
            "Name": self.name,
            "State": self.state,
        });
        for (name, value) in [
            ("Description", &self.description),
            ("EventPattern", &self.pattern),
            ("ManagedBy", &self.managed_by),
            ("RoleArn", &self.role),
            ("ScheduleExpression", &self.schedule),
        ] {
            if let Some(value) = value {
                shown[name] = value.clone().into();
            }
        }
        shown
    }

    fn check_managed(&self, force: bool) -> Result<(), Refusal> {
        if self.managed_by.is_none() || force {
            return Ok(());
        }
        Err(Refusal::new(
            "ManagedRuleException",
            format!("{} is a managed rule. Set 'force' parameter to true to override.", self.name),
        ))
    }
}

fn put(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("Name").to_owned();
    let bus_name = buses::named(call, input.optional_text("EventBusName"))?;
    let text = |name: &str| input.optional_text(name).map(str::to_owned);
    let (pattern, schedule) = (text("EventPattern"), text("ScheduleExpression"));
    if pattern.is_none() && schedule.is_none() {
        return Err(Refusal::validation(
            "Parameter(s) EventPattern or ScheduleExpression must be specified.",
        ));
    }
    if schedule.is_some() && bus_name != buses::DEFAULT {
        return Err(Refusal::validation(
            "ScheduleExpression is supported only on the default event bus.",
        ));
    }
    if let Some(pattern) = &pattern {
        Pattern::parse(pattern).map_err(|reason| {
            Refusal::new(
                "InvalidEventPatternException",
                format!("Event pattern is not valid. Reason: {reason}"),
            )
        })?;
    }
    let new_tags = tags::check(input.list("Tags"))?;
    let (place, account) = (call.place.clone(), call.place.account.clone());
    let bus = buses::find(call, &bus_name)?;
    let old = bus.rules.get(&name);
    if let Some(old) = old {
        old.check_managed(false)?;
    } else if bus.rules.len() >= RULE_QUOTA {
        return Err(Refusal::new(
            "LimitExceededException",
            format!("The requested resource exceeds the maximum number allowed: {RULE_QUOTA}"),
        ));
    }
    let rule = Rule {
        name: name.clone(),
        bus: bus_name,
        pattern,
        schedule,
        state: text("State").unwrap_or_else(|| "ENABLED".into()),
        description: text("Description"),
        role: text("RoleArn"),
        managed_by: None,
        // PutRule on an existing rule changes neither its tags nor its targets.
        tags: old.map_or(new_tags, |old| old.tags.clone()),
        targets: old.map(|old| old.targets.clone()).unwrap_or_default(),
        created_by: account,
    };
    let arn = rule.arn(&place);
    bus.rules.insert(name, rule);
    Ok(json!({"RuleArn": arn}))
}

fn describe(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let rule = named(call, input, "Name")?;
    let mut shown = rule.shown(&place);
    shown["CreatedBy"] = rule.created_by.clone().into();
    Ok(shown)
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let bus = buses::named(call, input.optional_text("EventBusName"))?;
    let prefix = input.optional_text("NamePrefix").unwrap_or_default();
    let place = call.place.clone();
    let rules: Vec<_> = buses::find(call, &bus)?
        .rules
        .values()
        .filter(|rule| rule.name.starts_with(prefix))
        .map(|rule| (rule.name.clone(), rule.shown(&place)))
        .collect();
    EVENTS.answer(&call.world.switches, input, "Rules", rules)
}

/// A rule that does not exist is deleted with success.
fn delete(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("Name");
    let bus = buses::named(call, input.optional_text("EventBusName"))?;
    let lingering = call.world.switches.bus_has_rules_reads;
    let bus = buses::find(call, &bus)?;
    let Some(rule) = bus.rules.get(name) else { return Ok(json!({})) };
    rule.check_managed(input.flag("Force"))?;
    if !rule.targets.is_empty() {
        return Err(Refusal::validation("Rule can't be deleted since it has targets."));
    }
    bus.rules.remove(name);
    bus.rule_removed(lingering);
    Ok(json!({}))
}

fn put_targets(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let rule = named(call, input, "Rule")?;
    rule.check_managed(false)?;
    let mut targets = rule.targets.clone();
    for target in input.list("Targets") {
        let id = target["Id"].as_str().unwrap_or_default();
        let arn = target["Arn"].as_str().unwrap_or_default();
        if !arn.starts_with("arn:") {
            return Err(Refusal::validation(format!(
                "Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
            )));
        }
        targets.insert(id.to_owned(), target.clone());
    }
    if targets.len() > TARGET_QUOTA {
        return Err(Refusal::new(
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
        ));
    }
    rule.targets = targets;
    Ok(json!({"FailedEntries": [], "FailedEntryCount": 0}))
}

fn list_targets(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let rule = named(call, input, "Rule")?;
    let targets: Vec<_> =
        rule.targets.iter().map(|(id, target)| (id.clone(), target.clone())).collect();
    EVENTS.answer(&call.world.switches, input, "Targets", targets)
}

fn remove_targets(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let rule = named(call, input, "Rule")?;
    rule.check_managed(input.flag("Force"))?;
    for id in input.texts("Ids") {
        rule.targets.remove(&id);
    }
    Ok(json!({"FailedEntries": [], "FailedEntryCount": 0}))
}

fn named<'a>(call: &'a mut Call<'_>, input: &Input, member: &str) -> Result<&'a mut Rule, Refusal> {
    let bus = buses::named(call, input.optional_text("EventBusName"))?;
    find(call, &bus, input.text(member))
}

pub(crate) fn find<'a>(
    call: &'a mut Call<'_>,
    bus: &str,
    name: &str,
) -> Result<&'a mut Rule, Refusal> {
    let rules = &mut buses::find(call, bus)?.rules;
    rules
        .get_mut(name)
        .ok_or_else(|| Refusal::not_found(format!("Rule {name} does not exist on EventBus {bus}.")))
}

/// The EventBridge quotas page.
const RULE_QUOTA: usize = 300;
const TARGET_QUOTA: usize = 5;
