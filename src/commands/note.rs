//! A workshop's trainer's note, as the terminal shows it.

use crate::workshop::exercise::Exercise;

/// Name, level, aim and the rest, a line each, with a line break at the end.
pub fn words(name: &str, exercise: &Exercise) -> String {
    let mut text = format!(
        "{name}: a workshop of level {}, {} minutes at ×{}\n  Aim: {}\n  To know before: {}\n",
        exercise.level, exercise.minutes, exercise.rate, exercise.aim, exercise.prior
    );
    for (head, sentences) in [("Point out", &exercise.point_out), ("Ask", &exercise.questions)] {
        text += &format!("  {head}:\n");
        text.extend(sentences.iter().map(|sentence| format!("    – {sentence}\n")));
    }
    text += &format!("  Marks: {}; {} for who does nothing\n", exercise.full_marks(), exercise.idle_marks);
    text
}
