//! Ctrl-C belongs to the host; SIGTERM is for us.
//!
//! A terminal sends SIGINT to everything that runs in it. Terraform then asks its providers to
//! stop, calls that are in flight are finished and their results stored: dying right away would
//! lose what was just created. So SIGINT is caught from the start, and heeded in debug mode only.

use super::start_error::StartError;

#[cfg(unix)]
pub(super) use unix::Signals;
#[cfg(not(unix))]
pub(super) use windows::Signals;

#[cfg(unix)]
mod unix {
    use tokio::signal::unix::{SignalKind, signal};
    use tokio::sync::watch;

    use super::StartError;

    /// Signals are caught from its making until the end of the process.
    #[derive(Debug)]
    pub(in super::super) struct Signals {
        interrupts: watch::Receiver<u32>,
        terminations: watch::Receiver<u32>,
    }

    impl Signals {
        pub(in super::super) fn install() -> Result<Self, StartError> {
            Ok(Signals {
                interrupts: count(SignalKind::interrupt())?,
                terminations: count(SignalKind::terminate())?,
            })
        }

        /// Ready once SIGINT has come.
        pub(in super::super) async fn interrupted(&self) {
            came(&self.interrupts).await;
        }

        /// Ready once SIGTERM has come.
        pub(in super::super) async fn terminated(&self) {
            came(&self.terminations).await;
        }
    }

    fn count(kind: SignalKind) -> Result<watch::Receiver<u32>, StartError> {
        let mut signals = signal(kind).map_err(StartError::Signals)?;
        let (sender, receiver) = watch::channel(0);
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                tracing::debug!(signal = kind.as_raw_value(), "caught a signal");
                sender.send_modify(|count| *count += 1);
            }
        });
        Ok(receiver)
    }

    async fn came(signals: &watch::Receiver<u32>) {
        if signals.clone().wait_for(|count| *count > 0).await.is_err() {
            // The runtime is ending, and we with it.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
mod windows {
    use super::StartError;

    /// Ctrl-C is caught from its making until the end of the process.
    #[derive(Debug)]
    pub(in super::super) struct Signals;

    impl Signals {
        pub(in super::super) fn install() -> Result<Self, StartError> {
            tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
            Ok(Signals)
        }

        /// Ready once Ctrl-C was pressed.
        pub(in super::super) async fn interrupted(&self) {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }

        /// Never ready: there is no SIGTERM.
        pub(in super::super) async fn terminated(&self) {
            std::future::pending::<()>().await;
        }
    }
}
