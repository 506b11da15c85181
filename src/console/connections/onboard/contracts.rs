//! Page 2: under which contracts it is dispatched.

use egui::{ComboBox, Frame, Ui};

use super::form::{Form, Page};
use super::rows::{Row, beside, weak, wrong};
use crate::console::context::View;
use crate::console::theme::Tokens;
use crate::console::widgets;
use crate::profile::products::Products;
use crate::workshop::enrolment::ContractDraft;

/// The widths of fields, points.
const TEXT: f32 = 300.0;
const NUMBER: f32 = 100.0;

/// Draws it.
pub fn ui(ui: &mut Ui, view: &View<'_>, form: &mut Form) {
    weak(
        ui,
        view.tokens,
        "A contract is between one operator and one FSP. How often the FSP polls and how soon it must acknowledge are terms \
         of the contract; the operator is one that this desk holds a signing key of.",
    );
    let faults: Vec<String> = form.faults_without_field(Page::Contracts).map(str::to_owned).collect();
    faults.iter().for_each(|fault| wrong(ui, view.tokens, fault));
    let mut removed = None;
    let count = form.typed.draft.contracts.len();
    for place in 0..count {
        Frame::group(ui.style()).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                widgets::heading(ui, &format!("Contract {}", place + 1));
                let name = format!("Remove contract {}", place + 1);
                if count > 1 && ui.button("Remove").accessible_name(name).clicked() {
                    removed = Some(place);
                }
            });
            one(ui, view, form, place);
        });
    }
    if let Some(place) = removed {
        remove(form, place);
    }
    if ui.button("Add a contract").clicked() {
        let operator = form.typed.draft.contracts.last().map_or("", |contract| &contract.operator).to_owned();
        form.typed.draft.contracts.push(ContractDraft::of(&operator));
    }
}

fn one(ui: &mut Ui, view: &View<'_>, form: &mut Form, place: usize) {
    let tokens = view.tokens;
    let of = |what: &str| {
        if form.typed.draft.contracts.len() > 1 {
            format!("{what} of contract {}", place + 1)
        } else {
            what.to_owned()
        }
    };
    let names: [String; 9] = [
        "Operator",
        "Contract id",
        "Product",
        "Polls every",
        "Acknowledges within",
        "Notice",
        "Price",
        "Fail-safe level",
        "Fail-safe after",
    ]
    .map(of);
    let [operator, id, product, polls, acknowledges, notice, price, safe_level, safe_after] = names;
    operators(ui, view, form, place, &operator);
    let row = |ui: &mut Ui,
               form: &mut Form,
               key: &str,
               (label, name, hint): (&str, String, &str),
               width: f32,
               get: fn(&mut ContractDraft) -> &mut String| {
        let field = format!("contracts[{place}].{key}");
        let row = Row { field: &field, label, name, width, hint, number: width < TEXT };
        row.show(ui, tokens, form, |form| get(&mut form.typed.draft.contracts[place]));
    };
    row(ui, form, "id", ("Id", id, "EMID-C-2026-0300"), TEXT, |c| &mut c.id);
    row(ui, form, "product", ("Product", product, "Operational Utilisation"), TEXT, |c| &mut c.product);
    products(ui, tokens, form, place);
    row(ui, form, "poll_seconds", ("Polls every, s", polls, "10"), NUMBER, |c| &mut c.poll_seconds);
    row(ui, form, "ack_seconds", ("Acknowledges within, s", acknowledges, "30"), NUMBER, |c| {
        &mut c.ack_seconds
    });
    row(ui, form, "notice_seconds", ("Notice, s (0: none)", notice, "0"), NUMBER, |c| &mut c.notice_seconds);
    row(ui, form, "gbp_per_mwh", ("Price, £ per MWh", price, "none"), NUMBER, |c| &mut c.gbp_per_mwh);
    let level = ("Fail-safe, kW or baseline", safe_level, "none");
    row(ui, form, "fail_safe.kw", level, NUMBER, |c| &mut c.fail_safe_kw);
    let after = ("Fail-safe after, polls", safe_after, "none");
    row(ui, form, "fail_safe.after_polls", after, NUMBER, |c| &mut c.fail_safe_polls);
    beside(ui, tokens, "", |ui| {
        weak(
            ui,
            tokens,
            "Where a unit goes when the VTN has not been heard for so many polls; none: it goes on as accepted.",
        );
    });
}

/// The products that are known, to choose from, and what the one that is written means.
fn products(ui: &mut Ui, tokens: &Tokens, form: &mut Form, place: usize) {
    beside(ui, tokens, "", |ui| {
        let several = form.typed.draft.contracts.len() > 1;
        let written = &mut form.typed.draft.contracts[place].product;
        let button = ui.menu_button("Choose a product", |ui| {
            for product in Products::built_in().all() {
                if ui.button(&product.name).on_hover_text(product.words()).clicked() {
                    written.clone_from(&product.name);
                    ui.close();
                }
            }
        });
        let button = button.response.on_hover_text("or write another name: it is for people");
        if several {
            button.accessible_name(format!("Choose a product of contract {}", place + 1));
        }
        if let Some(known) = Products::built_in().get(written.trim()) {
            weak(ui, tokens, &known.words());
        }
    });
}

fn operators(ui: &mut Ui, view: &View<'_>, form: &mut Form, place: usize, name: &str) {
    let field = format!("contracts[{place}].operator");
    let fault = form.fault(&field).map(str::to_owned);
    beside(ui, view.tokens, "Operator", |ui| {
        let chosen = &mut form.typed.draft.contracts[place].operator;
        let shown = |id: &str| {
            let operator = view.snapshot.operators.iter().find(|operator| operator.id.as_str() == id);
            operator.map_or_else(|| id.to_owned(), |operator| format!("{} ({})", operator.id, operator.name))
        };
        let combo = ComboBox::from_id_salt(&field)
            .width(300.0_f32.min(ui.available_width()))
            .selected_text(shown(chosen));
        let response = combo.show_ui(ui, |ui| {
            for operator in &view.snapshot.operators {
                let id = operator.id.to_string();
                let text = shown(&id);
                ui.selectable_value(chosen, id, text);
            }
        });
        response.response.accessible_name(name);
        if let Some(fault) = fault {
            wrong(ui, view.tokens, &fault);
        }
    });
}

/// Takes a contract out; its units go over to the first.
fn remove(form: &mut Form, place: usize) {
    form.typed.draft.contracts.remove(place);
    for unit in &mut form.typed.draft.units {
        unit.contract = match unit.contract {
            of if of == place => 0,
            of if of > place => of - 1,
            of => of,
        };
    }
    form.moved();
}
