//! Strokes, fills, patterns and words of the drawing.

use egui::Color32;
use egui_plot::LineStyle;
use svg::node::element::{Definitions, Line, Path, Pattern, Rectangle, Text, Title};

use super::{Fill, Pen};
use crate::console::theme::Tokens;

/// The width of a letter as a share of its size, in the widest font that a reader is likely to have.
const LETTER: f64 = 0.58;

/// The width of a text, points: not less than any reader draws it with.
#[expect(clippy::cast_precision_loss, reason = "a few letters")]
pub fn wide(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * LETTER
}

/// A text cut short to fit.
pub fn cut(text: &str, size: f64, room: f64) -> String {
    if wide(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if wide(&kept, size) + 2.0 * size * LETTER > room {
            break;
        }
        kept.push(letter);
    }
    kept + "…"
}

/// A number of points, no longer than a printer can tell.
pub fn points(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// `#0062a8`, and how opaque.
pub fn colour(colour: Color32) -> (String, f64) {
    let [r, g, b, a] = colour.to_srgba_unmultiplied();
    (format!("#{r:02x}{g:02x}{b:02x}"), (f64::from(a) / 255.0 * 1000.0).round() / 1000.0)
}

/// Words at a place; `anchor` is `start`, `middle` or `end`.
pub fn text(words: &str, (x, y): (f64, f64), size: f64, ink: Color32, anchor: &str) -> Text {
    let (ink, _) = colour(ink);
    Text::new(words)
        .set("x", points(x))
        .set("y", points(y))
        .set("font-size", size)
        .set("fill", ink)
        .set("text-anchor", anchor)
}

/// A straight line.
pub fn line(from: (f64, f64), to: (f64, f64), pen: Pen) -> Line {
    let line = Line::new()
        .set("x1", points(from.0))
        .set("y1", points(from.1))
        .set("x2", points(to.0))
        .set("y2", points(to.1));
    stroke(pen).into_iter().fold(line, |line, (name, value)| line.set(name, value))
}

/// A rectangle, filled.
pub fn rectangle((left, top): (f64, f64), (width, height): (f64, f64), fill: Color32) -> Rectangle {
    let (fill, opacity) = colour(fill);
    Rectangle::new()
        .set("x", points(left))
        .set("y", points(top))
        .set("width", points(width))
        .set("height", points(height))
        .set("fill", fill)
        .set("fill-opacity", opacity)
}

/// A curve: its runs are parts of one path, which says what it is.
pub fn curve(name: &str, d: String, pen: Pen) -> Path {
    let path =
        Path::new().set("class", "curve").set("d", d).set("fill", "none").set("stroke-linejoin", "round");
    let path = stroke(pen).into_iter().fold(path, |path, (name, value)| path.set(name, value));
    path.add(Title::new(name))
}

/// The attributes of a stroke.
pub fn stroke(pen: Pen) -> Vec<(&'static str, String)> {
    let (ink, opacity) = colour(pen.colour);
    let width = f64::from(pen.width);
    let mut set = vec![("stroke", ink), ("stroke-opacity", opacity.to_string())];
    match pen.style {
        LineStyle::Solid => set.push(("stroke-width", width.to_string())),
        LineStyle::Dashed { length } => {
            let gap = points(f64::from(length) * 0.618);
            set.extend([
                ("stroke-width", width.to_string()),
                ("stroke-dasharray", format!("{length} {gap}")),
            ]);
        }
        // Dashes without a length that have round ends are dots.
        LineStyle::Dotted { spacing } => set.extend([
            ("stroke-width", points(width * 1.6).to_string()),
            ("stroke-dasharray", format!("0.1 {}", points(f64::from(spacing)))),
            ("stroke-linecap", "round".to_owned()),
        ]),
    }
    set
}

/// What an area is filled with: a colour and how opaque, or a pattern of the definitions.
pub fn fill(fill: Fill) -> (String, f64) {
    match fill {
        Fill::Plain { fill, .. } => colour(fill),
        Fill::Rising(ink) => (format!("url(#{})", name_of("rising", ink)), 1.0),
        Fill::Dots(ink) => (format!("url(#{})", name_of("dots", ink)), 1.0),
    }
}

/// What crosses out a stretch of a strip.
pub fn crossed(ink: Color32) -> String {
    format!("url(#{})", name_of("crossed", ink))
}

/// Every pattern that a drawing may be filled with.
pub fn patterns(tokens: &Tokens) -> Definitions {
    let definitions = Definitions::new();
    let definitions =
        [tokens.shortfall, tokens.medium].into_iter().fold(definitions, |all, ink| all.add(rising(ink)));
    definitions.add(dots(tokens.over)).add(crosses(tokens.high))
}

fn name_of(pattern: &str, ink: Color32) -> String {
    format!("{pattern}-{}", colour(ink).0.trim_start_matches('#'))
}

fn tile(pattern: &str, ink: Color32, size: f64) -> Pattern {
    Pattern::new()
        .set("id", name_of(pattern, ink))
        .set("width", size)
        .set("height", size)
        .set("patternUnits", "userSpaceOnUse")
        .add(rectangle((0.0, 0.0), (size, size), Tokens::hatched(ink)))
}

fn strokes(d: &str, ink: Color32) -> Path {
    Path::new().set("d", d).set("stroke", colour(ink).0).set("stroke-width", 1.2).set("fill", "none")
}

fn rising(ink: Color32) -> Pattern {
    tile("rising", ink, 7.0).add(strokes("M -1 8 L 8 -1 M -1 1 L 1 -1 M 6 8 L 8 6", ink))
}

fn crosses(ink: Color32) -> Pattern {
    tile("crossed", ink, 6.0).add(strokes("M 0 0 L 6 6 M 0 6 L 6 0", ink))
}

fn dots(ink: Color32) -> Pattern {
    let dot = |x: f64, y: f64| {
        let centre = svg::node::element::Circle::new().set("cx", x).set("cy", y).set("r", 1.2);
        centre.set("fill", colour(ink).0)
    };
    tile("dots", ink, 6.0).add(dot(1.5, 1.5)).add(dot(4.5, 4.5))
}
