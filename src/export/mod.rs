//! `export`: the configuration of what exists, so that Terraform takes over what was clicked
//! together.
//!
//! Everything is listed ([`survey`]), read by the resources themselves as an import would
//! ([`read`]), named and linked ([`estate`]), and written ([`configuration`], [`readme`]).

mod configuration;
mod estate;
mod files;
mod hcl;
mod names;
mod progress;
mod read;
mod readme;
mod survey;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

pub(crate) use self::configuration::ImportForm;
use self::estate::Estate;
pub(crate) use self::files::Directory;
pub(crate) use self::progress::Progress;
pub(crate) use self::survey::Scope;
use crate::aws::Aws;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::Error;
use crate::framework::value::Value;
use crate::provider::Configured;

/// What was exported.
#[derive(Debug)]
pub(crate) struct Export {
    /// The files.
    pub(crate) files: Vec<File>,
    /// A table of the chains, and what to look at, for a terminal.
    pub(crate) summary: String,
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) text: String,
}

/// Reads what is in scope and writes it as HCL. AWS is only read.
///
/// # Errors
/// Whatever AWS answers: a part that cannot be read fails the whole, which would not be complete
/// without it.
pub(crate) async fn export(
    aws: Aws,
    scope: &Scope,
    form: ImportForm,
    progress: &Progress,
) -> Result<Export, Diagnostics> {
    let listing = |error: Error| Diagnostics::from(error.diagnose("listing what there is"));
    let session = aws.session(None, CancellationToken::new()).map_err(listing)?;
    progress.say("Listing what there is");
    let account = session.account_id().await.map_err(listing)?;
    let survey = survey::survey(&session, scope).await.map_err(listing)?;
    let default_tags =
        aws.default_tags().iter().map(|(key, value)| (key.clone(), value.as_str().into()));
    let configured =
        Arc::new(Configured { default_tags: Value::Map(default_tags.collect()), aws: aws.clone() });
    let objects = read::read(&configured, &survey, progress).await?;
    let region = session.region_name().to_owned();
    let estate = Estate::new(account, region, scope, survey, objects);
    let mut files = configuration::files(&estate, form);
    files.push(File { name: readme::FILE, text: readme::readme(&estate, form) });
    Ok(Export { files, summary: readme::summary(&estate) })
}
