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
        Self::walk_all(std::slice::from_ref(self));
        self.import_by_command();
    }

    /// Imports several objects of one world in every way, all in one run each time.
    #[track_caller]
    pub(crate) fn walk_all(objects: &[Self]) {
        let world = objects[0].world;
        world.forget_state();
        let spellings = objects.iter().map(|it| it.ids.len()).max().unwrap_or_default();
        for nth in 0..spellings {
            let spelling = |it: &Self| it.by_id(nth.min(it.ids.len() - 1));
            Self::assert_unchanged(objects, spelling, |it| &it.minimal);
        }
        if objects.iter().any(|it| it.full.is_some()) {
            let full = |it: &Self| it.full.as_ref().unwrap_or(&it.minimal).to_string();
            Self::assert_unchanged(objects, |it| it.by_id(0), full);
        }
        if core::version() >= (1, 12) {
            let by_identity = |it: &Self| it.block(&format!("identity = {}", it.identity));
            Self::assert_unchanged(objects, by_identity, |it| &it.minimal);
        }
        Self::generate(objects);
    }

    /// A plan of nothing but the imports.
    #[track_caller]
    fn assert_unchanged<'a, B: ToString + 'a>(
        objects: &'a [Self],
        import: impl Fn(&'a Self) -> String,
        resource: impl Fn(&'a Self) -> B,
    ) {
        let world = objects[0].world;
        let both = |it| format!("{}\n{}", import(it), resource(it).to_string());
        world.write(objects.iter().map(both).collect::<String>());
        let run = world.plan();
        assert_eq!(run.imports.len(), objects.len(), "{run}");
        let is_empty = run.changes.is_empty();
        assert!(is_empty, "an import must change nothing:\n{}", world.planned());
    }

    /// The configuration that Terraform generates plans empty, before and after the import.
    #[track_caller]
    fn generate(objects: &[Self]) {
        let world = objects[0].world;
        world.remove_file(GENERATED);
        world.write(objects.iter().map(|it| it.by_id(0)).collect::<String>());
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
    fn import_by_command(&self) {
        self.world.write(&self.minimal);
        let address = self.minimal.address();
        let run = self.world.terraform(&["import", "-no-color", &address, &self.ids[0]]);
        assert!(run.text().contains("Import successful!"), "{run}");
        self.world.assert_settled();
    }

    fn by_id(&self, nth: usize) -> String {
        self.block(&format!("id = {:?}", self.ids[nth]))
    }

    fn block(&self, key: &str) -> String {
        format!("import {{\n  to = {}\n  {key}\n}}\n", self.minimal.address())
    }
}

const GENERATED: &str = "generated.tf";
