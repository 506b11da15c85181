//! Names for made-up companies, and towns of Great Britain.

use super::model::{Model, pick};
use crate::entropy::Entropy;

const TREES: [&str; 24] = [
    "Alder",
    "Ash",
    "Aspen",
    "Beech",
    "Birch",
    "Blackthorn",
    "Cedar",
    "Cherry",
    "Elder",
    "Elm",
    "Fir",
    "Hawthorn",
    "Hazel",
    "Holly",
    "Hornbeam",
    "Juniper",
    "Larch",
    "Lime",
    "Maple",
    "Oak",
    "Pine",
    "Poplar",
    "Rowan",
    "Willow",
];
const TOWNS: [&str; 48] = [
    "Alfreton",
    "Ashbourne",
    "Atherstone",
    "Bakewell",
    "Banbury",
    "Bedworth",
    "Belper",
    "Boston",
    "Bourne",
    "Brackley",
    "Buxton",
    "Coalville",
    "Corby",
    "Daventry",
    "Evesham",
    "Gainsborough",
    "Grantham",
    "Hinckley",
    "Ilkeston",
    "Kettering",
    "Kidderminster",
    "Leominster",
    "Louth",
    "Ludlow",
    "Malvern",
    "Mansfield",
    "Matlock",
    "Melton Mowbray",
    "Newark",
    "Northampton",
    "Nuneaton",
    "Oakham",
    "Oswestry",
    "Redditch",
    "Retford",
    "Rugby",
    "Rushden",
    "Skegness",
    "Sleaford",
    "Spalding",
    "Stafford",
    "Stamford",
    "Tamworth",
    "Telford",
    "Uttoxeter",
    "Wellingborough",
    "Worcester",
    "Worksop",
];
/// Area codes of which Ofcom keeps 496 0000 to 496 0999 for drama.
const AREAS: [&str; 12] =
    ["0113", "0114", "0115", "0116", "0117", "0118", "0121", "0131", "0141", "0151", "0161", "0191"];

/// A made-up company.
pub(super) struct Company {
    pub id: String,
    pub name: String,
    pub telephone: String,
}

/// The company of a number; no two numbers have one id.
pub(super) fn fsp(number: usize, model: Model) -> Company {
    let tree = TREES[number % TREES.len()];
    let (trade, business) = match model {
        Model::Battery => ("STORE", "Storage"),
        Model::GasEngine | Model::Chp | Model::GasTurbine | Model::Diesel => ("GEN", "Generation"),
        Model::Refrigeration => ("COLD", "Cold Chain"),
        Model::Industrial => ("WORKS", "Works"),
        Model::HeatPumps => ("HEAT", "Heat"),
        Model::EvHub => ("CHARGE", "Charging"),
        Model::Solar => ("SUN", "Solar"),
        Model::Wind => ("WIND", "Wind"),
    };
    let round = number / TREES.len() + 1;
    let area = AREAS[number % AREAS.len()];
    Company {
        id: format!("{}{trade}-{round:02}", tree.to_uppercase()),
        name: format!("{tree} {business} {round}"),
        telephone: format!("{area} 496 {:04}", number / AREAS.len() % 1000),
    }
}

/// A town.
pub(super) fn place(chance: &Entropy) -> &'static str {
    TOWNS[pick(chance, TOWNS.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_companies_share_an_id_whatever_they_do() {
        let mut ids: Vec<String> = (0..5_000).map(|number| fsp(number, Model::Battery).id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5_000);
        let (first, same_tree) = (fsp(0, Model::Battery), fsp(24, Model::Battery));
        assert_eq!((first.id.as_str(), same_tree.id.as_str()), ("ALDERSTORE-01", "ALDERSTORE-02"));
        assert_eq!(fsp(12, Model::Diesel).telephone, "0113 496 0001");
    }
}
