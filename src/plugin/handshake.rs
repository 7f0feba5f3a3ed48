//! The one line on stdout that tells the host where we are and who we are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;

use super::listener::Address;

/// The major version of Terraform's plugin protocol that we speak.
pub(super) const PROTOCOL: u32 = 6;

/// `1|6|unix|/tmp/…|grpc|CERTIFICATE` and a newline.
///
/// The first number is go-plugin's own version. The certificate is empty without TLS; its base64
/// has no padding, because Go's decoder on the other side refuses it. A seventh field says that
/// we do not multiplex, if the host asked.
pub(super) fn line(
    address: &Address,
    certificate: Option<&CertificateDer<'_>>,
    multiplexing: bool,
) -> String {
    let Address { network, text } = address;
    let certificate = certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
    let multiplexing = if multiplexing { "|false" } else { "" };
    format!("{GO_PLUGIN}|{PROTOCOL}|{network}|{text}|grpc|{certificate}{multiplexing}\n")
}

const GO_PLUGIN: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address { network: "unix", text: "/tmp/x".to_owned() }
    }

    #[test]
    fn plaintext_leaves_the_certificate_empty() {
        assert_eq!(line(&address(), None, false), "1|6|unix|/tmp/x|grpc|\n");
    }

    #[test]
    fn certificate_has_no_padding() {
        let der = CertificateDer::from(vec![0xfb, 0xef]);
        assert_eq!(line(&address(), Some(&der), false), "1|6|unix|/tmp/x|grpc|++8\n");
    }

    #[test]
    fn multiplexing_is_declined_when_asked_for() {
        assert_eq!(line(&address(), None, true), "1|6|unix|/tmp/x|grpc||false\n");
    }
}
