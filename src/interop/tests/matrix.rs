//! The comparison of systems that was drawn up by hand, field by field, of the worked example: what is worked out has to
//! agree with it, but where it names the reason why not.

use super::*;

/// The systems in the order of the columns.
const COLUMNS: [System; 12] = [
    System::OpenAdr3,
    System::NlFlex,
    System::FlexiblePower,
    System::Piclo,
    System::Obp,
    System::Boa,
    System::Edl,
    System::Shapeshifter,
    System::Umei,
    System::Cim,
    System::OpenAdr2b,
    System::Ieee2030Dot5,
];

/// K carried, C carried with a change of meaning (split, ambiguous, implied, by contract, total), L lost, ? not known.
const MATRIX: &[(Field, &str)] = &[
    (Field::ServiceStart, "K K C K K K K C K K K K"),
    (Field::ServiceEnd, "K K C K K K K C K L K K"),
    (Field::DispatchUnit, "C C K C K K K L L K K C"),
    (Field::Contract, "C C L K L L L K K L C C"),
    (Field::InstructionTime, "C C K ? K K K K L C K K"),
    (Field::NetworkOperator, "C K C C C C C C C C K C"),
    (Field::DispatchRef, "C C L K K C C K C C K K"),
    (Field::Revision, "L L L L L L L L L L K L"),
    (Field::Status, "L L C C C L L L C L C C"),
    (Field::Signature, "L L L K ? L L K L L K L"),
    (Field::Several, "K K L C K K K K C L K C"),
    (Field::Reference, "C C L C C C C K K C K C"),
    (Field::Price, "K L L C L C C C K L K C"),
    (Field::ServiceType, "C L L K L L L L C L K K"),
];

/// Where the example itself makes the difference.
const OTHERWISE: &[(System, Field, Mark, &str)] = &[
    (System::Shapeshifter, Field::ServiceStart, Mark::Kept, "17:00 falls on the border of an ISP"),
    (System::Shapeshifter, Field::ServiceEnd, Mark::Kept, "19:00 falls on the border of an ISP"),
    (
        System::FlexiblePower,
        Field::InstructionTime,
        Mark::Changed,
        "the timestamp is that of the signal, an hour after the instruction",
    ),
    (System::Piclo, Field::DispatchRef, Mark::Changed, "three records need three ids"),
    (System::Umei, Field::Reference, Mark::Changed, "the reactive level is absolute, an order is a change"),
];

#[test]
fn the_example_is_marked_as_the_comparison_has_it() {
    let (dispatch, signature) = (sample::dispatch(), signature());
    let subject = known(&dispatch, &signature);
    let mut wrong = Vec::new();
    for (field, row) in MATRIX {
        for (system, letter) in COLUMNS.into_iter().zip(row.split(' ')) {
            let otherwise = OTHERWISE.iter().find(|(s, f, ..)| (s, f) == (&system, field));
            let expected = otherwise.map_or(letter, |(.., mark, _)| mark.letter());
            let worked_out = mark(&translate(system, &subject), *field).letter();
            if worked_out != expected {
                wrong.push(format!("{}: {}: {worked_out}, not {expected}", system.name(), field.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_system_carries_everything_and_only_one_the_revision() {
    let (dispatch, signature) = (sample::dispatch(), signature());
    let all = super::super::survey(&known(&dispatch, &signature));
    assert_eq!(all.iter().map(|t| t.system).collect::<Vec<_>>(), System::ALL);
    for translation in &all {
        let tally = translation.tally();
        assert!(tally.kept < Field::ALL.len(), "{}: {}", translation.system.name(), tally.words());
    }
    let with_revision: Vec<_> =
        all.iter().filter(|t| mark(t, Field::Revision) == Mark::Kept).map(|t| t.system).collect();
    assert_eq!(with_revision, [System::OpenAdr2b]);
}

#[test]
fn a_card_of_what_is_not_public_claims_nothing() {
    let card = carried(System::Sgs, |_| {});
    assert!(card.fields.iter().all(|fate| fate.mark == Mark::Unknown && fate.after.is_none()));
    assert!(card.messages[0].text.contains("pushes to"));
}

#[test]
fn a_line_on_top_counts_the_marks() {
    assert_eq!(carried(System::OpenAdr2b, |_| {}).tally().words(), "14 kept, 3 changed, 0 lost");
    let unpriced = carried(System::Cim, |parts| {
        for setpoint in &mut parts.setpoints {
            setpoint.real.as_mut().unwrap().price = None;
        }
    });
    assert!(unpriced.tally().words().ends_with(" lost; 1 field not asked"), "{}", unpriced.tally().words());
}

#[test]
fn every_system_has_a_name_of_its_own() {
    for system in System::ALL {
        assert_eq!(System::from_id(system.id()), Some(system));
        let same = System::ALL.iter().filter(|other| other.name() == system.name()).count();
        assert_eq!(same, 1, "{}", system.name());
        let path = system.return_path();
        for text in [system.is(), system.source(), path.acknowledgement, path.reads_back, path.poll] {
            assert!(text.ends_with('.') && text.len() > 2, "{}: {text}", system.name());
        }
    }
    assert_eq!(System::from_id("telex"), None);
}
