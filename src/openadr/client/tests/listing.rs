use std::borrow::Borrow;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn number(asked: &Asked, name: &str) -> usize {
    asked.parameter(name).unwrap().parse().unwrap()
}

fn slice(ids: &[String], asked: &Asked) -> Answered {
    let (skip, limit) = (number(asked, "skip"), number(asked, "limit"));
    assert!(limit <= 50, "OpenADR 3.1 allows no more");
    let page: Vec<Value> = ids.iter().skip(skip).take(limit).map(|id| event(id)).collect();
    answer(200, Value::Array(page))
}

fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| format!("e-{n:05}")).collect()
}

/// A VTN whose list is told by the number of requests before.
fn changing(list: impl Fn(usize) -> Vec<String> + Send + Sync + 'static) -> Arc<Fake> {
    let asked_before = AtomicUsize::new(0);
    Fake::open(move |asked| slice(&list(asked_before.fetch_add(1, Ordering::SeqCst)), asked))
}

fn names<E: Borrow<Event>>(events: &[E]) -> Vec<String> {
    events.iter().map(|e| e.borrow().meta.id.clone().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_list_is_read_to_its_end_whatever_its_length() {
    for length in [0, 1, 49, 50, 51, 98, 99, 100, 500] {
        let vtn = changing(move |_| ids(0..length));
        let events = bench(&vtn).client.events(None).await.unwrap();
        assert_eq!(names(&events), ids(0..length));
        assert!(vtn.pages() <= length / 49 + 2, "read once, and looked once past the end: {}", vtn.pages());
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_is_sent_with_every_page() {
    let vtn = changing(|_| ids(0..60));
    let client = bench(&vtn).client;
    client.events(Some("p 1&x")).await.unwrap();
    client.reports(Some("e-1"), Some("p-1")).await.unwrap();
    let asked: Vec<Asked> = vtn.asked().into_iter().filter(|a| a.path == "/events").collect();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|a| a.parameter("programID") == Some("p 1&x")));
    assert!(asked.iter().all(|a| a.parameter("targets").is_none() && a.parameter("active").is_none()));
    let reports = vtn.asked().into_iter().find(|a| a.path == "/reports").unwrap();
    assert_eq!((reports.parameter("eventID"), reports.parameter("programID")), (Some("e-1"), Some("p-1")));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_while_the_list_is_read_hides_no_other() {
    let vtn = changing(|before| if before == 0 { ids(1..121) } else { ids(0..121) });
    let events = bench(&vtn).client.events(None).await.unwrap();
    assert_eq!(names(&events), ids(0..121));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_goes_while_the_list_is_read_hides_no_other() {
    let vtn = changing(|before| if before == 0 { ids(0..121) } else { ids(1..121) });
    let events = bench(&vtn).client.events(None).await.unwrap();
    assert_eq!(names(&events), ids(1..121));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_never_rests_is_read_three_times_and_nothing_seen_is_lost() {
    let vtn = changing(|before| ids(1000 - before * 3..1100));
    let events = bench(&vtn).client.events(None).await.unwrap();
    assert!(ids(1000..1100).iter().all(|id| names(&events).contains(id)));
    let mut unique = names(&events);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), events.len(), "each once");
    assert!(vtn.pages() < 30);
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_ignores_paging_ends_it() {
    let vtn = Fake::open(|_| answer(200, Value::Array(ids(0..50).iter().map(|id| event(id)).collect())));
    let events = bench(&vtn).client.events(None).await.unwrap();
    assert_eq!(events.len(), 50);
    assert!(vtn.pages() <= 6);
    let vtn = Fake::open(|_| answer(200, json!([event("e-1"), event("e-2"), event("e-3")])));
    assert_eq!(bench(&vtn).client.events(None).await.unwrap().len(), 3);
    assert_eq!(vtn.pages(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_gives_fewer_than_asked_for_hides_nothing() {
    for (length, cap) in [(0, 20), (1, 20), (19, 20), (20, 20), (21, 20), (39, 20), (100, 20), (30, 2)] {
        let vtn = Fake::open(move |asked| {
            let skip = number(asked, "skip");
            let page = ids(0..length).into_iter().skip(skip).take(cap);
            answer(200, page.map(|id| event(&id)).collect())
        });
        let events = bench(&vtn).client.events(None).await.unwrap();
        assert_eq!(names(&events), ids(0..length), "{length} by {cap}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_is_looked_past_its_end_until_a_longer_page_was_seen() {
    let vtn = Fake::open(|asked| slice(&ids(0..if asked.path == "/reports" { 50 } else { 3 }), asked));
    let client = bench(&vtn).client;
    client.events(None).await.unwrap();
    assert_eq!(vtn.pages(), 2);
    let _ = client.reports(None, None).await.unwrap();
    let before = vtn.pages();
    client.events(None).await.unwrap();
    assert_eq!(vtn.pages() - before, 1, "this VTN gives pages of 50, so 3 is all");
}

#[tokio::test(start_paused = true)]
async fn no_list_is_read_without_end() {
    let vtn = Fake::open(|asked| {
        let skip = number(asked, "skip");
        answer(200, Value::Array(ids(skip..skip + 50).iter().map(|id| event(id)).collect()))
    });
    let bench = bench(&vtn);
    assert_eq!(bench.client.events(None).await.unwrap().len(), 10_000);
    let last = bench.exchanges.since(0).last().unwrap().understood.clone();
    assert!(last.contains("no further than 10000 objects"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn one_object_that_cannot_be_read_does_not_hide_the_rest() {
    let vtn = Fake::open(|_| {
        let old = json!({"id": "old", "programID": "p", "targets": [{"type": "VEN_NAME", "values": ["a"]}]});
        answer(200, json!([event("e-1"), old, {"id": "none"}, 5, event("e-2")]))
    });
    let bench = bench(&vtn);
    let events = bench.client.events(None).await.unwrap();
    assert_eq!(names(&events), ["e-1", "e-2"]);
    let noted = bench.exchanges.since(0).last().unwrap().understood.clone();
    assert!(noted.starts_with("5 events; 3 not readable: event old: "), "{noted}");
    assert!(noted.contains("event none: missing field `programID`"), "{noted}");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_list_is_not_understood() {
    for (body, says) in [("{}", "it is not a list of events"), ("<html>", "it is HTML"), ("", "it is empty")]
    {
        let vtn = Fake::open(move |_| Ok(http::Response::new(Bytes::from_static(body.as_bytes()))));
        let error = bench(&vtn).client.events(None).await.unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("the VTN's answer to GET /base/events is not OpenADR: "), "{text}");
        assert!(text.contains(says), "{text}");
        assert_eq!(vtn.calls().len(), 1, "asking again would not help");
    }
}

#[tokio::test(start_paused = true)]
async fn one_event_is_fetched_or_is_not_there() {
    let vtn = Fake::open(|asked| match asked.path.as_str() {
        "/events/e-1" => answer(200, event("e-1")),
        "/notifiers" => answer(200, json!({"WEBSOCKET": true})),
        _ => answer(404, json!({"title": "Not Found"})),
    });
    let client = bench(&vtn).client;
    assert_eq!(client.event("e-1").await.unwrap().unwrap().meta.id.as_deref(), Some("e-1"));
    assert_eq!(client.event("a/b").await.unwrap(), None);
    assert_eq!(vtn.calls()[1], "GET /events/a%2Fb");
    assert_eq!(client.notifiers().await.unwrap(), json!({"WEBSOCKET": true}));
}

fn targeted(id: &str, target: &str) -> Value {
    json!({"id": id, "programID": "p-1", "targets": [target]})
}

#[tokio::test(start_paused = true)]
async fn a_ven_sees_its_dispatches_on_a_vtn_that_shows_them_only_when_the_target_is_named() {
    let vtn = Fake::open(|asked| match asked.parameter("targets") {
        None => answer(200, json!([event("anchor")])),
        Some(target) => answer(200, json!([event("anchor"), targeted(&format!("at-{target}"), target)])),
    });
    let client = bench(&vtn).client;
    let units = ["A_1".to_owned(), "A_2".to_owned()];
    for _ in 0..2 {
        let events = client.events_granted(None, &units).await.unwrap();
        assert_eq!(names(&events), ["anchor", "at-A_1", "at-A_2"]);
    }
    assert_eq!(vtn.calls().len(), 6, "each target is asked for alone");
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_shows_a_ven_its_dispatches_unasked_is_asked_once() {
    let vtn = Fake::open(|_| answer(200, json!([targeted("e-1", "A_1")])));
    let client = bench(&vtn).client;
    let units = ["A_1".to_owned(), "A_2".to_owned()];
    client.events_granted(Some("p-1"), &units).await.unwrap();
    client.events_granted(Some("p-1"), &units).await.unwrap();
    assert_eq!(vtn.calls().len(), 2);

    let own = Fake::new(|asked| match asked.path.as_str() {
        "/auth/server" => answer_with(
            200,
            ("x-rampdesk-extensions", "modified-since"),
            json!({"tokenURL": "/base/auth/token"}),
        ),
        "/auth/token" => door(asked).unwrap(),
        _ => answer(200, json!([])),
    });
    bench(&own).client.events_granted(None, &units).await.unwrap();
    assert_eq!(own.calls().len(), 1, "this program's own VTN says so beforehand");
}

/// Reports of a busy VTN: each with the millisecond of its last change.
#[derive(Default)]
struct Busy {
    reports: Vec<(String, usize)>,
    now: usize,
}

impl Busy {
    fn change(&mut self, report: usize) {
        self.now += 1;
        self.reports[report].1 = self.now;
    }

    fn create(&mut self, id: String) {
        self.now += 1;
        self.reports.push((id, self.now));
    }

    fn stamp(millisecond: usize) -> String {
        format!("2026-11-26T17:00:{:02}.{:03}Z", millisecond / 1000, millisecond % 1000)
    }

    fn page(&self, asked: &Asked) -> Answered {
        let (skip, since) = (number(asked, "skip"), asked.parameter("modifiedSince").unwrap());
        let mut told: Vec<_> =
            self.reports.iter().filter(|(_, at)| Self::stamp(*at).as_str() >= since).collect();
        told.sort_by_key(|(_, at)| *at);
        let report = |(id, at): &&(String, usize)| json!({"id": id, "modificationDateTime": Self::stamp(*at), "eventID": "e", "clientName": "X", "resources": []});
        answer(200, Value::Array(told.iter().skip(skip).take(number(asked, "limit")).map(report).collect()))
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_busy_vtn_no_acknowledgement_is_passed_over() {
    let busy = Arc::new(Mutex::new(Busy::default()));
    (0..300).for_each(|n| busy.lock().unwrap().create(format!("heartbeat-{n}")));
    let (at_vtn, pages) = (Arc::clone(&busy), AtomicUsize::new(0));
    let vtn = Fake::new(move |asked| match asked.path.as_str() {
        "/auth/server" => answer_with(
            200,
            ("x-rampdesk-extensions", "modified-since"),
            json!({"tokenURL": "/base/auth/token"}),
        ),
        "/reports" => {
            let mut busy = at_vtn.lock().unwrap();
            let told = busy.page(asked);
            // Half of what was told changes again before the next page is asked for, and something new comes.
            let n = pages.fetch_add(1, Ordering::SeqCst);
            if n < 60 {
                (0..25).for_each(|m| busy.change((n * 25 + m) % 300));
                busy.create(format!("acknowledgement-{n}"));
            }
            told
        }
        _ => door(asked).unwrap(),
    });
    let client = bench(&vtn).client;
    let (mut seen, mut since) = (std::collections::BTreeSet::new(), None);
    // More looks than pages after which something changes: at the end all is still.
    for _ in 0..90 {
        let reports = client.reports_since(since.as_deref()).await.unwrap().reports;
        seen.extend(reports.iter().map(|report| report.meta.id.clone().unwrap()));
        since = reports.iter().filter_map(|r| r.meta.modification_date_time.clone()).max().or(since);
    }
    let missed: Vec<_> =
        busy.lock().unwrap().reports.iter().filter(|(id, _)| !seen.contains(id)).cloned().collect();
    assert_eq!(missed, [], "of {} reports", seen.len());
}

#[tokio::test(start_paused = true)]
async fn more_than_a_page_of_one_instant_is_read_to_its_end() {
    let busy = Busy { reports: (0..170).map(|n| (format!("r-{n}"), 7)).collect(), now: 7 };
    let vtn = Fake::new(move |asked| match asked.path.as_str() {
        "/auth/server" => answer_with(
            200,
            ("x-rampdesk-extensions", "modified-since"),
            json!({"tokenURL": "/base/auth/token"}),
        ),
        "/reports" => busy.page(asked),
        _ => door(asked).unwrap(),
    });
    assert_eq!(bench(&vtn).client.reports_since(None).await.unwrap().reports.len(), 170);
}

#[tokio::test(start_paused = true)]
async fn of_very_many_changes_the_first_are_told_at_once_and_asking_on_brings_the_rest() {
    for (extensions, pages) in [("modified-since", 50), ("modified-since, long-pages", 500)] {
        let mut busy = Busy::default();
        (0..620).for_each(|n| busy.create(format!("one-by-one-{n}")));
        busy.reports.extend((0..700).map(|n| (format!("at-once-{n}"), 621)));
        busy.now = 621;
        (0..40).for_each(|n| busy.create(format!("after-{n}")));
        let all = busy.reports.len();
        let vtn = Fake::new(move |asked| match asked.path.as_str() {
            "/auth/server" => answer_with(
                200,
                ("x-rampdesk-extensions", extensions),
                json!({"tokenURL": "/base/auth/token"}),
            ),
            "/reports" => {
                assert_eq!(number(asked, "limit"), pages);
                busy.page(asked)
            }
            _ => door(asked).unwrap(),
        });
        let client = bench(&vtn).client;
        let (mut seen, mut since, mut parts) = (std::collections::BTreeSet::new(), None, 0);
        loop {
            let ChangedReports { reports, told } = client.reports_since(since.as_deref()).await.unwrap();
            assert!(reports.len() < 1400, "some at a time");
            seen.extend(reports.iter().map(|report| report.meta.id.clone().unwrap()));
            since = reports.iter().filter_map(|r| r.meta.modification_date_time.clone()).max();
            parts += 1;
            if told == Told::Changes {
                break;
            }
            assert!(parts < 10, "it never ends");
        }
        assert_eq!(seen.len(), all, "an instant is read to its end, however much it holds; pages of {pages}");
        assert!(parts > 1, "with pages of {pages}");
    }
}
