//! The part of time that is shown: it goes along with the present, or stands where a person has put it. Pure.

use crate::console::plot::instant::seconds;
use crate::time::UtcTime;

/// The shortest time that fills the screen, seconds.
const SHORTEST_S: f64 = 300.0;
/// The longest.
const LONGEST_S: f64 = 60.0 * 86_400.0;
/// What is shown to begin with.
const FIRST_S: f64 = 4.0 * 3600.0;
/// How much of what is shown lies before the present while it is followed.
const PAST_SHARE: f64 = 0.3;
/// Room at either side of what is fitted, as a share of it.
const ROOM: f64 = 0.04;

/// From an instant to another, seconds of UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The first instant.
    pub from: f64,
    /// The last.
    pub to: f64,
}

impl Span {
    /// Seconds.
    pub fn length(self) -> f64 {
        self.to - self.from
    }

    /// Whether `[from, to)` has a part in it.
    pub fn meets(self, from: UtcTime, to: UtcTime) -> bool {
        seconds(from) < self.to && seconds(to) > self.from
    }

    /// Whether an instant is in it.
    pub fn holds(self, at: UtcTime) -> bool {
        (self.from..=self.to).contains(&seconds(at))
    }
}

/// What part of time a person looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    length: f64,
    /// Where it stands; `None` while it goes along with the present.
    from: Option<f64>,
}

impl Default for Sight {
    fn default() -> Self {
        Self { length: FIRST_S, from: None }
    }
}

impl Sight {
    /// What is shown now.
    pub fn span(&self, now: UtcTime) -> Span {
        let from = self.from.unwrap_or_else(|| seconds(now) - self.length * PAST_SHARE);
        Span { from, to: from + self.length }
    }

    /// Whether it goes along with the present.
    pub fn follows_now(&self) -> bool {
        self.from.is_none()
    }

    /// Goes along with the present from here on.
    pub fn follow(&mut self) {
        self.from = None;
    }

    /// Shows `factor` times as long, around `around`; without one around the present where that is followed, else
    /// around the middle.
    pub fn scale(&mut self, factor: f64, around: Option<f64>, now: UtcTime) {
        let span = self.span(now);
        let length = (self.length * factor).clamp(SHORTEST_S, LONGEST_S);
        self.length = length;
        if self.from.is_none() && around.is_none() {
            return;
        }
        let around = around.unwrap_or(f64::midpoint(span.from, span.to));
        self.from = Some(around - (around - span.from) * length / span.length());
    }

    /// Moves by seconds.
    pub fn pan(&mut self, by: f64, now: UtcTime) {
        self.from = Some(self.span(now).from + by);
    }

    /// Shows all of `[from, to)`, with a little room around it.
    pub fn fit(&mut self, from: UtcTime, to: UtcTime) {
        let (from, to) = (seconds(from), seconds(to));
        let length = ((to - from) * (1.0 + 2.0 * ROOM)).clamp(SHORTEST_S, LONGEST_S);
        self.length = length;
        self.from = Some(f64::midpoint(from, to) - length / 2.0);
    }

    /// Moves no further than it must for `[from, to)` to be seen: all of it where there is room, else its beginning.
    pub fn bring(&mut self, from: UtcTime, to: UtcTime, now: UtcTime) {
        let span = self.span(now);
        let room = span.length() * ROOM;
        let (from, to) = (seconds(from) - room, seconds(to) + room);
        if from >= span.from && to <= span.to {
            return;
        }
        let late = (to - span.length()).min(from);
        self.from = Some(if from < span.from { from } else { late });
    }
}

/// Where instants lie across the screen.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// What is shown.
    pub span: Span,
    /// Where its beginning lies, points.
    pub left: f32,
    /// How wide it is, points.
    pub width: f32,
}

impl Scale {
    /// Where an instant lies, points.
    pub fn x(&self, at: UtcTime) -> f32 {
        let share = (seconds(at) - self.span.from) / self.span.length();
        // Far outside the screen a float's precision is of no account; too far, shapes overflow.
        #[expect(clippy::cast_possible_truncation, reason = "held to a few screens")]
        let share = share.clamp(-2.0, 3.0) as f32;
        self.left + share * self.width
    }

    /// Which instant lies there, seconds of UTC.
    pub fn at(&self, x: f32) -> f64 {
        self.span.from + f64::from((x - self.left) / self.width.max(1.0)) * self.span.length()
    }

    /// Seconds in so many points.
    pub fn seconds_in(&self, points: f32) -> f64 {
        f64::from(points / self.width.max(1.0)) * self.span.length()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    fn shown(sight: Sight, now: &str) -> (String, String) {
        let span = sight.span(at(now));
        let text = |s: f64| crate::console::plot::instant::instant(s).to_string();
        (text(span.from), text(span.to))
    }

    #[test]
    fn what_is_followed_moves_with_the_present_and_what_was_moved_stands_still() {
        let mut sight = Sight::default();
        let noon = "2026-11-26T12:00:00Z";
        assert_eq!(
            shown(sight, noon),
            ("2026-11-26T10:48:00Z".to_owned(), "2026-11-26T14:48:00Z".to_owned())
        );
        assert_eq!(shown(sight, "2026-11-26T12:01:00Z").0, "2026-11-26T10:49:00Z");
        sight.pan(3600.0, at(noon));
        assert!(!sight.follows_now());
        assert_eq!(shown(sight, noon).0, "2026-11-26T11:48:00Z");
        assert_eq!(shown(sight, "2026-11-26T13:00:00Z").0, "2026-11-26T11:48:00Z");
        sight.follow();
        assert_eq!(shown(sight, noon).0, "2026-11-26T10:48:00Z");
    }

    #[test]
    fn scaling_keeps_the_instant_under_the_pointer_where_it_is() {
        let now = at("2026-11-26T12:00:00Z");
        let mut sight = Sight::default();
        let pointer = seconds(at("2026-11-26T13:00:00Z"));
        let share = |s: &Sight| (pointer - s.span(now).from) / s.span(now).length();
        let before = share(&sight);
        for factor in [0.5, 0.8, 3.0] {
            sight.scale(factor, Some(pointer), now);
            assert!((share(&sight) - before).abs() < 1e-9, "{factor}");
        }
    }

    #[test]
    fn scaling_by_button_keeps_following_and_never_leaves_what_can_be_read() {
        let now = at("2026-11-26T12:00:00Z");
        let mut sight = Sight::default();
        for _ in 0..100 {
            sight.scale(0.5, None, now);
        }
        assert!(sight.follows_now());
        assert_eq!(sight.span(now).length(), SHORTEST_S);
        for _ in 0..100 {
            sight.scale(2.0, None, now);
        }
        assert_eq!(sight.span(now).length(), LONGEST_S);
    }

    #[test]
    fn a_dispatch_out_of_sight_is_brought_in_by_the_least_move() {
        let now = at("2026-11-26T12:00:00Z");
        for (from, to, shown) in [
            ("2026-11-26T12:00:00Z", "2026-11-26T13:00:00Z", "2026-11-26T10:48:00Z"),
            ("2026-11-26T09:00:00Z", "2026-11-26T10:00:00Z", "2026-11-26T08:50:24Z"),
            ("2026-11-26T15:00:00Z", "2026-11-26T16:00:00Z", "2026-11-26T12:09:36Z"),
            ("2026-11-26T14:00:00Z", "2026-11-27T14:00:00Z", "2026-11-26T13:50:24Z"),
        ] {
            let mut sight = Sight::default();
            sight.bring(at(from), at(to), now);
            let span = sight.span(now);
            assert_eq!(
                crate::console::plot::instant::instant(span.from).to_string(),
                shown,
                "{from} to {to}"
            );
        }
    }

    #[test]
    fn all_that_is_fitted_is_in_sight() {
        let now = at("2026-11-26T12:00:00Z");
        let mut sight = Sight::default();
        let (from, to) = (at("2026-11-20T00:00:00Z"), at("2026-11-28T00:00:00Z"));
        sight.fit(from, to);
        let span = sight.span(now);
        assert!(span.holds(from) && span.holds(to));
        let scale = Scale { span, left: 100.0, width: 500.0 };
        assert!((scale.at(scale.x(from)) - seconds(from)).abs() < 60.0);
        assert!(scale.x(at("2036-01-01T00:00:00Z")) <= 100.0 + 3.0 * 500.0, "far away, shapes stay small");
    }
}
