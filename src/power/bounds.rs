//! What a declared number may be: shared by everything that people write in files.

/// Greatest power that any declaration may hold, kW: 10 GW, more than any connection in Great Britain.
pub(super) const MAX_KW: f64 = 1e7;
/// Greatest energy, kWh.
pub(super) const MAX_KWH: f64 = 1e9;
/// Longest time, seconds: a week.
pub(super) const MAX_S: f64 = 604_800.0;

/// Least of what must be more than zero: a watt, a watt-hour, a watt per minute.
const LEAST: f64 = 1e-3;

/// Collects the faults of an asset's numbers, each as field and sentence.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<(&'static str, String)>);

impl Faults {
    /// A number that must be more than zero and at most `most`.
    pub(super) fn above_zero(&mut self, field: &'static str, value: f64, most: f64, unit: &str) {
        if !value.is_finite() {
            self.add(field, format!("{value} is not a number of {unit}; write one above 0"));
        } else if value < LEAST {
            self.add(
                field,
                format!("{value} {unit} is too little; write a number above 0, at least {LEAST}"),
            );
        } else if value > most {
            self.add(field, format!("{value} {unit} is too much; write at most {most}"));
        }
    }

    /// A number that must be zero or more and at most `most`.
    pub(super) fn not_negative(&mut self, field: &'static str, value: f64, most: f64, unit: &str) {
        if !value.is_finite() {
            self.add(field, format!("{value} is not a number of {unit}; write 0 or more"));
        } else if value < 0.0 {
            self.add(field, format!("{value} {unit} is negative; write 0 or more"));
        } else if value > most {
            self.add(field, format!("{value} {unit} is too much; write at most {most}"));
        }
    }

    /// A share from 0 to 1.
    pub(super) fn share(&mut self, field: &'static str, value: f64) {
        if !(0.0..=1.0).contains(&value) {
            self.add(
                field,
                format!("{value} is not a share; write a number from 0 to 1, as in 0.9 for 90 %"),
            );
        }
    }

    /// One in the fault's own words.
    pub(super) fn add(&mut self, field: &'static str, sentence: String) {
        self.0.push((field, sentence));
    }

    /// Whether a field has none so far.
    pub(super) fn is_right(&self, field: &str) -> bool {
        self.0.iter().all(|(f, _)| *f != field)
    }
}
