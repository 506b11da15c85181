//! What was delivered of a dispatch that is over, as the journal keeps it: its curve minute by minute, and the score that was
//! worked out of it. Whole watts, watt-hours and seconds, so that anyone can work it out again. It is the desk's own word
//! over readings that nobody signed. Pure.

mod check;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::dispatch::{DispatchKey, DispatchRef, OperatorId, Revision, plain_words};
use crate::power::{HalfHourScore, MinuteScore, PaymentRules, Scorecard, Series, SetpointScore};
use crate::time::UtcTime;

/// What stands in `format`.
const FORMAT: &str = "rampdesk-delivery/1";
/// The longest that a mistake is told, characters: what it quotes may be of any length.
const LONGEST_FAULT: usize = 400;

/// What was delivered of a dispatch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    format: String,
    network_operator: OperatorId,
    dispatch_ref: DispatchRef,
    /// The last revision that the VTN held.
    pub revision: Revision,
    /// As of when.
    pub reckoned: UtcTime,
    /// How it came to its end, in a word or two.
    pub over: String,
    /// What was reported.
    pub readings: Readings,
    /// Why there is no curve and no score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unscored: Option<String>,
    /// What was asked and delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curve: Option<DeliveryCurve>,
    /// What that comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<DeliveryScore>,
    /// By which rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<DeliveryRules>,
}

/// The readings that were reported against a dispatch. Nobody has signed them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readings {
    /// Minutes that were reported, within the window and without.
    pub count: u64,
    /// The end of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<UtcTime>,
    /// The end of the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<UtcTime>,
}

/// The whole minutes of the window one after the other: means, net W, positive = export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryCurve {
    /// When the first minute begins.
    pub from: UtcTime,
    /// What the unit would have done.
    pub baseline_w: Vec<i64>,
    /// What was asked.
    pub asked_w: Vec<i64>,
    /// What was metered; `null` for a minute without a reading.
    pub delivered_w: Vec<Option<i64>>,
}

/// The score, as the Delivery workspace shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryScore {
    /// Of change asked, all minutes.
    pub asked_wh: i64,
    /// Of it delivered, in the minutes that were metered.
    pub delivered_wh: i64,
    /// Of it missing, in the minutes that were metered.
    pub short_wh: i64,
    /// Beyond what was asked.
    pub over_wh: i64,
    /// Minutes with a reading.
    pub minutes_metered: u32,
    /// Minutes without.
    pub minutes_missing: u32,
    /// Minutes within the tolerance.
    pub minutes_within: u32,
    /// Delivered of asked over the minutes that were metered, 0 to 1; `null` where they asked nothing.
    pub of_asked: Option<f64>,
    /// Seconds from the instruction to its acknowledgement.
    pub acknowledged_after_s: Option<i64>,
    /// Seconds from a stop to the first minute in which nothing was delivered any more.
    pub stopped_after_s: Option<i64>,
    /// Each setpoint that was in force.
    pub setpoints: Vec<DeliverySetpoint>,
    /// Each half-hour.
    pub half_hours: Vec<DeliveryHalfHour>,
    /// Shares of full payment; `null` as for `of_asked`.
    pub payment: Option<DeliveryPayment>,
}

/// One setpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverySetpoint {
    /// From when.
    pub at: UtcTime,
    /// Net W.
    pub asked_w: i64,
    /// Net W in the first whole minute; `null` without a reading.
    pub delivered_w: Option<i64>,
    /// Whether that was within the tolerance.
    pub reached: Option<bool>,
}

/// One half-hour of UTC, by its minutes that were metered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryHalfHour {
    /// Its start.
    pub from: UtcTime,
    /// Of change asked.
    pub asked_wh: i64,
    /// Of it delivered, over the half-hour as a whole.
    pub delivered_wh: i64,
    /// Minutes of it with a reading.
    pub minutes_metered: u32,
    /// Minutes of it without.
    pub minutes_missing: u32,
}

/// What is paid of full payment under each rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryPayment {
    /// Flexible Power's.
    pub flexible_power: f64,
    /// TRANSITION's.
    pub transition: f64,
    /// With a one-sided penalty.
    pub one_sided: f64,
}

/// The numbers in the rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryRules {
    /// Share of the change asked that is tolerated either way,
    pub tolerance: f64,
    /// and at least so many W.
    pub least_tolerance_w: i64,
    /// Flexible Power: full payment from this share on,
    pub full_from: f64,
    /// less so many times what is missing below that,
    pub cut: f64,
    /// and nothing below this.
    pub nothing_below: f64,
    /// TRANSITION: a half-hour below this share is not paid.
    pub half_hour_nothing_below: f64,
    /// One-sided: the penalty for what is missing, as a share of the price.
    pub penalty: f64,
}

/// What an account is drawn up from.
#[derive(Clone, Copy, Debug)]
pub struct Delivered<'a> {
    /// The dispatch.
    pub key: &'a DispatchKey,
    /// Its last revision that the VTN held.
    pub revision: Revision,
    /// As of when.
    pub reckoned: UtcTime,
    /// How it came to its end.
    pub over: &'a str,
    /// What was reported.
    pub readings: &'a Series,
}

impl Delivery {
    /// With its score, and the minutes that it counts: without a gap, and at least one.
    pub fn scored(of: Delivered<'_>, score: &Scorecard, minutes: &[MinuteScore], by: &PaymentRules) -> Self {
        Self {
            curve: Some(DeliveryCurve::of(minutes)),
            score: Some(DeliveryScore::of(score, minutes)),
            rules: Some(DeliveryRules::of(by)),
            ..Self::unscored(of, String::new())
        }
        .without_reason()
    }

    /// Without one, and why.
    pub fn unscored(of: Delivered<'_>, why: String) -> Self {
        let Delivered { key, revision, reckoned, over, readings } = of;
        let ends = |reading: Option<crate::power::Reading>| reading.map(|reading| instant(reading.at));
        let count = readings.range(f64::MIN, f64::MAX).count();
        Self {
            format: FORMAT.to_owned(),
            network_operator: key.operator.clone(),
            dispatch_ref: key.dispatch_ref.clone(),
            revision,
            reckoned,
            over: over.to_owned(),
            readings: Readings {
                count: count.try_into().unwrap_or(u64::MAX),
                first: ends(readings.range(f64::MIN, f64::MAX).next()),
                last: ends(readings.last()),
            },
            unscored: Some(why),
            curve: None,
            score: None,
            rules: None,
        }
    }

    fn without_reason(self) -> Self {
        Self { unscored: None, ..self }
    }

    /// Which dispatch it is of.
    pub fn key(&self) -> DispatchKey {
        DispatchKey { operator: self.network_operator.clone(), dispatch_ref: self.dispatch_ref.clone() }
    }

    /// As it stands in the journal.
    pub fn to_json(&self) -> String {
        // Numbers and texts under names always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Delivery::to_json`] wrote. Whether its figures come out of its curve is not looked at here.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let delivery: Self =
            serde_json::from_str(text).map_err(|e| plain_words(&e.to_string(), LONGEST_FAULT))?;
        if delivery.format != FORMAT {
            return Err(format!("format: {} is not `{FORMAT}`", crate::dispatch::quoted(&delivery.format)));
        }
        Ok(delivery)
    }
}

impl DeliveryCurve {
    fn of(minutes: &[MinuteScore]) -> Self {
        Self {
            from: instant(minutes.first().map_or(0.0, |minute| minute.end - 60.0)),
            baseline_w: minutes.iter().map(|minute| thousandths(minute.baseline_kw)).collect(),
            asked_w: minutes.iter().map(|minute| thousandths(minute.asked_kw)).collect(),
            delivered_w: minutes.iter().map(|minute| minute.delivered_kw.map(thousandths)).collect(),
        }
    }
}

impl DeliveryScore {
    fn of(score: &Scorecard, minutes: &[MinuteScore]) -> Self {
        let short_kwh = minutes.iter().map(|minute| minute.short_kw).sum::<f64>() / 60.0;
        Self {
            asked_wh: thousandths(score.asked_kwh),
            delivered_wh: thousandths(score.delivered_kwh),
            short_wh: thousandths(short_kwh),
            over_wh: thousandths(score.over_kwh),
            minutes_metered: score.minutes_metered,
            minutes_missing: score.minutes_missing,
            minutes_within: score.minutes_in_tolerance,
            of_asked: score.ratio.map(share),
            acknowledged_after_s: score.acknowledged_after_s.map(whole),
            stopped_after_s: score.stopped_after_s.map(whole),
            setpoints: score.setpoints.iter().map(DeliverySetpoint::of).collect(),
            half_hours: score.half_hours.iter().map(DeliveryHalfHour::of).collect(),
            payment: score.payment.map(|paid| DeliveryPayment {
                flexible_power: share(paid.flexible_power),
                transition: share(paid.transition),
                one_sided: share(paid.one_sided),
            }),
        }
    }
}

impl DeliverySetpoint {
    fn of(score: &SetpointScore) -> Self {
        Self {
            at: instant(score.at),
            asked_w: thousandths(score.asked_kw),
            delivered_w: score.delivered_kw.map(thousandths),
            reached: score.reached,
        }
    }
}

impl DeliveryHalfHour {
    fn of(score: &HalfHourScore) -> Self {
        Self {
            from: instant(score.start),
            asked_wh: thousandths(score.asked_kwh),
            delivered_wh: thousandths(score.delivered_kwh),
            minutes_metered: score.minutes_metered,
            minutes_missing: score.minutes_missing,
        }
    }
}

impl DeliveryRules {
    fn of(by: &PaymentRules) -> Self {
        let PaymentRules { flexible_power, transition, one_sided } = by;
        Self {
            tolerance: crate::power::TOLERANCE,
            least_tolerance_w: thousandths(crate::power::LEAST_TOLERANCE_KW),
            full_from: flexible_power.full_from,
            cut: flexible_power.cut,
            nothing_below: flexible_power.nothing_below,
            half_hour_nothing_below: transition.nothing_below,
            penalty: one_sided.penalty,
        }
    }
}

/// kW as W, kWh as Wh.
fn thousandths(kilo: f64) -> i64 {
    whole(kilo * 1000.0)
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of f64 to i64 saturates")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// In millionths.
fn share(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn instant(at: f64) -> UtcTime {
    UtcTime::from_unix(whole(at))
}
