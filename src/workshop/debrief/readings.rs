//! The readings beside a debrief, as a table for a spreadsheet.

use std::fmt::Write as _;

use crate::desk::snapshot::Snapshot;
use crate::time::UtcTime;

/// Mean net kW of each metered minute, by dispatch and unit.
pub(super) fn csv(snapshot: &Snapshot) -> String {
    let mut out = format!(
        "# {}\nmode,ref,unit,minute_end_utc,net_kw\n",
        "net power, generation convention: positive = export"
    );
    for dispatch in &snapshot.dispatches {
        let Some(document) = dispatch.dispatch() else { continue };
        for reading in dispatch.readings.range(f64::MIN, f64::MAX) {
            let _ = writeln!(
                out,
                "{},{},{},{},{:.3}",
                snapshot.mode.word(),
                dispatch.key.dispatch_ref,
                document.unit,
                instant(reading.at),
                reading.kw
            );
        }
    }
    out
}

fn instant(seconds: f64) -> UtcTime {
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
    UtcTime::from_unix(seconds.round() as i64)
}
