//! Polls that ask for what has changed alone.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A VTN whose list has a tag and changes with it: version 1, 1, 1, 2, 2, 2, and so on.
fn tagged(weak: bool) -> Arc<Fake> {
    let asked_before = AtomicUsize::new(0);
    Fake::open(move |asked| {
        let version = asked_before.fetch_add(1, Ordering::SeqCst) / 3 + 1;
        let tag = format!("{}\"v{version}\"", if weak { "W/" } else { "" });
        if asked.if_none_match.as_ref() == Some(&tag) {
            let answer = http::Response::builder().status(304).header("etag", tag);
            return Ok(answer.body(Bytes::new()).unwrap());
        }
        answer_with(200, ("etag", &tag), json!([event(&format!("e-{version}"))]))
    })
}

async fn ids(client: &Client) -> Vec<String> {
    client.events(None).await.unwrap().into_iter().filter_map(|e| e.meta.id).collect()
}

#[tokio::test(start_paused = true)]
async fn a_poll_whose_answer_has_not_changed_gives_what_it_gave_before_and_a_change_shows_at_once() {
    let vtn = tagged(false);
    let bench = bench(&vtn);
    for expected in ["e-1", "e-1", "e-1", "e-2", "e-2", "e-2", "e-3"] {
        assert_eq!(ids(&bench.client).await, [expected]);
    }
    let asked: Vec<_> = vtn.asked().into_iter().filter(|a| a.path == "/events").collect();
    let tags: Vec<_> = asked.iter().map(|a| a.if_none_match.as_deref()).collect();
    let (v1, v2) = (Some("\"v1\""), Some("\"v2\""));
    assert_eq!(tags, [None, None, v1, v1, None, v2, v2], "what came twice alike is asked for by its tag");
    let record = bench.exchanges.since(0);
    let third = record.iter().filter(|e| e.target.starts_with("/base/events")).nth(2).unwrap();
    assert_eq!((third.status, third.understood.as_str()), (Some(304), "as before: 1 event"));
}

/// Else one altered byte is what the VTN holds for as long as that does not change.
#[tokio::test(start_paused = true)]
async fn an_altered_answer_is_not_kept_as_what_its_tag_stands_for() {
    let asked_before = AtomicUsize::new(0);
    let vtn = Fake::open(move |asked| {
        if asked.if_none_match.is_some() {
            let answer = http::Response::builder().status(304).header("etag", "\"v1\"");
            return Ok(answer.body(Bytes::new()).unwrap());
        }
        let id = ["altered", "e-1", "e-1"][asked_before.fetch_add(1, Ordering::SeqCst)];
        answer_with(200, ("etag", "\"v1\""), json!([event(id)]))
    });
    let client = bench(&vtn).client;
    for expected in ["altered", "e-1", "e-1", "e-1"] {
        assert_eq!(ids(&client).await, [expected]);
    }
    assert_eq!(vtn.asked().last().unwrap().if_none_match.as_deref(), Some("\"v1\""));
}

#[tokio::test(start_paused = true)]
async fn events_that_have_not_changed_are_the_very_ones_that_were_answered_before() {
    let vtn = tagged(false);
    let client = bench(&vtn).client;
    let mut lists = Vec::new();
    for _ in 0..4 {
        lists.push(client.events_granted(None, &[]).await.unwrap());
    }
    let is_same = |a: usize, b: usize| Arc::ptr_eq(&lists[a][0], &lists[b][0]);
    assert_eq!(
        [is_same(0, 1), is_same(1, 2), is_same(2, 3)],
        [true, true, false],
        "e-1 three times, then e-2"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_the_same_but_for_details_is_read_anew() {
    let vtn = tagged(true);
    let client = bench(&vtn).client;
    for expected in ["e-1", "e-1", "e-1", "e-2"] {
        assert_eq!(ids(&client).await, [expected]);
    }
    assert!(vtn.asked().iter().all(|a| a.if_none_match.is_none()), "a weak tag may stand for two lists");
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_says_unchanged_unasked_is_not_believed() {
    let vtn = Fake::open(|_| answer(304, json!([])));
    assert_eq!(bench(&vtn).client.events(None).await.unwrap_err().status(), Some(304));
}

#[tokio::test(start_paused = true)]
async fn many_lists_take_no_more_room_than_a_few() {
    let vtn = Fake::open(|asked| {
        let body = json!([event("e-1")]);
        let tag = format!("\"{}\"", asked.parameter("programID").unwrap());
        assert!(asked.if_none_match.as_ref().is_none_or(|held| *held == tag), "each list has its own");
        answer_with(200, ("etag", &tag), body)
    });
    let client = bench(&vtn).client;
    for _ in 0..2 {
        for program in 0..40 {
            client.events(Some(&format!("p-{program}"))).await.unwrap();
        }
    }
    let held = vtn.asked().iter().filter(|a| a.if_none_match.is_some()).count();
    assert_eq!(held, 0, "of forty lists in turn the oldest is forgotten before it is asked for again");
    for _ in 0..2 {
        client.events(Some("p-39")).await.unwrap();
    }
    assert_eq!(vtn.asked().last().unwrap().if_none_match.as_deref(), Some("\"p-39\""));
}
