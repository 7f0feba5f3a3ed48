//! One call to the admin API of a running emulator.

use serde_json::Value;
use ureq::http;

/// The answer, or what the emulator has against it.
pub(crate) fn call(url: &str, method: &str, path: &str, body: &Value) -> Result<Value, String> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let address = format!("{}/_emulator{path}", url.trim_end_matches('/'));
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let request = http::Request::builder().method(method).uri(&address);
    let request = if method == "GET" {
        agent.run(request.body(()).map_err(|error| format!("{address}: {error}"))?)
    } else {
        agent.run(request.body(text).map_err(|error| format!("{address}: {error}"))?)
    };
    let mut response = request.map_err(|error| {
        format!("no emulator at {url} ({error}); start one with: connect-emulator serve")
    })?;
    let answer: Value = response
        .body_mut()
        .read_json()
        .map_err(|error| format!("{url} does not answer like an emulator: {error}"))?;
    match answer["error"].as_str() {
        Some(error) if response.status() != 200 => Err(error.to_owned()),
        _ => Ok(answer),
    }
}
