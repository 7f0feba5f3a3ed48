//! The objects themselves: imported and read as Terraform would, by the resources that would do it,
//! so that what is written plans empty.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio_util::sync::CancellationToken;

use super::progress::Progress;
use super::survey::Survey;
use crate::aws::is_region_name;
use crate::framework::context::Cx;
use crate::framework::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::framework::erased::AnyResource;
use crate::framework::private::Private;
use crate::framework::resource::ImportId;
use crate::framework::value::Value;
use crate::provider::Configured;
use crate::resources;

/// The kinds of objects, from Salesforce to the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Connection,
    Flow,
    Integration,
    Rule,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Connection, Self::Flow, Self::Integration, Self::Rule];

    /// The resource type.
    pub(super) fn resource_type(self) -> &'static str {
        match self {
            Self::Connection => "connect_salesforce_connection",
            Self::Flow => "connect_salesforce_event_flow",
            Self::Integration => "connect_salesforce_app_integration",
            Self::Rule => "connect_salesforce_case_rule",
        }
    }
}

/// An object as it was read.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) import_id: String,
    pub(super) identity: Value,
    pub(super) state: Value,
    /// The least configuration that plans the state as it is.
    pub(super) config: Value,
    /// What the read had to say.
    pub(super) warnings: Vec<Diagnostic>,
    /// Why Terraform would refuse the configuration; none for most.
    pub(super) complaints: Vec<Diagnostic>,
}

impl Object {
    /// A text of its state; empty if it has none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.state.get(name).as_str().unwrap_or_default()
    }
}

/// Reads all that was found, in the order of kinds and ids. What is gone meanwhile is left out.
pub(super) async fn read(
    configured: &Arc<Configured>,
    survey: &Survey,
    progress: &Progress,
) -> Result<Vec<Object>, Diagnostics> {
    let region = configured.aws.region_name();
    let single = |name: &String| import_id(name, region);
    let pair = |(instance, id): &(String, String)| format!("{instance},{id}");
    let ids: [Vec<String>; 4] = [
        survey.connections.iter().map(single).collect(),
        survey.flows.iter().map(single).collect(),
        survey.associations.iter().map(pair).collect(),
        survey.rules.iter().map(pair).collect(),
    ];
    progress.expect(ids.iter().map(Vec::len).sum());
    let resources = resources::all();
    let [connections, flows, integrations, rules] = ids;
    let kind = |kind, ids| read_kind(configured, &resources, kind, ids, progress);
    // Each kind asks for other things, and Connect's budgets are one per operation.
    let (connections, flows, integrations, rules) = tokio::try_join!(
        kind(Kind::Connection, connections),
        kind(Kind::Flow, flows),
        kind(Kind::Integration, integrations),
        kind(Kind::Rule, rules),
    )?;
    Ok([connections, flows, integrations, rules].into_iter().flatten().collect())
}

async fn read_kind(
    configured: &Arc<Configured>,
    resources: &[Box<dyn AnyResource<Configured>>],
    kind: Kind,
    mut ids: Vec<String>,
    progress: &Progress,
) -> Result<Vec<Object>, Diagnostics> {
    let resource = resources
        .iter()
        .find(|resource| resource.type_name() == kind.resource_type())
        .expect("the provider has all four resources");
    ids.sort();
    let objects: Vec<Option<Object>> = stream::iter(ids)
        .map(|id| async {
            let object = read_one(configured, resource.as_ref(), kind, id).await;
            progress.advance();
            object
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(objects.into_iter().flatten().collect())
}

async fn read_one(
    configured: &Arc<Configured>,
    resource: &dyn AnyResource<Configured>,
    kind: Kind,
    import_id: String,
) -> Result<Option<Object>, Diagnostics> {
    let cx = |private| Cx::new(Ok(Arc::clone(configured)), CancellationToken::new(), private);
    let stub = resource.import(&ImportId::Text(import_id.clone()));
    if stub.diags.has_errors() {
        return Err(stub.diags);
    }
    let read = resource.read(cx(stub.private), stub.state, stub.identity).await;
    if read.diags.has_errors() {
        return Err(read.diags);
    }
    if read.state.is_null() {
        return Ok(None);
    }
    let config = resource.generate(&cx(Private::default()), &read.state);
    let complaints = resource.validate(&config);
    let of = |diags: Diagnostics, severity| {
        diags.iter().filter(|it| it.severity == severity).cloned().collect()
    };
    Ok(Some(Object {
        kind,
        import_id,
        identity: read.identity,
        state: read.state,
        config,
        warnings: of(read.diags, Severity::Warning),
        complaints: of(complaints, Severity::Error),
    }))
}

/// A name as an import id: what looks like the region in it gets the true one behind it.
fn import_id(name: &str, region: &str) -> String {
    match name.rsplit_once('@') {
        Some((_, end)) if is_region_name(end) => format!("{name}@{region}"),
        _ => name.to_owned(),
    }
}

/// As many as Terraform reads at once.
const AT_ONCE: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_ends_like_a_region_is_no_region() {
        assert_eq!(import_id("acme@home", "us-east-1"), "acme@home");
        assert_eq!(import_id("acme@eu-west-1", "us-east-1"), "acme@eu-west-1@us-east-1");
    }
}
