use std::path::Path;

use super::*;
use crate::workshop::exercise::{Marks, Trainee};
use crate::workshop::marking::{Override, Overrides, follow};
use crate::workshop::rehearsal::{Played, play};

fn played(name: &str, trainee: Trainee) -> (Scenario, Played) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles").join(name);
    let scenario = Scenario::from_file(&path).unwrap();
    std::thread::spawn(move || {
        let played = play(&scenario, trainee, None).unwrap();
        (scenario, played)
    })
    .join()
    .unwrap()
}

fn debrief<'a>(scenario: &'a Scenario, played: &'a Played, marks: Option<&'a Followed>) -> Debrief<'a> {
    Debrief {
        scenario,
        snapshot: &played.snapshot,
        entries: &played.entries,
        until: played.result.end,
        marks,
        words: &[],
        injects: &[],
        expected: &played.result.expectations,
    }
}

fn page(scenario: &Scenario, played: &Played, marks: Option<&Followed>) -> String {
    debrief(scenario, played, marks).html(&played.signer).unwrap()
}

fn at_the_end(scenario: &Scenario, played: &Played) -> Option<Followed> {
    follow(scenario, &played.entries, played.result.end)
}

#[test]
fn a_workshop_is_gone_through_from_its_page_alone() {
    let (scenario, played) = played("workshops/04-delta-read-as-absolute.toml", Trainee::Perfect);
    let marks = at_the_end(&scenario, &played);
    let page = page(&scenario, &played, marks.as_ref());
    let marking = played.result.marking.as_ref().unwrap();
    assert!(
        page.contains(&format!("Marks: {} of {}", marking.counted, marking.of)),
        "the mark stands on top"
    );
    for said in [
        "In the journal: ",
        "Time line",
        "Read back",
        "What happened, by the journal",
        "To point out",
        "The journal stands at entry",
        "Signed by GB-DNO-",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(
        page.contains(">Alarms</text>") && page.contains(">Fault</text>"),
        "each in its lane of the time line"
    );
    for state in &played.snapshot.dispatches {
        assert!(page.contains(state.key.dispatch_ref.as_str()), "{}", state.key);
    }
    assert!(
        page.matches("<svg").count() > played.snapshot.dispatches.len(),
        "a time line, and a curve for each dispatch"
    );
}

#[test]
fn a_page_asks_nothing_of_any_network_and_runs_nothing() {
    let (scenario, played) = played("scenarios/evening-peak.toml", Trainee::Perfect);
    let page = page(&scenario, &played, None);
    for forbidden in ["href=", "src=", "<script", "<link", "<iframe", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("default-src 'none'"));
    assert!(
        page.contains("Expected and found") && page.contains("✓ met"),
        "what the scenario expects of itself"
    );
    assert!(page.len() < 5 << 20, "{} bytes", page.len());
}

#[test]
fn whatever_a_scenario_or_an_fsp_writes_is_text_on_the_page() {
    let (mut scenario, played) = played("scenarios/semantics/acknowledgement.toml", Trainee::Perfect);
    scenario.name = "<b onclick=\"x\">&</b>".to_owned();
    scenario.about = "</style><script>".to_owned();
    let page = page(&scenario, &played, None);
    assert!(page.contains("&lt;b onclick=&quot;x&quot;&gt;&amp;&lt;/b&gt;"));
    assert!(!page.contains("<script"), "a scenario's words are no script");
}

#[test]
fn a_trainers_word_stands_beside_the_journals() {
    let (scenario, played) = played("workshops/01-first-dispatch.toml", Trainee::Idle);
    let words = Overrides::of(&scenario, None);
    let over = Override {
        number: 1,
        marks: Marks::NONE,
        by: "Ada Winter".to_owned(),
        reason: "the telephone rang".to_owned(),
        at: scenario.start,
    };
    words.give(over.clone()).unwrap();
    words.give(Override { by: "Ben Olu".to_owned(), ..over }).unwrap();
    words.take_back(1, "Cy Hale", scenario.start).unwrap();
    let mut marks = at_the_end(&scenario, &played);
    marks.iter_mut().for_each(|marks| marks.take_words(&words));
    let said = words.all();
    let debrief = Debrief { words: &said, ..debrief(&scenario, &played, marks.as_ref()) };
    let page = debrief.html(&played.signer).unwrap();
    assert!(page.contains("Ada Winter") && page.contains("the telephone rang"));
    assert!(page.contains("(the journal: "));
    assert!(page.contains("Taken back: ") && page.contains("Cy Hale took it back"), "{page}");
}

#[test]
fn a_debrief_so_far_says_so_and_tells_nothing_of_what_is_to_come() {
    let (scenario, played) = played("workshops/05-acknowledged-and-did-nothing.toml", Trainee::Perfect);
    let until = scenario.start + 10 * 60;
    let entries: Vec<_> = played.entries.iter().filter(|r| r.entry.at <= until).cloned().collect();
    let marks = follow(&scenario, &entries, until);
    let whole = debrief(&scenario, &played, marks.as_ref());
    let so_far = Debrief { entries: &entries, until, expected: &[], ..whole };
    let page = so_far.html(&played.signer).unwrap();
    assert!(page.contains("So far:") && page.contains("not yet decided") && page.contains("Marks so far: "));
    let to_come = scenario.steps.iter().filter(|step| step.at.after(scenario.start) > until);
    let told = to_come.filter_map(|step| match &step.action {
        crate::workshop::scenario::Action::Tell { text, .. } => Some(page::escaped(text)),
        _ => None,
    });
    let told: Vec<String> = told.collect();
    assert!(!told.is_empty() && told.iter().all(|text| !page.contains(text)), "{told:?}");
}

#[test]
fn an_inject_by_hand_is_on_the_page_and_in_its_time_line() {
    use crate::profile::faults::{Affliction, UnitFault};

    let (scenario, played) = played("workshops/01-first-dispatch.toml", Trainee::Perfect);
    let unit = scenario.fleet.units[0].unit.clone();
    let affliction = Affliction::Unit(unit, UnitFault::Stuck);
    let at = |minutes: i64| scenario.start + minutes * 60;
    let injects = [(5, true), (9, false)];
    let injects =
        injects.map(|(minutes, is_on)| Switched { affliction: affliction.clone(), at: at(minutes), is_on });
    let debrief = Debrief { injects: &injects, ..debrief(&scenario, &played, None) };
    let page = debrief.html(&played.signer).unwrap();
    assert!(page.contains("Injects by hand") && page.contains(">Inject by hand</text>"));
    assert!(page.matches(&affliction.words()).count() >= 3, "on, off, and in the time line");
}

/// A debrief that cannot be sent by mail, or that asks something of a network, is none.
#[test]
fn the_page_of_four_hours_of_forty_units_is_small_and_needs_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/fleets");
    let fleet = crate::profile::fleet::FleetProfile::from_toml(
        "town.toml",
        &fs::read_to_string(folder.join("town.toml")).unwrap(),
    )
    .unwrap();
    assert_eq!(fleet.units.len(), 40);
    let mut text = "name = \"A town\"\nfleet = \"town.toml\"\nseed = 7\nstart = \"2026-11-26T16:00:00Z\"\n\
                    run_for = \"T+04:00\"\npoll_seconds = 600\n"
        .to_owned();
    for (number, unit) in fleet.units.iter().enumerate() {
        text += &format!(
            "[[steps]]\nat = \"T+00:{:02}\"\naction = \"send\"\nref = \"TOWN-{number}\"\nunit = \"{}\"\n\
             service_start = \"T+01:00\"\nservice_end = \"T+03:45\"\n\
             setpoints = [{{ at = \"T+01:00\", reference = \"DELTA\", real_kw = 10 }}]\n",
            number / 4,
            unit.unit
        );
    }
    let scenario = Scenario::from_toml("town-scenario.toml", &text, &folder).unwrap();
    let (scenario, played) = std::thread::spawn(move || {
        let played = play(&scenario, Trainee::Perfect, None).unwrap();
        (scenario, played)
    })
    .join()
    .unwrap();
    assert_eq!(played.snapshot.dispatches.len(), 40);
    let page = page(&scenario, &played, None);
    assert!(page.len() < 5 << 20, "{} bytes", page.len());
    for forbidden in ["\"http", "=http", "href=", "src=", "<script", "<link", "<img", "url(", "@import"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let keys = |operator: &crate::dispatch::OperatorId| played.trust.operators.get(operator);
    let judged = judge(&page, keys, |_| None).unwrap();
    assert_eq!(judged.faults, Vec::<String>::new());
    assert!(judged.parts > 40, "a part for each dispatch: {}", judged.parts);
}
