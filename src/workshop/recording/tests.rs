use std::thread;

use proptest::prelude::*;
use serde_json::json;

use super::change::{Fields, differing, take_into};
use super::testing::{SCENARIO, kept, recorded};
use super::*;
use crate::desk::snapshot::{DispatchState, UnitState};
use crate::openadr::exchange::ExchangeLog;
use crate::power::Series;
use crate::time::Rate;

/// A picture in words, without the series: how these lie in memory is nobody's business, and where the journal stands is
/// not recorded.
fn words(snapshot: &Snapshot) -> String {
    let mut snapshot = snapshot.clone();
    snapshot.journal_file = None;
    for unit in &mut snapshot.units {
        let bare = UnitState { readings: Series::default(), ..UnitState::clone(unit) };
        *unit = Arc::new(UnitState { charge: Default::default(), ..bare });
    }
    for dispatch in &mut snapshot.dispatches {
        let (readings, reactive) = (Series::default(), Series::default());
        *dispatch = Arc::new(DispatchState { readings, reactive, ..DispatchState::clone(dispatch) });
    }
    format!("{snapshot:#?}")
}

fn listed(series: &Series) -> Vec<(f64, f64)> {
    series.range(f64::MIN, f64::MAX).map(|reading| (reading.at, reading.kw)).collect()
}

fn series_of(snapshot: &Snapshot) -> Vec<Vec<(f64, f64)>> {
    let of_units = snapshot.units.iter().flat_map(|unit| [&unit.readings, unit.charge.values()]);
    let of_dispatches = snapshot.dispatches.iter().flat_map(|state| [&state.readings, &state.reactive]);
    of_units.chain(of_dispatches).map(listed).collect()
}

/// The first line in which two texts differ.
fn first_difference(a: &str, b: &str) -> Option<String> {
    let mut lines = a.lines().zip(b.lines()).enumerate();
    let found = lines.find(|(_, (a, b))| a != b).map(|(line, (a, b))| format!("line {line}: {a} / {b}"));
    found.or_else(|| (a != b).then(|| "one is longer".to_owned()))
}

#[test]
fn a_recording_shows_at_any_instant_what_the_desk_showed_then_field_by_field() {
    let (path, shown) = kept();
    assert!(shown.len() > 200, "{} pictures", shown.len());
    let recording = Recording::open(path).unwrap();
    assert_eq!(recording.name(), "Recorded");
    let mut chance = 20_261_130_u64;
    for _ in 0..10 {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let index = usize::try_from(chance >> 33).unwrap() % shown.len();
        let (at_ms, _) = shown[index];
        // Of several of one instant the last one stands.
        let live = &shown.iter().rfind(|(other, _)| *other == at_ms).unwrap().1;
        let replayed = recording.at_ms(at_ms).unwrap();
        assert_eq!(first_difference(&words(&replayed), &words(live)), None, "at {at_ms}");
        assert_eq!(series_of(&replayed), series_of(live), "at {at_ms}");
    }
    let last = recording.at_ms(i64::MAX).unwrap();
    assert!(last.alarms.iter().any(|alarm| alarm.source == "COLDCHAIN"), "{:?}", last.alarms);
    assert_eq!(recording.at_ms(i64::MIN).unwrap().dispatches.len(), 0, "before the first, the first");
    let size = std::fs::metadata(path).unwrap().len();
    assert!(size < 8 << 20, "{size} bytes for forty minutes");
}

#[test]
fn a_recording_is_not_written_over_and_other_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "The meeting is at ten.").unwrap();
    let told = |result: Result<Recording, RecordingError>| result.map(drop).unwrap_err().to_string();
    assert!(told(Recording::open(&path)).contains("no recording"), "{}", told(Recording::open(&path)));
    let error = file::Pen::begin(&path, "x", ExchangeLog::keeping(0)).map(drop).unwrap_err().to_string();
    assert!(error.contains("name a new file"), "{error}");
    let empty = folder.path().join("empty.recording");
    file::Pen::begin(&empty, "x", ExchangeLog::keeping(0)).unwrap().end().unwrap();
    assert!(told(Recording::open(&empty)).contains("holds no picture"));
}

#[test]
fn whatever_is_altered_in_a_recording_is_refused_or_shown_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = kept();
    for (sql, says) in [
        ("UPDATE changes SET fields = '{' WHERE number = 30", Some("change 30")),
        ("UPDATE changes SET part = 'rumour' WHERE number = 5", Some("change 5")),
        ("UPDATE changes SET fields = '{\"toml\":\"units = 7\"}' WHERE part = 'fleet'", Some("change 1")),
        (
            "UPDATE changes SET id = 'NOBODY/X' WHERE number = (SELECT min(number) FROM changes WHERE part = 'unit')",
            Some("no unit"),
        ),
        ("DELETE FROM changes WHERE part = 'dispatch'", Some("lists what is not there")),
        ("UPDATE changes SET at_ms = 5 WHERE number = 40", Some("earlier instant")),
        ("UPDATE about SET value = 'rampdesk-recording/9' WHERE name = 'format'", Some("version")),
        ("UPDATE changes SET fields = '{\"readings\":[[1e999,5]]}' WHERE part = 'power'", None),
        ("DELETE FROM changes WHERE part = 'entry'", None),
    ] {
        let altered = folder.path().join("altered.recording");
        std::fs::copy(path, &altered).unwrap();
        let connection = rusqlite::Connection::open(&altered).unwrap();
        assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
        drop(connection);
        match (Recording::open(&altered), says) {
            (Err(error), Some(says)) => assert!(error.to_string().contains(says), "{sql}: {error}"),
            (Ok(recording), None) => assert!(recording.at_ms(i64::MAX).is_some()),
            (Ok(_), Some(_)) => panic!("{sql}: shown"),
            (Err(error), None) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn fields() -> impl Strategy<Value = Fields> {
    let item = prop_oneof![
        any::<u8>().prop_map(|n| json!(n)),
        "[a-c]{0,2}".prop_map(|t| json!(t)),
        Just(json!(null))
    ];
    let value = prop_oneof![item.clone(), prop::collection::vec(item, 0..6).prop_map(|list| json!(list))];
    prop::collection::vec(value, 4).prop_map(|values| {
        values.into_iter().enumerate().map(|(index, value)| (format!("field{index}"), value)).collect()
    })
}

proptest! {
    #[test]
    fn what_differs_makes_the_later_out_of_the_earlier(before in fields(), now in fields()) {
        let mut followed = before.clone();
        take_into(&mut followed, differing(&before, &now)).unwrap();
        prop_assert_eq!(followed, now);
    }
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_shown_at_any_rate_to_the_same_pictures_and_takes_no_command() {
    let recording = Arc::new(Recording::open(&kept().0).unwrap());
    let (first, last) = recording.span_ms();
    let playback = Playback::begin(Arc::clone(&recording)).unwrap();
    let (mut desk, clock) = (playback.desk(), playback.clock());
    assert_eq!(clock.now_millis(), first);
    clock.set_rate(Rate::times(600.0).unwrap());
    let mut seen = 0;
    while clock.now_millis() < last {
        assert!(desk.changed().await);
        let (now, shown) = (clock.now_millis(), desk.snapshot());
        let there = recording.at_ms(now).unwrap();
        assert_eq!((shown.sequence, shown.now), (there.sequence, there.now), "at {now}");
        seen += 1;
    }
    assert!(seen > 100, "{seen} pictures");
    assert!(clock.rate().is_paused(), "at its end it stands still");
    let middle = (first + last) / 2;
    clock.set_millis(middle);
    assert!(desk.changed().await);
    assert_eq!(words(&desk.snapshot()), words(&recording.at_ms(middle).unwrap()), "and it goes back");
    let key = recording.at_ms(last).unwrap().dispatches[0].key.clone();
    let number = desk.give(crate::desk::command::Command::Stop(key)).unwrap();
    assert!(desk.changed().await);
    let outcome = desk.snapshot().outcomes.iter().find(|o| o.command == number).cloned().unwrap();
    assert!(outcome.result.as_ref().unwrap_err().contains("recording"), "{outcome:?}");
}

#[test]
fn two_runs_are_told_apart_by_what_was_asked_and_what_came_of_it() {
    let first = Recording::open(&kept().0).unwrap();
    assert_eq!(differences(&first, &first), []);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.recording");
    let later =
        SCENARIO.replace("at = \"T+00:25\"\naction = \"stop\"", "at = \"T+00:27\"\naction = \"stop\"");
    thread::spawn({
        let path = path.clone();
        move || recorded(&path, &later)
    })
    .join()
    .unwrap();
    let found = differences(&first, &Recording::open(&path).unwrap());
    let of = |of: DifferenceOf, what: &str| {
        let mut found = found.iter().filter(|d| d.of == of && d.what.contains(what));
        found.next().unwrap_or_else(|| panic!("{what}: {found:#?}"))
    };
    let stop = of(DifferenceOf::Command, "stop");
    assert!(stop.first.as_ref().unwrap().starts_with("T+00:25:"), "{stop:?}");
    assert!(stop.second.as_ref().unwrap().starts_with("T+00:27:"), "{stop:?}");
    assert!(of(DifferenceOf::Dispatch, "BRIGHTFLEX/BESS-07, dispatch 1: delivered").second.is_some());
    assert!(!found.iter().any(|d| d.what.contains("COLD-03, dispatch 1: instructed")), "{found:#?}");
}

/// Whoever goes back to find what an FSP had said by then would read what it said afterwards.
#[test]
fn what_was_said_is_shown_up_to_the_instant_that_is_gone_to() {
    let recording = testing::recording();
    let (first_ms, last_ms) = recording.span_ms();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let playback = Playback::begin(Arc::clone(&recording)).unwrap();
        for at_ms in [last_ms, i64::midpoint(first_ms, last_ms), last_ms, first_ms] {
            playback.clock().set_millis(at_ms);
            let sent = recording.messages().iter().filter(|e| e.at.unix() * 1000 <= at_ms).count() as u64;
            for _ in 0..500 {
                if playback.exchanges().recorded() == sent {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            assert_eq!(playback.exchanges().recorded(), sent, "at {at_ms}");
            assert_eq!(playback.exchanges().since(0).len() as u64, sent.min(5_000));
        }
    });
    assert!(recording.messages().len() > 100);
}
