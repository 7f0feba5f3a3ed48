//! The pages, from the lists of what the provider offers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use terraform_provider_connect::framework::erased::AnyResource;
use terraform_provider_connect::framework::function::Function;
use terraform_provider_connect::framework::provider::Provider;
use terraform_provider_connect::framework::schema::{Needs, Schema};
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::provider::{Configured, Connect};

use super::block::{section, type_words};
use super::examples::{files, required, usage};
use super::repository;

/// The folders of `docs/` in which every file is generated.
pub(super) const FOLDERS: [&str; 6] = super::examples::KINDS;

/// A kind of thing that has a page made of its schema.
struct Kind {
    /// The folder below `docs/` and `examples/`.
    folder: &'static str,
    /// How the page's title calls it.
    title: &'static str,
    /// The file with its example.
    example: &'static str,
    /// What must be known before using it.
    note: &'static str,
}

const RESOURCE: Kind =
    Kind { folder: "resources", title: "Resource", example: "resource.tf", note: "" };
const DATA_SOURCE: Kind =
    Kind { folder: "data-sources", title: "Data Source", example: "data-source.tf", note: "" };
const EPHEMERAL: Kind = Kind {
    folder: "ephemeral-resources",
    title: "Ephemeral Resource",
    example: "ephemeral-resource.tf",
    note: "",
};
const LIST: Kind = Kind {
    folder: "list-resources",
    title: "List Resource",
    example: "list-resource.tfquery.hcl",
    note: "For `terraform query`, from Terraform 1.14.",
};
const ACTION: Kind = Kind {
    folder: "actions",
    title: "Action",
    example: "action.tf",
    note: "Actions are there from Terraform 1.14.",
};

/// Every page, by its path in the repository.
pub(super) fn all() -> Vec<(PathBuf, String)> {
    let mut pages = vec![("docs/index.md".into(), index())];
    for resource in Connect.resources() {
        pages.push(resource_page(resource.as_ref()));
    }
    for it in Connect.data_sources() {
        pages.push(page(&DATA_SOURCE, it.type_name(), it.schema(), ""));
    }
    for it in Connect.ephemeral_resources() {
        pages.push(page(&EPHEMERAL, it.type_name(), it.schema(), ""));
    }
    for it in Connect.list_resources() {
        pages.push(page(&LIST, it.type_name(), it.schema(), ""));
    }
    for it in Connect.actions() {
        pages.push(page(&ACTION, it.type_name(), it.schema(), ""));
    }
    for function in Connect.functions() {
        pages.push(function_page(function.as_ref()));
    }
    pages
}

/// The folders that examples are looked for in.
pub(super) fn example_folders() -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    let mut add = |folder: &str, name: &str| {
        folders.insert(Path::new("examples").join(folder).join(name));
    };
    Connect.resources().iter().for_each(|it| add(RESOURCE.folder, it.type_name()));
    Connect.data_sources().iter().for_each(|it| add(DATA_SOURCE.folder, it.type_name()));
    Connect.ephemeral_resources().iter().for_each(|it| add(EPHEMERAL.folder, it.type_name()));
    Connect.list_resources().iter().for_each(|it| add(LIST.folder, it.type_name()));
    Connect.actions().iter().for_each(|it| add(ACTION.folder, it.type_name()));
    Connect.functions().iter().for_each(|it| add(FUNCTIONS, it.name()));
    folders
}

fn index() -> String {
    let schema = Connect.schema();
    let mut text = front_matter("connect Provider", None, &schema.block.doc);
    let _ = write!(text, "# connect Provider\n\n{}\n", schema.block.doc);
    text.push_str(&usage(Path::new("examples/provider"), "provider.tf"));
    text.push_str("\n## Guides\n\n");
    let mut guides = files(Path::new("docs/guides"));
    guides.sort_by_key(|guide| !guide.ends_with("getting-started.md"));
    for guide in guides {
        let name = guide.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let page = fs::read_to_string(repository().join(&guide)).expect("a guide is text");
        let line = |key: &str| -> String {
            let found = page.lines().find_map(|line| line.strip_prefix(&format!("{key}: ")));
            let found = found.unwrap_or_else(|| panic!("{} has no {key}", guide.display()));
            found.trim_matches('"').to_owned()
        };
        let (title, description) = (line("page_title"), line("description"));
        let _ = writeln!(text, "- [{title}](guides/{name}.md): {description}");
    }
    text.push_str(&section(&schema.block));
    text
}

fn resource_page(resource: &dyn AnyResource<Configured>) -> (PathBuf, String) {
    let (name, schema) = (resource.type_name(), resource.schema());
    assert!(!schema.needs.plan.is_empty(), "{name} does not say what its calls must be allowed");
    page(&RESOURCE, name, schema, &(permissions(schema.needs) + &import(resource)))
}

fn page(kind: &Kind, name: &str, schema: &Schema, more: &str) -> (PathBuf, String) {
    let title = format!("{name} {}", kind.title);
    let doc = &schema.block.doc;
    let mut text = front_matter(&title, Some(""), doc);
    let _ = write!(text, "# {name} ({})\n\n{doc}\n", kind.title);
    if !kind.note.is_empty() {
        let _ = write!(text, "\n{}\n", kind.note);
    }
    text.push_str(&usage(&Path::new("examples").join(kind.folder).join(name), kind.example));
    text.push_str(&section(&schema.block));
    text.push_str(more);
    (path(kind.folder, name), text)
}

const FUNCTIONS: &str = "functions";

fn function_page(function: &dyn Function) -> (PathBuf, String) {
    let (name, signature) = (function.name(), function.signature());
    let summary = format!("{}.", signature.summary);
    let mut text = front_matter(&format!("{name} Function"), Some(""), &summary);
    let _ = write!(text, "# {name} (Function)\n\n{}\n", signature.doc);
    text.push_str(&usage(&Path::new("examples").join(FUNCTIONS).join(name), "function.tf"));
    let parameters = signature.parameters.iter();
    let each: Vec<String> =
        parameters.clone().map(|it| format!("{} {}", it.name, short(&it.ty))).collect();
    let _ = write!(
        text,
        "\n## Signature\n\n```text\n{name}({}) {}\n```\n\n## Arguments\n\n",
        each.join(", "),
        short(&signature.returns)
    );
    for (position, it) in (1..).zip(parameters) {
        let _ = writeln!(text, "{position}. `{}` ({}) {}", it.name, type_words(&it.ty), it.doc);
    }
    let _ = write!(text, "\n## Return Type\n\n{}\n", type_words(&signature.returns));
    (path(FUNCTIONS, name), text)
}

fn permissions(needs: Needs) -> String {
    let mut text = "\n## Permissions\n".to_owned();
    let halves = [
        ("Plans, refreshes and imports call, besides `sts:GetCallerIdentity`:", needs.plan),
        ("Applies call these too, or AWS calls them in the name of the role:", needs.apply),
    ];
    for (words, actions) in halves {
        let _ = write!(text, "\n{words}\n\n");
        let mut by_service: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for action in actions {
            let (service, operation) = action.split_once(':').expect("SERVICE:Operation");
            by_service.entry(service).or_default().push(format!("`{operation}`"));
        }
        for (service, operations) in by_service {
            let _ = writeln!(text, "- `{service}:` {}", operations.join(", "));
        }
    }
    if needs.apply.iter().any(|action| action.starts_with("kms:")) {
        text.push_str("\nThose of `kms` only where a key of your own is set.\n");
    }
    text
}

fn import(resource: &dyn AnyResource<Configured>) -> String {
    let folder = Path::new("examples").join(RESOURCE.folder).join(resource.type_name());
    let mut text = "\n## Import\n".to_owned();
    text.push_str(&required(&folder.join("import.sh"), "shell"));
    text.push_str("\nAn `import` block takes the same ids:\n");
    text.push_str(&required(&folder.join("import-by-string-id.tf"), "terraform"));
    text.push_str("\nFrom Terraform 1.12, it takes the parts of the identity instead:\n");
    text.push_str(&required(&folder.join("import-by-identity.tf"), "terraform"));
    text.push_str("\n### Identity Schema\n");
    for (title, is_required) in [("Required", true), ("Optional", false)] {
        let _ = write!(text, "\n#### {title}\n\n");
        let parts = resource.identity_schema().attributes.iter();
        for part in parts.filter(|part| part.required == is_required) {
            let _ = writeln!(text, "- `{}` (String) {}", part.name, part.doc);
        }
    }
    text
}

fn front_matter(title: &str, subcategory: Option<&str>, description: &str) -> String {
    let subcategory = subcategory.map(|it| format!("subcategory: {it:?}\n")).unwrap_or_default();
    format!(
        "---\n# Generated by `make generate` from the schemas and examples/; do not edit.\n\
         page_title: \"{title} - terraform-provider-connect\"\n{subcategory}description: |-\n  \
         {description}\n---\n\n"
    )
}

/// Where a page is; file names leave the provider's prefix out.
fn path(folder: &str, name: &str) -> PathBuf {
    let short = name.strip_prefix("connect_").unwrap_or(name);
    Path::new("docs").join(folder).join(format!("{short}.md"))
}

/// A type as HCL would write it, without what objects consist of.
fn short(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Number => "number".to_owned(),
        Type::String => "string".to_owned(),
        Type::Dynamic => "dynamic".to_owned(),
        Type::List(element) => format!("list({})", short(element)),
        Type::Set(element) => format!("set({})", short(element)),
        Type::Map(element) => format!("map({})", short(element)),
        Type::Tuple(_) => "tuple".to_owned(),
        Type::Object(_) => "object".to_owned(),
    }
}
