//! What the weather gives: power through time, from a profile or from a seeded model.

use crate::power::{Baseline, Curve};

/// What the weather gives a farm.
///
/// The models are for practice, not for forecasting: the same seed gives the same weather for ever, in steps of five
/// minutes.
#[derive(Clone, Debug, PartialEq)]
pub enum Available {
    /// The sun over the middle of Great Britain (52° north, 0° east) through drifting cloud.
    Sun {
        /// Of the clouds.
        seed: u64,
    },
    /// A wind with fronts and gusts, through a turbine's power curve.
    Wind {
        /// Of the wind.
        seed: u64,
        /// Its mean speed at the hub, m/s.
        mean_m_per_s: f64,
    },
    /// The same every day by London local time, in steps.
    Daily {
        /// Local time `HH:MM` and the kW from then on, ascending.
        points: Vec<(String, f64)>,
        /// It is a wind farm's, not a solar farm's.
        is_windy: bool,
    },
}

/// The weather changes this often, seconds.
const STEP_S: i64 = 300;
/// Least and greatest mean wind speed that can be declared, m/s.
const MEAN_WIND: std::ops::RangeInclusive<f64> = 1.0..=20.0;

impl Available {
    /// `solar`, `wind`: what a farm with this weather is.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Sun { .. } | Self::Daily { is_windy: false, .. } => "solar",
            Self::Wind { .. } | Self::Daily { is_windy: true, .. } => "wind",
        }
    }

    /// Power that a farm rated `max_kw` could make from one instant to another, kW, in steps.
    pub(in crate::power) fn curve(&self, max_kw: f64, from: f64, to: f64) -> Curve {
        let share_at: Box<dyn Fn(i64) -> f64> = match self {
            Self::Daily { points, .. } => {
                let daily = Baseline::Daily { points: points.clone() }.curve(from, to);
                return daily.greatest(&Curve::constant(0.0)).least(&Curve::constant(max_kw));
            }
            Self::Sun { seed } => Box::new(|second| sun(*seed, second)),
            Self::Wind { seed, mean_m_per_s } => Box::new(|second| wind(*seed, *mean_m_per_s, second)),
        };
        let mut points = vec![(from, max_kw * share_at(step_of(from)))];
        let mut second = step_of(from) + STEP_S;
        while crate::power::seconds(second) <= to {
            let (t, before, after) =
                (crate::power::seconds(second), points[points.len() - 1].1, max_kw * share_at(second));
            if after != before {
                points.extend([(t, before), (t, after)]);
            }
            second += STEP_S;
        }
        if points[points.len() - 1].0 < to {
            points.push((to, points[points.len() - 1].1));
        }
        Curve::from_ordered(points)
    }

    /// What is wrong with it for a farm rated `max_kw`, in words.
    pub(super) fn fault(&self, max_kw: f64) -> Option<String> {
        match self {
            Self::Sun { .. } => None,
            Self::Wind { mean_m_per_s, .. } => (!MEAN_WIND.contains(mean_m_per_s)).then(|| {
                format!("a mean wind of {mean_m_per_s} m/s is not one that turbines are built for; write 1 to 20, as in 7")
            }),
            Self::Daily { points, .. } => {
                let beyond = points.iter().find(|(_, kw)| kw.is_finite() && (*kw < 0.0 || *kw > max_kw));
                let amiss = |(at, kw): &(String, f64)| {
                    format!("from {at}: {kw} kW is not what a farm of {max_kw} kW can make; write 0 to {max_kw}")
                };
                beyond.map(amiss).or_else(|| Baseline::Daily { points: points.clone() }.fault())
            }
        }
    }
}

/// The beginning of the step that holds an instant.
#[expect(clippy::cast_possible_truncation, reason = "seconds of years 1 to 9999")]
fn step_of(t: f64) -> i64 {
    (t as i64).div_euclid(STEP_S) * STEP_S
}

/// Share of a solar farm's rating: the sine of the sun's height, dimmed by cloud.
fn sun(seed: u64, second: i64) -> f64 {
    let height = height_of_sun(second);
    if height <= 0.0 {
        return 0.0;
    }
    // Fronts over hours, single clouds over minutes; a covered sky still lets a fifth through.
    let cloud = 0.65 * noise(seed, 1, second, 5 * 3600) + 0.35 * noise(seed, 2, second, 900);
    let clear = (1.6 - 1.6 * cloud).clamp(0.2, 1.0);
    (height * clear).min(1.0)
}

/// The sine of the sun's height over 52° N, 0° E, with the declination of the day of the year.
fn height_of_sun(second: i64) -> f64 {
    const DAY: i64 = 86_400;
    // 365.2425 days of 86,400 s; 1970 began 10 days after the winter solstice.
    let year = crate::power::seconds(second) / (365.2425 * 86_400.0);
    let declination = -23.44_f64.to_radians() * (std::f64::consts::TAU * (year + 10.0 / 365.2425)).cos();
    let hour_angle = std::f64::consts::TAU * (crate::power::seconds(second.rem_euclid(DAY)) / 86_400.0 - 0.5);
    let latitude = 52.0_f64.to_radians();
    latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos()
}

/// Share of a wind farm's rating: nothing below 3 m/s, all from 12, nothing above 25; between with the cube of the speed.
fn wind(seed: u64, mean_m_per_s: f64, second: i64) -> f64 {
    let fronts = noise(seed, 3, second, 8 * 3600);
    let hours = noise(seed, 4, second, 3600);
    let gusts = noise(seed, 5, second, 600);
    let speed = mean_m_per_s * (0.2 + 1.2 * fronts + 0.3 * hours + 0.1 * gusts);
    if (12.0..=25.0).contains(&speed) {
        1.0
    } else if (3.0..12.0).contains(&speed) {
        (speed.powi(3) - 27.0) / (12.0_f64.powi(3) - 27.0)
    } else {
        0.0
    }
}

/// 0 to 1, smooth over `period_s`: drawn values at its multiples, eased from one to the next.
fn noise(seed: u64, salt: u64, second: i64, period_s: i64) -> f64 {
    let (index, within) = (second.div_euclid(period_s), second.rem_euclid(period_s));
    let share = crate::power::seconds(within) / crate::power::seconds(period_s);
    let eased = share * share * (3.0 - 2.0 * share);
    let drawn = |index: i64| super::drawn(seed, salt, index.cast_unsigned());
    drawn(index) * (1.0 - eased) + drawn(index + 1) * eased
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::testing::second;
    use crate::time::UtcTime;

    fn at(text: &str) -> i64 {
        text.parse::<UtcTime>().unwrap().unix()
    }

    #[test]
    fn the_sun_stands_where_an_almanac_has_it() {
        // Height at noon = 90° − 52° + declination: ±23.44° at the solstices, 0 at the equinoxes.
        for (when, degrees) in [
            ("2027-06-21T12:00:00Z", 61.44),
            ("2026-12-21T12:00:00Z", 14.56),
            ("2027-03-21T12:00:00Z", 38.0),
            ("2027-09-22T12:00:00Z", 38.0),
        ] {
            let height = height_of_sun(at(when)).asin().to_degrees();
            assert!((height - degrees).abs() < 1.0, "{height}° at {when}");
        }
        assert!(height_of_sun(at("2027-06-21T00:00:00Z")) < 0.0, "it is night at midnight");
    }

    #[test]
    fn weather_is_the_same_for_the_same_seed_and_never_more_than_the_rating() {
        let day = (second("00:00"), second("23:59"));
        let sunny = |seed| Available::Sun { seed }.curve(1000.0, day.0, day.1);
        assert_eq!(sunny(3), sunny(3));
        assert_ne!(sunny(3), sunny(4));
        let windy = Available::Wind { seed: 3, mean_m_per_s: 8.0 }.curve(1000.0, day.0, day.1);
        for curve in [sunny(3), windy.clone()] {
            assert!(curve.points().iter().all(|p| (0.0..=1000.0).contains(&p.1)));
        }
        // In November the sun is up from about half past seven to four.
        assert_eq!(sunny(3).at(second("07:00")), 0.0);
        assert!(sunny(3).at(second("12:00")) > 50.0);
        assert_eq!(sunny(3).at(second("16:30")), 0.0);
        assert!(windy.points().iter().any(|p| p.1 > 0.0));
    }

    #[test]
    fn a_piece_of_the_weather_is_the_weather_of_that_time() {
        let wind = Available::Wind { seed: 9, mean_m_per_s: 7.5 };
        let whole = wind.curve(500.0, second("00:00"), second("12:00"));
        let piece = wind.curve(500.0, second("03:02:07"), second("05:00"));
        for minute in 0..117 {
            let t = second("03:02:07") + 60.0 * f64::from(minute);
            assert_eq!(whole.at(t), piece.at(t));
        }
    }

    #[test]
    fn over_a_year_wind_and_sun_give_about_what_they_do_in_great_britain() {
        let (from, to) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        let steps = from / STEP_S..to / STEP_S;
        let count = crate::power::seconds(to - from) / crate::power::seconds(STEP_S);
        let mean = |share: &dyn Fn(i64) -> f64| steps.clone().map(|n| share(n * STEP_S)).sum::<f64>() / count;
        let (solar, onshore) = (mean(&|s| sun(1, s)), mean(&|s| wind(1, 7.0, s)));
        // Load factors of about a tenth and a quarter to a third.
        assert!((0.08..0.2).contains(&solar), "{solar}");
        assert!((0.15..0.45).contains(&onshore), "{onshore}");
    }

    #[test]
    fn what_no_farm_can_make_is_named() {
        let daily = |kw| Available::Daily { points: vec![("09:00".to_owned(), kw)], is_windy: false };
        for (available, says) in [
            (daily(-5.0), "from 09:00: -5 kW is not what a farm of 100 kW can make"),
            (daily(101.0), "write 0 to 100"),
            (daily(f64::NAN), "not a power"),
            (Available::Daily { points: Vec::new(), is_windy: true }, "no points"),
            (Available::Wind { seed: 1, mean_m_per_s: 40.0 }, "write 1 to 20"),
            (Available::Wind { seed: 1, mean_m_per_s: f64::NAN }, "write 1 to 20"),
        ] {
            let fault = available.fault(100.0).unwrap();
            assert!(fault.contains(says), "{fault}");
        }
        assert_eq!(daily(100.0).fault(100.0), None);
        assert_eq!(Available::Sun { seed: 0 }.fault(1.0), None);
    }
}
