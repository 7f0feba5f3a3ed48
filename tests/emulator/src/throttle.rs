//! Token buckets, one for each operation in each account and region.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::switches::Switches;
use crate::wire::refusal::Refusal;
use crate::world::Place;

#[derive(Clone, Debug, Default)]
pub(crate) struct Throttle(BTreeMap<(Place, String, String), Bucket>);

#[derive(Clone, Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Throttle {
    /// Takes a token for this call, by real time: a frozen clock must not stop traffic.
    pub(crate) fn admit(
        &mut self,
        switches: &Switches,
        place: &Place,
        service: &str,
        operation: &str,
    ) -> Result<(), Refusal> {
        let (rate, burst) = match service {
            "connect" => (switches.connect_rate, switches.connect_burst),
            "appflow" => (switches.appflow_rate, switches.appflow_burst),
            "events" => (switches.events_rate, switches.events_burst),
            "app-integrations" => (switches.app_integrations_rate, switches.app_integrations_burst),
            _ => (0.0, 0.0),
        };
        if !switches.throttling || rate <= 0.0 {
            return Ok(());
        }
        let now = Instant::now();
        let bucket = self
            .0
            .entry((place.clone(), service.into(), operation.into()))
            .or_insert(Bucket { tokens: burst, filled: now });
        let elapsed = now.duration_since(bucket.filled).as_secs_f64();
        bucket.tokens = (bucket.tokens + elapsed * rate).min(burst);
        bucket.filled = now;
        if bucket.tokens < 1.0 {
            return Err(Refusal::new("ThrottlingException", "Rate exceeded"));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connect_refuses_the_sixth_call_of_a_burst() {
        let place = Place { account: "1".into(), region: "r".into() };
        let switches = Switches { throttling: true, ..Switches::default() };
        let mut throttle = Throttle::default();
        let mut call = || throttle.admit(&switches, &place, "connect", "ListRules").is_ok();
        assert_eq!([(); 6].map(|()| call()), [true, true, true, true, true, false]);
    }
}
