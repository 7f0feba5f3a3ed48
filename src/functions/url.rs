//! `normalize_salesforce_url`.

use crate::framework::function::{Function, FunctionError, Parameter, Signature};
use crate::framework::types::Type;
use crate::framework::value::Value;
use crate::salesforce::url::InstanceUrl;

/// Gives the address that AppFlow wants.
#[derive(Debug)]
pub(super) struct NormalizeSalesforceUrl;

impl Function for NormalizeSalesforceUrl {
    fn name(&self) -> &'static str {
        "normalize_salesforce_url"
    }

    fn signature(&self) -> Signature {
        Signature {
            summary: "Gives the address of an org that AppFlow wants",
            doc: "Turns an address as the browser shows it, such as \
                  `https://acme.lightning.force.com/lightning/page/home`, into \
                  `https://acme.my.salesforce.com`.",
            parameters: vec![Parameter {
                name: "url",
                ty: Type::String,
                doc: "An address of the org.",
            }],
            returns: Type::String,
        }
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let text = arguments[0].as_str().unwrap_or_default();
        InstanceUrl::parse(text).normalized().map(Value::from).ok_or_else(|| {
            FunctionError::at(
                0,
                format!(
                    "The org cannot be told from {text:?}: use its My Domain address, such as \
                     https://acme.my.salesforce.com."
                ),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_address_becomes_the_apis() {
        let url = NormalizeSalesforceUrl.call(&["https://acme.lightning.force.com/x".into()]);
        assert_eq!(url, Ok("https://acme.my.salesforce.com".into()));
        assert!(NormalizeSalesforceUrl.call(&["https://login.salesforce.com".into()]).is_err());
    }
}
