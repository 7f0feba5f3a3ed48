//! Everything that exists: one value, so that a snapshot is a clone.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::appflow::connector_profiles::Profile;
use crate::appflow::flows::Flow;
use crate::appintegrations::event_integrations::EventIntegration;
use crate::connect::instances::Instance;
use crate::delivery::Task;
use crate::deny::Deny;
use crate::events::buses::Bus;
use crate::events::sources::Source;
use crate::faults::Faults;
use crate::idempotency::Remembered;
use crate::journal::Journal;
use crate::salesforce::Org;
use crate::secrets;
use crate::sts::{Identities, Identity};
use crate::switches::Switches;
use crate::throttle::Throttle;

#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) switches: Switches,
    pub(crate) places: BTreeMap<Place, Region>,
    /// Salesforce orgs by host; they belong to no AWS account.
    pub(crate) orgs: BTreeMap<String, Org>,
    pub(crate) identities: Identities,
    pub(crate) faults: Faults,
    pub(crate) deny: Deny,
    pub(crate) throttle: Throttle,
    pub(crate) journal: Journal,
    pub(crate) tasks: Vec<Task>,
    pub(crate) tokens: BTreeMap<String, Remembered>,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
}

/// Objects are apart by account and region, both from the signature's credential scope.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Place {
    pub(crate) account: String,
    pub(crate) region: String,
}

impl Place {
    /// `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }

    /// What follows `arn:aws:SERVICE:REGION:ACCOUNT:` if the ARN belongs here.
    pub(crate) fn resource<'a>(&self, service: &str, arn: &'a str) -> Option<&'a str> {
        arn.strip_prefix(&self.arn(service, ""))
    }
}

/// One region of one account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Region {
    pub(crate) profiles: BTreeMap<String, Profile>,
    pub(crate) flows: BTreeMap<String, Flow>,
    pub(crate) sources: BTreeMap<String, Source>,
    pub(crate) buses: BTreeMap<String, Bus>,
    /// Buses that were just deleted but still block their name, with the creates they refuse.
    pub(crate) lingering_buses: BTreeMap<String, u32>,
    pub(crate) event_integrations: BTreeMap<String, EventIntegration>,
    pub(crate) instances: BTreeMap<String, Instance>,
    /// Error buckets by name; false when the bucket's policy does not let AppFlow write.
    pub(crate) buckets: BTreeMap<String, bool>,
}

/// An operation in progress: who calls, where, on what.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) place: Place,
    pub(crate) caller: Identity,
}

impl Call<'_> {
    pub(crate) fn region(&mut self) -> &mut Region {
        self.world.places.entry(self.place.clone()).or_default()
    }

    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        self.place.arn(service, resource)
    }
}

/// Wall-clock time that can be moved forward, or frozen for reproducible runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    /// Seconds since the epoch at which time stands still.
    pub(crate) frozen_at: Option<f64>,
    pub(crate) advanced: f64,
}

impl Clock {
    /// Seconds since the epoch, in milliseconds' precision as AWS writes them.
    pub(crate) fn now(&self) -> f64 {
        let base = self.frozen_at.unwrap_or_else(|| {
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
        });
        ((base + self.advanced) * 1000.0).round() / 1000.0
    }
}

/// Ids that look like UUIDs and repeat exactly after a reset with the same seed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    pub(crate) seed: String,
    made: u64,
}

impl Ids {
    pub(crate) fn seeded(seed: &str) -> Self {
        Self { seed: seed.into(), made: 0 }
    }

    pub(crate) fn uuid(&mut self) -> String {
        self.made += 1;
        uuid_of(&format!("{}#{}", self.seed, self.made))
    }
}

/// The UUID-shaped digest of a text.
pub(crate) fn uuid_of(text: &str) -> String {
    let hex = secrets::digest(text);
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

impl World {
    pub(crate) fn now(&self) -> f64 {
        self.clock.now()
    }

    /// Lets time do its work: partner event sources that waited too long expire.
    pub(crate) fn settle(&mut self) {
        let now = self.now();
        for region in self.places.values_mut() {
            crate::events::sources::expire(region, now);
        }
    }

    /// The place, made when it is new: a region exists before anything is in it.
    pub(crate) fn region(&mut self, place: &Place) -> &mut Region {
        self.places.entry(place.clone()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_repeat_with_the_seed() {
        let mut first = Ids::seeded("a");
        let mut again = Ids::seeded("a");
        let made = first.uuid();
        assert_eq!(made, again.uuid());
        assert_ne!(made, first.uuid());
        assert_eq!(made.len(), 36);
    }

    #[test]
    fn a_frozen_clock_only_moves_when_told() {
        let clock = Clock { frozen_at: Some(1000.0), advanced: 5.5 };
        assert!((clock.now() - 1005.5).abs() < f64::EPSILON);
    }
}
