//! Following: what the VTN has to say since the last look, reduced to facts. Only the fetch touches the network.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::register::Register;
use crate::dispatch::{DispatchUnit, FspId, SignedAcknowledgement};
use crate::openadr::client::{ChangedReports, Client, ClientActivity, ClientError, Told};
use crate::openadr::mapping::{self, Availability, Heartbeat, MinuteReading};
use crate::openadr::wire::Report;
use crate::time::UtcTime;

/// What one look brought.
pub(super) struct News {
    /// Reports that are new or changed.
    pub reports: Vec<Report>,
    /// How much of what there is to tell that was.
    pub told: Told,
    /// Each client's last request, where the VTN tells.
    pub activity: Vec<ClientActivity>,
}

/// Something that a report says.
#[derive(Debug)]
pub(super) enum Fact {
    /// An FSP lives, and what its units do.
    Heartbeat(Heartbeat),
    /// What an FSP declares that its units can give.
    Availability(Availability),
    /// An acknowledgement on an event; not verified yet.
    Acknowledgement(Box<SignedAcknowledgement>),
    /// A minute was metered on an event.
    Metered(DispatchUnit, MinuteReading),
    /// A minute of a unit is marked bad.
    Bad(DispatchUnit, UtcTime),
    /// It was filed by a client that does not own the unit that it speaks of.
    Imposter { client: String, speaks_for: FspId, unit: Option<DispatchUnit> },
    /// It is an acknowledgement and cannot be read.
    Unreadable { fsp: Option<FspId>, problem: String },
}

/// Where the last look ended, by the VTN's clock; what was seen then comes again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Since {
    /// The greatest modification time of a report, as the VTN wrote it.
    reports: Option<String>,
    /// The latest request of a client, as the VTN wrote it.
    activity: Option<String>,
}

/// Asks the VTN what is new. A look that goes on with what the one before did not bring asks for that alone.
pub(super) async fn look(client: &Client, since: &Since, goes_on: bool) -> Result<News, ClientError> {
    let activity = match goes_on {
        true => Vec::new(),
        false => client.client_activity(since.activity.as_deref()).await?.unwrap_or_default(),
    };
    let ChangedReports { reports, told } = client.reports_since(since.reports.as_deref()).await?;
    Ok(News { reports, told, activity })
}

/// Where the last look ended, and what was seen at that very instant, so that nothing is taken twice or missed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    since: Since,
    /// What the last look brought: of each report its modification time and a fingerprint of its content. Of a VTN that
    /// cannot be asked for what is new, that is all that it holds.
    taken: BTreeMap<String, (String, u64)>,
}

impl Mark {
    /// What to ask for next.
    pub(super) fn since(&self) -> &Since {
        &self.since
    }

    /// Moves on over what clients have done.
    pub(super) fn pass(&mut self, activity: &[ClientActivity]) {
        let latest = activity.iter().map(|client| &client.last_request).max_by_key(|at| instant(at));
        if let Some(latest) = latest.filter(|at| instant(at) > jiff::Timestamp::MIN) {
            self.since.activity = Some(latest.clone());
        }
    }

    /// Keeps those reports that were not taken in this form before, oldest first, and moves on.
    pub(super) fn take(&mut self, reports: Vec<Report>, told: Told) -> Vec<Report> {
        let mut fresh: Vec<(jiff::Timestamp, String, String, Report)> = Vec::new();
        let before = std::mem::take(&mut self.taken);
        let instants: Vec<jiff::Timestamp> =
            reports.iter().map(|report| instant(modified_at(report))).collect();
        let latest = instants.iter().max().copied();
        for (at, report) in instants.into_iter().zip(reports) {
            let id = report.meta.id.clone().unwrap_or_default();
            let modified = modified_at(&report).to_owned();
            // Of what has changed, only that of the last instant comes again.
            let comes_again = told == Told::Everything || Some(at) == latest;
            // What was changed since is another, whatever it says.
            let may_be_known = before.get(&id).is_some_and(|(taken_at, _)| *taken_at == modified);
            if comes_again || may_be_known {
                let print = (modified.clone(), fingerprint(&report));
                let known = !id.is_empty() && before.get(&id) == Some(&print);
                if comes_again {
                    self.taken.insert(id.clone(), print);
                }
                if known {
                    continue;
                }
            }
            fresh.push((at, id, modified, report));
        }
        fresh.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        if let Some((at, _, modified, _)) = fresh.last()
            && !modified.is_empty()
            && self.since.reports.as_deref().is_none_or(|since| *at >= instant(since))
        {
            self.since.reports = Some(modified.clone());
        }
        fresh.into_iter().map(|(.., report)| report).collect()
    }
}

/// As the VTN wrote it.
fn modified_at(report: &Report) -> &str {
    report.meta.modification_date_time.as_deref().unwrap_or_default()
}

fn fingerprint(report: &Report) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(report).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

fn instant(text: &str) -> jiff::Timestamp {
    text.parse().unwrap_or(jiff::Timestamp::MIN)
}

/// When a report reached the VTN, by the VTN's clock; `otherwise` when it does not say.
pub(super) fn reached_vtn(report: &Report, otherwise: UtcTime) -> UtcTime {
    let modified = report.meta.modification_date_time.as_deref();
    modified.and_then(|text| UtcTime::parse_tolerant(text).ok()).unwrap_or(otherwise)
}

/// What a report says. Whoever does not own the unit is not believed, whatever is said.
pub(super) fn facts_of(report: &Report, register: &Register) -> Vec<Fact> {
    if let Some(heartbeat) = mapping::heartbeat_from(report) {
        let refused = owned(report, &heartbeat.fsp, None).err();
        return vec![refused.unwrap_or(Fact::Heartbeat(heartbeat))];
    }
    if let Some(declared) = mapping::availability_from(report) {
        let refused = owned(report, &declared.fsp, None).err();
        return vec![refused.unwrap_or(Fact::Availability(declared))];
    }
    match mapping::acknowledgement_from(report) {
        Some(Ok(signed)) => {
            let unit = signed.acknowledgement.unit.clone();
            let refused = owned(report, &unit.fsp, Some(&unit)).err();
            return vec![refused.unwrap_or(Fact::Acknowledgement(Box::new(signed)))];
        }
        Some(Err(problems)) => {
            let problem = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            let fsp = filed_by(report).parse::<FspId>().ok();
            return vec![Fact::Unreadable { fsp, problem }];
        }
        None => {}
    }
    let good = mapping::readings_from(report).into_iter().map(|(unit, minute)| Fact::Metered(unit, minute));
    let bad = mapping::bad_minutes_from(report).into_iter().map(|(unit, end)| Fact::Bad(unit, end));
    let is_its_own = |fact: Fact| match &fact {
        Fact::Metered(unit, _) | Fact::Bad(unit, _) => {
            register.unit(unit)?;
            Some(owned(report, &unit.fsp, Some(unit)).err().unwrap_or(fact))
        }
        _ => None,
    };
    good.chain(bad).filter_map(is_its_own).collect()
}

/// Who filed it: the client that the VTN stamped on it; for a VTN that stamps none, the name that it gives itself.
fn filed_by(report: &Report) -> &str {
    report.client_id.as_deref().unwrap_or(&report.client_name)
}

fn owned(report: &Report, fsp: &FspId, unit: Option<&DispatchUnit>) -> Result<(), Fact> {
    let client = filed_by(report);
    if client == fsp.as_str() {
        return Ok(());
    }
    Err(Fact::Imposter { client: client.to_owned(), speaks_for: fsp.clone(), unit: unit.cloned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::testing::{at, fsp_key, parts, register, says, signed};
    use crate::dispatch::{Stage, Status};
    use crate::openadr::wire::Metadata;

    fn report(id: &str, modified: &str) -> Report {
        let modification_date_time = Some(modified.to_owned());
        Report {
            meta: Metadata { id: Some(id.to_owned()), modification_date_time, ..Metadata::default() },
            ..Report::default()
        }
    }

    fn ids(reports: &[Report]) -> Vec<&str> {
        reports.iter().filter_map(|r| r.meta.id.as_deref()).collect()
    }

    #[test]
    fn every_report_is_taken_once_in_the_order_of_the_vtn() {
        let mut mark = Mark::default();
        let first = vec![report("b", "2026-11-26T16:00:00.5Z"), report("a", "2026-11-26T16:00:00Z")];
        assert_eq!(ids(&mark.take(first, Told::Changes)), ["a", "b"]);
        assert_eq!(
            mark.since().reports.as_deref(),
            Some("2026-11-26T16:00:00.5Z"),
            "half a second is later than none"
        );
        let inclusive = vec![report("b", "2026-11-26T16:00:00.5Z"), report("c", "2026-11-26T16:00:00.5Z")];
        assert_eq!(ids(&mark.take(inclusive.clone(), Told::Changes)), ["c"]);
        assert_eq!(ids(&mark.take(inclusive, Told::Changes)), [""; 0]);
        assert_eq!(
            ids(&mark.take(vec![report("a", "2026-11-26T16:00:10Z")], Told::Changes)),
            ["a"],
            "replaced: told again"
        );
        assert_eq!(mark.taken.len(), 1, "what is older is forgotten");
        let mut changed = report("a", "2026-11-26T16:00:10Z");
        changed.client_name = "X".to_owned();
        assert_eq!(
            mark.take(vec![changed], Told::Changes).len(),
            1,
            "replaced within one tick of the VTN's clock"
        );
    }

    #[test]
    fn a_vtn_that_tells_everything_every_time_is_heard_once() {
        let mut mark = Mark::default();
        let all: Vec<Report> =
            (0..5).map(|n| report(&format!("r{n}"), &format!("2026-11-26T16:00:0{n}Z"))).collect();
        assert_eq!(mark.take(all.clone(), Told::Everything).len(), 5);
        for _ in 0..3 {
            assert_eq!(ids(&mark.take(all.clone(), Told::Everything)), [""; 0], "an old report is no news");
        }
        let mut more = all;
        more.insert(0, report("r5", "2026-11-26T16:00:09Z"));
        assert_eq!(ids(&mark.take(more, Told::Everything)), ["r5"]);
    }

    #[test]
    fn a_report_for_a_unit_of_another_client_is_refused() {
        let register = register();
        let run = signed(parts(1, Status::Run));
        let acknowledgement = says(&run.dispatch, Stage::Accepted, "16:00:05").sign(&fsp_key("BRIGHTFLEX"));
        let mut filed = mapping::report_from_acknowledgement(&acknowledgement, "event-1");
        for (client, refused) in
            [(Some("COLDSTORE"), true), (Some("BRIGHTFLEX"), false), (None, false), (Some("desk"), true)]
        {
            filed.client_id = client.map(str::to_owned);
            let facts = facts_of(&filed, &register);
            assert_eq!(matches!(facts[..], [Fact::Imposter { .. }]), refused, "{client:?}: {facts:?}");
            assert_eq!(matches!(facts[..], [Fact::Acknowledgement(_)]), !refused);
        }
        assert_eq!(reached_vtn(&report("a", "2026-11-26T16:00:07.25+00:00"), at("17:00")), at("16:00:07"));
        assert_eq!(reached_vtn(&Report::default(), at("17:00")), at("17:00"));
    }

    #[test]
    fn a_declaration_is_believed_of_the_fsp_that_filed_it_alone() {
        use crate::dispatch::availability::{Declaration, Offer, OfferRun};
        use crate::units::Watts;
        let register = register();
        let offer = Offer { up: Watts(500_000), down: Watts(0) };
        let run = OfferRun { from: at("17:00"), until: at("18:00"), offer };
        let said = Declaration::new(
            crate::desk::testing::operator(),
            "C-1".parse().unwrap(),
            crate::desk::testing::unit("BRIGHTFLEX/BESS-07"),
            at("16:00"),
            [run],
        );
        let declared = Availability {
            operator: said.operator.clone(),
            contract: said.contract.clone(),
            fsp: said.unit.fsp.clone(),
            at: said.at,
            units: vec![said.clone()],
        };
        let mut filed = mapping::report_from_availability(&declared, "anchor");
        for (client, believed) in [(Some("COLDSTORE"), false), (Some("BRIGHTFLEX"), true), (None, true)] {
            filed.client_id = client.map(str::to_owned);
            let facts = facts_of(&filed, &register);
            assert_eq!(matches!(facts[..], [Fact::Availability(_)]), believed, "{client:?}: {facts:?}");
            assert_eq!(matches!(facts[..], [Fact::Imposter { .. }]), !believed);
        }
        let mut units = crate::desk::units::Units::of(&register, at("16:00"));
        let mut other = said.clone();
        other.contract = "C-2".parse().unwrap();
        units.declared(&other);
        assert_eq!(units.availability(&said.unit), None, "under another contract than it is dispatched by");
        units.declared(&said);
        assert_eq!(units.availability(&said.unit), Some(&said));
    }
}
