//! Blocks of code in the repository's Markdown.
//!
//! An invisible comment right above a block says what tests cannot see from it:
//! `<!-- completed by NAME -->` makes a fragment whole with `documentation/NAME.tf` beside it, and
//! `<!-- needs hashicorp/aws -->` leaves only its form to be checked.

use std::fs;
use std::path::{Path, PathBuf};

/// One block.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// `README.md:12`.
    pub(super) place: String,
    /// What follows the fence: `hcl`, `console`.
    pub(super) language: String,
    pub(super) text: String,
    /// The words of the comment above it.
    pub(super) directive: String,
}

/// All pages, as paths in the repository. What builds and the emulator's models are none.
pub(super) fn pages() -> Vec<PathBuf> {
    let mut pages = vec![PathBuf::from("README.md"), "CONTRIBUTING.md".into()];
    pages.extend(files(Path::new("docs"), ".md"));
    pages.push("tests/emulator/README.md".into());
    pages
}

/// The blocks of a page, in order.
pub(super) fn blocks(page: &Path) -> Vec<Block> {
    let text = read(page);
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut above = "";
    for (number, line) in (1..).zip(text.lines()) {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, Some(language)) => {
                let comment = above.strip_prefix("<!--").and_then(|it| it.strip_suffix("-->"));
                open = Some(Block {
                    place: format!("{}:{number}", page.display()),
                    language: language.to_owned(),
                    text: String::new(),
                    directive: comment.unwrap_or_default().trim().to_owned(),
                });
            }
            (None, None) => {}
        }
        above = line;
    }
    assert!(open.is_none(), "a block of {} is not closed", page.display());
    blocks
}

/// The commands of a page's console blocks, in order: what follows a `$`.
pub(super) fn commands(page: &Path) -> Vec<String> {
    let consoles = blocks(page).into_iter().filter(|block| block.language == "console");
    let lines =
        consoles.flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>());
    lines.filter_map(|line| line.strip_prefix("$ ").map(str::to_owned)).collect()
}

/// A file of the repository.
pub(super) fn read(path: &Path) -> String {
    let path = repository().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below a folder of the repository, as paths in it.
pub(super) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = crate::harness::files(&repository().join(folder))
        .into_iter()
        .map(|file| file.strip_prefix(repository()).expect("it is below").to_owned())
        .filter(|file| file.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found
}

pub(super) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
