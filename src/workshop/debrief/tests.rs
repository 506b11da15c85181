use std::path::Path;

use super::*;
use crate::workshop::exercise::{Marks, Trainee};
use crate::workshop::marking::{self, Override};
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

fn page(scenario: &Scenario, played: &Played, marking: Option<&Marking>) -> String {
    Debrief { scenario, snapshot: &played.snapshot, entries: &played.entries, marking }.html()
}

#[test]
fn a_workshop_is_gone_through_from_its_page_alone() {
    let (scenario, played) = played("workshops/04-delta-read-as-absolute.toml", Trainee::Perfect);
    let page = page(&scenario, &played, played.result.marking.as_ref());
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
    let mut marking = marking::mark(&scenario, &played.entries).unwrap();
    let over = Override {
        number: 1,
        marks: Marks::NONE,
        by: "Ada Winter".to_owned(),
        reason: "the telephone rang".to_owned(),
        at: scenario.start,
    };
    marking.marks[0].overridden = Some(over);
    let page = page(&scenario, &played, Some(&marking));
    assert!(page.contains("Ada Winter") && page.contains("the telephone rang"));
    assert!(page.contains("(the journal: "));
}
