//! Workshops: what a trainer reads who mistypes the note, the trainee or a mark, or asks for what can never be.

use std::path::Path;

use rampdesk::workshop::scenario::Scenario;

use super::{Case, hold, said};

pub const GOOD: &str = r#"name = "Lesson"
fleet = "demo"
seed = 1
start = "2026-11-26T16:00:00Z"
run_for = "T+02:00"

[workshop]
level = 3
aim = "Stop the right one."
prior = "None."
minutes = 15
rate = 20
point_out = ["The number at the end."]
questions = ["Why?"]
idle_marks = 0.5

[[steps]]
at = "T+00:01"
action = "tell"
from = "Control engineer"
text = "Half a megawatt, please."

[[steps]]
at = "T+00:02"
action = "note"
text = "Wait."

[[trainee]]
at = "T+00:05"
action = "send"
ref = "R-1"
unit = "BRIGHTFLEX/BESS-07"
service_start = "T+00:30"
service_end = "T+01:30"
setpoints = [{ at = "T+00:30", reference = "DELTA", real_kw = 500 }]

[[trainee]]
at = "T+00:40"
action = "acknowledge"
containing = "is late to poll"

[[trainee]]
at = "T+00:41"
action = "shelve"
containing = "is late to poll"
time = "15 min"
reason = "they know"

[[marks]]
marks = 2
for = "Asked for it"
kind = "sent"
units = ["BRIGHTFLEX/BESS-07"]
kw = 500
from = "T+00:30"
until = "T+01:30"
by = "T+00:15"

[[marks]]
marks = 0.5
for = "Within bounds"
kind = "limit"
operator = "GB-DNO-11"
measure = "delivered"
at_least_kw = 0
at_most_kw = 600
from = "T+00:30"
until = "T+01:30"

[[marks]]
marks = -1
for = "Stopped it"
kind = "never_stopped"
fsp = "BRIGHTFLEX"

[[marks]]
marks = 1
for = "Stopped in time"
kind = "stopped"
units = ["BRIGHTFLEX/BESS-07"]
alarm = "wrong way"
within_s = 60
"#;

pub fn read(text: &str) -> Vec<String> {
    said(Scenario::from_toml("lesson.toml", text, Path::new(".")))
}

const NOTE: &[Case] = &[
    (
        "level = 3",
        "level = 11",
        &["lesson.toml:8: workshop.level: `11` is out of bounds; write a whole number, 1 to 10"],
    ),
    (
        "level = 3\n",
        "",
        &["lesson.toml:7: workshop.level: is missing; write how hard it is, from 1 for a first day to 10"],
    ),
    (
        "aim = \"Stop the right one.\"\n",
        "",
        &["lesson.toml:7: workshop.aim: is missing; write what the trainee can do afterwards"],
    ),
    (
        "minutes = 15",
        "minutes = 0",
        &[
            "lesson.toml:11: workshop.minutes: `0` is out of bounds; write a whole number of minutes, 1 to 480",
        ],
    ),
    (
        "rate = 20",
        "rate = 601",
        &["lesson.toml:12: workshop.rate: `601` is out of bounds; write a whole number, 1 to 600"],
    ),
    (
        "point_out = [\"The number at the end.\"]",
        "point_out = []",
        &["lesson.toml:13: workshop.point_out: there is none; write a list of sentences, at least one"],
    ),
    (
        "questions = [\"Why?\"]",
        "questions = [\"\"]",
        &["lesson.toml:14: workshop.questions[0]: is empty; write a list of sentences, at least one"],
    ),
    (
        "idle_marks = 0.5",
        "idle_marks = 4",
        &["lesson.toml:15: workshop.idle_marks: 4 marks can never come of these; they give -1 to 3.5"],
    ),
    (
        "idle_marks = 0.5",
        "idle_marks = 0.3",
        &[
            "lesson.toml:15: workshop.idle_marks: `0.3` is no whole or half number of marks up to 1000; write the marks of a trainee who does nothing, as in 0 or 1.5",
        ],
    ),
    (
        "idle_marks = 0.5",
        "idle_marks = 0.5\npass_marks = 2",
        &[
            "lesson.toml:16: workshop.pass_marks: no key has this name here; known are level, aim, prior, minutes, rate, point_out, questions, idle_marks",
        ],
    ),
    (
        "from = \"Control engineer\"\n",
        "",
        &["lesson.toml:17: steps[0].from: is missing; write who says it, as in \"Control engineer\""],
    ),
    (
        "text = \"Wait.\"",
        "text = \"Wait.\"\nfrom = \"Me\"",
        &["lesson.toml:27: steps[1].from: no key has this name here; known are at, action, text"],
    ),
    (
        "action = \"note\"",
        "action = \"stop\"",
        &[
            "lesson.toml:25: steps[1].action: `stop` is not known; write send, fault, weather, baseline, tell or note",
        ],
    ),
];

#[test]
fn a_trainers_note_that_is_wrong_is_named_with_what_would_be_right() {
    hold(GOOD, NOTE, read);
}

const TRAINEE: &[Case] = &[
    (
        "action = \"acknowledge\"",
        "action = \"tell\"",
        &[
            "lesson.toml:39: trainee[1].action: `tell` is not known; write send, amend, stop, emergency_stop, acknowledge or shelve",
        ],
    ),
    (
        "time = \"15 min\"",
        "time = \"1 min\"",
        &["lesson.toml:46: trainee[2].time: `1 min` is not known; write 15 min, 1 h or 8 h"],
    ),
    (
        "reason = \"they know\"\n",
        "",
        &["lesson.toml:42: trainee[2].reason: is missing; write why it is put aside"],
    ),
    (
        "at = \"T+00:41\"",
        "at = \"T+00:39\"",
        &[
            "lesson.toml:43: trainee[2].at: T+00:39:00 is before the step above, T+00:40:00; steps stand in order of time",
        ],
    ),
    (
        "action = \"acknowledge\"\ncontaining = \"is late to poll\"",
        "action = \"stop\"\nref = \"R-2\"",
        &[
            "lesson.toml:40: trainee[1].ref: no step above sends `R-2`; name one that is sent, or send it first",
        ],
    ),
    (
        "BRIGHTFLEX/BESS-07",
        "BRIGHTFLEX/BESS-99",
        &[
            "lesson.toml:32: trainee[0].unit: the fleet has no unit `BRIGHTFLEX/BESS-99`; write a unit of the fleet, as in \"BRIGHTFLEX/BESS-07\"",
        ],
    ),
];

#[test]
fn a_scripted_trainee_who_cannot_act_so_is_named_with_what_would_be_right() {
    hold(GOOD, TRAINEE, read);
}

const MARKS: &[Case] = &[
    (
        "marks = 2\n",
        "",
        &[
            "lesson.toml:49: marks[0].marks: is missing; write what it is worth, as in 2 or 0.5; below 0 what is taken away when it does not come true",
        ],
    ),
    (
        "marks = 2\n",
        "marks = 0\n",
        &[
            "lesson.toml:50: marks[0].marks: 0 marks are none; write what it is worth, as in 2 or 0.5; below 0 what is taken away when it does not come true",
        ],
    ),
    (
        "for = \"Asked for it\"\n",
        "",
        &["lesson.toml:49: marks[0].for: is missing; write for what the marks are, for people"],
    ),
    (
        "kind = \"sent\"",
        "kind = \"asked\"",
        &[
            "lesson.toml:52: marks[0].kind: `asked` is not known; write noticed, sent, stopped, amended, never_stopped, never_sent, limit, cost, delivered or rejected",
        ],
    ),
    (
        "kw = 500\nfrom",
        "kw = 0\nfrom",
        &[
            "lesson.toml:54: marks[0].kw: 0 kW is no change; write kW of change from baseline, positive for more export or less import, as in 500 or -250",
        ],
    ),
    (
        "units = [\"BRIGHTFLEX/BESS-07\"]\nkw",
        "kw",
        &[
            "lesson.toml:49: marks[0].units: is missing; write a list of units, as in [\"BRIGHTFLEX/BESS-07\"], or give `fsp` or `operator`",
        ],
    ),
    (
        "units = [\"BRIGHTFLEX/BESS-07\"]\nkw",
        "units = [\"BRIGHTFLEX/BESS-07\"]\nfsp = \"BRIGHTFLEX\"\nkw",
        &["lesson.toml:54: marks[0].fsp: keep one of `units`, `fsp` and `operator`"],
    ),
    (
        "units = [\"BRIGHTFLEX/BESS-07\"]\nkw",
        "units = []\nkw",
        &[
            "lesson.toml:53: marks[0].units: there is none; write a list of units, as in [\"BRIGHTFLEX/BESS-07\"]",
        ],
    ),
    (
        "until = \"T+01:30\"\nby",
        "until = \"T+00:30\"\nby",
        &[
            "lesson.toml:56: marks[0].until: T+00:30:00 is not after from, T+00:30:00; a stretch ends after it begins",
        ],
    ),
    (
        "until = \"T+01:30\"\nby",
        "until = \"T+00:30:59\"\nby",
        &[
            "lesson.toml:56: marks[0].until: T+00:30:59 is less than a minute after from, T+00:30:00; minutes are marked",
        ],
    ),
    (
        "by = \"T+00:15\"",
        "by = \"T+02:01\"",
        &[
            "lesson.toml:57: marks[0].by: T+02:01:00 is after the scenario's end, T+02:00:00; write an earlier time",
        ],
    ),
    (
        "at_least_kw = 0\nat_most_kw = 600\n",
        "",
        &["lesson.toml:59: marks[1]: this bounds nothing; give at_most_kw, at_least_kw or both"],
    ),
    (
        "at_most_kw = 600",
        "at_most_kw = -1",
        &["lesson.toml:66: marks[1].at_most_kw: is below at_least_kw; write at least that"],
    ),
    (
        "measure = \"delivered\"",
        "measure = \"metered\"",
        &["lesson.toml:64: marks[1].measure: `metered` is not known; write instructed or delivered"],
    ),
    (
        "run_for = \"T+02:00\"",
        "run_for = \"T+01:32\"",
        &[
            "lesson.toml:68: marks[1].until: what is delivered until T+01:30:00 is known by T+01:33:00, after the scenario's end, T+01:32:00; write a longer run_for",
        ],
    ),
    (
        "operator = \"GB-DNO-11\"",
        "operator = \"GB-DNO-12\"",
        &[
            "lesson.toml:63: marks[1].operator: no contract of the fleet is GB-DNO-12's; its operators are GB-DNO-11, GB-DNO-14",
        ],
    ),
    (
        "fsp = \"BRIGHTFLEX\"",
        "fsp = \"DIMFLEX\"",
        &[
            "lesson.toml:74: marks[2].fsp: the fleet has no FSP `DIMFLEX`; write an FSP of the fleet, as in \"BRIGHTFLEX\"",
        ],
    ),
    (
        "within_s = 60\n",
        "within_s = 60\nby = \"T+01:00\"\n",
        &["lesson.toml:83: marks[3].by: keep one of `by` and `alarm` with `within_s`"],
    ),
    (
        "alarm = \"wrong way\"\nwithin_s = 60\n",
        "",
        &[
            "lesson.toml:76: marks[3].by: is missing; write by when, as in \"T+01:30\", or give `alarm` and `within_s`",
        ],
    ),
    (
        "alarm = \"wrong way\"\nwithin_s = 60\n",
        "after = \"T+01:00\"\nby = \"T+00:59\"\n",
        &["lesson.toml:82: marks[3].by: T+00:59:00 is not after `after`, T+01:00:00; write a later time"],
    ),
    (
        "within_s = 60",
        "within_s = 60\nref = \"R-1\"",
        &[
            "lesson.toml:83: marks[3].ref: no key has this name here; known are marks, for, kind, units, fsp, operator, after, by, alarm, within_s",
        ],
    ),
];

#[test]
fn a_mark_that_can_never_be_judged_is_named_with_what_would_be_right() {
    hold(GOOD, MARKS, read);
}

#[test]
fn marks_and_a_trainee_without_a_workshop_are_told() {
    let note = GOOD.find("[workshop]").unwrap_or_default()..GOOD.find("[[steps]]").unwrap_or_default();
    let mut text = GOOD.to_owned();
    text.replace_range(note, "");
    let said = read(&text);
    let message =
        "belongs to a workshop; write a [workshop] table with level, aim and the rest, or take this out";
    assert_eq!(
        said,
        [format!("lesson.toml:18: trainee: {message}"), format!("lesson.toml:39: marks: {message}")]
    );
}

#[test]
fn a_workshop_in_which_nothing_is_marked_is_told() {
    let text = &GOOD[..GOOD.find("[[marks]]").unwrap_or_default()];
    let said = read(&text.replace("idle_marks = 0.5", "idle_marks = 0"));
    assert_eq!(said, ["lesson.toml:7: workshop: nothing is marked; write at least one [[marks]]"]);
}

#[test]
fn a_scenario_may_tell_and_note_without_being_a_workshop() {
    let steps = GOOD.find("[workshop]").unwrap_or_default();
    let trainee = GOOD.find("[[trainee]]").unwrap_or_default();
    let first = GOOD.find("[[steps]]").unwrap_or_default();
    let text = format!("{}{}", &GOOD[..steps], &GOOD[first..trainee]);
    assert_eq!(read(&text), [""; 0]);
}
