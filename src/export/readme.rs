//! What people read of an export: its README, and the table on the terminal.

use super::configuration::{FILES, ImportForm};
use super::estate::{Estate, Named};
use super::read::Kind;

/// The README.
pub(super) fn readme(estate: &Estate, form: ImportForm) -> String {
    let sections = [
        introduction(estate, form),
        format!("## What there is\n\n{}\n\n{}", diagram(estate), markdown_table(estate)),
        findings(estate),
        left_out(estate),
        LOGIN.to_owned(),
    ];
    let sections: Vec<String> =
        sections.into_iter().filter(|section| !section.is_empty()).collect();
    format!("{}\n", sections.join("\n\n"))
}

/// The name of its file.
pub(super) const FILE: &str = "README.md";

fn introduction(estate: &Estate, form: ImportForm) -> String {
    let core = match form {
        ImportForm::Id => "Terraform or OpenTofu 1.11",
        ImportForm::Identity => "Terraform 1.12",
    };
    let files: Vec<String> = FILES[3..7].iter().map(|file| format!("`{file}`")).collect();
    format!(
        "# Salesforce cases in Amazon Connect\n\n\
         Account {}, region {}, exported by `terraform-provider-connect export`.\n\n\
         1. `terraform init`, then `terraform plan` ({core} or later): everything is imported and \
         nothing changes.\n\
         2. `terraform apply` puts it into the state.\n\
         3. Delete `imports.tf`: its work is done.\n\n\
         The resources are in {}; references hold them together. A connection cannot be destroyed \
         while its `prevent_destroy` stands, because its login cannot be made again by an apply.",
        estate.account,
        estate.region,
        files.join(", ")
    )
}

const LOGIN: &str = "\
## A new login

AWS never returns credentials, so none are here, and none are needed until Salesforce refuses the
present ones. Then add to the connection

```hcl
  client_credentials_arn = \"ARN of the secret with the connected app's id and secret\"
  redirect_uri           = \"http://127.0.0.1:8484/callback\" # as the app knows it
  credentials_wo_version = 1                                # any other number than before
```

and apply with a login made on the spot:

```console
$ terraform-provider-connect authorize --instance-url https://YOURS.my.salesforce.com \\
    --client-id ID_OF_THE_CONNECTED_APP -- terraform apply
```";

/// The columns of the table.
const HEADER: [&str; 6] = ["Connection", "Flow", "Status", "Instance", "Integration", "Rules"];

fn rows(estate: &Estate, rules: impl Fn(&[&Named]) -> String) -> Vec<[String; 6]> {
    let none = || "-".to_owned();
    let name = |named: Option<&Named>| named.map_or_else(none, |it| it.object.text("name").into());
    let mut rows: Vec<[String; 6]> = Vec::new();
    for chain in estate.chains() {
        let instance = chain.integration.map_or_else(none, |it| instance_of(estate, it));
        let of_integration = chain.integration.map(|it| estate.after(Kind::Rule, Some(it)));
        rows.push([
            name(chain.connection),
            name(chain.flow),
            chain.flow.map_or_else(none, |flow| flow.object.text("status").to_owned()),
            instance,
            name(chain.integration),
            of_integration.map_or_else(none, |of_integration| rules(&of_integration)),
        ]);
    }
    let alone = estate.after(Kind::Rule, None);
    rows.extend(
        alone.into_iter().map(|rule| {
            [none(), none(), none(), instance_of(estate, rule), none(), rules(&[rule])]
        }),
    );
    rows
}

fn instance_of(estate: &Estate, named: &Named) -> String {
    let id = named.object.text("instance_id");
    let alias = estate.instance(id).and_then(|instance| instance.alias.clone());
    alias.unwrap_or_else(|| id.to_owned())
}

fn markdown_table(estate: &Estate) -> String {
    let names = |rules: &[&Named]| match rules {
        [] => "none".to_owned(),
        rules => rules.iter().map(|it| it.object.text("name")).collect::<Vec<_>>().join(", "),
    };
    let line =
        |cells: [String; 6]| format!("| {} |", cells.map(|cell| in_table(&cell)).join(" | "));
    let mut lines = vec![line(HEADER.map(str::to_owned)), format!("|{}", "---|".repeat(6))];
    lines.extend(rows(estate, names).into_iter().map(line));
    lines.join("\n")
}

/// The table for the terminal, and what else there is to say in short.
pub(super) fn summary(estate: &Estate) -> String {
    let count = |rules: &[&Named]| rules.len().to_string();
    let mut table = vec![HEADER.map(str::to_uppercase)];
    table.extend(rows(estate, count));
    let mut widths = [0; 6];
    for cells in &table {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for cells in &table {
        let line: Vec<String> =
            cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    let counts = Kind::ALL.map(|kind| estate.of_kind(kind).count());
    text.push_str(&format!(
        "\nConnections: {}. Flows: {}. Integrations: {}. Rules: {}.\n",
        counts[0], counts[1], counts[2], counts[3]
    ));
    let left_out = left_out(estate);
    if let Some((_, sentence)) = left_out.split_once("\n\n") {
        text.push_str(&format!("{sentence}\n"));
    }
    for finding in &estate.findings {
        text.push_str(&format!("\n! {}.\n  {}\n", finding.what, finding.remedy));
    }
    text
}

fn findings(estate: &Estate) -> String {
    if estate.findings.is_empty() {
        return String::new();
    }
    let lines = estate.findings.iter().map(|it| format!("\n- **{}.** {}", it.what, it.remedy));
    format!("## What to look at\n{}", lines.collect::<String>())
}

fn left_out(estate: &Estate) -> String {
    let foreign = estate.foreign;
    let counts = [
        (foreign.flows, "other flows"),
        (foreign.associations, "other integrations"),
        (foreign.rules, "rules on something else"),
        (foreign.event_integrations, "event integrations of other sources"),
        (estate.elsewhere, "flows and connections that these instances do not use"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if counts.is_empty() {
        return String::new();
    }
    format!("## What is left out\n\nNot exported: {}.", counts.join(", "))
}

/// The chains as a picture; above [`MOST_EDGES`] only how many there are.
fn diagram(estate: &Estate) -> String {
    let mut lines = Vec::new();
    let mut edges = Vec::new();
    for (shape, named) in estate.objects.iter().map(|named| (shape(named.object.kind), named)) {
        let label = in_diagram(named.object.text("name"));
        lines.push(format!("  {}{}\"{label}\"{}", node(named), shape.0, shape.1));
    }
    for named in &estate.objects {
        let object = &named.object;
        if let Some(before) = estate.before(named) {
            let instance = match object.kind {
                Kind::Integration => format!("|\"{}\"|", in_diagram(&instance_of(estate, named))),
                _ => String::new(),
            };
            edges.push(format!("  {} -->{instance} {}", node(before), node(named)));
        }
    }
    if edges.len() > MOST_EDGES || lines.len() > MOST_EDGES {
        let count = |kind| estate.of_kind(kind).count();
        lines = vec![
            format!("  connections[\"{} connections\"]", count(Kind::Connection)),
            format!("  flows[\"{} event flows\"]", count(Kind::Flow)),
            format!("  integrations[\"{} app integrations\"]", count(Kind::Integration)),
            format!("  rules[\"{} case rules\"]", count(Kind::Rule)),
        ];
        edges = vec!["  connections --> flows --> integrations --> rules".to_owned()];
    }
    if lines.is_empty() {
        return "Nothing.".to_owned();
    }
    format!("```mermaid\nflowchart LR\n{}\n{}\n```", lines.join("\n"), edges.join("\n"))
        .replace("\n\n", "\n")
}

/// What GitHub draws, and people can still read.
const MOST_EDGES: usize = 150;

fn node(named: &Named) -> String {
    let kind = match named.object.kind {
        Kind::Connection => "c",
        Kind::Flow => "f",
        Kind::Integration => "i",
        Kind::Rule => "r",
    };
    format!("{kind}_{}", named.name)
}

fn shape(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Connection => ("([", "])"),
        Kind::Flow => ("[", "]"),
        Kind::Integration => ("[[", "]]"),
        Kind::Rule => (">", "]"),
    }
}

/// Text in a label: Mermaid writes what means something to it as an entity.
fn in_diagram(text: &str) -> String {
    let escape = |c: char| match c {
        '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '*' | '_' | ';' => {
            format!("#{};", u32::from(c))
        }
        c if c.is_control() => " ".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// Text in a cell.
fn in_table(text: &str) -> String {
    let escape = |c: char| match c {
        '|' | '\\' | '`' | '*' | '_' | '<' | '[' => format!("\\{c}"),
        c if c.is_control() => " ".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_break_neither_tables_nor_diagrams() {
        assert_eq!(in_table("a|b\nc_d"), r"a\|b c\_d");
        assert_eq!(in_diagram("say \"hi\" #1"), "say #34;hi#34; #35;1");
    }
}
