//! The files of HCL: one per kind, so that all rules are read together and an export can be
//! repeated over an earlier one.

use serde_json::Value as Json;

use super::File;
use super::estate::{Estate, Named};
use super::hcl::{Body, Expression};
use super::read::Kind;
use crate::framework::schema::{self, Block, Nesting};
use crate::framework::value::Value;
use crate::provider::SOURCE;
use crate::resources;

/// How import blocks name their objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportForm {
    /// `id`, which every core understands.
    Id,
    /// `identity`, from Terraform 1.12 on.
    Identity,
}

/// The names of all files, README aside.
pub(super) const FILES: [&str; 8] = [
    "terraform.tf",
    "variables.tf",
    "instances.tf",
    "connections.tf",
    "event_flows.tf",
    "app_integrations.tf",
    "case_rules.tf",
    "imports.tf",
];

/// All files of HCL.
pub(super) fn files(estate: &Estate, form: ImportForm) -> Vec<File> {
    let bodies = [
        terraform(estate, form),
        variables(),
        instances(estate),
        resources_of(estate, Kind::Connection),
        resources_of(estate, Kind::Flow),
        resources_of(estate, Kind::Integration),
        resources_of(estate, Kind::Rule),
        imports(estate, form),
    ];
    let header = "Exported by terraform-provider-connect. README.md tells what to do with it.";
    let text = |body: &Body| {
        let header = Body::default().comment(header).gap();
        Body(header.0.into_iter().chain(body.0.iter().cloned()).collect()).render()
    };
    FILES.iter().zip(&bodies).map(|(name, body)| File { name, text: text(body) }).collect()
}

fn terraform(estate: &Estate, form: ImportForm) -> Body {
    let core = match form {
        ImportForm::Id => ">= 1.11",
        ImportForm::Identity => ">= 1.12",
    };
    let version =
        format!("~> {}.{}", env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
    let requirement = Expression::Object(vec![
        ("source".to_owned(), Expression::text(SOURCE)),
        ("version".to_owned(), Expression::text(version)),
    ]);
    let account = Expression::List(vec![Expression::text(&estate.account)]);
    Body::default()
        .block(
            "terraform",
            &[],
            Body::default().argument("required_version", Expression::text(core)).gap().block(
                "required_providers",
                &[],
                Body::default().argument("connect", requirement),
            ),
        )
        .gap()
        .block(
            "provider",
            &["connect"],
            Body::default()
                .argument("region", Expression::text(&estate.region))
                .argument("allowed_account_ids", account),
        )
}

/// What AWS cannot return: a login. Nothing needs it until somebody logs in anew.
fn variables() -> Body {
    let secret = |doc: &str| {
        Body::default()
            .argument("description", Expression::text(doc))
            .argument("type", Expression::raw("string"))
            .argument("default", Expression::raw("null"))
            .argument("ephemeral", Expression::raw("true"))
            .argument("sensitive", Expression::raw("true"))
    };
    Body::default()
        .block(
            "variable",
            &[CODE],
            secret("Of a login to Salesforce: sent once, by the connection that is to have it."),
        )
        .gap()
        .block("variable", &[VERIFIER], secret("What proves that the login was begun here (PKCE)."))
}

const CODE: &str = "authorization_code";
const VERIFIER: &str = "code_verifier";

fn instances(estate: &Estate) -> Body {
    let mut body = Body::default();
    for instance in &estate.instances {
        let key = match &instance.alias {
            Some(alias) => ("alias", alias),
            None => ("id", &instance.id),
        };
        body = body.gap().block(
            "data",
            &["connect_instance", &instance.name],
            Body::default().argument(key.0, Expression::text(key.1)),
        );
    }
    or_none(body)
}

fn resources_of(estate: &Estate, kind: Kind) -> Body {
    let all = resources::all();
    let resource = all.iter().find(|resource| resource.type_name() == kind.resource_type());
    let block = &resource.expect("the provider has all four resources").schema().block;
    let mut body = Body::default();
    for named in estate.of_kind(kind) {
        let labels = [kind.resource_type(), &named.name];
        body = body.gap().block("resource", &labels, resource_body(estate, block, named));
    }
    or_none(body)
}

fn or_none(body: Body) -> Body {
    if body.0.is_empty() { body.comment("There is none.") } else { body }
}

fn resource_body(estate: &Estate, block: &Block, named: &Named) -> Body {
    let object = &named.object;
    let mut body = Body::default();
    for attribute in &block.attributes {
        let value = object.config.get(&attribute.name);
        if !value.is_null() {
            let expression = reference(estate, named, &attribute.name)
                .or_else(|| function(&attribute.name, value))
                .unwrap_or_else(|| expression(&attribute.kind, value));
            body = body.argument(&attribute.name, expression);
        }
    }
    if object.kind == Kind::Connection {
        body = body
            .gap()
            .comment("AWS returns no login. README.md tells how to give a new one.")
            .argument("authorization_code_wo", Expression::raw(format!("var.{CODE}")))
            .argument("code_verifier_wo", Expression::raw(format!("var.{VERIFIER}")))
            .gap()
            .comment("What was agreed to in a browser cannot be agreed to by an apply.")
            .block(
                "lifecycle",
                &[],
                Body::default().argument("prevent_destroy", Expression::raw("true")),
            );
    }
    body
}

/// The attribute of another object that an argument is.
fn reference(estate: &Estate, named: &Named, attribute: &str) -> Option<Expression> {
    let object = &named.object;
    let of = |named: &Named, attribute: &str| {
        let kind = named.object.kind.resource_type();
        Expression::raw(format!("{kind}.{}.{attribute}", named.name))
    };
    match (object.kind, attribute) {
        (_, "instance_id") => {
            let instance = estate.instance(object.text(attribute))?;
            Some(Expression::raw(format!("data.connect_instance.{}.id", instance.name)))
        }
        (Kind::Flow, "connection_name") => Some(of(estate.before(named)?, "name")),
        (Kind::Integration, "application_url") => {
            let connection = estate.before(estate.before(named)?)?;
            let is_same = connection.object.text("instance_url") == object.text(attribute);
            is_same.then(|| of(connection, "instance_url"))
        }
        (Kind::Integration, "event_source_name") | (Kind::Rule, "integration_association_id") => {
            Some(of(estate.before(named)?, attribute))
        }
        _ => None,
    }
}

/// A rule's function, which is compared by its meaning, as something to read.
fn function(attribute: &str, value: &Value) -> Option<Expression> {
    let json = value.as_str().filter(|_| attribute == "function")?;
    let json: Json = serde_json::from_str(json).ok()?;
    Some(Expression::Call("jsonencode", Box::new(of_json(&json))))
}

fn of_json(json: &Json) -> Expression {
    match json {
        Json::String(text) => Expression::text(text),
        Json::Array(elements) => Expression::List(elements.iter().map(of_json).collect()),
        Json::Object(members) => Expression::Object(
            members.iter().map(|(name, value)| (name.clone(), of_json(value))).collect(),
        ),
        plain => Expression::raw(plain.to_string()),
    }
}

fn expression(kind: &schema::Kind, value: &Value) -> Expression {
    match (kind, value) {
        (schema::Kind::Plain(_), value) => plain(value),
        (schema::Kind::Nested(Nesting::Single, block), value) => nested(block, value),
        (schema::Kind::Nested(_, block), Value::Map(entries)) => Expression::Object(
            entries.iter().map(|(key, value)| (key.clone(), nested(block, value))).collect(),
        ),
        (schema::Kind::Nested(_, block), value) => {
            let elements = value.elements().unwrap_or_default();
            Expression::List(elements.iter().map(|element| nested(block, element)).collect())
        }
    }
}

/// An object, in the order of its schema.
fn nested(block: &Block, value: &Value) -> Expression {
    let attributes = block.attributes.iter().filter_map(|attribute| {
        let value = value.get(&attribute.name);
        (!value.is_null()).then(|| (attribute.name.clone(), expression(&attribute.kind, value)))
    });
    Expression::Object(attributes.collect())
}

fn plain(value: &Value) -> Expression {
    match value {
        Value::Null | Value::Unknown(_) => Expression::raw("null"),
        Value::Bool(boolean) => Expression::raw(boolean.to_string()),
        Value::Number(number) => Expression::raw(number.to_string()),
        Value::String(text) => Expression::text(text),
        Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
            Expression::List(elements.iter().map(plain).collect())
        }
        Value::Map(entries) | Value::Object(entries) => Expression::Object(
            entries.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        ),
        Value::Dynamic(_, value) => plain(value),
    }
}

fn imports(estate: &Estate, form: ImportForm) -> Body {
    let mut body = Body::default();
    for named in &estate.objects {
        let to = format!("{}.{}", named.object.kind.resource_type(), named.name);
        let import = Body::default().argument("to", Expression::raw(to));
        let import = match form {
            ImportForm::Id => import.argument("id", Expression::text(&named.object.import_id)),
            ImportForm::Identity => import.argument("identity", plain(&named.object.identity)),
        };
        body = body.gap().block("import", &[], import);
    }
    or_none(body)
}
