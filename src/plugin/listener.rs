//! Where the host finds us: a unix socket that only its user can reach, or else a local port.

use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use tempfile::{TempDir, TempPath};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

use super::connection::Io;
use super::start_error::StartError;

/// What the host would like. The default is what it gets who does not say.
#[derive(Debug)]
pub(super) struct Wishes {
    /// The folder of the socket, which both sides can see.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only for unix sockets"))]
    pub(super) folder: Option<PathBuf>,
    /// The group that may connect to the socket, by name or number.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only for unix sockets"))]
    pub(super) group: Option<String>,
    /// Ports to try in turn; 0 is whichever is free.
    pub(super) ports: RangeInclusive<u16>,
}

impl Default for Wishes {
    fn default() -> Self {
        Wishes { folder: None, group: None, ports: 0..=0 }
    }
}

/// A place to listen at, ready to be connected to.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) listener: Listener,
    pub(super) address: Address,
    /// Dropping it removes the socket's file. Connections, and the listener, live on.
    pub(super) place: Option<Place>,
}

/// An address in Go's words.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) network: &'static str,
    pub(super) text: String,
}

impl Endpoint {
    /// Binds before anything is said about it, so that a host can connect at once.
    pub(super) async fn bind(wishes: &Wishes) -> Result<Endpoint, StartError> {
        #[cfg(unix)]
        if let Some(endpoint) = unix::bind(wishes)? {
            return Ok(endpoint);
        }
        bind_port(&wishes.ports).await
    }
}

async fn bind_port(ports: &RangeInclusive<u16>) -> Result<Endpoint, StartError> {
    let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
    for port in ports.clone() {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => {
                // With AutoMTLS a stranger gets no further than the handshake.
                tracing::debug!("a socket is not possible: any user of this machine can connect");
                let address = listener.local_addr().map_err(|source| no_port(ports, source))?;
                return Ok(Endpoint {
                    listener: Listener::Tcp(listener),
                    address: Address { network: "tcp", text: address.to_string() },
                    place: None,
                });
            }
            Err(error) => refused = error,
        }
    }
    Err(no_port(ports, refused))
}

fn no_port(ports: &RangeInclusive<u16>, source: io::Error) -> StartError {
    StartError::NoPort { min: *ports.start(), max: *ports.end(), source }
}

/// Either kind of listener.
#[derive(Debug)]
pub(super) enum Listener {
    #[cfg(unix)]
    Unix(UnixListener),
    Tcp(TcpListener),
}

impl Listener {
    /// The next connection, with nothing known about who made it.
    pub(super) async fn accept(&self) -> io::Result<Box<dyn Io>> {
        match self {
            #[cfg(unix)]
            Listener::Unix(listener) => Ok(Box::new(listener.accept().await?.0)),
            Listener::Tcp(listener) => {
                let stream = listener.accept().await?.0;
                // Calls are small and wait for each other: Nagle would hold them up.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

/// The socket's file, and the folder around it if that is ours. They go in this order.
#[derive(Debug)]
pub(super) struct Place {
    _socket: TempPath,
    _folder: Option<TempDir>,
}

#[cfg(unix)]
mod unix {
    use std::fs::{Permissions, set_permissions};
    use std::io;
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::path::Path;

    use nix::unistd::Group;
    use tempfile::TempDir;
    use tokio::net::UnixListener;

    use super::{Address, Endpoint, Listener, Place, StartError, Wishes};

    /// None if a socket is possible but its path could not be passed on: it is too long for the
    /// system (108 bytes on Linux, 104 elsewhere), or has a character that ends a field of the
    /// handshake.
    pub(super) fn bind(wishes: &Wishes) -> Result<Option<Endpoint>, StartError> {
        let group = wishes.group.as_deref().map(group_id).transpose()?;
        let base = wishes.folder.clone().unwrap_or_else(std::env::temp_dir);
        let failed = |source| StartError::Socket { folder: base.clone(), source };

        // A folder that the host names may be known to it by another path, for instance around a
        // container: the socket has to be right in it. Elsewhere we bring a folder of our own.
        let own = match wishes.folder {
            Some(_) => None,
            None => Some(own_folder(&base, group).map_err(failed)?),
        };
        let folder = own.as_ref().map_or(base.as_path(), TempDir::path);
        let socket = tempfile::Builder::new()
            .prefix("plugin")
            .make_in(folder, |path| UnixListener::bind(path));
        let (listener, path) = match socket {
            Ok(socket) => socket.into_parts(),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        open_to(&path, group, 0o600, 0o660).map_err(failed)?;

        let Some(text) = path.to_str().filter(|text| !text.contains(['|', '\n', '\r'])) else {
            return Ok(None);
        };
        Ok(Some(Endpoint {
            listener: Listener::Unix(listener),
            address: Address { network: "unix", text: text.to_owned() },
            place: Some(Place { _socket: path, _folder: own }),
        }))
    }

    /// A folder with a random name: one of a dead process with our number is never in the way.
    fn own_folder(base: &Path, group: Option<u32>) -> io::Result<TempDir> {
        let folder = tempfile::Builder::new()
            .prefix("plugin")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(base)?;
        // The group has to get through to the socket, not to look around.
        open_to(folder.path(), group, 0o700, 0o710)?;
        Ok(folder)
    }

    fn open_to(path: &Path, group: Option<u32>, alone: u32, shared: u32) -> io::Result<()> {
        let Some(group) = group else {
            return set_permissions(path, Permissions::from_mode(alone));
        };
        chown(path, None, Some(group))?;
        set_permissions(path, Permissions::from_mode(shared))
    }

    fn group_id(name: &str) -> Result<u32, StartError> {
        if let Ok(number) = name.parse() {
            return Ok(number);
        }
        match Group::from_name(name) {
            Ok(Some(group)) => Ok(group.gid.as_raw()),
            Ok(None) | Err(_) => Err(StartError::NoGroup(name.to_owned())),
        }
    }
}
