//! Every check there is, broken: a person mends it with one press, or is taken to where it is mended.

use std::sync::Arc;

use super::*;
use crate::console::testing::{WIND_FARM, dispatch, revision, with_wind_farm};
use crate::desk::snapshot::Phase;
use crate::dispatch::availability::{Declaration, Offer, OfferRun};
use crate::dispatch::{MAX_WINDOW_DAYS, Reference};
use crate::units::Watts;

/// What a check finds, and how many ways there are to mend it with one press, at least.
fn broken(check: Check) -> (Case, usize) {
    let at_least = |case, fixes| (case, fixes);
    match check {
        Check::ReferenceForm => at_least(Case::with(|d| d.dispatch_ref = "EMID 1".to_owned()), 1),
        Check::ReferenceTaken => {
            let mut case = Case::with(|d| d.dispatch_ref = "EMID-0417".to_owned());
            case.snapshot.dispatches = known();
            at_least(case, 1)
        }
        Check::StaleRevision => {
            let mut case = amending();
            case.draft.revision = case.amends.as_ref().unwrap().signed.dispatch.revision;
            at_least(case, 1)
        }
        Check::AmendsWhatIsOver => {
            let mut case = amending();
            Arc::make_mut(&mut case.snapshot.dispatches[0]).phase = Phase::Ended;
            at_least(case, 1)
        }
        Check::Overlap => at_least(overlapping(Status::Run, Phase::AtSetpoint), 1),
        Check::OverlapsNotice => at_least(overlapping(Status::PreNotify, Phase::Accepted), 1),
        Check::OverlapsStop => at_least(overlapping(Status::Stop, Phase::Accepted), 1),
        Check::UnitGone => at_least(Case::with(|d| d.unit = unit_named("BRIGHTFLEX/GONE")), 1),
        Check::ClientAway => at_least(changed(|s| Arc::make_mut(&mut s.fsps[0]).client = LinkState::Lost), 1),
        Check::UnitSilent => at_least(changed(|s| unit_of(s).lamp = LinkState::Lost), 1),
        Check::Inhibited => at_least(changed(|s| unit_of(s).state = "INHIBITED".to_owned()), 1),
        Check::VtnAway => at_least(changed(|s| s.vtn.state = LinkState::Lost), 0),
        Check::WindowUnread => at_least(Case::with(|d| d.end.text = "19:".to_owned()), 1),
        Check::WindowSkipped => at_least(on("2027-03-28", "01:30", "03:00"), 1),
        Check::WindowTwice => at_least(on("2027-10-31", "01:30", "03:00"), 2),
        Check::WindowBackwards => at_least(Case::with(|d| d.end.text = "18:00".to_owned()), 1),
        Check::WindowOver => at_least(window("2026-11-26T16:00:00Z", "2026-11-26T17:00:00Z"), 1),
        Check::StartPast => at_least(window("2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z"), 2),
        Check::ShortNotice => at_least(window("2026-11-26T17:25:00Z", "2026-11-26T19:00:00Z"), 1),
        Check::FetchedLate => {
            let mut case = window("2026-11-26T17:20:20Z", "2026-11-26T19:00:00Z");
            Arc::make_mut(&mut case.snapshot.contracts)[0].notice_seconds = 0;
            at_least(case, 1)
        }
        Check::NoLevel => at_least(Case::with(|d| d.rows.clear()), 1),
        Check::VolumeUnread => at_least(Case::with(|d| volume(d, "1,5")), 1),
        Check::Unreferenced => at_least(Case::with(|d| d.rows[0].reference = None), 2),
        Check::PriceUnread => at_least(Case::with(|d| d.rows[0].price = "3.001".to_owned()), 1),
        Check::TimeUnread => at_least(timed("18:"), 0),
        Check::TimeSkipped => at_least(timed_on("2027-03-28", "01:30"), 1),
        Check::TimeTwice => at_least(timed_on("2027-10-31", "01:30"), 2),
        Check::BeforeWindow => at_least(timed("17:59"), 1),
        Check::AfterWindow => at_least(timed("19:00"), 1),
        Check::SameTime => at_least(
            Case::with(|d| {
                let copy = d.duplicate(d.rows[0].id).unwrap();
                d.set_time(copy, at("2026-11-26T18:00:00Z"));
            }),
            1,
        ),
        Check::Unsorted => at_least(
            Case::with(|d| {
                d.duplicate(d.rows[0].id);
                d.rows.reverse();
            }),
            1,
        ),
        Check::BeginsLate => at_least(timed("18:20"), 1),
        Check::Rating => at_least(Case::with(|d| volume(d, "2600")), 1),
        Check::MinimumStable => at_least(engine("800"), 1),
        Check::Missed => {
            let mut case = window("2026-11-26T17:22:00Z", "2026-11-26T17:50:00Z");
            volume(&mut case.draft, "2400");
            at_least(case, 2)
        }
        Check::Unreported => at_least(changed(|s| unit_of(s).kw = None), 0),
        Check::Undeclared => at_least(declaring(0, 2000), 2),
        Check::NoReactive => {
            let mut case = reactive("400");
            unit_of(&mut case.snapshot).reactive = None;
            at_least(case, 1)
        }
        Check::ReactiveRating => at_least(reactive("3000"), 1),
        Check::ReactiveBeside => at_least(reactive("2000"), 1),
        Check::NotTurnedToZero => at_least(wind("100"), 1),
        Check::NothingToTurnToZero => {
            let mut case = wind("0");
            let points = vec![("00:00".to_owned(), 0.0), ("20:00".to_owned(), 500.0)];
            let farm = case.draft.unit.clone();
            let farm = case.snapshot.units.iter_mut().find(|u| u.unit == farm).unwrap();
            Arc::make_mut(farm).baseline = Arc::new(Baseline::Daily { points });
            at_least(case, 1)
        }
        Check::Document => {
            let mut case = Case::good();
            let start = at("2026-11-26T18:00:00Z");
            case.draft.set_window(start, start + (MAX_WINDOW_DAYS + 1) * 86_400);
            at_least(case, 1)
        }
    }
}

fn known() -> Vec<Arc<DispatchState>> {
    dispatches().into_iter().map(Arc::new).collect()
}

fn amending() -> Case {
    let running = known().into_iter().find(|d| d.key.dispatch_ref.as_str() == "EMID-0417").unwrap();
    let latest = Arc::clone(running.revisions.last().unwrap());
    let mut case = Case::good();
    case.draft = Draft::amending(&latest.signed.dispatch);
    case.amends = Some(latest);
    case.snapshot.dispatches = vec![running];
    case
}

/// Another dispatch of the unit in the middle of the window.
fn overlapping(status: Status, phase: Phase) -> Case {
    let (from, to) = ("2026-11-26T18:10:00Z", "2026-11-26T18:30:00Z");
    let mut other = revision("EMID-0500", 1, "BRIGHTFLEX/BESS-01", 100, from, to);
    let mut parts = (*other.signed.dispatch).clone();
    parts.status = status;
    if status.is_stop() {
        parts.setpoints.clear();
    }
    let signed =
        Dispatch::new(parts).unwrap().sign(&crate::console::testing::signing_key("gb-dno-11-2026")).unwrap();
    Arc::make_mut(&mut other).signed = signed;
    let mut case = Case::good();
    case.snapshot.dispatches = vec![Arc::new(dispatch(vec![other], phase, Vec::new()))];
    case
}

fn changed(change: impl FnOnce(&mut Snapshot)) -> Case {
    let mut case = Case::good();
    // Under one contract, so that another unit could be asked.
    change(&mut case.snapshot);
    case
}

fn unit_of(snapshot: &mut Snapshot) -> &mut UnitState {
    Arc::make_mut(&mut snapshot.units[0])
}

fn on(date: &'static str, start: &'static str, end: &'static str) -> Case {
    Case::with(|d| {
        d.date = date.to_owned();
        (d.start.text, d.end.text) = (start.to_owned(), end.to_owned());
        d.rows[0].time.text = "02:30".to_owned();
    })
}

fn timed_on(date: &'static str, time: &'static str) -> Case {
    Case::with(|d| {
        d.date = date.to_owned();
        (d.start.text, d.end.text) = ("00:30".to_owned(), "04:00".to_owned());
        d.rows[0].time.text = time.to_owned();
    })
}

fn timed(text: &'static str) -> Case {
    Case::with(|d| d.rows[0].time.text = text.to_owned())
}

fn window(from: &'static str, to: &'static str) -> Case {
    Case::with(|d| {
        d.set_window(at(from), at(to));
        let row = d.rows[0].id;
        d.set_time(row, at(from));
    })
}

fn reactive(kvar: &str) -> Case {
    Case::with(|d| {
        let row = d.add(at("2026-11-26T18:00:00Z"), Kind::Reactive);
        d.choose_reference(row, Reference::Absolute);
        d.row_mut(row).unwrap().volume = kvar.to_owned();
    })
}

/// So much is declared in the window, and so much in the hours after it.
fn declaring(now_kw: i64, later_kw: i64) -> Case {
    let mut case = Case::good();
    let run = |from, until, up: i64| OfferRun {
        from: at(from),
        until: at(until),
        offer: Offer { up: Watts(up * 1000), down: Watts(0) },
    };
    let runs = [
        run("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z", now_kw),
        run("2026-11-26T19:00:00Z", "2026-11-26T22:00:00Z", later_kw),
    ];
    let unit = unit_of(&mut case.snapshot);
    let (operator, contract) = (unit.operator.clone(), unit.contract.clone());
    let said = Declaration::new(operator, contract, unit.unit.clone(), at(NOW), runs);
    unit.availability = Some(Arc::new(said));
    case
}

/// A draft for the wind farm, whose contract is for MW Dispatch, of a level of net power.
fn wind(kw: &str) -> Case {
    let mut case = Case::with(|d| {
        d.rows[0].reference = Some(Reference::Absolute);
        volume(d, kw);
    });
    case.snapshot = with_wind_farm(case.snapshot);
    let farm = case.snapshot.units.iter().find(|u| u.unit == unit_named(WIND_FARM)).unwrap();
    (case.draft.unit, case.draft.contract) = (farm.unit.clone(), farm.contract.clone());
    case.draft.operator = farm.operator.clone();
    case
}

#[test]
fn every_check_is_mended_by_one_press_or_takes_a_person_to_where_it_is_mended() {
    let mut wrong = Vec::new();
    for check in Check::ALL {
        let (case, at_least) = broken(*check);
        let found = case.findings();
        let Some(finding) = found.iter().find(|finding| finding.check == *check) else {
            wrong.push(format!("{check:?} finds nothing: {found:#?}"));
            continue;
        };
        if finding.fixes.is_empty() && finding.place().is_none() {
            wrong.push(format!("{check:?}: there is nothing to press and nowhere to go"));
        }
        if finding.fixes.len() < at_least {
            wrong.push(format!("{check:?}: fewer than {at_least} fixes: {:#?}", finding.fixes));
        }
        for fix in &finding.fixes {
            let (mut mended, _) = broken(*check);
            mended.mend(&fix.repair);
            let left = mended.findings();
            if left.iter().any(|left| left.check == *check && left.field == finding.field) {
                wrong.push(format!("{check:?}: “{}” does not mend it: {left:#?}", fix.label));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_starts_later_takes_its_levels_with_it() {
    let mut case = window("2026-11-26T17:00:00Z", "2026-11-26T18:00:00Z");
    volume(&mut case.draft, "1000");
    let row = case.draft.rows[0].id;
    case.draft.duplicate(row);
    let finding = case.findings().into_iter().find(|f| f.check == Check::StartPast).unwrap();
    case.mend(&finding.fixes[0].repair);
    assert_eq!(case.findings(), [], "nothing else is wrong then");
    let levels: Vec<_> = case.draft.placed().iter().map(|level| level.at).collect();
    assert_eq!(levels, [at("2026-11-26T17:45:00Z"), at("2026-11-26T18:15:00Z")]);
}

#[test]
fn the_unit_that_is_asked_instead_is_there_and_free_and_can_do_it() {
    let lost = |s: &mut Snapshot| unit_of(s).lamp = LinkState::Lost;
    let instead = |case: &Case| {
        let finding = case.findings().into_iter().find(|f| f.check == Check::UnitSilent).unwrap();
        finding.fixes.first().map(|fix| fix.label.clone())
    };
    assert_eq!(instead(&changed(lost)).as_deref(), Some("Ask BRIGHTFLEX/BESS-02 instead"));
    let mut busy = changed(lost);
    busy.draft.set_window(at("2026-11-26T18:00:00Z"), at("2026-11-26T18:30:00Z"));
    let (from, to) = ("2026-11-26T18:00:00Z", "2026-11-26T18:30:00Z");
    let other = revision("EMID-0500", 1, "BRIGHTFLEX/BESS-02", 100, from, to);
    busy.snapshot.dispatches = vec![Arc::new(dispatch(vec![other], Phase::Accepted, Vec::new()))];
    assert_eq!(
        instead(&busy).as_deref(),
        Some("Ask BRIGHTFLEX/BESS-07 instead"),
        "the next one that is free"
    );
    let mut great = changed(lost);
    volume(&mut great.draft, "3500");
    assert_ne!(instead(&great).as_deref(), Some("Ask BRIGHTFLEX/BESS-02 instead"), "it is not able to");
    let mut amends = amending();
    let unit = amends.draft.unit.clone();
    let unit = amends.snapshot.units.iter_mut().find(|u| u.unit == unit).unwrap();
    Arc::make_mut(unit).lamp = LinkState::Lost;
    assert_eq!(instead(&amends), None, "an amendment is of its unit");
}
