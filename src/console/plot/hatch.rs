//! Hatching: marks an area without relying on colour.

use std::ops::RangeInclusive;

use egui::{Color32, Pos2, Shape, Stroke, Ui, pos2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotTransform};

use super::curves::Band;
use crate::console::theme::Tokens;

/// Pixels between two strokes.
const SPACING: f32 = 7.0;
/// Two parts of a stroke are one when they are no further apart than this, points.
const JOINED: f32 = 0.05;

/// Points between two dots, and half their size.
const DOTS: f32 = 6.0;
const DOT_RADIUS: f32 = 1.2;

/// What fills a band.
#[derive(Clone, Copy, PartialEq)]
enum Pattern {
    Rising,
    Falling,
    Dots,
}

/// A band filled with slanted strokes or dots.
pub struct Hatch {
    base: PlotItemBase,
    band: Band,
    stroke: Stroke,
    fill: Color32,
    pattern: Pattern,
}

impl Hatch {
    /// Strokes that rise to the right.
    pub fn rising(name: &str, band: Band, colour: Color32) -> Self {
        Self::new(name, band, colour, Pattern::Rising)
    }

    /// Strokes that fall to the right.
    pub fn falling(name: &str, band: Band, colour: Color32) -> Self {
        Self::new(name, band, colour, Pattern::Falling)
    }

    /// Dots.
    pub fn dots(name: &str, band: Band, colour: Color32) -> Self {
        Self::new(name, band, colour, Pattern::Dots)
    }

    fn new(name: &str, band: Band, colour: Color32, pattern: Pattern) -> Self {
        Self {
            base: PlotItemBase::new(name.to_owned()),
            band,
            stroke: Stroke::new(1.2, colour),
            fill: Tokens::hatched(colour),
            pattern,
        }
    }
}

/// A band in points of the screen, left to right.
struct OnScreen {
    x: Vec<f32>,
    top: Vec<f32>,
    bottom: Vec<f32>,
}

impl OnScreen {
    fn of(band: &Band, transform: &PlotTransform) -> Self {
        let y = |value: &f64| transform.position_from_point_y(*value);
        Self {
            x: band.at.iter().map(|at| transform.position_from_point_x(*at)).collect(),
            top: band.high.iter().map(y).collect(),
            bottom: band.low.iter().map(y).collect(),
        }
    }

    /// Its pieces, left to right, those without a width left out.
    fn pieces(&self) -> impl Iterator<Item = Piece> {
        (1..self.x.len()).filter_map(|right| {
            let left = right - 1;
            let piece = Piece {
                left: (self.x[left], self.top[left], self.bottom[left]),
                right: (self.x[right], self.top[right], self.bottom[right]),
            };
            (piece.right.0 > piece.left.0).then_some(piece)
        })
    }

    /// The filled area, piece by piece.
    fn fill(&self, colour: Color32, shapes: &mut Vec<Shape>) {
        let mut mesh = egui::Mesh::default();
        mesh.reserve_vertices(self.x.len() * 4);
        mesh.reserve_triangles(self.x.len() * 2);
        for Piece { left, right } in self.pieces() {
            let Ok(first) = u32::try_from(mesh.vertices.len()) else { return };
            mesh.colored_vertex(pos2(left.0, left.1), colour);
            mesh.colored_vertex(pos2(right.0, right.1), colour);
            mesh.colored_vertex(pos2(right.0, right.2), colour);
            mesh.colored_vertex(pos2(left.0, left.2), colour);
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first, first + 2, first + 3);
        }
        shapes.push(Shape::mesh(mesh));
    }
}

/// A piece of a band between two instants: at either end how far across it is, and where its edges are.
#[derive(Clone, Copy)]
struct Piece {
    left: (f32, f32, f32),
    right: (f32, f32, f32),
}

impl Piece {
    /// Where its edges are at a place across.
    fn edges(&self, x: f32) -> (f32, f32) {
        let share = (x - self.left.0) / (self.right.0 - self.left.0);
        let between = |a: f32, b: f32| a + (b - a) * share;
        (between(self.left.1, self.right.1), between(self.left.2, self.right.2))
    }

    /// The part of it that can be seen, from left to right.
    fn seen(&self, extent: &Extent) -> Option<Self> {
        let (from, to) = (self.left.0.max(extent.left), self.right.0.min(extent.right));
        let at = |x: f32| {
            let (top, bottom) = self.edges(x);
            (x, top, bottom)
        };
        (from < to).then(|| Self { left: at(from), right: at(to) })
    }
}

/// The part of a band that can be seen.
struct Extent {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    origin: Pos2,
}

/// Strokes all over what can be seen, each by its number: on each, down and across add up to the same, where the way
/// across counts as it does in `across`.
struct Strokes<'a> {
    extent: &'a Extent,
    /// 1 where they rise to the right, −1 where they fall.
    across: f32,
    /// The first number.
    first: f32,
    /// Of each from the first on, the part that is inside as far as the band was gone along.
    inside: Vec<Option<[Pos2; 2]>>,
}

impl<'a> Strokes<'a> {
    fn new(extent: &'a Extent, across: f32) -> Self {
        let mut strokes = Self { extent, across, first: 0.0, inside: Vec::new() };
        let sides = [extent.left * across, extent.right * across];
        let (first, last) = (
            strokes.number(extent.top + sides[0].min(sides[1])).ceil(),
            strokes.number(extent.bottom + sides[0].max(sides[1])).floor(),
        );
        strokes.first = first;
        strokes.inside = vec![None; count(last - first + 1.0)];
        strokes
    }

    /// The number of the stroke on which down and across add up to this.
    fn number(&self, sum: f32) -> f32 {
        let origin = self.extent.origin;
        (sum - origin.y - origin.x * self.across) / SPACING
    }

    /// Goes through the next piece.
    fn pass(&mut self, piece: &Piece, stroke: Stroke, shapes: &mut Vec<Shape>) {
        let sum = |x: f32, y: f32| y + x * self.across;
        let (left, right) = (piece.left, piece.right);
        let least = sum(left.0, left.1).min(sum(right.0, right.1));
        let most = sum(left.0, left.2).max(sum(right.0, right.2));
        let from = count(self.number(least).ceil() - self.first);
        let to = count(self.number(most).floor() - self.first + 1.0).min(self.inside.len());
        for place in from..to {
            let Some([begins, ends]) = self.within(piece, place) else { continue };
            match &mut self.inside[place] {
                Some([_, end]) if (end.x - begins.x).abs() < JOINED && (end.y - begins.y).abs() < JOINED => {
                    *end = ends;
                }
                inside => {
                    let before = inside.replace([begins, ends]);
                    shapes.extend(before.map(|ends| Shape::line_segment(ends, stroke)));
                }
            }
        }
    }

    /// The part of a stroke that is in a piece and can be seen, from left to right.
    fn within(&self, piece: &Piece, place: usize) -> Option<[Pos2; 2]> {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred strokes")]
        let number = self.first + place as f32;
        let origin = self.extent.origin;
        let sum = number * SPACING + origin.y + origin.x * self.across;
        let down = |x: f32| sum - x * self.across;
        let (mut from, mut to) = (piece.left.0, piece.right.0);
        // What must not be below zero at a place: it is level or slanted, so it is so on one side of where it is zero.
        let mut hold = |at_left: f32, at_right: f32| {
            let zero = piece.left.0 + (piece.right.0 - piece.left.0) * at_left / (at_left - at_right);
            match (at_left >= 0.0, at_right >= 0.0) {
                (true, true) => {}
                (true, false) => to = to.min(zero),
                (false, true) => from = from.max(zero),
                (false, false) => to = f32::NEG_INFINITY,
            }
        };
        let (at_left, at_right) = (down(piece.left.0), down(piece.right.0));
        hold(at_left - piece.left.1, at_right - piece.right.1);
        hold(piece.left.2 - at_left, piece.right.2 - at_right);
        hold(at_left - self.extent.top, at_right - self.extent.top);
        hold(self.extent.bottom - at_left, self.extent.bottom - at_right);
        (from < to).then(|| [pos2(from, down(from)), pos2(to, down(to))])
    }
}

/// How many; nothing of what is below zero.
fn count(number: f32) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held to 0 to 65,536")]
    let whole = number.clamp(0.0, 65_536.0) as usize;
    whole
}

impl Hatch {
    /// Dots in columns, in every second column half a step lower.
    fn dot(&self, area: &OnScreen, extent: &Extent, shapes: &mut Vec<Shape>) {
        let Extent { origin, .. } = *extent;
        for piece in area.pieces().filter_map(|piece| piece.seen(extent)) {
            let mut column = ((piece.left.0 - origin.x) / (DOTS / 2.0)).ceil();
            while origin.x + column * DOTS / 2.0 < piece.right.0 {
                let x = origin.x + column * DOTS / 2.0;
                let (top, bottom) = piece.edges(x);
                // The first row that is of this column and not above the area.
                let above = (top.max(extent.top) - origin.y) / DOTS - column.rem_euclid(2.0);
                let mut y = origin.y + ((above / 2.0).ceil() * 2.0 + column.rem_euclid(2.0)) * DOTS;
                while y < bottom.min(extent.bottom) {
                    shapes.push(Shape::circle_filled(pos2(x, y), DOT_RADIUS, self.stroke.color));
                    y += DOTS * 2.0;
                }
                column += 1.0;
            }
        }
    }

    fn stroke(&self, area: &OnScreen, extent: &Extent, shapes: &mut Vec<Shape>) {
        let mut strokes = Strokes::new(extent, if self.pattern == Pattern::Rising { 1.0 } else { -1.0 });
        for piece in area.pieces().filter_map(|piece| piece.seen(extent)) {
            strokes.pass(&piece, self.stroke, shapes);
        }
        let left = strokes.inside.into_iter().flatten();
        shapes.extend(left.map(|ends| Shape::line_segment(ends, self.stroke)));
    }
}

impl PlotItem for Hatch {
    fn shapes(&self, _ui: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let area = OnScreen::of(&self.band, transform);
        let frame = transform.frame();
        let (Some(left), Some(right)) = (area.x.first(), area.x.last()) else { return };
        let (left, right) = (left.max(frame.left()), right.min(frame.right()));
        let top = area.top.iter().copied().fold(f32::INFINITY, f32::min).max(frame.top());
        let bottom = area.bottom.iter().copied().fold(f32::NEG_INFINITY, f32::max).min(frame.bottom());
        if left >= right || top >= bottom {
            return;
        }
        area.fill(self.fill, shapes);
        // Counted from the frame, so that the pattern stands still.
        let extent = Extent { left, right, top, bottom, origin: frame.left_top() };
        if self.pattern == Pattern::Dots {
            self.dot(&area, &extent, shapes);
        } else {
            self.stroke(&area, &extent, shapes);
        }
    }

    fn initialize(&mut self, _x_range: RangeInclusive<f64>) {}

    fn color(&self) -> Color32 {
        self.stroke.color
    }

    fn allow_hover(&self) -> bool {
        false
    }

    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    fn bounds(&self) -> PlotBounds {
        let mut bounds = PlotBounds::NOTHING;
        self.band.extend(&mut bounds);
        bounds
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What fills an area, drawn in a window of 400 by 300 points.
    fn drawn(hatch: fn(&str, Band, Color32) -> Hatch, area: &OnScreen) -> Vec<Shape> {
        let extent = Extent { left: 0.0, right: 400.0, top: 0.0, bottom: 300.0, origin: Pos2::ZERO };
        let (hatch, mut shapes) = (hatch("Short", Band::default(), Color32::RED), Vec::new());
        match hatch.pattern {
            Pattern::Dots => hatch.dot(area, &extent, &mut shapes),
            _ => hatch.stroke(area, &extent, &mut shapes),
        }
        shapes
    }

    fn ends(shape: &Shape) -> [Pos2; 2] {
        match shape {
            Shape::LineSegment { points, .. } => *points,
            Shape::Circle(circle) => [circle.center; 2],
            _ => panic!("it is strokes and dots that fill an area"),
        }
    }

    fn holds(area: &OnScreen, at: Pos2) -> bool {
        area.pieces().any(|piece| {
            let (top, bottom) = piece.edges(at.x);
            (piece.left.0 - 0.01..=piece.right.0 + 0.01).contains(&at.x)
                && (top - 0.01..=bottom + 0.01).contains(&at.y)
        })
    }

    #[test]
    fn a_high_and_narrow_band_is_hatched_from_edge_to_edge() {
        let area = OnScreen { x: vec![100.0, 104.0], top: vec![0.0; 2], bottom: vec![200.0; 2] };
        for hatch in [Hatch::rising, Hatch::falling] {
            let strokes = drawn(hatch, &area);
            assert!((28..=30).contains(&strokes.len()), "{} strokes, seven points apart", strokes.len());
            let across = strokes.iter().map(ends).filter(|[from, to]| to.x - from.x > 3.99).count();
            assert!(across + 2 >= strokes.len(), "all but the two in the corners go across");
        }
    }

    #[test]
    fn nothing_is_drawn_outside_of_a_band_and_a_stroke_over_its_steps_is_one() {
        let steps = OnScreen {
            x: vec![50.0, 150.0, 150.0, 250.0, 250.0, 500.0],
            top: vec![100.0, 100.0, 40.0, 40.0, 200.0, 150.0],
            bottom: vec![180.0, 180.0, 180.0, 180.0, 200.0, 400.0],
        };
        for hatch in [Hatch::rising, Hatch::falling, Hatch::dots] {
            let shapes = drawn(hatch, &steps);
            assert!(shapes.len() > 40, "{}", shapes.len());
            for end in shapes.iter().flat_map(ends) {
                assert!(holds(&steps, end) && end.x <= 400.01 && end.y <= 300.01, "{end:?}");
            }
        }
        let over_the_first_step = drawn(Hatch::falling, &steps)
            .iter()
            .map(ends)
            .filter(|[from, to]| from.x < 140.0 && to.x > 160.0)
            .count();
        assert!(over_the_first_step >= 8, "{over_the_first_step}");
    }

    #[test]
    fn a_band_far_larger_than_the_window_has_no_more_strokes_than_the_window() {
        let area = OnScreen { x: vec![-1e6, 1e6], top: vec![-1e6; 2], bottom: vec![1e6; 2] };
        let hatches: [fn(&str, Band, Color32) -> Hatch; 3] = [Hatch::rising, Hatch::falling, Hatch::dots];
        for (hatch, most) in hatches.into_iter().zip([101, 101, 3500]) {
            let shapes = drawn(hatch, &area);
            assert!(shapes.len() <= most && shapes.len() > most * 9 / 10, "{}", shapes.len());
        }
    }
}
