//! A unit's declared physics as TOML, every problem at its own key.

use super::baseline_file::read_point;
use super::reader::{Node, Reader, Table};
use crate::power::{Asset, Available, Battery, EvHub, Generator, HeatPumps, Renewable, TurnDown};

/// A kind of asset as a file names it, and its keys.
type KindOf = (&'static str, Kind, &'static [&'static str]);

const KINDS: [KindOf; 7] = [
    (
        "battery",
        Kind::Battery,
        &[
            "kind",
            "max_discharge_kw",
            "max_charge_kw",
            "capacity_kwh",
            "discharge_efficiency",
            "charge_efficiency",
            "min_soc",
            "max_soc",
            "initial_soc",
            "idling_loss_kw",
            "delay_s",
            "ramp_up_kw_per_min",
            "ramp_down_kw_per_min",
        ],
    ),
    (
        "generator",
        Kind::Generator,
        &[
            "kind",
            "max_kw",
            "min_stable_kw",
            "start_delay_s",
            "delay_s",
            "ramp_up_kw_per_min",
            "ramp_down_kw_per_min",
            "min_run_min",
            "min_rest_min",
        ],
    ),
    (
        "turn_down",
        Kind::TurnDown,
        &[
            "kind",
            "max_turn_down_kw",
            "delay_s",
            "ramp_up_kw_per_min",
            "ramp_down_kw_per_min",
            "max_duration_min",
            "rebound_share",
            "rebound_min",
            "interval_min",
        ],
    ),
    (
        "heat_pumps",
        Kind::HeatPumps,
        &[
            "kind",
            "max_turn_down_kw",
            "max_pre_heat_kw",
            "comfort_kwh",
            "pre_heat_kwh",
            "min_off_min",
            "delay_s",
            "ramp_up_kw_per_min",
            "ramp_down_kw_per_min",
            "rebound_share",
            "rebound_min",
        ],
    ),
    (
        "ev_hub",
        Kind::EvHub,
        &[
            "kind",
            "charge_points",
            "point_kw",
            "connection_kw",
            "step_kw",
            "delay_s",
            "random_delay_s",
            "sessions_per_week",
            "arrive",
            "arrive_spread_min",
            "stay_hours",
            "session_kwh",
            "seed",
        ],
    ),
    (
        "solar",
        Kind::Solar,
        &["kind", "max_kw", "delay_s", "ramp_up_kw_per_min", "ramp_down_kw_per_min", "seed", "available"],
    ),
    (
        "wind",
        Kind::Wind,
        &[
            "kind",
            "max_kw",
            "delay_s",
            "ramp_up_kw_per_min",
            "ramp_down_kw_per_min",
            "seed",
            "mean_m_per_s",
            "available",
        ],
    ),
];

#[derive(Clone, Copy)]
enum Kind {
    Battery,
    Generator,
    TurnDown,
    HeatPumps,
    EvHub,
    Solar,
    Wind,
}

/// What is declared of any kind, each once, by its name.
pub(super) fn quantities() -> Vec<&'static str> {
    let mut all: Vec<&str> = Vec::new();
    for key in KINDS.iter().flat_map(|(_, _, keys)| keys.iter()).filter(|key| **key != "kind") {
        if !all.contains(key) {
            all.push(key);
        }
    }
    all
}

/// What stands at `asset`.
pub(super) const ASSET_TABLE: &str = "write { kind = \"battery\", … }";

/// Reads an asset whose declared numbers can be.
pub(super) fn read_asset(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Asset> {
    let table = reader.any_table(node, ASSET_TABLE)?;
    let (kind, table) = reader.of_kind(table, "kind", &KINDS)?;
    let mut declared = Declared { reader, table: &table };
    let asset = match kind {
        Kind::Battery => declared.battery().map(Asset::Battery),
        Kind::Generator => declared.generator().map(Asset::Generator),
        Kind::TurnDown => declared.turn_down().map(Asset::TurnDown),
        Kind::HeatPumps => declared.heat_pumps().map(Asset::HeatPumps),
        Kind::EvHub => declared.ev_hub().map(Asset::EvHub),
        Kind::Solar | Kind::Wind => declared.farm(kind).map(Asset::Renewable),
    }?;
    for (key, message) in asset.faults() {
        reader.wrong_in(&table, key, message);
    }
    Some(asset)
}

/// What is declared of one asset.
struct Declared<'r, 'f, 't> {
    reader: &'r mut Reader<'f>,
    table: &'r Table<'t>,
}

impl Declared<'_, '_, '_> {
    /// A declared number; its unit is in its name.
    fn number(&mut self, key: &str) -> Option<f64> {
        self.reader.required_number(self.table, key, right_for(key))
    }

    /// Several of them, all looked at.
    fn numbers<const N: usize>(&mut self, keys: [&str; N]) -> Option<[f64; N]> {
        let mut read = [0.0; N];
        let found = keys.map(|key| self.number(key));
        for (place, number) in read.iter_mut().zip(found) {
            *place = number?;
        }
        Some(read)
    }

    /// A number that need not be declared.
    fn number_or(&mut self, key: &str, otherwise: f64) -> Option<f64> {
        match self.table.get(key) {
            Some(node) => self.reader.number(&node, right_for(key)),
            None => Some(otherwise),
        }
    }

    fn seed(&mut self) -> Option<u64> {
        let node =
            self.reader.required(self.table, "seed", "write a whole number: the same one, the same days")?;
        self.reader.whole(&node, &(0..=u64::from(u32::MAX)), "")
    }

    fn battery(&mut self) -> Option<Battery> {
        let power = self.numbers(["max_discharge_kw", "max_charge_kw", "capacity_kwh"]);
        let efficiency = self.numbers(["discharge_efficiency", "charge_efficiency"]);
        let charge = self.numbers(["min_soc", "max_soc", "initial_soc"]);
        let motion = self.numbers(["delay_s", "ramp_up_kw_per_min", "ramp_down_kw_per_min"]);
        let idling_loss_kw = self.number_or("idling_loss_kw", 0.0);
        let ([max_discharge_kw, max_charge_kw, capacity_kwh], [min_soc, max_soc, initial_soc]) =
            (power?, charge?);
        let ([discharge_efficiency, charge_efficiency], [delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min]) =
            (efficiency?, motion?);
        Some(Battery {
            max_discharge_kw,
            max_charge_kw,
            capacity_kwh,
            discharge_efficiency,
            charge_efficiency,
            min_soc,
            max_soc,
            initial_soc,
            idling_loss_kw: idling_loss_kw?,
            delay_s,
            ramp_up_kw_per_min,
            ramp_down_kw_per_min,
        })
    }

    fn generator(&mut self) -> Option<Generator> {
        let power = self.numbers(["max_kw", "min_stable_kw", "start_delay_s"]);
        let motion = self.numbers(["delay_s", "ramp_up_kw_per_min", "ramp_down_kw_per_min"]);
        let (min_run_min, min_rest_min) =
            (self.number_or("min_run_min", 0.0), self.number_or("min_rest_min", 0.0));
        let ([max_kw, min_stable_kw, start_delay_s], [delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min]) =
            (power?, motion?);
        Some(Generator {
            max_kw,
            min_stable_kw,
            start_delay_s,
            delay_s,
            ramp_up_kw_per_min,
            ramp_down_kw_per_min,
            min_run_min: min_run_min?,
            min_rest_min: min_rest_min?,
        })
    }

    fn turn_down(&mut self) -> Option<TurnDown> {
        let motion =
            self.numbers(["max_turn_down_kw", "delay_s", "ramp_up_kw_per_min", "ramp_down_kw_per_min"]);
        let event = self.numbers(["max_duration_min", "rebound_share", "rebound_min"]);
        let interval_min = self.number_or("interval_min", 0.0);
        let [max_turn_down_kw, delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min] = motion?;
        let [max_duration_min, rebound_share, rebound_min] = event?;
        Some(TurnDown {
            max_turn_down_kw,
            delay_s,
            ramp_up_kw_per_min,
            ramp_down_kw_per_min,
            max_duration_min,
            rebound_share,
            rebound_min,
            interval_min: interval_min?,
        })
    }

    fn heat_pumps(&mut self) -> Option<HeatPumps> {
        let power = self.numbers(["max_turn_down_kw", "max_pre_heat_kw", "comfort_kwh", "pre_heat_kwh"]);
        let motion = self.numbers(["min_off_min", "delay_s", "ramp_up_kw_per_min", "ramp_down_kw_per_min"]);
        let rebound = self.numbers(["rebound_share", "rebound_min"]);
        let [max_turn_down_kw, max_pre_heat_kw, comfort_kwh, pre_heat_kwh] = power?;
        let [min_off_min, delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min] = motion?;
        let [rebound_share, rebound_min] = rebound?;
        Some(HeatPumps {
            max_turn_down_kw,
            max_pre_heat_kw,
            comfort_kwh,
            pre_heat_kwh,
            min_off_min,
            delay_s,
            ramp_up_kw_per_min,
            ramp_down_kw_per_min,
            rebound_share,
            rebound_min,
        })
    }

    fn ev_hub(&mut self) -> Option<EvHub> {
        let right = "write how many there are";
        let points = self.reader.required(self.table, "charge_points", right);
        let charge_points = points.and_then(|node| self.reader.whole(&node, &(1..=10_000), ""));
        let power = self.numbers(["point_kw", "connection_kw", "step_kw", "delay_s", "random_delay_s"]);
        let arrive =
            self.reader.required_text(self.table, "arrive", "write London local time, as in \"18:00\"");
        let stays = self.numbers(["sessions_per_week", "arrive_spread_min", "stay_hours", "session_kwh"]);
        let seed = self.seed();
        let [point_kw, connection_kw, step_kw, delay_s, random_delay_s] = power?;
        let [sessions_per_week, arrive_spread_min, stay_hours, session_kwh] = stays?;
        Some(EvHub {
            charge_points: charge_points?,
            point_kw,
            connection_kw,
            step_kw,
            delay_s,
            random_delay_s,
            sessions_per_week,
            arrive: arrive?,
            arrive_spread_min,
            stay_hours,
            session_kwh,
            seed: seed?,
        })
    }

    fn farm(&mut self, kind: Kind) -> Option<Renewable> {
        let motion = self.numbers(["max_kw", "delay_s", "ramp_up_kw_per_min", "ramp_down_kw_per_min"]);
        let available = self.available(kind);
        let [max_kw, delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min] = motion?;
        Some(Renewable { max_kw, available: available?, delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min })
    }

    /// A profile where one is given, else the model's numbers.
    fn available(&mut self, kind: Kind) -> Option<Available> {
        let is_windy = matches!(kind, Kind::Wind);
        if let Some(node) = self.table.get("available") {
            for key in ["seed", "mean_m_per_s"].into_iter().filter(|key| self.table.get(key).is_some()) {
                let message = "there is a profile under `available` too; keep one of the two";
                self.reader.wrong_in(self.table, key, message);
            }
            let list = self.reader.list(&node, AVAILABLE)?;
            let points: Vec<Option<(String, f64)>> =
                list.iter().map(|point| read_point(self.reader, point)).collect();
            return Some(Available::Daily { points: points.into_iter().collect::<Option<_>>()?, is_windy });
        }
        let seed = self.seed();
        if !is_windy {
            return Some(Available::Sun { seed: seed? });
        }
        let mean = self.number("mean_m_per_s");
        Some(Available::Wind { seed: seed?, mean_m_per_s: mean? })
    }
}

const AVAILABLE: &str =
    "write local times and the kW that could be made, as in [[\"00:00\", 0], [\"09:00\", 400]]";

fn right_for(key: &str) -> &'static str {
    match key {
        _ if key.ends_with("_kw_per_min") => "write a number of kW per minute",
        _ if key.ends_with("_kwh") => "write a number of kWh",
        _ if key.ends_with("_kw") => "write a number of kW",
        _ if key.ends_with("_min") => "write a number of minutes",
        _ if key.ends_with("_hours") => "write a number of hours",
        _ if key.ends_with("_m_per_s") => "write a number of m/s, as in 7",
        _ if key.ends_with("_s") => "write a number of seconds",
        _ if key.ends_with("_per_week") => "write how often in a week, as in 3",
        _ => "write a share from 0 to 1, as in 0.9 for 90 %",
    }
}
