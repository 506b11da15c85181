//! Each rule, broken alone: what is said of which field, and that its fix mends it.

mod catalogue;

use std::sync::Arc;

use super::*;
use crate::console::compose::draft::{Kind, Subject};
use crate::console::compose::forecast::Basis;
use crate::console::compose::sheet::Sheet;
use crate::console::plot::instant::seconds;
use crate::console::testing::{NOW, at, dispatches, generator, quiet_snapshot, unit_named};
use crate::desk::snapshot::{LinkState, Snapshot};
use crate::dispatch::{Reference, Status};
use crate::power::Baseline;

struct Case {
    snapshot: Snapshot,
    draft: Draft,
    amends: Option<Arc<crate::desk::snapshot::RevisionState>>,
}

impl Case {
    /// A draft that nothing is wrong with.
    fn good() -> Self {
        let subject = Subject {
            operator: "GB-DNO-11".parse().unwrap(),
            contract: "EMID-C-2026-0193".parse().unwrap(),
            unit: unit_named("BRIGHTFLEX/BESS-01"),
        };
        let (start, end) = (at("2026-11-26T18:00:00Z"), at("2026-11-26T19:00:00Z"));
        let mut draft = Draft::new(subject, "EMID-20261126-0001".to_owned(), start, end);
        let row = draft.rows[0].id;
        draft.choose_reference(row, Reference::Delta);
        draft.row_mut(row).unwrap().volume = "2000".to_owned();
        Self { snapshot: quiet_snapshot(), draft, amends: None }
    }

    fn with(change: impl FnOnce(&mut Draft)) -> Self {
        let mut case = Self::good();
        change(&mut case.draft);
        case
    }

    fn findings(&self) -> Vec<Finding> {
        let now = at(NOW);
        let unit = self.snapshot.units.iter().find(|u| u.unit == self.draft.unit).map(AsRef::as_ref);
        let sketch = document::sketch(&self.draft, now);
        let forecast = unit.map(|unit| {
            Forecast::of(&Basis {
                unit,
                fetched_after_s: 10.0,
                sketch: sketch.as_ref(),
                before: &[],
                span: self.draft.span(),
                now: seconds(now),
            })
        });
        let context = Context {
            unit,
            contract: self
                .snapshot
                .contracts
                .iter()
                .find(|c| c.operator == self.draft.operator && c.contract == self.draft.contract),
            fsp: self.snapshot.fsps.iter().map(AsRef::as_ref).find(|f| f.id == self.draft.unit.fsp),
            vtn: &self.snapshot.vtn,
            dispatches: &self.snapshot.dispatches,
            units: &self.snapshot.units,
            fsps: &self.snapshot.fsps,
            amends: self.amends.as_ref().map(|r| &r.signed.dispatch),
            forecast: forecast.as_ref(),
            free_ref: "EMID-20261126-0009",
            now,
        };
        check(&self.draft, &context)
    }

    /// As the button of a fix does.
    fn mend(&mut self, repair: &Repair) {
        let amends = self.amends.take();
        let mut sheet = Sheet::new(1, self.draft.clone(), amends);
        sheet.mend(repair);
        (self.draft, self.amends) = (sheet.draft, sheet.amends);
    }

    /// That this finding, and no other error, is there; then that its first fix mends it.
    fn finds(&mut self, severity: Severity, field: &str, says: &str, fix: Option<&str>) {
        let found = self.findings();
        let finding = found
            .iter()
            .find(|f| f.severity == severity && f.field.name(&self.draft) == field && f.reason.contains(says))
            .unwrap_or_else(|| panic!("no {field}: {says} in {found:#?}"))
            .clone();
        let errors = found.iter().filter(|f| f.severity == Severity::Error).count();
        assert!(errors <= 1, "one rule, one error: {found:#?}");
        let Some(label) = fix else { return };
        let fix = finding.fixes.iter().find(|f| f.label == label);
        let repair = fix.unwrap_or_else(|| panic!("no fix {label} in {finding:#?}")).repair.clone();
        self.mend(&repair);
        let left = self.findings();
        assert!(!left.iter().any(|f| f.reason == finding.reason), "{label} mends it: {left:#?}");
    }
}

fn volume(draft: &mut Draft, text: &str) {
    draft.rows[0].volume = text.to_owned();
}

#[test]
fn a_good_draft_passes() {
    assert_eq!(Case::good().findings(), []);
}

#[test]
fn the_window_must_be_readable_in_order_and_to_come() {
    use Severity::{Error, Warning};
    let end = |text: &'static str| Case::with(move |d| d.end.text = text.to_owned());
    let window = |from: &'static str, to: &'static str| {
        Case::with(move |d| {
            d.set_window(at(from), at(to));
            let row = d.rows[0].id;
            d.set_time(row, at(from));
        })
    };
    end("19:").finds(Error, "Window end", "is not a time of day", None);
    end("").finds(Error, "Window end", "the time is missing", None);
    end("18:00").finds(Error, "Window end", "not after its start", Some("End one hour after the start"));
    window("2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z").finds(
        Error,
        "Window start",
        "20 min 00 s ago",
        Some("Run now"),
    );
    window("2026-11-26T16:00:00Z", "2026-11-26T17:00:00Z").finds(
        Error,
        "Window end",
        "the window ended at 17:00:00 GMT",
        Some("Start at 17:45 GMT"),
    );
    window("2026-11-26T17:25:00Z", "2026-11-26T19:00:00Z").finds(
        Warning,
        "Window start",
        "the contract gives 15 min 00 s of notice; this gives 5 min 00 s",
        Some("Start at 17:45 GMT"),
    );
    let mut soon = window("2026-11-26T17:20:20Z", "2026-11-26T19:00:00Z");
    Arc::make_mut(&mut soon.snapshot.contracts)[0].notice_seconds = 0;
    soon.finds(Warning, "Window start", "only after 40 s", Some("Start at 17:30 GMT"));
}

#[test]
fn the_clock_changes_are_refused_or_asked() {
    let on = |date: &'static str, start: &'static str, end: &'static str| {
        Case::with(move |d| {
            d.date = date.to_owned();
            d.start.text = start.to_owned();
            d.end.text = end.to_owned();
            d.rows[0].time.text = end.to_owned();
        })
    };
    let never = on("2027-03-28", "01:30", "03:00").findings();
    assert!(
        never.iter().any(|f| f.field == Field::Start && f.reason.contains("does not exist")),
        "{never:#?}"
    );
    let mut twice = on("2027-10-31", "01:30", "03:00");
    let found = twice.findings();
    let start = found.iter().find(|f| f.field == Field::Start).unwrap();
    assert!(start.reason.contains("happens twice"), "{start:#?}");
    twice.draft.mend(&start.fixes[0].repair);
    assert_eq!(twice.draft.span().unwrap().0, at("2027-10-31T00:30:00Z"));
}

#[test]
fn each_level_must_be_readable_said_what_it_is_and_in_the_window() {
    use Severity::{Error, Warning};
    for (text, says) in
        [("", "missing"), ("much", "not a number"), ("2,5", "does not group"), ("0.00001", "finer than 1 W")]
    {
        Case::with(|d| volume(d, text)).finds(Error, "Setpoint 1 volume", says, None);
    }
    Case::with(|d| d.rows[0].reference = None).finds(
        Error,
        "Setpoint 1 delta or absolute",
        "change from baseline",
        Some("Delta"),
    );
    Case::with(|d| d.rows[0].price = "3.001".to_owned()).finds(
        Error,
        "Setpoint 1 price",
        "finer than one penny",
        Some("Leave out the price"),
    );
    let time = |text: &'static str| Case::with(move |d| d.rows[0].time.text = text.to_owned());
    time("17:59").finds(Error, "Setpoint 1 time", "before the window", Some("Move to 18:00 GMT"));
    time("19:00").finds(Error, "Setpoint 1 time", "not within the window", Some("Move to 18:59 GMT"));
    time("18:").finds(Error, "Setpoint 1 time", "is not a time of day", None);
    time("18:20").finds(Warning, "Setpoint 1 time", "nothing is asked", Some("Move to 18:00 GMT"));
    Case::with(|d| d.rows.clear()).finds(
        Error,
        "Setpoints",
        "there is no setpoint",
        Some("Add one at the start"),
    );
    Case::with(|d| {
        let row = d.rows[0].id;
        let copy = d.duplicate(row).unwrap();
        d.set_time(copy, at("2026-11-26T18:00:00Z"));
    })
    .finds(Error, "Setpoint 2 time", "asks real power at the same time", Some("Remove setpoint 2"));
    Case::with(|d| {
        let row = d.rows[0].id;
        d.duplicate(row);
        d.rows.reverse();
    })
    .finds(Warning, "Setpoints", "not in time order", Some("Sort by time"));
}

#[test]
fn real_and_reactive_power_can_be_asked_at_one_time() {
    let case = Case::with(|d| {
        let row = d.add(at("2026-11-26T18:00:00Z"), Kind::Reactive);
        d.choose_reference(row, Reference::Absolute);
        d.row_mut(row).unwrap().volume = "400".to_owned();
    });
    assert_eq!(case.findings(), []);
    let parts = document::parts(&case.draft, at(NOW)).unwrap();
    assert_eq!(parts.setpoints.len(), 1);
    assert_eq!(parts.setpoints[0].reactive.unwrap().vars.0, 400_000);
}

#[test]
fn reactive_power_that_the_unit_cannot_give_is_named_with_what_it_can() {
    use Severity::{Error, Warning};
    let asking = |kvar: &str| {
        Case::with(|d| {
            let row = d.add(at("2026-11-26T18:00:00Z"), Kind::Reactive);
            d.choose_reference(row, Reference::Absolute);
            d.row_mut(row).unwrap().volume = kvar.to_owned();
        })
    };
    asking("3000").finds(
        Error,
        "Setpoint 2 volume",
        "250 kvar beyond what the unit gives",
        Some("Ask 2,750 kvar"),
    );
    // √(2,750² − 2,000²) = 1,887.5.
    asking("2000").finds(
        Warning,
        "Setpoint 2 volume",
        "only 1,887 kvar can be had beside 2,000 kW net",
        Some("Ask 1,887 kvar"),
    );
    let mut case = asking("400");
    let unit = case.snapshot.units.iter_mut().find(|u| u.unit == case.draft.unit).unwrap();
    Arc::make_mut(unit).reactive = None;
    case.finds(Warning, "Setpoint 2 volume", "controls no reactive power", Some("Remove it"));
}

#[test]
fn the_rating_is_held_in_both_directions_and_over_the_baseline() {
    use Severity::Error;
    Case::with(|d| volume(d, "2600")).finds(
        Error,
        "Setpoint 1 volume",
        "100 kW above the most",
        Some("Ask 2,500 kW"),
    );
    Case::with(|d| volume(d, "-2600")).finds(
        Error,
        "Setpoint 1 volume",
        "100 kW below the least",
        Some("Ask −2,500 kW"),
    );
    let mut cold = Case::with(|d| {
        d.unit = unit_named("COLDCHAIN/STORE-2");
        volume(d, "700");
    });
    cold.finds(Error, "Setpoint 1 volume", "50 kW above the most", Some("Ask 650 kW"));
    let mut import = Case::with(|d| {
        d.unit = unit_named("COLDCHAIN/STORE-2");
        d.rows[0].reference = Some(Reference::Absolute);
        volume(d, "0");
    });
    import.finds(Error, "Setpoint 1 volume", "50 kW above the most", Some("Ask −50 kW"));
}

/// The first unit as an engine that is asked for so many kW.
fn engine(kw: &str) -> Case {
    let mut case = Case::with(|d| volume(d, kw));
    let unit = Arc::make_mut(&mut case.snapshot.units[0]);
    unit.asset = Arc::new(generator());
    unit.baseline = Arc::new(Baseline::Fixed { kw: 0.0 });
    (unit.min_kw, unit.max_kw, unit.soc) = (0.0, 4000.0, None);
    case
}

#[test]
fn an_engine_is_not_asked_to_run_below_its_minimum_stable_level() {
    let mut case = engine("800");
    case.finds(
        Severity::Error,
        "Setpoint 1 volume",
        "minimum stable level of 1,200 kW",
        Some("Ask 1,200 kW"),
    );
}

#[test]
fn a_level_that_cannot_be_reached_in_time_says_by_how_much_and_moves_to_when_it_can() {
    let mut case = Case::with(|d| {
        d.set_window(at("2026-11-26T17:22:00Z"), at("2026-11-26T17:50:00Z"));
        let row = d.rows[0].id;
        d.set_time(row, at("2026-11-26T17:22:00Z"));
        volume(d, "2400");
    });
    let found = case.findings();
    let miss = found.iter().find(|f| f.reason.contains("kW short at 17:22:00 GMT")).unwrap();
    assert!(miss.reason.contains("late") && miss.reason.contains("kWh missing (ramp)"), "{miss:#?}");
    assert_eq!(miss.severity, Severity::Warning, "it can be sent: the unit then goes as fast as it can");
    let repair = miss.fixes[0].repair.clone();
    assert!(matches!(repair, Repair::Move(_, to) if to.unix() % 30 == 0), "{repair:?}");
    case.draft.mend(&repair);
    assert!(!case.findings().iter().any(|f| f.reason.contains("kW short")), "{:#?}", case.findings());
}

#[test]
fn more_energy_than_there_is_says_when_it_runs_out() {
    let mut case = Case::with(|d| {
        d.end.text = "22:00".to_owned();
        volume(d, "2500");
    });
    let found = case.findings();
    let miss = found.iter().find(|f| f.reason.contains("(energy)")).unwrap();
    assert!(miss.reason.contains("delivered at 18:00:00 GMT but not kept after 19:"), "{miss:#?}");
    assert!(miss.fixes[0].label.starts_with("End the window at 19:"), "{miss:#?}");
    let repair = miss.fixes[0].repair.clone();
    case.draft.mend(&repair);
    assert_eq!(case.findings(), []);
}

#[test]
fn a_second_dispatch_of_a_unit_at_the_same_time_is_refused_whoevers_it_is() {
    let mut others = Case::with(|d| d.unit = unit_named("BRIGHTFLEX/BESS-07"));
    others.draft.operator = "GB-DNO-14".parse().unwrap();
    others.draft.contract = "WMID-C-2026-0044".parse().unwrap();
    others.snapshot.dispatches = dispatches().into_iter().map(Arc::new).collect();
    others.finds(
        Severity::Error,
        "Window start",
        "a unit serves one dispatch at a time: stop or amend that one, or choose another window",
        Some("Start after it, at 19:00 GMT"),
    );
}

#[test]
fn another_open_dispatch_of_the_unit_is_told() {
    let mut case = Case::with(|d| d.unit = unit_named("BRIGHTFLEX/BESS-07"));
    case.snapshot.dispatches = dispatches().into_iter().map(Arc::new).collect();
    case.finds(
        Severity::Error,
        "Window start",
        "GB-DNO-11/EMID-0417 (at setpoint) has the unit from 2026-11-26 17:00 to 19:00 GMT; a unit serves one dispatch at a time",
        Some("Start after it, at 19:00 GMT"),
    );
}

#[test]
fn references_and_revisions_are_never_used_twice() {
    use Severity::Error;
    let mut taken = Case::with(|d| d.dispatch_ref = "EMID-0417".to_owned());
    taken.snapshot.dispatches = dispatches().into_iter().map(Arc::new).collect();
    taken.finds(Error, "Reference", "its revision 2 was sent already", Some("Use EMID-20261126-0009"));
    Case::with(|d| d.dispatch_ref = "EMID 1".to_owned()).finds(
        Error,
        "Reference",
        "is not allowed in a dispatch ref",
        Some("Use EMID-20261126-0009"),
    );

    let running = dispatches().into_iter().find(|d| d.key.dispatch_ref.as_str() == "EMID-0417").unwrap();
    let latest = Arc::clone(running.revisions.last().unwrap());
    let mut stale = Case::good();
    stale.draft = Draft::amending(&latest.signed.dispatch);
    stale.draft.revision = latest.signed.dispatch.revision;
    stale.amends = Some(latest);
    stale.snapshot.dispatches = vec![Arc::new(running)];
    stale.finds(Error, "Revision", "revision 2 exists already", Some("Make it revision 3"));
    Arc::make_mut(&mut stale.snapshot.dispatches[0]).phase = crate::desk::snapshot::Phase::Ended;
    stale.finds(
        Error,
        "Revision",
        "the dispatch is over (ended)",
        Some("Make it a new dispatch, EMID-20261126-0009"),
    );
}

#[test]
fn who_is_not_there_is_told_with_a_telephone_number() {
    use Severity::{Error, Warning};
    let fsp = |state| {
        let mut case = Case::good();
        Arc::make_mut(&mut case.snapshot.fsps[0]).client = state;
        case
    };
    fsp(LinkState::Lost).finds(Warning, "Unit", "client is lost: its last poll was 4 s ago; telephone", None);
    fsp(LinkState::Unknown).finds(Warning, "Unit", "nothing has been heard of BRIGHTFLEX", None);
    let mut silent = Case::good();
    Arc::make_mut(&mut silent.snapshot.units[0]).lamp = LinkState::Lost;
    silent.finds(Warning, "Unit", "client polls, but the unit itself is lost", None);
    let mut held = Case::good();
    Arc::make_mut(&mut held.snapshot.units[0]).state = "INHIBITED".to_owned();
    assert!(held.findings().iter().any(|f| f.reason.contains("sending this releases it")));
    let mut unheard = Case::good();
    Arc::make_mut(&mut unheard.snapshot.units[0]).kw = None;
    unheard.finds(Warning, "Unit", "has not reported its power yet", None);
    Case::with(|d| d.unit = unit_named("BRIGHTFLEX/GONE")).finds(Error, "Unit", "is no longer among", None);
    let mut away = Case::good();
    away.snapshot.vtn.state = LinkState::Lost;
    away.finds(Warning, "VTN", "the VTN does not answer", None);
}

#[test]
fn an_amendment_of_what_runs_is_not_told_that_it_starts_in_the_past() {
    let running = dispatches().into_iter().find(|d| d.key.dispatch_ref.as_str() == "EMID-0417").unwrap();
    let latest = Arc::clone(running.revisions.last().unwrap());
    let mut case = Case::good();
    case.draft = Draft::amending(&latest.signed.dispatch);
    case.amends = Some(latest);
    case.snapshot.dispatches = vec![Arc::new(running)];
    assert_eq!(case.draft.status, Status::Run);
    let errors: Vec<_> = case.findings().into_iter().filter(|f| f.severity == Severity::Error).collect();
    assert_eq!(errors, []);
}

#[test]
fn a_level_outside_of_what_is_declared_is_told_with_its_half_hour_and_what_would_be_within() {
    use crate::dispatch::availability::{Declaration, Offer, OfferRun};
    use crate::units::Watts;
    use Severity::Warning;
    let declared = |up: i64| {
        move |case: &mut Case| {
            let run = |from, until, up: i64| {
                let offer = Offer { up: Watts(up * 1000), down: Watts(0) };
                OfferRun { from: at(from), until: at(until), offer }
            };
            let runs = [
                run("2026-11-26T18:00:00Z", "2026-11-26T18:30:00Z", 2500),
                run("2026-11-26T18:30:00Z", "2026-11-26T19:30:00Z", up),
            ];
            let subject = ("GB-DNO-11".parse().unwrap(), "EMID-C-2026-0193".parse().unwrap());
            let unit = unit_named("BRIGHTFLEX/BESS-01");
            let said = Declaration::new(subject.0, subject.1, unit.clone(), at(NOW), runs);
            let known = case.snapshot.units.iter_mut().find(|u| u.unit == unit).unwrap();
            Arc::make_mut(known).availability = Some(Arc::new(said));
        }
    };
    let declaring = |case: Case, up| {
        let mut case = case;
        declared(up)(&mut case);
        case
    };
    assert_eq!(declaring(Case::good(), 2000).findings(), [], "within");
    declaring(Case::good(), 500).finds(
        Warning,
        "Setpoint 1 volume",
        "asks 2,000 kW up from baseline; BRIGHTFLEX declares 500 kW up for 2026-11-26 18:30 to 19:00 GMT",
        Some("Ask 500 kW"),
    );
    declaring(Case::good(), 0).finds(
        Warning,
        "Setpoint 1 volume",
        "declares 0 kW up",
        Some("Ask BRIGHTFLEX/BESS-02 instead"),
    );
    declaring(Case::with(|d| volume(d, "-300")), 2000).finds(
        Warning,
        "Setpoint 1 volume",
        "asks 300 kW down from baseline; BRIGHTFLEX declares 0 kW down",
        None,
    );
    let beyond = declaring(Case::with(|d| volume(d, "9000")), 2000).findings();
    let told = beyond.iter().filter(|f| f.reason.contains("declares")).count();
    assert_eq!(told, 0, "what the unit cannot do at all is told by its rating: {beyond:#?}");
}
