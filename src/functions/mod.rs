//! The provider's functions. They are pure: no AWS, no clock.

mod arn;
mod event_source;
mod rule;
mod url;

use crate::framework::function::Function;

/// Every function of the provider.
pub(crate) fn all() -> Vec<Box<dyn Function>> {
    vec![
        Box::new(arn::ParseArn),
        Box::new(event_source::PartnerEventSourceName),
        Box::new(event_source::ParsePartnerEventSource),
        Box::new(rule::CaseRuleFunction),
        Box::new(rule::CaseVariable),
        Box::new(url::NormalizeSalesforceUrl),
    ]
}
