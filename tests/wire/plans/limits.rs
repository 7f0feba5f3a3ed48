//! Validators refuse what the API models refuse, and nothing else: texts at every limit of a model,
//! and with every sort of character, are given to both.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use terraform_provider_connect::framework::path::{Path, Step};
use terraform_provider_connect::framework::schema::{Attribute, Block, Kind};
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::value::Value;

use super::{JWT, KEY, SECRET, arguments};
use crate::account::{Account, CONNECTION, FLOW, INTEGRATION, RESOURCES, RULE, SOURCE};

/// Where a text goes in an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Itself,
    /// An element of a list or set, or an entry of a map.
    Element,
    /// A key of a map.
    Key,
}

use Place::{Element, Itself, Key};

/// An argument, and the shapes of the API that its texts have to be of.
struct Mapping {
    resource: &'static str,
    at: &'static str,
    place: Place,
    shapes: &'static [(&'static str, &'static str)],
    /// A text that all of them take.
    example: &'static str,
    /// What is refused although the model takes it, and for which reason.
    stricter: Option<fn(&str) -> bool>,
}

fn mappings() -> Vec<Mapping> {
    let of = |resource, at, shapes, example| Mapping {
        resource,
        at,
        place: Itself,
        shapes,
        example,
        stricter: None,
    };
    let strict = |stricter, mapping| Mapping { stricter: Some(stricter), ..mapping };
    let at = |place, mapping| Mapping { place, ..mapping };
    // Null says it: to AWS an empty text clears.
    let empty: fn(&str) -> bool = |text| text.is_empty();
    // Neither is in an id; a slash or `arn:` begins the check of an ARN.
    let no_id: fn(&str) -> bool = |text| {
        text.is_empty()
            || text.starts_with("arn:")
            || text.contains(char::is_whitespace)
            || text.contains('/')
    };
    let not_salesforce: fn(&str) -> bool = |text| text == "CLIENT_CREDENTIALS";
    // Other sources than a partner's send no cases.
    let no_partner: fn(&str) -> bool = |text| !text.starts_with("aws.partner/");
    vec![
        of(CONNECTION, "name", &[("appflow", "ConnectorProfileName")], "acme"),
        of(CONNECTION, "instance_url", &[("appflow", "InstanceUrl")], "https://acme.example"),
        of(CONNECTION, "connection_mode", &[("appflow", "ConnectionMode")], "Public"),
        of(CONNECTION, "kms_key_arn", &[("appflow", "KMSArn")], KEY),
        strict(
            not_salesforce,
            of(CONNECTION, "oauth_grant_type", &[("appflow", "OAuth2GrantType")], "JWT_BEARER"),
        ),
        of(CONNECTION, "client_credentials_arn", &[("appflow", "ClientCredentialsArn")], SECRET),
        of(CONNECTION, "redirect_uri", &[("appflow", "RedirectUri")], "https://acme.example"),
        of(CONNECTION, "authorization_code_wo", &[("appflow", "AuthCode")], "aPrx.code=="),
        of(
            CONNECTION,
            "code_verifier_wo",
            &[("appflow", "CodeVerifier")],
            "abcdefghijklmnopqrstuvwxyz0123456789-._~ABCD",
        ),
        of(CONNECTION, "access_token_wo", &[("appflow", "AccessToken")], "00D!access"),
        of(CONNECTION, "refresh_token_wo", &[("appflow", "RefreshToken")], "5Aep861"),
        of(CONNECTION, "jwt_token_wo", &[("appflow", "JwtToken")], JWT),
        of(FLOW, "name", &[("appflow", "FlowName")], "cases"),
        of(FLOW, "connection_name", &[("appflow", "ConnectorProfileName")], "acme"),
        of(FLOW, "source_object", &[("appflow", "Object")], "CaseChangeEvent"),
        of(
            FLOW,
            "event_source_name",
            &[("appflow", "Object"), ("events", "EventSourceName"), ("events", "EventBusName")],
            SOURCE,
        ),
        strict(empty, of(FLOW, "description", &[("appflow", "FlowDescription")], "All cases")),
        of(FLOW, "kms_key_arn", &[("appflow", "KMSArn")], KEY),
        of(FLOW, "tasks.0.type", &[("appflow", "TaskType")], "Map_all"),
        at(Element, of(FLOW, "tasks.0.source_fields", &[("appflow", "String")], "Name")),
        of(FLOW, "tasks.0.destination_field", &[("appflow", "DestinationField")], "Name"),
        of(FLOW, "tasks.0.operator", &[("appflow", "SalesforceConnectorOperator")], "NO_OP"),
        at(Element, of(FLOW, "tasks.0.properties", &[("appflow", "Property")], "string")),
        at(Key, of(FLOW, "tasks.0.properties", &[("appflow", "OperatorPropertiesKeys")], "VALUE")),
        of(FLOW, "error_handling.bucket_name", &[("appflow", "BucketName")], "case-errors"),
        of(FLOW, "error_handling.bucket_prefix", &[("appflow", "BucketPrefix")], "cases"),
        strict(
            empty,
            of(FLOW, "event_bus.description", &[("events", "EventBusDescription")], "All cases"),
        ),
        strict(
            empty,
            of(FLOW, "event_bus.kms_key_identifier", &[("events", "KmsKeyIdentifier")], "alias/x"),
        ),
        of(FLOW, "event_bus.dead_letter_arn", &[("events", "ResourceArn")], "arn:aws:sqs:x:1:q"),
        of(FLOW, "event_bus.log_config.level", &[("events", "Level")], "INFO"),
        of(FLOW, "event_bus.log_config.include_detail", &[("events", "IncludeDetail")], "FULL"),
        at(Key, of(FLOW, "tags", &[("appflow", "TagKey"), ("events", "TagKey")], "team")),
        at(Element, of(FLOW, "tags", &[("appflow", "TagValue"), ("events", "TagValue")], "cases")),
        strict(no_id, of(INTEGRATION, "instance_id", &[("connect", "InstanceId")], "i-1")),
        of(INTEGRATION, "name", &[("connect", "SourceApplicationName")], "Acme"),
        of(INTEGRATION, "application_url", &[("connect", "URI")], "https://acme.example"),
        strict(
            no_partner,
            of(INTEGRATION, "event_source_name", &[("appintegrations", "Source")], SOURCE),
        ),
        of(INTEGRATION, "event_bus_name", &[("appintegrations", "EventBridgeBus")], SOURCE),
        of(INTEGRATION, "event_integration_name", &[("appintegrations", "Name")], "acme-cases"),
        strict(
            empty,
            of(
                INTEGRATION,
                "event_integration_description",
                &[("appintegrations", "Description")],
                "All cases",
            ),
        ),
        at(
            Element,
            of(INTEGRATION, "use_cases", &[("connect", "UseCaseType")], "RULES_EVALUATION"),
        ),
        at(Key, of(INTEGRATION, "tags", CONNECT_KEY, "team")),
        at(Element, of(INTEGRATION, "tags", CONNECT_VALUE, "cases")),
        strict(no_id, of(RULE, "instance_id", &[("connect", "InstanceId")], "i-1")),
        strict(
            no_id,
            of(
                RULE,
                "integration_association_id",
                &[("connect", "IntegrationAssociationId")],
                "a-1",
            ),
        ),
        of(RULE, "name", &[("connect", "RuleName")], "urgent-cases"),
        of(RULE, "publish_status", &[("connect", "RulePublishStatus")], "DRAFT"),
        of(RULE, "task.name", &[("connect", "TaskNameExpression")], "Case"),
        of(RULE, "task.description", &[("connect", "TaskDescriptionExpression")], "Case"),
        strict(no_id, of(RULE, "task.contact_flow_id", &[("connect", "ContactFlowId")], "f-1")),
        at(Key, of(RULE, "task.references", &[("connect", "ReferenceKey")], "Case")),
        at(Element, of(RULE, "task.references", &[("connect", "ReferenceValue")], "https://x")),
        at(Key, of(RULE, "tags", &[("connect", "TagKey")], "team")),
        at(Element, of(RULE, "tags", &[("connect", "TagValue")], "cases")),
    ]
}

const CONNECT_KEY: &[(&str, &str)] = &[("connect", "TagKey"), ("appintegrations", "TagKey")];
const CONNECT_VALUE: &[(&str, &str)] = &[("connect", "TagValue"), ("appintegrations", "TagValue")];

/// Texts that no model describes, and why.
const UNMAPPED: &[(&str, &str)] = &[
    ("region", "no member of a request"),
    ("timeouts.create", "the provider's own"),
    ("timeouts.update", "the provider's own"),
    ("timeouts.delete", "the provider's own"),
    ("event_integration_arn", "the model takes any text; the limit is CloudFormation's"),
    ("function", "a language of its own, in one text without limits"),
    ("match", "a part of the function"),
    ("conditions.0.field", "a part of the function"),
    ("conditions.0.custom_attribute", "a part of the function"),
    ("conditions.0.operator", "a part of the function"),
    ("conditions.0.value", "a part of the function"),
];

/// The models, for their limits and enumerations.
fn models() -> Vec<Json> {
    let models = [
        include_str!("../../emulator/models/appflow.json"),
        include_str!("../../emulator/models/events.json"),
        include_str!("../../emulator/models/appintegrations.json"),
        include_str!("../../emulator/models/connect.json"),
    ];
    models.iter().map(|text| serde_json::from_str(text).expect("a model is JSON")).collect()
}

fn shape<'a>(models: &'a [Json], service: &str, name: &str) -> &'a Json {
    let model = models.iter().find(|model| model["service"] == signing_name(service));
    &model.expect("a model of the service")["shapes"][name]
}

/// AppIntegrations signs with another name than its endpoint has.
fn signing_name(service: &str) -> &str {
    if service == "appintegrations" { "app-integrations" } else { service }
}

/// Characters at the edges of what patterns distinguish. Line ends that nobody writes are left out:
/// what Java's patterns make of them is beside the point.
fn characters() -> Vec<char> {
    let ascii = (' '..='~').chain(['\t', '\n']);
    ascii.chain(['\u{a0}', 'é', 'ß', '名', '\u{3000}', '²', '😀', '\u{ff21}']).collect()
}

/// The text, made this long.
fn resized(example: &str, length: usize) -> String {
    let filler = if example.ends_with(char::is_alphanumeric) { 'a' } else { '=' };
    example.chars().chain(std::iter::repeat(filler)).take(length).collect()
}

fn candidates(models: &[Json], mapping: &Mapping) -> BTreeSet<String> {
    let mut texts = BTreeSet::from([mapping.example.to_owned(), String::new()]);
    for (service, name) in mapping.shapes {
        let shape = shape(models, service, name);
        for limit in ["min", "max"].into_iter().filter_map(|limit| shape[limit].as_u64()) {
            let limit = usize::try_from(limit).expect("a length");
            let lengths = [limit.saturating_sub(1), limit, limit + 1];
            texts.extend(lengths.map(|length| resized(mapping.example, length)));
        }
        let values = shape["enum"].as_array().into_iter().flatten();
        texts.extend(values.filter_map(|value| value.as_str().map(str::to_owned)));
    }
    let middle = mapping.example.len() / 2;
    for c in characters() {
        for at in [0, middle, mapping.example.len()] {
            let (before, after) = mapping.example.split_at(at);
            texts.insert(format!("{before}{c}{after}"));
        }
        texts.insert(c.to_string());
    }
    texts.extend(
        ["aws:team", "aws.partner/a", "aws.partner/a/b", "aws.partner//b", "a.b", "a.b."]
            .map(String::from),
    );
    texts
}

fn attribute<'a>(block: &'a Block, path: &[Step]) -> &'a Attribute {
    let [Step::Attribute(name), rest @ ..] = path else { panic!("{path:?}") };
    let found = block.attribute(name).unwrap_or_else(|| panic!("{name}?"));
    let rest = if let [Step::Index(_), rest @ ..] = rest { rest } else { rest };
    match (&found.kind, rest) {
        (_, []) => found,
        (Kind::Nested(_, block), rest) => attribute(block, rest),
        _ => panic!("{path:?} leads nowhere"),
    }
}

fn accepts(attribute: &Attribute, place: Place, text: &str) -> bool {
    let map = |key: &str, value: &str| Value::Map([(key.to_owned(), value.into())].into());
    let is_map = matches!(&attribute.kind, Kind::Plain(Type::Map(_)));
    let is_set = matches!(&attribute.kind, Kind::Plain(Type::Set(_)));
    let value = match place {
        Itself => text.into(),
        Key => map(text, "x"),
        // A key that every map here takes.
        Element if is_map => map("VALUE", text),
        Element if is_set => Value::set(vec![text.into()]),
        Element => Value::List(vec![text.into()]),
    };
    attribute.validators.iter().all(|it| it.breach(&attribute.name, &value).is_none())
}

#[test]
fn validators_and_models_refuse_the_same() {
    let account = Account::unconfigured();
    let models = models();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for mapping in mappings() {
        let Mapping { resource, at, place, shapes, .. } = mapping;
        let path = Path::from(at);
        let attribute = attribute(&account.core.schema(resource).block, &path.0);
        for text in candidates(&models, &mapping) {
            let model = shapes.iter().all(|(service, shape)| {
                connect_emulator::accepts(signing_name(service), shape, &text)
            });
            let expected = model && !mapping.stricter.is_some_and(|refuses| refuses(&text));
            compared += 1;
            if accepts(attribute, place, &text) != expected {
                let shown: String = text.chars().take(60).collect();
                let length = text.chars().count();
                wrong.push(format!(
                    "{resource}: {at} ({place:?}): AWS takes {shown:?} ({length}): {expected}"
                ));
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn examples_are_good_and_every_text_is_compared() {
    let account = Account::unconfigured();
    let mappings = mappings();
    for mapping in &mappings {
        let all = mapping.shapes.iter().all(|(service, shape)| {
            connect_emulator::accepts(signing_name(service), shape, mapping.example)
        });
        assert!(all, "{} {}", mapping.resource, mapping.at);
    }
    for resource in RESOURCES {
        let block = &account.core.schema(resource).block;
        for at in arguments(block) {
            let path = Path::from(at.as_str());
            let is_text = match path.0.first() {
                Some(Step::Attribute(name)) if block.attribute(name).is_some() => {
                    match &attribute(block, &path.0).kind {
                        Kind::Plain(ty) => !matches!(ty, Type::Bool | Type::Number),
                        Kind::Nested(..) => false,
                    }
                }
                _ => true,
            };
            let told = mappings.iter().any(|it| it.resource == resource && it.at == at)
                || UNMAPPED.iter().any(|(name, _)| *name == at);
            assert!(told || !is_text, "{resource}: which shape of the API is {at}?");
        }
    }
}
