//! What only newer cores can: `terraform query` and actions (1.14).

use serde_json::json;

use crate::harness::{INSTANCE, ORG, OTHER_INSTANCE, Run, World, core_version, source_name};

/// Whether the core has list resources and actions; if not, says so.
fn is_able(test: &str) -> bool {
    let able = core_version() >= (1, 14);
    if !able {
        let (major, minor) = core_version();
        eprintln!("{test}: skipped, Terraform {major}.{minor} has neither `query` nor actions");
    }
    able
}

/// A world with two chains: an old one on the first instance, and one without a rule on the other.
fn with_chains() -> World {
    let world = World::new();
    let association = world.aws().make_chain(INSTANCE).id;
    world.aws().make_rule("urgent-cases", &association);
    world.aws().make_rule("draft-cases", &association);
    let rules = world.inventory("rules");
    let draft = rules.iter().find(|it| it["name"] == "draft-cases").expect("it was made");
    let id = draft["id"].as_str().unwrap_or_default();
    world.edit("edit_rule", id, json!({"PublishStatus": "DRAFT"}));
    world.aws().make_association(OTHER_INSTANCE, "others", &source_name("cases"));
    world
}

#[track_caller]
fn query(world: &World, hcl: &str) -> Run {
    world.write_file("lists.tfquery.hcl", hcl);
    let run = world.terraform(&["query", "-no-color"]);
    run.assert_success();
    run
}

#[test]
fn a_query_finds_what_exists_and_filters_narrow_it() {
    if !is_able("a_query_finds_what_exists_and_filters_narrow_it") {
        return;
    }
    let world = with_chains();
    let list = |kind: &str, filters: &str| {
        format!(
            "list \"{kind}\" \"it\" {{\n  provider = connect\n  config {{\n{filters}\n  }}\n}}\n"
        )
    };
    let integration = "connect_salesforce_app_integration";
    let rule = "connect_salesforce_case_rule";
    let of_instance = format!("    instance_id = {INSTANCE:?}");
    let other_org = "    instance_url = \"https://globex.my.salesforce.com\"".to_owned();
    let none = String::new();
    for (kind, filters, found) in [
        ("connect_salesforce_connection", none.clone(), vec!["salesforce-acme"]),
        ("connect_salesforce_connection", other_org, vec![]),
        ("connect_salesforce_event_flow", none.clone(), vec!["cases"]),
        ("connect_salesforce_event_flow", "    status = \"Draft\"".to_owned(), vec![]),
        (integration, none.clone(), vec!["cases", "others"]),
        (integration, of_instance.clone(), vec!["cases"]),
        (integration, "    name_prefix = \"oth\"".to_owned(), vec!["others"]),
        (rule, none, vec!["draft-cases", "urgent-cases"]),
        (rule, "    publish_status = \"DRAFT\"".to_owned(), vec!["draft-cases"]),
        (rule, format!("{of_instance}\n    name_prefix = \"urgent\""), vec!["urgent-cases"]),
    ] {
        let text = query(&world, &list(kind, &filters)).text();
        let mut lines: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("list."))
            .filter_map(|line| line.split_whitespace().last())
            .collect();
        lines.sort_unstable();
        assert_eq!(lines, found, "{kind} {filters}:\n{text}");
    }
}

#[test]
fn a_generated_configuration_of_everything_found_plans_no_change() {
    if !is_able("a_generated_configuration_of_everything_found_plans_no_change") {
        return;
    }
    let world = with_chains();
    let kinds = ["connection", "event_flow", "app_integration", "case_rule"];
    let lists = kinds.map(|kind| {
        format!(
            "list \"connect_salesforce_{kind}\" \"it\" {{\n  provider         = connect\n  \
             include_resource = true\n}}\n"
        )
    });
    world.write_file("lists.tfquery.hcl", &lists.concat());
    let run = world.terraform(&["query", "-no-color", "-generate-config-out=generated.tf"]);
    run.assert_success();
    let run = world.plan();
    assert_eq!(run.imports.len(), 6, "{run}\n{}", world.read_file("generated.tf"));
    assert!(run.changes.is_empty(), "{}\n{}", world.planned(), world.read_file("generated.tf"));
}

#[track_caller]
fn invoke(world: &World, action: &str) -> Run {
    let invoke = format!("-invoke=action.{action}.it");
    world.terraform(&["apply", "-no-color", "-auto-approve", &invoke])
}

#[test]
fn actions_do_what_they_say_and_tell_how_far_they_are() {
    if !is_able("actions_do_what_they_say_and_tell_how_far_they_are") {
        return;
    }
    let world = with_chains();
    let action = |kind: &str, argument: &str| {
        format!("action \"{kind}\" \"it\" {{\n  config {{\n    {argument}\n  }}\n}}\n")
    };
    world.write(
        [
            action("connect_flow_stop", "name = \"cases\""),
            action("connect_flow_start", "name = \"cases\""),
            action("connect_metadata_cache_reset", "connection_name = \"salesforce-acme\""),
            action("connect_connection_verify", "connection_name = \"salesforce-acme\""),
        ]
        .concat(),
    );
    for (kind, lines, status) in [
        ("connect_flow_stop", &["stopping cases", "cases is stopped"][..], "Suspended"),
        ("connect_flow_stop", &["cases is not active (Suspended)"], "Suspended"),
        ("connect_flow_start", &["starting cases (Suspended)", "cases is active"], "Active"),
        ("connect_flow_start", &["cases is active already"], "Active"),
        (
            "connect_metadata_cache_reset",
            &["has forgotten the objects of salesforce-acme"],
            "Active",
        ),
        ("connect_connection_verify", &["the login works", "publishes CaseChangeEvent"], "Active"),
    ] {
        let run = invoke(&world, kind);
        run.assert_success();
        for line in lines {
            assert!(run.text().contains(line), "{line}:\n{run}");
        }
        assert_eq!(world.aws().flow("cases")["flowStatus"], status, "{kind}");
    }

    world.drift("disable_cdc", ORG);
    let run = invoke(&world, "connect_connection_verify");
    assert!(!run.succeeded() && run.text().contains("Change Data Capture"), "{run}");
    world.drift("revoke_token", "salesforce-acme");
    let run = invoke(&world, "connect_connection_verify");
    assert!(!run.succeeded() && run.text().contains("credentials_wo_version"), "{run}");
}
