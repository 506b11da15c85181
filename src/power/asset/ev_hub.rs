//! Many charge points behind one connection.

use std::sync::Arc;

use super::charging::Session;
use super::{AssetState, Declared, drawn};
use crate::power::bounds::{Faults, MAX_KW, MAX_S};
use crate::time::{UtcTime, london_offset_s};

/// Many charge points behind one connection, with the vehicles that come and go.
///
/// Left alone, each vehicle charges from its arrival until it has its energy. Under a limit, vehicles that leave first
/// are charged first, and one that would else leave without its energy is charged whatever the limit is, never beyond the
/// connection. Load is made up in steps (6 A: 1.4 kW). The limit comes to the charge points one after another, as
/// Great Britain's rules want it of smart charge points (SI 2021/1467: a random delay of up to 10 minutes), so it moves
/// from the connection's size to nothing in that time. Once released, vehicles catch up. In an emergency stop the limit
/// is lifted at once, and the vehicles are left alone.
#[derive(Clone, Debug, PartialEq)]
pub struct EvHub {
    /// How many.
    pub charge_points: u32,
    /// kW of each: 3.5, 7 or 22, say.
    pub point_kw: f64,
    /// Greatest import of all together, kW.
    pub connection_kw: f64,
    /// The step in which load is made up, kW: 1.4, say.
    pub step_kw: f64,
    /// Seconds from instruction until the first charge point hears of it.
    pub delay_s: f64,
    /// Seconds until the last has, at most 1800.
    pub random_delay_s: f64,
    /// How often a charge point is used in a week, at most 7 (Electric Nation: about 3 times).
    pub sessions_per_week: f64,
    /// When vehicles arrive, London local time `HH:MM`, on the mean.
    pub arrive: String,
    /// By how much sooner or later they do at most, minutes.
    pub arrive_spread_min: f64,
    /// For how long they are plugged in, hours, on the mean; from half to one and a half of it, at most 15 (Electric
    /// Nation: over 12 h).
    pub stay_hours: f64,
    /// kWh that they take, on the mean; from half to one and a half of it.
    pub session_kwh: f64,
    /// Of who comes when.
    pub seed: u64,
}

/// Longest mean stay, hours: nobody stays for more than a day.
const LONGEST_STAY_H: f64 = 15.0;
const DAY: i64 = 86_400;

impl Declared for EvHub {
    fn kind(&self) -> &'static str {
        "EV hub"
    }

    fn limits_kw(&self, _baseline_kw: f64) -> (f64, f64) {
        (-self.connection_kw, 0.0)
    }

    fn ramps_kw_per_min(&self) -> (f64, f64) {
        let ramp = 60.0 * self.connection_kw / self.random_delay_s.max(1.0);
        (ramp, ramp)
    }

    fn delay_s(&self, _state: &AssetState) -> f64 {
        self.delay_s
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Faults::default();
        if !(1..=10_000).contains(&self.charge_points) {
            let points = self.charge_points;
            faults.add(
                "charge_points",
                format!("{points} are not the charge points of one hub; write 1 to 10000"),
            );
        }
        faults.above_zero("point_kw", self.point_kw, 1000.0, "kW");
        faults.above_zero("connection_kw", self.connection_kw, MAX_KW, "kW");
        faults.above_zero("step_kw", self.step_kw, MAX_KW, "kW");
        if faults.is_right("step_kw") && faults.is_right("point_kw") && self.step_kw > self.point_kw {
            let (step, point) = (self.step_kw, self.point_kw);
            faults.add(
                "step_kw",
                format!("{step} kW is more than a charge point's {point}; write at most that"),
            );
        }
        faults.not_negative("delay_s", self.delay_s, MAX_S, "s");
        faults.not_negative("random_delay_s", self.random_delay_s, 1800.0, "s");
        faults.not_negative("sessions_per_week", self.sessions_per_week, 7.0, "sessions");
        if minute_of_day(&self.arrive).is_none() {
            let arrive = &self.arrive;
            faults
                .add("arrive", format!("`{arrive}` is not a time of day; write London local time as 18:00"));
        }
        faults.not_negative("arrive_spread_min", self.arrive_spread_min, 720.0, "minutes");
        faults.above_zero("stay_hours", self.stay_hours, LONGEST_STAY_H, "hours");
        faults.above_zero("session_kwh", self.session_kwh, 1000.0, "kWh");
        faults.0
    }
}

impl EvHub {
    /// The sessions that are under way at some time from `from` to `to`, by arrival.
    pub(in crate::power) fn sessions(&self, from: f64, to: f64) -> Arc<[Session]> {
        let Some(arrive) = minute_of_day(&self.arrive) else { return Arc::default() };
        let mut sessions = Vec::new();
        for day in day_of(from) - 2..=day_of(to) + 1 {
            let mean = midnight_of(day) + f64::from(arrive) * 60.0;
            let spread = (self.arrive_spread_min * 60.0).ceil();
            if mean - spread > to || mean + spread + (self.stay_hours * 5400.0).ceil() < from {
                continue;
            }
            let of_day = (0..self.charge_points).filter_map(|point| self.session(day, mean, point));
            sessions.extend(of_day.filter(|session| session.until > from && session.from <= to));
        }
        sessions.sort_by(|a, b| a.from.total_cmp(&b.from));
        sessions.into()
    }

    /// Who comes to a charge point on a London day, numbered from 1970, on which they come at `mean` on the mean.
    fn session(&self, day: i64, mean: f64, point: u32) -> Option<Session> {
        let draw = |salt| drawn(self.seed.wrapping_add(u64::from(point) << 32), salt, day.cast_unsigned());
        if draw(1) >= self.sessions_per_week / 7.0 {
            return None;
        }
        let from = mean + (60.0 * self.arrive_spread_min * (2.0 * draw(2) - 1.0)).round();
        let until = from + (self.stay_hours * 3600.0 * (0.5 + draw(3))).round();
        let kwh = (self.session_kwh * (0.5 + draw(4))).min(self.point_kw * (until - from) / 3600.0);
        Some(Session { from, until, kwh })
    }
}

/// The UTC day that holds an instant, numbered from 1970.
#[expect(clippy::cast_possible_truncation, reason = "days of years 1 to 9999")]
fn day_of(t: f64) -> i64 {
    (t / 86_400.0).floor() as i64
}

/// When a London day begins, by what London's clocks show at its noon: on the two days a year on which they change, the
/// hours of the day are right from two in the morning on.
fn midnight_of(day: i64) -> f64 {
    let noon = UtcTime::from_unix(day * DAY + DAY / 2);
    crate::power::seconds(day * DAY - london_offset_s(noon))
}

/// `HH:MM` as minutes since midnight.
fn minute_of_day(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |part: &str| (part.len() == 2).then(|| part.parse::<u8>().ok()).flatten();
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then(|| u32::from(hours) * 60 + u32::from(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::testing::{ev_hub, second};

    #[test]
    fn vehicles_come_about_when_and_as_often_as_declared_and_can_take_what_they_want() {
        let hub = EvHub { charge_points: 200, ..ev_hub() };
        // Four weeks from a Monday.
        let (from, to) = (second("12:00") - 3.0 * 86_400.0, second("12:00") + 25.0 * 86_400.0);
        let sessions = hub.sessions(from, to);
        let came: Vec<_> = sessions.iter().filter(|s| s.from > from).collect();
        let expected = 200.0 * 3.0 * 4.0;
        let count = came.iter().map(|_| 1.0).sum::<f64>();
        assert!((count - expected).abs() < 0.1 * expected, "{count} sessions");
        for session in &came {
            // Winter: London is on UTC. 18:00 ± 90 min, 10 h ± 5, 14 kWh ± 7.
            let minute = session.from.rem_euclid(86_400.0) / 60.0;
            assert!((990.0..=1170.0).contains(&minute), "{minute}");
            assert!((5.0..=15.0).contains(&((session.until - session.from) / 3600.0)));
            assert!((7.0..=21.0).contains(&session.kwh));
            assert!(session.kwh <= hub.point_kw * (session.until - session.from) / 3600.0 + 1e-9);
        }
        assert!(sessions.windows(2).all(|s| s[0].from <= s[1].from));
    }

    #[test]
    fn whoever_asks_sees_the_same_vehicles() {
        let hub = ev_hub();
        let whole = hub.sessions(second("00:00"), second("23:00"));
        let evening = hub.sessions(second("19:00"), second("20:00"));
        let there: Vec<_> =
            whole.iter().filter(|s| s.until > second("19:00") && s.from <= second("20:00")).collect();
        assert!(!evening.is_empty());
        assert_eq!(evening.iter().collect::<Vec<_>>(), there);
    }

    #[test]
    fn vehicles_come_by_londons_clock_in_summer() {
        let hub = EvHub { arrive_spread_min: 0.0, sessions_per_week: 7.0, ..ev_hub() };
        let at = |text: &str| crate::power::seconds(text.parse::<UtcTime>().unwrap().unix());
        // 18:00 GMT, and after 28 March 18:00 BST, which is 17:00 UTC.
        for (day, comes) in
            [("2027-03-27", "18:00:00Z"), ("2027-03-28", "17:00:00Z"), ("2027-10-31", "18:00:00Z")]
        {
            let noon = at(&format!("{day}T12:00:00Z"));
            let sessions = hub.sessions(noon, noon + 8.0 * 3600.0);
            let arrivals = sessions.iter().filter(|s| s.from > noon);
            assert!(
                arrivals.clone().count() > 0
                    && arrivals.clone().all(|s| s.from == at(&format!("{day}T{comes}"))),
                "{day}"
            );
        }
    }
}
