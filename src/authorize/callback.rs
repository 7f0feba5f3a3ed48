//! Taking the browser back: a listener on the loopback interface for one answer.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::page::Page;
use super::{Answer, Login};
use crate::framework::secret::Secret;
use crate::salesforce::url::InstanceUrl;

/// A redirect URI that leads to this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loopback {
    port: u16,
    path: String,
}

impl Loopback {
    /// Reads a redirect URI; none if it leads elsewhere.
    pub(crate) fn of(redirect_uri: &str) -> Option<Self> {
        let url = InstanceUrl::parse(redirect_uri);
        let is_here = matches!(url.host.as_str(), "127.0.0.1" | "localhost");
        if url.scheme != "http" || !is_here || url.rest.contains(['?', '#']) {
            return None;
        }
        let (port, path) = url.rest.strip_prefix(':')?.split_once('/').unwrap_or_else(|| {
            let port = url.rest.strip_prefix(':').unwrap_or_default();
            (port, "")
        });
        Some(Self { port: port.parse().ok()?, path: format!("/{path}") })
    }

    /// Listens, for this machine alone.
    ///
    /// # Errors
    /// Something else listens there, or may not be listened to.
    pub(crate) async fn listen(&self) -> io::Result<TcpListener> {
        TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).await
    }
}

/// Waits for the browser and tells it what came of it. What this login has not asked for is turned
/// away, and the wait goes on.
///
/// # Errors
/// Sentences for the person: Salesforce's refusal, or that nobody came.
pub(crate) async fn wait(
    listener: TcpListener,
    loopback: &Loopback,
    login: &Login,
    patience: Duration,
) -> Result<Secret, String> {
    let end = Instant::now() + patience;
    let nobody = || {
        format!(
            "Nobody came back from Salesforce within {} seconds. Salesforce shows its complaint in \
             the browser when it does not know the app or its callback URL: correct --client-id or \
             --redirect-uri. If the browser runs on another machine, use --paste.",
            patience.as_secs()
        )
    };
    // Browsers open connections ahead, so none may hold up the others.
    let (send, mut requests) = mpsc::channel(CONNECTIONS);
    loop {
        tokio::select! {
            accepted = timeout_at(end, listener.accept()) => {
                // A connection that failed already is the browser's affair.
                let Ok((stream, _)) = accepted.map_err(|_| nobody())? else { continue };
                let send = send.clone();
                tokio::spawn(async move {
                    if let Ok(Some(request)) = timeout(READ, read(stream)).await {
                        // Nobody listens any more: the login is over.
                        let _ = send.send(request).await;
                    }
                });
            }
            Some((stream, target)) = requests.recv() => {
                if let Some(outcome) = handle(stream, &target, loopback, login).await {
                    return outcome;
                }
            }
        }
    }
}

/// More at once than any browser opens.
const CONNECTIONS: usize = 16;

/// A browser sends its request at once; what only connects is dropped.
const READ: Duration = Duration::from_secs(30);

/// Salesforce's codes make a few hundred bytes, cookies of other local pages some thousand.
const HEAD: usize = 32 << 10;

/// The stream and the target of a GET request; none if it is something else.
async fn read(mut stream: TcpStream) -> Option<(TcpStream, String)> {
    let mut head = Vec::new();
    let mut some = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut some).await.ok().filter(|count| *count > 0)?;
        head.extend_from_slice(&some[..count]);
        if head.len() > HEAD {
            return None;
        }
    }
    let head = String::from_utf8(head).ok()?;
    let target = head.strip_prefix("GET ")?.split(' ').next()?.to_owned();
    Some((stream, target))
}

/// Answers a request; some outcome ends the wait.
async fn handle(
    mut stream: TcpStream,
    target: &str,
    loopback: &Loopback,
    login: &Login,
) -> Option<Result<Secret, String>> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let answer = (path == loopback.path).then(|| login.answer(query));
    let page = match &answer {
        None => Page {
            status: "404 Not Found",
            title: "There is nothing here",
            text: "Salesforce sends you elsewhere when you have logged in.",
            is_good: false,
        },
        Some(Answer::Foreign) => Page {
            status: "400 Bad Request",
            title: "This login was not begun here",
            text: "Use the address that the terminal shows now; an older one is not valid any more.",
            is_good: false,
        },
        Some(Answer::Refused(words)) => Page {
            status: "200 OK",
            title: "Salesforce did not let Terraform in",
            text: words,
            is_good: false,
        },
        Some(Answer::Code(_)) => Page {
            status: "200 OK",
            title: "Logged in to Salesforce",
            text: "Go on in the terminal. You can close this window.",
            is_good: true,
        },
    };
    // A browser that is gone already has brought its answer all the same.
    let _ = stream.write_all(page.answer().as_bytes()).await;
    let _ = stream.shutdown().await;
    match answer {
        None | Some(Answer::Foreign) => None,
        Some(Answer::Refused(words)) => Some(Err(words)),
        Some(Answer::Code(code)) => Some(Ok(code)),
    }
}

/// Reads the address that a browser was sent to, as somebody copied it.
///
/// # Errors
/// Sentences for the person.
pub(crate) fn of_pasted(address: &str, login: &Login) -> Result<Secret, String> {
    let address = address.trim();
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    match login.answer(query) {
        Answer::Code(code) => Ok(code),
        Answer::Refused(words) => Err(words),
        Answer::Foreign => Err("This is not the address that the browser was sent back to, or it \
                                belongs to an earlier login: it must have `code=` and the `state=` \
                                of the address shown above."
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_can_be_listened_on() {
        let at = |port, path: &str| Some(Loopback { port, path: path.to_owned() });
        for (uri, loopback) in [
            ("http://127.0.0.1:8484/callback", at(8484, "/callback")),
            ("http://localhost:1717/OauthRedirect", at(1717, "/OauthRedirect")),
            ("http://localhost:1717", at(1717, "/")),
            ("http://127.0.0.1/callback", None),
            ("https://127.0.0.1:1/callback", None),
            ("http://127.0.0.1.example:1/callback", None),
            ("https://us-east-1.console.aws.amazon.com/appflow/oauth", None),
        ] {
            assert_eq!(Loopback::of(uri), loopback, "{uri}");
        }
    }

    async fn ask(port: u16, target: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
        let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("it takes the request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("it answers");
        answer
    }

    async fn listening() -> (TcpListener, Loopback) {
        let free = Loopback { port: 0, path: "/callback".into() };
        let listener = free.listen().await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        (listener, Loopback { port, ..free })
    }

    #[tokio::test]
    async fn what_was_not_asked_for_does_not_end_the_wait() {
        let (listener, loopback) = listening().await;
        let login = Login::begin("http://127.0.0.1/callback");
        let state = login.state.clone();
        let browser = async {
            // One that connects and says nothing.
            let idle = TcpStream::connect(("127.0.0.1", loopback.port)).await;
            let favicon = ask(loopback.port, "/favicon.ico").await;
            let forged = ask(loopback.port, "/callback?code=evil&state=guessed").await;
            let own = ask(loopback.port, &format!("/callback?code=mine&state={state}")).await;
            drop(idle);
            [favicon, forged, own].map(|answer| answer[9..12].to_owned())
        };
        let (code, answers) =
            tokio::join!(wait(listener, &loopback, &login, Duration::from_mins(1)), browser);
        assert_eq!(code.map(|code| code.expose().to_owned()), Ok("mine".to_owned()));
        assert_eq!(answers, ["404", "400", "200"]);
    }

    #[tokio::test]
    async fn a_refusal_is_told_on_both_ends() {
        let (listener, loopback) = listening().await;
        let login = Login::begin("http://127.0.0.1/callback");
        let target = format!("/callback?error=access_denied&state={}", login.state);
        let (outcome, page) = tokio::join!(
            wait(listener, &loopback, &login, Duration::from_mins(1)),
            ask(loopback.port, &target)
        );
        assert!(outcome.expect_err("refused").contains("(access_denied)"));
        assert!(page.contains("Salesforce did not let Terraform in"), "{page}");
    }

    #[tokio::test]
    async fn nobody_is_waited_for_forever() {
        let (listener, loopback) = listening().await;
        let login = Login::begin("http://127.0.0.1/callback");
        let error = wait(listener, &loopback, &login, Duration::from_millis(1)).await;
        let error = error.expect_err("nobody came");
        assert!(error.starts_with("Nobody came back from Salesforce within 0 seconds."), "{error}");
    }

    #[test]
    fn an_address_can_be_pasted() {
        let login = Login::begin("https://console.example/oauth");
        let address = format!(" https://console.example/oauth?code=c%3D&state={}#x\n", login.state);
        let code = of_pasted(&address, &login).map(|code| code.expose().to_owned());
        assert_eq!(code, Ok("c=".to_owned()));
        assert!(of_pasted("https://console.example/oauth?code=c&state=old", &login).is_err());
    }
}
