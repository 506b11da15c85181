//! What of Compose outlives a crash: every draft as typed, until the desk shows that it was sent.

use std::sync::Arc;

use egui::{RichText, Ui};
use serde::{Deserialize, Serialize};

use crate::console::context::View;
use crate::dispatch::{DispatchKey, DispatchRef, Revision};
use crate::units::counted;

use super::ComposeView;
use super::draft::Draft;
use super::sheet::{Sheet, Stage};
use super::templates::{Template, Templates};

/// Drafts, in the order of their tabs, and templates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptDrafts {
    drafts: Vec<KeptDraft>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    templates: Vec<Template>,
}

/// A draft, and the revision that it amends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptDraft {
    draft: Draft,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amends: Option<Revision>,
}

#[cfg(test)]
impl KeptDrafts {
    /// Of one that is new.
    pub(super) fn of(draft: Draft) -> Self {
        Self { drafts: vec![KeptDraft { draft, amends: None }], templates: Vec::new() }
    }
}

impl KeptDraft {
    /// The dispatch that it amends.
    fn amended(&self) -> Option<(DispatchKey, Revision)> {
        let dispatch_ref = DispatchRef::new(self.draft.dispatch_ref.trim()).ok()?;
        Some((DispatchKey { operator: self.draft.operator.clone(), dispatch_ref }, self.amends?))
    }
}

impl KeptDrafts {
    /// How many.
    pub fn count(&self) -> usize {
        self.drafts.len()
    }

    /// How many, in words.
    pub fn words(&self) -> String {
        counted(self.drafts.len(), "draft")
    }

    /// Every draft, and those that templates hold.
    pub fn drafts(&self) -> impl Iterator<Item = &Draft> {
        let templates = self.templates.iter().map(Template::draft);
        self.drafts.iter().map(|kept| &kept.draft).chain(templates)
    }

    /// Whether there is no draft.
    pub fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }
}

impl ComposeView {
    /// What is to be kept: all that a person would have to draw up again. What was given to the desk is among it until the
    /// desk shows it.
    pub fn to_keep(&self, view: &View<'_>) -> KeptDrafts {
        let is_unsent = |sheet: &&Sheet| match &sheet.stage {
            Stage::Editing | Stage::Review(_) | Stage::Asked(_) => true,
            Stage::Sent(sent) => !sent.has_landed(view),
        };
        let kept = |sheet: &Sheet| KeptDraft {
            draft: sheet.draft.clone(),
            amends: sheet.amends.as_ref().map(|revision| revision.signed.dispatch.revision),
        };
        let drafts = self.sheets.iter().filter(is_unsent).map(kept);
        let drafts = drafts.chain(self.waiting.iter().cloned()).collect();
        KeptDrafts { drafts, templates: self.templates.kept().to_vec() }
    }

    /// Takes up what an earlier session left. A draft that amends a dispatch waits until the desk shows that.
    pub fn take_up(&mut self, kept: KeptDrafts) {
        self.templates = Templates::of(kept.templates);
        for kept in kept.drafts {
            match kept.amends {
                None => self.push(kept.draft, None),
                Some(_) => self.waiting.push(kept),
            }
        }
    }

    /// Opens the drafts that waited for a dispatch which the desk shows by now.
    pub(super) fn take_up_waiting(&mut self, view: &View<'_>) {
        for kept in std::mem::take(&mut self.waiting) {
            let amended = kept.amended().and_then(|(key, revision)| {
                let state = view.dispatch(&key)?;
                state.revisions.iter().find(|r| r.signed.dispatch.revision == revision).map(Arc::clone)
            });
            match amended {
                Some(amended) => self.push(kept.draft, Some(amended)),
                None => self.waiting.push(kept),
            }
        }
    }

    /// The drafts that wait, each with a way to let go of it.
    pub(super) fn waiting_ones(&mut self, ui: &mut Ui, view: &View<'_>) {
        self.waiting.retain(|kept| {
            let (draft, revision) = (&kept.draft, kept.amends.map_or(0, Revision::get));
            let says = format!(
                "{}: the draft waits for revision {revision} of {}, which it amends",
                draft.unit,
                draft.dispatch_ref.trim()
            );
            ui.label(RichText::new(says).color(view.tokens.weak))
                .on_hover_text("The desk does not show that dispatch. It may still be found at the VTN.");
            let name = format!("Let go of the draft for {}", draft.unit);
            !ui.button("Let go").accessible_name(name).clicked()
        });
    }
}
