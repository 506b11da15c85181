//! From when until when a certificate is good, and how near its end is.

use serde::{Deserialize, Serialize};

use crate::time::UtcTime;

const DAY_S: i64 = 86_400;
/// Days before its end from which a certificate is to be renewed.
const SOON_DAYS: i64 = 30;
/// Days before its end from which that cannot wait.
const IMMINENT_DAYS: i64 = 7;
/// How far a fresh certificate reaches back, in seconds, for parties whose clocks are behind.
const BACK_S: i64 = 3_600;

/// The first and the last second at which a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first second.
    pub from: UtcTime,
    /// The last second.
    pub until: UtcTime,
}

/// How a certificate stands at an instant, from fine to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Good for 30 days and more.
    Fine,
    /// It ends within 30 days.
    Soon,
    /// It ends within 7 days.
    Imminent,
    /// It is not good yet.
    NotYet,
    /// It has ended.
    Expired,
}

impl Validity {
    /// Good for so many days from now on, and an hour back for parties whose clocks are behind.
    pub fn days(now: UtcTime, days: u32) -> Self {
        Self { from: now - BACK_S, until: now + i64::from(days) * DAY_S }
    }

    /// Whole days until it ends; negative after that.
    pub fn days_left(self, now: UtcTime) -> i64 {
        self.until.since(now).div_euclid(DAY_S)
    }

    /// How it stands.
    pub fn standing(self, now: UtcTime) -> Standing {
        let left = self.until.since(now);
        if left < 0 {
            Standing::Expired
        } else if now < self.from {
            Standing::NotYet
        } else if left < IMMINENT_DAYS * DAY_S {
            Standing::Imminent
        } else if left < SOON_DAYS * DAY_S {
            Standing::Soon
        } else {
            Standing::Fine
        }
    }
}
