//! The help pane: for each workspace what it shows and what its terms mean.

mod semantics;
mod words;

use egui::{CollapsingHeader, Label, RichText, ScrollArea, Ui};

use super::alarms;
use super::context::Workspace;
use super::guide;
use super::theme::Tokens;
use super::widgets;
use crate::desk::rationale::AlarmKind;
use crate::desk::snapshot::AlarmLoad;
use crate::time::UtcTime;

/// What the pane is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Topic {
    /// The workspace that is open.
    #[default]
    Workspace,
    /// The alarm list.
    Alarms,
    /// What lies over the window: the review of what is sent.
    Review,
    /// The question before a STOP.
    Stop,
    /// The dialogue in which a person signs on.
    SignOn,
    /// The list of all actions.
    Palette,
}

/// What help is asked for.
pub struct Of {
    /// The workspace that is open.
    pub workspace: Workspace,
    /// How many alarms come.
    pub load: AlarmLoad,
    /// The present.
    pub now: UtcTime,
    /// Whether the guided run can be begun.
    pub guided: bool,
    /// Whether a scenario is edited in it.
    pub is_editing: bool,
}

/// What a person wants besides reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    None,
    /// Close the pane.
    Close,
    /// The guided run.
    Guide,
}

/// Draws the pane.
pub fn ui(ui: &mut Ui, tokens: &Tokens, of: &Of, topic: &mut Topic) -> Wish {
    let mut wish = Wish::None;
    let name = match topic {
        Topic::Workspace if of.is_editing => "Scenario editor",
        Topic::Workspace => of.workspace.name(),
        Topic::Alarms => "Alarms",
        Topic::Review => "Review and send",
        Topic::Stop => "Stop",
        Topic::SignOn => "Sign on",
        Topic::Palette => "Actions",
    };
    ui.horizontal(|ui| {
        widgets::heading(ui, &format!("Help: {name}"));
        widgets::at_the_right(ui, |ui| {
            let (other, text) = match topic {
                Topic::Workspace => (Topic::Alarms, "Alarms"),
                Topic::Alarms => (Topic::Workspace, of.workspace.name()),
                Topic::Review | Topic::Stop | Topic::SignOn | Topic::Palette => (*topic, ""),
            };
            if !text.is_empty() && ui.button(text).accessible_name(format!("Help on {text}")).clicked() {
                *topic = other;
            }
            if ui.button("Close").accessible_name("Close the help").clicked() {
                wish = Wish::Close;
            }
        });
    });
    ScrollArea::vertical().id_salt(name).auto_shrink([false, false]).show(ui, |ui| match topic {
        Topic::Workspace => {
            if of.guided && guided_run(ui, tokens) {
                wish = Wish::Guide;
            }
            let of_workspace = words::of(of.workspace);
            told(ui, tokens, if of.is_editing { &words::EDITOR } else { &of_workspace });
        }
        Topic::Alarms => of_alarms(ui, tokens, of),
        Topic::Review => told(ui, tokens, &words::REVIEW),
        Topic::Stop => told(ui, tokens, &words::STOP),
        Topic::SignOn => told(ui, tokens, &words::SIGN_ON),
        Topic::Palette => told(ui, tokens, &words::PALETTE),
    });
    wish
}

/// The way to the guided run; whether it was taken.
fn guided_run(ui: &mut Ui, tokens: &Tokens) -> bool {
    let says = "New here? Five minutes from a setpoint to a stop, step by step, in this session.";
    ui.add(Label::new(RichText::new(says).color(tokens.weak)).wrap());
    let begun = ui.button(format!("{} …", guide::NAME)).accessible_name(guide::NAME).clicked();
    ui.add_space(tokens.gap);
    begun
}

/// What is shown and what its terms mean, and the terms that stand everywhere.
fn told(ui: &mut Ui, tokens: &Tokens, help: &words::Help) {
    ui.add(Label::new(help.shows).wrap());
    ui.add_space(tokens.gap);
    for (title, terms) in [("Terms here", help.terms), ("Everywhere", words::COMMON)] {
        part(ui, tokens, title);
        for (term, meaning) in terms {
            explained(ui, term, meaning);
        }
        ui.add_space(tokens.gap);
    }
    meanings(ui, tokens);
}

/// The words on which both sides must agree, each folded until it is asked for.
fn meanings(ui: &mut Ui, tokens: &Tokens) {
    part(ui, tokens, "What both sides must mean by it");
    for meaning in semantics::MEANINGS.iter() {
        CollapsingHeader::new(&meaning.word).id_salt(("meaning", &meaning.word)).show(ui, |ui| {
            for (name, said) in &meaning.parts {
                explained(ui, name, said);
            }
        });
    }
    ui.add_space(tokens.gap);
}

/// How the list works, whether it can be dealt with, and the rationalised list itself.
fn of_alarms(ui: &mut Ui, tokens: &Tokens, of: &Of) {
    ui.add(Label::new(words::ALARMS).wrap());
    ui.add_space(tokens.gap);
    part(ui, tokens, "Terms here");
    for (term, meaning) in words::ALARM_TERMS {
        explained(ui, term, meaning);
    }
    ui.add_space(tokens.gap);
    part(ui, tokens, "How many come");
    for (name, value) in alarms::figures(&of.load, of.now) {
        widgets::pair(ui, tokens, name, value);
    }
    ui.add(Label::new(alarms::MANAGEABLE).wrap());
    ui.add_space(tokens.gap);
    part(ui, tokens, "Every alarm there is");
    for kind in AlarmKind::ALL {
        let entry = kind.rationale();
        let priorities: Vec<&str> = entry.priorities.iter().map(|priority| priority.digit()).collect();
        let when = entry.when.map_or(String::new(), |when| format!(" ({when})"));
        let meaning = format!(
            "{} {} {} How soon: {}. Priority {}{when}.",
            entry.means,
            entry.matters,
            entry.act,
            entry.within,
            priorities.join(", ")
        );
        explained(ui, entry.title, &meaning);
    }
}

fn part(ui: &mut Ui, tokens: &Tokens, title: &str) {
    ui.add(Label::new(RichText::new(title).color(tokens.weak)).selectable(false));
}

fn explained(ui: &mut Ui, term: &str, meaning: &str) {
    ui.add(Label::new(RichText::new(term).strong()).wrap());
    ui.add(Label::new(meaning).wrap());
    ui.add_space(2.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workspace_says_what_it_shows_and_what_its_terms_mean() {
        for workspace in Workspace::ALL {
            let help = words::of(workspace);
            assert!(help.shows.len() > 80, "{workspace:?}");
            assert!(!help.terms.is_empty(), "{workspace:?}");
        }
    }
    /// Words that stand on the screen of a workspace and are not everyday language.
    const ON_THE_SCREEN: &[(Workspace, &[&str])] = &[
        (Workspace::Board, &["Ladder", "Late", "Mismatched", "Read-back", "Revision", "Stop"]),
        (
            Workspace::Compose,
            &[
                "Setpoint",
                "Delta, absolute",
                "Reachable",
                "Pre-notify",
                "Run",
                "Run now",
                "Checks",
                "Rehearse",
                "Plan",
                "Second person",
                "Amend",
                "Review, arm, send",
                "Templates",
                "Turn to zero",
                "Baseline",
            ],
        ),
        (
            Workspace::Fleet,
            &["State", "Power bar", "Charge", "Availability", "Faults", "Fail-safe", "Register"],
        ),
        (
            Workspace::Delivery,
            &[
                "Reachable",
                "Shortfall",
                "Over-delivery",
                "In tolerance",
                "Heartbeat",
                "Payment factor",
                "Half-hours",
                "Baseline",
                "Scorecard",
                "Rebound",
            ],
        ),
        (
            Workspace::Messages,
            &[
                "VTN",
                "VEN",
                "Event",
                "Report",
                "Signature",
                "Copy as curl",
                "Pause",
                "Other systems",
                "Kept, changed, lost",
                "Standing",
                "Supplied",
            ],
        ),
        (Workspace::Workshop, &["Scenario", "Virtual time"]),
        (Workspace::Journal, &["Intent"]),
        (
            Workspace::Connections,
            &[
                "VTN",
                "Key id",
                "Onboard",
                "Withdraw",
                "Poll",
                "Acknowledge within",
                "Told at once",
                "Session",
                "Sign on",
                "Contract",
                "Second person",
            ],
        ),
    ];

    #[test]
    fn the_words_of_each_screen_are_explained_and_none_twice() {
        for (workspace, words) in ON_THE_SCREEN {
            let help = words::of(*workspace);
            for word in *words {
                let told = help.terms.iter().filter(|(term, _)| term == word).count();
                assert_eq!(told, 1, "{workspace:?}: {word}");
            }
            for (term, meaning) in help.terms {
                assert!(meaning.len() > 20, "{workspace:?}: {term}: {meaning}");
            }
        }
    }
}
