//! Whether there still is a host.
//!
//! A host that is killed, or panics, stops nobody: its plugins would stay for ever. Its death
//! shows in its connection, which it holds open from start to end (go-plugin keeps two streams on
//! it). The number of the parent process would not do, as a host may run us through a wrapper.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// How many connections there are, and whether anyone ever said a word.
#[derive(Clone, Debug, Default)]
pub(super) struct Presence(watch::Sender<Room>);

#[derive(Clone, Copy, Debug, Default)]
struct Room {
    guests: usize,
    spoken: bool,
}

impl Presence {
    /// Counts a connection until what is returned is dropped.
    pub(super) fn arrive(&self) -> Guest {
        self.0.send_modify(|room| room.guests += 1);
        Guest { presence: self.clone(), spoken: false }
    }

    /// Ready when a connection that was let in has brought its first bytes.
    pub(super) async fn host_spoke(&self) {
        self.until(|room| room.spoken).await;
    }

    /// Ready when no host is coming, or none is coming back.
    pub(super) async fn abandoned(&self) {
        if timeout(FIRST_WORD, self.host_spoke()).await.is_err() {
            tracing::warn!("no host has connected within {FIRST_WORD:?}");
            return;
        }
        loop {
            self.until(|room| room.guests == 0).await;
            if timeout(RETURN, self.until(|room| room.guests > 0)).await.is_err() {
                tracing::warn!("the host has been gone for {RETURN:?}");
                return;
            }
        }
    }

    async fn until(&self, reached: impl Fn(&Room) -> bool) {
        let changed = self.0.subscribe().wait_for(|room| reached(room)).await.map(drop);
        changed.expect("the sender is in self");
    }
}

/// One connection's part in the count.
#[derive(Debug)]
pub(super) struct Guest {
    presence: Presence,
    spoken: bool,
}

impl Guest {
    /// To be called when bytes arrive, as often as they do.
    pub(super) fn spoke(&mut self) {
        if !self.spoken {
            self.spoken = true;
            self.presence.0.send_modify(|room| room.spoken = true);
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.presence.0.send_modify(|room| room.guests -= 1);
    }
}

/// A host waits a minute for the handshake line and connects right after it. Twice that.
const FIRST_WORD: Duration = Duration::from_mins(2);

/// Hosts do not reconnect. This is for one that was stopped in a debugger, or changes its mind.
const RETURN: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn host_that_never_comes_is_given_up() {
        let start = Instant::now();
        Presence::default().abandoned().await;
        assert_eq!(start.elapsed().as_secs(), 120);
    }

    #[tokio::test(start_paused = true)]
    async fn probe_without_a_word_is_no_host() {
        let presence = Presence::default();
        drop(presence.arrive());
        let start = Instant::now();
        presence.abandoned().await;
        assert_eq!(start.elapsed().as_secs(), 120);
    }

    #[tokio::test(start_paused = true)]
    async fn host_that_left_is_given_up_soon() {
        let presence = Presence::default();
        let mut guest = presence.arrive();
        guest.spoke();
        drop(guest);
        let start = Instant::now();
        presence.abandoned().await;
        assert_eq!(start.elapsed().as_secs(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn host_that_stays_is_not_given_up() {
        let presence = Presence::default();
        let mut guest = presence.arrive();
        guest.spoke();
        let day = Duration::from_hours(24);
        assert!(timeout(day, presence.abandoned()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn host_may_come_back_in_time() {
        let presence = Presence::default();
        presence.arrive().spoke();
        let returning = async {
            sleep(Duration::from_secs(4)).await;
            presence.arrive()
        };
        let day = Duration::from_hours(24);
        let (_guest, abandoned) = tokio::join!(returning, timeout(day, presence.abandoned()));
        assert!(abandoned.is_err());
    }
}
