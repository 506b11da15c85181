//! What people do with credentials who are in a hurry.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::site::{CALLBACK_TOKEN, WRONG_SECRET};
use super::wire::loud_subscriber;

/// One request of somebody who holds credentials, as clumsily as can be; the answer's body.
async fn ask(
    http: &reqwest::Client,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: String,
) -> String {
    let mut request = http.request(method.parse().unwrap(), url).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    match request.send().await {
        Ok(answer) => answer.text().await.unwrap_or_default(),
        // It may be closed before all of a body is sent that is too long.
        Err(error) => format!("{:?}", error.without_url()),
    }
}

/// Credentials where they belong and where they do not, right and wrong.
pub async fn clumsy_requests(base: &str, secret: &str) -> Vec<String> {
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
    const JSON: (&str, &str) = ("content-type", "application/json");
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A connection on which too much was sent is closed, and no good for the next request.
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
    let token_url = format!("{base}/auth/token");
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let form = |id: &str, secret: &str| {
        format!("grant_type=client_credentials&client_id={id}&client_secret={}", encoded(secret))
    };
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let given: serde_json::Value =
        serde_json::from_str(&ask(&http, "POST", &token_url, &[FORM], form("desk", secret)).await).unwrap();
    let token = given["access_token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let damaged = format!("Bearer {}A", &token[..token.len() - 1]);
    let mut answers = Vec::new();
    for (headers, body) in [
        (vec![FORM], form("desk", WRONG_SECRET)),
        (vec![FORM], form("nobody", secret)),
        (vec![FORM], format!("{}&client_secret={}", form("desk", secret), encoded(WRONG_SECRET))),
        (vec![FORM], format!("{}&scope={}", form("desk", secret), encoded(secret))),
        (vec![FORM], form("desk", secret).replace("client_credentials", secret)),
        (vec![JSON], format!("{{\"client_id\": \"desk\", \"client_secret\": \"{secret}\"}}")),
        (
            vec![FORM, ("authorization", &basic("desk", WRONG_SECRET))],
            "grant_type=client_credentials".to_owned(),
        ),
        (vec![FORM, ("authorization", &basic("nobody", secret))], "grant_type=client_credentials".to_owned()),
        (
            vec![FORM, ("authorization", &format!("Digest {secret}"))],
            "grant_type=client_credentials".to_owned(),
        ),
        (vec![FORM, ("authorization", &bearer)], form("desk", secret)),
    ] {
        answers.push(ask(&http, "POST", &token_url, &headers, body).await);
    }
    for (method, path, headers, body) in [
        ("POST", format!("/auth/token?client_secret={secret}&client_id=desk"), vec![FORM], String::new()),
        ("GET", format!("/events?access_token={token}"), vec![], String::new()),
        ("GET", "/events".to_owned(), vec![("authorization", damaged.as_str())], String::new()),
        ("GET", "/events".to_owned(), vec![("authorization", token.as_str())], String::new()),
        ("GET", "/events".to_owned(), vec![("cookie", bearer.as_str())], String::new()),
        ("PATCH", "/events".to_owned(), vec![("authorization", bearer.as_str())], String::new()),
        (
            "POST",
            "/programs".to_owned(),
            vec![("authorization", bearer.as_str()), JSON],
            format!("{{\"client_secret\": \"{secret}\", \"programName\": 7"),
        ),
        (
            "POST",
            "/programs".to_owned(),
            vec![("authorization", bearer.as_str()), JSON],
            format!("{{\"programName\": \"{}\"}}", secret.repeat(30_000)),
        ),
    ] {
        answers.push(ask(&http, method, &format!("{base}{path}"), &headers, body).await);
    }
    let subscription = |url: &str, token: serde_json::Value| {
        serde_json::json!({"clientName": "desk", "objectOperations": [{"objects": ["PROGRAM"], "operations": ["CREATE"],
            "callbackUrl": url, "bearerToken": token}]})
        .to_string()
    };
    let headers = [("authorization", bearer.as_str()), JSON];
    let subscriptions = format!("{base}/subscriptions");
    for (url, token) in [
        ("http://127.0.0.1:1/", CALLBACK_TOKEN.into()),
        ("not a URL", CALLBACK_TOKEN.into()),
        ("http://127.0.0.1:1/", format!("{CALLBACK_TOKEN}\n").into()),
        ("http://127.0.0.1:1/", serde_json::json!([CALLBACK_TOKEN])),
    ] {
        answers.push(ask(&http, "POST", &subscriptions, &headers, subscription(url, token)).await);
    }
    let made =
        ask(&http, "POST", &subscriptions, &headers, subscription(&loud_subscriber(), CALLBACK_TOKEN.into()))
            .await;
    assert!(made.contains("\"id\""), "{made}");
    // The subscriber is told of this, and fails.
    let program = "{\"programName\": \"SECRETS\"}".to_owned();
    let made = ask(&http, "POST", &format!("{base}/programs"), &headers, program).await;
    assert!(made.contains("\"id\""), "{made}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    answers
}
