//! The heartbeat strip drawn: each state by a pattern of its own.

use svg::node::element::{Group, Title};

use super::Fill;
use super::ink::{self, wide};
use super::panel::SMALL;
use super::scale::Scale;
use crate::console::delivery::strip::{self, Beat, Strip};
use crate::console::plot::instant::seconds;
use crate::console::theme::Tokens;
use crate::desk::snapshot::LinkState;

/// Points left of the bar for a name.
const ROOM: f64 = 92.0;

/// Draws a line of the strip on a plot's time axis; `scale` is where.
pub fn draw(strip: &Strip, scale: &Scale, tokens: &Tokens) -> Group {
    let words = format!("Heartbeat of {}: {}", strip.of, strip::in_words(&strip.beats));
    let name = (scale.left - 7.0, scale.top + scale.height / 2.0 + SMALL * 0.35);
    let short = ink::cut(&strip.name, SMALL, ROOM);
    let name = ink::text(&short, name, SMALL, tokens.weak, "end");
    let group = Group::new().set("class", "heartbeat").add(Title::new(words)).add(name);
    strip.beats.iter().fold(group, |group, beat| stretch(group, beat, scale, tokens))
}

/// One stretch: live is a plain thin bar, late is striped, lost is crossed, no data is an empty outline.
fn stretch(group: Group, beat: &Beat, scale: &Scale, tokens: &Tokens) -> Group {
    let x = |at| scale.x(seconds(at)).clamp(scale.left, scale.right());
    let (left, right) = (x(beat.from), x(beat.to));
    if right <= left {
        return group;
    }
    let whole = || ink::rectangle((left, scale.top), (right - left, scale.height), tokens.well);
    let outlined = |ink| whole().set("stroke", ink::colour(ink).0).set("stroke-width", 0.6);
    let (bar, word) = match beat.state {
        Some(LinkState::Live) => {
            let thin = (scale.top + scale.height * 0.3, scale.height * 0.4);
            (ink::rectangle((left, thin.0), (right - left, thin.1), tokens.normal), None)
        }
        Some(LinkState::Late) => {
            let striped = ink::fill(Fill::Rising(tokens.medium)).0;
            (outlined(tokens.medium).set("fill", striped), Some(tokens.medium))
        }
        Some(LinkState::Lost) => {
            (outlined(tokens.high).set("fill", ink::crossed(tokens.high)), Some(tokens.high))
        }
        Some(LinkState::Unknown) | None => (outlined(tokens.edge), Some(tokens.weak)),
    };
    let group = group.add(bar);
    let needs = wide(beat.word(), SMALL);
    let Some(ink) = word.filter(|_| needs + 10.0 < right - left) else { return group };
    let middle = f64::midpoint(left, right);
    let behind =
        ink::rectangle((middle - needs / 2.0, scale.top + 0.5), (needs, scale.height - 1.0), tokens.well);
    let place = (middle, scale.top + scale.height / 2.0 + SMALL * 0.35);
    group.add(behind).add(ink::text(beat.word(), place, SMALL, ink, "middle"))
}
