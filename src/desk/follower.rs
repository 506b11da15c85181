//! Following: what the VTN has to say since the last look, reduced to facts. Only the fetch touches the network.

use super::register::Register;
use crate::dispatch::{DispatchUnit, FspId, SignedAcknowledgement};
use crate::openadr::client::{ChangedReports, Client, ClientActivity, ClientError, Told};
use crate::openadr::mapping::{self, Availability, Heartbeat, MinuteReading};
use crate::openadr::wire::Report;
use crate::time::UtcTime;

/// What is read of the VTN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// What is new since the look before.
    News,
    /// What the look before did not bring.
    Rest,
    /// Some of everything, once more: what was altered or lost on its way is found so.
    Again,
}

/// What a look asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub reading: Reading,
    pub since: Since,
}

/// What one look brought.
pub(super) struct News {
    pub reading: Reading,
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

/// From when on, by the VTN's clock; what was seen then comes again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Since {
    /// The modification time of a report, as the VTN wrote it.
    pub reports: Option<String>,
    /// The request of a client, as the VTN wrote it.
    pub activity: Option<String>,
}

/// Asks the VTN. What clients have done is asked with the news alone.
pub(super) async fn look(client: &Client, Asked { reading, since }: Asked) -> Result<News, ClientError> {
    let activity = match reading {
        Reading::News => client.client_activity(since.activity.as_deref()).await?.unwrap_or_default(),
        Reading::Rest | Reading::Again => Vec::new(),
    };
    let ChangedReports { reports, told } = client.reports_since(since.reports.as_deref()).await?;
    Ok(News { reading, reports, told, activity })
}

/// When a report reached the VTN, by the VTN's clock; `now` when it does not say, or says that it will: nobody is alive
/// for the time to come.
pub(super) fn reached_vtn(report: &Report, now: UtcTime) -> UtcTime {
    let modified = report.meta.modification_date_time.as_deref();
    modified.and_then(|text| UtcTime::parse_tolerant(text).ok()).map_or(now, |at| at.min(now))
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

    #[test]
    fn a_report_for_a_unit_of_another_client_is_refused() {
        let register = register();
        let run = signed(parts(1, Status::Run));
        let acknowledgement =
            says(&run.dispatch, Stage::Accepted, "16:00:05").sign(&fsp_key("BRIGHTFLEX")).unwrap();
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
        assert_eq!(reached_vtn(&report("a", "2027-11-26T16:00:07Z"), at("17:00")), at("17:00"), "altered");
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
