//! What the window looks like, held against pictures that a person has looked at.
//!
//! Every workspace in each set of colours, in a window of 1280 × 720; what lies over or beside a workspace in one of
//! them; and one on a screen with two pixels in a point. They are drawn by the processor, with the fonts and icons of
//! the window itself; the clock of a scene stands still, and nothing in it is drawn by lot.
//!
//! **Tolerance.** The rasteriser gives the same bytes on every machine; what may differ is the last bit of a sine or a
//! root of that machine, and so the shade of an edge. A pixel may therefore be [`SHADE`] off (the squared distance in
//! YIQ that dify computes: 0.5 is one step of grey in 255, 2.1 are two, which nobody sees), and [`STRAY`] pixels of a
//! picture may be off by more. A letter has more pixels than that, and so has a line that moved by one. What dify takes
//! for the smoothing of an edge on both pictures it does not count.
//!
//! **Renewing.** `UPDATE_SNAPSHOTS=1 cargo test --lib pictures` replaces what differs, and those of the README with it.
//! What it was stays beside it as `NAME.old.png` until the next run. Look at every one that changed before it is
//! committed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use egui_kittest::{SnapshotError, SnapshotOptions};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ColorType, ImageDecoder as _, ImageReader};

use super::scenes::{SCENES, Scene};
use crate::console::theme::Theme;

/// How far a pixel may be off.
const SHADE: f32 = 2.1;

/// How many pixels of a picture may be further off.
const STRAY: usize = 4;

/// Points of the window.
const SIZE: [f32; 2] = [1280.0, 720.0];

/// A picture's name and the scene that it is of.
type Picture = (&'static str, &'static str);

/// Every workspace, in each set of colours.
const WORKSPACES: &[Picture] = &[
    ("board", "Board, one in hand"),
    ("compose", "Compose, a draft"),
    ("fleet", "Fleet, a unit's page"),
    ("delivery", "Delivery of a dispatch"),
    ("messages", "Messages, one in hand"),
    ("workshop", "Workshop, one that runs"),
    ("journal", "Journal, one in hand"),
    ("connections", "Connections"),
];

/// What lies over a workspace or beside it, in one set of colours: they are made of the same parts.
const OVERLAYS: &[(Picture, Theme)] = &[
    (("send", "Compose, the review"), Theme::Light),
    (("plan", "Compose, a plan worked out"), Theme::HighContrast),
    (("amendment", "Compose, an amendment"), Theme::Dark),
    (("alarms", "Alarms, one in hand"), Theme::Dark),
    (("onboarding", "Onboarding, review"), Theme::Light),
    (("guide", "Guided run"), Theme::Light),
    (("replay", "A recording gone through again"), Theme::Dark),
    (("two-runs", "Two runs"), Theme::Dark),
    (("two-runs", "Two runs"), Theme::Light),
    (("palette", "Palette"), Theme::Dark),
    (("marks", "Workshop, its marks"), Theme::Dark),
    (("marks", "Workshop, its marks"), Theme::Light),
    (("live", "Open LIVE"), Theme::Dark),
    (("live", "Open LIVE"), Theme::Light),
    (("live", "Open LIVE"), Theme::HighContrast),
    (("sign-on", "Sign on"), Theme::Dark),
    (("sign-on", "Sign on"), Theme::Light),
    (("sign-on", "Sign on"), Theme::HighContrast),
    (("trainer", "Trainer's window"), Theme::Dark),
    (("trainer", "Trainer's window"), Theme::Light),
    (("editor", "Workshop, the editor with a mistake"), Theme::Dark),
    (("editor", "Workshop, the editor"), Theme::Light),
    (("editor", "Workshop, the editor"), Theme::HighContrast),
    (("help", "Help"), Theme::HighContrast),
    (("systems", "Messages, other systems"), Theme::HighContrast),
    (("systems", "Messages, other systems"), Theme::Dark),
    (("system", "Messages, one other system"), Theme::Light),
];

/// On a screen with two pixels in a point.
const SHARP: &[(Picture, Theme)] = &[
    (("delivery-200", "Delivery of a dispatch"), Theme::Dark),
    (("marks-200", "Workshop, its marks"), Theme::Dark),
    (("marks-200", "Workshop, its marks"), Theme::Light),
    (("editor-200", "Workshop, the editor"), Theme::Light),
    (("editor-200", "Workshop, the editor with a mistake"), Theme::Dark),
    (("trainer-200", "Trainer's window, the units"), Theme::Dark),
    (("trainer-200", "Trainer's window"), Theme::Light),
    (("replay-200", "A recording gone through again"), Theme::Light),
    (("two-runs-200", "Two runs"), Theme::Dark),
    (("open-connection-200", "Open a connection"), Theme::Light),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

fn scene(name: &str) -> &'static Scene {
    SCENES.iter().find(|scene| scene.name == name).unwrap_or_else(|| panic!("no scene {name}"))
}

fn file(name: &str, theme: Theme) -> String {
    format!("{name}-{}", theme.name().to_lowercase().replace(' ', "-"))
}

/// Draws one, and holds it against what it was.
fn look(&(name, of): &Picture, theme: Theme, scale: f32) -> Result<(), String> {
    let mut stage = scene(of).open_at(theme, SIZE, scale);
    let options = SnapshotOptions::new().threshold(SHADE).max_failed_pixels(STRAY).output_path(folder());
    let file = file(name, theme);
    let held = stage.bench.harness.try_snapshot_options(file.clone(), &options);
    pack(&folder().join(format!("{file}.png")));
    held.map_err(|error| words(&file, &error))
}

/// What a person should look at.
fn words(file: &str, error: &SnapshotError) -> String {
    match error {
        SnapshotError::Diff { diff, .. } => format!(
            "{file}: {diff} pixels differ. {file}.png is how it was, {file}.new.png how it is, and {file}.diff.png shows \
             where, in red"
        ),
        SnapshotError::SizeMismatch { expected: (w, h), actual: (width, height), .. } => format!(
            "{file}: {width} × {height} pixels, not {w} × {h}. {file}.png is how it was, {file}.new.png how it is"
        ),
        SnapshotError::OpenSnapshot { err, .. } => {
            format!("{file}: cannot be read ({err}). {file}.new.png is how it is")
        }
        other => format!("{file}: {other}"),
    }
}

/// Makes a file that was just written as small as it can be without loss: opaque, and well packed. What is drawn flat
/// packs best as it is, without a filter.
fn pack(path: &Path) {
    let Ok(reader) = ImageReader::open(path) else { return };
    let decoder = reader.into_decoder().unwrap();
    if decoder.color_type() == ColorType::Rgb8 {
        return;
    }
    let picture = image::DynamicImage::from_decoder(decoder).unwrap().to_rgb8();
    let mut packed = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut packed, CompressionType::Best, FilterType::NoFilter);
    picture.write_with_encoder(encoder).unwrap();
    fs::write(path, packed).unwrap();
}

/// Draws all of them; what differs is told together.
fn look_at_all(pictures: impl IntoIterator<Item = (Picture, Theme)>, scale: f32) {
    let begun = Instant::now();
    let looked = pictures.into_iter().map(|(picture, theme)| look(&picture, theme, scale));
    let looked: Vec<Result<(), String>> = looked.collect();
    println!("{} pictures in {:.1} s", looked.len(), begun.elapsed().as_secs_f64());
    let wrong: Vec<String> = looked.into_iter().filter_map(Result::err).collect();
    assert!(
        wrong.is_empty(),
        "the window does not look as it did. Look at these in tests/snapshots:\n{}\nWhere that is meant, \
         `UPDATE_SNAPSHOTS=1 cargo test --lib pictures` makes them the new pictures; look at each before it is committed.",
        wrong.join("\n")
    );
}

fn look_at(theme: Theme) {
    let overlays = OVERLAYS.iter().filter(|(_, of)| *of == theme).copied();
    look_at_all(WORKSPACES.iter().map(|picture| (*picture, theme)).chain(overlays), 1.0);
}

#[test]
fn in_the_dark_it_looks_as_it_did() {
    look_at(Theme::Dark);
}

#[test]
fn in_the_light_it_looks_as_it_did() {
    look_at(Theme::Light);
}

#[test]
fn in_high_contrast_it_looks_as_it_did() {
    look_at(Theme::HighContrast);
}

#[test]
fn on_a_screen_of_twice_the_pixels_it_looks_as_it_did() {
    look_at_all(SHARP.iter().copied(), 2.0);
}

/// The names of all that are held.
fn held() -> BTreeSet<String> {
    let one = |theme| WORKSPACES.iter().map(move |(name, _)| file(name, theme));
    let other = OVERLAYS.iter().chain(SHARP).map(|((name, _), theme)| file(name, *theme));
    Theme::ALL.into_iter().flat_map(one).chain(other).map(|name| format!("{name}.png")).collect()
}

#[test]
fn no_picture_is_kept_that_nothing_holds() {
    let kept = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let beside = |name: &String| [".new.png", ".old.png", ".diff.png"].iter().any(|end| name.ends_with(end));
    let stale: Vec<String> = kept.filter(|name| !beside(name) && !held().contains(name)).collect();
    assert!(stale.is_empty(), "in tests/snapshots, of nothing that is drawn any more: {}", stale.join(", "));
}

#[test]
fn the_pictures_of_the_readme_are_among_those_that_are_held() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let shown: Vec<&str> =
        readme.split("tests/snapshots/").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(shown.len() >= 4, "the README shows the window in {shown:?}");
    for name in shown {
        assert!(held().contains(name), "the README shows {name}, which no test holds");
    }
}

/// Not held, and not run unless it is asked for: `cargo test --lib pictures -- --ignored --nocapture` draws every scene in
/// every set of colours into a folder for temporary files, for a person to look at.
#[test]
#[ignore = "draws every scene to be looked at, and holds none"]
fn every_scene_is_drawn_to_be_looked_at() {
    let folder = std::env::temp_dir().join("rampdesk-scenes");
    fs::create_dir_all(&folder).unwrap();
    for theme in Theme::ALL {
        for scene in SCENES {
            let mut stage = scene.open(theme, SIZE);
            let name = scene.name.replace([',', '\''], "").replace(' ', "-");
            let path = folder.join(format!("{}.png", file(&name, theme)));
            stage.bench.harness.render().unwrap().save(path).unwrap();
        }
    }
    println!("{} pictures in {}", SCENES.len() * Theme::ALL.len(), folder.display());
}
