//! The examples: everything that the provider offers has one, and Terraform accepts it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::{World, core_version};

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(kind)
}

/// What the provider offers, as Terraform's schema calls it and the examples are sorted.
const OFFERED: &[(&str, &str, &str)] = &[
    ("resource_schemas", "resources", "resource.tf"),
    ("data_source_schemas", "data-sources", "data-source.tf"),
    ("ephemeral_resource_schemas", "ephemeral-resources", "ephemeral-resource.tf"),
    ("functions", "functions", "function.tf"),
    ("list_resource_schemas", "list-resources", "list-resource.tfquery.hcl"),
    ("action_schemas", "actions", "action.tf"),
];

#[test]
fn everything_has_an_example_that_terraform_accepts() {
    let world = World::new();
    let schema = world.terraform(&["providers", "schema", "-json"]).text();
    let schema: Value = serde_json::from_str(&schema).expect("schemas are JSON");
    let providers = schema["provider_schemas"].as_object().cloned().unwrap_or_default();
    let (_, own) = providers
        .iter()
        .find(|(address, _)| address.ends_with("/connect-tf/connect"))
        .expect("the provider has a schema");
    let provider = world.read_file("provider.tf");
    for (kind, sorted, file) in OFFERED {
        // Older cores neither know nor read lists and actions.
        let Some(names) = own[kind].as_object() else {
            assert!(core_version() < (1, 14), "{kind} are missing");
            continue;
        };
        for name in names.keys() {
            let path = folder(sorted).join(name).join(file);
            let example = fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            // An example brings its own variables.
            let variables = provider
                .split("\nvariable ")
                .filter(|block| !example.contains(&format!("variable {}", head(block))));
            world.write_file("provider.tf", &variables.collect::<Vec<_>>().join("\nvariable "));
            let lists = file.ends_with(".tfquery.hcl");
            let (target, other) = match lists {
                true => ("lists.tfquery.hcl", "main.tf"),
                false => ("main.tf", "lists.tfquery.hcl"),
            };
            world.remove_file(other);
            world.write_file(target, &example);
            let validate: &[&str] = if lists {
                &["validate", "-query", "-no-color"]
            } else {
                &["validate", "-no-color"]
            };
            let run = world.terraform(validate);
            assert!(run.text().contains("Success!"), "{}:\n{run}", path.display());
        }
    }
}

/// The name of a variable, as it is quoted.
fn head(block: &str) -> &str {
    block.split_whitespace().next().unwrap_or_default()
}
