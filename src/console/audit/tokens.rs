//! Every token on every ground that it is drawn on.

use egui::Color32;

use super::contrast::{MARK, TEXT, contrast};
use crate::console::theme::{Theme, Tokens};

/// A place that things are drawn on.
type Ground = (&'static str, Color32);

/// An ink on a ground, and the contrast that it must have.
struct Pair {
    ink: &'static str,
    colour: Color32,
    ground: Ground,
    least: f64,
}

/// All that is drawn in one set of tokens. No `..` below: a new token does not compile until it is said here what it is
/// drawn on.
fn pairs(tokens: &Tokens) -> Vec<Pair> {
    let Tokens {
        theme: _,
        background,
        panel,
        well,
        hover,
        selected,
        line,
        edge,
        text,
        weak,
        accent,
        on_accent,
        baseline,
        instructed,
        delivered,
        predicted,
        reachable,
        shortfall,
        over,
        charge,
        now,
        high,
        medium,
        low,
        on_alarm,
        normal,
        live,
        training,
        sandbox,
        on_band,
        gap: _,
        row: _,
        radius: _,
    } = *tokens;
    let still = [("background", background), ("panel", panel), ("well", well)];
    let moved = [("hover", hover), ("selected", selected)];
    let all = [still.as_slice(), moved.as_slice()].concat();
    let within = ("reachable", well.blend(reachable));
    let tolerance = ("tolerance", well.blend(tokens.tolerance()));
    let short = ("hatched shortfall", well.blend(Tokens::hatched(shortfall)));
    let beyond = ("dotted over", well.blend(Tokens::hatched(over)));
    let layers = [0, 1, 2].map(|place| ("layer of a stack", well.blend(tokens.layer(place))));
    let plots = [[("well", well), within, tolerance, short, beyond].as_slice(), layers.as_slice()].concat();

    let mut pairs = Vec::new();
    let mut drawn = |least: f64, inks: &[Ground], grounds: &[Ground]| {
        for (ink, colour) in inks {
            let pair = |ground: &Ground| Pair { ink, colour: *colour, ground: *ground, least };
            pairs.extend(grounds.iter().map(pair));
        }
    };
    drawn(TEXT, &[("text", text), ("weak", weak)], &all);
    // The names of FSPs, written into their layers.
    drawn(TEXT, &[("text", text)], &layers);
    drawn(TEXT, &[("accent", accent), ("high", high), ("medium", medium)], &still);
    drawn(TEXT, &[("now", now)], &still);
    drawn(TEXT, &[("on_accent", on_accent)], &[("accent", accent)]);
    drawn(TEXT, &[("on_alarm", on_alarm)], &[("high", high), ("medium", medium), ("low", low)]);
    drawn(TEXT, &[("on_band", on_band)], &[("live", live), ("training", training), ("sandbox", sandbox)]);

    // Marks stand in rows that are picked or under the pointer; so does the outline of the focus.
    let marks = [("high", high), ("medium", medium), ("low", low), ("normal", normal), ("accent", accent)];
    drawn(MARK, &marks, &all);
    drawn(MARK, &[("edge", edge)], &still);
    let curves = [("instructed", instructed), ("delivered", delivered), ("predicted", predicted)];
    drawn(MARK, &curves, &[("well", well), ("panel", panel), within, tolerance]);
    // What was instructed is read against all that is filled below it.
    drawn(MARK, &[("instructed", instructed)], &plots);
    drawn(
        MARK,
        &[("reported", tokens.reported()), ("delivered later", tokens.delivered_later())],
        &[("well", well), tolerance],
    );
    let thin = [("baseline", baseline), ("charge", charge), ("now", now), ("accent", accent), ("edge", edge)];
    drawn(MARK, &thin, &[("well", well), ("panel", panel)]);
    drawn(MARK, &[("shortfall", shortfall)], &[("well", well), short]);
    drawn(MARK, &[("over", over)], &[("well", well), beyond]);
    // The bands of the mode, and the part of EMERGENCY STOP that was held, against what they lie on.
    drawn(1.2, &[("live", live), ("training", training), ("sandbox", sandbox)], &[("panel", panel)]);
    // Lines that order what stands apart by itself, and an area that has an outline of its own.
    drawn(1.2, &[("line", line)], &still);
    drawn(1.2, &[("reachable", reachable)], &[("well", well)]);
    pairs
}

#[test]
fn every_token_can_be_read_on_every_ground_that_it_is_drawn_on() {
    let mut wrong = Vec::new();
    let screens = Theme::ALL.map(|theme| (theme.name(), Tokens::of(theme)));
    for (theme, tokens) in screens.into_iter().chain([("Paper", Tokens::paper())]) {
        for Pair { ink, colour, ground, least } in pairs(&tokens) {
            let is = contrast(colour, ground.1);
            if is < least {
                let ground = ground.0;
                wrong.push(format!("{theme}: {ink} on {ground} is {is:.2}, not {least}"));
            }
        }
    }
    assert!(wrong.is_empty(), "below WCAG 2.2 AA:\n{}", wrong.join("\n"));
}
