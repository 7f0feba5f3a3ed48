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
        self.abandoned_within(FIRST_WORD, RETURN).await;
    }

    async fn abandoned_within(&self, first_word: Duration, come_back: Duration) {
        if timeout(first_word, self.host_spoke()).await.is_err() {
            tracing::warn!("no host has connected within {first_word:?}");
            return;
        }
        loop {
            self.until(|room| room.guests == 0).await;
            if timeout(come_back, self.until(|room| room.guests > 0)).await.is_err() {
                tracing::warn!("the host has been gone for {come_back:?}");
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
    use tokio::time::sleep;

    use super::*;

    const NEVER: Duration = Duration::from_mins(1);
    const SOON: Duration = Duration::from_millis(20);

    /// Whether the host is given up within ten times the limit that is not `NEVER`.
    async fn is_given_up(presence: &Presence, first_word: Duration, come_back: Duration) -> bool {
        timeout(SOON * 10, presence.abandoned_within(first_word, come_back)).await.is_ok()
    }

    #[tokio::test]
    async fn host_that_never_comes_is_given_up() {
        assert!(is_given_up(&Presence::default(), SOON, NEVER).await);
    }

    #[tokio::test]
    async fn probe_without_a_word_is_no_host() {
        let presence = Presence::default();
        drop(presence.arrive());
        assert!(is_given_up(&presence, SOON, NEVER).await);
        assert!(!is_given_up(&presence, NEVER, SOON).await);
    }

    #[tokio::test]
    async fn host_that_left_is_given_up_soon() {
        let presence = Presence::default();
        presence.arrive().spoke();
        assert!(is_given_up(&presence, NEVER, SOON).await);
    }

    #[tokio::test]
    async fn host_that_stays_is_not_given_up() {
        let presence = Presence::default();
        let mut guest = presence.arrive();
        guest.spoke();
        assert!(!is_given_up(&presence, SOON, SOON).await);
    }

    #[tokio::test]
    async fn host_may_come_back_in_time() {
        let presence = Presence::default();
        presence.arrive().spoke();
        let returning = async {
            sleep(SOON).await;
            presence.arrive()
        };
        let (_guest, given_up) = tokio::join!(returning, is_given_up(&presence, NEVER, SOON * 5));
        assert!(!given_up);
    }
}
