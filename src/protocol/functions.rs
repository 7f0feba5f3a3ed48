//! The RPCs about functions.

use std::collections::HashMap;

use super::convert;
use super::proto;
use super::service::Service;
use crate::framework::function::{Function, FunctionError, Signature};
use crate::framework::provider::Provider;

impl<P: Provider> Service<P> {
    pub(super) fn function_signatures(&self) -> HashMap<String, proto::Function> {
        self.functions
            .iter()
            .map(|(name, function)| ((*name).to_owned(), signature(&function.signature())))
            .collect()
    }

    pub(super) fn call(
        &self,
        request: &proto::call_function::Request,
    ) -> proto::call_function::Response {
        let outcome = match self.functions.get(request.name.as_str()) {
            Some(function) => call(function.as_ref(), &request.arguments),
            None => Err(FunctionError {
                text: format!("The provider has no function {:?}.", request.name),
                argument: None,
            }),
        };
        match outcome {
            Ok(result) => proto::call_function::Response { result: Some(result), error: None },
            Err(FunctionError { text, argument }) => proto::call_function::Response {
                result: None,
                error: Some(proto::FunctionError {
                    text,
                    function_argument: argument.map(|index| index as i64),
                }),
            },
        }
    }
}

fn call(
    function: &dyn Function,
    arguments: &[proto::DynamicValue],
) -> Result<proto::DynamicValue, FunctionError> {
    let parameters = function.signature().parameters;
    if arguments.len() != parameters.len() {
        return Err(FunctionError {
            text: format!("The function takes {} arguments.", parameters.len()),
            argument: None,
        });
    }
    let mut values = Vec::with_capacity(parameters.len());
    for (index, (parameter, argument)) in parameters.iter().zip(arguments).enumerate() {
        let value = convert::value(Some(argument), &parameter.ty)
            .map_err(|_| FunctionError::at(index, format!("{} cannot be read.", parameter.name)))?;
        // Terraform keeps null and unknown arguments away; others may not.
        if value.is_null() || !value.is_wholly_known() {
            return Err(FunctionError::at(index, format!("{} must be set.", parameter.name)));
        }
        values.push(value);
    }
    function.call(&values).map(|value| convert::dynamic_value(&value))
}

fn signature(signature: &Signature) -> proto::Function {
    let parameters = signature.parameters.iter().map(|parameter| proto::function::Parameter {
        name: parameter.name.to_owned(),
        r#type: parameter.ty.to_json().to_string().into_bytes(),
        description: parameter.doc.to_owned(),
        description_kind: proto::StringKind::Markdown.into(),
        ..Default::default()
    });
    proto::Function {
        parameters: parameters.collect(),
        r#return: Some(proto::function::Return {
            r#type: signature.returns.to_json().to_string().into_bytes(),
        }),
        summary: signature.summary.to_owned(),
        description: signature.doc.to_owned(),
        description_kind: proto::StringKind::Markdown.into(),
        ..Default::default()
    }
}
