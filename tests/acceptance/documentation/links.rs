//! Links between pages lead somewhere: to a file of the repository, and to a heading in it.

use std::path::{Component, Path, PathBuf};

use super::markdown::{pages, read, repository};

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    let mut count = 0;
    for page in pages() {
        for target in links(&read(&page)) {
            count += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = match file {
                "" => page.clone(),
                file => normal(&page.parent().unwrap_or(Path::new("")).join(file)),
            };
            let is_there = repository().join(&file).exists();
            if !is_there || !(anchor.is_empty() || anchors(&read(&file)).contains(&anchor.into())) {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(count > 40, "there are more links than {count}");
    assert!(broken.is_empty(), "these lead nowhere:\n{}", broken.join("\n"));
}

/// The targets of inline links, except those that leave the repository.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.to_owned()).filter(|target| !target.contains("://")).collect()
}

/// What headings are found by, as the sites that render Markdown make it, and explicit anchors.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    });
    let explicit = text.split("<a id=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    headings.chain(explicit.map(|(anchor, _)| anchor.to_owned())).collect()
}

/// The path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
