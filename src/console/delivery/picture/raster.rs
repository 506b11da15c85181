//! The drawing as pixels: what the SVG says, written with the fonts that the window carries.

use std::sync::Arc;

use egui::FontDefinitions;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::FINE;

/// A drawing as PNG, [`FINE`] pixels to a point.
///
/// # Errors
/// Why it cannot be drawn, in a sentence.
pub fn png(svg: &str) -> Result<Vec<u8>, String> {
    let fonts = fonts();
    let family = fonts.family_name(&fontdb::Family::SansSerif).to_owned();
    let options = Options { fontdb: Arc::new(fonts), font_family: family, ..Options::default() };
    let tree =
        Tree::from_str(svg, &options).map_err(|fault| format!("the plot cannot be drawn ({fault})"))?;
    let size = tree.size().to_int_size().scale_by(FINE);
    let size = size.ok_or("the plot has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("there is no memory for the picture")?;
    resvg::render(&tree, Transform::from_scale(FINE, FINE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|fault| format!("the picture cannot be encoded ({fault})"))
}

/// The window's own fonts, that of its words first.
fn fonts() -> fontdb::Database {
    let FontDefinitions { font_data, families } = FontDefinitions::default();
    let mut fonts = fontdb::Database::new();
    let in_order = families.get(&egui::FontFamily::Proportional).into_iter().flatten();
    for data in in_order.filter_map(|name| font_data.get(name)) {
        fonts.load_font_source(fontdb::Source::Binary(data.font.clone()));
    }
    let first = fonts.faces().next().and_then(|face| face.families.first().map(|(name, _)| name.clone()));
    if let Some(name) = first {
        fonts.set_sans_serif_family(name);
    }
    fonts
}
