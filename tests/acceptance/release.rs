//! The release as the registries get it: what `make dist` packs is what `terraform init` installs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::harness::World;

const NAME: &str = concat!("terraform-provider-connect_", env!("CARGO_PKG_VERSION"));

#[test]
fn a_packed_release_is_installed_from_a_mirror_and_locked() {
    let world = World::new();
    let dist = world.path("dist");
    make_dist(&dist);
    let archive = the_archive(&dist);
    check_sums(&dist);

    for host in ["registry.terraform.io", "registry.opentofu.org"] {
        let folder = world.path(&format!("mirror/{host}/connect-tf/connect"));
        fs::create_dir_all(&folder).expect("the directory is writable");
        fs::hard_link(dist.join(&archive), folder.join(&archive)).expect("the archive is there");
    }
    world.write_file(
        "terraformrc",
        &format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
            world.path("mirror").display().to_string()
        ),
    );
    world.write("data \"connect_instance\" \"main\" {\n  alias = \"acme\"\n}\n");
    let run = world.terraform(&["init", "-no-color"]);
    run.assert_success();
    let version = env!("CARGO_PKG_VERSION");
    assert!(run.text().contains(&format!("Installed connect-tf/connect v{version}")), "{run}");
    let lock = world.read_file(".terraform.lock.hcl");
    assert!(lock.contains("\"h1:"), "{lock}");
    // It is the binary that works, not only one that can be unpacked.
    world.plan();
    world.terraform(&["init", "-no-color", "-lockfile=readonly"]).assert_success();
    assert_eq!(world.read_file(".terraform.lock.hcl"), lock);
}

fn make_dist(dist: &Path) {
    let output = Command::new("make")
        .args(["--no-print-directory", "dist"])
        .arg(format!("DIST={}", dist.display()))
        .arg(concat!("BINARY=", env!("CARGO_BIN_EXE_terraform-provider-connect")))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("make starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The one archive among the files that a registry wants.
fn the_archive(dist: &Path) -> String {
    let entries = fs::read_dir(dist).expect("it was made");
    let mut names: Vec<String> =
        entries.map(|it| it.expect("it is there").file_name().display().to_string()).collect();
    names.sort();
    let [sums, zip, manifest] = &names[..] else { panic!("{names:?}") };
    assert_eq!(sums, &format!("{NAME}_SHA256SUMS"));
    assert_eq!(manifest, &format!("{NAME}_manifest.json"));
    let system = zip.strip_prefix(&format!("{NAME}_")).and_then(|it| it.strip_suffix(".zip"));
    let system = system.and_then(|it| it.split_once('_'));
    assert!(
        system.is_some_and(|(os, arch)| !os.is_empty() && ["amd64", "arm64"].contains(&arch)),
        "{zip}"
    );
    zip.clone()
}

/// The checksums are those of all other files.
fn check_sums(dist: &Path) {
    let sums = fs::read_to_string(dist.join(format!("{NAME}_SHA256SUMS"))).expect("it is text");
    let sums: BTreeMap<&str, &str> = sums
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(sum, name)| (name, sum))
        .collect();
    assert_eq!(sums.len(), 2, "archive and manifest: {sums:?}");
    for (name, sum) in sums {
        let bytes = fs::read(dist.join(name)).expect("it is beside the checksums");
        let digest: String = Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect();
        assert_eq!(digest, sum, "{name}");
    }
}
