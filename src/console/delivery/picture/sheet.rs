//! Where everything of a figure stands on its sheet.

use egui_plot::LineStyle;
use svg::Document;
use svg::node::element::{Description, Group, Title};

use super::ink::{self, points, wide};
use super::panel::{SMALL, time_marks};
use super::scale::Scale;
use super::{Area, Figure, Fill, beats, panel, pen};
use crate::console::plot::axis;
use crate::console::plot::curves::Band;
use crate::console::plot::legend::{Entry, Sample};
use crate::console::theme::Tokens;

/// The sheet's width, points.
pub const WIDTH: f64 = 1200.0;
/// Points from the sheet's edges.
const MARGIN: f64 = 26.0;
/// Points left of the plots, for values and names.
const LEFT: f64 = 106.0;
/// The size of most words, points.
const BODY: f64 = 13.0;
/// The size of the title, where it fits.
const TITLE: f64 = 22.0;
/// Points from one line of them to the next.
const LEADING: f64 = 19.0;
/// Points between parts.
const GAP: f64 = 14.0;
/// Where the values of the facts begin.
const VALUES: f64 = 106.0;
/// The height of a line of the strip, and from one to the next.
const STRIP: (f64, f64) = (13.0, 18.0);
/// The width of a sample in the legend.
const SAMPLE: f64 = 30.0;
/// By which the words are written, the first that a reader has.
const FONTS: &str = "Ubuntu, 'Noto Sans', 'DejaVu Sans', 'Segoe UI', Arial, sans-serif";

/// The figure as SVG 1.1.
pub fn svg(figure: &Figure) -> String {
    let tokens = Tokens::paper();
    let mut sheet = Sheet { tokens: &tokens, figure, drawn: Group::new(), reached: MARGIN };
    sheet.head();
    sheet.facts();
    sheet.panels();
    sheet.legend();
    sheet.notes();
    let height = sheet.foot();
    let ground = ink::rectangle((0.0, 0.0), (WIDTH, height), tokens.background);
    let document = Document::new()
        .set("viewBox", format!("0 0 {WIDTH} {height}"))
        .set("width", WIDTH)
        .set("height", height)
        .set("font-family", FONTS)
        .set("role", "img")
        .add(Title::new(figure.title.as_str()))
        .add(Description::new().add(svg::node::Text::new(figure.words.as_str())))
        .add(ink::patterns(&tokens))
        .add(ground)
        .add(sheet.drawn);
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document}\n");
    // Somebody's name may hold what no XML can.
    text.chars().filter(|c| is_of_xml(*c)).collect()
}

/// Whether a character may stand in an XML document.
fn is_of_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// A sheet being filled from above.
struct Sheet<'a> {
    tokens: &'a Tokens,
    figure: &'a Figure,
    drawn: Group,
    /// Points from the top.
    reached: f64,
}

impl Sheet<'_> {
    fn add<T: Into<Box<dyn svg::node::Node>>>(&mut self, node: T) {
        self.drawn = std::mem::take(&mut self.drawn).add(node);
    }

    /// The mode by colour and word, and what the figure is of.
    fn head(&mut self) {
        let tokens = self.tokens;
        let (word, fill) = (self.figure.mode.word(), tokens.band(self.figure.mode));
        let (width, height) = (wide(word, BODY) + 34.0, 30.0);
        self.add(ink::rectangle((MARGIN, self.reached), (width, height), fill).set("rx", 3));
        let middle = (MARGIN + width / 2.0, self.reached + height / 2.0 + BODY * 0.36);
        self.add(ink::text(word, middle, BODY, tokens.on_band, "middle").set("letter-spacing", 1));
        let left = MARGIN + width + 16.0;
        let size = ((WIDTH - MARGIN - left) / wide(&self.figure.title, 1.0)).min(TITLE);
        let title = (left, self.reached + height / 2.0 + size * 0.35);
        self.add(ink::text(&self.figure.title, title, points(size), tokens.text, "start"));
        self.reached += height + GAP;
    }

    fn facts(&mut self) {
        let tokens = self.tokens;
        let room = WIDTH - MARGIN - VALUES;
        for (name, value) in &self.figure.facts {
            self.reached += BODY;
            self.add(ink::text(name, (MARGIN, self.reached), BODY, tokens.weak, "start"));
            for line in wrapped(value, BODY, room) {
                self.add(ink::text(&line, (VALUES, self.reached), BODY, tokens.text, "start"));
                self.reached += LEADING;
            }
            self.reached -= BODY;
        }
        self.reached += GAP;
    }

    /// The panels and the strip, one below the other, and the time axis that they share.
    fn panels(&mut self) {
        let tokens = self.tokens;
        let mut scale = Scale {
            left: LEFT,
            top: 0.0,
            width: WIDTH - LEFT - MARGIN,
            height: 0.0,
            span: self.figure.span,
            values: (0.0, 1.0),
        };
        for (number, panel) in self.figure.panels.iter().enumerate() {
            scale = Scale { top: self.reached, height: panel.height, values: panel.values, ..scale };
            self.add(panel::draw(panel, &scale, tokens, number));
            self.reached += panel.height + GAP * 0.7;
        }
        for strip in &self.figure.strips {
            let scale = Scale { top: self.reached, height: STRIP.0, ..scale };
            self.add(beats::draw(strip, &scale, tokens));
            self.reached += STRIP.1;
        }
        let axis = pen(tokens.text, 1.0, LineStyle::Solid);
        for mark in time_marks(&scale) {
            let x = scale.x(mark.value);
            self.add(ink::line((x, self.reached), (x, self.reached + 4.0), axis));
            let place = (x, self.reached + 5.0 + SMALL);
            self.add(ink::text(&axis::time_label(mark), place, SMALL, tokens.text, "middle"));
        }
        self.add(ink::line((scale.left, self.reached), (scale.right(), self.reached), axis));
        self.reached += 10.0 + SMALL * 2.0;
        let middle = (scale.left + scale.width / 2.0, self.reached + 4.0);
        let title = axis::time_title(f64::midpoint(scale.span.0, scale.span.1));
        self.add(ink::text(&title, middle, SMALL, tokens.weak, "middle"));
        self.reached += GAP * 1.4;
    }

    /// Each entry by its sample and its word, in as many lines as it needs.
    fn legend(&mut self) {
        let mut x = MARGIN;
        for entry in &self.figure.legend {
            let needs = SAMPLE + 7.0 + wide(&entry.name, BODY) * 0.95;
            if x > MARGIN && x + needs > WIDTH - MARGIN {
                x = MARGIN;
                self.reached += LEADING + 2.0;
            }
            let group = Group::new().set("class", "legend");
            let words = (x + SAMPLE + 7.0, self.reached + BODY * 0.85);
            let words = ink::text(&entry.name, words, BODY, self.tokens.text, "start");
            let sample = sample(group, entry, (x, self.reached), self.tokens);
            self.add(sample.add(words));
            x += needs + 18.0;
        }
        self.reached += LEADING + GAP;
    }

    fn notes(&mut self) {
        let lines = self.figure.notes.iter().flat_map(|note| wrapped(note, BODY, WIDTH - 2.0 * MARGIN));
        for line in lines.collect::<Vec<_>>() {
            self.add(ink::text(&line, (MARGIN, self.reached + BODY * 0.85), BODY, self.tokens.text, "start"));
            self.reached += LEADING;
        }
    }

    /// The program and the instant of the export, with the mode once more; the sheet's height.
    fn foot(&mut self) -> f64 {
        let tokens = self.tokens;
        self.reached += GAP * 0.5;
        let rule = pen(tokens.line, 1.0, LineStyle::Solid);
        self.add(ink::line((MARGIN, self.reached), (WIDTH - MARGIN, self.reached), rule));
        let y = self.reached + 8.0 + SMALL;
        self.add(ink::text(&self.figure.footer, (MARGIN, y), SMALL, tokens.weak, "start"));
        (y + MARGIN * 0.7).ceil()
    }
}

/// How an entry is drawn, in a box of the height of a line.
fn sample(group: Group, entry: &Entry, (left, top): (f64, f64), tokens: &Tokens) -> Group {
    let (height, middle) = (BODY, top + BODY / 2.0);
    let scale = Scale { left, top, width: SAMPLE, height, span: (0.0, 1.0), values: (0.0, 1.0) };
    let area = |fill| {
        let band = Band { at: vec![0.0, 1.0], low: vec![0.0; 2], high: vec![1.0; 2] };
        panel::filled(
            &Area { name: entry.name.to_string(), bands: vec![band], fill, is_written: false },
            &scale,
        )
        .set("class", "sample")
    };
    match entry.sample {
        Sample::Line(style, width) => {
            group.add(ink::line((left, middle), (left + SAMPLE, middle), pen(entry.colour, width, style)))
        }
        Sample::Area | Sample::Block => {
            group.add(area(Fill::Plain { fill: entry.colour, edge: tokens.edge }))
        }
        Sample::Rising | Sample::Falling => group.add(area(Fill::Rising(entry.colour))),
        Sample::Dots => group.add(area(Fill::Dots(entry.colour))),
    }
}

/// A text in lines that are no wider than `room` points.
fn wrapped(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if wide(line, size) + wide(word, size) + size * 0.5 <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
