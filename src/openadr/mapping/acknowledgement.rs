//! Acknowledgements as reports on the dispatch's event.

use serde_json::Value;

use crate::dispatch::{
    Acknowledgement, DispatchKey, DispatchUnit, Problem, ProblemKind, Readback, Reason,
    SignedAcknowledgement, Stage, Status, quoted,
};
use crate::openadr::wire::{Interval, Report, ReportResource, ValuesMap};
use crate::time::UtcTime;

use super::decode::{revision_of, signature_from};
use super::names;
use super::payload::{one_text, only_one, payload, problem, signature, text};

/// A signed acknowledgement as a report on the event: one resource, the unit; one interval, 0.
pub fn report_from_acknowledgement(signed: &SignedAcknowledgement, event_id: &str) -> Report {
    let ack = &signed.acknowledgement;
    let mut payloads = vec![
        text(names::GB_ACK_STAGE, ack.stage.word()),
        text(names::GB_DISPATCH_REF, ack.key.dispatch_ref.as_str()),
        payload(names::GB_REVISION, vec![ack.revision.get().into()]),
        text(names::GB_OPERATOR, ack.key.operator.as_str()),
    ];
    payloads.extend(ack.status.map(|s| text(names::GB_STATUS, s.word())));
    payloads.push(text(names::GB_ACK_TIME, ack.at.to_string()));
    payloads.extend(ack.readback.as_ref().map(|r| text(names::GB_READBACK, r.to_text())));
    payloads.extend(ack.reason.map(|r| text(names::GB_REASON, r.word())));
    payloads.extend(ack.detail.as_ref().map(|d| text(names::GB_DETAIL, d.as_str())));
    payloads.extend(ack.reached_at.map(|t| text(names::GB_REACHED_AT, t.to_string())));
    payloads.extend(signed.signature.as_ref().map(signature));
    Report {
        event_id: event_id.to_owned(),
        client_name: ack.unit.fsp.to_string(),
        report_name: Some("GB_ACKNOWLEDGEMENT".to_owned()),
        resources: vec![ReportResource {
            resource_name: ack.unit.unit.to_string(),
            intervals: vec![Interval { id: 0.into(), payloads, ..Interval::default() }],
            ..ReportResource::default()
        }],
        ..Report::default()
    }
}

/// An acknowledgement from a report; `None` when the report is of another kind, problems when it is one and cannot be
/// read. A signature that is missing or cannot be read is no problem here: it will not verify.
pub fn acknowledgement_from(report: &Report) -> Option<Result<SignedAcknowledgement, Vec<Problem>>> {
    let is_stage = |p: &ValuesMap| p.kind == names::GB_ACK_STAGE;
    let resource =
        report.resources.iter().find(|r| r.intervals.iter().flat_map(|i| &i.payloads).any(is_stage))?;
    Some(read(report, resource))
}

fn read(report: &Report, resource: &ReportResource) -> Result<SignedAcknowledgement, Vec<Problem>> {
    let mut reader = Reader { intervals: &resource.intervals, problems: Vec::new() };
    let stage = reader.required(names::GB_ACK_STAGE, |t| known(t, &Stage::ALL.map(|s| (s.word(), s))));
    let operator = reader.required(names::GB_OPERATOR, |t| t.parse().map_err(|e| format!("{e}")));
    let dispatch_ref = reader.required(names::GB_DISPATCH_REF, |t| t.parse().map_err(|e| format!("{e}")));
    let revision = reader.revision();
    let status = reader.optional(names::GB_STATUS, |t| known(t, &Status::ALL.map(|s| (s.word(), s))));
    let at = reader.required(names::GB_ACK_TIME, time);
    let readback = reader.readback();
    let reason = reader.optional(names::GB_REASON, |t| known(t, &Reason::ALL.map(|r| (r.word(), r))));
    let detail = reader.optional(names::GB_DETAIL, |t| Ok(t.to_owned()));
    let reached_at = reader.optional(names::GB_REACHED_AT, time);
    let unit = reader.unit(report, resource);
    let signature = only_one(reader.intervals, names::GB_SIGNATURE, "signature")
        .ok()
        .flatten()
        .and_then(|values| signature_from(values).ok());

    let problems = reader.problems;
    let acknowledgement = (|| {
        Some(Acknowledgement {
            key: DispatchKey { operator: operator?, dispatch_ref: dispatch_ref? },
            unit: unit?,
            revision: revision?,
            status,
            stage: stage?,
            at: at?,
            readback,
            reason,
            detail,
            reached_at,
        })
    })();
    match acknowledgement {
        Some(acknowledgement) if problems.is_empty() => {
            Ok(SignedAcknowledgement { acknowledgement, signature })
        }
        _ => Err(problems),
    }
}

fn time(text: &str) -> Result<UtcTime, String> {
    UtcTime::parse_tolerant(text).map_err(|e| e.to_string())
}

/// One of the profile's words.
fn known<T: Copy>(word: &str, words: &[(&str, T)]) -> Result<T, String> {
    words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("{} is not a word of the profile; it is one of {}", quoted(word), words.join(", "))
    })
}

struct Reader<'a> {
    intervals: &'a [Interval],
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn optional<T>(&mut self, kind: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = only_one(self.intervals, kind, kind).and_then(|values| {
            values
                .filter(|v| !matches!(v, [] | [Value::Null]))
                .map(|v| {
                    let text = one_text(v, kind, kind)?;
                    read(text).map_err(|message| problem(ProblemKind::Value, kind, message))
                })
                .transpose()
        });
        value.map_err(|p| self.problems.push(p)).ok().flatten()
    }

    fn required<T>(&mut self, kind: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let before = self.problems.len();
        let value = self.optional(kind, read);
        if value.is_none() && self.problems.len() == before {
            let message = format!("the report carries no {kind} payload");
            self.problems.push(problem(ProblemKind::Missing, kind, message));
        }
        value
    }

    fn revision(&mut self) -> Option<crate::dispatch::Revision> {
        let kind = names::GB_REVISION;
        let read = only_one(self.intervals, kind, kind).and_then(|values| {
            let missing =
                || problem(ProblemKind::Missing, kind, format!("the report carries no {kind} payload"));
            revision_of(values.ok_or_else(missing)?)
        });
        read.map_err(|p| self.problems.push(p)).ok()
    }

    fn readback(&mut self) -> Option<Readback> {
        let text = self.optional(names::GB_READBACK, |t| Ok(t.to_owned()))?;
        match Readback::from_text(&text) {
            Ok(readback) => Some(readback),
            Err(problems) => {
                self.problems.extend(
                    problems
                        .into_iter()
                        .map(|p| Problem { field: format!("{}.{}", names::GB_READBACK, p.field), ..p }),
                );
                None
            }
        }
    }

    /// The FSP is the report's client, the unit its resource.
    fn unit(&mut self, report: &Report, resource: &ReportResource) -> Option<DispatchUnit> {
        let fsp = report.client_name.parse().map_err(|e| format!("{e}"));
        let unit = resource.resource_name.parse().map_err(|e| format!("{e}"));
        match (fsp, unit) {
            (Ok(fsp), Ok(unit)) => Some(DispatchUnit { fsp, unit }),
            (fsp, unit) => {
                let fsp = fsp.err().map(|e: String| ("clientName", e));
                let unit = unit.err().map(|e: String| ("resourceName", e));
                for (field, message) in [fsp, unit].into_iter().flatten() {
                    self.problems.push(problem(ProblemKind::Value, field, message));
                }
                None
            }
        }
    }
}
