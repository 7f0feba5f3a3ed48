//! The promise of imports: whoever made the object, the plan after its import is empty.

use super::{Block, World, core};

/// An object to import.
pub(crate) struct Imports<'a> {
    pub(crate) world: &'a World,
    /// The configuration with only what is required, besides what differs from an enforced
    /// default.
    pub(crate) minimal: Block,
    /// The configuration that it was made of, if it was made by Terraform.
    pub(crate) full: Option<Block>,
    /// Spellings of its import id.
    pub(crate) ids: Vec<String>,
    /// Its identity, as HCL.
    pub(crate) identity: String,
}

impl Imports<'_> {
    /// Imports it in every way.
    #[track_caller]
    pub(crate) fn walk(&self) {
        let world = self.world;
        let address = self.minimal.address();
        world.forget_state();
        for id in &self.ids {
            self.assert_unchanged(&block(&address, &format!("id = {id:?}")), &self.minimal);
        }
        let by_id = block(&address, &format!("id = {:?}", self.ids[0]));
        if let Some(full) = &self.full {
            self.assert_unchanged(&by_id, full);
        }
        if core::version() >= (1, 12) {
            let by_identity = block(&address, &format!("identity = {}", self.identity));
            self.assert_unchanged(&by_identity, &self.minimal);
        }
        self.generate(&by_id);
        self.import_by_command(&address);
    }

    /// A plan of nothing but the import.
    #[track_caller]
    fn assert_unchanged(&self, import: &str, resource: &Block) {
        self.world.write(format!("{import}\n{resource}"));
        let run = self.world.plan();
        assert_eq!(run.imports, [resource.address()], "{run}");
        let is_empty = run.changes.is_empty();
        assert!(is_empty, "an import must change nothing:\n{}", self.world.planned());
    }

    /// The configuration that Terraform generates plans empty, before and after the import.
    #[track_caller]
    fn generate(&self, import: &str) {
        let world = self.world;
        world.remove_file(GENERATED);
        world.write(import);
        let option = format!("-generate-config-out={GENERATED}");
        let run = world.terraform(&["plan", "-json", "-out=plan.bin", &option]);
        run.assert_success();
        assert!(run.changes.is_empty(), "an import must change nothing:\n{}", world.planned());
        let run = world.apply();
        assert!(run.changes.is_empty(), "what was generated must fit:\n{run}");
        world.assert_settled();
        world.remove_file(GENERATED);
        world.forget_state();
    }

    #[track_caller]
    fn import_by_command(&self, address: &str) {
        self.world.write(&self.minimal);
        let run = self.world.terraform(&["import", "-no-color", address, &self.ids[0]]);
        assert!(run.text().contains("Import successful!"), "{run}");
        self.world.assert_settled();
    }
}

fn block(address: &str, key: &str) -> String {
    format!("import {{\n  to = {address}\n  {key}\n}}\n")
}

const GENERATED: &str = "generated.tf";
