//! Configurations that Terraform generates for imports.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{Block, INSTANCE, World, core_version};

const GENERATED: &str = "generated.tf";

/// From 1.14 on Terraform asks the provider what to write (`GenerateResourceConfig`), and still
/// writes null for every argument that the answer does not set, if the argument is optional and
/// nothing more. No answer can change that: a value of the schema's type has all attributes, and
/// null is the one for "not set". What is computed as well it leaves out, and so do we what falls
/// back on the same value.
#[test]
fn nulls_are_written_by_the_core_alone() {
    let world = World::new();
    let association = world.aws().make_chain(INSTANCE);
    let objects = [
        ("connect_salesforce_connection", "salesforce-acme".to_owned()),
        ("connect_salesforce_event_flow", "cases".to_owned()),
        ("connect_salesforce_app_integration", format!("{INSTANCE},{}", association.id)),
    ];
    let schemas = world.terraform(&["providers", "schema", "-json"]).text();
    let schemas: Value = serde_json::from_str(&schemas).expect("schemas are JSON");
    let own = &schemas["provider_schemas"]["registry.terraform.io/connect-tf/connect"];
    for (kind, id) in objects {
        let address = Block::new(kind, "this", &[]).address();
        world.write(format!("import {{\n  to = {address}\n  id = {id:?}\n}}\n"));
        let option = format!("-generate-config-out={GENERATED}");
        world.terraform(&["plan", "-json", &option]).assert_success();
        let generated = world.read_file(GENERATED);
        world.remove_file(GENERATED);
        if core_version() < (1, 14) {
            // It writes the state down, whatever falls back on the same values included.
            continue;
        }
        let attributes = &own["resource_schemas"][kind]["block"]["attributes"];
        let purely_optional: BTreeSet<&str> = attributes
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, it)| it["optional"] == true && it["computed"] != true)
            .map(|(name, _)| name.as_str())
            .collect();
        assert!(purely_optional.len() > 2, "{attributes}");
        // Indented once: the resource's own arguments.
        let arguments = generated.lines().filter(|line| {
            line.starts_with("  ") && line[2..].starts_with(|c: char| c.is_ascii_lowercase())
        });
        let is_null = |line: &&str| line.contains("= null");
        let nulls: BTreeSet<&str> =
            arguments.filter(is_null).filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(nulls, purely_optional, "{generated}");
        assert!(!generated.contains("tasks"), "they are the default:\n{generated}");
    }
}
