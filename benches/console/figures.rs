//! What many frames took, in four figures.

use std::time::Duration;

/// What each frame took.
#[derive(Default)]
pub struct Took {
    /// All of them.
    pub all: Vec<Duration>,
    /// Of them, those with a new snapshot.
    pub of_new: Vec<Duration>,
}

/// What the columns of [`Took::words`] are.
pub fn headings() -> String {
    format!("{:>8} {:>8} {:>8} {:>12}", "median", "p95", "most", "new snapshot")
}

impl Took {
    /// Median, 95th percentile, the longest, and the median of those with a new snapshot, in columns of milliseconds.
    pub fn words(mut self) -> String {
        self.all.sort_unstable();
        self.of_new.sort_unstable();
        let all = [0.5, 0.95, 1.0].map(|share| milliseconds(&self.all, share));
        let of_new = milliseconds(&self.of_new, 0.5);
        format!("{:>8.2} {:>8.2} {:>8.2} {of_new:>12.2}", all[0], all[1], all[2])
    }
}

/// That many of them took no longer.
fn milliseconds(sorted: &[Duration], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place among some hundred frames"
    )]
    let place = (share * sorted.len() as f64).ceil() as usize;
    sorted[place.clamp(1, sorted.len()) - 1].as_secs_f64() * 1000.0
}
