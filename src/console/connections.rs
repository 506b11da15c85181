//! Connections: the VTN, the operators that this desk signs for, the FSPs' clients and the contracts.

use egui::{ScrollArea, Ui};

use super::context::View;
use super::{widgets, words};

/// The Connections workspace.
#[derive(Default)]
pub struct ConnectionsView {}

impl ConnectionsView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            vtn(ui, view);
            ui.separator();
            widgets::heading(ui, "Network operators that this desk signs for");
            for operator in &view.snapshot.operators {
                let text = format!("{}, signs with key {}", operator.name, operator.key_id);
                widgets::pair(ui, view.tokens, operator.id.as_str(), text);
            }
            ui.separator();
            widgets::heading(ui, "FSPs");
            for fsp in &view.snapshot.fsps {
                ui.horizontal(|ui| {
                    ui.scope(|ui| {
                        ui.set_min_width(90.0);
                        widgets::lamp(ui, view.tokens, fsp.client, fsp.id.as_str());
                    });
                    ui.label(format!(
                        "{} – {}; last poll {}, every {} s; control point {}",
                        fsp.id,
                        fsp.name,
                        words::ago(fsp.last_poll, view.clock.now()),
                        fsp.poll_seconds,
                        fsp.telephone
                    ));
                });
            }
            ui.separator();
            widgets::heading(ui, "Contracts");
            for contract in &view.snapshot.contracts {
                let price = contract.price.as_ref().map(|p| format!("; {p}")).unwrap_or_default();
                let text = format!(
                    "{} – {}; acknowledged within {} s; notice {}; baseline {}{price}",
                    contract.operator,
                    contract.product,
                    contract.ack_seconds,
                    if contract.notice_seconds == 0 {
                        "none".to_owned()
                    } else {
                        words::span(i64::from(contract.notice_seconds))
                    },
                    contract.baseline,
                );
                widgets::pair(ui, view.tokens, contract.contract.as_str(), text);
            }
        });
    }
}

fn vtn(ui: &mut Ui, view: &View<'_>) {
    let vtn = &view.snapshot.vtn;
    widgets::heading(ui, "VTN");
    ui.horizontal(|ui| {
        widgets::lamp(ui, view.tokens, vtn.state, "VTN");
        ui.label(&vtn.url);
    });
    widgets::pair(ui, view.tokens, "Last answer", words::ago(vtn.last_answer, view.clock.now()));
    if let Some(took) = vtn.took_ms {
        widgets::pair(ui, view.tokens, "Took", format!("{took:.1} ms"));
    }
    if let Some(fault) = &vtn.fault {
        widgets::pair(ui, view.tokens, "Fault", fault.as_str());
    }
}
