//! Holds `proto/` to the recorded facts of the wire: a slip of the pen in a number there would
//! compile, and be noticed by a practitioner.

use std::collections::BTreeSet;
use std::path::Path;

use protox::prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use protox::prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    ServiceDescriptorProto,
};

#[test]
fn case_80_proto_declares_what_the_wire_has() {
    let recorded = RECORD.lines().filter(|line| !line.starts_with("# ") || is_file(line));
    let recorded = recorded.map(str::to_owned).collect::<BTreeSet<_>>();
    let declared = declared();

    let missing = recorded.difference(&declared).collect::<Vec<_>>();
    let extra = declared.difference(&recorded).collect::<Vec<_>>();
    assert!(missing.is_empty() && extra.is_empty(), "missing: {missing:#?}\nextra: {extra:#?}");
}

/// The files of the record. `grpc_health.proto` is gRPC's own and not in it.
const FILES: [&str; 4] =
    ["tfplugin6.proto", "grpc_broker.proto", "grpc_controller.proto", "grpc_stdio.proto"];

const RECORD: &str = include_str!("wire-facts.tsv");

fn is_file(line: &str) -> bool {
    line.starts_with("# file ")
}

fn declared() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    let set = protox::compile(FILES, [folder]).expect("proto/ compiles");
    let mut facts = BTreeSet::new();
    for file in set.file.iter().filter(|file| FILES.contains(&file.name())) {
        describe_file(file, &mut facts);
    }
    facts
}

fn describe_file(file: &FileDescriptorProto, facts: &mut BTreeSet<String>) {
    let (name, package, syntax) = (file.name(), file.package(), file.syntax());
    facts.insert(format!("# file {name} package {package} syntax {syntax}"));
    for message in &file.message_type {
        describe_message(message, message.name(), facts);
    }
    for values in &file.enum_type {
        describe_enum(values, values.name(), facts);
    }
    for service in &file.service {
        describe_service(service, package, facts);
    }
}

fn describe_message(message: &DescriptorProto, path: &str, facts: &mut BTreeSet<String>) {
    facts.insert(format!("message\t{path}"));
    for field in &message.field {
        facts.insert(describe_field(field, message, path));
    }
    for nested in &message.nested_type {
        describe_message(nested, &format!("{path}.{}", nested.name()), facts);
    }
    for values in &message.enum_type {
        describe_enum(values, &format!("{path}.{}", values.name()), facts);
    }
}

fn describe_field(field: &FieldDescriptorProto, message: &DescriptorProto, path: &str) -> String {
    let label = match field.label() {
        _ if field.proto3_optional() => "optional ",
        Label::Repeated => "repeated ",
        Label::Optional | Label::Required => "",
    };
    let kind = match field.r#type() {
        Type::Message | Type::Enum => field.type_name().trim_start_matches('.').to_owned(),
        scalar => scalar.as_str_name().trim_start_matches("TYPE_").to_lowercase(),
    };
    let mut fact = format!("field\t{path}.{}\t{}\t{label}{kind}", field.name(), field.number());
    if field.options.as_ref().is_some_and(|options| options.deprecated()) {
        fact.push_str("\tdeprecated");
    }
    // An `optional` field lives in a oneof of its own that nobody wrote.
    if let Some(index) = field.oneof_index.filter(|_| !field.proto3_optional()) {
        let index = usize::try_from(index).expect("an index is not negative");
        fact.push_str("\toneof ");
        fact.push_str(message.oneof_decl[index].name());
    }
    fact
}

fn describe_enum(values: &EnumDescriptorProto, path: &str, facts: &mut BTreeSet<String>) {
    for value in &values.value {
        facts.insert(format!("enum\t{path}.{}\t{}", value.name(), value.number()));
    }
}

fn describe_service(service: &ServiceDescriptorProto, package: &str, facts: &mut BTreeSet<String>) {
    let stream = |yes: bool| if yes { "stream " } else { "" };
    for method in &service.method {
        facts.insert(format!(
            "rpc\t{package}.{}/{}\t{}{}\t{}{}",
            service.name(),
            method.name(),
            stream(method.client_streaming()),
            method.input_type().trim_start_matches('.'),
            stream(method.server_streaming()),
            method.output_type().trim_start_matches('.'),
        ));
    }
}
