//! Hatching: marks an area without relying on colour.

use std::ops::RangeInclusive;

use egui::{Color32, Pos2, Shape, Stroke, Ui, pos2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotPoint, PlotTransform};

use super::curves::Band;
use crate::console::theme::Tokens;

/// Pixels between two strokes.
const SPACING: f32 = 7.0;
/// Pixels between two looks at whether a stroke is inside.
const LOOK: f32 = 1.5;

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

    /// Whether a place is inside.
    fn holds(&self, at: Pos2) -> bool {
        let next = self.x.partition_point(|x| *x <= at.x);
        let (Some(left), true) = (next.checked_sub(1), next < self.x.len()) else { return false };
        let width = self.x[next] - self.x[left];
        let share = if width > 0.0 { (at.x - self.x[left]) / width } else { 0.0 };
        let between = |edge: &[f32]| edge[left] + (edge[next] - edge[left]) * share;
        (between(&self.top)..=between(&self.bottom)).contains(&at.y)
    }

    /// The filled area, piece by piece.
    fn fill(&self, colour: Color32, shapes: &mut Vec<Shape>) {
        let mut mesh = egui::Mesh::default();
        for right in 1..self.x.len() {
            let left = right - 1;
            if self.x[right] <= self.x[left] {
                continue;
            }
            let Ok(first) = u32::try_from(mesh.vertices.len()) else { return };
            mesh.colored_vertex(pos2(self.x[left], self.top[left]), colour);
            mesh.colored_vertex(pos2(self.x[right], self.top[right]), colour);
            mesh.colored_vertex(pos2(self.x[right], self.bottom[right]), colour);
            mesh.colored_vertex(pos2(self.x[left], self.bottom[left]), colour);
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first, first + 2, first + 3);
        }
        shapes.push(Shape::mesh(mesh));
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

impl Hatch {
    fn dot(&self, area: &OnScreen, extent: &Extent, shapes: &mut Vec<Shape>) {
        let first = |from: f32, origin: f32| ((from - origin) / DOTS).ceil() * DOTS + origin;
        let mut y = first(extent.top, extent.origin.y);
        while y < extent.bottom {
            let is_odd = ((y - extent.origin.y) / DOTS).round().rem_euclid(2.0) > 0.5;
            let mut x = first(extent.left, extent.origin.x) + if is_odd { DOTS / 2.0 } else { 0.0 };
            while x < extent.right {
                if area.holds(pos2(x, y)) {
                    shapes.push(Shape::circle_filled(pos2(x, y), DOT_RADIUS, self.stroke.color));
                }
                x += DOTS;
            }
            y += DOTS;
        }
    }

    /// Strokes are x + k where they cross the top.
    fn stroke(&self, area: &OnScreen, extent: &Extent, shapes: &mut Vec<Shape>) {
        let Extent { left, right, top, bottom, origin } = *extent;
        let height = bottom - top;
        let mut crossing = (left - height - origin.x).div_euclid(SPACING) * SPACING + origin.x;
        while crossing < right + height {
            let at = |down: f32| {
                let along = if self.pattern == Pattern::Rising { height - down } else { down };
                pos2(crossing + along, top + down)
            };
            let mut began: Option<Pos2> = None;
            let mut last = at(0.0);
            let mut down = 0.0;
            while down <= height {
                let place = at(down);
                if area.holds(place) && place.x >= left && place.x <= right {
                    began.get_or_insert(place);
                    last = place;
                } else if let Some(start) = began.take() {
                    shapes.push(Shape::line_segment([start, last], self.stroke));
                }
                down += LOOK;
            }
            if let Some(start) = began {
                shapes.push(Shape::line_segment([start, last], self.stroke));
            }
            crossing += SPACING;
        }
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
        for (index, at) in self.band.at.iter().enumerate() {
            bounds.extend_with(&PlotPoint::new(*at, self.band.low[index]));
            bounds.extend_with(&PlotPoint::new(*at, self.band.high[index]));
        }
        bounds
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}
