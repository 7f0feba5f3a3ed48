//! The signature header: who calls, in which region, for which service.
//!
//! Secret keys are not known here, so the signature's value is not verified; its form is.

use crate::wire::http::Request;
use crate::wire::refusal::Refusal;

/// The credential scope of a signed request.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Scope<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

/// Reads the scope; anything but a well-formed SigV4 header is a refusal.
pub(crate) fn scope(request: &Request) -> Result<Scope<'_>, Refusal> {
    let Some(header) = request.header("authorization") else {
        return Err(Refusal::new(
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        ));
    };
    parse(header, request.header("x-amz-date")).ok_or_else(|| {
        // The header itself is not echoed: it may be a token of another scheme.
        Refusal::new(
            "InvalidSignatureException",
            "The request signature does not conform to AWS standards.",
        )
    })
}

fn parse<'a>(header: &'a str, date: Option<&str>) -> Option<Scope<'a>> {
    let fields = header.strip_prefix("AWS4-HMAC-SHA256")?;
    let mut credential = None;
    let mut signed_headers = None;
    let mut signature = None;
    for field in fields.split(',') {
        let (name, value) = field.trim().split_once('=')?;
        match name {
            "Credential" => credential = Some(value),
            "SignedHeaders" => signed_headers = Some(value),
            "Signature" => signature = Some(value),
            _ => return None,
        }
    }
    let signed: Vec<&str> = signed_headers?.split(';').collect();
    let hex = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if !hex(signature?) || !["host", "x-amz-date"].iter().all(|name| signed.contains(name)) {
        return None;
    }
    let [access_key_id, day, region, service, "aws4_request"] =
        credential?.split('/').collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let timestamp = date?;
    let well_formed = !access_key_id.is_empty()
        && is_region(region)
        && day.len() == 8
        && timestamp.len() == 16
        && timestamp.starts_with(day)
        && timestamp.ends_with('Z');
    well_formed.then_some(Scope { access_key_id, region, service })
}

/// `us-east-1`, `us-gov-west-1`: lower case words and a number.
pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    words.len() >= 2
        && number.parse::<u8>().is_ok()
        && words.iter().all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn header(scope: &str, headers: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={headers}, Signature={SIGNATURE}"
        )
    }

    #[test]
    fn a_scope_names_caller_region_and_service() {
        let header = header("AKIA/20260101/eu-west-1/appflow/aws4_request", "host;x-amz-date");
        assert_eq!(
            parse(&header, Some("20260101T000000Z")),
            Some(Scope { access_key_id: "AKIA", region: "eu-west-1", service: "appflow" })
        );
    }

    #[test]
    fn malformed_headers_are_refused() {
        let date = Some("20260101T000000Z");
        for (what, text, date) in [
            (
                "another scheme",
                header("AKIA/20260101/eu-west-1/appflow/aws4_request", "host;x-amz-date")
                    .replace("AWS4-HMAC-SHA256", "Bearer"),
                date,
            ),
            ("no region", header("AKIA/20260101//appflow/aws4_request", "host;x-amz-date"), date),
            (
                "another day",
                header("AKIA/20260102/eu-west-1/appflow/aws4_request", "host;x-amz-date"),
                date,
            ),
            (
                "unsigned host",
                header("AKIA/20260101/eu-west-1/appflow/aws4_request", "x-amz-date"),
                date,
            ),
            (
                "no date",
                header("AKIA/20260101/eu-west-1/appflow/aws4_request", "host;x-amz-date"),
                None,
            ),
        ] {
            assert_eq!(parse(&text, date), None, "{what}");
        }
    }
}
