//! A plan over many rules of one Connect instance, at Connect's two requests a second: how long a
//! reviewer waits, and how many requests it takes.
//!
//! The emulator counts and throttles; a real Terraform (`CONNECT_TERRAFORM`, else `terraform` on
//! PATH) refreshes. Nearly all of the time is Connect's, so a build for development tells as much:
//! `cargo bench --profile dev --bench refresh`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

#[allow(dead_code, unused_imports, reason = "the tests use the rest of it")]
#[path = "../tests/acceptance/harness/mod.rs"]
mod harness;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::Crowd;

fn main() {
    println!("Requests to Connect, and seconds, of a plan that changes nothing. The bound is what");
    println!(
        "AWS's API leaves possible: rules in pages of {RULES_A_PAGE}, each integration's use cases and tags"
    );
    println!("by themselves. Singly is one request for each object and part.\n");
    println!(
        "{:>6}{:>14}{:>10}{:>8}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "rules",
        "integrations",
        "requests",
        "bound",
        "singly",
        "seconds",
        "bound",
        "singly",
        "throttled"
    );
    for crowd in CROWDS {
        let measured = Measured::of(crowd);
        let (bound, singly) = (bound(crowd), singly(crowd));
        println!(
            "{:>6}{:>14}{:>10}{:>8}{:>10}{:>10.1}{:>10.1}{:>10.1}{:>10}",
            crowd.rules,
            crowd.integrations,
            measured.requests,
            total(&bound),
            total(&singly),
            measured.took.as_secs_f64(),
            seconds(&bound),
            seconds(&singly),
            measured.throttled
        );
    }
}

/// What one plan took.
#[derive(Debug)]
struct Measured {
    requests: usize,
    throttled: usize,
    took: Duration,
}

impl Measured {
    fn of(crowd: Crowd) -> Self {
        let world = crowd.applied();
        world.provider("");
        world.switch(json!({"throttling": true}));
        let before = world.latest_request();
        let start = Instant::now();
        let run = world.plan();
        let took = start.elapsed();
        assert!(run.is_empty(), "a plan over what was just applied changes nothing");
        let requests = world.requests_since(before);
        let connect: Vec<&Value> =
            requests.iter().filter(|it| it["service"] == "connect").collect();
        let throttled = connect.iter().filter(|it| !it["code"].is_null()).count();
        Self { requests: connect.len(), throttled, took }
    }
}

/// Requests by operation: each has a budget of its own.
type Requests = BTreeMap<&'static str, usize>;

/// The least that can be asked. One rule alone can be asked for itself.
fn bound(Crowd { rules, integrations }: Crowd) -> Requests {
    let find = if rules == 1 { "DescribeRule" } else { "SearchRules" };
    [(find, rules.div_ceil(RULES_A_PAGE)), ("ListIntegrationAssociations", 1)]
        .into_iter()
        .chain(parts(integrations))
        .collect()
}

/// What is asked without shared lists.
fn singly(Crowd { rules, integrations }: Crowd) -> Requests {
    [("DescribeRule", rules), ("ListIntegrationAssociations", integrations)]
        .into_iter()
        .chain(parts(integrations))
        .collect()
}

fn parts(integrations: usize) -> [(&'static str, usize); 2] {
    [("ListUseCases", integrations), ("ListTagsForResource", integrations)]
}

fn total(requests: &Requests) -> usize {
    requests.values().sum()
}

/// How long Connect makes one wait for these, at best.
fn seconds(requests: &Requests) -> f64 {
    let most = requests.values().copied().max().unwrap_or_default();
    most.saturating_sub(BURST) as f64 / REQUESTS_A_SECOND
}

const CROWDS: [Crowd; 3] = [
    Crowd { rules: 1, integrations: 1 },
    Crowd { rules: 50, integrations: 1 },
    Crowd { rules: 500, integrations: 10 },
];

/// Connect's limits: the pages of SearchRules, and what each operation takes.
const RULES_A_PAGE: usize = 200;
const REQUESTS_A_SECOND: f64 = 2.0;
const BURST: usize = 5;
