//! The picture for a report: what it says in words, how many curves it has, where they are, and that it is not blank.

use std::sync::Arc;

use proptest::prelude::*;
use resvg::tiny_skia::Pixmap;
use resvg::usvg::roxmltree::{Document, Node};

use super::{BATTERY, STORE, assert_near, delivering, on, snapshot_with, unit_of};
use crate::console::delivery::picture::{Edition, FINE, figure, png, svg};
use crate::console::delivery::shown::Shown;
use crate::console::delivery::sum::Sum;
use crate::console::delivery::track::Track;
use crate::console::plot::instant::seconds;
use crate::console::testing::{NOW, at};
use crate::console::theme::Tokens;
use crate::desk::snapshot::{DispatchState, Mode, Snapshot, UnitState};
use crate::dispatch::{Dispatch, ReactiveLevel, Reference};
use crate::power::Reading;
use crate::units::Vars;

const SPAN: (&str, &str) = ("16:50", "19:10");

fn edition() -> Edition {
    Edition { version: "9.8.7", at: at(NOW) }
}

fn drawn(snapshot: &Snapshot, shown: &Shown) -> String {
    let span = (seconds(on(SPAN.0)), seconds(on(SPAN.1)));
    svg(&figure(snapshot, shown, span, edition()))
}

/// What is shown of a dispatch at [`NOW`].
fn shown(snapshot: &Snapshot, state: DispatchState) -> Shown {
    let named = state.dispatch().unwrap().unit.to_string();
    let unit = snapshot.units.iter().find(|u| u.unit.to_string() == named).cloned();
    let track = Track::of(&Arc::new(state), unit.as_deref(), at(NOW), None).unwrap();
    Shown::Dispatch(track, unit)
}

fn fleet(snapshot: &Snapshot) -> Shown {
    let tracks = [
        delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:20", 1120.0)]),
        delivering("EMID-2", STORE, 500, &[("17:00", "17:20", -100.0)]),
    ];
    let tracks = tracks.map(|state| match shown(snapshot, state) {
        Shown::Dispatch(track, _) => track,
        _ => unreachable!(),
    });
    Shown::Fleet(Arc::new(Sum::of(tracks.to_vec())))
}

fn with_reactive(mut state: DispatchState) -> DispatchState {
    let revision = Arc::make_mut(&mut state.revisions[0]);
    let mut parts = (*revision.signed.dispatch).clone();
    parts.setpoints[0].reactive =
        Some(ReactiveLevel { reference: Reference::Absolute, vars: Vars(400_000), price: None });
    revision.signed.dispatch = Dispatch::new(parts).unwrap();
    state.reactive.push(Reading { at: seconds(on("17:01")), kw: 380.0 });
    state
}

fn elements<'a>(document: &'a Document<'_>, class: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.attribute("class") == Some(class)).collect()
}

/// The titles of the elements of a class: what they are.
fn titles(document: &Document<'_>, class: &str) -> Vec<String> {
    let title = |node: &Node<'_, '_>| {
        let title = node.children().find(|child| child.has_tag_name("title"));
        title.and_then(|title| title.text()).unwrap_or_default().trim().to_owned()
    };
    elements(document, class).iter().map(title).collect()
}

fn texts<'a>(document: &'a Document<'_>) -> Vec<(&'a str, Node<'a, 'a>)> {
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.filter_map(|node| Some((node.text()?.trim(), node))).collect()
}

#[test]
fn every_picture_says_what_it_is_of_and_has_the_curves_that_the_screen_has() {
    let snapshot = snapshot_with(Vec::new());
    let battery = || delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:20", 1120.0)]);
    let idle = snapshot.units.iter().find(|u| u.unit.to_string() == BATTERY).cloned().unwrap();
    let elsewhere = delivering("EMID-7", "ELSEWHERE/UNIT-1", 2000, &[("17:00", "17:20", 900.0)]);
    let whole = ["Baseline", "Reachable", "Instructed", "Live", "Delivered"];
    let charge = ["Charge by physics", "State of charge"];
    let always = [
        "SANDBOX",
        "Operator",
        "2026-11-26 16:50 to 19:10 GMT (2026-11-26 16:50 to 19:10 UTC)",
        "Rampdesk 9.8.7, exported 2026-11-26 17:20:00 UTC (17:20:00 GMT)",
        "17:00",
        "London time, GMT = UTC",
    ];
    for (name, shown, curves, areas, words, beats) in [
        (
            "a dispatch",
            shown(&snapshot, battery()),
            [whole.as_slice(), charge.as_slice()].concat(),
            vec!["Tolerance", "Short"],
            vec![
                "Delivery of EMID-1 by BRIGHTFLEX/BESS-07",
                "East Midlands (GB-DNO-11)",
                "EMID-1, revision 1 in force: at setpoint",
                "BRIGHTFLEX/BESS-07, Wellingborough battery, battery",
                "kW net",
                "2,000",
                "Charge",
                "short 293.3 kWh",
                "instructed",
                "reachable",
                "delivered",
                "baseline",
                "started",
                "exported 17:20 GMT",
                "Up to 17:20 GMT: 666.7 kWh asked, 293.3 kWh short, 0.0 kWh over.",
            ],
            2,
        ),
        (
            "a dispatch with reactive power",
            shown(&snapshot, with_reactive(battery())),
            [whole.as_slice(), &["Reactive instructed", "Reactive delivered"], charge.as_slice()].concat(),
            vec!["Tolerance", "Short"],
            vec!["kvar"],
            2,
        ),
        (
            "more than was asked, of a unit without a store",
            shown(&snapshot, delivering("EMID-2", STORE, 500, &[("17:00", "17:20", -100.0)])),
            whole.to_vec(),
            vec!["Tolerance", "Over"],
            vec!["over 33.3 kWh"],
            2,
        ),
        (
            "a unit without a dispatch",
            Shown::Idle(idle),
            vec!["Baseline", "Live", "State of charge"],
            Vec::new(),
            vec!["Power of BRIGHTFLEX/BESS-07, without a dispatch", "none", "live"],
            2,
        ),
        (
            "a unit that this desk does not know",
            shown(&snapshot, elsewhere),
            vec!["Delivered"],
            Vec::new(),
            vec![
                "ELSEWHERE/UNIT-1, not known to this desk",
                "The unit's baseline is unknown, so nothing is held against what it delivered.",
            ],
            0,
        ),
        (
            "the fleet",
            fleet(&snapshot),
            vec!["Reachable", "Delivered", "Instructed"],
            vec!["BRIGHTFLEX", "COLDCHAIN", "Short", "Over"],
            vec![
                "Delivery of the fleet",
                "2 of BRIGHTFLEX, COLDCHAIN",
                "EMID-1 revision 1 (BRIGHTFLEX/BESS-07), EMID-2 revision 1 (COLDCHAIN/STORE-2)",
                "kW against baseline",
                "delivered, stacked by FSP",
                "BRIGHTFLEX",
                "COLDCHAIN",
            ],
            2,
        ),
    ] {
        let text = drawn(&snapshot, &shown);
        let document = Document::parse(&text).unwrap_or_else(|fault| panic!("{name}: {fault}\n{text}"));
        assert_eq!(titles(&document, "curve"), curves, "{name}");
        assert_eq!(titles(&document, "area"), areas, "{name}");
        assert_eq!(titles(&document, "heartbeat").len(), beats, "{name}");
        let written: Vec<&str> = texts(&document).into_iter().map(|(words, _)| words).collect();
        for words in always.iter().chain(&words) {
            let is_there = written.iter().any(|text| text.contains(words));
            assert!(is_there, "{name}: “{words}” is not among {written:#?}");
        }
    }
}

#[test]
fn curves_are_told_apart_by_their_style_and_not_by_colour_alone() {
    let snapshot = snapshot_with(Vec::new());
    let text = drawn(
        &snapshot,
        &shown(&snapshot, delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:20", 1120.0)])),
    );
    let document = Document::parse(&text).unwrap();
    let style = |node: &Node<'_, '_>| {
        let of = |name| node.attribute(name).unwrap_or_default().to_owned();
        (of("stroke-dasharray"), of("stroke-width"), of("stroke-linecap"))
    };
    // Those of the panel of power: the charge has an axis of its own.
    let mut styles: Vec<_> = elements(&document, "curve").iter().take(5).map(style).collect();
    styles.sort();
    styles.dedup();
    assert_eq!(styles.len(), 5);
}

#[test]
fn a_picture_says_the_mode_in_words_and_colour_whichever_it_is() {
    for mode in [Mode::Live, Mode::Training, Mode::Sandbox] {
        let snapshot = Snapshot { mode, ..snapshot_with(Vec::new()) };
        let text = drawn(&snapshot, &fleet(&snapshot));
        let document = Document::parse(&text).unwrap();
        assert!(texts(&document).iter().any(|(words, _)| *words == mode.word()), "{mode:?}");
        let pixels = Pixmap::decode_png(&png(&text).unwrap()).unwrap();
        let band = pixels.pixel(70, 70).unwrap();
        let [r, g, b, _] = Tokens::paper().band(mode).to_array();
        assert_eq!((band.red(), band.green(), band.blue()), (r, g, b), "{mode:?}");
    }
}

#[test]
fn somebodys_name_never_breaks_the_drawing() {
    let mut snapshot = snapshot_with(Vec::new());
    let place = snapshot.units.iter().position(|u| u.unit.to_string() == BATTERY).unwrap();
    let unit: &mut UnitState = Arc::make_mut(&mut snapshot.units[place]);
    unit.name = "<b>\"Wells & Sons\"</b> ]]>\u{1}\u{ffff}".to_owned();
    let text = drawn(&snapshot, &Shown::Idle(Arc::clone(&snapshot.units[place])));
    let document = Document::parse(&text).unwrap();
    let written =
        texts(&document).into_iter().any(|(words, _)| words.contains("<b>\"Wells & Sons\"</b> ]]>"));
    assert!(written, "{text}");
}

#[test]
fn the_png_is_twice_the_drawings_size_and_not_blank() {
    let snapshot = snapshot_with(Vec::new());
    for shown in [
        shown(&snapshot, delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:20", 1120.0)])),
        fleet(&snapshot),
    ] {
        let text = drawn(&snapshot, &shown);
        let document = Document::parse(&text).unwrap();
        let size = |name| document.root_element().attribute(name).unwrap().parse::<f32>().unwrap();
        let bytes = png(&text).unwrap();
        let pixels = Pixmap::decode_png(&bytes).unwrap();
        #[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
        let is = (pixels.width() as f32, pixels.height() as f32);
        assert_eq!(is, (size("width") * FINE, size("height") * FINE));
        let is_opaque = pixels.pixels().iter().all(|pixel| pixel.alpha() == 255);
        assert!(is_opaque, "white where nothing is");
        let ink = |colour: egui::Color32| {
            let [r, g, b, _] = colour.to_array();
            pixels.pixels().iter().filter(|p| (p.red(), p.green(), p.blue()) == (r, g, b)).count()
        };
        let tokens = Tokens::paper();
        let named =
            [("text", tokens.text), ("delivered", tokens.delivered), ("instructed", tokens.instructed)];
        for (name, colour) in named.into_iter().chain([("shortfall", tokens.shortfall)]) {
            assert!(ink(colour) > 100, "{name}: {}", ink(colour));
        }
        assert!(ink(tokens.well) > pixels.pixels().len() / 2, "it prints on white");
    }
}

/// Where an axis puts values: from two of its labels, as a reader would.
struct Axis {
    values: (f64, f64),
    places: (f64, f64),
}

impl Axis {
    fn value(&self, place: f64) -> f64 {
        let share = (place - self.places.0) / (self.places.1 - self.places.0);
        self.values.0 + share * (self.values.1 - self.values.0)
    }
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

/// The time axis by its labels of 17:00 and 19:00, and that of power by its least and greatest whole label.
fn axes(document: &Document<'_>) -> (Axis, Axis) {
    let texts = texts(document);
    let time = |label: &str| {
        let (_, node) = texts.iter().find(|(words, _)| *words == label).unwrap();
        number(*node, "x")
    };
    let across =
        Axis { values: (seconds(on("17:00")), seconds(on("19:00"))), places: (time("17:00"), time("19:00")) };
    let panel = elements(document, "panel")[0];
    let labels: Vec<(f64, f64)> = panel
        .children()
        .filter(|node| node.has_tag_name("text") && node.attribute("text-anchor") == Some("end"))
        // Half of a digit's height below its line.
        .map(|node| {
            let value = node.text().unwrap().trim().replace(',', "").replace('−', "-");
            (value.parse().unwrap(), number(node, "y") - 11.0 * 0.35)
        })
        .collect();
    let (first, last) = (labels[0], labels[labels.len() - 1]);
    (across, Axis { values: (first.0, last.0), places: (first.1, last.1) })
}

/// The corners of a path, as points of the drawing.
fn corners(d: &str) -> Vec<(f64, f64)> {
    let parts = d.split(['M', 'L']).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (x, y) = part.split_once(' ').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_metered_stands_where_the_axes_say(kws in prop::collection::vec(-2500.0_f64..2500.0, 1..20)) {
        let mut state = delivering("EMID-1", BATTERY, 2000, &[]);
        for (minute, kw) in (1_i32..).zip(&kws) {
            state.readings.push(Reading { at: seconds(on("17:00") + 60 * i64::from(minute)), kw: *kw });
        }
        let snapshot = snapshot_with(Vec::new());
        let text = drawn(&snapshot, &shown(&snapshot, state));
        let document = Document::parse(&text).unwrap();
        let (across, up) = axes(&document);
        let place = titles(&document, "curve").iter().position(|title| title == "Delivered").unwrap();
        let corners = corners(elements(&document, "curve")[place].attribute("d").unwrap());
        prop_assert_eq!(corners.len(), kws.len() * 2, "each minute is a step");
        // A hundredth of a point, of 1,068 over 140 min and 360 over the plot's range.
        let (second, kilowatt) = (8400.0 / 1068.0 * 0.02, 8000.0 / 360.0 * 0.02);
        for (minute, (step, kw)) in corners.chunks(2).zip(&kws).enumerate() {
            let start = seconds(on("17:00")) + 60.0 * f64::from(u32::try_from(minute).unwrap());
            for (corner, at) in step.iter().zip([start, start + 60.0]) {
                prop_assert!((across.value(corner.0) - at).abs() < second, "{corner:?} is not at {at}");
                prop_assert!((up.value(corner.1) - kw).abs() < kilowatt, "{corner:?} is not {kw}");
            }
        }
    }
}

#[test]
fn a_long_time_is_thinned_to_what_can_be_seen_and_keeps_its_peaks() {
    let (first, last) = (seconds(at("2026-11-20T00:00:00Z")), seconds(at(NOW)));
    let mut unit = unit_of(&snapshot_with(Vec::new()), BATTERY).clone();
    let mut minute = first;
    while minute < last {
        unit.readings
            .push(Reading { at: minute, kw: if minute == first + 180_000.0 { 2400.0 } else { 100.0 } });
        minute += 1.0;
    }
    let snapshot = snapshot_with(Vec::new());
    let text = svg(&figure(&snapshot, &Shown::Idle(Arc::new(unit)), (first, last), edition()));
    assert!(text.len() < 400_000, "{} bytes", text.len());
    let document = Document::parse(&text).unwrap();
    let place = titles(&document, "curve").iter().position(|title| title == "Live").unwrap();
    let corners = corners(elements(&document, "curve")[place].attribute("d").unwrap());
    let top = corners.iter().map(|c| c.1).fold(f64::INFINITY, f64::min);
    let rest = corners.iter().map(|c| c.1).fold(f64::NEG_INFINITY, f64::max);
    assert!(rest - top > 50.0, "the peak of one second is there: {top} to {rest}");
    assert_near(seconds(at(NOW)), last);
}
