//! The faults of the unit in hand and of its FSP, where the fleet is simulated here: each switched by a click.

use egui::{CollapsingHeader, Ui};

use crate::console::context::View;
use crate::console::widgets;
use crate::desk::snapshot::UnitState;
use crate::fleet::FaultSwitch;
use crate::profile::faults::{Affliction, FspFault, UnitFault};

/// Draws them, with those that are on in words above, whether the list is open or not.
pub fn ui(ui: &mut Ui, view: &View<'_>, switch: &FaultSwitch, unit: &UnitState) {
    let (plan, now) = (switch.plan(), view.clock.now());
    let (of_unit, of_fsp): (Vec<&UnitFault>, Vec<&FspFault>) =
        (plan.of_unit(&unit.unit, now).collect(), plan.of_fsp(&unit.unit.fsp, now).collect());
    let names = of_unit.iter().map(|f| f.name()).chain(of_fsp.iter().map(|f| f.name()));
    let on = names.collect::<Vec<_>>().join(", ");
    widgets::pair(ui, view.tokens, "On now", if on.is_empty() { "none".to_owned() } else { on });
    CollapsingHeader::new(format!("Faults of {}", unit.unit)).show(ui, |ui| {
        for fault in UnitFault::ALL.into_iter().filter(|fault| fault.can_befall(&unit.asset)) {
            let is_on = of_unit.iter().any(|on| on.word() == fault.word());
            let (name, seen) = (fault.name(), fault.seen());
            let affliction = Affliction::Unit(unit.unit.clone(), fault);
            toggle(ui, view, switch, is_on, name, seen, affliction);
        }
    });
    CollapsingHeader::new(format!("Faults of {}", unit.unit.fsp)).show(ui, |ui| {
        for fault in FspFault::ALL {
            let is_on = of_fsp.iter().any(|on| on.word() == fault.word());
            let (name, seen) = (fault.name(), fault.seen());
            let affliction = Affliction::Fsp(unit.unit.fsp.clone(), fault);
            toggle(ui, view, switch, is_on, name, seen, affliction);
        }
    });
}

fn toggle(
    ui: &mut Ui,
    view: &View<'_>,
    switch: &FaultSwitch,
    is_on: bool,
    name: &str,
    seen: &str,
    affliction: Affliction,
) {
    let mut wanted = is_on;
    ui.checkbox(&mut wanted, name).on_hover_text(seen);
    match (is_on, wanted) {
        (false, true) => switch.switch_on(affliction, view.clock.now()),
        (true, false) => switch.switch_off(&affliction, view.clock.now()),
        _ => {}
    }
}
