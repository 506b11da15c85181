//! The exchanges kept for this view, and those of them that the filter lets through.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::filter::Filter;
use crate::openadr::exchange::{Exchange, ExchangeLog};

/// So many are kept, in the hands of the window alone: the log goes on without it.
const MOST_KEPT: usize = 5_000;

/// What is kept and shown. Filtered anew only when the filter changes; news costs only what is new.
#[derive(Default)]
pub struct List {
    kept: VecDeque<Arc<Exchange>>,
    shown: VecDeque<Arc<Exchange>>,
    filter: Filter,
    clients: BTreeMap<String, usize>,
    taken: u64,
    passed_over: u64,
}

impl List {
    /// Takes in what the log has that is new.
    pub fn take_in(&mut self, log: &ExchangeLog) {
        let recorded = log.recorded();
        if recorded == self.taken {
            return;
        }
        if recorded < self.taken {
            // A recording was taken back to an earlier instant.
            *self = Self { filter: std::mem::take(&mut self.filter), ..Self::default() };
        }
        let news = log.since(self.taken);
        if let Some(first) = news.first() {
            self.passed_over += first.number - self.taken - 1;
        }
        self.taken = news.last().map_or(recorded, |last| last.number);
        for exchange in news {
            *self.clients.entry(exchange.client.clone()).or_default() += 1;
            if self.filter.holds(&exchange) {
                self.shown.push_back(Arc::clone(&exchange));
            }
            self.kept.push_back(exchange);
        }
        while self.kept.len() > MOST_KEPT {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.kept.pop_front() else { return };
        if self.shown.front().is_some_and(|e| e.number == oldest.number) {
            self.shown.pop_front();
        }
        if let Some(count) = self.clients.get_mut(&oldest.client) {
            *count -= 1;
            if *count == 0 {
                self.clients.remove(&oldest.client);
            }
        }
    }

    /// Shows what another filter lets through.
    pub fn use_filter(&mut self, filter: &Filter) {
        if self.filter != *filter {
            self.filter = filter.clone();
            self.shown = self.kept.iter().filter(|e| filter.holds(e)).cloned().collect();
        }
    }

    /// Forgets what came so far.
    pub fn clear(&mut self, log: &ExchangeLog) {
        *self = Self { taken: log.recorded(), filter: std::mem::take(&mut self.filter), ..Self::default() };
    }

    /// How many the log has that are not taken in.
    pub fn waiting(&self, log: &ExchangeLog) -> u64 {
        log.recorded().saturating_sub(self.taken)
    }

    /// How many were lost because the log was full before they were taken in.
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }

    /// The clients of what is kept, in order of name.
    pub fn clients(&self) -> impl Iterator<Item = &str> {
        self.clients.keys().map(String::as_str)
    }

    /// How many are kept.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// How many are shown.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// What stands in a row; the newest stands in the first.
    pub fn row(&self, row: usize) -> Option<&Arc<Exchange>> {
        self.shown.len().checked_sub(row + 1).and_then(|place| self.shown.get(place))
    }

    /// The row of an exchange by its number.
    pub fn row_of(&self, number: u64) -> Option<usize> {
        let place = self.shown.binary_search_by_key(&number, |e| e.number).ok()?;
        Some(self.shown.len() - 1 - place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::exchanges;

    /// A recording that is taken back shows what was said by then, and goes on from there.
    #[test]
    fn a_log_that_goes_back_is_gone_back_with() {
        let all = exchanges().since(0);
        assert!(all.len() >= 3);
        let (log, mut list) = (ExchangeLog::keeping(100), List::default());
        for shown in [3, 1, 2, 3] {
            log.show(&all[..shown]);
            list.take_in(&log);
            assert_eq!((list.kept(), list.len(), list.passed_over()), (shown, shown, 0));
        }
    }
}
