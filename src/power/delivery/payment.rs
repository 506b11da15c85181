//! What delivery is worth.

/// Full payment from this share of what was asked on.
const TOLERATED: f64 = 0.95;
/// Share of the payment lost for each share of delivery missing below that.
const CUT: f64 = 3.0;

/// Payment factor for a share delivered (0 to 1), by the rule of Flexible Power: 1 from 0.95 on, then 3 % less for
/// each 1 % short, never below 0 (which the formula comes to at 61.7 %; the article that describes it says "about
/// 63 %"). Source: theenergyst.com on the rules of Western Power Distribution's Flexible Power.
pub fn flexible_power_factor(delivered_share: f64) -> f64 {
    let short = (TOLERATED - delivered_share).max(0.0);
    (1.0 - CUT * short).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_delivery_is_paid_by_the_published_rule() {
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
            assert!((flexible_power_factor(share) - factor).abs() < 1e-9, "{share}");
        }
    }
}
