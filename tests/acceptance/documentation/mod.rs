//! What people copy works: every piece of HCL in Markdown and in `examples/` is planned, and the
//! commands of the README and of the first guide are run as they are written. Links are followed.
//!
//! All of it runs in one world: an account in which a chain of the examples' names exists. Ids that
//! AWS chooses are the only thing that is replaced, by those of the world.

mod links;
mod markdown;
mod newcomer;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use serde_json::json;

use self::markdown::{Block, blocks, files, pages, read};
use crate::harness::{CODES, CONTACT_FLOW, Run, World, core};

/// A piece of HCL, and where it is.
struct Piece {
    place: String,
    text: String,
    /// What is beside it in the configuration.
    beside: String,
    /// It is about resources of a provider that tests cannot install: only its syntax is checked.
    is_foreign: bool,
}

#[test]
fn every_block_of_hcl_can_be_planned() {
    let mut pieces: BTreeMap<String, Piece> = BTreeMap::new();
    for file in examples(".tf").into_iter().chain(examples(".tfquery.hcl")) {
        let piece = Piece::of_file(&file);
        pieces.insert(piece.text.trim().to_owned(), piece);
    }
    for page in pages() {
        for block in blocks(&page).into_iter().filter(Block::is_hcl) {
            let beside = block.completion();
            // The reference consists of the examples.
            let is_foreign = block.directive == "needs hashicorp/aws";
            let piece = Piece { place: block.place, text: block.text, beside, is_foreign };
            pieces.entry(piece.text.trim().to_owned()).or_insert(piece);
        }
    }
    assert!(pieces.len() > 30, "there are more than {}", pieces.len());
    check(pieces.into_values().collect());
}

#[test]
fn import_commands_import() {
    for file in examples("import.sh") {
        let mut imported = BTreeSet::new();
        let script = read(&file).replace("\\\n", "");
        for line in script.lines().filter(|line| line.starts_with("terraform ")) {
            let world = World::documented();
            let resource = file.parent().expect("a folder").join("resource.tf");
            world.write(world.localised(&read(&resource)));
            // The world has one region.
            let line = world.localised(line).replace("@eu-west-1", "@us-east-1");
            let words: Vec<&str> = line.split_whitespace().skip(1).collect();
            let [import, address, id] = words[..] else { panic!("{line}") };
            let run = world.terraform(&[import, "-no-color", address, id]);
            assert!(run.text().contains("Import successful!"), "{}: {run}", file.display());
            imported.insert(world.state(address)["arn"].to_string());
        }
        assert_eq!(imported.len(), 1, "{} is about one object: {imported:?}", file.display());
    }
}

/// The example files that stand alone; `examples/complete` is a module, with tests of its own.
fn examples(ending: &str) -> Vec<std::path::PathBuf> {
    let mut found = files(Path::new("examples"), ending);
    found.retain(|file| !file.starts_with("examples/complete"));
    found
}

/// Checks all pieces, and tells of all that are wrong.
fn check(pieces: Vec<Piece>) {
    let queue = Mutex::new(pieces);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(piece) = { queue.lock().expect("no panics").pop() } {
                    if let Err(failure) = piece.check() {
                        let failure = format!("{}: {failure}", piece.place);
                        failures.lock().expect("no panics").push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panics");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

impl Piece {
    fn of_file(file: &Path) -> Self {
        Self {
            place: file.display().to_string(),
            text: read(file),
            beside: String::new(),
            is_foreign: false,
        }
    }

    fn has(&self, kind: &str) -> bool {
        self.text.lines().any(|line| line.starts_with(kind))
    }

    /// Plans it; or does with it what is done with files of its kind.
    fn check(&self) -> Result<(), String> {
        let world = World::documented();
        let text = world.localised(&self.text);
        if self.has("provider_installation ") {
            world.write_file("terraformrc", &text);
            return judge(&world.terraform(&["version"]));
        }
        if self.has("run ") {
            return check_tests(&world, &text);
        }
        if self.is_foreign {
            world.write(&text);
            return judge(&world.terraform(&["fmt", "-check", "-diff", "main.tf"]));
        }
        if self.has("list ") || self.has("action ") {
            if core::version() < (1, 14) {
                eprintln!("{}: skipped, it needs Terraform 1.14", self.place);
                return Ok(());
            }
            if self.has("list ") {
                world.write_file("main.tfquery.hcl", &text);
                return judge(&world.terraform(&["query", "-no-color"]));
            }
        }
        if self.has("import ") && self.text.contains("identity") && core::version() < (1, 12) {
            eprintln!("{}: skipped, it needs Terraform 1.12", self.place);
            return Ok(());
        }
        world.write(format!("{text}\n{}", world.localised(&self.beside)));
        if self.has("terraform ") {
            world.remove_file("provider.tf");
        }
        let generate = "-generate-config-out=generated.tf";
        let is_import = self.has("import ");
        let options: &[&str] = if is_import { &[generate] } else { &[] };
        judge(&world.terraform(&[&["plan", "-no-color", "-input=false"], options].concat()))
    }
}

/// Runs tests of a module as the guide shows them: beside the complete example.
fn check_tests(world: &World, text: &str) -> Result<(), String> {
    let tests = read(Path::new("examples/complete/tests/cases.tftest.hcl"));
    if !tests.contains(text) {
        return Err("the tests of the complete example are others".into());
    }
    world.remove_file("provider.tf");
    for file in files(Path::new("examples/complete"), ".tf") {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        world.write_file(&name, &read(&file));
    }
    world.admin("POST", "/reset", json!({"seed": "documentation"}));
    world.admin("POST", "/seed", json!("demo"));
    world.write_file("cases.tftest.hcl", text);
    let run = world.terraform(&["test", "-no-color"]);
    // What follows looks for secrets where they do not belong; here the demo's is meant to be.
    world.remove_file("cases.tftest.hcl");
    if !run.text().contains("Success! ") {
        return Err(run.to_string());
    }
    world.assert_nothing_left();
    Ok(())
}

/// The failure of a run, if it is one. Warnings are for readers to heed, not failures.
fn judge(run: &Run) -> Result<(), String> {
    let text = run.text();
    let is_refused = text.contains("Error: ") || text.contains("There are some problems");
    if run.succeeded() && !is_refused { Ok(()) } else { Err(run.to_string()) }
}

impl Block {
    fn is_hcl(&self) -> bool {
        ["hcl", "terraform"].contains(&self.language.as_str())
    }

    /// What makes a fragment whole.
    fn completion(&self) -> String {
        self.directive.strip_prefix("completed by ").map_or_else(String::new, |name| {
            read(Path::new(&format!("tests/acceptance/documentation/{name}.tf")))
        })
    }
}

impl World {
    /// The account that documentation is about: `acme` with a chain of the examples' names.
    fn documented() -> Self {
        let world = Self::new();
        world.set_env("AWS_ENDPOINT_URL", &world.url());
        world.set_env("AWS_REGION", "us-east-1");
        world.set_env("TF_VAR_contact_flow_id", CONTACT_FLOW);
        world.set_secret("authorization_code", CODES[0]);
        world.set_env(
            "TF_VAR_private_key",
            &read(Path::new("tests/fixtures/test_only_rsa_pkcs8.pem")),
        );
        world.write_file("provider.tf", VERSIONS);
        let aws = world.aws();
        aws.make_connection("salesforce-acme", crate::harness::ORG);
        let source = aws.make_event_source("salesforce-acme-cases", "salesforce-acme");
        let association =
            aws.make_association(crate::harness::INSTANCE, "salesforce-acme", &source);
        aws.make_rule("urgent-cases", &association.id);
        world
    }

    /// The text with the ids that AWS chose in this world.
    fn localised(&self, text: &str) -> String {
        let id = |kind: &str, name: &str| {
            let found = self.inventory(kind);
            let found = found.first().and_then(|it| it[name].as_str()).map(str::to_owned);
            found.unwrap_or_else(|| panic!("{kind}: {}", json!(self.inventory(kind))))
        };
        text.replace("66666666-7777-4888-9999-aaaaaaaaaaaa", &id("integration_associations", "id"))
            .replace("bbbbbbbb-cccc-4ddd-8eee-ffffffffffff", &id("rules", "id"))
    }
}

const VERSIONS: &str = r#"
terraform {
  required_providers {
    connect = {
      source = "connect-tf/connect"
    }
  }
}
"#;
