//! One list for many refreshes.
//!
//! A refresh reads dozens of objects within seconds, and Connect answers two requests a second. So
//! the first one lists everything, the others wait for it and look into the same list. It is
//! dropped after a moment ([`FOR_A_REFRESH`]), and by every write of ours ([`Sweep::forget`]); what is
//! not in it is asked for afresh by the caller, so that it never hides anything new.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::framework::error::Result;

/// Lists by what they are of: an instance, or the region.
#[derive(Debug)]
pub(super) struct Sweep<T> {
    kept_for: Duration,
    slots: Mutex<HashMap<String, Slot<T>>>,
}

type Slot<T> = Arc<tokio::sync::Mutex<Option<Swept<T>>>>;

#[derive(Debug)]
struct Swept<T> {
    at: Instant,
    all: Arc<Vec<T>>,
}

impl<T> Sweep<T> {
    /// Nothing listed yet; what will be is good for so long.
    pub(super) fn new(kept_for: Duration) -> Self {
        Self { kept_for, slots: Mutex::default() }
    }

    /// The list, from a moment ago or made now. Callers that come meanwhile wait and share it; a
    /// failure or a dropped future leaves the work to the next one.
    pub(super) async fn all(
        &self,
        of: &str,
        list: impl Future<Output = Result<Vec<T>>>,
    ) -> Result<Arc<Vec<T>>> {
        let slot = Arc::clone(self.slots().entry(of.to_owned()).or_default());
        let mut swept = slot.lock().await;
        if let Some(kept) = swept.as_ref().filter(|swept| swept.at.elapsed() < self.kept_for) {
            return Ok(Arc::clone(&kept.all));
        }
        let at = Instant::now();
        let all = Arc::new(list.await?);
        *swept = Some(Swept { at, all: Arc::clone(&all) });
        Ok(all)
    }

    /// The list, if somebody has made it already.
    pub(super) async fn made(&self, of: &str) -> Option<Arc<Vec<T>>> {
        let slot = Arc::clone(self.slots().get(of)?);
        let swept = slot.lock().await;
        let kept = swept.as_ref().filter(|swept| swept.at.elapsed() < self.kept_for);
        kept.map(|kept| Arc::clone(&kept.all))
    }

    /// Drops the list because we change something in it. One that is being made meanwhile is not
    /// kept either.
    pub(super) fn forget(&self, of: &str) {
        self.slots().remove(of);
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, HashMap<String, Slot<T>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Long enough for one refresh, short enough that the next plan looks for itself.
pub(super) const FOR_A_REFRESH: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::framework::error::{Error, Kind};

    #[derive(Default)]
    struct Source(AtomicUsize);

    impl Source {
        async fn list(&self) -> Result<Vec<usize>> {
            let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::task::yield_now().await;
            Ok(vec![count])
        }
    }

    #[tokio::test]
    async fn everybody_shares_one_list() {
        let (sweep, source) = (Sweep::new(FOR_A_REFRESH), Source::default());
        let (a, b) = tokio::join!(sweep.all("i", source.list()), sweep.all("i", source.list()));
        assert_eq!((a, b), (Ok(Arc::new(vec![1])), Ok(Arc::new(vec![1]))));
        assert_eq!(sweep.all("other", source.list()).await, Ok(Arc::new(vec![2])));
    }

    #[tokio::test]
    async fn a_write_of_ours_drops_the_list_even_while_it_is_made() {
        let (sweep, source) = (Sweep::new(FOR_A_REFRESH), Source::default());
        sweep.all("i", source.list()).await.expect("a list");
        sweep.forget("i");
        assert_eq!(sweep.all("i", source.list()).await, Ok(Arc::new(vec![2])));
        sweep.forget("i");
        let listing = sweep.all("i", async {
            sweep.forget("i");
            source.list().await
        });
        assert_eq!(listing.await, Ok(Arc::new(vec![3])));
        assert_eq!(sweep.all("i", source.list()).await, Ok(Arc::new(vec![4])));
    }

    #[tokio::test]
    async fn looking_for_a_list_does_not_make_one() {
        let (sweep, source) = (Sweep::new(FOR_A_REFRESH), Source::default());
        assert_eq!(sweep.made("i").await, None);
        sweep.all("i", source.list()).await.expect("a list");
        assert_eq!(sweep.made("i").await, Some(Arc::new(vec![1])));
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let (sweep, source) = (Sweep::new(FOR_A_REFRESH), Source::default());
        let failing = async { Err(Error::new(Kind::Unavailable, "down")) };
        sweep.all("i", failing).await.expect_err("down");
        assert_eq!(sweep.all("i", source.list()).await, Ok(Arc::new(vec![1])));
    }
}
