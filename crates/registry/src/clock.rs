//! The clock a registry reads, which a test can replace, and how times are written down.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::{Deserialize, Deserializer, Serializer};
use std::fmt;

/// Tells the time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// As precise as items hold it: what was written and what is read back are the same time.
pub(crate) fn to_micros(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}

/// `2026-03-02T06:00:00.000000Z`: RFC 3339 in UTC, always with microseconds, so that texts sort as times do.
pub(crate) fn time_text(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// For `#[serde(with = …)]` on a time.
pub(crate) mod micros {
    use super::{DateTime, Deserialize, Deserializer, Serializer, Utc, time_text};

    pub(crate) fn serialize<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time_text(*time))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
        DateTime::<Utc>::deserialize(deserializer)
    }
}

/// For `#[serde(with = …)]` on a time that may be missing.
pub(crate) mod optional_micros {
    use super::{DateTime, Deserialize, Deserializer, Serializer, Utc, time_text};

    // serde hands the field in by reference.
    #[expect(clippy::ref_option, reason = "serde's `with` asks for a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(
        time: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.serialize_some(&time_text(*time)),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        Option::<DateTime<Utc>>::deserialize(deserializer)
    }
}
