//! What an FSP said at a VTN before it was started: its own reports, looked at once, before it answers anything. Its
//! acknowledgements count where its own signature holds; readings tell which minutes need not be sent again.

use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::dispatch::{Acknowledgement, DispatchUnit, FspId, KeyRing};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping::{self, MinuteReading};
use crate::openadr::wire::Report;
use crate::time::UtcTime;

use super::controller::seconds;
use super::outbox::is_final;

/// So many events are asked for together.
const AT_ONCE: usize = 8;

/// All that an FSP has said of some events.
#[derive(Debug, Default)]
pub(super) struct Recollection {
    /// In order of time.
    pub(super) said: Vec<Said>,
    pub(super) told: Vec<Told>,
}

/// An acknowledgement of before, and the event that it is a report on.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) event_id: String,
    pub(super) acknowledgement: Acknowledgement,
}

/// A report of readings of before.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) event_id: String,
    pub(super) report_id: String,
    pub(super) unit: DispatchUnit,
    /// In order of time; a minute that is marked bad has no number.
    pub(super) minutes: Vec<MinuteReading>,
    /// Which of them are marked bad.
    pub(super) bad: Vec<usize>,
}

/// Asks a VTN what the FSP has reported on these events. One that does not let it read its reports again has nothing to
/// tell.
///
/// # Errors
/// When trying again later can help.
pub(super) async fn look_back(
    client: &Client,
    fsp: &FspId,
    keys: &KeyRing,
    event_ids: Vec<String>,
) -> Result<Recollection, ClientError> {
    let ask = |event_id: String| async move { client.reports(Some(&event_id), None).await };
    let asked: Result<Vec<Vec<Report>>, ClientError> =
        stream::iter(event_ids).map(ask).buffered(AT_ONCE).try_collect().await;
    match asked {
        Ok(reports) => Ok(read(reports.concat(), fsp, keys)),
        Err(error) if is_final(&error) => {
            tracing::warn!(%fsp, %error, "its own reports cannot be read; what was answered before is answered again");
            Ok(Recollection::default())
        }
        Err(error) => Err(error),
    }
}

fn read(mut reports: Vec<Report>, fsp: &FspId, keys: &KeyRing) -> Recollection {
    reports.sort_by_key(|report| {
        let made = report.meta.created_date_time.as_deref();
        made.and_then(|text| text.parse::<jiff::Timestamp>().ok()).unwrap_or(jiff::Timestamp::MIN)
    });
    let mut recollection = Recollection::default();
    for report in &reports {
        match mapping::acknowledgement_from(report) {
            Some(Ok(signed)) => {
                let acknowledgement = &signed.acknowledgement;
                let is_own = acknowledgement.unit.fsp == *fsp;
                match signed.verify(keys, acknowledgement.at) {
                    Ok(()) if is_own => recollection.said.push(Said {
                        event_id: report.event_id.clone(),
                        acknowledgement: signed.acknowledgement,
                    }),
                    Err(fault) if is_own => {
                        tracing::warn!(%fsp, %fault, "an acknowledgement in its name is not its own; passed over");
                    }
                    _ => {}
                }
            }
            Some(Err(_)) => {}
            None => recollection.told.extend(told(report, fsp)),
        }
    }
    recollection.said.sort_by_key(|said| said.acknowledgement.at);
    recollection
}

/// The minutes of a report of readings of one of the FSP's units.
fn told(report: &Report, fsp: &FspId) -> Option<Told> {
    let mut minutes = mapping::readings_from(report);
    let no_number = |(unit, end): (DispatchUnit, UtcTime)| (unit, nothing_at(end));
    minutes.extend(mapping::bad_minutes_from(report).into_iter().map(no_number));
    let unit = minutes.first()?.0.clone();
    minutes.retain(|(of, _)| *of == unit);
    minutes.sort_by(|(_, a), (_, b)| a.reading.at.total_cmp(&b.reading.at));
    let minutes: Vec<MinuteReading> = minutes.into_iter().map(|(_, minute)| minute).collect();
    let bad = (0..minutes.len()).filter(|index| minutes[*index].reading.kw.is_nan()).collect();
    let (event_id, report_id) = (report.event_id.clone(), report.meta.id.clone()?);
    (unit.fsp == *fsp).then_some(Told { event_id, report_id, unit, minutes, bad })
}

fn nothing_at(end: UtcTime) -> MinuteReading {
    let reading = crate::power::Reading { at: seconds(end), kw: f64::NAN };
    MinuteReading { reading, baseline_kw: None, soc: None, kvar: None }
}
