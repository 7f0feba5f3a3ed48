//! Secrets are kept as digests only: enough to compare, not enough to leak.

use sha2::{Digest, Sha256};

/// SHA-256 in hex.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a test may see of a secret: the first 16 hex digits of its SHA-256.
pub(crate) fn fingerprint(text: &str) -> String {
    digest(text)[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_plain_sha_256() {
        assert_eq!(
            digest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(fingerprint("abc"), "ba7816bf8f01cfea");
    }
}
