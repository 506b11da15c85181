//! How far the VTN has been read: what to ask for next, and what was taken before, so that nothing is taken twice or missed.
//! One byte of an answer may have been altered on its way: no single word of it moves the mark, and now and then everything
//! is read once more from the beginning, some at a time.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::follower::{Asked, Reading, Since};
use crate::openadr::client::{ClientActivity, Told};
use crate::openadr::wire::Report;

/// Seconds from the end of a second reading to the beginning of the next, at least.
const AGAIN_EVERY_S: f64 = 120.0;
/// And so many times as long as its last part took, but never longer than [`AGAIN_AT_LEAST_EVERY_S`]: what took its time may
/// have been the line.
const TIMES_AS_LONG: f64 = 30.0;
const AGAIN_AT_LEAST_EVERY_S: f64 = 300.0;

/// Where the last look ended, by the VTN's clock; what was seen then comes again.
#[derive(Debug)]
pub(super) struct Bookmark {
    since: Since,
    /// Where a look goes on that did not bring all.
    rest: Option<String>,
    /// Where the second reading goes on; `None` at its beginning.
    again: Option<String>,
    /// When it does, in seconds of UTC.
    again_at: f64,
    /// Whether the VTN tells what has changed alone, so that there is something to read again.
    passes_over: bool,
    /// The number of the second reading.
    turn: u32,
    /// What was taken last of each report that the VTN holds, by a fingerprint of its id.
    taken: HashMap<u64, Taken>,
}

/// A report as it was taken.
#[derive(Clone, Copy, Debug)]
struct Taken {
    print: u64,
    /// The second reading in which it was met last.
    turn: u32,
}

impl Bookmark {
    /// Nothing was read yet; `now` in seconds of UTC.
    pub(super) fn beginning(now: f64) -> Self {
        Self {
            since: Since::default(),
            rest: None,
            again: None,
            again_at: now + AGAIN_EVERY_S,
            passes_over: false,
            turn: 0,
            taken: HashMap::new(),
        }
    }

    /// What to ask for.
    pub(super) fn asks(&self, reading: Reading) -> Asked {
        let reports = match reading {
            Reading::News => &self.since.reports,
            Reading::Rest => &self.rest,
            Reading::Again => &self.again,
        };
        Asked { reading, since: Since { reports: reports.clone(), activity: self.since.activity.clone() } }
    }

    /// Whether it is time to read some of everything again; `now` in seconds of UTC. While a desk `is_busy` it waits, but not
    /// for ever.
    pub(super) fn is_to_read_again(&self, now: f64, is_busy: bool) -> bool {
        let waits_s = if is_busy { AGAIN_AT_LEAST_EVERY_S } else { 0.0 };
        self.passes_over && now >= self.again_at + waits_s
    }

    /// Moves on over what clients have done.
    pub(super) fn pass(&mut self, activity: &[ClientActivity]) {
        let asked = last_but_one(activity.iter().map(|client| client.last_request.as_str()));
        if let Some(asked) = asked {
            self.since.activity = Some(asked.to_owned());
        }
    }

    /// Keeps those reports that were not taken in this form before, oldest first, and moves on.
    pub(super) fn take(&mut self, reports: Vec<Report>, told: Told) -> Vec<Report> {
        self.passes_over = told != Told::Everything;
        self.rest = latest(&reports).filter(|_| told == Told::SomeChanges).map(str::to_owned);
        let read_to = last_but_one(reports.iter().map(modified_at)).map(str::to_owned);
        if let Some(read_to) = read_to
            && self.since.reports.as_deref().is_none_or(|since| instant(&read_to) >= instant(since))
        {
            self.since.reports = Some(read_to);
        }
        if told == Told::Everything {
            // Whatever is not among it is gone.
            self.turn += 1;
        }
        let fresh = self.unknown(reports);
        if told == Told::Everything {
            let turn = self.turn;
            self.taken.retain(|_, taken| taken.turn == turn);
        }
        fresh
    }

    /// The same for a part of the second reading, which ended at `now` (seconds of UTC) and `took` so many seconds of it.
    pub(super) fn take_again(
        &mut self,
        reports: Vec<Report>,
        told: Told,
        now: f64,
        took: f64,
    ) -> Vec<Report> {
        let end = latest(&reports).map(str::to_owned);
        if told == Told::SomeChanges && end.is_some() {
            self.again = end;
            return self.unknown(reports);
        }
        // All that there is has been read. A mark that lies beyond it was altered, or the VTN's clock was wrong.
        let is_beyond = |since: &String| end.as_deref().is_none_or(|end| instant(since) > instant(end));
        if self.since.reports.as_ref().is_some_and(is_beyond) {
            self.since.reports = last_but_one(reports.iter().map(modified_at)).map(str::to_owned);
        }
        self.since.activity = None;
        self.again = None;
        self.again_at = now + (took * TIMES_AS_LONG).clamp(AGAIN_EVERY_S, AGAIN_AT_LEAST_EVERY_S);
        let fresh = self.unknown(reports);
        // One reading may have passed something over: what two have not met is gone.
        let turn = self.turn;
        self.taken.retain(|_, taken| taken.turn + 1 >= turn);
        self.turn += 1;
        fresh
    }

    /// Those that were not taken in this form before, oldest first.
    fn unknown(&mut self, reports: Vec<Report>) -> Vec<Report> {
        let turn = self.turn;
        let mut fresh: Vec<(jiff::Timestamp, Report)> = Vec::new();
        for report in reports {
            let taken = Taken { print: fingerprint(&report), turn };
            let is_known = report.meta.id.as_ref().is_some_and(|id| {
                let before = self.taken.insert(print_of(id.as_bytes()), taken);
                before.is_some_and(|before| before.print == taken.print)
            });
            if !is_known {
                fresh.push((instant(modified_at(&report)), report));
            }
        }
        fresh.sort_by(|(a, one), (b, other)| (a, &one.meta.id).cmp(&(b, &other.meta.id)));
        fresh.into_iter().map(|(_, report)| report).collect()
    }
}

/// As the VTN wrote it.
fn modified_at(report: &Report) -> &str {
    report.meta.modification_date_time.as_deref().unwrap_or_default()
}

fn latest(reports: &[Report]) -> Option<&str> {
    let latest = reports.iter().map(modified_at).max_by_key(|at| instant(at));
    latest.filter(|at| instant(at) > jiff::Timestamp::MIN)
}

/// The latest instant but one: the latest may be an altered one, from which nothing would ever be news. What lies between
/// the two comes once more.
fn last_but_one<'a>(instants: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (mut last, mut before): (Option<&str>, Option<&str>) = (None, None);
    for at in instants.filter(|at| instant(at) > jiff::Timestamp::MIN) {
        if last.is_none_or(|last| instant(at) >= instant(last)) {
            before = last.replace(at);
        } else if before.is_none_or(|before| instant(at) > instant(before)) {
            before = Some(at);
        }
    }
    before
}

fn fingerprint(report: &Report) -> u64 {
    let mut print = Print::default();
    // Whatever is written into a hash is taken.
    let _ = serde_json::to_writer(&mut print, report);
    print.0.finish()
}

/// Takes a print of what is written into it.
#[derive(Default)]
struct Print(DefaultHasher);

impl std::io::Write for Print {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn print_of(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn instant(text: &str) -> jiff::Timestamp {
    text.parse().unwrap_or(jiff::Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openadr::wire::Metadata;

    fn report(id: &str, modified: &str) -> Report {
        let modification_date_time = Some(modified.to_owned());
        Report {
            meta: Metadata { id: Some(id.to_owned()), modification_date_time, ..Metadata::default() },
            ..Report::default()
        }
    }

    fn at(seconds: u32) -> String {
        format!("2026-11-26T16:00:{seconds:02}Z")
    }

    fn ids(reports: &[Report]) -> Vec<&str> {
        reports.iter().filter_map(|r| r.meta.id.as_deref()).collect()
    }

    fn since(mark: &Bookmark) -> Option<String> {
        mark.asks(Reading::News).since.reports
    }

    #[test]
    fn every_report_is_taken_once_in_the_order_of_the_vtn() {
        let mut mark = Bookmark::beginning(0.0);
        let first = vec![report("b", "2026-11-26T16:00:00.5Z"), report("a", "2026-11-26T16:00:00Z")];
        assert_eq!(ids(&mark.take(first, Told::Changes)), ["a", "b"], "half a second is later than none");
        let next = vec![report("b", "2026-11-26T16:00:00.5Z"), report("c", "2026-11-26T16:00:00.5Z")];
        assert_eq!(ids(&mark.take(next.clone(), Told::Changes)), ["c"]);
        assert_eq!(ids(&mark.take(next, Told::Changes)), [""; 0]);
        assert_eq!(ids(&mark.take(vec![report("a", &at(10))], Told::Changes)), ["a"], "replaced: told again");
        let mut changed = report("a", &at(10));
        changed.client_name = "X".to_owned();
        let taken = mark.take(vec![changed], Told::Changes);
        assert_eq!(taken.len(), 1, "replaced within one tick of the VTN's clock");
    }

    #[test]
    fn a_vtn_that_tells_everything_every_time_is_heard_once_and_not_read_again() {
        let mut mark = Bookmark::beginning(0.0);
        let all: Vec<Report> = (0..5).map(|n| report(&format!("r{n}"), &at(n))).collect();
        assert_eq!(mark.take(all.clone(), Told::Everything).len(), 5);
        for _ in 0..3 {
            assert_eq!(ids(&mark.take(all.clone(), Told::Everything)), [""; 0], "an old report is no news");
        }
        let mut more = all;
        more.insert(0, report("r5", &at(9)));
        assert_eq!(ids(&mark.take(more.clone(), Told::Everything)), ["r5"]);
        more.remove(0);
        mark.take(more, Told::Everything);
        assert_eq!(mark.taken.len(), 5, "what is gone is forgotten");
        assert!(!mark.is_to_read_again(f64::INFINITY, false));
    }

    #[test]
    fn one_altered_instant_does_not_pass_over_what_is_told_later() {
        let mut mark = Bookmark::beginning(0.0);
        mark.take(vec![report("a", &at(1)), report("b", "2926-11-26T16:00:02Z")], Told::Changes);
        assert_eq!(since(&mark), Some(at(1)));
        assert_eq!(
            ids(&mark.take(vec![report("b", &at(2)), report("c", &at(3))], Told::Changes)),
            ["b", "c"]
        );
        assert_eq!(since(&mark), Some(at(2)), "and goes on");
        let asked = |at: &str| ClientActivity {
            client_id: "A".to_owned(),
            last_request: at.to_owned(),
            request: String::new(),
            requests: 1,
        };
        mark.pass(&[asked("2926-11-26T16:00:02Z"), asked(&at(3)), asked(&at(1))]);
        assert_eq!(mark.asks(Reading::News).since.activity, Some(at(3)));
    }

    #[test]
    fn a_look_goes_on_from_the_last_of_what_it_brought_however_many_are_of_one_instant() {
        let mut mark = Bookmark::beginning(0.0);
        let reports = vec![report("a", &at(1)), report("b", &at(1)), report("c", &at(2))];
        mark.take(reports, Told::SomeChanges);
        assert_eq!(mark.asks(Reading::Rest).since.reports, Some(at(2)));
        mark.take(vec![report("c", &at(2)), report("d", &at(3))], Told::Changes);
        assert_eq!((mark.rest.as_deref(), since(&mark)), (None, Some(at(2))));
    }

    #[test]
    fn what_was_altered_or_passed_over_is_found_when_everything_is_read_again() {
        let mut mark = Bookmark::beginning(0.0);
        let altered = Report { client_name: "X".to_owned(), ..report("b", &at(2)) };
        mark.take(vec![report("a", &at(1)), altered, report("d", &at(4))], Told::Changes);
        assert!(
            !mark.is_to_read_again(AGAIN_EVERY_S - 1.0, false) && mark.is_to_read_again(AGAIN_EVERY_S, false)
        );
        let busy_until = AGAIN_EVERY_S + AGAIN_AT_LEAST_EVERY_S;
        assert!(!mark.is_to_read_again(busy_until - 1.0, true), "a burst comes first");
        assert!(mark.is_to_read_again(busy_until, true), "but not for ever");
        let again = mark.asks(Reading::Again);
        assert_eq!(again.since.reports, None, "from the beginning");
        let some = vec![report("a", &at(1)), report("b", &at(2))];
        assert_eq!(ids(&mark.take_again(some, Told::SomeChanges, 120.0, 0.1)), ["b"]);
        assert_eq!(mark.asks(Reading::Again).since.reports, Some(at(2)));
        assert!(mark.is_to_read_again(120.0, false), "the rest of it comes at once");
        let rest = vec![report("b", &at(2)), report("c", &at(3)), report("d", &at(4))];
        assert_eq!(ids(&mark.take_again(rest, Told::Changes, 120.0, 100.0)), ["c"]);
        assert!(!mark.is_to_read_again(120.0 + AGAIN_AT_LEAST_EVERY_S - 1.0, false), "it took its time");
        assert!(mark.is_to_read_again(120.0 + AGAIN_AT_LEAST_EVERY_S, false), "but may have been the line");
        assert_eq!(mark.asks(Reading::Again).since.reports, None, "and then from the beginning");
    }

    #[test]
    fn a_mark_beyond_all_that_the_vtn_holds_goes_back() {
        let mut mark = Bookmark::beginning(0.0);
        let by_a_wrong_clock = vec![report("a", "2027-01-01T00:00:00Z"), report("b", "2027-01-01T00:00:01Z")];
        mark.take(by_a_wrong_clock, Told::Changes);
        assert_eq!(since(&mark).as_deref(), Some("2027-01-01T00:00:00Z"));
        let all = vec![report("a", &at(1)), report("b", &at(2)), report("c", &at(3))];
        assert_eq!(mark.take_again(all, Told::Changes, 120.0, 0.1).len(), 3);
        assert_eq!(since(&mark), Some(at(2)));
        mark.take_again(Vec::new(), Told::Changes, 240.0, 0.1);
        assert_eq!(since(&mark), None, "a VTN that has lost everything");
    }

    #[test]
    fn what_two_readings_have_not_met_is_forgotten() {
        let mut mark = Bookmark::beginning(0.0);
        mark.take(vec![report("a", &at(1)), report("b", &at(2))], Told::Changes);
        for left in [2, 2, 1] {
            mark.take_again(vec![report("b", &at(2))], Told::Changes, 0.0, 0.0);
            assert_eq!(mark.taken.len(), left);
        }
    }
}
