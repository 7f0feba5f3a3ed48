//! Instances. They are seeded: the provider makes none.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::connect::associations::Association;
use crate::connect::contact_flows::ContactFlow;
use crate::connect::rules::Rule;
use crate::operations::Entry;
use crate::pages::CONNECT;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place};

pub(crate) const OPERATIONS: &[Entry] = &[
    ("ListInstances", list),
    ("DescribeInstance", describe),
    ("ListUsers", list_users),
    ("ListTaskTemplates", list_task_templates),
];

#[derive(Clone, Debug, Default)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) alias: String,
    pub(crate) status: Status,
    pub(crate) contact_flows: BTreeMap<String, ContactFlow>,
    pub(crate) associations: BTreeMap<String, Association>,
    pub(crate) rules: BTreeMap<String, Rule>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Names by id.
    pub(crate) users: BTreeMap<String, String>,
    pub(crate) task_templates: BTreeMap<String, String>,
    pub(crate) created_at: f64,
    /// ListIntegrationAssociations that see no association at all.
    pub(crate) blind_reads: u32,
    /// The rules as SearchRules still shows them, and how often.
    pub(crate) stale_rules: Option<(BTreeMap<String, Rule>, u32)>,
}

/// A new instance is created over several minutes, or not at all.
#[derive(Clone, Debug, Default)]
pub(crate) enum Status {
    #[default]
    Active,
    /// ACTIVE after so many descriptions.
    Creating(u32),
    Failed,
}

impl Status {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Creating(_) => "CREATION_IN_PROGRESS",
            Self::Failed => "CREATION_FAILED",
        }
    }
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let instances: Vec<_> = call
        .region()
        .instances
        .values()
        .map(|instance| (instance.id.clone(), instance.shown(&place)))
        .collect();
    let input = capped(input, 10);
    CONNECT.answer(&call.world.switches, &input, "InstanceSummaryList", instances)
}

fn describe(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let instance = find_any(call, input.text("InstanceId"))?;
    match &mut instance.status {
        Status::Creating(0) => instance.status = Status::Active,
        Status::Creating(reads) => *reads -= 1,
        Status::Active | Status::Failed => {}
    }
    let mut shown = instance.shown(&place);
    shown["Tags"] = json!(instance.tags);
    if let Status::Failed = instance.status {
        shown["StatusReason"] = json!({"Message": "The instance could not be created."});
    }
    Ok(json!({"Instance": shown}))
}

fn list_users(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let instance = find(call, input.text("InstanceId"))?;
    let users: Vec<_> = instance
        .users
        .iter()
        .map(|(id, name)| {
            let arn = place.arn("connect", &format!("instance/{}/agent/{id}", instance.id));
            (id.clone(), json!({"Id": id, "Arn": arn, "Username": name}))
        })
        .collect();
    CONNECT.answer(&call.world.switches, input, "UserSummaryList", users)
}

fn list_task_templates(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let wanted = input.optional_text("Name");
    let inactive = input.optional_text("Status") == Some("INACTIVE");
    let instance = find(call, input.text("InstanceId"))?;
    let templates: Vec<_> = instance
        .task_templates
        .iter()
        .filter(|(_, name)| !inactive && wanted.is_none_or(|wanted| wanted == *name))
        .map(|(id, name)| {
            let arn = place.arn("connect", &format!("instance/{}/task-template/{id}", instance.id));
            (id.clone(), json!({"Id": id, "Arn": arn, "Name": name, "Status": "ACTIVE"}))
        })
        .collect();
    CONNECT.answer(&call.world.switches, input, "TaskTemplates", templates)
}

impl Instance {
    pub(crate) fn arn(&self, place: &Place) -> String {
        place.arn("connect", &format!("instance/{}", self.id))
    }

    fn shown(&self, place: &Place) -> Value {
        json!({
            "Arn": self.arn(place),
            "CreatedTime": self.created_at,
            "Id": self.id,
            "IdentityManagementType": "CONNECT_MANAGED",
            "InboundCallsEnabled": true,
            "InstanceAccessUrl": format!("https://{}.my.connect.aws", self.alias),
            "InstanceAlias": self.alias,
            "InstanceStatus": self.status.name(),
            "OutboundCallsEnabled": true,
            "ServiceRole": format!(
                "arn:aws:iam::{}:role/aws-service-role/connect.amazonaws.com/\
                 AWSServiceRoleForAmazonConnect_emulator",
                place.account
            ),
        })
    }

    /// Before a change of a rule: so many searches go on seeing all rules as they are now.
    pub(crate) fn lag_searches(&mut self, searches: u32) {
        if searches > 0 && self.stale_rules.is_none() {
            self.stale_rules = Some((self.rules.clone(), searches));
        }
    }

    /// The rules as one search sees them.
    pub(crate) fn searched_rules(&mut self) -> BTreeMap<String, Rule> {
        let Some((stale, searches)) = self.stale_rules.take() else { return self.rules.clone() };
        if searches > 1 {
            self.stale_rules = Some((stale.clone(), searches - 1));
        }
        stale
    }
}

/// Finds an instance that is ready for work. Its ARN is not its id.
pub(crate) fn find<'a>(call: &'a mut Call<'_>, id: &str) -> Result<&'a mut Instance, Refusal> {
    let instance = find_any(call, id)?;
    match instance.status {
        Status::Active => Ok(instance),
        Status::Creating(_) | Status::Failed => {
            Err(Refusal::invalid_request(format!("The instance is {}.", instance.status.name())))
        }
    }
}

fn find_any<'a>(call: &'a mut Call<'_>, id: &str) -> Result<&'a mut Instance, Refusal> {
    call.region()
        .instances
        .get_mut(id)
        .ok_or_else(|| Refusal::not_found(format!("Instance not found, InstanceId: {id}")))
}

/// Operations whose pages are smaller than the default size have that as their own.
fn capped(input: &Input, most: usize) -> Input {
    let mut input = input.clone();
    input.0.entry("MaxResults").or_insert(most.into());
    input
}
