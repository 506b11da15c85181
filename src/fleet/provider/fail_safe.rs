//! An FSP that is left without a VTN: its units go to the fail-safe level of their contract, and come back.

use crate::fleet::route::Route;
use crate::time::UtcTime;

use super::Provider;

impl Provider {
    /// When the first of a line's units that still goes on as accepted goes to its fail-safe level, if nothing is heard
    /// over the line, which has had no answer since then and polls every so many seconds.
    pub(in crate::fleet) fn fails_safe_at(
        &self,
        route: &Route,
        since: UtcTime,
        interval_s: i64,
    ) -> Option<UtcTime> {
        self.controllers_on(route).filter_map(|c| c.fails_safe_at(since, interval_s)).min()
    }

    /// A line has had no answer since then: units whose time has come go to their fail-safe level.
    pub(in crate::fleet) fn unheard(&mut self, route: &Route, since: UtcTime, interval_s: i64, now: UtcTime) {
        for controller in self.controllers.values_mut() {
            let is_on = route.operators.contains(&controller.unit().operator);
            if is_on && controller.fails_safe_at(since, interval_s).is_some_and(|at| at <= now) {
                tracing::warn!(unit = %controller.unit().unit, %since, "its VTN is not heard; it goes to its fail-safe level");
                controller.fail_safe(since, now);
            }
        }
    }

    /// A poll over a line was answered: its units go back to what is asked of them.
    pub(in crate::fleet) fn heard(&mut self, route: &Route, now: UtcTime) {
        let own = self.controllers.values_mut().filter(|c| route.operators.contains(&c.unit().operator));
        own.for_each(|controller| controller.is_heard(now));
    }
}
