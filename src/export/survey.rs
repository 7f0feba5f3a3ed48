//! What there is in an account and region: lists only, each page asked for once.

use futures_util::future::try_join_all;

use crate::aws::Session;
use crate::aws::event_integration::EventIntegration;
use crate::aws::event_source::{EventSource, SALESFORCE};
use crate::aws::instance::Instance;
use crate::framework::error::{Error, Kind, Result};

/// Which instances are exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of the region, and what belongs to none.
    Region,
    /// These, by id, ARN or alias, and what they hang on.
    Instances(Vec<String>),
}

/// What the lists tell.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) instances: Vec<Instance>,
    /// Names.
    pub(super) connections: Vec<String>,
    /// Names.
    pub(super) flows: Vec<String>,
    /// Instance and id.
    pub(super) associations: Vec<(String, String)>,
    /// Instance and id.
    pub(super) rules: Vec<(String, String)>,
    /// Those of Salesforce's sources.
    pub(super) event_integrations: Vec<EventIntegration>,
    /// Event integrations that some association uses, by ARN.
    pub(super) associated: Vec<String>,
    pub(super) event_sources: Vec<EventSource>,
    /// Names of Salesforce's.
    pub(super) event_buses: Vec<String>,
    pub(super) foreign: Foreign,
    /// Lists that the role may not see.
    pub(super) denied: Vec<&'static str>,
}

/// How much there is that is none of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) flows: usize,
    pub(super) associations: usize,
    pub(super) rules: usize,
    pub(super) event_integrations: usize,
}

/// Lists everything.
pub(super) async fn survey(session: &Session, scope: &Scope) -> Result<Survey> {
    let instances = instances(session, scope).await?;
    let profiles = session.shared_connector_profiles();
    let flows = session.list_flows();
    // What these show is read one by one where they may not be seen.
    let integrations = optional(session.shared_event_integrations());
    let sources = optional(session.shared_event_sources());
    let buses = optional(session.list_event_buses(SALESFORCE));
    let contents = try_join_all(instances.iter().map(|it| contents(session, &it.id)));
    let (profiles, flows, integrations, sources, buses, contents) =
        tokio::try_join!(profiles, flows, integrations, sources, buses, contents)?;
    let mut survey = Survey {
        instances,
        connections: profiles.iter().map(|profile| profile.name.clone()).collect(),
        ..Survey::default()
    };
    let (ours, others) =
        flows.into_iter().partition::<Vec<_>, _>(|it| it.is_salesforce_event_flow());
    survey.flows = ours.into_iter().map(|flow| flow.name).collect();
    survey.foreign.flows = others.len();
    for (name, is_denied) in [
        ("app-integrations:ListEventIntegrations", integrations.is_none()),
        ("events:ListEventSources", sources.is_none()),
        ("events:ListEventBuses", buses.is_none()),
    ] {
        survey.denied.extend(is_denied.then_some(name));
    }
    let integrations = integrations.iter().flat_map(|all| all.iter()).cloned();
    let (ours, others) = integrations.partition::<Vec<_>, _>(|integration| {
        integration.event_source_name.starts_with(SALESFORCE)
    });
    survey.event_integrations = ours;
    survey.foreign.event_integrations = others.len();
    survey.event_sources = sources.iter().flat_map(|all| all.iter()).cloned().collect();
    survey.event_buses = buses.unwrap_or_default();
    for contents in contents {
        survey.associations.extend(contents.associations);
        survey.associated.extend(contents.associated);
        survey.rules.extend(contents.rules);
        survey.foreign.associations += contents.foreign.associations;
        survey.foreign.rules += contents.foreign.rules;
    }
    Ok(survey)
}

/// What one instance has.
#[derive(Debug, Default)]
struct Contents {
    associations: Vec<(String, String)>,
    associated: Vec<String>,
    rules: Vec<(String, String)>,
    foreign: Foreign,
}

async fn contents(session: &Session, instance: &str) -> Result<Contents> {
    let associations = session.shared_integration_associations(instance);
    let (associations, rules) = tokio::try_join!(associations, rules(session, instance))?;
    let (ours, others) = associations.iter().partition::<Vec<_>, _>(|it| it.is_salesforce());
    let of_instance = |id: String| (instance.to_owned(), id);
    let (rules, foreign_rules) = rules;
    Ok(Contents {
        associated: ours.iter().map(|it| it.integration_arn.clone()).collect(),
        associations: ours.into_iter().map(|it| of_instance(it.id.clone())).collect(),
        rules: rules.into_iter().map(of_instance).collect(),
        foreign: Foreign { associations: others.len(), rules: foreign_rules, ..Foreign::default() },
    })
}

/// Ids of an instance's rules on Salesforce cases, and how many others it has. Only searching
/// tells of the others; where it is denied they are not counted.
async fn rules(session: &Session, instance: &str) -> Result<(Vec<String>, usize)> {
    let found = match session.search_rules(instance).await {
        Err(error) if error.kind == Kind::Denied => session.list_case_rules(instance).await?,
        found => found?,
    };
    let (ours, others) =
        found.unwrap_or_default().into_iter().partition::<Vec<_>, _>(|rule| rule.is_on_cases());
    Ok((ours.into_iter().map(|rule| rule.id).collect(), others.len()))
}

/// The instances of the scope.
async fn instances(session: &Session, scope: &Scope) -> Result<Vec<Instance>> {
    let all = session.list_instances().await?;
    let Scope::Instances(wanted) = scope else { return Ok(all) };
    let mut found: Vec<Instance> = Vec::new();
    for wanted in wanted {
        let is_it = |it: &&Instance| {
            it.id == *wanted || it.arn == *wanted || it.alias.as_deref() == Some(wanted)
        };
        let Some(instance) = all.iter().find(is_it) else {
            return Err(unknown_instance(session, wanted, &all));
        };
        if !found.iter().any(|it| it.id == instance.id) {
            found.push(instance.clone());
        }
    }
    Ok(found)
}

fn unknown_instance(session: &Session, wanted: &str, all: &[Instance]) -> Error {
    let region = session.region_name();
    let names: Vec<&str> =
        all.iter().map(|it| it.alias.as_deref().unwrap_or(it.id.as_str())).collect();
    let error =
        Error::new(Kind::NotFound, format!("there is no Connect instance {wanted:?} in {region}"));
    error.remedy(match names.as_slice() {
        [] => format!("This account has none in {region}: check the account and the region."),
        names => format!("There are: {}.", names.join(", ")),
    })
}

/// A list that one can do without.
async fn optional<T>(list: impl Future<Output = Result<T>>) -> Result<Option<T>> {
    match list.await {
        Err(error) if error.kind == Kind::Denied => Ok(None),
        list => list.map(Some),
    }
}
