//! Between the framework's nouns and the protocol's messages.

use serde_json::Value as Json;

use super::msgpack;
use super::proto::{self, attribute_path::Step as ProtoStep, attribute_path::step::Selector};
use crate::framework::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::framework::identity::IdentitySchema;
use crate::framework::json;
use crate::framework::path::{Path, Step};
use crate::framework::schema::{Attribute, Block, Kind, NestedBlock, Nesting, Schema};
use crate::framework::types::Type;
use crate::framework::value::Value;

/// Reads a value: msgpack if there is some, else JSON, else null. OpenTofu sends nothing at all
/// for a null function argument.
///
/// # Errors
/// A diagnostic, since only a broken client can cause it.
pub(super) fn value(
    dynamic: Option<&proto::DynamicValue>,
    ty: &Type,
) -> Result<Value, Diagnostics> {
    let Some(dynamic) = dynamic else { return Ok(Value::Null) };
    let decoded = if !dynamic.msgpack.is_empty() {
        msgpack::decode(&dynamic.msgpack, ty)
    } else if !dynamic.json.is_empty() {
        serde_json::from_slice::<Json>(&dynamic.json)
            .map_err(|_| "malformed JSON".to_owned())
            .and_then(|value| json::decode(&value, ty))
    } else {
        Ok(Value::Null)
    };
    decoded.map_err(|reason| malformed(&reason))
}

/// The stored JSON of a state or identity.
///
/// # Errors
/// State of before Terraform 0.12, and anything that is not JSON.
pub(super) fn raw_state(raw: Option<&proto::RawState>) -> Result<Json, Diagnostics> {
    let Some(raw) = raw else { return Err(malformed("no state was sent")) };
    if !raw.flatmap.is_empty() {
        return Err(malformed(
            "the state is of a Terraform before 0.12, which no version of this provider wrote",
        ));
    }
    serde_json::from_slice(&raw.json).map_err(|_| malformed("the stored state is no JSON"))
}

fn malformed(reason: &str) -> Diagnostics {
    let mut diags = Diagnostics::new();
    diags.error(
        "Terraform sent a value that the provider cannot read",
        format!(
            "The value does not fit the provider's schema: {reason}. \
            This is a bug in the provider or in Terraform."
        ),
    );
    diags
}

/// Writes a value.
pub(super) fn dynamic_value(value: &Value) -> proto::DynamicValue {
    proto::DynamicValue { msgpack: msgpack::encode(value), json: Vec::new() }
}

/// Writes a path.
pub(super) fn attribute_path(path: &Path) -> proto::AttributePath {
    let steps = path.0.iter().map(|step| {
        let selector = match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(*index as i64),
        };
        ProtoStep { selector: Some(selector) }
    });
    proto::AttributePath { steps: steps.collect() }
}

/// Writes messages.
pub(super) fn diagnostics(diags: Diagnostics) -> Vec<proto::Diagnostic> {
    diags.into_iter().map(diagnostic).collect()
}

/// A path into an argument is written as it is and told in the text as well: Terraform before 1.15
/// looks its last name up among the arguments of the resource, so that it shows the line of the
/// resource's own `name` for `task.name`, or that of the resource.
fn diagnostic(mut diagnostic: Diagnostic) -> proto::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Error => proto::diagnostic::Severity::Error,
        Severity::Warning => proto::diagnostic::Severity::Warning,
    };
    if let Some(path) = diagnostic.path.as_ref().filter(|path| path.0.len() > 1) {
        let place = path.to_string();
        if !diagnostic.summary.contains(&place) {
            diagnostic.detail.push_str(&format!("\n\n(at {place})"));
        }
    }
    proto::Diagnostic {
        severity: severity.into(),
        summary: diagnostic.summary,
        detail: diagnostic.detail,
        attribute: diagnostic.path.as_ref().map(attribute_path),
    }
}

/// Writes a schema.
pub(super) fn schema(schema: &Schema) -> proto::Schema {
    proto::Schema { version: schema.version, block: Some(block(&schema.block, schema.version)) }
}

fn block(block: &Block, version: i64) -> proto::schema::Block {
    proto::schema::Block {
        version,
        attributes: block.attributes.iter().map(attribute).collect(),
        block_types: block.blocks.iter().map(nested_block).collect(),
        description: block.doc.clone(),
        description_kind: proto::StringKind::Markdown.into(),
        ..Default::default()
    }
}

fn attribute(attribute: &Attribute) -> proto::schema::Attribute {
    let (ty, nested_type) = match &attribute.kind {
        Kind::Plain(ty) => (ty.to_json().to_string().into_bytes(), None),
        Kind::Nested(nesting, block) => (Vec::new(), Some(nested_object(*nesting, block))),
    };
    proto::schema::Attribute {
        name: attribute.name.clone(),
        r#type: ty,
        nested_type,
        description: attribute.doc.clone(),
        description_kind: proto::StringKind::Markdown.into(),
        required: attribute.required,
        optional: attribute.optional,
        computed: attribute.computed,
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        deprecated: attribute.deprecated.is_some(),
        deprecation_message: attribute.deprecated.clone().unwrap_or_default(),
    }
}

fn nested_object(nesting: Nesting, block: &Block) -> proto::schema::Object {
    use proto::schema::object::NestingMode;
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::schema::Object {
        attributes: block.attributes.iter().map(attribute).collect(),
        nesting: nesting.into(),
        ..Default::default()
    }
}

fn nested_block(nested: &NestedBlock) -> proto::schema::NestedBlock {
    use proto::schema::nested_block::NestingMode;
    let nesting = match nested.nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::schema::NestedBlock {
        type_name: nested.name.clone(),
        block: Some(block(&nested.block, 0)),
        nesting: nesting.into(),
        min_items: 0,
        max_items: nested.max_items,
    }
}

/// Writes an identity's schema.
pub(super) fn identity_schema(schema: &IdentitySchema) -> proto::ResourceIdentitySchema {
    let attributes =
        schema.attributes.iter().map(|part| proto::resource_identity_schema::IdentityAttribute {
            name: part.name.to_owned(),
            r#type: Type::String.to_json().to_string().into_bytes(),
            required_for_import: part.required,
            optional_for_import: !part.required,
            description: part.doc.to_owned(),
        });
    proto::ResourceIdentitySchema {
        version: schema.version,
        identity_attributes: attributes.collect(),
    }
}

/// Reads an identity; null where none was sent.
///
/// # Errors
/// As [`value`].
pub(super) fn identity(
    identity: Option<&proto::ResourceIdentityData>,
    schema: &IdentitySchema,
) -> Result<Value, Diagnostics> {
    value(identity.and_then(|identity| identity.identity_data.as_ref()), &schema.ty())
}

/// Writes an identity; none for null.
pub(super) fn identity_data(identity: &Value) -> Option<proto::ResourceIdentityData> {
    (!identity.is_null())
        .then(|| proto::ResourceIdentityData { identity_data: Some(dynamic_value(identity)) })
}
