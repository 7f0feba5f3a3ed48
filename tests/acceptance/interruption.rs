//! Interrupted and killed applies: nothing is lost, nothing is made twice.

use std::fs;
use std::process::{Child, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::chain;
use crate::harness::{CODES, World, assert_untold};

const CONNECTION: &str = "connect_salesforce_connection.acme";
const EVENT_FLOW: &str = "connect_salesforce_event_flow.cases";
const APP_INTEGRATION: &str = "connect_salesforce_app_integration.acme";
const CASE_RULE: &str = "connect_salesforce_case_rule.urgent";

/// The calls that make something, in their order, and what they make it for.
const CREATIONS: [(&str, &str); 8] = [
    ("CreateConnectorProfile", CONNECTION),
    ("CreateFlow", EVENT_FLOW),
    ("CreateEventBus", EVENT_FLOW),
    ("StartFlow", EVENT_FLOW),
    ("CreateEventIntegration", APP_INTEGRATION),
    ("CreateIntegrationAssociation", APP_INTEGRATION),
    ("CreateUseCase", APP_INTEGRATION),
    ("CreateRule", CASE_RULE),
];

/// A world with the chain configured, from which every interruption starts.
fn chained() -> World {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(chain::CHAIN);
    world.admin("POST", "/snapshot", json!({"name": "before"}));
    world
}

/// An apply in a process group of its own, at the moment when AWS has carried out the operation
/// and has not answered yet.
fn apply_until(world: &World, operation: &str) -> Child {
    use std::os::unix::process::CommandExt;

    world.note(&format!("--- interrupted in {operation}"));
    world.admin("POST", "/restore", json!({"name": "before"}));
    world.forget_state();
    world.write(chain::CHAIN);
    world.admin("POST", "/faults", json!({"operation": operation, "delay_ms": 60_000}));
    let child = world
        .command(&["apply", "-json", "-auto-approve"])
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the core starts");
    let path = format!("/requests?operation={operation}");
    let limit = Instant::now() + Duration::from_secs(30);
    while world.admin("GET", &path, Value::Null) == json!([]) {
        assert!(Instant::now() < limit, "the apply does not come to {operation}");
        sleep(Duration::from_millis(20));
    }
    child
}

/// Waits for the end; what was printed is noted.
fn finish(world: &World, child: Child) -> (Output, Duration) {
    let start = Instant::now();
    let output = child.wait_with_output().expect("the core ends");
    let took = start.elapsed();
    world.note(&String::from_utf8_lossy(&output.stdout));
    assert_untold(&output);
    (output, took)
}

fn group(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("a process id fits"))
}

/// Exactly one of everything: the chain works and holds nothing twice.
#[track_caller]
fn assert_converged(world: &World) {
    world.assert_settled();
    for kind in [
        "connector_profiles",
        "flows",
        "event_sources",
        "event_buses",
        "event_integrations",
        "integration_associations",
        "use_cases",
        "rules",
    ] {
        assert_eq!(world.inventory(kind).len(), 1, "{kind}");
    }
    assert_eq!(world.case(json!({"Priority": "High"})).len(), 1);
}

#[test]
fn an_interrupt_ends_within_seconds_and_what_exists_is_in_the_state() {
    let world = chained();
    for (operation, address) in CREATIONS {
        let child = apply_until(&world, operation);
        // As Ctrl-C in a terminal: Terraform and its plugins get it alike.
        killpg(group(&child), Signal::SIGINT).expect("it runs");
        let (output, took) = finish(&world, child);
        assert!(took < Duration::from_secs(10), "{operation} went on for {took:?}");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        for words in ["Provider produced", "panic", "Plugin did not respond", "crashed"] {
            assert!(!text.contains(words), "{operation}: {text}");
        }
        assert!(world.find_in_state(address).is_some(), "{operation}: {address} is lost");
        // A login is never the price of an interrupt: the connection is not tainted.
        world.unset_secret("code");
        world.admin("DELETE", "/faults", Value::Null);
        world.apply();
        assert_converged(&world);
        world.set_secret("code", CODES[0]);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_provider_is_recovered_from_by_the_next_apply() {
    let world = chained();
    for (operation, address) in CREATIONS {
        let child = apply_until(&world, operation);
        let provider = provider_of(&child);
        kill(provider, Signal::SIGKILL).expect("it runs");
        let (output, _) = finish(&world, child);
        assert!(!output.status.success());
        assert!(world.find_in_state(address).is_none(), "Terraform has not heard of {address}");
        world.admin("DELETE", "/faults", Value::Null);
        // The first login is spent: only a connection that was not made needs another.
        world.set_secret("code", CODES[1]);
        world.write(chain::CHAIN);
        let run = world.try_apply();
        if address == CONNECTION {
            // A login is never taken over unasked: it is imported by hand.
            let import = run.into_errors()[0].import_block("acme");
            world.write(format!("{import}\n{}", chain::CHAIN));
            world.apply();
        } else {
            run.assert_success();
        }
        assert_converged(&world);
        world.set_secret("code", CODES[0]);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_rule_of_others_is_not_taken_over() {
    let world = chained();
    let child = apply_until(&world, "CreateRule");
    kill(provider_of(&child), Signal::SIGKILL).expect("it runs");
    finish(&world, child);
    world.admin("DELETE", "/faults", Value::Null);
    let rule = world.inventory("rules")[0]["id"].as_str().expect("it was made").to_owned();
    // Someone else makes one like it.
    world.admin("POST", "/drift", json!({"kind": "delete_rule", "target": rule}));
    let association = world.inventory("integration_associations")[0]["id"].clone();
    world.aws().make_rule("urgent-cases", association.as_str().expect("it has one"));
    let import = world.apply_errors()[0].import_block("urgent");
    world.write(format!("{import}\n{}", chain::CHAIN));
    world.apply();
    assert_converged(&world);
}

/// The plugin process of an apply.
#[cfg(target_os = "linux")]
fn provider_of(terraform: &Child) -> Pid {
    let processes = fs::read_dir("/proc").expect("Linux has /proc").flatten();
    let ids = processes.filter_map(|it| it.file_name().to_str()?.parse::<i32>().ok());
    let parent = |id: i32| -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // After the name in parentheses: the state, then the parent.
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let runs_provider = |id: i32| {
        fs::read_link(format!("/proc/{id}/exe"))
            .is_ok_and(|path| path.to_string_lossy().contains("terraform-provider-connect"))
    };
    let found = ids.filter(|id| parent(*id) == Some(terraform.id()) && runs_provider(*id)).max();
    Pid::from_raw(found.expect("an apply runs the provider"))
}

#[test]
fn a_slow_call_blocks_no_other() {
    let world = World::new();
    world.set_secret("access_token", crate::harness::ACCESS_TOKEN);
    world.set_secret("refresh_token", crate::harness::REFRESH_TOKEN);
    world.write(
        r#"
resource "connect_salesforce_connection" "all" {
  count                  = 10
  name                   = "salesforce-${count.index}"
  instance_url           = "https://acme.my.salesforce.com"
  access_token_wo        = var.access_token
  refresh_token_wo       = var.refresh_token
  credentials_wo_version = 1
}
"#,
    );
    world.admin(
        "POST",
        "/faults",
        json!({
            "operation": "CreateConnectorProfile", "delay_ms": 4_000,
        }),
    );
    let run = world.apply();
    let text = run.text();
    let completions: Vec<&str> =
        text.lines().filter(|line| line.contains("Creation complete after")).collect();
    assert_eq!(completions.len(), 10, "{run}");
    let quick = completions.iter().filter(|line| !line.contains("after 4s")).count();
    assert_eq!(quick, 9, "{run}");
    assert!(completions[9].contains("after 4s"), "{run}");
}
