use std::sync::atomic::Ordering;

use super::*;
use crate::openadr::version::Version::{V3_0, V3_1};

/// A VTN whose `/auth/server` answers so, without a token and with one.
fn with_door(without: u16, with: u16) -> Arc<Fake> {
    Fake::new(move |asked| match (asked.path.as_str(), &asked.authorization) {
        ("/auth/token", _) => door(asked).unwrap(),
        (path, token) if path.ends_with("/auth/server") => {
            match if token.is_some() { with } else { without } {
                200 => answer(200, json!({"tokenURL": "http://vtn.example.org/base/auth/token"})),
                status => answer(status, json!({})),
            }
        }
        (path, _) if path.ends_with("/auth/token") => {
            answer(200, json!({"access_token": "token-0001", "expires_in": 60}))
        }
        _ => answer(200, json!([])),
    })
}

#[tokio::test(start_paused = true)]
async fn the_version_is_what_the_connection_says_else_the_base_url_else_what_the_vtn_has() {
    let base = "http://vtn.example.org/base";
    let told_3_0 = "http://vtn.example.org/openadr3/3.0.1";
    let told_3_1 = "http://vtn.example.org/openadr3/3.1.0/";
    for (url, said, (without, with), version) in [
        (base, None, (200, 200), V3_1),
        (base, None, (404, 404), V3_0),
        (base, None, (405, 405), V3_0),
        (base, None, (501, 501), V3_0),
        (base, None, (401, 200), V3_1),
        (base, None, (401, 404), V3_0),
        (base, None, (403, 403), V3_1),
        (told_3_0, None, (200, 200), V3_0),
        (told_3_1, None, (404, 404), V3_1),
        (told_3_0, Some(V3_1), (404, 404), V3_1),
        (base, Some(V3_0), (200, 200), V3_0),
    ] {
        let vtn = with_door(without, with);
        let client = bench_at(&vtn, url).client.speaking(said);
        let case = format!("{url} {said:?} {without} {with}");
        assert_eq!(client.version().await.unwrap(), version, "{case}");
        client.events(None).await.unwrap();
        assert_eq!(client.version().await.unwrap(), version, "{case}");
        let doors = vtn.asked().iter().filter(|a| a.path.ends_with("/auth/server")).count();
        assert!(doors <= 2, "asked once, or once more with a token: {doors} {case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_has_lost_its_vtn_is_not_taken_for_an_old_vtn() {
    let is_back = Arc::new(AtomicBool::new(false));
    let back = Arc::clone(&is_back);
    let vtn = Fake::new(move |asked| {
        if back.load(Ordering::SeqCst) {
            door(asked).unwrap_or_else(|| answer(200, json!([])))
        } else {
            answer(404, json!({"title": "no such backend"}))
        }
    });
    let client = bench(&vtn).client;
    client.events(None).await.unwrap_err();
    is_back.store(true, Ordering::SeqCst);
    assert_eq!(client.version().await.unwrap(), V3_1);
}

#[tokio::test(start_paused = true)]
async fn scopes_are_named_only_where_a_vtn_wants_them_and_each_version_has_its_own() {
    for (version, wanted) in [
        (V3_1, "read_targets read_ven_objects write_reports write_subscriptions write_vens"),
        (V3_1, "read_all write_programs write_events write_subscriptions write_vens"),
        (V3_0, "read_all write_reports write_subscriptions write_vens"),
    ] {
        let vtn = Fake::new(move |asked| match asked.path.as_str() {
            "/auth/server" => door(asked).unwrap(),
            "/auth/token" if asked.authorization.is_some() => answer(401, json!({"error": "invalid_client"})),
            "/auth/token" if asked.form("scope").as_deref() == Some(wanted) => door(asked).unwrap(),
            "/auth/token" => answer(400, json!({"error": "invalid_scope"})),
            _ => answer(200, json!([])),
        });
        let client = bench(&vtn).client.speaking(Some(version));
        client.events(None).await.unwrap();
        assert!(vtn.count("POST /auth/token") <= 3);
    }
    let vtn = Fake::open(|_| answer(200, json!([])));
    bench(&vtn).client.events(None).await.unwrap();
    let token = vtn.asked().into_iter().find(|a| a.path == "/auth/token").unwrap();
    assert_eq!(token.form("scope"), None, "a VTN that is asked for none grants all that it may");
}

#[tokio::test(start_paused = true)]
async fn basic_and_scope_together_are_found_in_few_steps() {
    let vtn = Fake::new(|asked| match asked.path.as_str() {
        "/auth/server" => door(asked).unwrap(),
        "/auth/token" if asked.authorization.is_none() => answer(403, json!({"error": "invalid_client"})),
        "/auth/token" if asked.form("scope").is_none() => answer(400, json!({"error": "invalid_scope"})),
        "/auth/token" => door(asked).unwrap(),
        _ => answer(200, json!([])),
    });
    let bench = bench(&vtn);
    bench.client.events(None).await.unwrap();
    assert_eq!(vtn.count("POST /auth/token"), 3);
    bench.clock.sleep(3600.0).await;
    bench.client.events(None).await.unwrap();
    assert_eq!(vtn.count("POST /auth/token"), 4, "and remembered");
}

#[tokio::test(start_paused = true)]
async fn both_versions_are_read_alike() {
    for version in [V3_1, V3_0] {
        let vtn = Fake::open(|asked| match asked.path.as_str() {
            "/programs" => answer(200, json!([{"id": "p", "programName": "n"}])),
            _ => answer(200, json!([event("e-1")])),
        });
        let client = bench(&vtn).client.speaking(Some(version));
        assert_eq!(client.events(None).await.unwrap()[0].meta.id.as_deref(), Some("e-1"));
        assert_eq!(client.programs().await.unwrap()[0].program_name, "n");
    }
}
