//! The one switchboard of a running fleet's faults.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::watch;

use crate::dispatch::FspId;
use crate::profile::faults::{Affliction, FaultPlan, TimedFault};
use crate::time::UtcTime;

/// The faults of running fleets. Clones are the same switchboard; agents look at it whenever they act.
#[derive(Clone, Debug, Default)]
pub struct FaultSwitch {
    plan: Arc<RwLock<Arc<FaultPlan>>>,
    /// The FSPs that obey it, each with how many agents of it run.
    obeyed_by: Arc<Mutex<BTreeMap<FspId, usize>>>,
    switched: Arc<watch::Sender<Vec<Switched>>>,
}

/// A fault that was switched while fleets ran.
#[derive(Clone, Debug, PartialEq)]
pub struct Switched {
    /// Which, of what.
    pub affliction: Affliction,
    /// When, domain time.
    pub at: UtcTime,
    /// On, or off.
    pub is_on: bool,
}

/// An FSP's agent that obeys a switchboard, for as long as this is kept.
#[derive(Debug)]
pub(crate) struct Obedience {
    fsp: FspId,
    switch: FaultSwitch,
}

impl FaultSwitch {
    /// All faults, past, present and to come.
    pub fn plan(&self) -> Arc<FaultPlan> {
        Arc::clone(&self.plan.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// These faults and no others.
    pub fn replace(&self, plan: FaultPlan) {
        *self.plan.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(plan);
    }

    /// Switches a fault on from `now` on.
    pub fn switch_on(&self, affliction: Affliction, now: UtcTime) {
        let switched = Switched { affliction: affliction.clone(), at: now, is_on: true };
        self.change(|plan| plan.switch_on(affliction, now));
        self.switched.send_modify(|all| all.push(switched));
    }

    /// Switches a fault on from `now` on, until an instant where one is given.
    pub fn lay_on(&self, affliction: Affliction, now: UtcTime, until: Option<UtcTime>) {
        let laid = affliction.clone();
        self.change(|plan| {
            plan.switch_off(&affliction, now);
            plan.faults.push(TimedFault { affliction, from: Some(now), until });
        });
        let switched = |at, is_on| Switched { affliction: laid.clone(), at, is_on };
        let news = [Some(switched(now, true)), until.map(|until| switched(until, false))];
        self.switched.send_modify(|all| {
            all.retain(|other| other.at <= now || !other.affliction.is_same(&laid));
            all.extend(news.into_iter().flatten());
        });
    }

    /// Ends a fault at `now`.
    pub fn switch_off(&self, affliction: &Affliction, now: UtcTime) {
        self.change(|plan| plan.switch_off(affliction, now));
        let switched = Switched { affliction: affliction.clone(), at: now, is_on: false };
        self.switched.send_modify(|all| {
            // It does not end a second time.
            all.retain(|other| other.at <= now || !other.affliction.is_same(affliction));
            all.push(switched);
        });
    }

    /// All that was switched, in order, and notice of more.
    pub fn switched(&self) -> watch::Receiver<Vec<Switched>> {
        self.switched.subscribe()
    }

    /// Whether an FSP's agent runs here: what an FSP does that runs its own client is not switched.
    pub fn reaches(&self, fsp: &FspId) -> bool {
        self.obeyed_by.lock().unwrap_or_else(PoisonError::into_inner).contains_key(fsp)
    }

    /// An FSP's agent obeys it from now on.
    pub(crate) fn obeyed_by(&self, fsp: &FspId) -> Obedience {
        let mut all = self.obeyed_by.lock().unwrap_or_else(PoisonError::into_inner);
        *all.entry(fsp.clone()).or_default() += 1;
        Obedience { fsp: fsp.clone(), switch: self.clone() }
    }

    fn change(&self, change: impl FnOnce(&mut FaultPlan)) {
        change(Arc::make_mut(&mut self.plan.write().unwrap_or_else(PoisonError::into_inner)));
    }
}

impl Drop for Obedience {
    fn drop(&mut self) {
        let mut all = self.switch.obeyed_by.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(agents) = all.get_mut(&self.fsp) {
            *agents -= 1;
            if *agents == 0 {
                all.remove(&self.fsp);
            }
        }
    }
}
