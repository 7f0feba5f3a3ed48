//! The secrets of a test, and the search for them where none may be.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Output;

use flate2::read::DeflateDecoder;

/// Secret key of the AWS credentials.
pub(crate) const SECRET_KEY: &str = "kEy0fAwS/qYv7Rw2uXnB5sLm";
/// Authorization codes of every org; each works once in each.
pub(crate) const CODES: [&str; 4] =
    ["aPrxc0de.Vk8Qd1", "aPrxc0de.Zt4Hm2", "aPrxc0de.Xw6Pj3", "aPrxc0de.Lf9Rb4"];
/// Authorization code of the demo's org.
pub(crate) const DEMO_CODE: &str = "demo-authorization-code";
/// PKCE verifier of an authorization code.
pub(crate) const VERIFIER: &str = "vErif1er-4hT9wQz7LmK2pXs6BnV8cRdF3gJyU5aEo-x";
/// Tokens of an earlier login.
pub(crate) const ACCESS_TOKEN: &str = "aCCess.00DT9Kq7Wz";
pub(crate) const REFRESH_TOKEN: &str = "rEFresh.5Aep861Mx";
/// A JWT that the first org takes.
pub(crate) const JWT: &str =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJKd3RTM2NyM3QifQ.c2lnbmVkLWJ5LW5vYm9keQ";

fn all() -> Vec<&'static str> {
    let mut all = vec![SECRET_KEY, DEMO_CODE, VERIFIER];
    all.extend([ACCESS_TOKEN, REFRESH_TOKEN, JWT]);
    all.extend(CODES);
    all
}

/// Looks for the secrets in what a run has printed.
#[track_caller]
pub(crate) fn assert_untold(output: &Output) {
    let mut told = spills("the output", &output.stdout);
    told.extend(spills("the error output", &output.stderr));
    assert!(told.is_empty(), "secrets were told:\n{}", told.join("\n"));
}

/// Looks for the secrets in what Terraform and the provider have written: states, plans, and the
/// log of every step of both.
pub(super) fn assert_unspilled(directory: &Path) {
    let mut spilled = Vec::new();
    for path in super::files(directory) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&path).expect("a file that Terraform wrote can be read");
        spilled.extend(spills(&name, &bytes));
    }
    assert!(spilled.is_empty(), "secrets have spilled:\n{}", spilled.join("\n"));
}

/// Where the bytes, or the entries of an archive, hold a secret.
fn spills(place: &str, bytes: &[u8]) -> Vec<String> {
    if bytes.starts_with(b"PK") {
        let entries = unzip(bytes).into_iter();
        return entries
            .flat_map(|(name, content)| spills(&format!("{name} in {place}"), &content))
            .collect();
    }
    let text = String::from_utf8_lossy(bytes);
    all()
        .into_iter()
        .filter_map(|secret| {
            let position = text.find(secret)?;
            let before: String = text[..position].chars().rev().take(200).collect();
            let before: String = before.chars().rev().collect();
            Some(format!("{place} holds {secret}, after {before:?}"))
        })
        .collect()
}

/// The entries of a zip archive: saved plans are such archives.
///
/// The sizes stand in the directory at its end, where every entry has a header.
fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    const HEADER: &[u8] = b"PK\x01\x02";
    let number = |at: usize, width: usize| -> usize {
        bytes[at..at + width].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let headers = bytes.windows(4).enumerate().filter(|(_, it)| *it == HEADER).map(|(at, _)| at);
    headers
        .map(|at| {
            let (method, size) = (number(at + 10, 2), number(at + 20, 4));
            let name = String::from_utf8_lossy(&bytes[at + 46..at + 46 + number(at + 28, 2)]);
            // The entry's own header has names and extras of its own lengths.
            let entry = number(at + 42, 4);
            let start = entry + 30 + number(entry + 26, 2) + number(entry + 28, 2);
            let packed = &bytes[start..start + size];
            let mut content = Vec::new();
            if method == 0 {
                content.extend(packed);
            } else {
                DeflateDecoder::new(packed).read_to_end(&mut content).expect("a zip entry");
            }
            (name.into_owned(), content)
        })
        .collect()
}

#[test]
fn a_secret_in_a_plan_is_found() {
    let world = super::World::new();
    world.write(format!("output \"secret\" {{\n  value = {JWT:?}\n}}"));
    world.plan();
    let plan = fs::read(world.path("plan.bin")).expect("it was written");
    for name in ["plan.bin", "main.tf", "trace.log"] {
        world.remove_file(name);
    }
    let spills = spills("the plan", &plan);
    for entry in ["tfplan in the plan holds", "tfconfig/m-/main.tf in the plan holds"] {
        assert!(spills.iter().any(|spill| spill.starts_with(entry)), "{entry}: {spills:#?}");
    }
}
