use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;
use crate::openadr::wire::Report;

/// Answers the first requests as told, then as the rule has it.
fn at_first(
    answers: Vec<fn() -> Answered>,
    then: impl Fn(&Asked) -> Answered + Send + Sync + 'static,
) -> Arc<Fake> {
    let asked_before = AtomicUsize::new(0);
    Fake::open(move |asked| match answers.get(asked_before.fetch_add(1, Ordering::SeqCst)) {
        Some(first) => first(),
        None => then(asked),
    })
}

fn broken() -> Answered {
    Err(TransportError::Broken("reset".into()))
}

#[tokio::test(start_paused = true)]
async fn a_read_that_fails_for_now_is_tried_four_times_with_growing_pauses() {
    let failures: [fn() -> Answered; 7] = [
        unreachable,
        timed_out,
        broken,
        || answer(429, json!({})),
        || answer(502, json!({})),
        || answer(503, json!({})),
        || answer(504, json!({})),
    ];
    for failure in failures {
        let vtn = at_first(vec![failure; 3], |_| answer(200, json!([])));
        let bench = bench(&vtn);
        let began = bench.clock.now_seconds();
        bench.client.events(None).await.unwrap();
        let took = bench.clock.now_seconds() - began;
        assert_eq!(vtn.calls().len(), 4);
        assert!((1.75..=5.25).contains(&took), "0.5 + 1 + 2 s, each ±50 %: {took}");

        let vtn = Fake::open(move |_| failure());
        let error = self::bench(&vtn).client.events(None).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
        assert_eq!(vtn.calls().len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn pauses_are_spread_but_the_same_for_a_seed() {
    let took = || async {
        let vtn = at_first(vec![unreachable; 3], |_| answer(200, json!([])));
        let bench = bench(&vtn);
        bench.client.events(None).await.unwrap();
        bench.exchanges.since(0).iter().map(|e| e.at.unix()).collect::<Vec<_>>()
    };
    assert_eq!(took().await, took().await);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_tried_again() {
    for status in [400, 404, 405, 409, 500] {
        let vtn = Fake::open(move |_| answer(status, json!({"detail": "no"})));
        let error = bench(&vtn).client.events(None).await.unwrap_err();
        assert_eq!(error.to_string(), format!("the VTN answered {status}: no"));
        assert_eq!(vtn.calls().len(), 1);
    }
    let vtn = Fake::open(|_| Err(TransportError::TooLarge { limit: 5 }));
    let error = bench(&vtn).client.events(None).await.unwrap_err();
    assert!(!error.is_transient());
    assert_eq!(vtn.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_asks_to_wait_is_given_the_time() {
    for (header, value, seconds) in
        [("retry-after", "7", 7.0), ("retry-after", "100000", 60.0), ("retry-after", "soon", 0.25)]
    {
        let asked_before = AtomicUsize::new(0);
        let vtn = Fake::open(move |_| match asked_before.fetch_add(1, Ordering::SeqCst) {
            0 => answer_with(429, (header, value), json!({})),
            _ => answer(200, json!([])),
        });
        let bench = bench(&vtn);
        let began = bench.clock.now_seconds();
        bench.client.events(None).await.unwrap();
        let took = bench.clock.now_seconds() - began;
        assert!((seconds..seconds + 0.8).contains(&took), "{value}: {took}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_names_the_hour_is_given_the_time() {
    let asked_before = AtomicUsize::new(0);
    let vtn = Fake::open(move |_| match asked_before.fetch_add(1, Ordering::SeqCst) {
        0 => Ok(http::Response::builder()
            .status(503)
            .header("date", "Thu, 26 Nov 2026 17:00:00 GMT")
            .header("retry-after", "Thu, 26 Nov 2026 17:00:09 GMT")
            .body(Bytes::new())
            .unwrap()),
        _ => answer(200, json!([])),
    });
    let bench = bench(&vtn);
    let began = bench.clock.now_seconds();
    bench.client.events(None).await.unwrap();
    let took = bench.clock.now_seconds() - began;
    assert!((9.0..9.1).contains(&took), "{took}");
}

fn dispatch() -> Event {
    Event { program_id: "p-1".into(), event_name: Some("D-1".into()), ..Event::default() }
}

/// Takes the POST whose number is told (from 0) without the answer getting through; shows what it took.
fn losing(lost: usize, answer_lost: fn() -> Answered, takes_it: bool) -> Arc<Fake> {
    let (posts, held) = (AtomicUsize::new(0), AtomicBool::new(false));
    Fake::open(move |asked| {
        if asked.method != "POST" {
            let events = if held.load(Ordering::SeqCst) { json!([event("D-1")]) } else { json!([]) };
            return answer(200, events);
        }
        let is_lost = posts.fetch_add(1, Ordering::SeqCst) == lost;
        if !is_lost || takes_it {
            assert!(!held.swap(true, Ordering::SeqCst), "the dispatch went out twice");
        }
        if is_lost { answer_lost() } else { answer(201, event("D-1")) }
    })
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_whose_answer_is_lost_is_looked_up_and_never_sent_twice() {
    let lost: [fn() -> Answered; 5] = [
        timed_out,
        broken,
        || answer(502, json!({})),
        || answer(504, json!({})),
        || Ok(http::Response::builder().status(201).body(Bytes::from_static(b"{")).unwrap()),
    ];
    for lost in lost {
        let vtn = losing(0, lost, true);
        let made =
            bench(&vtn).client.post_event(&dispatch(), |e| e.event_name.as_deref() == Some("D-1")).await;
        assert_eq!(made.unwrap().meta.id.as_deref(), Some("D-1"));
        assert_eq!(vtn.calls(), ["POST /events", "GET /events"]);
        assert_eq!(vtn.asked().last().unwrap().parameter("programID"), Some("p-1"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_that_did_not_arrive_is_sent_again_after_the_look_up() {
    let vtn = losing(0, timed_out, false);
    let made = bench(&vtn).client.post_event(&dispatch(), |e| e.event_name.as_deref() == Some("D-1")).await;
    assert!(made.is_ok());
    assert_eq!(vtn.calls(), ["POST /events", "GET /events", "POST /events"]);
}

#[tokio::test(start_paused = true)]
async fn what_never_reached_the_vtn_is_sent_again_without_a_look_up() {
    for failure in [unreachable as fn() -> Answered, || answer(429, json!({}))] {
        let vtn = losing(0, failure, false);
        bench(&vtn).client.post_event(&dispatch(), |_| false).await.unwrap();
        assert_eq!(vtn.calls(), ["POST /events", "POST /events"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_is_not_sent_again_while_nobody_knows_whether_it_arrived() {
    let vtn = Fake::open(|asked| if asked.method == "POST" { timed_out() } else { unreachable() });
    let error = bench(&vtn).client.post_event(&dispatch(), |_| true).await.unwrap_err();
    assert!(matches!(error, ClientError::Transport(TransportError::TimedOut { .. })), "{error}");
    assert_eq!(vtn.count("POST /events"), 1);
    assert_eq!(vtn.count("GET /events"), 4);
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_that_is_lost_each_time_is_looked_up_each_time() {
    let vtn = Fake::open(|asked| if asked.method == "POST" { timed_out() } else { answer(200, json!([])) });
    let error = bench(&vtn).client.post_event(&dispatch(), |_| true).await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(vtn.count("POST /events"), 4);
    assert_eq!(vtn.count("GET /events"), 4, "the last one too may have arrived");
}

#[tokio::test(start_paused = true)]
async fn a_post_that_is_refused_is_not_tried_again() {
    for status in [400, 403, 409, 500] {
        let vtn = Fake::open(move |_| answer(status, json!({"detail": "no"})));
        let error = bench(&vtn).client.post_event(&dispatch(), |_| true).await.unwrap_err();
        assert!(error.to_string().contains(&status.to_string()));
        assert_eq!(vtn.calls(), ["POST /events"]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_whose_answer_is_lost_is_looked_up_among_its_event_s_reports() {
    let vtn = Fake::open(|asked| match asked.method.as_str() {
        "POST" => timed_out(),
        _ => answer(200, json!([{"id": "r-1", "eventID": "e-1", "clientName": "A", "resources": []}])),
    });
    let report = Report { event_id: "e-1".into(), client_name: "A".into(), ..Report::default() };
    let client = bench(&vtn).client;
    let filed = client.post_report(&report, |r| r.client_name == "A").await.unwrap();
    assert_eq!(filed.meta.id.as_deref(), Some("r-1"));
    assert_eq!(vtn.asked().last().unwrap().parameter("eventID"), Some("e-1"));
}

#[tokio::test(start_paused = true)]
async fn a_replacement_does_no_harm_twice_so_it_is_tried_again() {
    let vtn = at_first(vec![timed_out, broken], |asked| match asked.path.as_str() {
        "/events/e-1" => answer(200, event("e-1")),
        _ => answer(200, json!({"id": "r-1", "eventID": "e-1", "clientName": "A", "resources": []})),
    });
    let client = bench(&vtn).client;
    let mut sent = dispatch();
    sent.meta.id = Some("e-1".into());
    sent.meta.object_type = Some("EVENT".into());
    client.put_event("e-1", &sent).await.unwrap();
    assert_eq!(vtn.count("PUT /events/e-1"), 3);
    assert_eq!(vtn.asked().last().unwrap().body, r#"{"programID":"p-1","eventName":"D-1"}"#);
    client.put_report("r-1", &Report::default()).await.unwrap();
    assert_eq!(vtn.count("PUT /reports/r-1"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_left_in_doubt_is_looked_for_before_it_is_sent_again_by_whoever_asks() {
    let (posts, is_reachable) = (AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
    let reachable = Arc::clone(&is_reachable);
    let vtn = Fake::open(move |asked| match asked.method.as_str() {
        "POST" => {
            assert_eq!(posts.fetch_add(1, Ordering::SeqCst), 0, "it went out twice");
            timed_out()
        }
        _ if !reachable.load(Ordering::SeqCst) => unreachable(),
        _ => answer(200, json!([{"id": "r-1", "eventID": "e-1", "clientName": "A", "resources": []}])),
    });
    let client = bench(&vtn).client;
    let report = Report { event_id: "e-1".into(), client_name: "A".into(), ..Report::default() };
    client.post_report(&report, |r| r.client_name == "A").await.unwrap_err();
    client.post_report(&report, |r| r.client_name == "A").await.unwrap_err();
    is_reachable.store(true, Ordering::SeqCst);
    let filed = client.post_report(&report, |r| r.client_name == "A").await.unwrap();
    assert_eq!(filed.meta.id.as_deref(), Some("r-1"));
}

#[tokio::test(start_paused = true)]
async fn a_doubt_about_one_event_holds_up_no_other() {
    let vtn = Fake::open(|asked| match asked.method.as_str() {
        "POST" if asked.body.contains("e-1") => timed_out(),
        "POST" => answer(201, json!({"id": "r-2", "eventID": "e-2", "clientName": "A", "resources": []})),
        _ => unreachable(),
    });
    let client = bench(&vtn).client;
    let report =
        |event: &str| Report { event_id: event.into(), client_name: "A".into(), ..Report::default() };
    client.post_report(&report("e-1"), |_| true).await.unwrap_err();
    client.post_report(&report("e-2"), |_| true).await.unwrap();
}
