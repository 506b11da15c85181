use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;

use super::*;

#[expect(clippy::needless_pass_by_value, reason = "so that a test can write its JSON in place")]
fn token(text: &str, expires_in: Value) -> Answered {
    answer(200, json!({"access_token": text, "token_type": "Bearer", "expires_in": expires_in}))
}

/// Issues token-1, token-2, … and answers every list with an empty one.
fn issuing(expires_in: Value) -> Arc<Fake> {
    let issued = AtomicUsize::new(0);
    Fake::new(move |asked| match asked.path.as_str() {
        "/auth/token" => {
            let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
            token(&format!("token-{number}"), expires_in.clone())
        }
        "/auth/server" => door(asked).unwrap(),
        _ => answer(200, json!([])),
    })
}

#[tokio::test(start_paused = true)]
async fn a_token_is_asked_for_where_the_vtn_says_and_used_until_most_of_its_life_is_over() {
    let vtn = issuing(json!(100));
    let bench = bench(&vtn);
    bench.client.events(None).await.unwrap();
    bench.clock.sleep(79.0).await;
    bench.client.clone().events(None).await.unwrap();
    assert_eq!(vtn.count("GET /auth/server"), 1);
    assert_eq!(vtn.count("POST /auth/token"), 1, "clones share the token");
    bench.clock.sleep(1.0).await;
    bench.client.events(None).await.unwrap();
    assert_eq!(vtn.count("POST /auth/token"), 2);
    let asked = vtn.asked();
    assert_eq!(asked[1].form("grant_type").unwrap(), "client_credentials");
    assert_eq!(asked[1].form("client_id").unwrap(), "desk");
    assert_eq!(asked[1].form("client_secret").unwrap(), SECRET);
    assert_eq!(asked[1].authorization, None, "the secret goes one way at a time");
    assert_eq!(asked[2].authorization.as_deref(), Some("Bearer token-1"));
    assert_eq!(asked.last().unwrap().authorization.as_deref(), Some("Bearer token-2"));
}

#[tokio::test(start_paused = true)]
async fn many_calls_at_once_ask_for_one_token() {
    let vtn = issuing(json!("100"));
    let client = bench(&vtn).client;
    let calls = (0..10).map(|_| client.events(None));
    assert!(futures::future::join_all(calls).await.into_iter().all(|r| r.is_ok()));
    assert_eq!(vtn.count("POST /auth/token"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_without_an_end_is_kept() {
    let vtn = issuing(Value::Null);
    let bench = bench(&vtn);
    bench.client.events(None).await.unwrap();
    bench.clock.sleep(1e6).await;
    bench.client.events(None).await.unwrap();
    assert_eq!(vtn.count("POST /auth/token"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_vtn_without_auth_server_is_asked_at_its_own_token_path() {
    for status in [401, 404] {
        let vtn = Fake::new(move |asked| match asked.path.as_str() {
            "/auth/server" => answer(status, json!({"title": "no"})),
            "/auth/token" => token("token-1", json!(60)),
            _ => answer(200, json!([])),
        });
        bench(&vtn).client.events(None).await.unwrap();
        assert_eq!(vtn.count("POST /auth/token"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_wants_http_basic_gets_it_and_it_is_remembered() {
    for status in [400, 401] {
        let vtn = Fake::new(move |asked| match (asked.path.as_str(), &asked.authorization) {
            ("/auth/token", Some(_)) => token("token-1", json!(100)),
            ("/auth/token", None) => answer(status, json!({"error": "invalid_request"})),
            ("/auth/server", _) => door(asked).unwrap(),
            _ => answer(200, json!([])),
        });
        let bench = bench(&vtn);
        bench.client.events(None).await.unwrap();
        bench.clock.sleep(90.0).await;
        bench.client.events(None).await.unwrap();
        let posts: Vec<Asked> = vtn.asked().into_iter().filter(|a| a.path == "/auth/token").collect();
        assert_eq!(posts.len(), 3, "the form once, Basic ever after");
        for basic in &posts[1..] {
            let text = basic.authorization.as_deref().unwrap().strip_prefix("Basic ").unwrap();
            let decoded = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
            assert_eq!(String::from_utf8(decoded).unwrap(), "desk:s3cret+value%261", "RFC 6749 §2.3.1");
            assert_eq!(basic.form("client_secret"), None);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_told_with_the_client_s_id_and_the_vtn_s_words() {
    let vtn = Fake::new(|asked| match asked.path.as_str() {
        "/auth/token" => answer(
            401,
            json!({"error": "invalid_client", "error_description": "no client with secret s3cret value&1"}),
        ),
        _ => door(asked).unwrap(),
    });
    let error = bench(&vtn).client.events(None).await.unwrap_err();
    assert!(matches!(error, ClientError::Unauthorised { .. }) && !error.is_transient());
    let text = error.to_string();
    assert!(text.contains("`desk`: no client with secret •••; check the client id and secret"), "{text}");
    assert_eq!(vtn.count("POST /auth/token"), 2, "form and Basic, no retry");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_is_replaced_once() {
    for refusal in [401, 403] {
        let issued = AtomicUsize::new(0);
        let vtn = Fake::new(move |asked| match asked.path.as_str() {
            "/auth/server" => door(asked).unwrap(),
            "/auth/token" => token(&format!("token-{}", issued.fetch_add(1, Ordering::SeqCst)), json!(3600)),
            "/events" if asked.authorization.as_deref() == Some("Bearer token-0") => {
                answer(refusal, json!({"title": "bad token"}))
            }
            "/events" | "/programs" => answer(200, json!([])),
            _ => answer(403, json!({"detail": "missing scope read_bl"})),
        });
        let client = bench(&vtn).client;
        client.programs().await.unwrap();
        client.events(None).await.unwrap();
        assert_eq!(vtn.count("POST /auth/token"), 2);
        let error = client.vens().await.unwrap_err();
        assert!(error.to_string().contains("403: missing scope read_bl"), "{error}");
        assert_eq!(vtn.count("POST /auth/token"), 3, "once, then the refusal stands");
        assert_eq!(vtn.count("GET /vens"), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_token_that_is_refused_is_the_client_s_own_fault() {
    let vtn = Fake::open(|_| answer(401, json!({"detail": "who are you"})));
    let error = bench(&vtn).client.events(None).await.unwrap_err();
    assert!(matches!(error, ClientError::Unauthorised { .. }), "{error}");
    assert_eq!(vtn.count("POST /auth/token"), 1, "another token would fare no better");
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_is_starting_is_waited_for() {
    let tries = AtomicUsize::new(0);
    let vtn = Fake::new(move |asked| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => unreachable(),
        1 => answer(503, json!({})),
        _ => door(asked).unwrap_or_else(|| answer(200, json!([]))),
    });
    bench(&vtn).client.events(None).await.unwrap();
    assert_eq!(vtn.count("GET /auth/server"), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_token_is_not_understood() {
    for (server, token, says) in [
        (json!({"tokenUrl": "x"}), json!({}), "GET /base/auth/server is not OpenADR: it names no tokenURL"),
        (json!({"tokenURL": "mailto:x"}), json!({}), "not an http or https URL"),
        (json!({"tokenURL": "/base/auth/token"}), json!({"expires_in": 1}), "it holds no access_token"),
        (json!({"tokenURL": "auth"}), json!({"access_token": "a\nb"}), "cannot stand in a header"),
    ] {
        let vtn = Fake::new(move |asked| match asked.path.as_str() {
            "/auth/server" => answer(200, server.clone()),
            _ => answer(200, token.clone()),
        });
        let error = bench(&vtn).client.events(None).await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert!(!error.is_transient());
    }
}

/// Else a VTN writes on the terminal of whoever runs a command, or fills it.
#[tokio::test(start_paused = true)]
async fn what_is_not_understood_is_quoted_briefly_and_on_one_line_whatever_a_vtn_puts_in_it() {
    for named in
        ["hs://\u{7f}vtn\u{1b}[2J.example".to_owned(), format!("https://vtn.{}", "\u{7f}".repeat(10_000))]
    {
        let vtn = Fake::new(move |_| answer(200, json!({"tokenURL": named})));
        let said = bench(&vtn).client.events(None).await.unwrap_err().to_string();
        assert!(said.contains("its token URL `h") && !said.contains(char::is_control), "{said:?}");
        assert!(said.chars().count() < 1_000, "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_url_that_has_moved_is_asked_for_again() {
    let asked_server = AtomicUsize::new(0);
    let vtn = Fake::new(move |asked| match asked.path.as_str() {
        "/auth/server" => {
            let number = asked_server.fetch_add(1, Ordering::SeqCst);
            answer(200, json!({"tokenURL": format!("http://vtn.example.org/base/token-{number}")}))
        }
        "/token-0" => answer(404, json!({})),
        "/token-1" => token("t", json!(60)),
        _ => answer(200, json!([])),
    });
    let client = bench(&vtn).client;
    assert!(client.events(None).await.is_err());
    client.events(None).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_this_program_s_own_vtn_knows_is_asked_of_no_other() {
    let own = Fake::new(|asked| match asked.path.as_str() {
        "/auth/server" => answer_with(
            200,
            ("x-rampdesk-extensions", "client-activity, modified-since"),
            json!({"tokenURL": "/base/auth/token"}),
        ),
        "/auth/token" => token("t", json!(60)),
        "/rampdesk/clients" => answer(
            200,
            json!([{"clientID": "BRIGHTFLEX", "lastRequest": "2026-11-26T17:00:00Z", "request": "GET /events", "requests": 7}]),
        ),
        _ => answer(200, json!([])),
    });
    let client = bench(&own).client;
    client.reports_since(Some("2026-11-26T17:00:00+00:00")).await.unwrap();
    let activity = client.client_activity(Some("2026-11-26T16:59:00Z")).await.unwrap().unwrap();
    assert_eq!((activity[0].client_id.as_str(), activity[0].requests), ("BRIGHTFLEX", 7));
    let asked = own.asked();
    let clients = asked.iter().find(|a| a.path == "/rampdesk/clients").unwrap();
    assert_eq!(clients.parameter("modifiedSince"), Some("2026-11-26T16:59:00Z"));
    let reports = asked.iter().find(|a| a.path == "/reports").unwrap();
    assert_eq!(reports.parameter("modifiedSince"), Some("2026-11-26T17:00:00+00:00"));
    client.reports_since(None).await.unwrap();
    assert_eq!(own.asked().last().unwrap().parameter("modifiedSince"), Some("1970-01-01T00:00:00Z"));

    let other = Fake::open(|_| answer(200, json!([])));
    let client = bench(&other).client;
    client.reports_since(Some("2026-11-26T17:00:00Z")).await.unwrap();
    assert_eq!(client.client_activity(None).await.unwrap(), None);
    assert_eq!(other.asked().last().unwrap().parameter("modifiedSince"), None);
    assert_eq!(other.count("GET /rampdesk/clients"), 0);
}

#[tokio::test(start_paused = true)]
async fn of_two_refusals_the_one_that_knows_the_client_is_told() {
    let wants_it_otherwise = || answer(400, json!({"error": "invalid_request"}));
    let knows_the_client = || answer(401, json!({"error": "invalid_client"}));
    for form_is_known in [true, false] {
        let vtn = Fake::new(move |asked| match (asked.path.as_str(), asked.authorization.is_none()) {
            ("/auth/token", is_form) if is_form == form_is_known => knows_the_client(),
            ("/auth/token", _) => wants_it_otherwise(),
            _ => door(asked).unwrap(),
        });
        let error = bench(&vtn).client.events(None).await.unwrap_err().to_string();
        assert!(error.contains("invalid_client"), "{error}");
        assert_eq!(vtn.count("POST /auth/token"), 2);
    }
}
