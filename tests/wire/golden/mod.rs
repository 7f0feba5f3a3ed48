//! What is generated from the schemas and committed: the schemas themselves, and the reference.
//!
//! `make generate` writes it anew; these tests hold it to the schemas.

mod reference;
mod schema;

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Writes the files if that was asked for; otherwise they must be as given.
#[track_caller]
fn hold(files: &[(PathBuf, String)]) {
    let mut stale = Vec::new();
    for (path, text) in files {
        let file = repository().join(path);
        if is_writing() {
            let folder = file.parent().expect("a file is in a folder");
            fs::create_dir_all(folder).expect("the folder can be made");
            fs::write(&file, text).expect("the file can be written");
        } else if fs::read_to_string(&file).ok().as_ref() != Some(text) {
            stale.push(format!("  {}", path.display()));
        }
    }
    assert!(
        stale.is_empty(),
        "these files are not what the schemas and examples say; `make generate` writes them \
         anew:\n{}",
        stale.join("\n")
    );
}

fn is_writing() -> bool {
    env::var_os("UPDATE_GOLDEN").is_some()
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
