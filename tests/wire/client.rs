//! A host's side of the connection, in Rust: rustls and tonic in place of Go's.

use std::io;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint};

use crate::process::Handshake;

/// go-plugin's services.
pub(crate) mod plugin {
    #![allow(clippy::all, dead_code, unreachable_pub, reason = "generated")]
    tonic::include_proto!("plugin");
}

/// gRPC's health service.
pub(crate) mod health {
    #![allow(clippy::all, dead_code, unreachable_pub, reason = "generated")]
    tonic::include_proto!("grpc.health.v1");
}

/// A byte stream of any make.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Connects without a word.
pub(crate) async fn connect(handshake: &Handshake) -> io::Result<Box<dyn Io>> {
    match handshake.network.as_str() {
        #[cfg(unix)]
        "unix" => Ok(Box::new(UnixStream::connect(&handshake.address).await?)),
        "tcp" => Ok(Box::new(TcpStream::connect(&handshake.address).await?)),
        network => panic!("no such network: {network}"),
    }
}

/// Connects and shakes hands, as `host` or as nobody. The server has to have the certificate of
/// its handshake line.
///
/// In TLS 1.3 a server that refuses says so after the client is done: read before you are sure.
pub(crate) async fn connect_tls(
    handshake: &Handshake,
    host: Option<&CertifiedKey>,
    versions: &[&'static SupportedProtocolVersion],
) -> io::Result<TlsStream<Box<dyn Io>>> {
    let mut roots = RootCertStore::empty();
    let server = handshake.certificate.clone().expect("the server has a certificate");
    roots.add(server).expect("it can be a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("ring does both")
        .with_root_certificates(roots);
    let mut config = match host {
        Some(host) => {
            let host = Arc::new(SingleCertAndKey::from(host.clone()));
            config.with_client_cert_resolver(host)
        }
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    let localhost = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(localhost, connect(handshake).await?).await
}

/// A gRPC channel, as Terraform has one: under TLS as `host`, or in plaintext.
///
/// It connects at the first call, and once: the socket is gone by then.
pub(crate) fn channel(handshake: &Handshake, host: Option<&CertifiedKey>) -> Channel {
    let authority = if host.is_some() { "http://localhost" } else { "http://unused" };
    let (handshake, host) = (handshake.clone(), host.cloned());
    Endpoint::from_static(authority).connect_with_connector_lazy(tower::service_fn(move |_| {
        let (handshake, host) = (handshake.clone(), host.clone());
        async move {
            let io: Box<dyn Io> = match &host {
                Some(_) => {
                    Box::new(connect_tls(&handshake, host.as_ref(), &[&TLS13, &TLS12]).await?)
                }
                None => connect(&handshake).await?,
            };
            Ok::<_, io::Error>(TokioIo::new(io))
        }
    }))
}
