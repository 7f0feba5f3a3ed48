//! Client tokens: a repeated call gets the first answer, a reused token an error.

use serde_json::Value;

use crate::secrets;
use crate::switches::Switches;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place};

/// The first answer to a token. Parameters are kept as a digest, since they may hold secrets.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    parameters: String,
    at: f64,
    answer: Value,
}

/// Looks a token up before the operation runs.
///
/// `Some` is the answer of the first call; a token used with other parameters is refused.
pub(crate) fn recall(
    call: &Call<'_>,
    service: &str,
    operation: &str,
    input: &Input,
) -> Result<Option<Value>, Refusal> {
    let Some(key) = key(&call.place, service, operation, input) else { return Ok(None) };
    let Some(first) = call.world.tokens.get(&key) else { return Ok(None) };
    if call.world.now() - first.at >= LIFETIME {
        return Ok(None);
    }
    if first.parameters != digest(input) {
        return Err(Refusal::new(
            reuse_error(&call.world.switches, service),
            "The client token was already used with different request parameters.",
        ));
    }
    Ok(Some(first.answer.clone()))
}

/// Remembers the answer of a call that succeeded; a failed one may be repeated.
pub(crate) fn remember(
    call: &mut Call<'_>,
    service: &str,
    operation: &str,
    input: &Input,
    answer: &Value,
) {
    if let Some(key) = key(&call.place, service, operation, input) {
        let at = call.world.now();
        let remembered = Remembered { parameters: digest(input), at, answer: answer.clone() };
        call.world.tokens.insert(key, remembered);
    }
}

fn reuse_error<'a>(switches: &'a Switches, service: &str) -> &'a str {
    if service == "appflow" {
        &switches.appflow_token_reuse_error
    } else {
        "InvalidRequestException"
    }
}

fn key(place: &Place, service: &str, operation: &str, input: &Input) -> Option<String> {
    let token = token(input)?;
    Some(format!("{}/{}/{service}/{operation}/{token}", place.account, place.region))
}

fn token(input: &Input) -> Option<&str> {
    input.optional_text("clientToken").or_else(|| input.optional_text("ClientToken"))
}

fn digest(input: &Input) -> String {
    let mut parameters = input.0.clone();
    parameters.remove("clientToken");
    parameters.remove("ClientToken");
    secrets::digest(&Value::Object(parameters).to_string())
}

/// AppFlow documents eight hours; the others say nothing, so they get the same.
const LIFETIME: f64 = 8.0 * 3600.0;
