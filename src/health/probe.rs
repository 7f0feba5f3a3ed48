//! Walks along chains and looks at every link. Only reads; a look that fails is a finding too.

use std::collections::BTreeMap;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::OnceCell;

use super::judge::{self, Look, PUBLISHED, SeenRule};
use super::{Chain, Kind, Link, Status};
use crate::aws::Session;
use crate::aws::event_integration::{EventIntegration, client_of, name_in_arn};
use crate::aws::flow::Flow;
use crate::aws::integration_association::IntegrationAssociation;
use crate::framework::error::{self, Result};

/// Where to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Everything that ends in a Connect instance, by id.
    Instance(String),
    /// One association, by id; the instance is looked for.
    Association(String),
    /// Everything that begins with a flow, by name.
    Flow(String),
    /// Everything in the region.
    All,
}

/// The chains of a target, looked at. Empty only for [`Target::All`] where there is nothing.
pub async fn examine(session: &Session, target: &Target) -> Vec<Chain> {
    let walk = Walk { session, flows: OnceCell::new() };
    let mut chains = match target {
        Target::Instance(id) => walk.instance(id).await,
        Target::Association(id) => walk.association(id).await,
        Target::Flow(name) => walk.flow(name).await,
        Target::All => walk.all().await,
    };
    for chain in &mut chains {
        chain.region = session.region_name().to_owned();
        // The walk goes the way that AWS can be asked; a case goes the other way.
        chain.links.sort_by_key(|link| link.kind);
    }
    chains
}

struct Walk<'a> {
    session: &'a Session,
    flows: OnceCell<Look<Vec<Flow>>>,
}

impl Walk<'_> {
    async fn instance(&self, id: &str) -> Vec<Chain> {
        let instance = judge::instance(id, &self.session.describe_instance(id).await);
        let exists = instance.status != Status::Failed;
        let alone = |link: Option<Link>| {
            let links = [instance.clone()].into_iter().chain(link).collect();
            vec![Chain { instance_id: Some(id.to_owned()), links, ..Chain::default() }]
        };
        let associations = match self.associations(id, |found| !found.is_empty()).await {
            Ok(associations) => associations,
            Err(error) => return alone(Some(Link::unknown(Kind::Association, id, &error))),
        };
        if associations.is_empty() {
            let missing = judge::no_association(id, "The instance has no Salesforce integration.");
            return alone(exists.then_some(missing));
        }
        let mut chains = Vec::new();
        for association in &associations {
            let mut chain = self.chain_of(id, association, None).await;
            chain.links.push(instance.clone());
            chains.push(chain);
        }
        chains
    }

    async fn association(&self, id: &str) -> Vec<Chain> {
        let alone = |link| {
            let id = Some(id.to_owned());
            vec![Chain { integration_association_id: id, links: vec![link], ..Chain::default() }]
        };
        let instances = match self.session.list_instances().await {
            Ok(instances) => instances,
            Err(error) => return alone(Link::unknown(Kind::Association, id, &error)),
        };
        let mut denied = None;
        for look in 1..=LOOKS {
            for instance in &instances {
                match self.associations(&instance.id, |_| true).await {
                    Ok(associations) => {
                        if let Some(found) = associations.iter().find(|it| it.id == id) {
                            return vec![self.complete_chain(&instance.id, found).await];
                        }
                    }
                    Err(error) => denied = Some(error),
                }
            }
            if look < LOOKS {
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        }
        alone(match denied {
            Some(error) => Link::unknown(Kind::Association, id, &error),
            None => judge::no_association(id, "No Connect instance of the region has it."),
        })
    }

    async fn flow(&self, name: &str) -> Vec<Chain> {
        let look = self.session.describe_flow(name).await;
        let Ok(Some(flow)) = &look else {
            return vec![Chain { links: vec![judge::flow(name, &look)], ..Chain::default() }];
        };
        let mut chains = Vec::new();
        let mut denied = None;
        let instances = self.session.list_instances().await;
        for instance in instances.as_ref().into_iter().flatten() {
            let associations = self.associations(&instance.id, |_| true).await;
            for association in associations.as_ref().into_iter().flatten() {
                let integration = self.integration(association).await;
                if let Err(error) = &integration {
                    denied = Some(error.clone());
                }
                if reads_from(&integration, flow) {
                    let chain = self.chain_of(&instance.id, association, Some(integration)).await;
                    chains.push(self.with_instance(&instance.id, chain).await);
                }
            }
            denied = associations.err().or(denied);
        }
        denied = instances.err().or(denied);
        let source = flow.event_source_name.as_deref().unwrap_or(name);
        let unknown = denied.map(|error| Link::unknown(Kind::Association, source, &error));
        match (chains.is_empty(), unknown) {
            (true, unknown) => chains.push(self.unused_flow(flow, unknown).await),
            (false, Some(unknown)) => {
                chains.push(Chain { links: vec![unknown], ..Chain::default() });
            }
            (false, None) => {}
        }
        chains
    }

    async fn all(&self) -> Vec<Chain> {
        let mut chains = Vec::new();
        match self.session.list_instances().await {
            Err(error) => {
                let links = vec![Link::unknown(Kind::Instance, "*", &error)];
                chains.push(Chain { links, ..Chain::default() });
            }
            Ok(instances) => {
                for instance in &instances {
                    match self.associations(&instance.id, |_| true).await {
                        Ok(associations) => {
                            for association in &associations {
                                chains.push(self.complete_chain(&instance.id, association).await);
                            }
                        }
                        Err(error) => {
                            let links =
                                vec![Link::unknown(Kind::Association, &instance.id, &error)];
                            let instance_id = Some(instance.id.clone());
                            chains.push(Chain { instance_id, links, ..Chain::default() });
                        }
                    }
                }
            }
        }
        match self.flows().await {
            Err(error) => {
                let links = vec![Link::unknown(Kind::Flow, "*", error)];
                chains.push(Chain { links, ..Chain::default() });
            }
            Ok(flows) => {
                let has = |chain: &Chain, flow: &Flow| {
                    chain.links.iter().any(|it| it.kind == Kind::Flow && it.name == flow.name)
                };
                // What may not be read may use a flow.
                let unknown = chains.iter().flat_map(|chain| &chain.links).find(|link| {
                    let tells = [Kind::EventIntegration, Kind::Association, Kind::Instance];
                    link.status == Status::Unknown && tells.contains(&link.kind)
                });
                let unknown = unknown.cloned();
                for flow in flows {
                    if !chains.iter().any(|chain| has(chain, flow)) {
                        chains.push(self.unused_flow(flow, unknown.clone()).await);
                    }
                }
            }
        }
        chains
    }

    /// A flow that, as far as one may look, no instance reads from.
    async fn unused_flow(&self, flow: &Flow, unknown: Option<Link>) -> Chain {
        let mut links = self.flow_and_login(flow).await;
        let source = flow.event_source_name.as_deref().unwrap_or(&flow.name);
        links.extend(self.source_and_bus(source, source).await);
        links.push(unknown.unwrap_or_else(|| {
            judge::no_association(
                source,
                "No Connect instance of the region reads from the event source.",
            )
        }));
        Chain { links, ..Chain::default() }
    }

    async fn complete_chain(&self, instance: &str, association: &IntegrationAssociation) -> Chain {
        let chain = self.chain_of(instance, association, None).await;
        self.with_instance(instance, chain).await
    }

    async fn with_instance(&self, id: &str, mut chain: Chain) -> Chain {
        chain.links.push(judge::instance(id, &self.session.describe_instance(id).await));
        chain
    }

    /// Everything that hangs on an association, but for the instance.
    async fn chain_of(
        &self,
        instance: &str,
        association: &IntegrationAssociation,
        integration: Option<Look<Option<EventIntegration>>>,
    ) -> Chain {
        let mut links = vec![judge::association(association)];
        let use_cases = self.session.list_use_cases(instance, &association.id).await;
        links.push(judge::use_case(&association.id, &use_cases));
        let integration = match integration {
            Some(integration) => integration,
            None => self.integration(association).await,
        };
        let name = name_in_arn(&association.integration_arn);
        links.push(judge::event_integration(name, &integration));
        if let Ok(Some(integration)) = &integration {
            links.extend(self.source_and_flows(integration).await);
            links.push(self.event_rule(instance, integration).await);
        }
        links.extend(self.rules(instance, &association.id).await);
        Chain {
            region: String::new(),
            instance_id: Some(instance.to_owned()),
            integration_association_id: Some(association.id.clone()),
            application_name: association.application_name.clone(),
            links,
        }
    }

    async fn integration(
        &self,
        association: &IntegrationAssociation,
    ) -> Look<Option<EventIntegration>> {
        self.session.get_event_integration(name_in_arn(&association.integration_arn)).await
    }

    /// The flows of an event integration's source, the source and the bus.
    async fn source_and_flows(&self, integration: &EventIntegration) -> Vec<Link> {
        let source = &integration.event_source_name;
        let mut links = self.source_and_bus(source, &integration.event_bus_name).await.to_vec();
        match self.flows().await {
            Err(error) => links.push(Link::unknown(Kind::Flow, source, error)),
            Ok(flows) => {
                let own: Vec<&Flow> = flows
                    .iter()
                    .filter(|flow| flow.event_source_name.as_ref() == Some(source))
                    .collect();
                if own.is_empty() {
                    links.push(judge::no_flow(source));
                }
                for flow in own {
                    links.extend(self.flow_and_login(flow).await);
                }
            }
        }
        links
    }

    async fn source_and_bus(&self, source: &str, bus: &str) -> [Link; 2] {
        let found = self.session.describe_event_source(source).await;
        [
            judge::event_source(source, &found, OffsetDateTime::now_utc()),
            judge::event_bus(bus, &self.session.describe_event_bus(bus).await),
        ]
    }

    /// A flow and everything before it.
    async fn flow_and_login(&self, flow: &Flow) -> Vec<Link> {
        let mut links = vec![judge::flow(&flow.name, &Ok(Some(flow.clone())))];
        let runs = self.session.list_flow_executions(&flow.name, RUNS).await;
        links.extend(judge::flow_run(&flow.name, &runs));
        let Some(name) = &flow.connection_name else { return links };
        let profile = self.session.describe_connector_profile(name).await;
        links.push(judge::connection(name, &profile));
        if profile == Ok(None) {
            return links;
        }
        let entities = self.session.list_connector_entities(name, None).await;
        links.push(judge::login(name, &entities));
        if let Some(object) = &flow.source_object {
            links.extend(judge::change_data_capture(object, &entities));
        }
        links
    }

    async fn event_rule(&self, instance: &str, integration: &EventIntegration) -> Link {
        let bus = &integration.event_bus_name;
        let clients = self.session.list_event_integration_associations(&integration.name).await;
        let name = clients.map(|clients| {
            let clients = clients.unwrap_or_default();
            client_of(&clients, instance).and_then(|client| client.event_bridge_rule_name.clone())
        });
        let Ok(Some(rule)) = &name else {
            return judge::event_rule(bus, &name, &Ok(None), &Ok(None));
        };
        let found = self.session.describe_event_rule(bus, rule).await;
        let targets = match found {
            Ok(Some(_)) => self.session.list_event_targets(bus, rule).await,
            _ => Ok(None),
        };
        judge::event_rule(bus, &name, &found, &targets)
    }

    async fn rules(&self, instance: &str, association: &str) -> Vec<Link> {
        let seen = self.seen_rules(instance, association).await;
        let mut links = judge::rules(association, &seen);
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for rule in seen.iter().flatten() {
            match &rule.contact_flow {
                None => {}
                Some(Ok(Some(id))) => users.entry(id).or_default().push(&rule.name),
                Some(Ok(None)) => links.push(judge::rule_without_task(&rule.name)),
                Some(Err(error)) => {
                    links.push(Link::unknown(Kind::ContactFlow, &rule.name, error));
                }
            }
        }
        if users.is_empty() {
            return links;
        }
        let flows = self.session.contact_flows(instance).await.map(Option::unwrap_or_default);
        for (id, rules) in users {
            let look = match &flows {
                Ok(flows) => Ok(flows.iter().find(|flow| flow.id == id).cloned()),
                Err(error) => Err(error.clone()),
            };
            links.push(judge::contact_flow(id, &rules.join(", "), &look));
        }
        links
    }

    /// The rules of an association. Searching tells which they are; where that is denied, each rule
    /// of the instance is asked for.
    async fn seen_rules(&self, instance: &str, association: &str) -> Look<Vec<SeenRule>> {
        let summaries = match self.session.search_case_rules(instance).await {
            Err(denied) if denied.kind == error::Kind::Denied => {
                self.session.list_case_rules(instance).await.map_err(|_| denied)?
            }
            searched => searched?,
        };
        let mut seen = Vec::new();
        let mut asked = 0;
        for summary in summaries.unwrap_or_default() {
            let is_known = match &summary.integration_association_id {
                Some(id) if id != association => continue,
                known => known.is_some(),
            };
            let matters = summary.publish_status == PUBLISHED && asked < MOST_RULES;
            if is_known && !matters {
                seen.push(SeenRule::of(summary, None));
                continue;
            }
            asked += 1;
            match self.session.describe_rule(instance, &summary.id).await {
                // It went while we were looking.
                Ok(None) => {}
                Ok(Some(rule)) => {
                    let other = rule.integration_association_id.as_deref();
                    if other.is_none_or(|other| other == association) {
                        let flow = rule.task.map(|task| id_in(&task.contact_flow_id));
                        let flow = (summary.publish_status == PUBLISHED).then_some(Ok(flow));
                        seen.push(SeenRule::of(summary, flow));
                    }
                }
                Err(error) => seen.push(SeenRule::of(summary, Some(Err(error)))),
            }
        }
        Ok(seen)
    }

    /// The Salesforce integrations of an instance. Lists sometimes miss some that exist, so until
    /// `plausible` they are asked for again.
    async fn associations(
        &self,
        instance: &str,
        plausible: impl Fn(&[IntegrationAssociation]) -> bool,
    ) -> Look<Vec<IntegrationAssociation>> {
        let list = async || -> Result<Vec<IntegrationAssociation>> {
            let all = self.session.list_integration_associations(instance).await?;
            let mut all = all.unwrap_or_default();
            all.retain(IntegrationAssociation::is_salesforce);
            Ok(all)
        };
        let mut found = list().await?;
        for _ in 1..LOOKS {
            if plausible(&found) {
                break;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
            found = list().await?;
        }
        Ok(found)
    }

    /// All event flows from Salesforce, asked for once.
    async fn flows(&self) -> &Look<Vec<Flow>> {
        self.flows
            .get_or_init(|| async {
                let mut flows = Vec::new();
                for summary in self.session.list_flows().await? {
                    if summary.is_salesforce_event_flow() {
                        flows.extend(self.session.describe_flow(&summary.name).await?);
                    }
                }
                Ok(flows)
            })
            .await
    }
}

fn reads_from(integration: &Look<Option<EventIntegration>>, flow: &Flow) -> bool {
    integration.as_ref().is_ok_and(|integration| {
        integration.as_ref().is_some_and(|integration| {
            Some(&integration.event_source_name) == flow.event_source_name.as_ref()
        })
    })
}

/// Rules made elsewhere may name a contact flow by its ARN.
fn id_in(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or(reference).to_owned()
}

/// AWS lists the latest runs first, as far as is known; a few make sure.
const RUNS: usize = 20;

/// Connect answers two such questions a second.
const MOST_RULES: usize = 50;

/// How often a list that misses something is asked for.
const LOOKS: u32 = 3;
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
