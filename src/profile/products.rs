//! The products that contracts are for, and the rules by which delivery is paid: `profiles/products.toml`.

use std::sync::LazyLock;

use super::fault::FileFault;
use super::reader::{self, Reader, Table};
use crate::power::{FlexiblePower, OneSided, PaymentRules, Transition};

/// Where a product belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The standard products of 2024.
    Standard,
    /// A name used before.
    Former,
    /// The transmission system operator's.
    Transmission,
}

/// How availability is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Not at all.
    None,
    /// Ahead, fixed at procurement.
    Scheduled,
    /// Refined closer to delivery.
    Variable,
}

/// A product. What its operators have not published is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// As contracts name it.
    pub name: String,
    /// Where it belongs.
    pub family: Family,
    /// The standard product that comes nearest to a former name.
    pub closest: Option<String>,
    /// What it means, in a sentence.
    pub what: String,
    /// How availability is bought.
    pub availability: Availability,
    /// Minutes from the signal within which the level is reached.
    pub response_minutes: Option<u32>,
    /// Minutes for which it must be held at least.
    pub hold_minutes: Option<u32>,
    /// Least kW offered.
    pub minimum_kw: Option<f64>,
    /// Seconds between meter readings.
    pub metering_seconds: Option<u32>,
}

/// The products, and the rules of payment.
#[derive(Clone, Debug, PartialEq)]
pub struct Products {
    products: Vec<Product>,
    /// By which scorecards pay.
    pub payment: PaymentRules,
}

const KEYS: [&str; 2] = ["products", "payment"];
const PRODUCT: [&str; 9] = [
    "name",
    "family",
    "closest",
    "what",
    "availability",
    "response_minutes",
    "hold_minutes",
    "minimum_kw",
    "metering_seconds",
];
const SHARE: &str = "write a share from 0 to 1, as in 0.95 for 95 %";
const PAYMENT: &str = "write the tables flexible_power, transition and one_sided";

static BUILT_IN: LazyLock<Products> = LazyLock::new(|| {
    // A test reads the same text, so an empty list cannot be shipped.
    Products::from_toml("products.toml", include_str!("../../profiles/products.toml"))
        .unwrap_or_else(|_| Products { products: Vec::new(), payment: PaymentRules::default() })
});

impl Products {
    /// Those that this program was built with.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads them.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        reader::read(file, text, &KEYS, |reader, root| {
            reader.required(root, "products", "write products, each under [[products]]")?;
            let tables = reader.tables(root, "products", &PRODUCT);
            let read: Vec<Option<Product>> = tables.iter().map(|table| read_product(reader, table)).collect();
            let payment = read_payment(reader, root);
            let products: Vec<Product> = read.into_iter().collect::<Option<_>>()?;
            check_names(reader, &tables, &products);
            Some(Self { products, payment: payment? })
        })
    }

    /// All, in the order of the file.
    pub fn all(&self) -> &[Product] {
        &self.products
    }

    /// The product of a name.
    pub fn get(&self, name: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.name == name)
    }
}

impl Product {
    /// Whether a unit's export is turned to zero under it, and nothing else is asked.
    pub fn turns_to_zero(&self) -> bool {
        self.family == Family::Transmission
    }

    /// What it means and what is published of it, for people.
    pub fn words(&self) -> String {
        let mut words = vec![self.what.clone()];
        match self.availability {
            Availability::None => {}
            Availability::Scheduled => words.push("Availability is bought ahead.".to_owned()),
            Availability::Variable => words.push("Availability is bought closer to delivery.".to_owned()),
        }
        let figures: Vec<String> = [
            self.response_minutes.map(|minutes| format!("response within {minutes} min")),
            self.hold_minutes.map(|minutes| format!("held for at least {minutes} min")),
            self.minimum_kw.map(|kw| format!("from {} kW", crate::units::grouped(kw, 0))),
            self.metering_seconds.map(|seconds| format!("metered every {seconds} s")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !figures.is_empty() {
            words.push(format!("Published: {}.", figures.join(", ")));
        }
        if let Some(closest) = &self.closest {
            words.push(format!("Nearest standard product: {closest}."));
        }
        words.join(" ")
    }
}

fn read_product(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Product> {
    let families =
        [("standard", Family::Standard), ("former", Family::Former), ("transmission", Family::Transmission)];
    let ways = [
        ("none", Availability::None),
        ("scheduled", Availability::Scheduled),
        ("variable", Availability::Variable),
    ];
    let name = reader.required_text(table, "name", "write the product's name");
    let family = reader.required(table, "family", "write standard, former or transmission");
    let family = family.and_then(|node| reader.word(&node, &families));
    let what = reader.required_text(table, "what", "write what it means, in a sentence");
    let availability = reader.required(table, "availability", "write none, scheduled or variable");
    let availability = availability.and_then(|node| reader.word(&node, &ways));
    let closest = table
        .get("closest")
        .and_then(|node| Some(reader.text(&node, "write the name of a standard product")?.to_owned()));
    let mut whole = |key: &str, of_what: &str| {
        table.get(key).and_then(|node| reader.whole(&node, &(1_u32..=100_000), of_what))
    };
    let response_minutes = whole("response_minutes", " of minutes");
    let hold_minutes = whole("hold_minutes", " of minutes");
    let metering_seconds = whole("metering_seconds", " of seconds");
    let minimum_kw = table.get("minimum_kw").and_then(|node| reader.number(&node, "write a number of kW"));
    Some(Product {
        name: name?,
        family: family?,
        closest,
        what: what?,
        availability: availability?,
        response_minutes,
        hold_minutes,
        minimum_kw,
        metering_seconds,
    })
}

/// No name twice, and what is nearest to a former name is a standard product of the list.
fn check_names(reader: &mut Reader<'_>, tables: &[Table<'_>], products: &[Product]) {
    for (place, (table, product)) in tables.iter().zip(products).enumerate() {
        if products.iter().take(place).any(|before| before.name == product.name) {
            reader.wrong_in(table, "name", format!("`{}` is in the list twice; keep one", product.name));
        }
        let is_standard = |name: &String| {
            products.iter().any(|other| other.name == *name && other.family == Family::Standard)
        };
        if let Some(closest) = product.closest.as_ref().filter(|closest| !is_standard(closest)) {
            let message = format!("`{closest}` is no standard product of this list; write one that is");
            reader.wrong_in(table, "closest", message);
        }
    }
}

fn read_payment(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<PaymentRules> {
    let node = reader.required(root, "payment", PAYMENT)?;
    let table = reader.table(&node, &["flexible_power", "transition", "one_sided"], PAYMENT)?;
    let mut rule = |key: &str, keys: &[&str]| {
        let node = reader.required(&table, key, PAYMENT)?;
        reader.table(&node, keys, PAYMENT)
    };
    let flexible_power = rule("flexible_power", &["full_from", "cut", "nothing_below"]);
    let transition = rule("transition", &["nothing_below"]);
    let one_sided = rule("one_sided", &["penalty"]);
    let flexible_power = flexible_power.and_then(|table| {
        let full_from = share(reader, &table, "full_from");
        let cut = factor(reader, &table, "cut");
        let nothing_below = share(reader, &table, "nothing_below");
        Some(FlexiblePower { full_from: full_from?, cut: cut?, nothing_below: nothing_below? })
    });
    let transition = transition
        .and_then(|table| Some(Transition { nothing_below: share(reader, &table, "nothing_below")? }));
    let one_sided =
        one_sided.and_then(|table| Some(OneSided { penalty: factor(reader, &table, "penalty")? }));
    Some(PaymentRules { flexible_power: flexible_power?, transition: transition?, one_sided: one_sided? })
}

fn share(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<f64> {
    bounded(reader, table, key, 1.0, SHARE)
}

fn factor(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<f64> {
    bounded(reader, table, key, 1_000.0, "write a number from 0 to 1000")
}

fn bounded(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, most: f64, right: &str) -> Option<f64> {
    let number = reader.required_number(table, key, right)?;
    if !(0.0..=most).contains(&number) {
        reader.wrong_in(table, key, format!("{number} is out of bounds; {right}"));
        return None;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT_IN: &str = include_str!("../../profiles/products.toml");

    #[test]
    fn the_built_in_list_holds_the_five_standard_products_the_former_names_and_the_published_rules() {
        let products = Products::from_toml("p.toml", BUILT_IN).unwrap_or_else(|faults| panic!("{faults:#?}"));
        let of = |family| products.all().iter().filter(|product| product.family == family).count();
        assert_eq!((of(Family::Standard), of(Family::Former), of(Family::Transmission)), (5, 4, 1));
        assert_eq!(products.payment, PaymentRules::default());
        let secure = products.get("Secure").unwrap();
        assert_eq!(
            secure.words(),
            "Manages a peak before a fault; availability and use are paid. Availability is bought ahead. Published: response \
             within 15 min, held for at least 120 min, metered every 60 s. Nearest standard product: Operational Utilisation \
             + Scheduled Availability."
        );
        for contract in crate::profile::fleet::FleetProfile::demo().contracts {
            assert!(products.get(&contract.product).is_some(), "{}", contract.product);
        }
    }

    #[test]
    fn each_mistake_is_named_with_its_line() {
        for (old, new, says) in [
            ("family = \"standard\"", "family = \"new\"", "p.toml:9: products[0].family: `new` is not known"),
            (
                "name = \"Scheduled Utilisation\"",
                "name = \"Peak Reduction\"",
                "products[1].name: `Peak Reduction` is in the list twice",
            ),
            (
                "closest = \"Operational Utilisation\"",
                "closest = \"MW Dispatch\"",
                "products[8].closest: `MW Dispatch` is no standard product",
            ),
            ("hold_minutes = 120", "hold_minutes = 1.5", "products[5].hold_minutes: "),
            ("minimum_kw = 10", "minimum = 10", "products[0].minimum: no key has this name here"),
            (
                "full_from = 0.95",
                "full_from = 95",
                "payment.flexible_power.full_from: 95 is out of bounds; write a share",
            ),
            ("penalty = 1.5714285714285714", "", "payment.one_sided.penalty: is missing"),
            ("[payment.transition]\nnothing_below = 0.5", "", "payment.transition: is missing"),
        ] {
            let text = BUILT_IN.replacen(old, new, 1);
            assert_ne!(text, BUILT_IN, "{old}");
            let faults = Products::from_toml("p.toml", &text).unwrap_err();
            assert!(faults.iter().any(|f| f.to_string().contains(says)), "{says}: {faults:#?}");
        }
    }
}
