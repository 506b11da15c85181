//! A layer of a stack: its steps filled, each with the edge that parts it from the next layer.

use std::ops::RangeInclusive;

use egui::{Color32, Mesh, Rect, Shape, Ui, pos2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotTransform};

use super::curves::Band;

/// How wide an edge is, points.
const EDGE: f32 = 1.0;
/// Steps narrower than this have no upright edges: between them would be nothing else, points.
const UPRIGHT: f32 = 3.0;

/// One of them. Everything in it is upright or level, so that it is drawn as plain rectangles, all in one mesh.
pub struct Layer<'a> {
    base: PlotItemBase,
    bands: &'a [Band],
    fill: Color32,
    edge: Color32,
}

impl<'a> Layer<'a> {
    /// Of bands that are made of steps: of each two instants, the first begins a step and the second ends it.
    pub fn new(name: &str, bands: &'a [Band], fill: Color32, edge: Color32) -> Self {
        Self { base: PlotItemBase::new(name.to_owned()), bands, fill, edge }
    }

    fn steps(&self, band: &Band, transform: &PlotTransform, mesh: &mut Mesh) {
        let y = |value: f64| transform.position_from_point_y(value);
        let mut before: Option<f32> = None;
        for (at, (low, high)) in band.at.chunks_exact(2).zip(band.low.iter().zip(&band.high).step_by(2)) {
            let [left, right] = [at[0], at[1]].map(|at| transform.position_from_point_x(at));
            let (top, bottom) = (y(*high), y(*low));
            mesh.add_colored_rect(Rect::from_min_max(pos2(left, top), pos2(right, bottom)), self.fill);
            // The inner edge is the outer one of the layer below.
            let thick = EDGE.min((bottom - top) / 2.0);
            let (outer, inner) = if *low < 0.0 { (bottom, bottom - thick) } else { (top, top + thick) };
            mesh.add_colored_rect(Rect::from_two_pos(pos2(left, outer), pos2(right, inner)), self.edge);
            if let Some(before) = before.filter(|y| (y - outer).abs() > EDGE && right - left >= UPRIGHT) {
                let (from, to) = (pos2(left - EDGE / 2.0, before), pos2(left + EDGE / 2.0, outer));
                mesh.add_colored_rect(Rect::from_two_pos(from, to), self.edge);
            }
            before = Some(outer);
        }
    }
}

impl PlotItem for Layer<'_> {
    fn shapes(&self, _ui: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let steps: usize = self.bands.iter().map(|band| band.at.len() / 2).sum();
        let mut mesh = Mesh::default();
        // Each step has its area, its edge and the upright before that.
        mesh.reserve_vertices(steps * 12);
        mesh.reserve_triangles(steps * 6);
        for band in self.bands {
            self.steps(band, transform, &mut mesh);
        }
        if !mesh.is_empty() {
            shapes.push(Shape::mesh(mesh));
        }
    }

    fn initialize(&mut self, _x_range: RangeInclusive<f64>) {}

    fn color(&self) -> Color32 {
        self.fill
    }

    fn allow_hover(&self) -> bool {
        false
    }

    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    fn bounds(&self) -> PlotBounds {
        let mut bounds = PlotBounds::NOTHING;
        self.bands.iter().for_each(|band| band.extend(&mut bounds));
        bounds
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}
