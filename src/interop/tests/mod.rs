//! What a person would lose if these broke: a number with the wrong sign, and a mark that hides a loss.

mod any;
mod marks;
mod matrix;
mod reading;
mod signs;

use crate::dispatch::sample;
use crate::dispatch::{Dispatch, DispatchParts, Signature};
use crate::power::Baseline;

use super::{Field, Mark, Subject, System, Translation, translate};

/// The example's signature.
fn signature() -> Signature {
    sample::dispatch().sign(&sample::key("gb-dno-11-2026")).unwrap().signature
}

/// A dispatch of which everything is known: at baseline 0, at 1 MW a minute.
fn known<'a>(dispatch: &'a Dispatch, signature: &'a Signature) -> Subject<'a> {
    Subject {
        dispatch,
        signature: Some(signature),
        baseline: Some(&Baseline::Zero),
        ramps_kw_per_s: Some((1000.0 / 60.0, 1000.0 / 60.0)),
        product: Some("Operational Utilisation"),
        baseline_name: Some("HIST-10"),
    }
}

/// The example, changed.
fn changed(change: impl FnOnce(&mut DispatchParts)) -> Dispatch {
    let mut parts = sample::parts();
    change(&mut parts);
    Dispatch::new(parts).unwrap()
}

/// The example, changed, as a system would carry it.
fn carried(system: System, change: impl FnOnce(&mut DispatchParts)) -> Translation {
    translate(system, &known(&changed(change), &signature()))
}

fn mark(translation: &Translation, field: Field) -> Mark {
    translation.fields.iter().find(|fate| fate.field == field).unwrap().mark
}
