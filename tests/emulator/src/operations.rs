//! The list of operations: one function each.

use serde_json::Value;

use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;
use crate::{appflow, appintegrations, connect, events};

/// What an operation does with a validated input.
pub(crate) type Operation = fn(&mut Call<'_>, &Input) -> Result<Value, Refusal>;

/// An operation under its name in the model.
pub(crate) type Entry = (&'static str, Operation);

/// The function behind an operation of a service.
pub(crate) fn find(service: &str, operation: &str) -> Option<Operation> {
    let lists = LISTS.iter().filter(|(name, _)| *name == service).map(|(_, list)| *list);
    lists.flatten().find(|(name, _)| *name == operation).map(|(_, function)| *function)
}

/// Every operation as IAM names its action, as in `appflow:CreateFlow`.
pub(crate) fn actions() -> Vec<String> {
    let names =
        LISTS.iter().flat_map(|(service, list)| list.iter().map(move |(it, _)| (service, it)));
    names.map(|(service, operation)| format!("{service}:{operation}")).collect()
}

const LISTS: &[(&str, &[Entry])] = &[
    ("appflow", appflow::connector_profiles::OPERATIONS),
    ("appflow", appflow::entities::OPERATIONS),
    ("appflow", appflow::flows::OPERATIONS),
    ("appflow", appflow::flow_runs::OPERATIONS),
    ("appflow", appflow::tags::OPERATIONS),
    ("events", events::buses::OPERATIONS),
    ("events", events::sources::OPERATIONS),
    ("events", events::rules::OPERATIONS),
    ("events", events::permissions::OPERATIONS),
    ("events", events::tags::OPERATIONS),
    ("app-integrations", appintegrations::event_integrations::OPERATIONS),
    ("app-integrations", appintegrations::tags::OPERATIONS),
    ("connect", connect::instances::OPERATIONS),
    ("connect", connect::contact_flows::OPERATIONS),
    ("connect", connect::associations::OPERATIONS),
    ("connect", connect::use_cases::OPERATIONS),
    ("connect", connect::rules::OPERATIONS),
    ("connect", connect::rule_lists::OPERATIONS),
    ("connect", connect::tags::OPERATIONS),
];

#[cfg(test)]
mod tests {
    use crate::wire::model;

    use super::*;

    #[test]
    fn every_modelled_operation_has_a_function() {
        for service in model::services() {
            for name in service.operations.keys() {
                assert!(find(&service.service, name).is_some(), "{}:{name}", service.service);
            }
        }
    }

    #[test]
    fn every_function_is_modelled() {
        for (service, list) in LISTS {
            let model = model::service(service).expect("a modelled service");
            for (name, _) in *list {
                assert!(model.operations.contains_key(*name), "{service}:{name}");
            }
        }
    }
}
