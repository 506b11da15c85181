//! Tokens: how they are asked for, what they open, when they stop.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Bench;
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::vtn::{ClientSeed, Role, StorePlace, Vtn, VtnConfig, VtnError};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test(start_paused = true)]
async fn a_client_finds_the_token_url_without_a_token() {
    let bench = Bench::new().await;
    let reply = bench.get("", "/auth/server").await.expect(200);
    assert_eq!(reply.json(), json!({"tokenURL": "http://vtn.test:8080/openadr3/3.1.0/auth/token"}));
    assert_eq!(
        reply.header("x-rampdesk-extensions"),
        "modified-since, long-pages, client-activity, client-registration"
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_is_had_by_form_and_by_basic_and_says_what_it_opens() {
    let bench = Bench::new().await;
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    for (authorization, form) in [
        (None, "grant_type=client_credentials&client_id=ven-1&client_secret=ven-1-secret"),
        (None, "grant_type=client_credentials&client_id=ven-1&client_secret=ven-1-secret&scope=x&audience=y"),
        (Some(basic("ven-1:ven-1-secret")), "grant_type=client_credentials"),
        (Some(basic("ven%2D1:ven%2D1%2Dsecret")), "grant_type=client_credentials&scope=read_all"),
        (
            Some(basic("ven-1:ven-1-secret")),
            "grant_type=client_credentials&client_id=ven-1&client_secret=ven-1-secret",
        ),
    ] {
        let mut request = bench.request("", "POST", "/auth/token").header("content-type", FORM);
        if let Some(authorization) = &authorization {
            request = request.header("authorization", authorization);
        }
        let reply = bench.send(request, form).await.expect(200);
        assert_eq!(reply.header("cache-control"), "no-store");
        let body = reply.json();
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(body["expires_in"], json!(3600));
        assert_eq!(
            body["scope"],
            "read_targets read_ven_objects write_reports write_subscriptions write_vens"
        );
        let token = body["access_token"].as_str().unwrap();
        let request = bench.request("", "GET", "/events").header("authorization", format!("bearer {token}"));
        bench.send(request, "").await.expect(200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_request_has_an_oauth_error_that_says_what_to_send() {
    let bench = Bench::new().await;
    let form = "grant_type=client_credentials";
    for (content_type, authorization, body, status, error, description) in [
        (FORM, "", "", 400, "invalid_request", "grant_type is missing; send grant_type=client_credentials"),
        (
            FORM,
            "",
            "grant_type=password",
            400,
            "unsupported_grant_type",
            "grant_type must be client_credentials, the only one there is",
        ),
        (
            FORM,
            "",
            form,
            400,
            "invalid_request",
            "client_id is missing; send client_id and client_secret in the form, or HTTP Basic",
        ),
        (
            FORM,
            "",
            "grant_type=client_credentials&client_id=bl",
            400,
            "invalid_request",
            "client_secret is missing",
        ),
        (
            FORM,
            "",
            "grant_type=client_credentials&client_id=bl&client_id=bl&client_secret=x",
            400,
            "invalid_request",
            "client_id is given twice; give it once",
        ),
        (
            FORM,
            "",
            "grant_type=client_credentials&client_id=bl&client_secret=wrong",
            401,
            "invalid_client",
            "the client id or the client secret is not right",
        ),
        (
            FORM,
            "",
            "grant_type=client_credentials&client_id=nobody&client_secret=bl-secret",
            401,
            "invalid_client",
            "the client id or the client secret is not right",
        ),
        (
            FORM,
            "Basic !!!",
            form,
            400,
            "invalid_request",
            "the Authorization header is not HTTP Basic with an id and a secret",
        ),
        (
            FORM,
            "Bearer x",
            form,
            400,
            "invalid_request",
            "the Authorization header is not HTTP Basic with an id and a secret",
        ),
        (
            FORM,
            "Basic Ymw6d3Jvbmc=",
            "grant_type=client_credentials&client_id=ven-1",
            400,
            "invalid_request",
            "the form and the Authorization header name different credentials; send one of them",
        ),
        (
            "application/json",
            "",
            "{\"grant_type\": \"client_credentials\"}",
            400,
            "invalid_request",
            "the body is declared as `application/json`; send it as Content-Type: application/x-www-form-urlencoded",
        ),
    ] {
        let mut request = bench.request("", "POST", "/auth/token").header("content-type", content_type);
        if !authorization.is_empty() {
            request = request.header("authorization", authorization);
        }
        let reply = bench.send(request, body).await;
        assert_eq!(reply.status, status, "{authorization} {body}: {}", reply.text);
        assert_eq!(reply.json(), json!({"error": error, "error_description": description}), "{body}");
        assert_eq!(reply.header("cache-control"), "no-store");
        let challenge = if status == 401 { "Basic realm=\"VTN\"" } else { "" };
        assert_eq!(reply.header("www-authenticate"), challenge);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_does_not_hold_is_refused_with_the_way_to_a_new_one() {
    let bench = Bench::new().await;
    for (authorization, detail, challenge) in [
        (
            "Bearer abc.def",
            "the access token is not one of this VTN's; ask for one at /auth/token",
            "Bearer realm=\"VTN\", error=\"invalid_token\"",
        ),
        (
            "Basic Ymw6YmwtYmw=",
            "the Authorization header is not `Bearer …` with a token from /auth/token",
            "Bearer realm=\"VTN\", error=\"invalid_request\"",
        ),
    ] {
        let request = bench.request("", "GET", "/events").header("authorization", authorization);
        let reply = bench.send(request, "").await.expect(401);
        assert_eq!((reply.detail().as_str(), reply.header("www-authenticate")), (detail, challenge));
    }
    let reply = bench.get("", "/events").await.expect(401);
    assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"VTN\"");
    bench.clock.step(3600);
    let reply = bench.get("bl", "/events").await.expect(401);
    assert_eq!(reply.detail(), "the access token has expired; ask for a new one at /auth/token");
}

fn opened_with(clients: Vec<ClientSeed>) -> Result<Vtn, VtnError> {
    Vtn::open(VtnConfig {
        store: StorePlace::Memory,
        clients,
        clock: super::standing_clock(),
        entropy: Entropy::seeded(1),
    })
}

fn client(id: &str, role: Role) -> ClientSeed {
    ClientSeed { id: id.to_owned(), secret: Secret::new("s"), role }
}

#[tokio::test(start_paused = true)]
async fn two_clients_with_one_id_are_refused_when_the_vtn_opens() {
    let error = opened_with(vec![client("a", Role::Ven), client("a", Role::Business)]).err().unwrap();
    assert_eq!(error.to_string(), "client `a` of the VTN: the id is given twice; each client has its own");
    let error = opened_with(vec![client("", Role::Ven)]).err().unwrap();
    assert_eq!(error.to_string(), "client `` of the VTN: a client id is 1 to 128 characters long");
}

#[tokio::test(start_paused = true)]
async fn a_token_of_a_client_that_is_gone_or_has_another_role_opens_nothing() {
    let bench = Bench::new().await;
    // The same seed, so the same key: only the clients differ.
    for clients in [vec![], vec![client("bl", Role::Ven)]] {
        let transport = opened_with(clients).unwrap().transport();
        let request = bench.request("bl", "GET", "/events").body(bytes::Bytes::new()).unwrap();
        assert_eq!(transport.send(request).await.unwrap().status(), 401);
    }
}

#[test]
fn nothing_that_is_printed_shows_a_secret() {
    let seed = ClientSeed { id: "bl".to_owned(), secret: Secret::new("sesame"), role: Role::Business };
    assert!(!format!("{seed:?}").contains("sesame"));
}
