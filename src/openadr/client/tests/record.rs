use super::*;

#[tokio::test(start_paused = true)]
async fn every_exchange_is_recorded_in_words() {
    let vtn = Fake::open(|asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", _) => answer(201, event("e-9")),
        ("GET", "/events") => answer(200, json!([event("e-1"), event("e-2")])),
        ("GET", "/events/e-1") => answer(200, event("e-1")),
        ("GET", "/programs") => answer(200, json!([{"id": "p", "programName": "n"}])),
        ("GET", "/vens") => answer(400, json!({"status": 400, "detail": "limit is at most 50"})),
        ("PUT", _) => answer(200, event("e-1")),
        _ => unreachable(),
    });
    let bench = bench(&vtn);
    let client = &bench.client;
    client.events(None).await.unwrap();
    client.event("e-1").await.unwrap();
    client.programs().await.unwrap();
    client.vens().await.unwrap_err();
    client.post_event(&Event::default(), |_| false).await.unwrap();
    client.put_event("e-1", &Event::default()).await.unwrap();
    client.resources().await.unwrap_err();
    let record: Vec<_> = bench
        .exchanges
        .since(0)
        .iter()
        .map(|e| format!("{} {} {} {:?}: {}", e.client, e.method, e.target, e.status, e.understood))
        .collect();
    assert_eq!(
        record[..9],
        [
            "desk GET /base/auth/server Some(200): tokens are at http://vtn.example.org/base/auth/token",
            "desk POST /base/auth/token Some(200): token for 3600 s",
            "desk GET /base/events?skip=0&limit=50 Some(200): 2 events",
            "desk GET /base/events?skip=1&limit=50 Some(200): 2 events",
            "desk GET /base/events/e-1 Some(200): event e-1",
            "desk GET /base/programs?skip=0&limit=50 Some(200): 1 program",
            "desk GET /base/vens?skip=0&limit=50 Some(400): refused: limit is at most 50",
            "desk POST /base/events Some(201): created event e-9",
            "desk PUT /base/events/e-1 Some(200): replaced event e-1",
        ]
    );
    assert_eq!(
        record[9],
        "desk GET /base/resources?skip=0&limit=50 None: cannot reach vtn.example.org:80: refused"
    );
    assert_eq!(record.len(), 13, "each try is an exchange of its own");
    let exchange = &bench.exchanges.since(2)[0];
    assert_eq!(exchange.url, "http://vtn.example.org/base/events?skip=0&limit=50");
    assert_eq!(exchange.at, "2026-11-26T17:00:00Z".parse().unwrap());
    assert!(exchange.response_body.starts_with(r#"[{"id":"e-1""#));
}

#[tokio::test(start_paused = true)]
async fn no_secret_and_no_token_is_in_the_record_or_in_an_error() {
    let vtn = Fake::open(|asked| {
        let heard = asked.authorization.clone().unwrap_or_default();
        answer(400, json!({"detail": format!("you sent {heard} and s3cret value&1")}))
    });
    let bench = bench(&vtn);
    let error = bench.client.events(None).await.unwrap_err();
    let mut all = vec![format!(
        "{error} {error:?} {:?}",
        Credentials { client_id: "desk".into(), secret: Secret::new(SECRET) }
    )];
    all.extend(bench.exchanges.since(0).iter().map(|e| format!("{e:?}")));
    for text in all {
        for secret in ["s3cret", "token-0001", "Basic "] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let token = &bench.exchanges.since(1)[0];
    assert_eq!(&*token.request_body, "grant_type=client_credentials&client_id=desk&client_secret=•••");
    assert_eq!(&*token.response_body, r#"{"access_token":"•••","token_type":"Bearer","expires_in":3600}"#);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_in_the_vtn_s_words_whatever_its_form() {
    for (status, header, body, says) in [
        (
            400,
            ("x", "y"),
            r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"no programID"}"#,
            "400: no programID",
        ),
        (400, ("x", "y"), r#"{"title":"Bad Request"}"#, "400: Bad Request"),
        (409, ("x", "y"), "", "409: Conflict"),
        (500, ("x", "y"), "<html><body>oops</body></html>", "500: Internal Server Error"),
        (400, ("x", "y"), "missing  field\n`x`", "400: missing field `x`"),
        (400, ("x", "y"), r#"{"status":"400","detail":7}"#, "400: Bad Request"),
        (
            308,
            ("location", "https://vtn.example.org/base/"),
            "",
            "308: it redirects to `https://vtn.example.org/base/`; redirects are not followed",
        ),
    ] {
        let vtn = Fake::open(move |_| {
            let response = http::Response::builder().status(status).header(header.0, header.1);
            Ok(response.body(Bytes::from_static(body.as_bytes())).unwrap())
        });
        let text = bench(&vtn).client.events(None).await.unwrap_err().to_string();
        assert!(text.contains(says), "{text}");
    }
}
