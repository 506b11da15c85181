//! What the journal is told beside commands and alarms: the clock, the connection, what was said while the desk was away, what
//! was delivered, and how many of a flood there were.

use std::path::Path;

use rampdesk::desk::snapshot::{LinkState, Phase, Priority};
use rampdesk::dispatch::{DispatchParts, Stage};
use rampdesk::journal::{Delivery, Entry, EntryKind, Journal};
use rampdesk::openadr::mapping::{self, MinuteReading};
use rampdesk::openadr::wire::{Event, Metadata};
use rampdesk::power::Reading;
use rampdesk::profile::secrets::DESK_CLIENT;
use rampdesk::time::Rate;

use super::world::{FOLLOW_EVERY_S, World, at, key, run, said, send, setpoint, unit};

async fn on(path: &Path) -> World {
    let world = World::without_desk();
    begun(world, path).await
}

/// A desk goes on with this journal.
async fn begun(mut world: World, path: &Path) -> World {
    world.start_desk(Journal::open(path).unwrap());
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    world.pass(FOLLOW_EVERY_S).await;
    world
}

async fn stopped(mut world: World) -> World {
    world.desk.take().unwrap().stop().await;
    world
}

fn of_kind(path: &Path, kind: EntryKind) -> Vec<Entry> {
    let journal = Journal::open_to_read(path).unwrap();
    journal.verify().unwrap();
    let entries = journal.entries(0, usize::MAX).unwrap();
    entries.into_iter().map(|recorded| recorded.entry).filter(|entry| entry.kind == kind).collect()
}

fn texts(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.text.as_str()).collect()
}

fn in_a_folder() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    (folder, path)
}

/// +2,000 kW from 15:46 to 15:50.
fn short() -> DispatchParts {
    DispatchParts {
        service_start: at("15:46"),
        service_end: at("15:50"),
        setpoints: vec![setpoint("15:46", 2000)],
        ..run(1)
    }
}

/// The FSP reports so many kW for the minute that ends then.
async fn meters(world: &World, end: &str, kw: f64) {
    let reading = Reading { at: f64::from(u32::try_from(at(end).unix()).unwrap()), kw };
    let minutes = [MinuteReading { reading, baseline_kw: Some(0.0), soc: None, kvar: None }];
    let of = unit("BRIGHTFLEX/BESS-07");
    let event = world.events().await[0].meta.id.clone().unwrap();
    let report = mapping::report_from_readings(&event, &of, &minutes);
    world.as_client("BRIGHTFLEX").post_report(&report, |_| false).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_session_says_by_which_clock_it_goes_and_over_what_it_speaks_once_and_each_change() {
    let (_folder, path) = in_a_folder();
    let world = on(&path).await;
    world.pass(60.0).await;
    assert!(world.clock.set_rate(Rate::times(2.0).unwrap()));
    world.pass(60.0).await;
    assert!(world.clock.set_rate(Rate::PAUSED));
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert!(world.clock.set_rate(Rate::REAL));
    world.pass(10.0).await;
    assert!(world.clock.step(3600));
    world.pass(10.0).await;
    let world = stopped(world).await;
    assert_eq!(
        texts(&of_kind(&path, EntryKind::Clock)),
        [
            "times are those of a training clock, which runs ×1",
            "the training clock runs ×2 (×1 before)",
            "the training clock stands still (×2 before)",
            "the training clock runs ×1 (×0 before)",
            "the training clock was set ahead by 3,600 seconds",
        ]
    );
    stopped(begun(world, &path).await).await;
    let connections = of_kind(&path, EntryKind::Connection);
    let [first, second] = &connections[..] else { panic!("one of each session: {connections:#?}") };
    for words in ["http://vtn.test", "OpenADR 3.1", "as client desk", "polled every 5 s", "0193"] {
        assert!(first.text.contains(words), "{words}: {}", first.text);
    }
    assert_eq!(first.text, second.text, "nothing is otherwise than in the session before");
}

/// Else what an FSP said while nobody listened is shown, and never evidence.
#[tokio::test(start_paused = true)]
async fn what_was_said_while_the_desk_was_away_is_kept_once() {
    let (_folder, path) = in_a_folder();
    let world = on(&path).await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Received).await;
    world.pass(FOLLOW_EVERY_S).await;
    let dispatch = world.dispatch().dispatch().unwrap().clone();
    let event = world.events().await[0].meta.id.clone().unwrap();
    let world = stopped(world).await;
    let accepted =
        said(&dispatch, Stage::Accepted, world.clock.now()).sign(&world.fsp_key("BRIGHTFLEX")).unwrap();
    let report = mapping::report_from_acknowledgement(&accepted, &event);
    world.as_client("BRIGHTFLEX").post_report(&report, |_| false).await.unwrap();
    let world = stopped(begun(world, &path).await).await;
    stopped(begun(world, &path).await).await;
    let kept = of_kind(&path, EntryKind::Acknowledgement);
    let stages: Vec<bool> = kept.iter().map(|entry| entry.text.starts_with("RECEIVED")).collect();
    assert_eq!(stages, [true, false], "{kept:#?}");
    assert_eq!(kept[1].document, Some(accepted.to_json()));
    assert!(kept[1].text.ends_with("it was said before this session began"), "{}", kept[1].text);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_names_no_dispatch_is_told_once() {
    let (_folder, path) = in_a_folder();
    let world = on(&path).await;
    world.ask(send(run(1))).await.unwrap();
    let sent = world.events().await.remove(0);
    let stray = Event {
        meta: Metadata::default(),
        program_id: sent.program_id,
        event_name: Some("a stray".to_owned()),
        ..Event::default()
    };
    world.as_client(DESK_CLIENT).post_event(&stray, |_| false).await.unwrap();
    world.pass(300.0).await;
    world.assert_alarm(Priority::Medium, "which names no dispatch");
    let world = stopped(world).await;
    stopped(begun(world, &path).await).await;
    let alarms = of_kind(&path, EntryKind::Alarm);
    let told = alarms.iter().filter(|entry| entry.text.contains("names no dispatch")).count();
    assert_eq!(told, 1, "{:#?}", texts(&alarms));
}

#[tokio::test(start_paused = true)]
async fn what_was_delivered_is_written_down_once_when_it_is_over_and_is_what_the_desk_shows() {
    let (_folder, path) = in_a_folder();
    let world = on(&path).await;
    world.ask(send(short())).await.unwrap();
    world.says(Stage::Accepted).await;
    for (end, kw) in [("15:47", 2000.0), ("15:48", 1500.0), ("15:50", 2100.0)] {
        world.clock.sleep_until(at(end)).await;
        meters(&world, end, kw).await;
    }
    world.pass(FOLLOW_EVERY_S).await;
    world.says(Stage::Ended).await;
    world.clock.sleep_until(at("15:51:50")).await;
    assert_eq!(of_kind(&path, EntryKind::Delivery), [], "readings may still come");
    world.clock.sleep_until(at("15:52:30")).await;
    let state = world.dispatch();
    assert_eq!(state.phase, Phase::Ended);
    let shown = state.score.clone().unwrap();
    let world = stopped(world).await;
    let world = stopped(begun(world, &path).await).await;
    drop(world);

    let entries = of_kind(&path, EntryKind::Delivery);
    let [entry] = &entries[..] else { panic!("once: {entries:#?}") };
    assert_eq!((entry.dispatch.clone(), entry.unit.clone()), (Some(key()), Some(unit("BRIGHTFLEX/BESS-07"))));
    let delivery = Delivery::from_json(entry.document.as_ref().unwrap()).unwrap();
    assert_eq!(delivery.check(), Ok(()));
    let (score, curve) = (delivery.score.unwrap(), delivery.curve.unwrap());
    let share = |delivered: Option<i64>, asked: i64| delivered.map(|w| w - asked);
    let off: Vec<Option<i64>> =
        curve.delivered_w.iter().zip(&curve.asked_w).map(|(d, a)| share(*d, *a)).collect();
    assert_eq!(off, [Some(0), Some(-500_000), None, Some(100_000)]);
    let kwh = |wh: i64| f64::from(i32::try_from(wh).unwrap()) / 1000.0;
    for (told, shown) in [
        (kwh(score.asked_wh), shown.asked_kwh),
        (kwh(score.delivered_wh), shown.delivered_kwh),
        (kwh(score.over_wh), shown.over_kwh),
        (score.of_asked.unwrap(), shown.ratio.unwrap()),
        (score.payment.unwrap().transition, shown.payment.unwrap().transition),
    ] {
        assert!((told - shown).abs() < 0.001, "{told}, where the desk shows {shown}");
    }
    let counts = (score.minutes_metered, score.minutes_missing, score.minutes_within);
    assert_eq!(counts, (shown.minutes_metered, shown.minutes_missing, shown.minutes_in_tolerance));
    assert!(
        entry.text.contains("signed by nobody") && entry.text.contains("3 of 4 minutes"),
        "{}",
        entry.text
    );
}

#[tokio::test(start_paused = true)]
async fn what_ended_while_the_desk_was_away_is_reckoned_from_what_the_vtn_still_tells() {
    let (_folder, path) = in_a_folder();
    let world = on(&path).await;
    world.ask(send(short())).await.unwrap();
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    let world = stopped(world).await;
    for end in ["15:47", "15:48", "15:49", "15:50"] {
        world.clock.sleep_until(at(end)).await;
        meters(&world, end, 2000.0).await;
    }
    world.clock.sleep_until(at("18:00")).await;
    let world = stopped(begun(world, &path).await).await;
    let counted = |path: &Path| {
        let entries = of_kind(path, EntryKind::Delivery);
        let [entry] = &entries[..] else { panic!("once: {entries:#?}") };
        let delivery = Delivery::from_json(entry.document.as_ref().unwrap()).unwrap();
        (delivery.over.clone(), delivery.score.map(|score| score.minutes_metered))
    };
    assert_eq!(counted(&path), ("no end was told".to_owned(), Some(4)));
    drop(world);

    let (_folder, path) = in_a_folder();
    let world = on(&path).await;
    world.ask(send(short())).await.unwrap();
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    let world = stopped(world).await;
    world.clock.sleep_until(at("15:45") + 60 * 3600).await;
    stopped(begun(world, &path).await).await;
    assert_eq!(counted(&path), ("no end was told".to_owned(), None), "too long ago: that is said");
}

/// Else one FSP fills the desk's disk.
#[tokio::test(start_paused = true)]
async fn a_flood_of_acknowledgements_is_counted_and_what_is_believed_is_kept() {
    let (_folder, path) = in_a_folder();
    let world = on(&path).await;
    world.ask(send(run(1))).await.unwrap();
    let dispatch = world.dispatch().dispatch().unwrap().clone();
    let stranger = rampdesk::dispatch::Dispatch::new(DispatchParts {
        dispatch_ref: "EMID-20261126-0999".parse().unwrap(),
        ..run(1)
    })
    .unwrap();
    let own = world.fsp_key("BRIGHTFLEX");
    for n in 0..150 {
        let unknown = said(&stranger, Stage::Accepted, at("12:00") + n).sign(&own).unwrap();
        world.files("BRIGHTFLEX", |event| mapping::report_from_acknowledgement(&unknown, event)).await;
        let mut other = said(&dispatch, Stage::Accepted, at("12:00") + n);
        other.revision = rampdesk::dispatch::Revision::new(7).unwrap();
        let other = other.sign(&own).unwrap();
        world.files("BRIGHTFLEX", |event| mapping::report_from_acknowledgement(&other, event)).await;
    }
    world.pass(FOLLOW_EVERY_S * 3.0).await;
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(world.dispatch().phase, Phase::Accepted);
    let world = stopped(world).await;
    drop(world);
    let kept = of_kind(&path, EntryKind::Acknowledgement);
    let ours = |entry: &&Entry| entry.text.starts_with("ACCEPTED of EMID-20261126-0001 revision 1");
    assert_eq!(kept.iter().filter(ours).count(), 1);
    let counts: Vec<&str> =
        texts(&kept).into_iter().filter(|text| text.contains("not kept one by one")).collect();
    assert_eq!(kept.len(), 62, "sixty, the one that is believed, and the count");
    assert!(counts[0].starts_with("240 more entries of BRIGHTFLEX/BESS-07"), "{counts:?}");
    let alarms = of_kind(&path, EntryKind::Alarm);
    assert!(alarms.len() < 70, "{}", alarms.len());
    assert!(texts(&alarms).iter().any(|text| text.contains("of alarm")), "{:#?}", texts(&alarms));
}
