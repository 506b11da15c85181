//! Reactive power against hand-worked cases, and against searches that know nothing of the shapes.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::dispatch::{Dispatch, Reference, Status};
use crate::power::testing::{Level, dispatch, second};
use crate::power::{Baseline, Curve};

const INVERTER: f64 = 1000.0;

fn inverter(priority: Priority) -> Capability {
    Capability::inverter(INVERTER, priority).unwrap()
}

/// From −400 kW to 1,000 kW, ±500 kvar, cut off at the full output.
fn chart(priority: Priority) -> Capability {
    let corners = [
        (-400.0, -500.0),
        (600.0, -500.0),
        (1000.0, -100.0),
        (1000.0, 100.0),
        (600.0, 500.0),
        (-400.0, 500.0),
    ];
    Capability::polygon(corners.to_vec(), priority).unwrap()
}

fn curve(points: &[(f64, f64)]) -> Curve {
    Curve::new(points.to_vec()).unwrap()
}

fn near(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() < 1e-6, "{what}: {got}, and {want} is right");
}

#[test]
fn a_capability_that_cannot_be_says_which_corner_or_number_and_what_would_be_right() {
    let of = |corners: &[(f64, f64)]| Capability::polygon(corners.to_vec(), Priority::Real).unwrap_err();
    let square = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    let pentagram: Vec<(f64, f64)> =
        (0..5).map(|i| (f64::from(i) * 2.0 * std::f64::consts::TAU / 5.0).sin_cos()).collect();
    let table: &[(&[(f64, f64)], &str)] = &[
        (&square[..2], "has 2 corners; write 3 to 64"),
        (&square[..1], "has 1 corner; write 3 to 64"),
        (&[(0.0, 0.0), (1.0, f64::NAN), (1.0, 1.0)], "[1, NaN] is too far out"),
        (&[(0.0, 0.0), (1e9, 0.0), (1.0, 1.0)], "[1000000000, 0] is too far out"),
        (&[square[0], square[1], square[2], square[1]], "[1, -1] is there twice"),
        (&[(-1.0, -1.0), (0.0, 0.0), (1.0, 1.0)], "encloses nothing"),
        (&[square[0], square[1], (0.1, 0.1), square[2], square[3]], "not convex at [0.1, 0.1]"),
        (&[square[0], square[2], square[1], square[3]], "encloses nothing"),
        (&pentagram, "is not convex"),
        (&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)], "leaves out 0 kW at 0 kvar"),
        (&[(0.0, 1.0), (2.0, 1.0), (2.0, 2.0), (0.0, 2.0)], "leaves out 0 kW at 0 kvar"),
    ];
    for (corners, says) in table {
        let faults = of(corners);
        assert!(
            faults.len() == 1 && faults[0].0 == "vertices" && faults[0].1.contains(says),
            "{says}: {faults:?}"
        );
    }
    let kva = Capability::inverter(0.0, Priority::Real).unwrap_err();
    assert!(kva[0].0 == "kva" && kva[0].1.contains("above 0"), "{kva:?}");
    for least in [f64::NAN, 1.0, 1.5, 0.0, -0.9, 95.0] {
        let faults = Capability::power_factor(least).unwrap_err();
        assert!(faults[0].0 == "least" && faults[0].1.contains("as in 0.95"), "{faults:?}");
    }
}

#[test]
fn corners_may_go_either_way_round_and_touch_the_origin_and_lie_on_an_edge() {
    let mut corners = vec![(0.0, -300.0), (500.0, -300.0), (1000.0, -300.0), (1000.0, 300.0), (0.0, 300.0)];
    for _ in 0..2 {
        let capability = Capability::polygon(corners.clone(), Priority::Real).unwrap();
        assert_eq!(capability.range_kvar(250.0), Some((-300.0, 300.0)));
        assert_eq!(capability.range_kvar(0.0), Some((-300.0, 300.0)));
        assert_eq!(capability.range_kvar(-1.0), None);
        assert_eq!(capability.range_kw(-300.0), Some((0.0, 1000.0)));
        assert_eq!(capability.range_kw(301.0), None);
        corners.reverse();
    }
}

#[test]
fn a_power_factor_of_0_95_is_0_329_of_the_real_power_as_g99_has_it() {
    let g99 = Capability::power_factor(0.95).unwrap();
    let (least, most) = g99.range_kvar(1000.0).unwrap();
    assert!((most - 328.684).abs() < 1e-3 && least == -most, "{least} to {most}");
    assert_eq!(g99.range_kvar(0.0), Some((0.0, 0.0)), "an engine that stands gives none");
    assert_eq!(g99.priority(), Priority::Real);
    let (kw, kvar) = g99.clip(1000.0, -500.0);
    near(kw, 1000.0, "kW is kept");
    near(kvar, -most, "kvar");
    near(g99.range_kw(most).unwrap().0, 1000.0, "the least export with that");
}

#[test]
fn an_inverter_gives_what_its_kva_leaves_also_while_it_idles() {
    let real = inverter(Priority::Real);
    assert_eq!(real.range_kvar(0.0), Some((-1000.0, 1000.0)), "idling");
    assert_eq!(real.range_kvar(600.0), Some((-800.0, 800.0)));
    assert_eq!(real.range_kvar(-1000.0), Some((0.0, 0.0)));
    assert_eq!(real.range_kvar(1001.0), None);
    assert_eq!(real.range_kw(-800.0), Some((-600.0, 600.0)));
    for (kw, kvar, real_first, reactive_first) in [
        (600.0, 800.0, (600.0, 800.0), (600.0, 800.0)),
        (600.0, 900.0, (600.0, 800.0), (190_000.0_f64.sqrt(), 900.0)),
        (-600.0, -900.0, (-600.0, -800.0), (-190_000.0_f64.sqrt(), -900.0)),
        (1000.0, 300.0, (1000.0, 0.0), (910_000.0_f64.sqrt(), 300.0)),
        (500.0, 2000.0, (500.0, 750_000.0_f64.sqrt()), (0.0, 1000.0)),
    ] {
        for (capability, want) in [(&real, real_first), (&inverter(Priority::Reactive), reactive_first)] {
            let got = capability.clip(kw, kvar);
            near(got.0, want.0, &format!("kW of {kw} kW with {kvar} kvar, {:?}", capability.priority()));
            near(got.1, want.1, &format!("kvar of {kw} kW with {kvar} kvar, {:?}", capability.priority()));
        }
    }
}

#[test]
fn on_a_chart_the_one_or_the_other_gives_way() {
    for (kw, kvar, real_first, reactive_first) in [
        (300.0, 400.0, (300.0, 400.0), (300.0, 400.0)),
        (900.0, 400.0, (900.0, 200.0), (700.0, 400.0)),
        (1000.0, -700.0, (1000.0, -100.0), (600.0, -500.0)),
        (-400.0, 600.0, (-400.0, 500.0), (-400.0, 500.0)),
    ] {
        assert_eq!(chart(Priority::Real).clip(kw, kvar), real_first, "{kw} kW with {kvar} kvar, real first");
        let reactive = chart(Priority::Reactive).clip(kw, kvar);
        assert_eq!(reactive, reactive_first, "{kw} kW with {kvar} kvar, reactive first");
    }
    // A triangle gives more reactive power at more real power: that is never a reason to deliver more than asked.
    let triangle =
        Capability::polygon(vec![(0.0, 0.0), (1000.0, -500.0), (1000.0, 500.0)], Priority::Reactive).unwrap();
    assert_eq!(triangle.clip(400.0, 300.0), (400.0, 200.0));
    assert_eq!(triangle.clip(0.0, 300.0), (0.0, 0.0));
}

#[test]
fn the_kvar_beside_a_ramp_is_exact_at_any_instant_and_says_where_its_clip_begins_and_ends() {
    // 0 to 1,000 kW in 100 s and back; 800 kvar asked throughout: 600 kW leave room for it.
    let plan = curve(&[(0.0, 0.0), (100.0, 1000.0), (200.0, 0.0)]);
    let path = Path::of(&inverter(Priority::Real), &plan, &Curve::constant(800.0), 0.0, 200.0);
    for (t, kvar) in [
        (0.0, 800.0),
        (30.0, 800.0),
        (60.0, 800.0),
        (80.0, 600.0),
        (100.0, 0.0),
        (120.0, 600.0),
        (150.0, 800.0),
    ] {
        near(path.kvar_at(t), kvar, &format!("kvar at {t} s"));
        near(path.kw_at(t), plan.at(t), &format!("kW at {t} s"));
    }
    let breaks: Vec<f64> = path.breakpoints().collect();
    assert!(
        [0.0, 60.0, 100.0, 140.0, 200.0].iter().all(|t| breaks.iter().any(|b| (b - t).abs() < 1e-9)),
        "{breaks:?}"
    );
    let short = path.short_of_kvar();
    assert_eq!(short.len(), 1, "{short:?}");
    near(short[0].from, 60.0, "short from");
    near(short[0].to, 140.0, "short until");
    near(short[0].delivered, 0.0, "least");
    assert!(path.short_of_kw().is_empty());
    // ∫√(1 − x²) from 0.6 to 1 = (asin 1 − asin 0.6 − 0.48) / 2.
    let arc = (std::f64::consts::FRAC_PI_2 - 0.6_f64.asin() - 0.48) / 2.0;
    near(path.mean_kvar(), (120.0 * 800.0 + 2.0 * arc * 1e5) / 200.0, "mean kvar");
    near(path.mean_kw(), 500.0, "mean kW");

    let path = Path::of(&inverter(Priority::Reactive), &plan, &Curve::constant(800.0), 0.0, 200.0);
    near(path.kw_at(100.0), 600.0, "real power gives way");
    near(path.mean_kw(), (120.0 * 300.0 + 80.0 * 600.0) / 200.0, "mean kW");
    near(path.mean_kvar(), 800.0, "reactive power is kept");
    assert!(path.short_of_kvar().is_empty());
    let short = path.short_of_kw();
    assert_eq!((short.len(), short[0].asked, short[0].delivered), (1, 1000.0, 600.0));
}

#[test]
fn a_step_of_what_is_asked_is_a_step_of_what_is_delivered() {
    let asked = curve(&[(0.0, 0.0), (30.0, 0.0), (30.0, 400.0), (90.0, 400.0), (90.0, -900.0)]);
    let path = Path::of(&chart(Priority::Real), &Curve::constant(900.0), &asked, 0.0, 120.0);
    for (t, kvar) in [(0.0, 0.0), (29.9, 0.0), (30.0, 200.0), (89.9, 200.0), (90.0, -200.0), (119.0, -200.0)]
    {
        near(path.kvar_at(t), kvar, &format!("at {t} s"));
    }
    near(path.mean_kvar(), (60.0 * 200.0 - 30.0 * 200.0) / 120.0, "mean");
    let drawn = path.drawn_kvar(8);
    assert_eq!(drawn.first(), Some(&(0.0, 0.0)));
    assert!(drawn.windows(2).all(|p| p[0].0 <= p[1].0));
}

#[test]
fn what_a_dispatch_asks_of_reactive_power_is_read_from_its_setpoints() {
    let levels =
        [("17:00", Level::Delta(5.0)), ("17:10", Level::Reactive(400.0)), ("17:30", Level::Reactive(-100.0))];
    let run = dispatch(Status::Run, 1, "17:00", "18:00", &levels);
    let request = Request::of(&run).unwrap();
    for (at, kvar) in [
        ("17:00", 0.0),
        ("17:10", 400.0),
        ("17:29:59", 400.0),
        ("17:30", -100.0),
        ("17:59:59", -100.0),
        ("18:00", 0.0),
    ] {
        assert_eq!(request.at(second(at)), kvar, "at {at}");
    }
    let steps = request.steps(second("17:15"), second("17:15:02"), 0.0);
    for (at, kvar) in
        [("17:15", 0.0), ("17:15:01", 0.0), ("17:15:02", 400.0), ("17:30", -100.0), ("18:00", 0.0)]
    {
        assert_eq!(steps.at(second(at)), kvar, "told late, at {at}");
    }
    let real = dispatch(Status::Run, 1, "17:00", "18:00", &levels[..1]);
    assert_eq!(Request::of(&real), None);
    assert_eq!(Request::of(&dispatch(Status::Stop, 2, "17:00", "18:00", &[])), None);
    assert_eq!(
        Request::of(&dispatch(Status::PreNotify, 2, "17:00", "18:00", &levels)),
        None,
        "a notice asks nothing"
    );
    let at_once = |levels: &[(&str, Level)]| {
        Request::of(&dispatch(Status::RunNow, 1, "17:00", "18:00", levels)).unwrap()
    };
    assert_eq!(at_once(&levels[1..]).at(second("16:50")), 400.0, "the first level is for now");
    assert_eq!(at_once(&levels).at(second("16:50")), 0.0, "the first level is one of real power");
}

#[test]
fn what_was_asked_follows_the_revisions_and_ends_with_a_stop() {
    let one = dispatch(Status::Run, 1, "17:00", "19:00", &[("17:00", Level::Reactive(400.0))]);
    let two = dispatch(Status::Run, 2, "17:00", "19:00", &[("17:00", Level::Reactive(250.0))]);
    let stop = dispatch(Status::Stop, 3, "17:00", "19:00", &[]);
    let revisions = [(second("16:00"), &one), (second("17:20"), &two), (second("18:00"), &stop)];
    let asked = Request::asked_curve(&revisions, second("16:00"), second("20:00")).unwrap();
    for (at, kvar) in
        [("16:59", 0.0), ("17:00", 400.0), ("17:20", 250.0), ("17:59", 250.0), ("18:00", 0.0), ("19:30", 0.0)]
    {
        assert_eq!(asked.at(second(at)), kvar, "at {at}");
    }
    assert_eq!(Request::asked_curve(&revisions[2..], second("16:00"), second("20:00")), None);
}

fn followed(capability: &Capability, levels: &[(&str, Level)]) -> Vec<(f64, f64, Option<f64>)> {
    let base = Baseline::Fixed { kw: 0.0 };
    let run = dispatch(Status::Run, 1, "17:00", "19:00", levels);
    let instruction = capability.instruction(&run, &base, (10.0, 5.0)).unwrap();
    assert_eq!(instruction.end, second("19:00"));
    instruction.targets.iter().map(|t| (t.at, (t.kw * 1e3).round() / 1e3, t.delta_kw)).collect()
}

#[test]
fn the_unit_stays_at_baseline_beside_reactive_power_alone() {
    for priority in [Priority::Real, Priority::Reactive] {
        let alone = followed(&inverter(priority), &[("17:10", Level::Reactive(700.0))]);
        assert_eq!(alone, [(second("17:10"), 0.0, Some(0.0))]);
    }
    let before = [("17:10", Level::Reactive(700.0)), ("17:30", Level::Absolute(300.0))];
    let targets = followed(&inverter(Priority::Real), &before);
    assert_eq!(targets, [(second("17:10"), 0.0, Some(0.0)), (second("17:30"), 300.0, None)]);
}

#[test]
fn reactive_power_that_comes_first_is_given_room_in_time_and_the_room_is_taken_back_after() {
    let levels = [
        ("17:00", Level::Absolute(900.0)),
        ("17:30", Level::Reactive(800.0)),
        ("18:00", Level::Reactive(100.0)),
    ];
    let targets = followed(&inverter(Priority::Reactive), &levels);
    // At 18:00 there is room again: 300 kW more at 10 kW/s.
    let want =
        [(second("17:00"), 900.0, None), (second("17:30"), 600.0, None), (second("18:00:30"), 900.0, None)];
    assert_eq!(targets, want);
    assert_eq!(
        followed(&inverter(Priority::Real), &levels),
        [want[0]],
        "real power that comes first keeps its level"
    );
    let run = dispatch(Status::Run, 1, "17:00", "19:00", &levels);
    let gone = inverter(Priority::Reactive).given_way(&run, &Baseline::Fixed { kw: 0.0 });
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert_eq!((gone[0].from, gone[0].to, gone[0].asked), (second("17:30"), second("18:00"), 900.0));
    near(gone[0].delivered, 600.0, "what is left of it");
}

#[test]
fn both_references_ask_the_same_of_reactive_power() {
    let run = dispatch(Status::Run, 1, "17:00", "18:00", &[("17:00", Level::Reactive(400.0))]);
    let mut parts = (*run).clone();
    parts.setpoints[0].reactive.as_mut().unwrap().reference = Reference::Delta;
    assert_eq!(Request::of(&Dispatch::new(parts).unwrap()), Request::of(&run));
}

/// Whether a point is within a shape, told without its ranges.
fn is_inside(capability: &Capability, kw: f64, kvar: f64) -> bool {
    match capability.region() {
        Region::Inverter { kva } => kw.hypot(kvar) <= kva + 1e-6,
        Region::PowerFactor { least } => kw.abs() >= least * kw.hypot(kvar) - 1e-6,
        // In one of the triangles that the first corner makes with every edge.
        Region::Polygon(polygon) => {
            let v = polygon.vertices();
            let side = |a: (f64, f64), b: (f64, f64)| (b.0 - a.0) * (kvar - a.1) - (b.1 - a.1) * (kw - a.0);
            (1..v.len() - 1).any(|i| {
                let sides = [side(v[0], v[i]), side(v[i], v[i + 1]), side(v[i + 1], v[0])];
                let slack = 1e-3;
                sides.iter().all(|s| *s >= -slack) || sides.iter().all(|s| *s <= slack)
            })
        }
    }
}

fn any_priority() -> impl Strategy<Value = Priority> {
    prop_oneof![Just(Priority::Real), Just(Priority::Reactive)]
}

/// Corners on an ellipse round a point near the origin.
fn any_polygon() -> impl Strategy<Value = Capability> {
    let angles = prop::collection::btree_set(0u32..72, 3..9);
    (angles, 200.0..1500.0f64, 200.0..1500.0f64, -0.3..0.3f64, -0.3..0.3f64, any_priority()).prop_filter_map(
        "the origin is inside",
        |(angles, wide, high, off_kw, off_kvar, priority)| {
            let corner = |step: u32| {
                let (sin, cos) = (f64::from(step) / 72.0 * std::f64::consts::TAU).sin_cos();
                (wide * (cos + off_kw), high * (sin + off_kvar))
            };
            Capability::polygon(angles.into_iter().map(corner).collect(), priority).ok()
        },
    )
}

fn any_capability() -> impl Strategy<Value = Capability> {
    prop_oneof![
        any_polygon(),
        (50.0..2000.0f64, any_priority()).prop_map(|(kva, p)| Capability::inverter(kva, p).unwrap()),
        (0.5..0.99f64).prop_map(|least| Capability::power_factor(least).unwrap()),
    ]
}

/// A real power that the unit can be at without reactive power.
fn within_rating(capability: &Capability, share: f64) -> f64 {
    let (least, most) = match capability.region() {
        Region::PowerFactor { .. } => (-1000.0, 1000.0),
        _ => capability.range_kw(0.0).unwrap(),
    };
    if share < 0.0 { least * -share } else { most * share }
}

/// The clip by searching all points of a grid: distance of what was found first by what is kept, then by what gives way.
fn searched(capability: &Capability, kw: f64, kvar: f64) -> (f64, f64) {
    const STEPS: i32 = 240;
    let share = |i: i32| f64::from(i) / f64::from(STEPS);
    let kvars = || (-STEPS..=STEPS).map(|i| 2.0 * kvar.abs().max(1.0) * share(i)).chain([kvar]);
    match capability.priority() {
        Priority::Real => {
            let inside = kvars().filter(|q| is_inside(capability, kw, *q));
            (kw, inside.min_by(|a, b| (a - kvar).abs().total_cmp(&(b - kvar).abs())).unwrap())
        }
        Priority::Reactive => {
            let points = (0..=STEPS).flat_map(|i| kvars().map(move |q| (kw * share(i), q)));
            let best = points.filter(|p| is_inside(capability, p.0, p.1));
            best.min_by(|a, b| {
                let by_kvar = (a.1 - kvar).abs().total_cmp(&(b.1 - kvar).abs());
                by_kvar.then((a.0 - kw).abs().total_cmp(&(b.0 - kw).abs()))
            })
            .unwrap()
        }
    }
}

/// The same cases for everyone who builds, unless the environment asks for a search.
fn config(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_search = asked.cases != 256;
    let rng_seed = if is_search { asked.rng_seed } else { RngSeed::Fixed(0x5261_6d70) };
    let cases = if is_search { asked.cases } else { cases };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn no_point_is_outside_what_is_kept_is_kept_and_a_second_clip_changes_nothing(
        capability in any_capability(), share in -1.0..1.0f64, kvar in -2000.0..2000.0f64,
    ) {
        let kw = within_rating(&capability, share);
        let (p, q) = capability.clip(kw, kvar);
        prop_assert!(is_inside(&capability, p, q), "{kw} kW with {kvar} kvar goes to {p} kW with {q} kvar");
        let (again_p, again_q) = capability.clip(p, q);
        prop_assert!((again_p - p).abs() < 1e-4 && (again_q - q).abs() < 1e-4, "{p}, {q}: {again_p}, {again_q}");
        match capability.priority() {
            Priority::Real => prop_assert!((p - kw).abs() < 1e-6),
            Priority::Reactive => {
                prop_assert!(p * kw >= -1e-6 && p.abs() <= kw.abs() + 1e-6, "real power gives way, and no more");
                let (least, most) = capability.reach_kvar(kw.min(0.0), kw.max(0.0));
                if (least..=most).contains(&kvar) {
                    prop_assert!((q - kvar).abs() < 1e-6, "reactive power is kept");
                }
            }
        }
        if is_inside(&capability, kw, kvar) && capability.range_kvar(kw).is_some_and(|(l, m)| (l..=m).contains(&kvar)) {
            prop_assert!((p - kw).abs() < 1e-5 && (q - kvar).abs() < 1e-5, "what can be is left alone");
        }
    }

    #[test]
    fn the_ends_of_a_range_are_the_edge_of_the_shape(capability in any_capability(), share in -0.99..0.99f64) {
        let kw = within_rating(&capability, share);
        let (least, most) = capability.range_kvar(kw).unwrap();
        let width = (most - least).max(1.0);
        prop_assert!(is_inside(&capability, kw, least + 1e-7) && is_inside(&capability, kw, most - 1e-7));
        prop_assert!(!is_inside(&capability, kw, least - 0.01 * width) && !is_inside(&capability, kw, most + 0.01 * width));
    }
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn a_search_of_all_points_finds_no_better_one(
        capability in any_capability(), share in -1.0..1.0f64, kvar in -1500.0..1500.0f64,
    ) {
        let kw = within_rating(&capability, share);
        let (p, q) = capability.clip(kw, kvar);
        let (found_p, found_q) = searched(&capability, kw, kvar);
        let step = 2.0 * kvar.abs().max(1.0) / 240.0;
        prop_assert!((q - kvar).abs() <= (found_q - kvar).abs() + 1e-3, "{found_q} kvar is nearer than {q}");
        prop_assert!((q - found_q).abs() <= step + 1e-3, "{q} kvar, and {found_q} was found");
        if (q - kvar).abs() < 1e-6 && (found_q - kvar).abs() < 1e-6 {
            prop_assert!((p - found_p).abs() <= kw.abs() / 240.0 + 1e-3, "{p} kW, and {found_p} was found");
        }
    }

    #[test]
    fn a_path_agrees_with_fine_steps_and_is_never_outside(
        capability in any_capability(),
        plan in prop::collection::vec((1u32..60, -1.0..1.0f64), 2..6),
        asked in prop::collection::vec((1u32..60, -1500.0..1500.0f64), 1..4),
    ) {
        let mut t = 0.0;
        let points = plan.iter().map(|(s, share)| { t += f64::from(*s); (t, within_rating(&capability, *share)) });
        let plan = curve(&points.collect::<Vec<_>>());
        let mut t = 0.0;
        let mut steps = vec![(0.0, 0.0)];
        for (seconds, kvar) in &asked {
            t += f64::from(*seconds);
            steps.extend([(t, steps[steps.len() - 1].1), (t, *kvar)]);
        }
        let asked = curve(&steps);
        let path = Path::of(&capability, &plan, &asked, 0.0, 120.0);
        let (mut kw, mut kvar) = (0.0, 0.0);
        let step = 0.01;
        for i in 0..12_000 {
            let t = (f64::from(i) + 0.5) * step;
            let (p, q) = match asked.at(t) {
                0.0 => (plan.at(t), 0.0),
                wanted => capability.clip(plan.at(t), wanted),
            };
            kw += p * step;
            kvar += q * step;
            prop_assert!((path.kw_at(t) - p).abs() < 1e-4 && (path.kvar_at(t) - q).abs() < 1e-3 * (1.0 + q.abs()),
                "at {t}: {} kW with {} kvar, and {p} kW with {q} kvar is right", path.kw_at(t), path.kvar_at(t));
            prop_assert!(is_inside(&capability, path.kw_at(t), path.kvar_at(t)));
        }
        let scale = 1e-3 * 1500.0;
        prop_assert!((path.mean_kw() - kw / 120.0).abs() < scale && (path.mean_kvar() - kvar / 120.0).abs() < scale);
    }
}
