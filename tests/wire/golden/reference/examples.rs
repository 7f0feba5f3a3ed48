//! The examples of a page, from the places where the registries' own generator looks for them.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::repository;

/// The folders of `examples/` that hold a folder for each type.
pub(super) const KINDS: [&str; 6] =
    ["resources", "data-sources", "ephemeral-resources", "list-resources", "actions", "functions"];

/// The example files of a type as Markdown; the first of them must be there.
///
/// Further examples have names that begin like the first one's: `resource.tf`,
/// `resource-with-a-secret.tf`.
#[track_caller]
pub(super) fn usage(folder: &Path, name: &str) -> String {
    let first = folder.join(name);
    let (stem, extension) = name.split_once('.').expect("a file's name");
    let further = files(folder).into_iter().filter(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&format!("{stem}-")) && name.ends_with(&format!(".{extension}"))
    });
    let mut text = "\n## Example Usage\n".to_owned();
    for file in [first].into_iter().chain(further) {
        text.push_str(&required(&file, "terraform"));
    }
    text
}

/// A file as a block of code.
///
/// # Panics
/// When it is missing, with words for whoever added a type.
#[track_caller]
pub(super) fn required(file: &Path, language: &str) -> String {
    let code = fs::read_to_string(repository().join(file)).unwrap_or_else(|_| {
        panic!(
            "the reference needs an example: write {}, then `make generate`. Tests plan it \
             against the emulator.",
            file.display()
        )
    });
    let mut text = String::new();
    let _ = write!(text, "\n```{language}\n{}\n```\n", code.trim_end());
    text
}

/// The files in a folder of the repository, in order; none where there is no such folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    entries(folder, fs::FileType::is_file)
}

/// The folders in a folder of the repository, in order.
pub(super) fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder, fs::FileType::is_dir)
}

fn entries(folder: &Path, is_wanted: fn(&fs::FileType) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join(folder)).into_iter().flatten().flatten();
    let wanted = entries.filter(|entry| entry.file_type().is_ok_and(|kind| is_wanted(&kind)));
    let mut found: Vec<PathBuf> = wanted.map(|entry| folder.join(entry.file_name())).collect();
    found.sort();
    found
}
