//! What an operator or an FSP declares: a fleet file, what is added to a fleet for one FSP, an asset register as CSV, and
//! what one adds to a fleet; the lists of products and of operators. The first byte says which, the rest is the text.
//!
//! What is read comes back as written, in either form; a mistake names the file and a line that it has, briefly.

use std::sync::OnceLock;

use rampdesk::dispatch::OperatorId;
use rampdesk::profile::fleet::{FleetProfile, Newcomer};
use rampdesk::profile::kind::FileKind;
use rampdesk::profile::operators::Operators;
use rampdesk::profile::product_terms;
use rampdesk::profile::products::Products;
use rampdesk::profile::register;

use super::{assert_brief, assert_faults, picked};

const FILE: &str = "given.toml";
/// A larger fleet is read, and not written again: that would take long and find no more.
const MOST_UNITS: usize = 100;

pub fn exercise(data: &[u8]) {
    let Some((choice, rest)) = picked(data, 6) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    FileKind::of(text);
    match choice {
        0 => match FleetProfile::from_toml(FILE, text) {
            Ok(fleet) => written(&fleet),
            Err(faults) => assert_faults(FILE, text, &faults),
        },
        1 => addition(text),
        2 => match register::from_csv(FILE, text, "Register") {
            Ok(fleet) => written(&fleet),
            Err(faults) => assert_faults(FILE, text, &faults),
        },
        3 => additions(text),
        4 => match Products::from_toml(FILE, text) {
            Ok(products) => {
                product_terms::outside(demo(), &products);
                products.all().iter().for_each(|product| assert!(!product.words().is_empty()));
            }
            Err(faults) => assert_faults(FILE, text, &faults),
        },
        _ => {
            if let Err(faults) = Operators::from_toml(FILE, text) {
                assert_faults(FILE, text, &faults);
            }
        }
    }
}

fn demo() -> &'static FleetProfile {
    static DEMO: OnceLock<FleetProfile> = OnceLock::new();
    DEMO.get_or_init(FleetProfile::demo)
}

/// As a fleet file it is the same; so are its units as a register, as far as a register holds them.
fn written(fleet: &FleetProfile) {
    product_terms::outside(fleet, Products::built_in());
    if fleet.units.len() > MOST_UNITS {
        return;
    }
    let text = fleet.to_toml();
    assert_eq!(FleetProfile::from_toml(FILE, &text).as_ref(), Ok(fleet), "{text}");
    if fleet.units.is_empty() || !register::held_in_part(fleet).is_empty() {
        return;
    }
    let text = register::to_csv(fleet);
    let again = register::from_csv(FILE, &text, &fleet.name).map_err(|faults| format!("{faults:?}: {text}"));
    assert_eq!(again.expect("our own register").units, fleet.units, "{text}");
}

fn addition(text: &str) {
    let newcomer = Newcomer { id: "NEWFLEX".parse().unwrap(), name: None, telephone: None };
    match FleetProfile::addition_from_toml(FILE, text, &newcomer, demo()) {
        Ok(added) => match demo().with(&added) {
            Ok(whole) => assert_eq!(whole.units.len(), demo().units.len() + added.units.len()),
            Err(fault) => assert_brief(&fault),
        },
        Err(faults) => assert_faults(FILE, text, &faults),
    }
}

fn additions(text: &str) {
    let operators: [OperatorId; 2] = ["GB-DNO-11", "GB-DNO-14"].map(|id| id.parse().unwrap());
    match register::additions(FILE, text, demo(), &operators) {
        Ok(added) => {
            for newcomer in &added.newcomers {
                assert_eq!(newcomer.fsps.len(), 1, "{newcomer:?}");
                assert!(newcomer.units.iter().all(|unit| demo().unit(&unit.unit).is_none()));
            }
        }
        Err(faults) => assert_faults(FILE, text, &faults),
    }
}
