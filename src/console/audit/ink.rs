//! Every word that is painted, against what was painted under it: pairs that no table of tokens foresees.

use std::collections::BTreeSet;

use egui::epaint::{ClippedShape, TextShape};
use egui::{Align2, Color32, FontId, Pos2, Rect, Shape, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::contrast::{TEXT, contrast};
use super::scenes;
use crate::console::testing::Bench;
use crate::console::theme::Theme;

/// The opacity to which egui fades what cannot be used; nothing else is written in an ink of that.
const FADED: u8 = 128;

/// A colour of a line of text, and where it can be looked at.
struct Ink {
    words: String,
    at: Pos2,
    colour: Color32,
}

/// One shape after the other with what it is clipped to, in the order in which they are painted.
fn flat(shapes: &[ClippedShape]) -> Vec<(Rect, &Shape)> {
    fn add<'a>(all: &mut Vec<(Rect, &'a Shape)>, clip: Rect, shape: &'a Shape) {
        match shape {
            Shape::Vec(inner) => inner.iter().for_each(|shape| add(all, clip, shape)),
            shape => all.push((clip, shape)),
        }
    }
    let mut all = Vec::new();
    shapes.iter().for_each(|clipped| add(&mut all, clipped.clip_rect, &clipped.shape));
    all
}

/// What a shape covers a place with.
fn fill_at(shape: &Shape, at: Pos2) -> Option<Color32> {
    let fill = match shape {
        Shape::Rect(rect) if rect.rect.contains(at) && rect.brush.is_none() => rect.fill,
        Shape::Circle(circle) if circle.center.distance(at) <= circle.radius => circle.fill,
        Shape::Path(path) if path.closed && is_within(&path.points, at) => path.fill,
        Shape::Mesh(mesh) => {
            let corner = |index: &u32| mesh.vertices[*index as usize];
            let mut triangles = mesh.indices.as_chunks::<3>().0.iter().map(|t| t.each_ref().map(corner));
            triangles.find(|t| is_within(&t.map(|v| v.pos), at)).map(|t| t[0].color)?
        }
        _ => return None,
    };
    (fill.a() > 0).then_some(fill)
}

/// Whether a place lies within a polygon.
fn is_within(corners: &[Pos2], at: Pos2) -> bool {
    let mut within = false;
    for (index, a) in corners.iter().enumerate() {
        let b = corners[(index + 1) % corners.len()];
        if (a.y > at.y) != (b.y > at.y) && at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x {
            within = !within;
        }
    }
    within
}

/// The inks of a text, each once a line.
fn inks(text: &TextShape) -> Vec<Ink> {
    let mut inks: Vec<Ink> = Vec::new();
    for row in &text.galley.rows {
        let words = row.text();
        if words.trim().is_empty() {
            continue;
        }
        let visuals = &row.visuals;
        for glyph in visuals.mesh.vertices[visuals.glyph_vertex_range.clone()].as_chunks::<4>().0 {
            let colour = match (text.override_text_color, glyph[0].color) {
                (Some(colour), _) => colour,
                (None, Color32::PLACEHOLDER) => text.fallback_color,
                (None, colour) => colour,
            };
            let colour = colour.gamma_multiply(text.opacity_factor);
            let middle = glyph[0].pos + (glyph[3].pos - glyph[0].pos) / 2.0;
            let at = text.pos + row.pos.to_vec2() + middle.to_vec2();
            if !inks.iter().any(|ink| ink.words == words && ink.colour == colour) {
                inks.push(Ink { words: words.clone(), at, colour });
            }
        }
    }
    inks
}

/// Every text that is hard to read, but for what stands in `idle`: what cannot be used now (WCAG 1.4.3 leaves it out).
fn hard_to_read(shapes: &[ClippedShape], idle: &[Rect]) -> BTreeSet<String> {
    let shapes = flat(shapes);
    let mut found = BTreeSet::new();
    for (place, (clip, shape)) in shapes.iter().enumerate() {
        let Shape::Text(text) = shape else { continue };
        for ink in inks(text) {
            let covers = |(clip, shape): &(Rect, &Shape)| {
                clip.contains(ink.at).then(|| fill_at(shape, ink.at)).flatten()
            };
            let hidden = shapes[place + 1..].iter().filter_map(covers).any(|fill| fill.is_opaque());
            let faded = ink.colour.a() == FADED;
            if !clip.contains(ink.at) || hidden || faded || idle.iter().any(|rect| rect.contains(ink.at)) {
                continue;
            }
            let under = shapes[..place].iter().filter_map(covers);
            let ground = under.fold(Color32::BLACK, |ground, fill| ground.blend(fill));
            let is = contrast(ink.colour, ground);
            if is < TEXT {
                let (colour, ground) = (ink.colour.to_hex(), ground.to_hex());
                found.insert(format!("“{}” in {colour} on {ground}: {is:.2}", ink.words));
            }
        }
    }
    found
}

/// What cannot be used now.
fn idle(bench: &Bench) -> Vec<Rect> {
    let nodes = bench.harness.query_all_by(|node| node.is_disabled());
    nodes.filter(|node| node.accesskit_node().has_bounds()).map(|node| node.rect()).collect()
}

#[test]
fn every_word_that_is_painted_can_be_read_in_every_theme() {
    let mut looked_at = 0;
    let wrong = scenes::findings(&Theme::ALL, |bench| {
        let shapes = &bench.harness.output().shapes;
        looked_at += shapes.len();
        hard_to_read(shapes, &idle(bench)).into_iter().collect()
    });
    assert!(looked_at > 10_000, "{looked_at} shapes: nothing was looked at");
    assert!(wrong.is_empty(), "below WCAG 2.2 AA:\n{}", wrong.join("\n"));
}

#[test]
fn words_that_cannot_be_read_are_found_whatever_they_are_painted_on_unless_they_are_covered() {
    let faint = Color32::from_gray(60);
    let harness = egui_kittest::Harness::builder().with_size([300.0, 300.0]).build_ui(|ui| {
        let painter = ui.painter();
        painter.rect_filled(Rect::EVERYTHING, 0.0, Color32::BLACK);
        let write = |y: f32, words: &str, ink: Color32| {
            painter.text(Pos2::new(150.0, y), Align2::CENTER_CENTER, words, FontId::default(), ink);
        };
        let fill = |y: f32, colour: Color32| {
            let area = Rect::from_center_size(Pos2::new(150.0, y), vec2(200.0, 30.0));
            painter.rect_filled(area, 3.0, colour);
        };
        write(20.0, "plain", Color32::WHITE);
        write(60.0, "faint", faint);
        fill(100.0, Color32::from_white_alpha(200));
        write(100.0, "veiled", Color32::WHITE);
        fill(140.0, Color32::WHITE);
        write(140.0, "faint on white", faint);
        write(180.0, "covered", faint);
        fill(180.0, Color32::WHITE);
        write(220.0, "idle", faint);
    });
    let idle = Rect::from_center_size(Pos2::new(150.0, 220.0), vec2(200.0, 30.0));
    let found = hard_to_read(&harness.output().shapes, &[idle]);
    let words: Vec<&str> = found.iter().filter_map(|what| what.split('”').next()).collect();
    assert_eq!(words, ["“faint", "“veiled"], "{found:?}");
}
