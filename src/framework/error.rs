//! Why a call failed, as data; the words around it are added once, where verb and resource are known.

use std::fmt;

use super::diagnostics::{Diagnostic, Severity};
use super::path::Path;

/// What a failure means to the caller, whatever service it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request was refused as it is; repeating it is pointless.
    Invalid,
    /// Something of that name is already there.
    AlreadyExists,
    /// The service says for certain that the object does not exist.
    NotFound,
    /// The caller's role lacks a permission.
    Denied,
    /// The caller has no valid credentials for AWS.
    Unauthenticated,
    /// An account limit is reached; retrying does not help.
    Quota,
    /// Too many requests; retries are used up.
    Throttled,
    /// Something else uses or changes the object.
    Conflict,
    /// Salesforce refused the stored or given credentials.
    Connector,
    /// The call may or may not have taken effect: a timeout, a dropped connection, a 5xx.
    Ambiguous,
    /// The service failed, or could not be reached, and nothing was changed.
    Unavailable,
    /// A wait ended before what it waited for happened.
    Timeout,
    /// Terraform asked us to stop.
    Stopped,
    /// Only a mistake of ours can cause it.
    Bug,
}

/// A failed operation.
///
/// `message` is a sentence of the service or a lowercase fragment of ours, never with a secret.
/// Everything else is optional context; whoever knows it adds it with the `with`-style methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What the failure means.
    pub kind: Kind,
    /// What happened, in the service's words where it has some.
    pub message: String,
    /// What the practitioner can do about it, in full sentences.
    pub remedy: Option<String>,
    /// What exists now, where the failure came after something was made or removed.
    pub aftermath: Option<String>,
    /// The attribute to point at.
    pub path: Option<Path>,
    /// The API operation, such as `appflow:CreateFlow`.
    pub operation: Option<&'static str>,
    /// The service's error code.
    pub code: Option<String>,
    /// The service's request id, for the support ticket.
    pub request_id: Option<String>,
}

/// The result of anything that can fail for a reason outside this program.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure without context yet.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            remedy: None,
            aftermath: None,
            path: None,
            operation: None,
            code: None,
            request_id: None,
        }
    }

    /// A failure that only a mistake in the provider can cause.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Kind::Bug, message)
    }

    /// Says what to do, unless someone nearer to the cause has said it already.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy.get_or_insert_with(|| remedy.into());
        self
    }

    /// Says what to do, knowing more than whoever has said it before: the names in the way, an
    /// import block. It takes the place of general advice.
    #[must_use]
    pub fn advise(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Says what exists now.
    #[must_use]
    pub fn aftermath(mut self, aftermath: impl Into<String>) -> Self {
        self.aftermath = Some(aftermath.into());
        self
    }

    /// Points at an attribute, unless someone nearer to the cause has done so already.
    #[must_use]
    pub fn at(mut self, path: impl Into<Path>) -> Self {
        self.path.get_or_insert_with(|| path.into());
        self
    }

    /// Whether the service said for certain that the object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind == Kind::NotFound
    }

    /// Whether the call may have taken effect all the same.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self.kind, Kind::Ambiguous | Kind::Stopped)
    }

    /// The message to the practitioner; `summary` is what we did to what.
    pub fn diagnose(&self, summary: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            summary: summary.into(),
            detail: self.detail(),
            path: self.path.clone(),
        }
    }

    fn detail(&self) -> String {
        let mut paragraphs = vec![sentence(&self.message)];
        let advice: Vec<&str> = [Some(self.advice()), self.aftermath.as_deref()]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        if !advice.is_empty() {
            // Nothing may follow a block of HCL on its last line.
            let gap = if self.advice().ends_with('}') { "\n\n" } else { " " };
            paragraphs.push(advice.join(gap));
        }
        let origin: Vec<String> = [
            self.operation.map(str::to_owned),
            self.code.clone(),
            self.request_id.as_ref().map(|id| format!("request {id}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !origin.is_empty() {
            paragraphs.push(format!("({})", origin.join(", ")));
        }
        paragraphs.join("\n\n")
    }

    fn advice(&self) -> &str {
        if let Some(remedy) = &self.remedy {
            return remedy;
        }
        match self.kind {
            Kind::Invalid if self.code.is_some() => "Correct what AWS refuses, then apply again.",
            Kind::NotFound if self.code.is_some() => {
                "Run terraform plan: what is gone shows there."
            }
            Kind::Invalid | Kind::NotFound => "",
            Kind::AlreadyExists => "Import the existing object, or choose another name.",
            Kind::Denied => {
                "Allow this action to the role that Terraform runs as, then apply again."
            }
            Kind::Unauthenticated => {
                "Give the provider valid AWS credentials: environment variables, a profile, \
                 assume_role, or the role of the machine it runs on."
            }
            Kind::Quota => {
                "This is an account limit, so retrying does not help: remove what is no longer \
                 used, or ask AWS for more in the Service Quotas console."
            }
            Kind::Throttled => {
                "AWS kept throttling after all retries. Apply again, with a lower -parallelism or \
                 lower rate_limits in the provider block."
            }
            Kind::Conflict => "Something else uses or changes it; apply again when it is done.",
            Kind::Connector => {
                "Salesforce refused AppFlow: check the connected app, the instance URL and the \
                 user's permissions, then authorise the connection again."
            }
            Kind::Ambiguous => {
                "Whether it took effect is not known. Apply again: what exists by then is found, \
                 and not made twice."
            }
            Kind::Unavailable => "Nothing was changed by this call. Apply again.",
            Kind::Timeout => "AWS takes longer than it usually does. Apply again later.",
            Kind::Stopped => "Interrupted. Run terraform plan to see where it stands.",
            Kind::Bug => {
                "This is a bug in the provider: report it with the output of TF_LOG=trace, which \
                 holds no secrets."
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// The fragment as a sentence: upper-case start, full stop.
fn sentence(fragment: &str) -> String {
    let fragment = fragment.trim();
    let mut chars = fragment.chars();
    let Some(first) = chars.next() else { return String::new() };
    let start = if chars.as_str().starts_with(|c: char| c.is_lowercase() || c == ' ') {
        first.to_uppercase().to_string()
    } else {
        first.to_string()
    };
    let end = if fragment.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{start}{}{end}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detail_says_what_happened_what_to_do_and_where_it_came_from() {
        let error = Error {
            operation: Some("appflow:CreateFlow"),
            code: Some("ValidationException".into()),
            request_id: Some("5f3c".into()),
            ..Error::new(Kind::Invalid, "the object is unknown")
        }
        .remedy("Set `source_object`.")
        .aftermath("Nothing was created.")
        .at("source_object");
        let diagnostic = error.diagnose("creating the flow");
        assert_eq!(
            diagnostic.detail,
            "The object is unknown.\n\nSet `source_object`. Nothing was created.\n\n\
             (appflow:CreateFlow, ValidationException, request 5f3c)"
        );
        assert_eq!(diagnostic.path, Some(Path::from("source_object")));
    }

    #[test]
    fn names_at_the_start_of_a_message_keep_their_case() {
        assert_eq!(sentence("iPhone"), "iPhone.");
        assert_eq!(sentence("it failed!"), "It failed!");
    }

    #[test]
    fn the_nearest_remedy_wins() {
        let error = Error::new(Kind::Denied, "no").remedy("first").remedy("second");
        assert_eq!(error.remedy.as_deref(), Some("first"));
    }
}
