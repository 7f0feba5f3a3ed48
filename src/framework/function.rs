//! What the author of a provider-defined function writes.

use super::types::Type;
use super::value::Value;

/// A pure function. It is called on a provider that is not configured, and must give the same
/// result for the same arguments.
pub trait Function: Send + Sync + 'static {
    /// The name in `provider::connect::NAME`.
    fn name(&self) -> &'static str;

    /// Parameters and result.
    fn signature(&self) -> Signature;

    /// The result. No argument is null or unknown, as no parameter allows it.
    ///
    /// # Errors
    /// What is wrong with which argument.
    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError>;
}

/// What a function takes and gives.
#[derive(Debug, Clone)]
pub struct Signature {
    /// What it is for, in one line.
    pub summary: &'static str,
    /// What it does, in Markdown.
    pub doc: &'static str,
    /// Its parameters in order.
    pub parameters: Vec<Parameter>,
    /// What it gives.
    pub returns: Type,
}

/// One parameter; its argument is neither null nor unknown.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name, for documentation and error messages.
    pub name: &'static str,
    /// What it takes.
    pub ty: Type,
    /// What it is for.
    pub doc: &'static str,
}

/// A refused call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// What is wrong, in full sentences.
    pub text: String,
    /// The argument at fault, counted from 0.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// An error at an argument.
    pub fn at(argument: usize, text: impl Into<String>) -> Self {
        Self { text: text.into(), argument: Some(argument) }
    }
}
