//! Whatever fails in whichever call: nothing is lost, nothing is made twice, and the next apply
//! brings everything in order.
//!
//! The cases come from what the emulator's log says the provider calls: every call of every
//! scenario, struck by every kind of fault.

mod bounds;
mod call;
mod fault;
mod recovery;
mod scenario;
mod strike;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use self::call::Call;
use self::fault::Fault;
use self::scenario::{SCENARIOS, Scenario};
use crate::emulated::Site;
use crate::emulated::chain::Chain;

/// One call that is struck.
#[derive(Clone, Debug)]
struct Case {
    scenario: &'static Scenario,
    call: Call,
    fault: Fault,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_fails_nothing_is_lost() {
    let site = Site::new().await;
    let chain = Chain::make(&site).await;
    let mut cases = Vec::new();
    let mut ends = BTreeMap::new();
    for scenario in SCENARIOS {
        let (calls, end) = scenario.begin(&site, &chain).await.run_undisturbed(&site).await;
        ends.insert(scenario.name, end);
        cases.extend(calls.into_iter().flat_map(|call| {
            let faults = Fault::of(scenario, &call).into_iter();
            faults.map(move |fault| Case { scenario, call: call.clone(), fault })
        }));
    }
    let (cases, ends, next) = (Arc::new(cases), Arc::new(ends), Arc::new(AtomicUsize::new(0)));
    let drivers: Vec<_> = (0..DRIVERS)
        .map(|_| {
            let (cases, ends, next) = (Arc::clone(&cases), Arc::clone(&ends), Arc::clone(&next));
            tokio::spawn(async move {
                let site = Site::new().await;
                let chain = Chain::make(&site).await;
                let mut begun = BTreeMap::new();
                let mut lost = Vec::new();
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Case { scenario, call, fault } = case;
                    if !begun.contains_key(scenario.name) {
                        begun.insert(scenario.name, scenario.begin(&site, &chain).await);
                    }
                    let run =
                        strike::strike(&site, case, &begun[scenario.name], &ends[scenario.name]);
                    let run = tokio::time::timeout(LONGEST_CASE, run).await;
                    if let Err(reason) = run.unwrap_or_else(|_| Err("it takes too long".into())) {
                        lost.push(format!("{}: {call} {fault:?}: {reason}", scenario.name));
                    }
                }
                lost
            })
        })
        .collect();
    let mut lost = Vec::new();
    for driver in drivers {
        lost.extend(driver.await.expect("a driver tells and does not panic"));
    }
    lost.sort();
    eprintln!("fault matrix: {} cases, {} lost", cases.len(), lost.len());
    assert!(cases.len() > FEWEST, "the matrix has only {} cases", cases.len());
    assert!(lost.is_empty(), "{}", lost.join("\n\n"));
}

/// A case waits more than it works: for back-offs, and for calls to be under way.
const DRIVERS: usize = 8;

/// Back-offs and waits of a case take seconds.
const LONGEST_CASE: Duration = Duration::from_mins(1);

/// Fewer cases would mean that the log or the scenarios are not what they were.
const FEWEST: usize = 1000;
