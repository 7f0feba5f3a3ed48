//! What the Connect console makes, in one go, for imports to find.
//!
//! Names of the connection and the flow are documented; others are switches, or options here.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::appflow::connector_profiles::Profile;
use crate::aws::call_inside;
use crate::connect::associations;
use crate::seed::DEFAULT_REGION;
use crate::sts::{DEFAULT_ACCOUNT, Identity};
use crate::switches::Switches;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place, World};

/// What the person at the console typed and ticked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wishes {
    /// Id or alias.
    instance: String,
    /// Host.
    org: String,
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    region: Option<String>,
    /// SourceApplicationName.
    #[serde(default)]
    friendly_name: Option<String>,
    /// SourceApplicationUrl.
    #[serde(default)]
    application_url: Option<String>,
    /// "Use existing connection": the event source of a flow that is there.
    #[serde(default)]
    existing_event_source: Option<String>,
    /// Tasks to put before the Map_all task.
    #[serde(default)]
    extra_tasks: Vec<Value>,
    #[serde(default)]
    error_bucket: Option<String>,
    #[serde(default)]
    kms_key_arn: Option<String>,
    /// Tags for flow, bus, event integration, association and use case.
    #[serde(default)]
    tags: Map<String, Value>,
    #[serde(default)]
    source_suffix: Option<String>,
    #[serde(default)]
    event_integration_name: Option<String>,
    #[serde(default = "yes")]
    use_case: bool,
    /// The rest of a CreateRule request: Name, Function, Actions, PublishStatus.
    #[serde(default)]
    rule: Option<Value>,
}

fn yes() -> bool {
    true
}

/// "Add integration": makes the whole chain and returns every name.
pub(crate) fn connect(world: &mut World, wishes: &Value) -> Result<Value, String> {
    let wishes: Wishes =
        serde_json::from_value(wishes.clone()).map_err(|error| format!("console: {error}"))?;
    // The person waits until everything is settled, so nothing is slow or hidden here.
    let switches = world.switches.clone();
    world.switches = Switches {
        event_source_delay_reads: 0,
        event_source_delay_seconds: 0.0,
        event_source_activation_reads: 0,
        new_profile_hidden_reads: 0,
        new_association_hidden_reads: 0,
        strict_partner_source_names: false,
        rule_without_conditions: true,
        ..switches.clone()
    };
    let made = Console::of(world, &wishes).and_then(|mut console| console.run(&wishes));
    world.switches = switches;
    made
}

/// "Remove connection": only disassociates. Everything else stays behind.
pub(crate) fn disconnect(
    world: &mut World,
    place: Place,
    instance: &str,
    association: &str,
) -> Result<Value, String> {
    let caller = Identity::of(&place.account);
    let call = &mut Call { world, place, caller };
    let found =
        associations::find(call, instance, association).map_err(|refusal| refusal.message)?;
    found.use_cases.clear();
    associations::remove(call, instance, association).map_err(|refusal| refusal.message)?;
    Ok(json!({}))
}

/// A session at the console: where, for which instance, with which names.
struct Console<'a> {
    world: &'a mut World,
    place: Place,
    instance: String,
    subdomain: String,
    profile: String,
    flow: String,
}

impl<'a> Console<'a> {
    fn of(world: &'a mut World, wishes: &Wishes) -> Result<Self, String> {
        let place = Place {
            account: wishes.account.clone().unwrap_or_else(|| DEFAULT_ACCOUNT.into()),
            region: wishes.region.clone().unwrap_or_else(|| DEFAULT_REGION.into()),
        };
        let instance = world
            .region(&place)
            .instances
            .values()
            .find(|instance| instance.id == wishes.instance || instance.alias == wishes.instance)
            .map(|instance| instance.id.clone())
            .ok_or_else(|| format!("there is no instance {}", wishes.instance))?;
        let subdomain = wishes.org.split('.').next().unwrap_or_default().to_owned();
        let profile = format!("amazon-connect-salesforce-{subdomain}");
        let flow = format!("amazon-connect-salesforce-to-eventbridge-{subdomain}");
        Ok(Self { world, place, instance, subdomain, profile, flow })
    }

    fn run(&mut self, wishes: &Wishes) -> Result<Value, String> {
        let source = match &wishes.existing_event_source {
            Some(source) => source.clone(),
            None => self.make_events(wishes)?,
        };
        let template = self.world.switches.console_event_integration_name.clone();
        let integration = wishes.event_integration_name.clone().unwrap_or(template);
        let integration = integration.replace("{sub}", &self.subdomain);
        let mut request = json!({
            "Name": integration,
            "EventFilter": {"Source": source},
            "EventBridgeBus": source,
        });
        tag(&mut request, "Tags", &wishes.tags);
        let made = self.call("app-integrations", "CreateEventIntegration", request)?;
        let default_name = format!("Salesforce {}", self.subdomain);
        let mut request = json!({
            "InstanceId": self.instance,
            "IntegrationType": "EVENT",
            "IntegrationArn": made["EventIntegrationArn"],
            "SourceType": "SALESFORCE",
            "SourceApplicationName": wishes.friendly_name.clone().unwrap_or(default_name),
            "SourceApplicationUrl":
                wishes.application_url.clone().unwrap_or(format!("https://{}", wishes.org)),
        });
        tag(&mut request, "Tags", &wishes.tags);
        let association = self.call("connect", "CreateIntegrationAssociation", request)?;
        let association_id = association["IntegrationAssociationId"].clone();
        let mut made = json!({
            "account": self.place.account,
            "region": self.place.region,
            "instance_id": self.instance,
            "connector_profile": self.profile,
            "flow": self.flow,
            "event_source": source,
            "event_bus": source,
            "event_integration": integration,
            "event_integration_arn": made["EventIntegrationArn"],
            "integration_association_id": association_id,
            "integration_association_arn": association["IntegrationAssociationArn"],
        });
        if wishes.use_case {
            let mut request = json!({
                "InstanceId": self.instance,
                "IntegrationAssociationId": association_id,
                "UseCaseType": "RULES_EVALUATION",
            });
            tag(&mut request, "Tags", &wishes.tags);
            made["use_case_id"] =
                self.call("connect", "CreateUseCase", request)?["UseCaseId"].clone();
        }
        if let Some(rule) = &wishes.rule {
            let mut request = rule.clone();
            request["InstanceId"] = self.instance.clone().into();
            request["TriggerEventSource"] = json!({
                "EventSourceName": "OnSalesforceCaseCreate",
                "IntegrationAssociationId": association_id,
            });
            made["rule_id"] = self.call("connect", "CreateRule", request)?["RuleId"].clone();
        }
        Ok(made)
    }

    /// Connection, flow, source and bus; then the flow is started.
    fn make_events(&mut self, wishes: &Wishes) -> Result<String, String> {
        let org = self.world.orgs.get(&wishes.org);
        let sandbox = org.ok_or_else(|| format!("there is no org {}", wishes.org))?.sandbox;
        let caller = Identity::of(&self.place.account);
        let call = &mut Call { world: self.world, place: self.place.clone(), caller };
        let mut profile = Profile::from_console(&self.profile, &wishes.org, sandbox, call);
        profile.kms_key_arn.clone_from(&wishes.kms_key_arn);
        call.region().profiles.insert(self.profile.clone(), profile);
        let suffix = wishes.source_suffix.clone();
        let suffix = suffix.unwrap_or_else(|| self.world.switches.console_source_suffix.clone());
        let source = format!(
            "aws.partner/appflow/salesforce.com/{}/{}",
            self.place.account,
            suffix.replace("{sub}", &self.subdomain)
        );
        let request = self.flow_request(wishes, &source);
        self.call("appflow", "CreateFlow", request)?;
        let mut request = json!({"Name": source, "EventSourceName": source});
        if !wishes.tags.is_empty() {
            let tags = wishes.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value}));
            request["Tags"] = tags.collect();
        }
        self.call("events", "CreateEventBus", request)?;
        self.call("appflow", "StartFlow", json!({"flowName": self.flow}))?;
        Ok(source)
    }

    fn flow_request(&self, wishes: &Wishes, source: &str) -> Value {
        let mut tasks = wishes.extra_tasks.clone();
        if self.world.switches.console_filter_task {
            tasks.push(json!({
                "taskType": "Filter",
                "sourceFields": ["Id"],
                "connectorOperator": {"Salesforce": "PROJECTION"},
                "taskProperties": {},
            }));
        }
        let excluded = self.world.switches.console_excludes_spelt_out;
        let properties =
            if excluded { json!({"EXCLUDE_SOURCE_FIELDS_LIST": "[]"}) } else { json!({}) };
        tasks.push(json!({
            "taskType": "Map_all",
            "sourceFields": [],
            "connectorOperator": {"Salesforce": "NO_OP"},
            "taskProperties": properties,
        }));
        let mut errors = json!({"failOnFirstDestinationError": false});
        if let Some(bucket) = &wishes.error_bucket {
            errors["bucketName"] = bucket.clone().into();
        }
        let mut request = json!({
            "flowName": self.flow,
            "triggerConfig": {"triggerType": "Event"},
            "sourceFlowConfig": {
                "connectorType": "Salesforce",
                "connectorProfileName": self.profile,
                "sourceConnectorProperties": {"Salesforce": {"object": "CaseChangeEvent"}},
            },
            "destinationFlowConfigList": [{
                "connectorType": "EventBridge",
                "destinationConnectorProperties": {
                    "EventBridge": {"object": source, "errorHandlingConfig": errors},
                },
            }],
            "tasks": tasks,
        });
        tag(&mut request, "tags", &wishes.tags);
        if let Some(key) = &wishes.kms_key_arn {
            request["kmsArn"] = key.clone().into();
        }
        request
    }

    fn call(&mut self, service: &str, operation: &str, input: Value) -> Result<Value, String> {
        call_inside(self.world, &self.place, service, operation, input)
            .map_err(|Refusal { code, message, .. }| format!("{operation}: {code}: {message}"))
    }
}

fn tag(request: &mut Value, member: &str, tags: &Map<String, Value>) {
    if !tags.is_empty() {
        request[member] = Value::Object(tags.clone());
    }
}
