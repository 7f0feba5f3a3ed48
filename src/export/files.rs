//! Where an export goes.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::{File, configuration, readme};

/// A directory to export into.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    overwrites: bool,
}

impl Directory {
    /// A directory, which need not exist, and whether what is in the way may be replaced.
    pub(crate) fn new(path: PathBuf, overwrites: bool) -> Self {
        Self { path, overwrites }
    }

    /// Says what is in the way, before anything is asked of AWS.
    ///
    /// # Errors
    /// A sentence that names the files.
    pub(crate) fn check(&self) -> Result<(), String> {
        let names = configuration::FILES.iter().chain([&readme::FILE]);
        let existing: Vec<&str> =
            names.copied().filter(|name| self.path.join(name).exists()).collect();
        if self.overwrites || existing.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{} already holds {}: choose another directory with --dir, or replace them with \
             --force.",
            self.path.display(),
            existing.join(", ")
        ))
    }

    /// Writes the files.
    ///
    /// # Errors
    /// What keeps it from being done; files that were written stay.
    pub(crate) fn write(&self, files: &[File]) -> io::Result<()> {
        let named = |path: PathBuf| {
            move |error: io::Error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            }
        };
        fs::create_dir_all(&self.path).map_err(named(self.path.clone()))?;
        for file in files {
            let path = self.path.join(file.name);
            fs::write(&path, &file.text).map_err(named(path))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_only_replaced_on_demand() {
        let directory = tempfile::tempdir().expect("a directory");
        let into = |overwrites| Directory::new(directory.path().to_owned(), overwrites);
        let file = File { name: readme::FILE, text: "new".into() };
        into(false).check().expect("nothing is in the way");
        into(false).write(&[file]).expect("written");
        let refusal = into(false).check().expect_err("it is in the way");
        assert!(refusal.contains("README.md"), "{refusal}");
        into(true).check().expect("it may be replaced");
    }
}
