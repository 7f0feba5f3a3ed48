//! What a flow is made of, and which definitions AppFlow takes.
//!
//! Only what this emulator has can be connected: Salesforce to EventBridge, and to S3 so that
//! flows of other kinds can stand in a test's way.

use serde_json::{Map, Value};

use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Place;

/// The members that UpdateFlow replaces as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Definition(pub(crate) Map<String, Value>);

impl Definition {
    pub(crate) fn of(input: &Input) -> Self {
        let members = MEMBERS.iter().filter_map(|name| {
            let value = input.value(name)?;
            // An empty description is no description.
            (value != "").then(|| ((*name).to_owned(), value.clone()))
        });
        let mut definition = Self(members.collect());
        definition.fill_in();
        definition
    }

    /// AppFlow spells booleans out that the caller left to their default.
    fn fill_in(&mut self) {
        for (pointer, names) in [
            (
                "/sourceFlowConfig/sourceConnectorProperties/Salesforce",
                &["enableDynamicFieldUpdate", "includeDeletedRecords"][..],
            ),
            (
                "/destinationFlowConfigList/0/destinationConnectorProperties/EventBridge\
                 /errorHandlingConfig",
                &["failOnFirstDestinationError"][..],
            ),
        ] {
            let (first, rest) = pointer[1..].split_once('/').unwrap_or((pointer, ""));
            let Some(found) = self.0.get_mut(first) else { continue };
            if let Some(Value::Object(map)) = found.pointer_mut(&format!("/{rest}")) {
                for name in names {
                    map.entry(*name).or_insert(false.into());
                }
            }
        }
    }

    fn at(&self, pointer: &str) -> Option<&Value> {
        let (first, rest) = pointer.split_once('/')?;
        self.0.get(first)?.pointer(&format!("/{rest}"))
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer)?.as_str()
    }

    pub(crate) fn trigger(&self) -> &str {
        self.text("triggerConfig/triggerType").unwrap_or_default()
    }

    pub(crate) fn profile(&self) -> Option<&str> {
        self.text("sourceFlowConfig/connectorProfileName")
    }

    pub(crate) fn source_type(&self) -> &str {
        self.text("sourceFlowConfig/connectorType").unwrap_or_default()
    }

    pub(crate) fn destination_type(&self) -> &str {
        self.text("destinationFlowConfigList/0/connectorType").unwrap_or_default()
    }

    /// The Salesforce object whose changes start the flow.
    pub(crate) fn source_object(&self) -> &str {
        self.text("sourceFlowConfig/sourceConnectorProperties/Salesforce/object")
            .unwrap_or_default()
    }

    /// The partner event source that an EventBridge flow writes to.
    pub(crate) fn event_source(&self) -> Option<&str> {
        self.text("destinationFlowConfigList/0/destinationConnectorProperties/EventBridge/object")
    }

    pub(crate) fn error_bucket(&self) -> Option<&str> {
        self.text(
            "destinationFlowConfigList/0/destinationConnectorProperties/EventBridge\
             /errorHandlingConfig/bucketName",
        )
    }

    pub(crate) fn tasks(&self) -> &[Value] {
        self.0.get("tasks").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Everything that can be said without looking at other objects.
    pub(crate) fn check(&self, place: &Place, strict_names: bool) -> Result<(), Refusal> {
        let destinations = self.at("destinationFlowConfigList/1").is_some();
        if self.at("destinationFlowConfigList/0").is_none() || destinations {
            return Err(Refusal::validation("A flow must have exactly one destination."));
        }
        if self.source_type() != "Salesforce" || self.source_object().is_empty() {
            return Err(Refusal::validation(
                "The source connector properties do not match the source connector type.",
            ));
        }
        self.check_trigger()?;
        self.check_destination(place, strict_names)?;
        self.check_tasks()
    }

    fn check_trigger(&self) -> Result<(), Refusal> {
        let scheduled = self.at("triggerConfig/triggerProperties/Scheduled").is_some();
        match self.trigger() {
            "Scheduled" if !scheduled => Err(Refusal::validation(
                "Scheduled trigger properties are required for trigger type Scheduled.",
            )),
            "Event" | "OnDemand" if scheduled => Err(Refusal::validation(
                "Scheduled trigger properties are only for trigger type Scheduled.",
            )),
            "Event" if !is_event(self.source_object()) => Err(Refusal::validation(format!(
                "The object {} does not support trigger type Event.",
                self.source_object()
            ))),
            _ => Ok(()),
        }
    }

    fn check_destination(&self, place: &Place, strict_names: bool) -> Result<(), Refusal> {
        match self.destination_type() {
            "EventBridge" => {
                let Some(source) = self.event_source() else { return Err(mismatch()) };
                if self.trigger() != "Event" {
                    return Err(Refusal::validation(
                        "The EventBridge destination needs trigger type Event.",
                    ));
                }
                if self.text("destinationFlowConfigList/0/connectorProfileName").is_some() {
                    return Err(Refusal::validation(
                        "The EventBridge destination takes no connector profile.",
                    ));
                }
                check_source_name(source, place, strict_names)
            }
            "S3" => {
                let properties =
                    self.at("destinationFlowConfigList/0/destinationConnectorProperties/S3");
                properties.map(|_| ()).ok_or_else(mismatch)
            }
            other => Err(Refusal::validation(format!("The destination {other} is not available."))),
        }
    }

    fn check_tasks(&self) -> Result<(), Refusal> {
        if self.tasks().is_empty() {
            return Err(Refusal::validation("A flow must have at least one task."));
        }
        for task in self.tasks() {
            let kind = task["taskType"].as_str().unwrap_or_default();
            let operator = task.get("connectorOperator");
            if operator.is_some_and(|operator| operator.get("Salesforce").is_none()) {
                return Err(Refusal::validation(
                    "The connector operator of a task does not match the source connector type.",
                ));
            }
            let fields = task["sourceFields"].as_array().map_or(0, Vec::len);
            match kind {
                "Map_all" if fields > 0 => {
                    return Err(Refusal::validation("A Map_all task takes no source fields."));
                }
                "Map" if fields == 0 || task.get("destinationField").is_none() => {
                    return Err(Refusal::validation(
                        "A Map task needs source fields and a destination field.",
                    ));
                }
                "Filter" if fields == 0 => {
                    return Err(Refusal::validation("A Filter task needs source fields."));
                }
                _ => {}
            }
        }
        let maps = |task: &Value| {
            !matches!(task["taskType"].as_str(), Some("Filter" | "Validate" | "Partition"))
        };
        if !self.tasks().iter().any(maps) {
            return Err(Refusal::validation("A flow must map at least one field."));
        }
        Ok(())
    }

    /// AppFlow may return tasks in another order, with properties that nobody set.
    pub(crate) fn reordered(&self) -> Value {
        let mut tasks = self.tasks().to_vec();
        tasks.sort_by_key(|task| std::cmp::Reverse(task["taskType"].to_string()));
        for task in &mut tasks {
            let defaults: &[(&str, &str)] = match task["taskType"].as_str() {
                Some("Map_all") => &[("EXCLUDE_SOURCE_FIELDS_LIST", "[]")],
                Some("Map") => {
                    &[("DESTINATION_DATA_TYPE", "string"), ("SOURCE_DATA_TYPE", "string")]
                }
                _ => &[],
            };
            if let Some(task) = task.as_object_mut() {
                let properties = task.entry("taskProperties").or_insert_with(|| Map::new().into());
                for (name, value) in defaults {
                    if properties.get(name).is_none() {
                        properties[*name] = (*value).into();
                    }
                }
            }
        }
        Value::Array(tasks)
    }
}

/// Change data capture and platform events can trigger a flow; plain objects cannot.
fn is_event(object: &str) -> bool {
    object.ends_with("ChangeEvent") || object.ends_with("__e")
}

fn check_source_name(name: &str, place: &Place, strict: bool) -> Result<(), Refusal> {
    let base = format!("aws.partner/appflow/salesforce.com/{}", place.account);
    let suffix = name.strip_prefix(&base);
    let legal = |c: char| c.is_ascii_alphanumeric() || "./-_".contains(c);
    let well_formed = name.len() <= 256
        && name.chars().all(legal)
        && name.starts_with("aws.partner/")
        && name.split('/').count() >= 3
        && name.split('/').all(|part| !part.is_empty());
    let ours = suffix.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if well_formed && (ours || !strict) {
        return Ok(());
    }
    Err(Refusal::validation(format!(
        "The EventBridge partner event source name {name} is not valid; expected {base}/NAME"
    )))
}

fn mismatch() -> Refusal {
    Refusal::validation(
        "The destination connector properties do not match the destination connector type.",
    )
}

const MEMBERS: &[&str] = &[
    "description",
    "destinationFlowConfigList",
    "metadataCatalogConfig",
    "sourceFlowConfig",
    "tasks",
    "triggerConfig",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place() -> Place {
        Place { account: "111122223333".into(), region: "us-east-1".into() }
    }

    fn definition() -> Value {
        json!({
            "triggerConfig": {"triggerType": "Event"},
            "sourceFlowConfig": {"connectorType": "Salesforce", "connectorProfileName": "acme",
                "sourceConnectorProperties": {"Salesforce": {"object": "CaseChangeEvent"}}},
            "destinationFlowConfigList": [{"connectorType": "EventBridge",
                "destinationConnectorProperties": {"EventBridge":
                    {"object": "aws.partner/appflow/salesforce.com/111122223333/acme"}}}],
            "tasks": [{"taskType": "Map_all", "sourceFields": []}],
        })
    }

    fn check(change: impl FnOnce(&mut Value)) -> Result<(), Refusal> {
        let mut definition = definition();
        change(&mut definition);
        Definition::of(&Input::from(definition)).check(&place(), true)
    }

    #[test]
    fn the_usual_definition_is_taken() {
        assert_eq!(check(|_| {}), Ok(()));
    }

    #[test]
    fn definitions_that_cannot_work_are_refused() {
        type Change = fn(&mut Value);
        let changes: [(&str, Change); 8] = [
            ("no task", |d| d["tasks"] = json!([])),
            ("only a filter", |d| {
                d["tasks"] = json!([{"taskType": "Filter", "sourceFields": ["Id"]}]);
            }),
            ("no destination", |d| d["destinationFlowConfigList"] = json!([])),
            ("two destinations", |d| {
                let first = d["destinationFlowConfigList"][0].clone();
                d["destinationFlowConfigList"] = json!([first, first]);
            }),
            ("a schedule for an event", |d| {
                d["triggerConfig"]["triggerProperties"] = json!({"Scheduled": {}});
            }),
            ("on demand to EventBridge", |d| d["triggerConfig"]["triggerType"] = "OnDemand".into()),
            ("a plain object", |d| {
                d["sourceFlowConfig"]["sourceConnectorProperties"]["Salesforce"]["object"] =
                    "Case".into();
            }),
            ("another account's source", |d| {
                d["destinationFlowConfigList"][0]["destinationConnectorProperties"]["EventBridge"]
                    ["object"] = "aws.partner/appflow/salesforce.com/444455556666/acme".into();
            }),
        ];
        for (what, change) in changes {
            assert!(check(change).is_err(), "{what}");
        }
    }

    #[test]
    fn booleans_are_spelt_out() {
        let definition = Definition::of(&Input::from(definition()));
        let properties = &definition.0["sourceFlowConfig"]["sourceConnectorProperties"];
        assert_eq!(properties["Salesforce"]["includeDeletedRecords"], false);
    }
}
