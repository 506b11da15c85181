//! Whether a delivery's figures come out of its curve, as `docs/journal-format.md` says.

use super::{Delivery, DeliveryCurve, DeliveryHalfHour, DeliveryRules, DeliveryScore};
use crate::time::UtcTime;

/// Seconds.
const MINUTE: i64 = 60;
const HALF_HOUR: i64 = 1800;
/// A minute in which asked and baseline differ by no more asks nothing, W.
const NOTHING_W: i64 = 1;
/// No unit has as much, W.
const MOST_W: u64 = 1_000_000_000_000;
/// Shares are written in millionths: what is worked out from one is off by a few.
const SHARE: f64 = 1e-5;

/// One minute: change from baseline in W, in the sign of power.
#[derive(Clone, Copy)]
struct Minute {
    asked: i64,
    delivered: Option<i64>,
}

impl Delivery {
    /// Works its figures out again from its curve.
    ///
    /// # Errors
    /// The first that does not come out, in words.
    pub fn check(&self) -> Result<(), String> {
        match (&self.curve, &self.score, &self.rules, &self.unscored) {
            (None, None, None, Some(_)) => Ok(()),
            (Some(curve), Some(score), Some(rules), None) => {
                let minutes = minutes_of(curve)?;
                if self.readings.count < u64::from(score.minutes_metered) {
                    return Err("readings.count: is less than the minutes that were metered".to_owned());
                }
                counts(&minutes, score, rules)?;
                energies(&minutes, score)?;
                half_hours(&minutes, curve, score)?;
                payment(score, rules)
            }
            _ => Err("it has a curve, a score and rules, or says why it has none of them".to_owned()),
        }
    }
}

fn minutes_of(curve: &DeliveryCurve) -> Result<Vec<Minute>, String> {
    let many = curve.baseline_w.len();
    if curve.asked_w.len() != many || curve.delivered_w.len() != many || many == 0 {
        return Err("curve: its three rows are not of one length".to_owned());
    }
    if curve.from.unix() % MINUTE != 0 {
        return Err(format!("curve.from: {} is no whole minute", curve.from));
    }
    let is_power = |w: i64| w.unsigned_abs() < MOST_W;
    let change = |w: i64, baseline: i64| {
        let both = is_power(w) && is_power(baseline);
        both.then(|| w - baseline).ok_or("curve: it holds what is no power of a unit")
    };
    let rows = curve.baseline_w.iter().zip(&curve.asked_w).zip(&curve.delivered_w);
    rows.map(|((baseline, asked), delivered)| {
        let delivered = delivered.map(|w| change(w, *baseline)).transpose()?;
        Ok(Minute { asked: change(*asked, *baseline)?, delivered })
    })
    .collect()
}

impl Minute {
    fn asks_nothing(self) -> bool {
        self.asked.abs() <= NOTHING_W
    }

    /// W asked, whichever way.
    fn asks(self) -> f64 {
        float(self.asked.abs())
    }

    /// W in the direction asked, from nothing to what was asked.
    fn given(self) -> f64 {
        float(self.delivered.unwrap_or(0) * self.asked.signum()).clamp(0.0, self.asks())
    }

    /// W beyond what was asked.
    fn over(self) -> f64 {
        let change = self.delivered.unwrap_or(0);
        if self.asks_nothing() {
            return if change.abs() > 1000 { float(change.abs()) } else { 0.0 };
        }
        (float(change * self.asked.signum()) - self.asks()).max(0.0)
    }
}

/// By how much an energy over these minutes may be off for its having been worked out of powers with fractions of a watt, Wh.
fn give_or_take(minutes: &[Minute]) -> f64 {
    let of = |minute: &Minute| if minute.asks_nothing() { 1000.0 } else { 2.0 };
    1.0 + minutes.iter().map(of).sum::<f64>() / 60.0
}

fn metered(minutes: &[Minute]) -> Vec<Minute> {
    minutes.iter().copied().filter(|minute| minute.delivered.is_some()).collect()
}

fn wh(minutes: &[Minute], watts: impl Fn(Minute) -> f64) -> f64 {
    minutes.iter().map(|minute| watts(*minute)).sum::<f64>() / 60.0
}

fn same(name: &str, told: i64, found: f64, give_or_take: f64) -> Result<(), String> {
    if (float(told) - found).abs() <= give_or_take {
        return Ok(());
    }
    Err(format!("{name}: {told} does not come out of the curve, but {found:.0}"))
}

fn counts(minutes: &[Minute], score: &DeliveryScore, rules: &DeliveryRules) -> Result<(), String> {
    let with_reading = metered(minutes).len();
    for (name, told, found) in [
        ("minutes_metered", score.minutes_metered, with_reading),
        ("minutes_missing", score.minutes_missing, minutes.len() - with_reading),
    ] {
        if usize::try_from(told) != Ok(found) {
            return Err(format!("score.{name}: {told} does not come out of the curve, but {found}"));
        }
    }
    // In a minute with a step of what is asked, all between the two levels is within: of these only the mean is known.
    let is_within = |minute: &&Minute| {
        let off = minute.delivered.map(|delivered| float((delivered - minute.asked).abs()));
        let allowed = (rules.tolerance * minute.asks()).max(float(rules.least_tolerance_w));
        off.is_some_and(|off| off <= allowed - 2.0)
    };
    let surely = minutes.iter().filter(is_within).count();
    let told = usize::try_from(score.minutes_within).unwrap_or(usize::MAX);
    if !(surely..=with_reading).contains(&told) {
        return Err(format!("score.minutes_within: {told} of {with_reading}, where at least {surely} are"));
    }
    Ok(())
}

fn energies(minutes: &[Minute], score: &DeliveryScore) -> Result<(), String> {
    let (metered, allowed) = (metered(minutes), give_or_take(minutes));
    let short = |minute: Minute| minute.asks() - minute.given();
    same("score.asked_wh", score.asked_wh, wh(minutes, Minute::asks), allowed)?;
    same("score.delivered_wh", score.delivered_wh, wh(&metered, Minute::given), allowed)?;
    same("score.short_wh", score.short_wh, wh(&metered, short), allowed)?;
    same("score.over_wh", score.over_wh, wh(&metered, Minute::over), allowed)?;
    let asked = wh(&metered, Minute::asks);
    match score.of_asked {
        None if asked <= allowed => Ok(()),
        None => Err("score.of_asked: is missing".to_owned()),
        Some(share) => {
            let is_share = (0.0..=1.0).contains(&share);
            if is_share && (share * asked - float(score.delivered_wh)).abs() <= allowed + SHARE * asked {
                return Ok(());
            }
            Err(format!("score.of_asked: {share} does not come out of the energies"))
        }
    }
}

fn half_hours(minutes: &[Minute], curve: &DeliveryCurve, score: &DeliveryScore) -> Result<(), String> {
    let start_of = |place: usize| {
        let start = curve.from.unix() + MINUTE * whole(place);
        start - start.rem_euclid(HALF_HOUR)
    };
    let places: Vec<usize> = (0..minutes.len()).collect();
    let mut told = score.half_hours.iter();
    for places in places.chunk_by(|a, b| start_of(*a) == start_of(*b)) {
        let (Some(first), Some(last)) = (places.first(), places.last()) else { continue };
        let start = start_of(*first);
        let half = told.next().filter(|half| half.from.unix() == start);
        let half = half.ok_or_else(|| {
            format!("score.half_hours: the one from {} is missing", UtcTime::from_unix(start))
        })?;
        one_half_hour(&minutes[*first..=*last], half)?;
    }
    match told.next() {
        None => Ok(()),
        Some(more) => {
            Err(format!("score.half_hours: no minute of the curve is in the one from {}", more.from))
        }
    }
}

fn one_half_hour(minutes: &[Minute], half: &DeliveryHalfHour) -> Result<(), String> {
    let (metered, allowed) = (metered(minutes), give_or_take(minutes));
    let name = |what: &str| format!("score.half_hours, {}, {what}", half.from);
    let missing = minutes.len() - metered.len();
    let told = (usize::try_from(half.minutes_metered), usize::try_from(half.minutes_missing));
    if told != (Ok(metered.len()), Ok(missing)) {
        return Err(name("minutes: are not those of the curve"));
    }
    let asked: i64 = metered.iter().map(|minute| minute.asked).sum();
    let given: i64 = metered.iter().filter_map(|minute| minute.delivered).sum();
    let asks = float(asked.abs());
    let delivered = (float(given) * float(asked.signum())).clamp(0.0, asks) / 60.0;
    same(&name("asked_wh"), half.asked_wh, asks / 60.0, allowed)?;
    same(&name("delivered_wh"), half.delivered_wh, delivered, allowed)
}

fn payment(score: &DeliveryScore, rules: &DeliveryRules) -> Result<(), String> {
    let (share, paid) = match (score.of_asked, &score.payment) {
        (Some(share), Some(paid)) => (share, paid),
        (None, None) => return Ok(()),
        _ => return Err("score.payment: is there with score.of_asked, and without it is not".to_owned()),
    };
    let flexible_power = if share < rules.nothing_below {
        0.0
    } else {
        (1.0 - rules.cut * (rules.full_from - share).max(0.0)).max(0.0)
    };
    let one_sided = share - rules.penalty * (1.0 - share);
    let allowed = SHARE * (1.0 + rules.cut.abs() + rules.penalty.abs());
    for (name, told, found) in
        [("flexible_power", paid.flexible_power, flexible_power), ("one_sided", paid.one_sided, one_sided)]
    {
        if (told - found).abs() > allowed {
            return Err(format!("score.payment.{name}: {told} does not come out of {share}, but {found:.6}"));
        }
    }
    by_half_hours(score, rules, paid.transition)
}

fn by_half_hours(score: &DeliveryScore, rules: &DeliveryRules, told: f64) -> Result<(), String> {
    let halves = &score.half_hours;
    let asked: f64 = halves.iter().map(|half| float(half.asked_wh)).sum();
    let beyond = |half: &DeliveryHalfHour| {
        float(half.delivered_wh) - rules.half_hour_nothing_below * float(half.asked_wh)
    };
    // On which side of the limit a half-hour is that lies within a watt-hour of it, whole watt-hours do not tell.
    let is_near = |half: &DeliveryHalfHour| half.asked_wh > 0 && beyond(half).abs() <= 1.0;
    if asked <= 0.0 || halves.iter().any(is_near) {
        return Ok(());
    }
    let paid = halves.iter().filter(|half| half.asked_wh > 0 && beyond(half) > 0.0);
    let found = paid.map(|half| float(half.delivered_wh)).sum::<f64>() / asked;
    if (told - found).abs() <= SHARE + float(whole(halves.len())) / asked {
        return Ok(());
    }
    Err(format!("score.payment.transition: {told} does not come out of the half-hours, but {found:.6}"))
}

#[expect(clippy::cast_precision_loss, reason = "watts and watt-hours of a unit fit a double exactly")]
fn float(value: i64) -> f64 {
    value as f64
}

fn whole(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
