//! Page 5: all of it in a few lines, before anything is done.

use egui::Ui;

use super::form::{Form, Page};
use super::rows::{weak, wrong};
use crate::console::theme::Tokens;
use crate::console::widgets;
use crate::dispatch::FspId;
use crate::profile::fleet::{Contract, FleetProfile, Unit};
use crate::profile::product_terms;
use crate::profile::products::Products;
use crate::units::grouped;
use crate::workshop::enrolment::Places;

/// Draws it; answers to which page a person wants to go.
pub fn ui(ui: &mut Ui, tokens: &Tokens, form: &Form, places: &Places) -> Option<Page> {
    let mut page = None;
    if let Some((fsp, addition)) = form.whole() {
        weak(
            ui,
            tokens,
            "Nothing has been done yet. This will be done, in this order; what breaks off goes on from there.",
        );
        summary(ui, tokens, form, places, fsp, addition);
        return None;
    }
    weak(ui, tokens, "Something has to be mended first:");
    for wanting in Page::ALL {
        let count = form.faults_on(wanting).count();
        if count == 0 || wanting == Page::Review {
            continue;
        }
        if ui.button(format!("{}: {count} to mend", wanting.name())).clicked() {
            page = Some(wanting);
        }
    }
    form.faults_on(Page::Review).for_each(|fault| wrong(ui, tokens, &fault.message));
    page
}

fn summary(ui: &mut Ui, tokens: &Tokens, form: &Form, places: &Places, fsp: &FspId, addition: &FleetProfile) {
    newcomer(ui, tokens, fsp, addition);
    let mut pair = |name: &str, value: String| widgets::pair(ui, tokens, name, value);
    pair(
        "Client",
        format!(
            "OAuth client {fsp} with a secret of its own; a report for a unit that is not its own is refused"
        ),
    );
    pair("Signing key", "made now; its public half is pinned at this desk".to_owned());
    if form.typed.is_here {
        pair("Who answers", "this sandbox's simulated fleet".to_owned());
        return;
    }
    pair("Who answers", "a client of its own, from the folder".to_owned());
    pair("Folder", form.folder(places).display().to_string());
    if form.typed.wants_certificate {
        pair(
            "Certificate",
            format!("names {fsp}, signed by the authority in {}", form.authority(places).display()),
        );
    }
}

/// Who it is, its contracts and its units, and what of them lies outside of a product.
pub fn newcomer(ui: &mut Ui, tokens: &Tokens, fsp: &FspId, addition: &FleetProfile) {
    let mut pair = |name: &str, value: String| widgets::pair(ui, tokens, name, value);
    let named = addition.fsps.first();
    pair(
        "FSP",
        named.map_or_else(
            || fsp.to_string(),
            |n| format!("{fsp}, {}; control point on {}", n.name, n.telephone),
        ),
    );
    for contract in &addition.contracts {
        pair("Contract", terms(contract));
    }
    for unit in &addition.units {
        pair("Unit", unit_words(unit));
    }
    for words in product_terms::outside(addition, Products::built_in()) {
        pair("Outside of the product", words);
    }
}

fn terms(contract: &Contract) -> String {
    let price = contract.price_pence_per_mwh.map(|pence| {
        let sign = if pence < 0 { "\u{2212}" } else { "" };
        format!(", {sign}£{}.{:02} per MWh", pence.unsigned_abs() / 100, pence.unsigned_abs() % 100)
    });
    let notice = match contract.notice_seconds {
        0 => String::new(),
        seconds => format!(", notice {seconds} s"),
    };
    let fail_safe = contract.fail_safe.map(|f| format!(", fail-safe {}", f.words()));
    format!(
        "{} with {}: {}; polls every {} s, acknowledges within {} s{notice}{}{}",
        contract.id,
        contract.operator,
        contract.product,
        contract.poll_seconds,
        contract.ack_seconds,
        price.unwrap_or_default(),
        fail_safe.unwrap_or_default()
    )
}

fn unit_words(unit: &Unit) -> String {
    let kw = unit.baseline.at(0.0);
    let (least, most) = unit.asset.limits_kw(kw);
    format!(
        "{} ({}), {}: {} to {} kW; baseline {}; its target is {}",
        unit.unit,
        unit.name,
        unit.asset.kind(),
        grouped(least, 0),
        grouped(most, 0),
        unit.baseline.words(),
        unit.unit.target()
    )
}
