//! What is shown as a picture for a report: one description in times and powers, one drawing of it, two files.
//!
//! Read in this order: [`describe`] what a figure holds, [`trace`], [`stack`] and [`below`] its panels, [`sheet`] where
//! everything stands, [`panel`] and [`beats`] how it is drawn, [`raster`] the same as pixels. Pure but for the fonts.

mod beats;
mod below;
mod describe;
mod ink;
mod panel;
mod raster;
mod scale;
mod sheet;
mod stack;
mod trace;

pub use describe::{Edition, figure};
pub use raster::png;
pub use sheet::svg;

use egui::Color32;
use egui_plot::LineStyle;

use crate::console::plot::chart::Quantity;
use crate::console::plot::curves::Band;
use crate::console::plot::labels::Label;
use crate::console::plot::legend::Entry;
use crate::desk::snapshot::Mode;

use super::strip::Strip;

/// Curves are thinned to this many columns: as many as the widest panel has points.
const COLUMNS: usize = 1200;

/// Pixels across and down for each point of the drawing: as fine as a page is printed.
pub const FINE: f32 = 2.0;

/// A picture in times and powers: nothing of it is in points yet.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What the session may touch.
    pub mode: Mode,
    /// What it is of.
    pub title: String,
    /// All of it in words, for those who do not see it.
    pub words: String,
    /// Names and values that stand above.
    pub facts: Vec<(&'static str, String)>,
    /// From then to then, seconds of UTC.
    pub span: (f64, f64),
    /// One below the other, on one time axis.
    pub panels: Vec<Panel>,
    /// The heartbeat strip.
    pub strips: Vec<Strip>,
    /// What stands in the panels.
    pub legend: Vec<Entry>,
    /// Sentences that stand below.
    pub notes: Vec<String>,
    /// The program and the instant of the export.
    pub footer: String,
}

/// One plot of a figure.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What it is of.
    pub quantity: Quantity,
    /// How high it is drawn, points.
    pub height: f64,
    /// From its lower to its upper edge.
    pub values: (f64, f64),
    /// Painted first.
    pub areas: Vec<Area>,
    /// Levels from edge to edge.
    pub levels: Vec<(f64, Pen)>,
    /// Instants from edge to edge, seconds of UTC.
    pub instants: Vec<(f64, Pen)>,
    /// Painted over the areas.
    pub curves: Vec<Trace>,
    /// Words at instants, at the top.
    pub labels: Vec<Label>,
}

/// Filled areas that mean the same.
#[derive(Clone, Debug)]
pub struct Area {
    /// What it is.
    pub name: String,
    /// Where.
    pub bands: Vec<Band>,
    /// With what.
    pub fill: Fill,
    /// Its name is written into it, where there is room.
    pub is_written: bool,
}

/// What fills an area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    /// A colour, within an outline.
    Plain {
        /// Inside.
        fill: Color32,
        /// The outline.
        edge: Color32,
    },
    /// Strokes that rise to the right.
    Rising(Color32),
    /// Dots.
    Dots(Color32),
}

/// One curve, in as many runs as it has gaps between.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What it is.
    pub name: &'static str,
    /// Seconds of UTC and values.
    pub runs: Vec<Vec<[f64; 2]>>,
    /// With what.
    pub pen: Pen,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    /// Its colour.
    pub colour: Color32,
    /// Its width, points.
    pub width: f32,
    /// Its style, which tells it from others without colour.
    pub style: LineStyle,
}

fn pen(colour: Color32, width: f32, style: LineStyle) -> Pen {
    Pen { colour, width, style }
}
