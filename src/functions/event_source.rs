//! `partner_event_source_name` and `parse_partner_event_source`.

use crate::framework::function::{Function, FunctionError, Parameter, Signature};
use crate::framework::types::Type;
use crate::framework::value::Value;
use crate::salesforce::event_source::EventSourceName;

/// Builds the name of a Salesforce flow's event source.
#[derive(Debug)]
pub(super) struct PartnerEventSourceName;

impl Function for PartnerEventSourceName {
    fn name(&self) -> &'static str {
        "partner_event_source_name"
    }

    fn signature(&self) -> Signature {
        Signature {
            summary: "Builds the name of a Salesforce event source",
            doc: "Gives `aws.partner/appflow/salesforce.com/ACCOUNT/NAME`, the name of the partner \
                  event source and its event bus.",
            parameters: vec![
                Parameter {
                    name: "account_id",
                    ty: Type::String,
                    doc: "The AWS account, 12 digits.",
                },
                Parameter {
                    name: "name",
                    ty: Type::String,
                    doc: "What tells it from others, such as the flow's name.",
                },
            ],
            returns: Type::String,
        }
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let [account, name] = [0, 1].map(|index| arguments[index].as_str().unwrap_or_default());
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(FunctionError::at(0, "An account id has 12 digits."));
        }
        EventSourceName::of_salesforce(account, name).map(|name| name.to_string().into()).map_err(
            |reason| FunctionError::at(1, format!("EventBridge refuses the name: {reason}.")),
        )
    }
}

/// Takes the name of an event source apart.
#[derive(Debug)]
pub(super) struct ParsePartnerEventSource;

const PARTS: [&str; 4] = ["partner", "application", "account_id", "name"];

impl Function for ParsePartnerEventSource {
    fn name(&self) -> &'static str {
        "parse_partner_event_source"
    }

    fn signature(&self) -> Signature {
        Signature {
            summary: "Takes the name of a partner event source apart",
            doc: "Gives an object of `partner`, `application`, `account_id` and `name`.",
            parameters: vec![Parameter {
                name: "event_source_name",
                ty: Type::String,
                doc: "The name, as in `aws.partner/appflow/salesforce.com/111122223333/acme`.",
            }],
            returns: Type::Object(PARTS.map(|part| (part.to_owned(), Type::String)).into()),
        }
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let text = arguments[0].as_str().unwrap_or_default();
        let name = EventSourceName::parse(text).map_err(|reason| {
            FunctionError::at(0, format!("This is not a partner event source: {reason}."))
        })?;
        let parts = [name.partner, name.application, name.account_id, name.name];
        Ok(Value::object(PARTS.into_iter().zip(parts.map(Value::from))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_name_can_be_taken_apart() {
        let name = PartnerEventSourceName.call(&["111122223333".into(), "acme".into()]);
        let name = name.expect("a name");
        assert_eq!(name, "aws.partner/appflow/salesforce.com/111122223333/acme".into());
        let parts = ParsePartnerEventSource.call(&[name]).expect("parts");
        assert_eq!(parts.get("account_id"), &Value::from("111122223333"));
        assert_eq!(parts.get("name"), &Value::from("acme"));
    }

    #[test]
    fn mistakes_are_told_at_the_argument() {
        let refused = PartnerEventSourceName.call(&["12".into(), "acme".into()]);
        assert_eq!(refused.map_err(|error| error.argument), Err(Some(0)));
        let refused = PartnerEventSourceName.call(&["111122223333".into(), "a b".into()]);
        assert_eq!(refused.map_err(|error| error.argument), Err(Some(1)));
    }
}
