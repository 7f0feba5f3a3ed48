//! Behaviours that AWS does not document, one named switch each.
//!
//! The default is what the evidence makes likeliest, and where there is none the stricter choice.
//! `PUT /_emulator/switches` changes some of them; an unknown name is refused.

use serde::{Deserialize, Serialize};

/// When AppFlow notices that an org does not publish the source object.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckedAt {
    /// CreateFlow and UpdateFlow refuse.
    Create,
    /// StartFlow refuses.
    Start,
    /// Nobody notices; events stay away.
    Never,
}

/// What a call does that finds its work already done.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    Succeeds,
    Refused,
}

/// What UpdateFlow does to the status of an Active flow.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdatedFlow {
    StaysActive,
    BecomesSuspended,
    Refused,
}

/// What becomes of a partner event source when something it hangs on goes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceFate {
    /// DELETED while a bus matches it, else gone.
    Deleted,
    /// PENDING, with a new expiry.
    Pending,
    /// As before.
    Kept,
}

/// When flows notice that their login was revoked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Noticed {
    AtOnce,
    OnNextEvent,
}

/// Whether CreateRule and UpdateRule look at the contact flow of a task.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactFlowCheck {
    Never,
    Exists,
    Published,
}

/// All switches. See each for its meaning; `Default` is the strict emulator.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Answers carry members, enumeration values and error code decorations that no model knows;
    /// clients must cope.
    pub extra_unknown_fields: bool,
    /// Items on a page when the request names no size.
    pub default_page_size: usize,
    /// Upper limit for every page, whatever the request asks for; 0 is the service's own maximum.
    pub page_size_cap: usize,
    /// Connect's token bucket and those of the other services (below) refuse excess calls.
    pub throttling: bool,
    /// Calls a second for each Connect operation, account and region.
    pub connect_rate: f64,
    pub connect_burst: f64,
    /// Calls a second for each AppFlow operation; 0 is unlimited. AWS publishes none.
    pub appflow_rate: f64,
    pub appflow_burst: f64,
    /// Calls a second for each EventBridge operation; 0 is unlimited.
    pub events_rate: f64,
    pub events_burst: f64,
    /// Calls a second for each AppIntegrations operation; 0 is unlimited. AWS publishes none.
    pub app_integrations_rate: f64,
    pub app_integrations_burst: f64,

    /// Quotas of buses, event integrations and associations are this many times AWS's defaults, as
    /// after a request to AWS.
    pub quota_factor: usize,

    /// AppFlow's error for a client token that was used with other parameters.
    pub appflow_token_reuse_error: String,
    /// UpdateConnectorProfile without credentials is refused; otherwise the stored ones stay.
    pub update_profile_without_credentials_fails: bool,
    /// The error for an authorization code that was used before.
    pub used_code_error: String,
    /// The header and claims of a JWT are looked at: RS256, iss, sub, aud, and exp in the future.
    /// Tokens that an org lists are taken as they are.
    pub jwt_claims_checked: bool,
    /// The person at the browser does not let the connected app in.
    pub login_denied: bool,
    /// DescribeConnectorProfiles that still say PENDING for a Private profile.
    pub private_connection_polls: u32,
    /// Empty: provisioning succeeds. Otherwise the failureCause it ends with.
    pub private_connection_failure: String,
    /// Lookups (describe or use) that do not see a new profile yet.
    pub new_profile_hidden_reads: u32,

    /// When a source object that the org does not publish is refused.
    pub cdc_checked_at: CheckedAt,
    /// The error for such an object.
    pub cdc_missing_error: String,
    /// The error of CreateFlow for a profile that does not exist.
    pub missing_profile_error: String,
    /// A flow's event source must be `aws.partner/appflow/salesforce.com/ACCOUNT[/SUFFIX]`.
    pub strict_partner_source_names: bool,
    /// An error bucket that was not seeded is refused.
    pub unknown_bucket_refused: bool,
    /// StartFlow while the event source is not ACTIVE or has no bus.
    pub start_without_active_source_error: String,
    /// StartFlow on an Active flow.
    pub start_active_flow: Repeated,
    /// StopFlow on a flow that is not Active.
    pub stop_inactive_flow: Repeated,
    /// UpdateFlow on an Active flow.
    pub update_active_flow: UpdatedFlow,
    /// UpdateFlow may not name another source object.
    pub source_object_change_refused: bool,
    /// UpdateFlow creates the event source again if it is gone.
    pub update_flow_recreates_source: bool,
    /// DescribeFlow returns tasks in another order and fills in task properties.
    pub reorder_tasks: bool,
    /// DescribeFlow names the key that AWS manages for a flow that was given none.
    pub flow_shows_default_key: bool,
    /// When flows are suspended after their login was revoked.
    pub revoked_token_noticed: Noticed,

    /// DescribeEventSource, ListEventSources and CreateEventBus that do not see a new source yet.
    pub event_source_delay_reads: u32,
    /// Seconds (of the emulator's clock) for which nobody sees a new source.
    pub event_source_delay_seconds: f64,
    /// DescribeEventSource that still say PENDING after CreateEventBus.
    pub event_source_activation_reads: u32,
    /// The event source after its last flow was deleted.
    pub source_after_flow_deletion: SourceFate,
    /// The event source after its bus was deleted.
    pub source_after_bus_deletion: SourceFate,
    /// A DELETED source that a new flow names comes back as PENDING; otherwise it stays DELETED.
    pub new_flow_revives_source: bool,
    /// ActivateEventSource on an ACTIVE source, DeactivateEventSource on a PENDING one.
    pub source_already_in_state: Repeated,
    /// DeleteEventBus attempts that still see rules after the last one went.
    pub bus_has_rules_reads: u32,
    /// CreateEventBus attempts that still see a bus that was deleted.
    pub deleted_bus_lingers_creates: u32,

    /// CreateIntegrationAssociation checks that the event integration's bus exists.
    pub association_needs_bus: bool,
    /// ListIntegrationAssociations that do not see a new association yet.
    pub new_association_hidden_reads: u32,
    /// Two associations of an instance may not have one SourceApplicationName.
    pub source_application_name_unique: bool,
    /// The error when the caller may not do what CreateIntegrationAssociation does on its behalf.
    pub dependent_action_denied_error: String,
    /// ManagedBy of the EventBridge rule that Connect makes; empty is none.
    pub connect_rule_managed_by: String,
    /// Name of that rule; `{id}` is the association's id.
    pub connect_rule_name: String,
    /// DeleteUseCase is refused while rules of the association exist.
    pub delete_use_case_with_rules: Repeated,
    /// CreateRule is refused while the association has no RULES_EVALUATION use case.
    pub use_case_required_for_rule: bool,
    /// The error of CreateRule for an association that does not exist.
    pub unknown_association_error: String,
    /// What CreateRule and UpdateRule ask of the contact flow of a task.
    pub rule_contact_flow_checked: ContactFlowCheck,
    /// A rule function may have no condition at all.
    pub rule_without_conditions: bool,
    /// How deep AND/OR may nest; 0 is without limit.
    pub rule_nesting_limit: usize,
    /// A reference's URL must begin with `/`, `https:` or a variable.
    pub reference_urls_checked: bool,
    /// SearchRules that do not see a change of a rule or its tags yet.
    pub rule_change_hidden_searches: u32,
    /// DescribeRule returns the function re-serialised, with every default spelt out.
    pub rule_function_normalised: bool,
    /// DescribeInstance calls that say CREATION_IN_PROGRESS for an instance seeded as new.
    pub instance_creation_reads: u32,

    /// Last part of the partner event source that the console makes; `{sub}` is the subdomain.
    pub console_source_suffix: String,
    /// Name of the event integration that the console makes.
    pub console_event_integration_name: String,
    /// The console's flow begins with a Filter task on Id.
    pub console_filter_task: bool,
    /// The console spells EXCLUDE_SOURCE_FIELDS_LIST out in the Map_all task.
    pub console_excludes_spelt_out: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            extra_unknown_fields: false,
            default_page_size: 20,
            page_size_cap: 0,
            throttling: false,
            connect_rate: 2.0,
            connect_burst: 5.0,
            appflow_rate: 0.0,
            appflow_burst: 5.0,
            events_rate: 50.0,
            events_burst: 50.0,
            app_integrations_rate: 0.0,
            app_integrations_burst: 5.0,
            quota_factor: 1,
            appflow_token_reuse_error: "ConflictException".into(),
            update_profile_without_credentials_fails: true,
            used_code_error: "ConnectorAuthenticationException".into(),
            jwt_claims_checked: true,
            login_denied: false,
            private_connection_polls: 2,
            private_connection_failure: String::new(),
            new_profile_hidden_reads: 0,
            cdc_checked_at: CheckedAt::Create,
            cdc_missing_error: "ValidationException".into(),
            missing_profile_error: "ValidationException".into(),
            strict_partner_source_names: true,
            unknown_bucket_refused: true,
            start_without_active_source_error: "ConflictException".into(),
            start_active_flow: Repeated::Succeeds,
            stop_inactive_flow: Repeated::Refused,
            update_active_flow: UpdatedFlow::StaysActive,
            source_object_change_refused: true,
            update_flow_recreates_source: false,
            reorder_tasks: false,
            flow_shows_default_key: false,
            revoked_token_noticed: Noticed::AtOnce,
            event_source_delay_reads: 0,
            event_source_delay_seconds: 0.0,
            event_source_activation_reads: 0,
            source_after_flow_deletion: SourceFate::Deleted,
            source_after_bus_deletion: SourceFate::Pending,
            new_flow_revives_source: true,
            source_already_in_state: Repeated::Refused,
            bus_has_rules_reads: 0,
            deleted_bus_lingers_creates: 0,
            association_needs_bus: true,
            new_association_hidden_reads: 0,
            source_application_name_unique: false,
            dependent_action_denied_error: "AccessDeniedException".into(),
            connect_rule_managed_by: String::new(),
            connect_rule_name: "AmazonConnect-{id}".into(),
            delete_use_case_with_rules: Repeated::Succeeds,
            use_case_required_for_rule: true,
            unknown_association_error: "ResourceNotFoundException".into(),
            rule_contact_flow_checked: ContactFlowCheck::Exists,
            rule_without_conditions: true,
            rule_nesting_limit: 0,
            reference_urls_checked: true,
            rule_change_hidden_searches: 0,
            rule_function_normalised: true,
            instance_creation_reads: 1,
            console_source_suffix: "{sub}".into(),
            console_event_integration_name: "amazon-connect-salesforce-{sub}".into(),
            console_filter_task: false,
            console_excludes_spelt_out: true,
        }
    }
}

impl Switches {
    /// Changes the named switches; a name or value that does not exist leaves all as they were.
    pub(crate) fn change(&mut self, changes: &serde_json::Value) -> Result<(), String> {
        let serde_json::Value::Object(changes) = changes else {
            return Err("switches are an object of names and values".into());
        };
        let mut all = serde_json::to_value(&*self).map_err(|error| error.to_string())?;
        for (name, value) in changes {
            let Some(slot) = all.get_mut(name) else {
                return Err(format!("there is no switch {name}"));
            };
            *slot = value.clone();
        }
        *self = serde_json::from_value(all).map_err(|error| format!("switches: {error}"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_named_switches_change() {
        let mut switches = Switches::default();
        switches.change(&json!({"cdc_checked_at": "start"})).expect("a known value");
        assert_eq!(switches, Switches { cdc_checked_at: CheckedAt::Start, ..Switches::default() });
    }

    #[test]
    fn unknown_names_and_values_change_nothing() {
        let mut switches = Switches::default();
        assert!(switches.change(&json!({"throttling": true, "nonsense": 1})).is_err());
        assert!(switches.change(&json!({"cdc_checked_at": "later"})).is_err());
        assert_eq!(switches, Switches::default());
    }
}
