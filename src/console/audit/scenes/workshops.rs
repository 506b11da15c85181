//! How a person comes to a workshop, its trainer's window and the editor.

use super::*;

/// The list is read on a thread of its own.
pub(super) fn workshops(bench: &mut Bench) {
    bench.press(CTRL, Key::Num6);
    until(bench, "the scenarios are listed", |b| b.harness.query_by_label("Start Evening peak").is_some());
}

/// A copy of a workshop in the editor, with one of its faults in hand.
pub(super) fn editor(bench: &mut Bench) {
    workshops(bench);
    click(bench, "Edit a copy of Evening peak with two outages and a forged stop");
    until(bench, "the editor is open", |b| b.harness.query_by_label("Close the editor").is_some());
    let fault = bench.harness.get_by(|node| {
        node.role() == Role::Slider && node.label().is_some_and(|label| label.starts_with("Trip: "))
    });
    fault.focus();
    bench.settle();
    bench.press(PLAIN, Key::Enter);
    bench.settle();
}

/// The unit of that fault is none of the fleet's.
pub(super) fn with_a_mistake(bench: &mut Bench) {
    bench.harness.get_by_role_and_label(Role::TextInput, "Unit").focus();
    bench.settle();
    bench.press(PLAIN, Key::End);
    bench.harness.get_by_role_and_label(Role::TextInput, "Unit").type_text("X");
    bench.settle();
    bench.press(PLAIN, Key::Enter);
    bench.settle();
}

/// The evening peak in the place of the session, hurried by more than the machine can do.
pub(super) fn workshop_running(bench: &mut Bench) {
    let scenario = Arc::new(Scenario::evening_peak().unwrap());
    let start = scenario.start;
    let (handle, end) = live::connect(scenario, Some(PathBuf::from("/data/workshops/evening-peak")));
    let said = |minutes: i64, asked: &str, said: &str| StepOutcome {
        at: start + minutes * 60,
        asked: asked.to_owned(),
        done: true,
        said: said.to_owned(),
    };
    end.story.send_modify(|story| {
        let story = Arc::make_mut(story);
        story.done.push(said(15, "Send RUN EMID-20261126-0417 revision 1 for BRIGHTFLEX/BESS-07", "sent"));
        story.told.push(said(20, "The shift leader tells the trainee", "Watch the battery at 17:00."));
        story.hidden.push(said(45, "Fault: BRIGHTFLEX: loss of comms", "on"));
    });
    let rate = |times| Rate::times(times).unwrap();
    end.clock.show(Pace { standing: Standing::Running, asked: rate(600.0), runs: rate(120.0) });
    let (desk, desk_end) = desk::connect(Snapshot { mode: Mode::Training, ..busy() });
    let session = SessionChoice::Workshop(ScenarioPlace::BuiltIn("scenarios/evening-peak.toml"));
    let parts = ConsoleParts {
        session: session.clone(),
        desk,
        clock: clock(),
        exchanges: exchanges(),
        enrolments: None,
        availabilities: None,
        faults: None,
        workshop: Some(handle),
        trainee: None,
        replay: None,
        drafts: None,
        keep: Box::new((end, desk_end)),
    };
    bench.openings.next(move |_| Ok(parts));
    bench.harness.state_mut().ask(Intent::Open(session));
    bench.settle();
    click(bench, "Leave it");
    until(bench, "the workshop is open", |b| b.harness.query_by_label("mode: TRAINING").is_some());
    workshops(bench);
}

/// The fifth workshop part of the way through, with its marks unfolded and one of them being given others.
pub(super) fn workshop_marks(bench: &mut Bench) {
    open_fifth(bench);
    workshops(bench);
    bench.harness.get_by_label("Marks, for the trainer").click();
    until(bench, "the marks are reckoned up", |b| b.harness.query_by_label("Override mark 1…").is_some());
    click(bench, "Override mark 1…");
    // Where text is written a caret comes and goes.
    (0..3).for_each(|_| bench.press(PLAIN, Key::Tab));
}

/// The fifth workshop in its trainer's hands: a fault laid on, a word told and a note taken.
pub(super) fn trainers_window(bench: &mut Bench) {
    let (handle, now) = open_fifth(bench);
    let backstage = handle.backstage();
    let fault = Affliction::Fsp("BRIGHTFLEX".parse().unwrap(), FspFault::LossOfComms);
    backstage.lay_on(fault, now, Some(now + 600));
    backstage.tell("Control engineer, East Midlands", "Newark is still at nothing. What now?", now);
    backstage.note("Looked at the alarm list before the unit.", now);
    let ctx = bench.harness.ctx.clone();
    bench.harness.state_mut().look_at_the_trainers_room(&ctx);
    until(bench, "the marks are reckoned up", |b| b.harness.query_by_label("Override mark 1…").is_some());
    click_any(bench, "BRIGHTFLEX/BESS-07");
}

/// Puts the fifth workshop, part of the way through, in the place of the session.
pub(super) fn open_fifth(bench: &mut Bench) -> (WorkshopHandle, UtcTime) {
    let journal = tempfile::tempdir().unwrap();
    let marked = Marked::after(45, Path::new("/data/workshops/fifth"), journal.path());
    let Marked { handle, end, clock, snapshot, .. } = marked;
    let (handle, now) = (handle.with_units_at_rest(), clock.now());
    let (desk, desk_end) = desk::connect(snapshot);
    let session =
        SessionChoice::Workshop(ScenarioPlace::BuiltIn("workshops/05-acknowledged-and-did-nothing.toml"));
    let parts = ConsoleParts {
        session: session.clone(),
        desk,
        clock,
        exchanges: exchanges(),
        enrolments: None,
        availabilities: None,
        faults: None,
        workshop: Some(handle.clone()),
        trainee: None,
        replay: None,
        drafts: None,
        keep: Box::new((end, desk_end, journal)),
    };
    bench.openings.next(move |_| Ok(parts));
    bench.harness.state_mut().ask(Intent::Open(session));
    bench.settle();
    click(bench, "Leave it");
    until(bench, "the workshop is open", |b| b.harness.query_by_label("mode: TRAINING").is_some());
    (handle, now)
}

/// A recording with another run laid over it, one difference in hand.
pub(super) fn compared(bench: &mut Bench) {
    bench.harness.state_mut().replay_with(recording(), Some(later().to_owned()));
    until(bench, "both are on one plot", |b| b.said().contains("Plot of two runs"));
}
