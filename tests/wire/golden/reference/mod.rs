//! The reference in `docs/`, one page for everything the provider offers, in the layout that the
//! registries render.
//!
//! Text comes from the schemas and code from `examples/`, so there is nothing to keep in step by
//! hand: a new type needs an example, and `make generate`.

mod block;
mod examples;
mod pages;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::{hold, is_writing, repository};

#[test]
fn the_reference_is_what_the_schemas_say() {
    let pages = pages::all();
    hold(&pages);
    let known: BTreeSet<PathBuf> = pages.into_iter().map(|(path, _)| path).collect();
    let mut strays = Vec::new();
    for folder in pages::FOLDERS {
        for file in examples::files(&PathBuf::from("docs").join(folder)) {
            if !known.contains(&file) && is_writing() {
                fs::remove_file(repository().join(file)).expect("the page can be removed");
            } else if !known.contains(&file) {
                strays.push(file);
            }
        }
    }
    assert!(strays.is_empty(), "nothing offers these; `make generate` removes them: {strays:?}");
}

#[test]
fn examples_are_of_what_there_is() {
    let wanted = pages::example_folders();
    for kind in examples::KINDS {
        for folder in examples::folders(&PathBuf::from("examples").join(kind)) {
            assert!(wanted.contains(&folder), "nothing is called as {} is", folder.display());
        }
    }
}
