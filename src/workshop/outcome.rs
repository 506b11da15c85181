//! What came of a session, as one document: per unit its dispatches, stages with times, setpoints, energy and marks.
//! The same form for a rehearsal, for `send --wait` and for a person.

use serde::Serialize;

use crate::desk::snapshot::{DispatchState, Snapshot, UnitState};
use crate::dispatch::Comparison;
use crate::power::Scorecard;
use crate::time::UtcTime;

/// One unit and what it was asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitOutcome {
    /// `FSP/UNIT`.
    pub unit: String,
    /// For people.
    pub name: String,
    /// `battery`, `generator`, `turn-down`.
    pub kind: String,
    /// In order of instruction.
    pub dispatches: Vec<DispatchOutcome>,
}

/// One dispatch and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DispatchOutcome {
    /// The operator.
    pub operator: String,
    /// Its reference.
    #[serde(rename = "ref")]
    pub dispatch_ref: String,
    /// How many revisions were sent.
    pub revisions: u32,
    /// The status of the last.
    pub status: String,
    /// The person who sent the last revision; absent where the machine's key signed it, or the outcome is of no desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<String>,
    /// Where it stands, in words.
    pub phase: String,
    /// Start and end of the last revision's window.
    pub window: [UtcTime; 2],
    /// Every acknowledgement in order.
    pub stages: Vec<StageOutcome>,
    /// The last revision's read-back; absent when none came.
    pub readback: Option<ReadbackOutcome>,
    /// Destinations, reached or by how much missed.
    pub setpoints: Vec<SetpointOutcome>,
    /// Energy against baseline in the direction asked; absent when nothing was marked.
    pub energy: Option<EnergyOutcome>,
    /// Marks; absent when nothing was marked.
    pub score: Option<ScoreOutcome>,
}

/// One acknowledgement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageOutcome {
    /// `RECEIVED`, `ACCEPTED`, ….
    pub stage: String,
    /// Of which revision.
    pub revision: u32,
    /// When, by the FSP.
    pub at: UtcTime,
    /// Seconds after that revision's instruction time.
    pub after_s: i64,
    /// Whether the FSP's signature holds.
    pub signed: bool,
    /// Why, for a rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// How the fields came back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReadbackOutcome {
    /// As sent.
    pub matched: usize,
    /// Fields that came back otherwise.
    pub differs: Vec<String>,
    /// Fields that did not come back.
    pub absent: Vec<String>,
    /// Fields that came back although they were never sent.
    pub not_sent: Vec<String>,
}

/// One destination.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetpointOutcome {
    /// When.
    pub at: UtcTime,
    /// Net kW asked.
    pub asked_kw: f64,
    /// Net kW metered in the first whole minute from then.
    pub delivered_kw: Option<f64>,
    /// Within tolerance.
    pub reached: Option<bool>,
    /// kW missing in the direction asked.
    pub missed_by_kw: Option<f64>,
    /// Seconds after `at` at which it was first within tolerance.
    pub reached_after_s: Option<f64>,
}

/// Energy of change against baseline, in the direction asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnergyOutcome {
    /// kWh instructed.
    pub instructed_kwh: f64,
    /// kWh delivered, capped at what was asked minute by minute.
    pub delivered_kwh: f64,
    /// kWh beyond what was asked.
    pub over_kwh: f64,
    /// kWh against the direction asked in the hour after.
    pub rebound_kwh: Option<f64>,
}

/// Marks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoreOutcome {
    /// Seconds from instruction to Appendix A's acknowledgement.
    pub acknowledged_after_s: Option<f64>,
    /// delivered ÷ instructed.
    pub ratio: Option<f64>,
    /// By the Flexible Power rule.
    pub payment_factor: Option<f64>,
    /// By SSEN TRANSITION's rule, half-hour by half-hour.
    pub payment_factor_transition: Option<f64>,
    /// With a one-sided penalty; below 0 when that exceeds the payment.
    pub payment_factor_one_sided: Option<f64>,
    /// Of the minutes metered.
    pub minutes_in_tolerance: u32,
    /// Whole minutes of the window with a reading.
    pub minutes_metered: u32,
    /// Whole minutes of the window without one.
    pub minutes_missing: u32,
    /// Seconds from a stop to back at baseline.
    pub stopped_after_s: Option<f64>,
}

/// An alarm as it stood at the end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlarmOutcome {
    /// 1, 2 or 3.
    pub priority: String,
    /// When it first came.
    pub raised: UtcTime,
    /// Whom it is about.
    pub source: String,
    /// What is wrong.
    pub text: String,
    /// Whether its cause still held.
    pub active: bool,
    /// How many of the same cause.
    pub count: u32,
}

/// To three decimals: a watt, a watt-hour, a millisecond. `-0` becomes `0`.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0 + 0.0
}

fn instant(seconds: f64) -> UtcTime {
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
    UtcTime::from_unix(seconds.round() as i64)
}

/// Every unit that was asked anything, in order of name.
pub fn units_of(snapshot: &Snapshot) -> Vec<UnitOutcome> {
    let asked = |unit: &UnitState| {
        let mut own: Vec<&DispatchState> = snapshot
            .dispatches
            .iter()
            .map(AsRef::as_ref)
            .filter(|d| d.dispatch().is_some_and(|doc| doc.unit == unit.unit))
            .collect();
        own.sort_by(|a, b| a.key.cmp(&b.key));
        own.sort_by_key(|d| d.revisions.first().map(|r| r.signed.dispatch.instruction_time));
        own.into_iter().filter_map(dispatch).collect::<Vec<_>>()
    };
    snapshot
        .units
        .iter()
        .map(|unit| UnitOutcome {
            unit: unit.unit.to_string(),
            name: unit.name.clone(),
            kind: unit.kind.clone(),
            dispatches: asked(unit),
        })
        .filter(|unit| !unit.dispatches.is_empty())
        .collect()
}

/// One dispatch; `None` for one without a revision, which there is not.
pub fn dispatch(state: &DispatchState) -> Option<DispatchOutcome> {
    let last = state.dispatch()?;
    Some(DispatchOutcome {
        operator: state.key.operator.to_string(),
        dispatch_ref: state.key.dispatch_ref.to_string(),
        revisions: last.revision.get(),
        status: last.status.word().to_owned(),
        sent_by: None,
        phase: state.phase.word().to_owned(),
        window: [last.service_start, last.service_end],
        stages: stages(state),
        readback: state.readback.as_ref().map(|fields| {
            let named = |verdict: Comparison| {
                fields.iter().filter(|f| f.comparison == verdict).map(|f| f.field.clone()).collect::<Vec<_>>()
            };
            ReadbackOutcome {
                matched: named(Comparison::Matched).len(),
                differs: named(Comparison::Differs),
                absent: named(Comparison::Absent),
                not_sent: named(Comparison::Added),
            }
        }),
        setpoints: state.score.as_deref().map(setpoints).unwrap_or_default(),
        energy: state.score.as_deref().map(|score| EnergyOutcome {
            instructed_kwh: rounded(score.asked_kwh),
            delivered_kwh: rounded(score.delivered_kwh),
            over_kwh: rounded(score.over_kwh),
            rebound_kwh: score.rebound_kwh.map(rounded),
        }),
        score: state.score.as_deref().map(marks),
    })
}

fn stages(state: &DispatchState) -> Vec<StageOutcome> {
    let instructed = |revision| {
        state
            .revisions
            .iter()
            .find(|r| r.signed.dispatch.revision == revision)
            .map(|r| r.signed.dispatch.instruction_time)
    };
    state
        .ladder
        .iter()
        .map(|rung| StageOutcome {
            stage: rung.stage.word().to_owned(),
            revision: rung.revision.get(),
            at: rung.at,
            after_s: instructed(rung.revision).map_or(0, |t| rung.at.since(t)),
            signed: rung.signature.is_ok(),
            reason: rung.reason.map(|r| r.word().to_owned()),
            detail: rung.detail.clone(),
        })
        .collect()
}

fn setpoints(score: &Scorecard) -> Vec<SetpointOutcome> {
    score
        .setpoints
        .iter()
        .map(|s| SetpointOutcome {
            at: instant(s.at),
            asked_kw: rounded(s.asked_kw),
            delivered_kw: s.delivered_kw.map(rounded),
            reached: s.reached,
            missed_by_kw: s.missed_by_kw.map(rounded),
            reached_after_s: s.reached_after_s.map(rounded),
        })
        .collect()
}

fn marks(score: &Scorecard) -> ScoreOutcome {
    ScoreOutcome {
        acknowledged_after_s: score.acknowledged_after_s.map(rounded),
        ratio: score.ratio.map(rounded),
        payment_factor: score.payment.map(|paid| rounded(paid.flexible_power)),
        payment_factor_transition: score.payment.map(|paid| rounded(paid.transition)),
        payment_factor_one_sided: score.payment.map(|paid| rounded(paid.one_sided)),
        minutes_in_tolerance: score.minutes_in_tolerance,
        minutes_metered: score.minutes_metered,
        minutes_missing: score.minutes_missing,
        stopped_after_s: score.stopped_after_s.map(rounded),
    }
}

/// Every alarm of the session in the order in which they came.
pub fn alarms_of(snapshot: &Snapshot) -> Vec<AlarmOutcome> {
    let mut alarms: Vec<_> = snapshot.alarms.iter().collect();
    alarms.sort_by_key(|a| a.id);
    alarms
        .into_iter()
        .map(|a| AlarmOutcome {
            priority: a.priority.digit().to_owned(),
            raised: a.raised,
            source: a.source.clone(),
            text: a.text.clone(),
            active: a.active,
            count: a.count,
        })
        .collect()
}
