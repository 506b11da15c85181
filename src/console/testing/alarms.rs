//! Alarms of every priority, three that nobody has acknowledged.

use std::sync::Arc;

use super::{NOW, at, key, unit_named};
use crate::desk::rationale::AlarmKind;
use crate::desk::snapshot::{Alarm, Priority, Shelved, Silent};

/// An alarm of the fixtures.
pub fn alarm(
    id: u64,
    kind: AlarmKind,
    priority: Priority,
    text: &str,
    unit: (&str, Option<&str>),
) -> Arc<Alarm> {
    let (source, unit) = unit;
    Arc::new(Alarm {
        id,
        kind,
        priority,
        text: text.to_owned(),
        source: source.to_owned(),
        unit: unit.map(unit_named),
        dispatch: None,
        raised: at(NOW) - 90,
        active: true,
        acknowledged: None,
        count: 1,
        silent: Arc::default(),
        shelved: None,
    })
}

/// All of them, as the desk orders them.
pub fn alarms() -> Vec<Arc<Alarm>> {
    let mut lost = alarm(
        1,
        AlarmKind::Client,
        Priority::High,
        "NORTHGEN has not polled for 35 s; telephone its control point",
        ("NORTHGEN", None),
    );
    let mut old = alarm(
        4,
        AlarmKind::Clock,
        Priority::Low,
        "COLDCHAIN reports one minute late",
        ("COLDCHAIN", Some("COLDCHAIN/STORE-2")),
    );
    if let (Some(lost), Some(old)) = (Arc::get_mut(&mut lost), Arc::get_mut(&mut old)) {
        lost.count = 4;
        lost.dispatch = Some(key("EMID-0420"));
        lost.silent = [(Priority::Medium, "EMID-0420", false), (Priority::Medium, "EMID-0416", false)]
            .into_iter()
            .chain([(Priority::Low, "EMID-0409", true)])
            .map(|(priority, dispatch_ref, over)| silent(priority, dispatch_ref, over))
            .collect();
        old.acknowledged = Some(at(NOW) - 30);
        old.active = false;
    }
    vec![
        lost,
        alarm(
            2,
            AlarmKind::Readback,
            Priority::High,
            "the read-back of EMID-0419 differs in the real power of setpoint 1; stop it or telephone GREENLEAF",
            ("GREENLEAF", Some("GREENLEAF/HEAT-1")),
        ),
        alarm(
            3,
            AlarmKind::Overdue,
            Priority::Medium,
            "no acknowledgement of EMID-0418 within 30 s",
            ("COLDCHAIN", Some("COLDCHAIN/STORE-1")),
        ),
        old,
    ]
}

fn silent(priority: Priority, dispatch_ref: &str, over: bool) -> Arc<Silent> {
    Arc::new(Silent {
        kind: AlarmKind::Overdue,
        priority,
        text: format!("{dispatch_ref} waits for acknowledgement from NORTHGEN"),
        since: at(NOW) - 60,
        over,
    })
}

/// An alarm that was put aside a while ago, for an hour.
pub fn put_aside(id: u64) -> Arc<Alarm> {
    let mut aside = alarm(
        id,
        AlarmKind::Availability,
        Priority::Low,
        "Declared availability of COLDCHAIN/STORE-3 is below contract",
        ("COLDCHAIN", Some("COLDCHAIN/STORE-3")),
    );
    if let Some(aside) = Arc::get_mut(&mut aside) {
        aside.acknowledged = Some(at(NOW) - 600);
        aside.shelved = Some(Shelved {
            by: "K. Shah".to_owned(),
            reason: "its compressor is being repaired".to_owned(),
            at: at(NOW) - 600,
            until: at(NOW) + 3000,
            priority: Priority::Low,
        });
    }
    aside
}
