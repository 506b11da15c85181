//! How a person comes to a scene, by what stands on the screen.

use super::*;

pub(super) fn trial() -> SessionChoice {
    SessionChoice::Connection("/trial/connection.toml".into())
}

pub(super) fn go_to(bench: &mut Bench, choice: SessionChoice) {
    bench.harness.state_mut().ask(Intent::Open(choice));
    bench.settle();
}

/// Goes there, up to where the opener asks something in these words.
pub(super) fn asked(bench: &mut Bench, words: &str) {
    go_to(bench, trial());
    click(bench, "Leave it");
    let begun = Instant::now();
    while !bench.said().contains(words) {
        assert!(begun.elapsed() < Duration::from_secs(20), "never asked: {words}");
        std::thread::sleep(Duration::from_millis(2));
        bench.settle();
    }
}

pub(super) fn open_connection(bench: &mut Bench) {
    bench.harness.state_mut().remember("/control-room/east-midlands/connection.toml");
    bench.harness.state_mut().remember("/trial/connection.toml");
    bench.press(CTRL, Key::O);
}

pub(super) fn open_live(bench: &mut Bench) {
    bench.openings.next(|person| {
        person.agrees(Prospect {
            mode: Mode::Live,
            name: "East Midlands, control room".to_owned(),
            operators: vec!["East Midlands (GB-DNO-11)".to_owned()],
            vtn: "https://vtn.example/openadr3/3.1.0".to_owned(),
            secured:
                "TLS: the authority in /control-room/ca.pem vouches for the VTN, and this desk shows the \
                      certificate in /control-room/desk.pem"
                    .to_owned(),
        });
        Err("the scene is over".to_owned())
    });
    asked(bench, "Open East Midlands, control room?");
}

pub(super) fn open_sealed(bench: &mut Bench) {
    bench.openings.next(|person| {
        person.secret(SecretWanted {
            word: "Passphrase",
            opens: "/trial/gb-dno-11-2026.sealed.toml".to_owned(),
            before: Some("That does not open it.".to_owned()),
        });
        Err("the scene is over".to_owned())
    });
    asked(bench, "Passphrase of /trial");
}

pub(super) fn nobody_on(bench: &mut Bench) {
    bench.publish(with_people);
    bench.press(CTRL, Key::Num8);
}

pub(super) fn click(bench: &mut Bench, name: &str) {
    bench.harness.get_by_role_and_label(Role::Button, name).scroll_to_me();
    bench.settle();
    bench.click(Role::Button, name);
}

pub(super) fn click_any(bench: &mut Bench, name: &str) {
    bench.harness.get_by_label(name).scroll_to_me();
    bench.settle();
    bench.harness.get_by_label(name).click();
    bench.settle();
}

pub(super) fn pick(bench: &mut Bench, dispatch: &str) {
    bench.harness.state_mut().select(key(dispatch));
    bench.settle();
}

pub(super) fn fill(bench: &mut Bench, field: &str, text: &str) {
    bench.harness.get_by_role_and_label(Role::TextInput, field).focus();
    bench.settle();
    bench.press(CTRL, Key::A);
    bench.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    bench.settle();
    bench.press(PLAIN, Key::Tab);
}

pub(super) fn draft(bench: &mut Bench) {
    bench.press(CTRL, Key::Num2);
    bench.click(Role::Link, "BRIGHTFLEX/BESS-01");
    fill(bench, "Setpoint 1 volume", "1,000");
    click(bench, "Delta");
}

/// More than the unit can give, a time that cannot be read, and a second unit's draft beside it.
pub(super) fn faulty_draft(bench: &mut Bench) {
    draft(bench);
    click(bench, "Add setpoint");
    click(bench, "Add reactive");
    fill(bench, "Setpoint 1 volume", "90,000");
    fill(bench, "Setpoint 2 volume", "much");
}

pub(super) fn amend(bench: &mut Bench) {
    pick(bench, "EMID-0417");
    bench.press(CTRL_SHIFT, Key::M);
    fill(bench, "Setpoint 1 volume", "1,750");
    click(bench, "Rehearse");
}

pub(super) fn turned_to_zero(bench: &mut Bench) {
    bench.press(CTRL, Key::Num3);
    click_any(bench, crate::console::testing::WIND_FARM);
    click(bench, "Turn to zero");
}

pub(super) fn review(bench: &mut Bench) {
    draft(bench);
    click(bench, "Review and send…");
}

pub(super) fn planned(bench: &mut Bench) {
    bench.press(CTRL_SHIFT, Key::P);
    fill(bench, "Plan from", "18:00");
    fill(bench, "Plan to", "19:00");
    fill(bench, "Plan volume, MW", "2");
    click_any(bench, "Equal shares");
    click_any(bench, "Work it out");
    for _ in 0..500 {
        bench.harness.run_steps(1);
        if bench.harness.query_by_label("Break off").is_none() {
            return bench.settle();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no plan was worked out in 10 s");
}

pub(super) fn until(bench: &mut Bench, what: &str, holds: impl Fn(&Bench) -> bool) {
    for _ in 0..1_000 {
        bench.harness.run_steps(1);
        if holds(bench) {
            return bench.settle();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it never came to this: {what}");
}

pub(super) fn unit_page(bench: &mut Bench) {
    bench.press(CTRL, Key::Num3);
    click_any(bench, "BRIGHTFLEX/BESS-07");
}

pub(super) fn looked_back(bench: &mut Bench) {
    pick(bench, "EMID-0417");
    bench.press(CTRL_SHIFT, Key::D);
    for _ in 0..8 {
        click(bench, "Back 1 minute");
    }
}

pub(super) fn delivery_list(bench: &mut Bench) {
    bench.press(CTRL, Key::Num4);
    let shown = bench.harness.get_by(|node| {
        node.role() == Role::Button && node.label().is_some_and(|label| label.starts_with("Shown: "))
    });
    shown.click();
    bench.settle();
}

pub(super) fn message(bench: &mut Bench, client: &str) {
    bench.press(CTRL, Key::Num5);
    bench.harness.get_by_role_and_label(Role::List, "Exchanges").focus();
    bench.settle();
    for _ in 0..3 {
        bench.press(PLAIN, Key::ArrowDown);
    }
    assert!(bench.said().contains(client));
}

/// By the list of all actions.
pub(super) fn other_systems(bench: &mut Bench) {
    pick(bench, "EMID-0417");
    bench.press(CTRL, Key::K);
    bench.harness.get_by_role_and_label(Role::TextInput, "Find an action").type_text("other systems");
    bench.settle();
    bench.press(PLAIN, Key::Enter);
}

/// In the wizard, so many pages on.
pub(super) fn wizard(bench: &mut Bench, pages: usize) {
    bench.press(CTRL, Key::Num8);
    click(bench, "Onboard an FSP …");
    let written: [&[(&str, &str)]; 3] = [
        &[
            ("Id", "NEXTFLEX"),
            ("Name, for people", "Next Flex Ltd"),
            ("Telephone of its control point", "0116 496 0100"),
        ],
        &[("Contract id", "EMID-C-2026-0300")],
        &[("Unit id", "BESS-01")],
    ];
    for page in 0..pages {
        for (field, text) in written.get(page).copied().unwrap_or_default() {
            fill(bench, field, text);
        }
        click(bench, "Next");
    }
}

pub(super) fn flood(bench: &mut Bench) {
    bench.publish(|snapshot| {
        snapshot.alarm_load = AlarmLoad {
            ten_minutes: 37,
            hour: 40,
            shift: [2, 6, 32],
            counted_since: Some(at(NOW) - 3600),
            flood: Some(at(NOW) - 60),
        };
    });
}

pub(super) fn alarm_in_hand(bench: &mut Bench) {
    bench.press(CTRL_SHIFT, Key::L);
    bench.press(PLAIN, Key::ArrowDown);
    bench.press(PLAIN, Key::ArrowDown);
    bench.press(PLAIN, Key::Enter);
}

pub(super) fn guided_to_its_end(bench: &mut Bench) {
    bench.press(Modifiers::SHIFT, Key::F1);
    for _ in crate::console::guide::Step::ALL {
        click(bench, "Skip this step");
    }
}

pub(super) fn replayed(bench: &mut Bench) {
    bench.harness.state_mut().replay(recording());
    bench.settle();
}

pub(super) fn outcomes(bench: &mut Bench) {
    bench.press(CTRL_SHIFT, Key::A);
    bench.answer(Ok("3 acknowledged"));
    bench.press(CTRL_SHIFT, Key::A);
    bench.answer(Err("the disc is full"));
    bench.press(CTRL_SHIFT, Key::O);
}
