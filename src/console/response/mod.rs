//! A unit's answer to a step: from rest to a setpoint and back, drawn and in words, anew whenever its physics change.

mod plot;
#[cfg(test)]
mod tests;
mod words;

use std::ops::RangeInclusive;

use egui::{DragValue, Label, RichText, Ui};

use crate::console::theme::Tokens;
use crate::console::widgets::{self, Outline};
use crate::power::{Asset, Baseline, FullSteps, StepResponse, step_response};
use crate::units::grouped;

/// The present counts by quarters of an hour, seconds: a baseline that moves is looked at anew after that.
const QUARTER_S: f64 = 900.0;

/// Which step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Asked {
    /// The whole way up; down for what cannot go up.
    #[default]
    Full,
    /// The whole way down.
    FullDown,
    /// To so many kW net.
    To(f64),
}

impl Asked {
    fn level_kw(self, steps: FullSteps) -> Option<f64> {
        match self {
            Self::Full => steps.first(),
            Self::FullDown => steps.down.or(steps.up),
            Self::To(kw) => Some(kw),
        }
    }
}

/// What an answer follows from.
#[derive(Clone, Debug, PartialEq)]
struct Basis {
    asset: Asset,
    /// Held against it, where it is another.
    declared: Option<Asset>,
    baseline: Baseline,
    asked: Asked,
    quarter: f64,
}

/// Answers, kept until what they follow from changes.
#[derive(Clone, Debug)]
struct Answers {
    of: Basis,
    own: Option<StepResponse>,
    declared: Option<StepResponse>,
}

/// The answer that was drawn last, and the step that is chosen.
#[derive(Clone, Debug, Default)]
pub struct Response {
    asked: Asked,
    answers: Option<Answers>,
}

/// Whose answer is drawn.
pub struct Subject<'a> {
    /// Tells its plot from others, and names it for people.
    pub name: &'a str,
    /// Its physics; `None` while what is typed cannot be, or nothing is known.
    pub physics: Option<(&'a Asset, &'a Baseline)>,
    /// What it is held against: the physics that are declared.
    pub declared: Option<&'a Asset>,
    /// The present, seconds of UTC.
    pub now: f64,
}

impl Response {
    /// Draws header, plot and figures. While the physics cannot be read the last answer stays, greyed.
    pub fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, subject: &Subject<'_>) {
        let quarter = subject.now - subject.now.rem_euclid(QUARTER_S);
        if let Some((asset, baseline)) = subject.physics {
            self.header(ui, subject.name, (asset, baseline), quarter);
            self.refresh(asset, baseline, subject.declared, quarter);
        }
        let is_stale = subject.physics.is_none();
        match &self.answers {
            Some(Answers { of, own: Some(answer), declared }) => {
                if is_stale {
                    stale(ui, tokens);
                }
                let (name, asset, declared) = (subject.name, &of.asset, declared.as_ref());
                plot::show(ui, tokens, &plot::Drawn { name, answer, asset, declared, is_stale });
                for (name, value) in words::figures(answer, asset) {
                    if is_stale {
                        weak(ui, tokens, &format!("{name}: {value}"));
                    } else {
                        widgets::pair(ui, tokens, name, value);
                    }
                }
            }
            Some(_) => weak(ui, tokens, "Its limits leave it no way to go from its baseline."),
            None => weak(ui, tokens, "Nothing is drawn until its physics can be read."),
        }
    }

    /// Which step: the whole way up or down, or to a level.
    fn header(&mut self, ui: &mut Ui, subject: &str, (asset, baseline): (&Asset, &Baseline), quarter: f64) {
        let steps = FullSteps::of(asset, baseline.at(quarter));
        let Some(level) = self.asked.level_kw(steps) else { return };
        ui.horizontal_wrapped(|ui| {
            for (name, asked, full) in
                [("Full turn up", Asked::Full, steps.up), ("Full turn down", Asked::FullDown, steps.down)]
            {
                if full.is_none() {
                    continue;
                }
                let button = ui.selectable_label(full == Some(level), name);
                if button.accessible_name(format!("{name} of {subject}")).clicked() {
                    self.asked = asked;
                }
            }
            let (least, most) = asset.limits_kw(baseline.at(quarter));
            let mut typed = level;
            let field =
                DragValue::new(&mut typed).range(least..=most).speed(((most - least) / 200.0).max(0.1));
            let field = ui
                .add(
                    field.max_decimals(1).suffix(" kW net").custom_formatter(to_tenths).custom_parser(number),
                )
                .accessible_name(format!("Setpoint of the step of {subject}"));
            if field.on_hover_text("Drag, or click and type").changed() && typed != level {
                self.asked = Asked::To(typed);
            }
        });
    }

    fn refresh(&mut self, asset: &Asset, baseline: &Baseline, declared: Option<&Asset>, quarter: f64) {
        let declared = declared.filter(|declared| *declared != asset);
        let asked = self.asked;
        let is_same = |of: &Basis| {
            of.asked == asked
                && of.quarter == quarter
                && of.asset == *asset
                && of.declared.as_ref() == declared
                && of.baseline == *baseline
        };
        if self.answers.as_ref().is_some_and(|answers| is_same(&answers.of)) {
            return;
        }
        let level = asked.level_kw(FullSteps::of(asset, baseline.at(quarter)));
        let answer = |asset: &Asset| level.and_then(|level| step_response(asset, baseline, level, quarter));
        let (own, declared) = (answer(asset), declared.cloned());
        let other = declared.as_ref().and_then(answer);
        let of = Basis { asset: asset.clone(), declared, baseline: baseline.clone(), asked, quarter };
        self.answers = Some(Answers { of, own, declared: other });
    }
}

/// As it is written elsewhere, a tenth only where there is one.
fn to_tenths(kw: f64, _: RangeInclusive<usize>) -> String {
    let is_whole = ((kw * 10.0).round() % 10.0).abs() < 0.5;
    grouped(kw, usize::from(!is_whole))
}

/// Reads it with or without the marks that [`to_tenths`] writes.
fn number(typed: &str) -> Option<f64> {
    typed.replace(',', "").replace('−', "-").trim().parse().ok()
}

/// Says that what is drawn is not what is typed.
fn stale(ui: &mut Ui, tokens: &Tokens) {
    let words = "Not what is typed: that cannot be. This is the last that could.";
    let mark = (Outline::Triangle, tokens.medium, true);
    widgets::marked(ui, mark, words, words);
}

fn weak(ui: &mut Ui, tokens: &Tokens, words: &str) {
    ui.add(Label::new(RichText::new(words).color(tokens.weak)).wrap());
}
