//! What part of time and power a plot shows: all that matters, until a person moves or zooms it.

use egui_plot::{PlotBounds, PlotTransform};

/// The bounds of a plot and of those below it that share its time axis.
#[derive(Clone, Debug, Default)]
pub struct Range {
    chosen: Option<PlotBounds>,
    shown: Option<PlotBounds>,
}

impl Range {
    /// The bounds to show: as chosen, else `fitting`, which is asked for only then.
    pub fn bounds(&mut self, fitting: impl FnOnce() -> PlotBounds) -> PlotBounds {
        let bounds = self.chosen.unwrap_or_else(fitting);
        self.shown = Some(bounds);
        bounds
    }

    /// Takes note of what the plot made of it: when a person dragged or zoomed, that is what stays.
    pub fn settle(&mut self, transform: &PlotTransform) {
        let now = *transform.bounds();
        let moved = self.shown.is_some_and(|shown| differs(&shown, &now));
        if moved && now.is_valid() && now.width() > 1.0 && now.width() < 40.0 * 86_400.0 {
            self.chosen = Some(now);
        }
    }

    /// Back to all that matters.
    pub fn fit(&mut self) {
        self.chosen = None;
    }

    /// Whether a person has chosen a part.
    pub fn is_chosen(&self) -> bool {
        self.chosen.is_some()
    }

    /// Shows these bounds until fitted again.
    pub fn choose(&mut self, bounds: PlotBounds) {
        self.chosen = Some(bounds);
    }

    /// Shows a longer (`factor` above 1) or shorter time around the middle.
    pub fn zoom_time(&mut self, factor: f64) {
        let Some(shown) = self.shown else { return };
        let half = shown.width() * factor / 2.0;
        let middle = shown.center().x;
        self.chosen =
            Some(PlotBounds::from_min_max([middle - half, shown.min()[1]], [middle + half, shown.max()[1]]));
    }
}

fn differs(a: &PlotBounds, b: &PlotBounds) -> bool {
    let far = |x: f64, y: f64, size: f64| (x - y).abs() > size * 1e-6;
    let (width, height) = (a.width().abs().max(1e-9), a.height().abs().max(1e-9));
    far(a.min()[0], b.min()[0], width)
        || far(a.max()[0], b.max()[0], width)
        || far(a.min()[1], b.min()[1], height)
        || far(a.max()[1], b.max()[1], height)
}

/// Bounds over `from..to` and all of `values`, with room around them.
pub fn fitting(from: f64, to: f64, values: impl IntoIterator<Item = f64>) -> PlotBounds {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.into_iter().filter(|v| v.is_finite()) {
        (low, high) = (low.min(value), high.max(value));
    }
    if low > high {
        (low, high) = (0.0, 1.0);
    }
    let room = ((high - low) * 0.12).max(high.abs().max(low.abs()) * 0.02).max(0.5);
    PlotBounds::from_min_max([from, low - room], [to.max(from + 60.0), high + room])
}
