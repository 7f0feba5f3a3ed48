//! HTTP messages as the rest of the crate sees them.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request whose body has been read. Header names are lower case.
pub(crate) struct Request {
    pub(crate) method: String,
    /// Still percent-encoded: `%2F` in a label must not split it.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(
        method: &str,
        path: &str,
        query: &str,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Self {
        Self { method: method.into(), path: path.into(), query: parse_pairs(query), headers, body }
    }

    /// The first header of this (lower case) name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Headers and bodies may hold secrets, so they are not shown.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Decodes `a=1&b=2`, from a query string or a form body.
pub(crate) fn parse_pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

/// Percent-decodes one label, key or value.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// What goes back to the client.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string(),
        }
    }

    pub(crate) fn xml(status: u16, body: String) -> Self {
        Self { status, headers: vec![("content-type".into(), "text/xml".into())], body }
    }

    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        assert_eq!(
            parse_pairs("tagKeys=a%2Fb&tagKeys=c+d&flag"),
            [
                ("tagKeys".into(), "a/b".into()),
                ("tagKeys".into(), "c d".into()),
                ("flag".into(), String::new())
            ]
        );
    }
}
