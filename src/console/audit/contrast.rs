//! Contrast as WCAG 2.2 computes it.

use egui::Color32;

/// The least for text (1.4.3, AA); no text of the console is large in its sense.
pub const TEXT: f64 = 4.5;
/// The least for what carries meaning without being text (1.4.11, AA).
pub const MARK: f64 = 3.0;

/// Relative luminance of an opaque colour, 0 to 1.
fn luminance(colour: Color32) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
}

/// Of an ink on an opaque ground, 1 to 21. An ink that lets the ground through is laid over it first.
pub fn contrast(ink: Color32, ground: Color32) -> f64 {
    let (a, b) = (luminance(ground.blend(ink)), luminance(ground));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn contrast_is_that_of_the_standard() {
    let near = |a: f64, b: f64| assert!((a - b).abs() < 0.01, "{a}, not {b}");
    near(contrast(Color32::WHITE, Color32::BLACK), 21.0);
    near(contrast(Color32::BLACK, Color32::WHITE), 21.0);
    near(contrast(Color32::WHITE, Color32::WHITE), 1.0);
    // Two greys that stand at either side of AA on white.
    near(contrast(Color32::from_gray(118), Color32::WHITE), 4.54);
    near(contrast(Color32::from_gray(119), Color32::WHITE), 4.48);
    near(contrast(Color32::from_rgb(255, 0, 0), Color32::WHITE), 4.0);
    near(contrast(Color32::from_black_alpha(0), Color32::WHITE), 1.0);
}
