//! The fuzz targets over their seeds, and over a few mutations of each: what a compiler without
//! libFuzzer can do in a second. `cargo fuzz run TARGET` does it for longer.

#[path = "../../fuzz/entry_points.rs"]
mod entry_points;

use std::fs;
use std::path::Path;

/// How many mutations of each seed are tried.
const MUTATIONS: usize = 200;

fn run(target: &str, entry_point: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let seeds = fs::read_dir(folder).expect("every target has seeds");
    let mut paths: Vec<_> = seeds.map(|seed| seed.expect("a seed").path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let seed = fs::read(&path).expect("a seed");
        entry_point(&seed);
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for _ in 0..MUTATIONS {
            entry_point(&random.mutate(&seed));
        }
    }
}

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit.max(1)
    }

    /// The seed with one to four changes.
    fn mutate(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let byte = INTERESTING[self.below(INTERESTING.len())];
            match self.below(5) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, byte),
                2 if !bytes.is_empty() => bytes[at] = byte,
                3 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                _ => bytes.extend_from_within(at..),
            }
        }
        bytes
    }
}

/// Bytes that mean something to msgpack or JSON.
const INTERESTING: [u8; 24] = [
    0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xc0, 0xc1, 0xc4, 0xc7, 0xcb, 0xcf, 0xd4, 0xdb, 0xdd,
    0xdf, 0xff, b'"', b'{', b'[', b',', b'9', b'e',
];

#[test]
fn msgpack_is_read_without_a_panic() {
    run("msgpack", entry_points::msgpack);
}

#[test]
fn json_is_read_without_a_panic() {
    run("json", entry_points::json);
}

#[test]
fn notations_of_types_are_read_without_a_panic() {
    run("type_json", entry_points::type_json);
}

#[test]
fn stored_states_are_upgraded_without_a_panic() {
    run("upgrade", entry_points::upgrade);
}

#[test]
fn import_ids_are_read_without_a_panic() {
    run("import_id", entry_points::import_id);
}

#[test]
fn rule_functions_are_read_without_a_panic() {
    run("rule_function", entry_points::rule_function);
}

#[test]
fn environments_are_read_without_a_panic() {
    run("environment", entry_points::environment);
}
