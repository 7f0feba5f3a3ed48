//! The constraint tables of the services, read from `models/`.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use serde::Deserialize;

use crate::wire::http::decode;
use crate::wire::pattern::Pattern;

/// The services with a model. STS is coded by hand.
pub(crate) fn services() -> &'static [Service] {
    static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
        [
            include_str!("../../models/appflow.json"),
            include_str!("../../models/events.json"),
            include_str!("../../models/appintegrations.json"),
            include_str!("../../models/connect.json"),
        ]
        .iter()
        .map(|text| serde_json::from_str(text).expect("the models are part of this crate"))
        .collect()
    });
    &SERVICES
}

/// The service that signs with this name.
pub(crate) fn service(signing_name: &str) -> Option<&'static Service> {
    services().iter().find(|service| service.service == signing_name)
}

/// One service: its operations, the shapes of their inputs, the status of each modelled error.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Service {
    /// The name in the credential scope of a signature, and the prefix of IAM actions.
    pub(crate) service: String,
    /// Present for AWS JSON 1.1, where the operation is in `X-Amz-Target`.
    pub(crate) target_prefix: Option<String>,
    pub(crate) errors: BTreeMap<String, u16>,
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) input: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    #[serde(default)]
    pub(crate) members: BTreeMap<String, Member>,
    pub(crate) member: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) pattern: Option<String>,
    #[serde(default, rename = "enum")]
    pub(crate) values: Vec<String>,
    #[serde(default)]
    pub(crate) sensitive: bool,
    #[serde(skip)]
    compiled: OnceLock<Pattern>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Structure,
    List,
    Map,
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    pub(crate) shape: String,
    location: Option<String>,
    location_name: Option<String>,
}

/// Where the value of a member travels.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place<'a> {
    Body,
    Label(&'a str),
    Query(&'a str),
}

impl Member {
    pub(crate) fn place(&self) -> Place<'_> {
        let name = self.location_name.as_deref().unwrap_or_default();
        match self.location.as_deref() {
            Some("uri") => Place::Label(name),
            Some("querystring") => Place::Query(name),
            _ => Place::Body,
        }
    }
}

impl Shape {
    /// The compiled pattern, if the shape has one.
    pub(crate) fn matcher(&self) -> Option<&Pattern> {
        let pattern = self.pattern.as_deref()?;
        Some(self.compiled.get_or_init(|| Pattern::new(pattern)))
    }
}

/// A routed request: which operation, and the decoded labels of its path.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) name: &'static str,
    pub(crate) operation: &'static Operation,
    pub(crate) labels: BTreeMap<String, String>,
}

impl Service {
    pub(crate) fn shape(&self, name: &str) -> &Shape {
        self.shapes.get(name).expect("a model names only shapes that it has")
    }

    /// The operation an `X-Amz-Target` names.
    pub(crate) fn by_target(&'static self, target: &str) -> Option<Route> {
        let name = target.strip_prefix(self.target_prefix.as_deref()?)?.strip_prefix('.')?;
        let (name, operation) = self.operations.get_key_value(name)?;
        Some(Route { name, operation, labels: BTreeMap::new() })
    }

    /// The operation that a method and a still encoded path name.
    pub(crate) fn by_path(&'static self, method: &str, path: &str) -> Option<Route> {
        self.operations.iter().filter(|(_, operation)| operation.method == method).find_map(
            |(name, operation)| {
                let labels = match_path(&operation.uri, path)?;
                Some(Route { name, operation, labels })
            },
        )
    }
}

/// Matches `/rules/{InstanceId}` against a path; a label is one non-empty segment.
fn match_path(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut labels = BTreeMap::new();
    let mut segments = path.split('/');
    for part in template.split('/') {
        let segment = segments.next()?;
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(label) if !segment.is_empty() => {
                labels.insert(label.to_owned(), decode(segment));
            }
            Some(_) => return None,
            None if part == segment => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_may_hold_encoded_slashes() {
        let route = service("app-integrations")
            .expect("modelled")
            .by_path("GET", "/eventIntegrations/a%2Fb/associations")
            .expect("routed");
        assert_eq!(
            (route.name, route.labels["Name"].as_str()),
            ("ListEventIntegrationAssociations", "a/b")
        );
    }

    #[test]
    fn every_pattern_compiles() {
        for service in services() {
            for shape in service.shapes.values() {
                shape.matcher();
            }
        }
    }
}
