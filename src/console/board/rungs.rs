//! The ladder on the screen: a mark, the rung's name and word, when it came, and a line of what goes with it.

use egui::{Role, Sense, Stroke, Ui};

use super::ladder::{Came, Ladder, LadderRung, RungState};
use super::say;
use crate::console::line::{Cell, Line, MARK, Mark, mark_centre};
use crate::console::theme::Tokens;
use crate::console::widgets::Outline;
use crate::console::words;
use crate::time::UtcTime;

/// The room for a time at the right, points.
const TIME: f32 = 132.0;

/// What is said of a rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// `Accepted`, or `Accepted: rejected`.
    pub title: String,
    /// `16:10:06 GMT`, or how it stands otherwise: `awaited`, `not yet`.
    pub when: String,
    /// By whom, how long after the one before, how late, with what signature.
    pub detail: String,
    /// How it looks.
    pub look: Look,
}

/// How a rung looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It came.
    Done,
    /// It came after its limit, or tells of something late.
    Late,
    /// It tells of a refusal or a failure, or never came.
    Bad,
    /// It is awaited.
    Awaited,
    /// It is awaited, and overdue.
    Overdue,
    /// Nothing is to be seen of it.
    Empty,
}

/// What is said of a rung at an instant.
pub fn said(rung: &LadderRung, now: UtcTime) -> Said {
    let plain = |when: &str, detail: String, look: Look| Said {
        title: rung.name.to_owned(),
        when: when.to_owned(),
        detail,
        look,
    };
    match &rung.state {
        RungState::Came(came) => of_came(rung.name, came, now),
        RungState::Awaited { what, until } => awaited(rung.name, what, *until, now),
        RungState::Before(revision, at) => {
            let text = format!("told of revision {revision}: the unit does so already");
            plain(&say::moment(*at, now), text, Look::Done)
        }
        RungState::Missing(why) => plain("never came", why.clone(), Look::Bad),
        RungState::Untold => plain("not told", "a later one came without it".to_owned(), Look::Empty),
        RungState::Ahead => plain("not yet", String::new(), Look::Empty),
        RungState::Never(why) => plain("will not come", why.clone(), Look::Empty),
    }
}

fn of_came(name: &'static str, came: &Came, now: UtcTime) -> Said {
    let mut detail = format!("by {}", came.by);
    if let Some((seconds, before)) = came.after {
        detail += &match seconds {
            0.. => format!(", {} after {before}", words::span(seconds)),
            _ => format!(", {} before {before} by its own clock", words::span(-seconds)),
        };
    }
    match (came.late_by(), came.limit) {
        (Some(late), Some(limit)) => {
            detail += &format!(" · {} late, limit {}", words::span(late), say::moment(limit, now));
        }
        (None, Some(_)) if !came.bad => detail += " · in time",
        _ => {}
    }
    if came.seen.is_some() {
        detail += " · signature holds";
    }
    if let Some(note) = &came.note {
        detail += &format!("\n{note}");
    }
    let title = match came.word.strip_prefix(name.to_lowercase().as_str()) {
        Some(rest) => format!("{name}{rest}"),
        None => format!("{name}: {}", came.word),
    };
    let look = match (came.bad, came.word, came.late_by()) {
        (true, "accepted, late", _) | (false, _, Some(_)) => Look::Late,
        (true, ..) => Look::Bad,
        (false, _, None) => Look::Done,
    };
    Said { title, when: say::moment(came.at, now), detail, look }
}

fn awaited(name: &'static str, what: &str, until: Option<UtcTime>, now: UtcTime) -> Said {
    let left = until.map(|until| until.since(now));
    let overdue = left.is_some_and(|left| left < 0);
    let (when, detail) = match (until, left) {
        (Some(until), Some(left)) if left >= 0 => (
            format!("{} left", words::span(left)),
            format!("awaited: {what}, until {}", say::moment(until, now)),
        ),
        (Some(until), Some(left)) => (
            format!("{} overdue", words::span(-left)),
            format!("missing: {what}, due {}", say::moment(until, now)),
        ),
        _ => ("under way".to_owned(), format!("awaited: {what}")),
    };
    let look = if overdue { Look::Overdue } else { Look::Awaited };
    Said { title: name.to_owned(), when, detail, look }
}

/// Draws a ladder.
pub fn ui(ui: &mut Ui, tokens: &Tokens, ladder: &Ladder, now: UtcTime) {
    let mut above: Option<egui::Pos2> = None;
    let mut last: Option<String> = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    for (place, rung) in ladder.rungs.iter().enumerate() {
        let mut said = said(rung, now);
        if matches!(rung.state, RungState::Never(_)) {
            // Why nothing comes any more is said once.
            let why = std::mem::take(&mut said.detail);
            if last.as_ref() != Some(&why) {
                said.detail.clone_from(&why);
            }
            last = Some(why);
        }
        let centre = one(ui, tokens, rung, &said, mark(tokens, place, &said));
        if let Some(above) = above {
            let side = Stroke::new(1.0, tokens.line);
            ui.painter().line_segment([above + egui::vec2(0.0, 7.0), centre - egui::vec2(0.0, 7.0)], side);
        }
        above = Some(centre);
    }
    for rung in &ladder.disbelieved {
        let fault = rung.signature.as_ref().err().map_or("", String::as_str);
        let text = format!("Not believed: {} at {}", say::stage(rung.stage), say::moment(rung.at, now));
        let name = format!("{text}, its signature does not hold: {fault}");
        let mark = (Outline::Cross, tokens.high, true);
        let width = ui.available_width() - MARK;
        let cells = [Cell::new(MARK, width, name.clone(), tokens.text)];
        line(&cells, Some(mark), &name).show(ui);
    }
}

fn one(ui: &mut Ui, tokens: &Tokens, rung: &LadderRung, said: &Said, mark: Mark) -> egui::Pos2 {
    let name = format!("{}: {} {}", said.title, said.when, said.detail.replace('\n', "; "));
    let faint = said.look == Look::Empty;
    let ink = if faint { tokens.weak } else { tokens.text };
    let width = ui.available_width();
    let time = TIME.min(width * 0.5);
    let cells = [
        Cell::new(MARK, width - MARK - time, said.title.clone(), ink),
        Cell::new(width - time, time, said.when.clone(), ink).at_right(),
    ];
    let response = line(&cells, Some(mark), name.trim_end()).show(ui);
    let centre = mark_centre(response.rect);
    if let RungState::Came(came) = &rung.state {
        let seen = came.seen.map_or(String::new(), |s| format!("\nSeen by this desk: {}", words::utc(s)));
        response.on_hover_text(format!("{}{seen}", words::utc(came.at)));
    }
    if !said.detail.is_empty() {
        let ink = if matches!(said.look, Look::Bad | Look::Overdue | Look::Late) {
            tokens.text
        } else {
            tokens.weak
        };
        let cells = [Cell::new(MARK, width - MARK, said.detail.clone(), ink).small()];
        line(&cells, None, &said.detail).show(ui);
    }
    ui.add_space(1.0);
    centre
}

fn line<'a>(cells: &'a [Cell], mark: Option<Mark>, name: &'a str) -> Line<'a> {
    Line { mark, cells, name, role: Role::Label, sense: Sense::hover(), ground: None }
}

/// The shape of a rung, each its own when all is well.
fn mark(tokens: &Tokens, place: usize, said: &Said) -> Mark {
    let usual = match place {
        0 | 1 => Outline::Circle,
        3 | 4 => Outline::Arrow,
        _ => Outline::Check,
    };
    match said.look {
        Look::Done => (usual, tokens.text, place != 3),
        Look::Late | Look::Overdue => (Outline::Triangle, tokens.medium, true),
        Look::Bad => (Outline::Cross, tokens.high, true),
        Look::Awaited => (Outline::Circle, tokens.accent, false),
        Look::Empty => (Outline::Circle, tokens.edge, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::board::ladder::ladder;
    use crate::console::testing::{NOW, at, dispatches};
    use crate::dispatch::Revision;

    fn lines(place: usize, number: u32, now: &str) -> Vec<(String, String, String, Look)> {
        let ladder = ladder(
            &dispatches()[place],
            Revision::new(number).unwrap(),
            Some(crate::desk::AckLimits::of(30, 10)),
        )
        .unwrap();
        ladder.rungs.iter().map(|r| said(r, at(now))).map(|s| (s.title, s.when, s.detail, s.look)).collect()
    }

    fn owned(a: &str, b: &str, c: &str, look: Look) -> (String, String, String, Look) {
        (a.to_owned(), b.to_owned(), c.to_owned(), look)
    }

    #[test]
    fn a_wait_counts_down_in_whole_seconds_and_then_counts_what_is_overdue() {
        for (now, when, detail, look) in [
            (
                "2026-11-26T17:18:00Z",
                "30 s left",
                "awaited: acknowledgement from COLDCHAIN, until 17:18:30 GMT",
                Look::Awaited,
            ),
            (
                "2026-11-26T17:18:30Z",
                "0 s left",
                "awaited: acknowledgement from COLDCHAIN, until 17:18:30 GMT",
                Look::Awaited,
            ),
            (
                NOW,
                "1 min 30 s overdue",
                "missing: acknowledgement from COLDCHAIN, due 17:18:30 GMT",
                Look::Overdue,
            ),
        ] {
            assert_eq!(lines(1, 1, now)[1], owned("Received", when, detail, look));
        }
    }

    #[test]
    fn a_rung_says_by_whom_how_long_after_and_whether_in_time() {
        let second = lines(3, 2, NOW);
        assert_eq!(
            second[2],
            owned(
                "Accepted",
                "16:10:06 GMT",
                "by BRIGHTFLEX, 1 s after received · 9 min 34 s late, limit 16:00:32 GMT · signature holds",
                Look::Late
            )
        );
        assert_eq!(
            second[4],
            owned(
                "At setpoint",
                "17:00:00 GMT",
                "by BRIGHTFLEX, 3 min 24 s after started · in time · signature holds",
                Look::Done
            )
        );
        assert_eq!(second[5], owned("Ended", "not yet", "", Look::Empty));
    }

    #[test]
    fn what_deviates_says_so_in_its_title_and_its_look() {
        assert_eq!(
            (lines(2, 1, NOW)[2].0.as_str(), lines(2, 1, NOW)[2].3),
            ("Accepted: rejected", Look::Bad)
        );
        let late = &lines(0, 1, NOW)[2];
        assert_eq!((late.0.as_str(), late.3), ("Accepted, late", Look::Late));
        assert!(late.2.contains("at its level at 17:28:00 GMT"), "{}", late.2);
    }
}
