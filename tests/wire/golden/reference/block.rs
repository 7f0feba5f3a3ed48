//! A schema in Markdown: what to write, what comes back, and the rules for both.

use std::fmt::Write;

use terraform_provider_connect::framework::json;
use terraform_provider_connect::framework::schema::{
    Attribute, Block, Fallback, Kind, NestedBlock, Nesting,
};
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::validators::Validator;
use terraform_provider_connect::framework::value::Value;

const WRITE_ONLY: &str = "[Write-only](https://developer.hashicorp.com/terraform/language/\
                          resources/ephemeral#write-only-arguments)";

/// The section of a whole schema, with nested ones behind it.
pub(super) fn section(block: &Block) -> String {
    let mut text = "\n## Schema\n".to_owned();
    let replacing: Vec<String> = block
        .attributes
        .iter()
        .filter(|attribute| attribute.replaces)
        .map(|attribute| format!("`{}`", attribute.name))
        .collect();
    if !replacing.is_empty() {
        let _ = write!(text, "\nA change of {} replaces the resource.\n", join(&replacing, "or"));
    }
    render(&mut text, block, &[]);
    text
}

fn render(text: &mut String, block: &Block, path: &[&str]) {
    let required: Vec<String> = select(block, path, |it| it.required);
    let mut optional: Vec<String> = select(block, path, |it| it.optional);
    optional.extend(block.blocks.iter().map(|nested| block_line(nested, path)));
    let read_only: Vec<String> = select(block, path, Attribute::is_read_only);
    let lists = [("Required", required), ("Optional", optional), ("Read-Only", read_only)];
    for (title, lines) in lists.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        let heading = if path.is_empty() { format!("### {title}") } else { format!("{title}:") };
        let _ = write!(text, "\n{heading}\n\n{}", lines.concat());
    }
    for attribute in &block.attributes {
        if let Kind::Nested(_, nested) = &attribute.kind {
            nest(text, "nestedatt", nested, path, &attribute.name);
        }
    }
    for nested in &block.blocks {
        nest(text, "nestedblock", &nested.block, path, &nested.name);
    }
}

fn nest(text: &mut String, kind: &str, block: &Block, path: &[&str], name: &str) {
    let path: Vec<&str> = path.iter().copied().chain([name]).collect();
    let anchor = path.join("--");
    let _ = write!(
        text,
        "\n<a id=\"{kind}--{anchor}\"></a>\n\n### Nested Schema for `{}`\n",
        path.join(".")
    );
    render(text, block, &path);
}

fn select(block: &Block, path: &[&str], is_wanted: fn(&Attribute) -> bool) -> Vec<String> {
    let wanted = block.attributes.iter().filter(|attribute| is_wanted(attribute));
    wanted.map(|attribute| line(attribute, path)).collect()
}

fn line(attribute: &Attribute, path: &[&str]) -> String {
    let mut facts = vec![match &attribute.kind {
        Kind::Plain(ty) => type_words(ty),
        Kind::Nested(Nesting::Single, _) => "Attributes".to_owned(),
        Kind::Nested(nesting, _) => format!("Attributes {nesting:?}"),
    }];
    if attribute.sensitive {
        facts.push("Sensitive".to_owned());
    }
    if attribute.write_only {
        facts.push(WRITE_ONLY.to_owned());
    }
    if attribute.deprecated.is_some() {
        facts.push("Deprecated".to_owned());
    }
    let mut sentences = vec![attribute.doc.clone()];
    sentences.extend(attribute.deprecated.clone());
    sentences.extend(default(attribute));
    sentences.extend(limits(attribute));
    if let Kind::Nested(..) = &attribute.kind {
        let anchor: Vec<&str> = path.iter().copied().chain([attribute.name.as_str()]).collect();
        sentences.push(format!("See [below](#nestedatt--{}).", anchor.join("--")));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    format!("- `{}` ({}) {}\n", attribute.name, facts.join(", "), sentences.join(" "))
}

fn block_line(nested: &NestedBlock, path: &[&str]) -> String {
    let kind = match nested.nesting {
        Nesting::Single => "Block".to_owned(),
        nesting => format!("Block {nesting:?}"),
    };
    let anchor: Vec<&str> = path.iter().copied().chain([nested.name.as_str()]).collect();
    let limit = match nested.max_items {
        0 => String::new(),
        most => format!(" At most {most}."),
    };
    format!(
        "- `{}` ({kind}) {}{limit} See [below](#nestedblock--{}).\n",
        nested.name,
        nested.block.doc,
        anchor.join("--")
    )
}

/// What is there without the argument, as far as its own words do not say it.
fn default(attribute: &Attribute) -> Option<String> {
    let (value, is_kept) = match attribute.fallback.as_ref()? {
        Fallback::Always(value) => (value, false),
        Fallback::AtCreate(value) => (value, true),
    };
    let shown = |value: &Value| match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{}`", json::encode(other)),
    };
    let is_in_doc = |value: &Value| attribute.doc.contains(&shown(value));
    let is_told = match (&attribute.kind, value.elements()) {
        (Kind::Nested(..), _) => true,
        (Kind::Plain(_), Some(elements)) => elements.iter().all(is_in_doc),
        (Kind::Plain(_), None) => is_in_doc(value),
    };
    let default = (!is_told).then(|| format!("Left out, {}.", shown(value)));
    let kept = is_kept.then(|| "If it is left out later, it stays as it is.".to_owned());
    let sentences: Vec<String> = default.into_iter().chain(kept).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// What the value must satisfy, as far as the argument's own words do not say it.
fn limits(attribute: &Attribute) -> Option<String> {
    let quoted = |words: &str| -> Vec<String> {
        words.split('`').skip(1).step_by(2).map(|it| format!("`{it}`")).collect()
    };
    let is_told = |words: &&str| {
        let choices = quoted(words);
        words.starts_with("be `")
            && !choices.is_empty()
            && choices.iter().all(|choice| attribute.doc.contains(choice))
    };
    let words = attribute.validators.iter().map(Validator::words).filter(|it| !is_told(it));
    let words: Vec<&str> = words.collect();
    let separator = if words.iter().any(|it| it.contains(" and ")) { "; and " } else { " and " };
    (!words.is_empty()).then(|| format!("It must {}.", words.join(separator)))
}

/// `one, two and three`.
fn join(words: &[String], conjunction: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// A type as the registries write it.
pub(super) fn type_words(ty: &Type) -> String {
    match ty {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", type_words(element)),
        Type::Set(element) => format!("Set of {}", type_words(element)),
        Type::Map(element) => format!("Map of {}", type_words(element)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(attributes) => {
            let each = attributes.iter().map(|(name, ty)| format!("`{name}` {}", type_words(ty)));
            format!("Object of {}", each.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use terraform_provider_connect::framework::validators::{length, one_of};

    use super::*;

    fn shown(attribute: Attribute) -> String {
        line(&attribute, &[])
    }

    #[test]
    fn a_line_tells_default_and_limits_once() {
        let mode = || Attribute::string("mode").check(one_of(&["a", "b"]));
        assert_eq!(
            shown(mode().or_always("a").doc("`a`, the default, or `b`.")),
            "- `mode` (String) `a`, the default, or `b`.\n"
        );
        assert_eq!(
            shown(mode().or_at_create("a").doc("How.").check(length(1..=2))),
            "- `mode` (String) How. Left out, `a`. If it is left out later, it stays as it is. It \
             must be `a` or `b` and be 1 to 2 characters long.\n"
        );
    }

    #[test]
    fn secrets_are_told_to_be_write_only() {
        let secret = shown(Attribute::string("code_wo").write_only().doc("A code."));
        assert!(secret.starts_with("- `code_wo` (String, Sensitive, [Write-only](https://"));
    }

    #[test]
    fn nested_attributes_have_sections_of_their_own() {
        let inner = Attribute::object("inner", [Attribute::bool("on").required().doc("On.")]);
        let outer = Attribute::object("outer", [inner.optional().doc("Inner.")]);
        let section = section(&Block::new("", [outer.optional().doc("Outer.")]));
        for words in [
            "- `outer` (Attributes) Outer. See [below](#nestedatt--outer).",
            "<a id=\"nestedatt--outer--inner\"></a>\n\n### Nested Schema for `outer.inner`",
            "Required:\n\n- `on` (Boolean) On.",
        ] {
            assert!(section.contains(words), "{words} is not in:\n{section}");
        }
    }
}
