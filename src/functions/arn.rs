//! `parse_arn`.

use crate::aws::arn::Arn;
use crate::framework::function::{Function, FunctionError, Parameter, Signature};
use crate::framework::types::Type;
use crate::framework::value::Value;

/// Takes an ARN apart.
#[derive(Debug)]
pub(super) struct ParseArn;

const PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

impl Function for ParseArn {
    fn name(&self) -> &'static str {
        "parse_arn"
    }

    fn signature(&self) -> Signature {
        Signature {
            summary: "Takes an ARN apart",
            doc: "Gives an object of `partition`, `service`, `region`, `account_id` and `resource`. \
                  Region and account may be empty; the resource may hold colons and slashes.",
            parameters: vec![Parameter { name: "arn", ty: Type::String, doc: "The ARN." }],
            returns: Type::Object(PARTS.map(|part| (part.to_owned(), Type::String)).into()),
        }
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let text = arguments[0].as_str().unwrap_or_default();
        let arn: Arn =
            text.parse().map_err(|_| FunctionError::at(0, format!("{text:?} is not an ARN.")))?;
        let parts = [arn.partition, arn.service, arn.region, arn.account, arn.resource];
        Ok(Value::object(PARTS.into_iter().zip(parts.map(Value::from))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_five_parts() {
        let arn = "arn:aws:events:us-east-1::event-source/aws.partner/a:b";
        let parts = ParseArn.call(&[arn.into()]).expect("an ARN");
        assert_eq!(parts.get("account_id"), &Value::from(""));
        assert_eq!(parts.get("resource"), &Value::from("event-source/aws.partner/a:b"));
        assert_eq!(ParseArn.call(&["x".into()]).map_err(|e| e.argument), Err(Some(0)));
    }
}
