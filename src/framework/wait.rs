//! Waiting for something outside to settle.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use super::context::Cx;
use super::error::{Error, Kind, Result};

/// How one thing is waited for; a constant beside the code that waits.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    /// What is awaited: "the event source to become active".
    pub what: &'static str,
    /// The pause between two looks.
    pub every: Duration,
    /// The longest wait; the call's deadline can be earlier.
    pub at_most: Duration,
}

/// What a look told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress<T> {
    /// Not yet, with what there is instead: `PENDING`.
    Waiting(String),
    /// Settled.
    Done(T),
    /// It will never settle.
    Failed(Error),
}

impl Wait {
    /// Looks with `probe` until `judge` says it is done or hopeless.
    ///
    /// # Errors
    /// The probe's own errors, [`Kind::Timeout`] with the last status seen, and
    /// [`Kind::Stopped`] as soon as Terraform asks to stop.
    pub async fn until<D, T, S, F>(
        &self,
        cx: &Cx<D>,
        mut probe: impl FnMut() -> F,
        mut judge: impl FnMut(S) -> Progress<T>,
    ) -> Result<T>
    where
        F: Future<Output = Result<S>>,
    {
        let start = Instant::now();
        let end = cx.deadline().min(start + self.at_most);
        loop {
            let status = match judge(probe().await?) {
                Progress::Done(settled) => return Ok(settled),
                Progress::Failed(error) => return Err(error),
                Progress::Waiting(status) => status,
            };
            if Instant::now() + self.every > end {
                let waited = start.elapsed().as_secs();
                let error = Error::new(
                    Kind::Timeout,
                    format!("still {status} after {waited}s waiting for {}", self.what),
                );
                // A longer limit helps only where it was the limit that ended the wait.
                return Err(match end < start + self.at_most {
                    true => error.remedy(RAISE_THE_LIMIT),
                    false => error,
                });
            }
            tokio::select! {
                () = cx.stop().cancelled() => {
                    return Err(Error::new(
                        Kind::Stopped,
                        format!("interrupted while waiting for {}; it was {status}", self.what),
                    ));
                }
                () = tokio::time::sleep(self.every) => {}
            }
        }
    }
}

const RAISE_THE_LIMIT: &str =
    "Raise the limit of this operation in the `timeouts` block of the resource, or apply again.";

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::framework::private::Private;

    const SETTLE: Wait = Wait {
        what: "the archive to settle",
        every: Duration::from_millis(1),
        at_most: Duration::from_millis(20),
    };

    fn context() -> Cx<()> {
        Cx::new(Ok(std::sync::Arc::new(())), CancellationToken::new(), Private::default())
    }

    fn judge(looks: u32) -> Progress<u32> {
        if looks < 3 { Progress::Waiting("absent".into()) } else { Progress::Done(looks) }
    }

    #[tokio::test]
    async fn it_looks_until_it_is_done() {
        let looks = Cell::new(0);
        let probe = || {
            looks.set(looks.get() + 1);
            std::future::ready(Ok(looks.get()))
        };
        let patient = Wait { at_most: Duration::from_hours(1), ..SETTLE };
        assert_eq!(patient.until(&context(), probe, judge).await, Ok(3));
    }

    #[tokio::test]
    async fn it_gives_up_at_its_limit_and_says_what_it_saw() {
        let probe = || std::future::ready(Ok(0));
        let error = SETTLE.until(&context(), probe, judge).await.expect_err("never settles");
        assert_eq!(error.message, "still absent after 0s waiting for the archive to settle");
    }

    #[tokio::test]
    async fn the_calls_deadline_is_a_limit_too() {
        let cx = context().with_deadline(Duration::ZERO);
        let looks = Cell::new(0);
        let probe = || {
            looks.set(looks.get() + 1);
            std::future::ready(Ok(0))
        };
        let error = SETTLE.until(&cx, probe, judge).await.expect_err("never settles");
        assert_eq!((error.kind, looks.get()), (Kind::Timeout, 1));
    }

    #[tokio::test]
    async fn terraforms_stop_ends_it() {
        let cx = context();
        cx.stop().cancel();
        let probe = || std::future::ready(Ok(0));
        let error = SETTLE.until(&cx, probe, judge).await.expect_err("stopped");
        assert_eq!(error.kind, Kind::Stopped);
    }
}
