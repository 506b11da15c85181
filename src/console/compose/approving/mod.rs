//! What waits for a second person: frozen as it was armed, read by another person, approved with their own key, then
//! sent. Whoever wants to change it withdraws it first, and with that the approval is gone.

mod signing;

use egui::{Label, RichText, ScrollArea, Spinner, TextEdit, Ui};

use crate::console::context::View;
use crate::console::dialog::{Choosing, Wanted};
use crate::console::secret_field::SecretField;
use crate::console::theme::Tokens;
use crate::console::widgets::{clicked_but_not_by_enter, filled_button, heading};
use crate::console::words;
use crate::desk::approval::{Asked, Need, need, sent_before};
use crate::desk::snapshot::{ApprovedBy, Mode};
use crate::dispatch::{Approval, DispatchParts, DispatchUnit};
use crate::power::Baseline;

use super::ComposeView;
use super::confirm::{self, Frozen, consequence};
use super::sheet::Stage;
use signing::Signing;

/// Dispatches that were armed and wait for a second person.
pub struct Request {
    /// The same as long as the window is open.
    pub id: u64,
    /// Each with its consequence in words.
    pub dispatches: Vec<Frozen>,
    need: Need,
    form: Form,
    granted: Option<(ApprovedBy, Approval)>,
}

/// What the second person fills in.
struct Form {
    path: String,
    passphrase: SecretField,
    choosing: Choosing<()>,
    signing: Option<Signing>,
    fault: Option<String>,
}

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    None,
    Withdraw,
    Send,
}

impl Form {
    fn of(request: u64) -> Self {
        Self {
            path: String::new(),
            passphrase: SecretField::new(("approval passphrase", request)),
            choosing: Choosing::default(),
            signing: None,
            fault: None,
        }
    }
}

/// Why a second person must approve these, where one must.
pub fn need_of(view: &View<'_>, dispatches: &[Frozen]) -> Option<Need> {
    let rules = &view.snapshot.approval;
    if rules.limits().is_empty() {
        return None;
    }
    let baseline = |unit: &DispatchUnit| view.unit(unit).map(|unit| unit.baseline.as_ref());
    let asked = |parts: &DispatchParts| Asked::of(parts, baseline(&parts.unit).unwrap_or(&Baseline::Zero));
    let asked: Vec<Asked> = dispatches.iter().map(|frozen| asked(&frozen.parts)).collect();
    let known = view.snapshot.dispatches.iter().map(AsRef::as_ref);
    need(rules, &asked, &sent_before(known, view.clock.now(), baseline))
}

impl ComposeView {
    /// Has what was armed wait for a second person.
    pub(super) fn ask_for_approval(&mut self, dispatches: Vec<Frozen>, need: Need) {
        self.next_id += 1;
        let id = self.next_id;
        for frozen in &dispatches {
            if let Some(sheet) = self.sheets.iter_mut().find(|sheet| sheet.id == frozen.sheet) {
                sheet.stage = Stage::Asked(id);
            }
        }
        self.requests.push(Request { id, dispatches, need, form: Form::of(id), granted: None });
    }

    /// Shows what waits, in the place of its draft.
    pub(super) fn waiting_for_approval(&mut self, ui: &mut Ui, view: &mut View<'_>, id: u64) {
        let of_request = |frozen: &Frozen| frozen.sheet;
        let Some(place) = self.requests.iter().position(|request| request.id == id) else { return };
        let sheets: Vec<u64> = self.requests[place].dispatches.iter().map(of_request).collect();
        let obstacle = self.obstacle(view, &sheets);
        let decision = self.requests[place].show(ui, view, obstacle.as_deref());
        if decision == Decision::None {
            return;
        }
        let request = self.requests.remove(place);
        for sheet in self.sheets.iter_mut().filter(|sheet| sheets.contains(&sheet.id)) {
            sheet.stage = Stage::Editing;
        }
        if decision == Decision::Send {
            let parts = request.dispatches.into_iter().map(|frozen| (frozen.sheet, frozen.parts)).collect();
            self.send(view, parts, request.granted.map(|(_, approval)| approval));
        }
    }

    /// How it stands with a request, for a tab.
    pub(super) fn request_words(&self, id: u64) -> &'static str {
        let granted = self.requests.iter().any(|request| request.id == id && request.granted.is_some());
        if granted { ", approved" } else { ", awaiting approval" }
    }
}

impl Request {
    fn show(&mut self, ui: &mut Ui, view: &View<'_>, obstacle: Option<&str>) -> Decision {
        self.settle(view);
        let tokens = view.tokens;
        let mut decision = Decision::None;
        ScrollArea::vertical().id_salt("compose-approval").auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(680.0);
            heading(ui, &self.title(view.snapshot.mode));
            for frozen in &self.dispatches {
                consequence(ui, tokens, frozen);
            }
            ui.separator();
            wrapped(ui, &format!("Why: {}.", self.need.words()));
            wrapped(ui, &format!("May approve: {}.", view.snapshot.approval.who()));
            ui.add_space(tokens.gap);
            if let Some(obstacle) = obstacle {
                let text = format!("No longer possible: {obstacle}");
                ui.add(Label::new(RichText::new(text).color(tokens.high)).wrap());
            }
            decision = match self.granted.as_ref().map(|(by, _)| granted_words(by)) {
                Some(words) => {
                    let unsigned = confirm::unsigned(view, &self.dispatches);
                    if let Some(unsigned) = &unsigned {
                        let text = format!("Not yet: {unsigned}");
                        ui.add(Label::new(RichText::new(text).color(tokens.high)).wrap());
                    }
                    granted(ui, tokens, &words, obstacle.is_none() && unsigned.is_none())
                }
                None => self.fill_in(ui, view, obstacle.is_none()),
            };
        });
        decision
    }

    fn title(&self, mode: Mode) -> String {
        let what = match self.dispatches.as_slice() {
            [one] => format!("Revision {} of {}", one.parts.revision, one.parts.dispatch_ref),
            several => format!("{} dispatches", several.len()),
        };
        let one = self.dispatches.len() == 1;
        let how = match (self.granted.is_some(), one) {
            (false, true) => "waits for a second person",
            (false, false) => "wait for a second person",
            (true, true) => "is approved and not yet sent",
            (true, false) => "are approved and not yet sent",
        };
        format!("{what} {how}. {}", mode.word())
    }

    /// Takes what has come from the dialog and from the thread that signs.
    fn settle(&mut self, view: &View<'_>) {
        match self.form.choosing.settled() {
            Some(((), Ok(path))) => self.form.path = path.display().to_string(),
            Some(((), Err(fault))) => self.form.fault = Some(fault.beside_a_field()),
            None => {}
        }
        let Some(signed) = self.form.signing.as_mut().and_then(Signing::signed) else { return };
        self.form.signing = None;
        match signed {
            Ok(granted) => self.granted = Some(granted),
            Err(fault) => self.form.fault = Some(format!("{fault} ({})", words::london(view.clock.now()))),
        }
    }

    /// The second person's key and passphrase.
    fn fill_in(&mut self, ui: &mut Ui, view: &View<'_>, possible: bool) -> Decision {
        let tokens = view.tokens;
        let form = &mut self.form;
        wrapped(ui, "The second person: read what is above, open your own key file and type its passphrase.");
        let is_signing = form.signing.is_some();
        ui.add_enabled_ui(possible && !is_signing, |ui| {
            ui.horizontal(|ui| {
                let label = ui.label("Key file");
                let width = (ui.available_width() - 100.0).clamp(120.0, 420.0);
                ui.add(TextEdit::singleline(&mut form.path).desired_width(width)).labelled_by(label.id);
                if ui.button("Choose…").accessible_name("Choose the key file…").clicked() {
                    form.choosing.begin(ui.ctx(), (), Wanted::Toml("Your own key file"));
                }
            });
            ui.horizontal(|ui| {
                let label = ui.label("Passphrase");
                form.passphrase.ui(ui, label.id, 320.0);
            });
        });
        if let Some(fault) = &form.fault {
            ui.add(Label::new(RichText::new(fault).color(tokens.high)).wrap());
        }
        ui.add_space(tokens.gap);
        let mut decision = Decision::None;
        ui.horizontal(|ui| {
            if ui.button("Withdraw").on_hover_text("Back to the draft; nothing is sent").clicked() {
                decision = Decision::Withdraw;
            }
            let ready =
                possible && !is_signing && !form.path.trim().is_empty() && !form.passphrase.is_empty();
            let (fill, ink) =
                if ready { (tokens.accent, tokens.on_accent) } else { (tokens.panel, tokens.weak) };
            let approve = filled_button(ui, ready, "Approve", fill, ink)
                .on_disabled_hover_text("Open your key file and type its passphrase first");
            if is_signing {
                ui.add(Spinner::new().size(14.0));
                ui.label("The key is being opened.");
            }
            if clicked_but_not_by_enter(&approve) {
                form.fault = None;
                let passphrase = form.passphrase.take();
                let parts = self.dispatches.iter().map(|frozen| frozen.parts.clone()).collect();
                form.signing = Some(Signing::begin(ui.ctx(), view, form.path.trim(), passphrase, parts));
            }
        });
        decision
    }
}

/// What was approved can be sent, or withdrawn and changed.
fn granted(ui: &mut Ui, tokens: &Tokens, words: &str, possible: bool) -> Decision {
    let mut decision = Decision::None;
    ui.add(Label::new(RichText::new(words).strong()).wrap());
    wrapped(ui, "Whatever is changed from now on is not approved any more.");
    ui.horizontal(|ui| {
        if ui.button("Withdraw").on_hover_text("Back to the draft; the approval is gone").clicked() {
            decision = Decision::Withdraw;
        }
        let (fill, ink) =
            if possible { (tokens.accent, tokens.on_accent) } else { (tokens.panel, tokens.weak) };
        if clicked_but_not_by_enter(&filled_button(ui, possible, "Send now", fill, ink)) {
            decision = Decision::Send;
        }
    });
    decision
}

fn granted_words(by: &ApprovedBy) -> String {
    format!("Approved by {}, {}.", by.who(), words::london(by.at))
}

fn wrapped(ui: &mut Ui, text: &str) {
    ui.add(Label::new(text).wrap());
}
