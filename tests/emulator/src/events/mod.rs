//! Amazon EventBridge: partner event sources, buses, rules and their targets.

pub(crate) mod buses;
pub(crate) mod pattern;
pub(crate) mod permissions;
pub(crate) mod rules;
pub(crate) mod sources;
pub(crate) mod tags;
