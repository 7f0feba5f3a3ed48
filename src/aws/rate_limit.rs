//! Asking no faster than AWS answers.
//!
//! Connect allows two requests a second and bursts of five per API, account and region (service
//! quotas page, "API throttling"). A refresh of fifty rules would spend its time in throttled
//! retries; waiting for our turn is faster and leaves room for others. Other processes share the
//! same budget, so the SDK's back-off stays behind this.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::operation::Operation;
use super::settings;

/// The budgets of one account: a bucket per region and operation.
#[derive(Debug)]
pub(super) struct RateLimits {
    rates: settings::RateLimits,
    buckets: Mutex<HashMap<(String, Operation), Bucket>>,
}

impl RateLimits {
    /// Takes the practitioner's rates, and AWS's for Connect.
    pub(super) fn new(rates: Option<settings::RateLimits>) -> Self {
        Self { rates: rates.unwrap_or_default(), buckets: Mutex::default() }
    }

    /// Waits until the operation may be sent. Where there is no limit, no timer is touched.
    ///
    /// A turn that was waited for in vain (the future is dropped) is lost.
    pub(super) async fn admit(&self, region: &str, operation: Operation) {
        let Some(rate) = self.rate(operation) else { return };
        let now = Instant::now();
        let turn = self.turn(region, operation, rate, now);
        if turn > now {
            tracing::debug!(operation = operation.0, wait = ?(turn - now), "waiting for our turn");
            tokio::time::sleep_until(turn).await;
        }
    }

    fn turn(&self, region: &str, operation: Operation, rate: Rate, now: Instant) -> Instant {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry((region.to_owned(), operation));
        bucket.or_insert(Bucket { full_at: now }).take(now, rate)
    }

    fn rate(&self, operation: Operation) -> Option<Rate> {
        let set = match operation.service() {
            "appflow" => self.rates.appflow,
            "app-integrations" => self.rates.appintegrations,
            "events" => self.rates.events,
            "connect" => self.rates.connect.or(Some(CONNECT_RATE)),
            _ => None,
        };
        // Zero or less would never end; the schema refuses it, a test may not.
        set.filter(|rate| rate.is_finite() && *rate >= SLOWEST_RATE).map(Rate::of)
    }
}

/// A steady rate and how far a burst may run ahead of it.
#[derive(Clone, Copy, Debug)]
struct Rate {
    every: Duration,
    ahead: Duration,
}

impl Rate {
    fn of(per_second: f64) -> Self {
        let every = Duration::from_secs_f64(1.0 / per_second);
        let burst = (per_second * BURST_SECONDS).ceil().max(1.0);
        Self { every, ahead: every.mul_f64((burst - 1.0 - SPARE).max(0.0)) }
    }
}

/// A token bucket, kept as the moment at which it will be full again.
#[derive(Debug)]
struct Bucket {
    full_at: Instant,
}

impl Bucket {
    /// Takes a token and says when it may be used.
    fn take(&mut self, now: Instant, rate: Rate) -> Instant {
        let full_at = self.full_at.max(now);
        self.full_at = full_at + rate.every;
        full_at.checked_sub(rate.ahead).map_or(now, |turn| turn.max(now))
    }
}

/// Connect's documented requests a second for every API without an entry of its own.
const CONNECT_RATE: f64 = 2.0;

/// Connect's documented burst is 5 at 2 a second; other rates keep the proportion.
const BURST_SECONDS: f64 = 2.5;

/// Requests that leave evenly do not arrive so: one that is kept back in a burst lets the others
/// come up to its distance early without being refused.
const SPARE: f64 = 1.0;

/// Slower than one request in a quarter of an hour is a typing mistake.
const SLOWEST_RATE: f64 = 0.001;

#[cfg(test)]
mod tests {
    use super::*;

    const LIST_RULES: Operation = Operation("connect:ListRules");

    /// How long the last of so many simultaneous requests waits.
    fn wait_of_last(
        limits: &RateLimits,
        count: usize,
        region: &str,
        operation: Operation,
        now: Instant,
    ) -> Duration {
        let Some(rate) = limits.rate(operation) else { return Duration::ZERO };
        let turns = (0..count).map(|_| limits.turn(region, operation, rate, now));
        turns.last().map_or(Duration::ZERO, |turn| turn - now)
    }

    #[test]
    fn connect_takes_four_at_once_then_two_a_second_and_one_is_spare() {
        let limits = RateLimits::new(None);
        let now = Instant::now();
        assert_eq!(wait_of_last(&limits, 4, "us-east-1", LIST_RULES, now), Duration::ZERO);
        let next_four = wait_of_last(&limits, 4, "us-east-1", LIST_RULES, now);
        assert_eq!(next_four, Duration::from_secs(2));
    }

    #[test]
    fn every_region_and_operation_has_its_own_bucket() {
        let limits = RateLimits::new(None);
        let now = Instant::now();
        wait_of_last(&limits, 9, "us-east-1", LIST_RULES, now);
        let describe = Operation("connect:DescribeRule");
        assert_eq!(wait_of_last(&limits, 4, "eu-west-1", LIST_RULES, now), Duration::ZERO);
        assert_eq!(wait_of_last(&limits, 4, "us-east-1", describe, now), Duration::ZERO);
    }

    #[test]
    fn other_services_are_only_limited_when_asked_to() {
        let list_flows = Operation("appflow:ListFlows");
        let now = Instant::now();
        let unlimited = RateLimits::new(None);
        assert_eq!(wait_of_last(&unlimited, 100, "us-east-1", list_flows, now), Duration::ZERO);
        let rates = settings::RateLimits { appflow: Some(1.0), ..Default::default() };
        let limited = RateLimits::new(Some(rates));
        let waits = wait_of_last(&limited, 5, "us-east-1", list_flows, now);
        assert_eq!(waits, Duration::from_secs(3));
    }

    #[test]
    fn an_idle_bucket_fills_up_again() {
        let limits = RateLimits::new(None);
        let now = Instant::now();
        wait_of_last(&limits, 8, "us-east-1", LIST_RULES, now);
        let later = now + Duration::from_secs(10);
        assert_eq!(wait_of_last(&limits, 4, "us-east-1", LIST_RULES, later), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_turn_is_waited_for() {
        let rates = settings::RateLimits { connect: Some(20.0), ..Default::default() };
        let limits = RateLimits::new(Some(rates));
        let start = Instant::now();
        for _ in 0..52 {
            limits.admit("us-east-1", LIST_RULES).await;
        }
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(90), "{took:?}");
    }

    #[test]
    fn rates_that_would_never_end_are_no_limit() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let rates = settings::RateLimits { connect: Some(rate), ..Default::default() };
            assert!(RateLimits::new(Some(rates)).rate(LIST_RULES).is_none(), "{rate}");
        }
    }
}
