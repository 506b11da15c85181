//! Draws the window without a graphics card, the same bytes on every machine.

use std::collections::HashMap;

use dream_soft_render::{ClipRect, Color, MAX_SURFACE_PIXELS, Mesh, SoftwareRenderer, Vertex};
use egui::epaint::{ClippedPrimitive, ImageDelta, Primitive};
use egui::{Color32, ImageData, Rect, TextureId, TexturesDelta};
use egui_kittest::TestRenderer;
use image::RgbaImage;

/// A processor in the place of the graphics card.
#[derive(Default)]
pub struct Raster {
    renderer: SoftwareRenderer,
    textures: HashMap<TextureId, dream_soft_render::TextureId>,
}

impl TestRenderer for Raster {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, images) in delta.set.drain() {
            images.iter().for_each(|image| self.set(id, image));
        }
        for id in delta.free.drain() {
            self.free(id);
        }
    }

    fn render(&mut self, ctx: &egui::Context, output: &egui::FullOutput) -> Result<RgbaImage, String> {
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().size() * scale;
        let (width, height) = (whole(size.x), whole(size.y));
        let primitives = ctx.tessellate(output.shapes.clone(), scale);
        // What the rasteriser draws at once is no more than one small screen.
        let rows = u32::try_from(MAX_SURFACE_PIXELS).unwrap_or(u32::MAX) / width.max(1);
        let mut bytes = Vec::new();
        for top in (0..height).step_by(rows.max(1) as usize) {
            let band = Band { top, width, height: rows.min(height - top), scale };
            self.draw(&primitives, &band)?;
            bytes.extend_from_slice(&self.renderer.surface().pixels);
        }
        RgbaImage::from_raw(width, height, bytes)
            .ok_or_else(|| "the bands do not make up a picture".to_owned())
    }
}

/// Some rows of a picture, in pixels.
struct Band {
    top: u32,
    width: u32,
    height: u32,
    /// Pixels in a point.
    scale: f32,
}

impl Band {
    /// What of a rectangle in points lies in this band, counted from its first row.
    fn clip(&self, rect: Rect) -> ClipRect {
        let row = |y: f32| whole(y * self.scale).saturating_sub(self.top).min(self.height);
        let column = |x: f32| whole(x * self.scale).min(self.width);
        ClipRect::new(column(rect.min.x), row(rect.min.y), column(rect.max.x), row(rect.max.y))
    }

    fn vertex(&self, vertex: &egui::epaint::Vertex) -> Vertex {
        #[expect(clippy::cast_precision_loss, reason = "a picture has some thousand rows")]
        let top = self.top as f32;
        let [x, y] = [vertex.pos.x * self.scale, vertex.pos.y * self.scale - top];
        Vertex::new([x, y], [vertex.uv.x, vertex.uv.y], colour(vertex.color))
    }
}

impl Raster {
    fn draw(&mut self, primitives: &[ClippedPrimitive], band: &Band) -> Result<(), String> {
        let mut frame = self
            .renderer
            .begin_frame(band.width as usize, band.height as usize)
            .map_err(|error| error.to_string())?;
        frame.clear(Color::BLACK);
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let Primitive::Mesh(mesh) = primitive else {
                return Err("a paint callback draws with the graphics card, and there is none".to_owned());
            };
            let texture = self.textures.get(&mesh.texture_id).copied();
            let texture = texture.ok_or_else(|| format!("{:?} was never given", mesh.texture_id))?;
            let vertices: Vec<Vertex> = mesh.vertices.iter().map(|vertex| band.vertex(vertex)).collect();
            let drawn = Mesh { vertices: &vertices, indices: &mesh.indices, texture: Some(texture) };
            frame.mesh(drawn, band.clip(*clip_rect)).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn set(&mut self, id: TextureId, delta: &ImageDelta) {
        let ImageData::Color(image) = &delta.image;
        let [width, height] = image.size;
        let bytes: Vec<u8> = image.pixels.iter().flat_map(Color32::to_array).collect();
        match (delta.pos, self.textures.get(&id)) {
            (Some([x, y]), Some(texture)) => {
                self.renderer.update_texture(*texture, x, y, width, height, &bytes).unwrap();
            }
            (Some(_), None) => panic!("a part of {id:?} before the whole"),
            (None, _) => {
                self.free(id);
                let texture = self.renderer.create_texture(width, height, &bytes).unwrap();
                self.textures.insert(id, texture);
            }
        }
    }

    fn free(&mut self, id: TextureId) {
        if let Some(texture) = self.textures.remove(&id) {
            self.renderer.free_texture(texture).unwrap();
        }
    }
}

fn colour(colour: Color32) -> Color {
    let [r, g, b, a] = colour.to_array();
    Color::from_rgba_premultiplied(r, g, b, a)
}

/// To the nearest pixel, as the window's own painter rounds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a picture")]
fn whole(pixels: f32) -> u32 {
    pixels.round().max(0.0) as u32
}
