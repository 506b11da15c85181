//! Alarms of every priority, three that nobody has acknowledged.

use std::sync::Arc;

use super::{NOW, at, unit_named};
use crate::desk::snapshot::{Alarm, Priority};

/// An alarm of the fixtures.
pub fn alarm(id: u64, priority: Priority, text: &str, source: &str, unit: Option<&str>) -> Arc<Alarm> {
    Arc::new(Alarm {
        id,
        priority,
        text: text.to_owned(),
        source: source.to_owned(),
        unit: unit.map(unit_named),
        dispatch: None,
        raised: at(NOW) - 90,
        active: true,
        acknowledged: None,
        count: 1,
    })
}

/// All of them, as the desk orders them.
pub fn alarms() -> Vec<Arc<Alarm>> {
    let mut lost = alarm(
        1,
        Priority::High,
        "NORTHGEN has not polled for 35 s; telephone its control point",
        "NORTHGEN",
        None,
    );
    let mut old =
        alarm(4, Priority::Low, "COLDCHAIN reports one minute late", "COLDCHAIN", Some("COLDCHAIN/STORE-2"));
    if let (Some(lost), Some(old)) = (Arc::get_mut(&mut lost), Arc::get_mut(&mut old)) {
        lost.count = 4;
        old.acknowledged = Some(at(NOW) - 30);
        old.active = false;
    }
    vec![
        lost,
        alarm(
            2,
            Priority::High,
            "the read-back of EMID-0419 differs in setpoints[0].real; stop it or telephone GREENLEAF",
            "GREENLEAF",
            Some("GREENLEAF/HEAT-1"),
        ),
        alarm(
            3,
            Priority::Medium,
            "no acknowledgement of EMID-0418 within 30 s",
            "COLDCHAIN",
            Some("COLDCHAIN/STORE-1"),
        ),
        old,
    ]
}
