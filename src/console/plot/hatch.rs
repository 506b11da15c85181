//! Hatching: marks an area without relying on colour.

use std::ops::RangeInclusive;

use egui::{Color32, Pos2, Shape, Stroke, Ui, pos2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotPoint, PlotTransform};

use super::curves::Band;

/// Pixels between two strokes.
const SPACING: f32 = 7.0;
/// Pixels between two looks at whether a stroke is inside.
const LOOK: f32 = 1.5;

/// A band filled with slanted strokes.
pub struct Hatch {
    base: PlotItemBase,
    band: Band,
    stroke: Stroke,
    fill: Color32,
    rising: bool,
}

impl Hatch {
    /// Strokes that rise to the right.
    pub fn rising(name: &str, band: Band, colour: Color32) -> Self {
        Self::new(name, band, colour, true)
    }

    /// Strokes that fall to the right.
    pub fn falling(name: &str, band: Band, colour: Color32) -> Self {
        Self::new(name, band, colour, false)
    }

    fn new(name: &str, band: Band, colour: Color32, rising: bool) -> Self {
        Self {
            base: PlotItemBase::new(name.to_owned()),
            band,
            stroke: Stroke::new(1.2, colour),
            fill: colour.gamma_multiply(0.22),
            rising,
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
        let slope = if self.rising { -1.0 } else { 1.0 };
        // Strokes are x + k where they cross the top; counted from the frame so that they stand still.
        let height = bottom - top;
        let mut crossing = (left - height - frame.left()).div_euclid(SPACING) * SPACING + frame.left();
        while crossing < right + height {
            let at = |down: f32| {
                let along = if slope < 0.0 { height - down } else { down };
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
