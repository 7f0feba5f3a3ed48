//! The settings of the partner event bus.

use serde::{Deserialize, Serialize};

use super::super::tags::Tags;
use crate::aws::event_bus::{EventBus, EventBusInput, LogConfig};

/// The `event_bus` argument.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BusSettings {
    pub(super) adopt: Option<bool>,
    description: Option<String>,
    kms_key_identifier: Option<String>,
    dead_letter_arn: Option<String>,
    log_config: Option<LogSettings>,
}

/// What a bus logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct LogSettings {
    level: Option<String>,
    include_detail: Option<String>,
}

/// AWS's word for no logging, and for no detail in logs.
const OFF: &str = "OFF";
const NO_DETAIL: &str = "NONE";

/// Whether an existing bus of the source is to be taken over.
pub(super) fn adopts(settings: Option<&BusSettings>) -> bool {
    settings.and_then(|settings| settings.adopt) == Some(true)
}

/// What a state shows of a bus: nothing where nothing is set, in AWS or in the state.
pub(super) fn shown(bus: &EventBus, before: Option<&BusSettings>) -> Option<BusSettings> {
    let log = bus.log_config.as_ref().map(|log| LogSettings {
        level: log.level.clone(),
        include_detail: log.include_detail.clone(),
    });
    let log_before = before.and_then(|before| before.log_config.as_ref());
    let is_quiet = log.as_ref().is_none_or(|log| {
        log.level.as_deref().is_none_or(|level| level == OFF)
            && log.include_detail.as_deref().is_none_or(|detail| detail == NO_DETAIL)
    });
    let shown = BusSettings {
        adopt: before.and_then(|before| before.adopt),
        description: bus.description.clone(),
        kms_key_identifier: bus.kms_key_identifier.clone(),
        dead_letter_arn: bus.dead_letter_arn.clone(),
        log_config: match (log, log_before) {
            (_, None) if is_quiet => None,
            (None, before) => {
                before.map(|_| LogSettings { level: Some(OFF.into()), include_detail: None })
            }
            // A default that the state leaves out stays out.
            (Some(log), before) => Some(LogSettings {
                include_detail: log.include_detail.filter(|detail| {
                    detail != NO_DETAIL
                        || before.is_some_and(|before| before.include_detail.is_some())
                }),
                level: log.level,
            }),
        },
    };
    (before.is_some() || shown != BusSettings::default()).then_some(shown)
}

/// The bus that the settings ask for.
pub(super) fn wanted(name: &str, settings: Option<&BusSettings>, tags: &Tags) -> EventBusInput {
    let settings = settings.cloned().unwrap_or_default();
    EventBusInput {
        name: name.to_owned(),
        description: settings.description,
        kms_key_identifier: settings.kms_key_identifier,
        dead_letter_arn: settings.dead_letter_arn,
        log_config: settings
            .log_config
            .map(|log| LogConfig { level: log.level, include_detail: log.include_detail }),
        tags: tags.clone(),
    }
}

/// Whether a bus has other settings than it should; its name and tags do not count.
pub(super) fn differs(bus: &EventBus, settings: Option<&BusSettings>) -> bool {
    let adopt = settings.and_then(|settings| settings.adopt);
    let before = settings.cloned().unwrap_or_default();
    let wanted = BusSettings { adopt, ..before.clone() };
    shown(bus, Some(&before)).is_none_or(|now| now != wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bus(level: Option<&str>) -> EventBus {
        EventBus {
            name: "b".into(),
            arn: "arn".into(),
            description: None,
            kms_key_identifier: None,
            dead_letter_arn: None,
            log_config: level.map(|level| LogConfig {
                level: Some(level.into()),
                include_detail: Some(NO_DETAIL.into()),
            }),
            policy: None,
            created_at: None,
            last_modified_at: None,
        }
    }

    #[test]
    fn a_plain_bus_needs_no_settings() {
        assert_eq!(shown(&bus(None), None), None);
        assert_eq!(shown(&bus(Some(OFF)), None), None);
        assert!(!differs(&bus(Some(OFF)), None));
    }

    #[test]
    fn logging_shows_as_far_as_it_was_spelled() {
        let log = LogSettings { level: Some("INFO".into()), include_detail: None };
        let settings = BusSettings { log_config: Some(log), ..BusSettings::default() };
        assert_eq!(shown(&bus(Some("INFO")), None), Some(settings.clone()));
        assert!(!differs(&bus(Some("INFO")), Some(&settings)));
        assert!(differs(&bus(Some("INFO")), None));
        assert!(differs(&bus(None), Some(&settings)));
    }
}
