//! What delivery is worth, by the rules in use.

use serde::{Deserialize, Serialize};

use super::HalfHourScore;

/// Rules of payment with their parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PaymentRules {
    /// Flexible Power's.
    pub flexible_power: FlexiblePower,
    /// SSEN TRANSITION's.
    pub transition: Transition,
    /// A penalty for what is missing.
    pub one_sided: OneSided,
}

/// 1 from a share of delivery on, then less for each 1 % short.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlexiblePower {
    /// Full payment from this share of what was asked on.
    pub full_from: f64,
    /// Share of the payment lost for each share of delivery missing below that.
    pub cut: f64,
    /// Nothing is paid below this share.
    pub nothing_below: f64,
}

/// Each half-hour for itself: the energy delivered, capped at what was asked; nothing below a share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// A half-hour below this share is not paid.
    pub nothing_below: f64,
}

/// The energy delivered is paid, and a penalty is due for what is missing of what was asked; more than asked costs nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneSided {
    /// The penalty for a kWh missing, as a share of the price of one delivered.
    pub penalty: f64,
}

/// What a dispatch is paid of what full delivery would be, under each rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaymentFactors {
    /// 0 to 1.
    pub flexible_power: f64,
    /// 0 to 1.
    pub transition: f64,
    /// At most 1; below 0 the penalties exceed the payment.
    pub one_sided: f64,
}

impl Default for PaymentRules {
    /// As published.
    ///
    /// Flexible Power (theenergyst.com on the rules of Western Power Distribution): 5 % tolerated, 3 % less for each 1 %
    /// short. The formula comes to nothing at 61.7 %; the article says "about 63 %", hence a floor of its own. TRANSITION
    /// (ssen-transition.com, payment): sliding from 50 to 100 %, nothing below. One-sided (UFTP settlement, Shapeshifter's
    /// example): EUR 7 for a MW delivered, EUR 11 for one missing.
    fn default() -> Self {
        Self {
            flexible_power: FlexiblePower { full_from: 0.95, cut: 3.0, nothing_below: 0.0 },
            transition: Transition { nothing_below: 0.5 },
            one_sided: OneSided { penalty: 11.0 / 7.0 },
        }
    }
}

impl PaymentRules {
    /// What is paid for these half-hours; `None` when nothing was asked in a minute that was metered.
    pub fn factors(
        &self,
        half_hours: &[HalfHourScore],
        delivered_share: Option<f64>,
    ) -> Option<PaymentFactors> {
        let share = delivered_share?;
        Some(PaymentFactors {
            flexible_power: self.flexible_power.factor(share),
            transition: self.transition.factor(half_hours)?,
            one_sided: self.one_sided.factor(share),
        })
    }
}

impl FlexiblePower {
    /// For a share delivered, 0 to 1.
    pub fn factor(&self, share: f64) -> f64 {
        if share < self.nothing_below {
            return 0.0;
        }
        let short = (self.full_from - share).max(0.0);
        (1.0 - self.cut * short).max(0.0)
    }
}

impl Transition {
    /// For half-hours; `None` when nothing was asked in them.
    pub fn factor(&self, half_hours: &[HalfHourScore]) -> Option<f64> {
        let asked: f64 = half_hours.iter().map(|half| half.asked_kwh).sum();
        let paid = |half: &HalfHourScore| match half.share() {
            Some(share) if share >= self.nothing_below => half.delivered_kwh,
            _ => 0.0,
        };
        (asked > 1e-9).then(|| half_hours.iter().map(paid).sum::<f64>() / asked)
    }
}

impl OneSided {
    /// For a share delivered, 0 to 1.
    pub fn factor(&self, share: f64) -> f64 {
        share - self.penalty * (1.0 - share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(asked_kwh: f64, delivered_kwh: f64) -> HalfHourScore {
        HalfHourScore { start: 0.0, asked_kwh, delivered_kwh, minutes_metered: 30, minutes_missing: 0 }
    }

    #[test]
    fn short_delivery_is_paid_by_flexible_powers_published_rule() {
        let rule = PaymentRules::default().flexible_power;
        for (share, factor) in [
            (1.0, 1.0),
            (0.95, 1.0),
            (0.925, 0.925),
            (0.90, 0.85),
            (0.80, 0.55),
            (0.617, 0.001),
            (0.60, 0.0),
            (0.0, 0.0),
        ] {
            assert!((rule.factor(share) - factor).abs() < 1e-9, "{share}");
        }
        let as_the_article_says = FlexiblePower { nothing_below: 0.63, ..rule };
        assert_eq!((as_the_article_says.factor(0.629), as_the_article_says.factor(0.63) > 0.0), (0.0, true));
    }

    #[test]
    fn transition_pays_each_half_hour_for_itself() {
        let rule = PaymentRules::default().transition;
        for (halves, factor) in [
            (&[half(100.0, 92.5)][..], 0.925),
            (&[half(100.0, 45.0)], 0.0),
            (&[half(100.0, 50.0)], 0.5),
            // 72.5 % on the whole, and one of the two is not paid.
            (&[half(100.0, 100.0), half(100.0, 45.0)], 0.5),
            (&[half(300.0, 300.0), half(100.0, 0.0)], 0.75),
            (&[half(0.0, 0.0), half(100.0, 80.0)], 0.8),
        ] {
            let found = rule.factor(halves).unwrap();
            assert!((found - factor).abs() < 1e-9, "{halves:?}: {found}");
        }
        assert_eq!(rule.factor(&[half(0.0, 0.0)]), None);
    }

    #[test]
    fn a_one_sided_penalty_takes_more_than_what_is_missing() {
        // 2 MW ordered at 7 a MW, penalty 11: all delivered is 14; half of it 7 − 11 = −4, of 14.
        let rule = PaymentRules::default().one_sided;
        for (share, factor) in [(1.0, 1.0), (0.5, -4.0 / 14.0), (0.0, -22.0 / 14.0)] {
            assert!((rule.factor(share) - factor).abs() < 1e-9, "{share}");
        }
    }
}
