//! Amazon Connect: instances, integration associations with their use cases, and rules.

pub(crate) mod actions;
pub(crate) mod associations;
pub(crate) mod contact_flows;
pub(crate) mod function;
pub(crate) mod instances;
pub(crate) mod rule_lists;
pub(crate) mod rules;
pub(crate) mod tags;
pub(crate) mod use_cases;
pub(crate) mod variables;
