//! Windows, moments and dispatches in words, as the Board says them. Pure.

use jiff::civil::Date;

use super::bar::Bar;
use crate::console::words;
use crate::desk::snapshot::{DispatchState, Phase};
use crate::dispatch::{Dispatch, Reason, Reference, Stage};
use crate::time::{LocalTime, UtcTime, in_london};
use crate::units::grouped;

/// `26 Nov`; with the year where it is not that of `now`.
fn day(local: &LocalTime, now: UtcTime) -> String {
    let present = in_london(now).date;
    let same_year = present.get(..4) == local.date.get(..4);
    let format = if same_year { "%-d %b" } else { "%-d %b %Y" };
    local.date.parse::<Date>().map_or_else(|_| local.date.clone(), |date| date.strftime(format).to_string())
}

/// A window in London's time, as short as it can be said without doubt: `17:00 to 18:30 GMT` on the day of `now`, else
/// `27 Nov 17:00 to 18:30 GMT`, `26 Nov 23:30 to 27 Nov 00:30 GMT`, `28 Mar 00:30 GMT to 02:30 BST`.
pub fn window(from: UtcTime, to: UtcTime, now: UtcTime) -> String {
    let (a, b) = (in_london(from), in_london(to));
    let minute = |local: &LocalTime| local.time.get(..5).unwrap_or(&local.time).to_owned();
    let one_day = a.date == b.date;
    let today = one_day && a.date == in_london(now).date;
    let begin = if today { minute(&a) } else { format!("{} {}", day(&a, now), minute(&a)) };
    let end = if one_day { minute(&b) } else { format!("{} {}", day(&b, now), minute(&b)) };
    let zone = if a.zone == b.zone { String::new() } else { format!(" {}", a.zone) };
    format!("{begin}{zone} to {end} {}", b.zone)
}

/// An instant in London's time: `17:00:09 GMT`, with the day where it is not that of `now`.
pub fn moment(at: UtcTime, now: UtcTime) -> String {
    let local = in_london(at);
    let time = words::london(at);
    if local.date == in_london(now).date { time } else { format!("{} {time}", day(&local, now)) }
}

/// Where a dispatch stands, naming a stop that is on its way as such: `STOP accepted`.
pub fn phase(dispatch: &DispatchState) -> String {
    let word = dispatch.phase.word();
    let stops = dispatch.dispatch().is_some_and(|d| d.status.is_stop());
    let notice = dispatch.dispatch().is_some_and(|d| d.status == crate::dispatch::Status::PreNotify);
    match dispatch.phase {
        Phase::Stopped | Phase::Ended | Phase::Failed => word.to_owned(),
        _ if stops => format!("STOP {word}"),
        _ if notice => format!("notice {word}"),
        _ => word.to_owned(),
    }
}

/// A level of a dispatch in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `17:00 GMT`.
    pub from: String,
    /// `+2,000 kW against baseline (turn up)`.
    pub level: String,
}

/// What a dispatch asks, setpoint by setpoint, each with what its sign means.
pub fn asked(document: &Dispatch) -> Vec<Asked> {
    let plus = |value: i64| if value > 0 { "+" } else { "" };
    document
        .setpoints
        .iter()
        .map(|setpoint| {
            let real = setpoint.real.map(|level| {
                let (sign, watts) = (plus(level.watts.0), level.watts);
                format!("{sign}{watts} {}", against(level.reference, level.watts.0))
            });
            let reactive = setpoint.reactive.map(|level| {
                let (sign, vars) = (plus(level.vars.0), level.vars);
                format!("{sign}{vars} {}", from_where(level.reference))
            });
            let level = real.into_iter().chain(reactive).collect::<Vec<_>>().join("; ");
            Asked { from: words::london_minute(setpoint.at), level }
        })
        .collect()
}

fn from_where(reference: Reference) -> &'static str {
    match reference {
        Reference::Delta => "against baseline",
        Reference::Absolute => "at its connection point",
    }
}

fn against(reference: Reference, watts: i64) -> String {
    let means = match (reference, watts.signum()) {
        (Reference::Delta, 1) => " (turn up)",
        (Reference::Delta, -1) => " (turn down)",
        (Reference::Delta, _) => " (no change)",
        (Reference::Absolute, 1) => " (export)",
        (Reference::Absolute, -1) => " (import)",
        (Reference::Absolute, _) => "",
    };
    format!("{}{means}", from_where(reference))
}

/// All that a bar says to those who do not see it.
pub fn bar(dispatch: &DispatchState, bar: &Bar, now: UtcTime) -> String {
    let unit = dispatch.dispatch().map(|d| d.unit.to_string()).unwrap_or_default();
    let mut text = format!(
        "{}, {unit}, {}, {}",
        dispatch.key.dispatch_ref,
        phase(dispatch),
        window(bar.from, bar.to, now)
    );
    if dispatch.revisions.len() > 1 {
        text += &format!(", revision {}", bar.revision);
    }
    if let (Some(cut), false) = (bar.cut, bar.from < bar.to) {
        text += &format!(", broken off before it began, {}", moment(cut, now));
    } else if bar.cut.is_some() {
        text += ", broken off";
    }
    for trouble in bar.troubles.iter().filter(|t| !dispatch.phase.word().ends_with(t.word())) {
        text += &format!(", {}", trouble.word());
    }
    text
}

/// `3,000`.
pub fn number(count: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a count of dispatches")]
    grouped(count as f64, 0)
}

/// `1 dispatch`, `3,000 dispatches`.
pub fn dispatches(count: usize) -> String {
    format!("{} {}", number(count), if count == 1 { "dispatch" } else { "dispatches" })
}

/// A stage as the screen says it, in one or two words.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Received => "received",
        Stage::Accepted => "accepted",
        Stage::Rejected => "rejected",
        Stage::Unreachable => "accepted, late",
        Stage::Started => "started",
        Stage::AtSetpoint => "at setpoint",
        Stage::Ended => "ended",
        Stage::Stopped => "stopped",
        Stage::Failed => "failed",
    }
}

/// Why a dispatch was refused, in a sentence's words.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::BadSignature => "its signature is missing, unknown, expired or wrong",
        Reason::UnknownUnit => "the unit is not one of this provider's",
        Reason::UnknownContract => "the contract is not one of the unit's",
        Reason::StaleRevision => "the provider holds a greater revision already",
        Reason::ConflictingRevision => "the provider holds the same revision with other content",
        Reason::BeyondCapability => "more is asked than the unit can do",
        Reason::Unavailable => "the unit is not available",
        Reason::Malformed => "it breaks a rule of the profile",
        Reason::WrongStatus => "its status cannot be acted on",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::{NOW, at, dispatches as fixtures};

    #[test]
    fn a_window_is_short_and_never_in_doubt() {
        for (from, to, text) in [
            ("2026-11-26T17:00:00Z", "2026-11-26T18:30:00Z", "17:00 to 18:30 GMT"),
            ("2026-11-27T17:00:00Z", "2026-11-27T18:30:00Z", "27 Nov 17:00 to 18:30 GMT"),
            ("2026-11-26T23:30:00Z", "2026-11-27T00:30:00Z", "26 Nov 23:30 to 27 Nov 00:30 GMT"),
            ("2026-07-01T22:30:00Z", "2026-07-01T23:30:00Z", "1 Jul 23:30 to 2 Jul 00:30 BST"),
            ("2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z", "28 Mar 2027 00:30 GMT to 02:30 BST"),
            ("2026-12-31T23:30:00Z", "2027-01-01T00:30:00Z", "31 Dec 23:30 to 1 Jan 2027 00:30 GMT"),
        ] {
            assert_eq!(window(at(from), at(to), at(NOW)), text);
        }
        assert_eq!(moment(at("2026-11-26T17:00:09Z"), at(NOW)), "17:00:09 GMT");
        assert_eq!(moment(at("2026-11-25T17:00:09Z"), at(NOW)), "25 Nov 17:00:09 GMT");
    }

    #[test]
    fn what_is_asked_says_what_its_sign_means() {
        let fixtures = fixtures();
        let document = fixtures[3].dispatch().unwrap();
        let said: Vec<_> = asked(document).into_iter().map(|a| format!("{} {}", a.from, a.level)).collect();
        assert_eq!(
            said,
            [
                "17:00 GMT +2,000 kW against baseline (turn up)",
                "18:00 GMT +1,500 kW against baseline (turn up)"
            ]
        );
        assert_eq!(against(Reference::Absolute, -1), "at its connection point (import)");
        assert_eq!(against(Reference::Delta, -1), "against baseline (turn down)");
    }

    #[test]
    fn a_bar_says_all_that_it_shows() {
        let say = |place: usize| {
            let dispatch = &fixtures()[place];
            bar(dispatch, &Bar::of(place, dispatch, at(NOW)).unwrap(), at(NOW))
        };
        for (place, text) in [
            (0, "EMID-0420, NORTHGEN/GEN-1, accepted, late, 17:22 to 18:52 GMT"),
            (1, "EMID-0418, COLDCHAIN/STORE-1, sent, 17:30 to 18:30 GMT, overdue"),
            (2, "EMID-0416, NORTHGEN/GEN-2, rejected, 17:30 to 19:00 GMT"),
            (3, "EMID-0417, BRIGHTFLEX/BESS-07, at setpoint, 17:00 to 19:00 GMT, revision 2"),
            (4, "EMID-0419, GREENLEAF/HEAT-1, accepted, 17:10 to 18:10 GMT, mismatched"),
            (5, "EMID-0415, BRIGHTFLEX/BESS-02, ended, 16:15 to 17:15 GMT"),
        ] {
            assert_eq!(say(place), text);
        }
    }
}
