//! Every widget by the role and the name that an assistive tool tells of it.

use std::collections::BTreeMap;

use egui::accesskit::{Action, Role};
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};

use super::scenes::{self, SCENES};
use crate::console::testing::Bench;
use crate::console::theme::Theme;

/// Whether something can be done with it.
pub fn is_interactive(node: &AccessKitNode<'_>) -> bool {
    let actions = [Action::Click, Action::Focus, Action::Increment, Action::SetValue];
    !node.is_hidden() && actions.into_iter().any(|action| node.data().supports_action(action))
}

/// What is told of it: its label, or what it says where saying is all it does.
pub fn name(node: &AccessKitNode<'_>) -> String {
    let own = node.label().or_else(|| if node.role() == Role::Label { node.value() } else { None });
    own.unwrap_or_default().trim().to_owned()
}

/// An icon font's glyphs mean nothing to those who hear them.
fn has_glyphs(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'))
}

fn place(node: &AccessKitNode<'_>) -> String {
    node.raw_bounds().map_or_else(String::new, |b| format!(" at {:.0}, {:.0}", b.x0, b.y0))
}

/// What is wrong with a node by itself.
fn fault(node: &AccessKitNode<'_>) -> Option<String> {
    let (role, name) = (node.role(), name(node));
    let said = [node.label(), node.value()].into_iter().flatten().find(|said| has_glyphs(said));
    if let Some(said) = said {
        return Some(format!("{role:?} tells a glyph: {said:?}{}", place(node)));
    }
    if role == Role::Image && !(name.chars().any(|c| c.is_ascii_digit()) && name.split(' ').count() > 2) {
        return Some(format!("Image says nothing of what it shows: {name:?}{}", place(node)));
    }
    if !is_interactive(node) || node.is_root() {
        return None;
    }
    if matches!(role, Role::Unknown | Role::GenericContainer | Role::Window) {
        return Some(format!("no role: {role:?} {name:?}{}", place(node)));
    }
    // What a scroll bar moves is told by where it stands.
    let is_named = role == Role::ScrollBar || name.chars().any(char::is_alphanumeric);
    (!is_named).then(|| format!("no name: {role:?} {name:?}{}", place(node)))
}

/// What can be done with, told twice in the same words: by name alone nobody knows which is which.
fn told_twice(bench: &Bench) -> Vec<String> {
    let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
    // What is said is not pressed; scroll bars and the edges of panels are egui's, and told by what they stand beside.
    let is_told = |node: &AccessKitNode<'_>| {
        is_interactive(node) && !matches!(node.role(), Role::Label | Role::Splitter | Role::ScrollBar)
    };
    for node in bench.harness.get_all_by(is_told) {
        let node = node.accesskit_node();
        *told.entry((format!("{:?}", node.role()), name(&node))).or_default() += 1;
    }
    let twice = told.into_iter().filter(|(_, times)| *times > 1);
    twice.map(|((role, name), times)| format!("{times} times: {role} {name:?}")).collect()
}

#[test]
fn everything_that_can_be_used_has_a_role_and_a_name_of_its_own() {
    let wrong = scenes::findings(&[Theme::Dark], |bench| {
        let nodes = bench.harness.get_all_by(|_| true);
        let faults = nodes.filter_map(|node| fault(&node.accesskit_node()));
        faults.chain(told_twice(bench)).collect()
    });
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}

/// Scenes with plots, and how the text of each begins that stands for one.
const PLOTS: [(&str, &[&str]); 5] = [
    (
        "Compose, a draft",
        &["Plot of net power of BRIGHTFLEX/BESS-01", "Plot of the predicted state of charge"],
    ),
    ("Compose, a plan worked out", &["Plot of change from baseline"]),
    ("Fleet, a unit's page", &["power 2,"]),
    ("Delivery", &["Delivery of "]),
    (
        "Delivery of a dispatch",
        &[
            "Delivery of EMID-0417",
            "Plot of reactive power",
            "State of charge of BRIGHTFLEX/BESS-07",
            "Heartbeat of BRIGHTFLEX's client",
        ],
    ),
];

#[test]
fn every_plot_says_in_words_and_numbers_what_it_shows() {
    for (name, plots) in PLOTS {
        let scene = SCENES.iter().find(|scene| scene.name == name).unwrap();
        let stage = scene.open(Theme::Dark, [1440.0, 900.0]);
        let images = stage.bench.harness.query_all_by_role(Role::Image);
        let said: Vec<String> = images.filter_map(|image| image.accesskit_node().label()).collect();
        for plot in plots {
            assert!(said.iter().any(|said| said.starts_with(plot)), "{name}: no {plot} in {said:#?}");
        }
    }
}
