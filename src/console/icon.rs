//! The application's icon: a ramp to a setpoint, held, and back to the baseline. Drawn at whatever size is asked for;
//! `assets/icon.svg` is the same for menus.

use egui::IconData;

/// The side of the square that all measures are in.
const SIDE: f32 = 64.0;
/// How round the square's corners are.
const CORNER: f32 = 14.0;
const GROUND: [u8; 3] = [20, 29, 38];
const BASELINE: [u8; 3] = [92, 108, 122];
const RAMP: [u8; 3] = [126, 176, 214];
const SETPOINT: [u8; 3] = [255, 255, 255];

/// From the left to the right edge of the plot.
const BASELINE_AT: [(f32, f32); 2] = [(10.0, 46.0), (54.0, 46.0)];
const BASELINE_WIDTH: f32 = 2.5;
/// At baseline, up at the ramp rate, held, and down again.
const RAMP_AT: [(f32, f32); 5] = [(10.0, 46.0), (19.0, 46.0), (30.0, 20.0), (42.0, 20.0), (53.0, 46.0)];
const RAMP_WIDTH: f32 = 5.0;
const SETPOINT_AT: (f32, f32) = (30.0, 20.0);
const SETPOINT_RADIUS: f32 = 5.5;

/// The icon, so many pixels wide and high.
pub(super) fn icon(pixels: u32) -> IconData {
    let mut rgba = Vec::with_capacity(4 * (pixels as usize).pow(2));
    #[expect(clippy::cast_precision_loss, reason = "an icon has hundreds of pixels")]
    let unit = SIDE / pixels.max(1) as f32;
    for row in 0..pixels {
        for column in 0..pixels {
            #[expect(clippy::cast_precision_loss, reason = "an icon has hundreds of pixels")]
            let at = ((column as f32 + 0.5) * unit, (row as f32 + 0.5) * unit);
            rgba.extend(colour(at, unit));
        }
    }
    IconData { rgba, width: pixels, height: pixels }
}

/// The colour of a pixel that is `unit` wide, with its opacity.
fn colour(at: (f32, f32), unit: f32) -> [u8; 4] {
    let covered = |distance: f32| (0.5 - distance / unit).clamp(0.0, 1.0);
    let mut colour = GROUND;
    for (distance, ink) in [
        (along(&BASELINE_AT, at) - BASELINE_WIDTH / 2.0, BASELINE),
        (along(&RAMP_AT, at) - RAMP_WIDTH / 2.0, RAMP),
        (apart(SETPOINT_AT, at) - SETPOINT_RADIUS, SETPOINT),
    ] {
        let share = covered(distance);
        for (under, over) in colour.iter_mut().zip(ink) {
            *under = mixed(*under, over, share);
        }
    }
    let [r, g, b] = colour;
    [r, g, b, mixed(0, 255, covered(outside_square(at)))]
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between two numbers of eight bits"
)]
fn mixed(under: u8, over: u8, share: f32) -> u8 {
    f32::from(under).mul_add(1.0 - share, f32::from(over) * share).round() as u8
}

fn apart(a: (f32, f32), b: (f32, f32)) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// How far a point is from a line of straight pieces.
fn along(line: &[(f32, f32)], at: (f32, f32)) -> f32 {
    let pieces = line.iter().zip(line.iter().skip(1));
    pieces.map(|(from, to)| from_piece(*from, *to, at)).fold(f32::INFINITY, f32::min)
}

fn from_piece(from: (f32, f32), to: (f32, f32), at: (f32, f32)) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let share = ((at.0 - from.0) * dx + (at.1 - from.1) * dy) / (dx * dx + dy * dy);
    let share = share.clamp(0.0, 1.0);
    apart((from.0 + share * dx, from.1 + share * dy), at)
}

/// How far a point is outside of the square with round corners; negative within.
fn outside_square(at: (f32, f32)) -> f32 {
    let beyond = |along: f32| (along - SIDE / 2.0).abs() - (SIDE / 2.0 - CORNER);
    let (x, y) = (beyond(at.0), beyond(at.1));
    x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - CORNER
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex([r, g, b]: [u8; 3]) -> String {
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    fn points(line: &[(f32, f32)]) -> String {
        line.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
    }

    /// The same in the form that menus and packages take.
    fn svg() -> String {
        let line = |at: &[(f32, f32)], ink: [u8; 3], width: f32| {
            format!(
                "  <polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>\n",
                points(at),
                hex(ink)
            )
        };
        let (x, y) = SETPOINT_AT;
        [
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\">\n"),
            "  <title>Rampdesk</title>\n".to_owned(),
            format!(
                "  <rect width=\"{SIDE}\" height=\"{SIDE}\" rx=\"{CORNER}\" fill=\"{}\"/>\n",
                hex(GROUND)
            ),
            line(&BASELINE_AT, BASELINE, BASELINE_WIDTH),
            line(&RAMP_AT, RAMP, RAMP_WIDTH),
            format!("  <circle cx=\"{x}\" cy=\"{y}\" r=\"{SETPOINT_RADIUS}\" fill=\"{}\"/>\n", hex(SETPOINT)),
            "</svg>\n".to_owned(),
        ]
        .concat()
    }

    #[test]
    fn menus_show_the_same_icon_as_the_window() {
        assert_eq!(include_str!("../../assets/icon.svg"), svg());
    }

    #[test]
    fn the_icon_says_the_same_at_every_size() {
        for pixels in [24, 32, 48, 256] {
            let icon = icon(pixels);
            assert_eq!(icon.rgba.len(), 4 * (pixels * pixels) as usize);
            let at = |x: u32, y: u32| {
                let [column, row] = [x, y].map(|along| along * pixels / 64);
                let start = 4 * (row * pixels + column) as usize;
                <[u8; 4]>::try_from(&icon.rgba[start..start + 4]).unwrap()
            };
            assert_eq!(at(0, 0)[3], 0, "round corners");
            let near = |seen: [u8; 4], ink: [u8; 3]| {
                let apart: i32 =
                    seen.iter().zip(ink).map(|(a, b)| (i32::from(*a) - i32::from(b)).abs()).sum();
                assert!(seen[3] == 255 && apart < 120, "{seen:?} for {ink:?} at {pixels} pixels");
            };
            near(at(30, 20), SETPOINT);
            near(at(39, 20), RAMP);
            near(at(32, 8), GROUND);
            near(at(32, 36), GROUND);
        }
    }
}
