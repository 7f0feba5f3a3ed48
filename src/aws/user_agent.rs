//! How requests introduce themselves.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Appends the provider's name and version, and what the practitioner wants added, to the SDK's
/// user agent. The header is not part of the signature.
#[derive(Clone, Debug)]
pub(super) struct UserAgent(String);

impl UserAgent {
    /// Characters that a header cannot carry are left out.
    pub(super) fn new(additions: &[String]) -> Self {
        let own = concat!("terraform-provider-connect/", env!("CARGO_PKG_VERSION"));
        let all: Vec<String> = std::iter::once(own)
            .chain(additions.iter().map(String::as_str))
            .map(|part| part.chars().filter(|c| (' '..='~').contains(c)).collect())
            .filter(|part: &String| !part.is_empty())
            .collect();
        Self(all.join(" "))
    }
}

impl Intercept for UserAgent {
    fn name(&self) -> &'static str {
        "user agent"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request_mut().headers_mut();
        let introduced = match headers.get("user-agent") {
            Some(sdk) => format!("{sdk} {}", self.0),
            None => self.0.clone(),
        };
        headers.try_insert("user-agent", introduced)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_come_last_and_fit_into_a_header() {
        let agent = UserAgent::new(&["ci/7 (nightly)".into(), "caf\u{e9}\r\nX: y".into()]);
        assert!(agent.0.starts_with("terraform-provider-connect/"));
        assert!(agent.0.ends_with(" ci/7 (nightly) cafX: y"), "{}", agent.0);
    }
}
