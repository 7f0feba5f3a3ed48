//! Which credentials go with which grant: every combination, at creation, at an update, and after
//! an import.
//!
//! `tests/golden/grants.txt` has the messages for the reader; `make generate` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::{env, fs};

use serde_json::{Value as Json, json};
use terraform_provider_connect::framework::value::Value;

use super::JWT;
use crate::account::{Account, CONNECTION, CONSOLE_NAME, ORG};
use crate::core::{Instance, Told};

/// The secrets, each with a value that its validators take.
const SECRETS: [(&str, &str, &str); 5] = [
    ("code", "authorization_code_wo", "first-code"),
    ("verifier", "code_verifier_wo", "abcdefghijklmnopqrstuvwxyz0123456789-._~ABCD"),
    ("access", "access_token_wo", "access"),
    ("refresh", "refresh_token_wo", "refresh"),
    ("jwt", "jwt_token_wo", JWT),
];

/// Whether an argument is left out, given, or known only at apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    Null,
    Known,
    Unknown,
}

use Given::{Known, Null, Unknown};

/// A grant, `None` where it is unknown; and what is given of each secret.
type Combination = (Option<Option<&'static str>>, [Given; 5]);

const GRANTS: [Option<&str>; 3] = [None, Some("AUTHORIZATION_CODE"), Some("JWT_BEARER")];

/// What is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Creation,
    /// `credentials_wo_version` changes.
    NewVersion,
    /// Imported, and nothing but the credentials is configured in addition.
    AfterImport,
    /// Imported, and credentials are to be sent for the first time.
    VersionAfterImport,
}

const CHANGES: [Change; 4] =
    [Change::Creation, Change::NewVersion, Change::AfterImport, Change::VersionAfterImport];

struct Bench {
    account: Account,
    made: Instance,
    imported: Instance,
}

impl Bench {
    async fn new() -> Self {
        let account = Account::start().await;
        let made = account.make(CONNECTION, &crate::account::base(CONNECTION)).await;
        account.connection(CONSOLE_NAME);
        let imported = account.adopt(CONNECTION, CONSOLE_NAME).await;
        Self { account, made, imported }
    }

    /// The errors of a plan: argument and summary of each.
    async fn errors(&self, change: Change, (grant, given): Combination) -> BTreeSet<String> {
        let (name, version, prior) = match change {
            Change::Creation => ("salesforce-new", json!(1), Instance::default()),
            Change::NewVersion => ("salesforce-acme", json!(2), self.made.clone()),
            Change::AfterImport => (CONSOLE_NAME, Json::Null, self.imported.clone()),
            Change::VersionAfterImport => (CONSOLE_NAME, json!(1), self.imported.clone()),
        };
        let arguments = json!({
            "name": name,
            "instance_url": format!("https://{ORG}"),
            "credentials_wo_version": version,
        });
        let mut config = self.account.config(CONNECTION, &arguments);
        config.put("oauth_grant_type", grant.map_or(Value::UNKNOWN, Value::string));
        for ((_, name, value), given) in SECRETS.iter().zip(given) {
            let value = match given {
                Null => Value::Null,
                Known => (*value).into(),
                Unknown => Value::UNKNOWN,
            };
            config.put(name, value);
        }
        let mut told = self.account.core.validate(CONNECTION, &config).await;
        if !crate::core::has_errors(&told) {
            told = self.account.core.plan(CONNECTION, &config, &prior).await.diags;
        }
        let errors = told.iter().filter(|it| it.error);
        errors.map(|Told { path, summary, .. }| format!("{path}: {summary}")).collect()
    }
}

fn all(states: &[Given]) -> Vec<[Given; 5]> {
    let mut all = vec![Vec::new()];
    for _ in SECRETS {
        let longer = all.iter().flat_map(|begun: &Vec<Given>| {
            states.iter().map(|state| [begun.as_slice(), &[*state]].concat())
        });
        all = longer.collect();
    }
    all.into_iter().map(|it| it.try_into().expect("five of them")).collect()
}

/// What unknown values may turn out to be.
fn resolutions((grant, given): Combination) -> Vec<Combination> {
    let grants = match grant {
        Some(grant) => vec![Some(grant)],
        None => GRANTS.into_iter().map(Some).collect(),
    };
    let may_be = |given: [Given; 5], known: &[Given; 5]| {
        given.iter().zip(known).all(|(given, known)| *given == Unknown || given == known)
    };
    let known: Vec<[Given; 5]> = all(&[Null, Known]);
    grants
        .into_iter()
        .flat_map(|grant| {
            known.iter().filter(move |it| may_be(given, it)).map(move |it| (grant, *it))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_credentials_are_refused_only_if_whatever_they_turn_out_to_be_is() {
    let bench = Bench::new().await;
    let mut wrong = Vec::new();
    for change in CHANGES {
        let mut known = BTreeMap::new();
        for grant in GRANTS {
            for given in all(&[Null, Known]) {
                let combination = (Some(grant), given);
                known.insert(combination, bench.errors(change, combination).await.is_empty());
            }
        }
        let grants = GRANTS.into_iter().map(Some).chain([None]);
        for grant in grants {
            for given in all(&[Null, Known, Unknown]) {
                if grant.is_some() && !given.contains(&Unknown) {
                    continue;
                }
                let errors = bench.errors(change, (grant, given)).await;
                let may_work = resolutions((grant, given)).iter().any(|it| known[it]);
                if may_work && !errors.is_empty() {
                    wrong.push(format!("{change:?} {grant:?} {given:?}: {errors:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} refused:\n{}", wrong.len(), wrong.join("\n"));
}

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/grants.txt");

#[tokio::test(flavor = "multi_thread")]
async fn credentials_and_grants_are_as_the_golden_file_has_them() {
    let bench = Bench::new().await;
    let mut written = "Generated by `make generate`; do not edit.\n".to_owned();
    for grant in GRANTS {
        let _ = writeln!(written, "\n== {}", grant.unwrap_or("no grant"));
        for given in all(&[Null, Known]) {
            let names: Vec<&str> = SECRETS
                .iter()
                .zip(given)
                .filter_map(|((name, ..), given)| (given == Known).then_some(*name))
                .collect();
            let _ = writeln!(
                written,
                "{}",
                if names.is_empty() { "none" } else { "" }.to_owned() + &names.join(" ")
            );
            let mut by_errors: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
            for change in CHANGES {
                let errors = bench.errors(change, (Some(grant), given)).await;
                by_errors
                    .entry(errors.into_iter().collect())
                    .or_default()
                    .push(format!("{change:?}"));
            }
            for (errors, changes) in by_errors {
                let errors = if errors.is_empty() { "accepted".into() } else { errors.join("; ") };
                let _ = writeln!(written, "  {}: {errors}", changes.join(", "));
            }
        }
    }
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(GOLDEN, &written).expect("the golden file can be written");
    }
    let golden = fs::read_to_string(GOLDEN).expect("tests/golden/grants.txt is there");
    assert!(golden == written, "the matrix differs from tests/golden/grants.txt: make generate");
}
