//! Clients that are registered, given another secret and removed while the VTN runs.

use serde_json::{Value, json};

use super::{Bench, Reply, clients, config, open};
use crate::entropy::Entropy;
use crate::openadr::client::{Client, ClientParts, Credentials};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::secret::Secret;
use crate::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn};

impl Bench {
    async fn register(&self, id: &str) -> String {
        let reply = self.post("bl", "/rampdesk/clients", json!({ "clientID": id })).await.expect(201);
        secret_in(&reply)
    }

    async fn token_with(&self, id: &str, secret: &str) -> Reply {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let request = self
            .request("", "POST", "/auth/token")
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request, form).await
    }

    /// Answers with the status of a list asked for with this token.
    async fn with_token(&self, token: &str) -> Reply {
        let request = self.request("", "GET", "/programs").header("authorization", format!("Bearer {token}"));
        self.send(request, "").await
    }

    fn restart(&mut self, config: crate::vtn::VtnConfig) {
        drop(std::mem::replace(&mut self.vtn, open(StorePlace::Memory, &self.clock)));
        self.transport = self.vtn.transport();
        self.vtn = Vtn::open(config).unwrap();
        self.transport = self.vtn.transport();
    }
}

fn secret_in(reply: &Reply) -> String {
    reply.json()["client_secret"].as_str().unwrap().to_owned()
}

fn token_in(reply: &Reply) -> String {
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_client_registered_while_the_vtn_runs_gets_its_token_with_the_secret_told_once() {
    let bench = Bench::new().await;
    let reply = bench.post("bl", "/rampdesk/clients", json!({"clientID": "NEWFSP"})).await.expect(201);
    assert_eq!(reply.header("cache-control"), "no-store");
    let secret = secret_in(&reply);
    assert_eq!(secret.len(), 43, "32 random bytes as base64url");
    let token = bench.token_with("NEWFSP", &secret).await.expect(200);
    bench.with_token(&token_in(&token)).await.expect(200);
    let told = bench.get("bl", "/rampdesk/clients/NEWFSP").await.expect(200);
    assert_eq!(told.json(), json!({"clientID": "NEWFSP", "role": "VEN"}));
    assert!(!told.text.contains(&secret));
    assert_ne!(bench.register("OTHER").await, secret);
}

#[tokio::test(start_paused = true)]
async fn a_registration_that_cannot_be_says_what_would_be_right() {
    let bench = Bench::new().await;
    let long = "x".repeat(129);
    let missing = "`clientID` is missing; name the client to be registered";
    let table: &[(&str, &str, &str, Value, u16, &str)] = &[
        ("bl", "POST", "", json!({}), 400, missing),
        ("bl", "POST", "", json!({"clientID": ""}), 400, "must be text of 1 to 128 characters; it is \"\""),
        ("bl", "POST", "", json!({"clientID": long}), 400, "must be text of 1 to 128 characters"),
        ("bl", "POST", "", json!({"clientID": 7}), 400, "must be text of 1 to 128 characters; it is 7"),
        ("bl", "POST", "", json!({"clientID": "ven-1"}), 409, "there is a client `ven-1` already"),
        ("ven-1", "POST", "", json!({"clientID": "mine"}), 403, "only business logic registers clients"),
        ("ven-1", "POST", "/ven-1/secret", json!({}), 403, "only business logic registers clients"),
        ("ven-1", "DELETE", "/ven-2", json!({}), 403, "only business logic registers clients"),
        ("ven-1", "GET", "/ven-2", json!({}), 403, "only business logic registers clients"),
        ("bl", "GET", "/nobody", json!({}), 404, "there is no client `nobody`"),
        ("bl", "DELETE", "/nobody", json!({}), 404, "there is no client `nobody`"),
        ("bl", "POST", "/nobody/secret", json!({}), 404, "there is no client `nobody`"),
        ("bl", "DELETE", "/bl", json!({}), 403, "client `bl` is business logic"),
        ("bl", "POST", "/bl/secret", json!({}), 403, "client `bl` is business logic"),
    ];
    for (who, method, below, body, status, says) in table {
        let path = format!("/rampdesk/clients{below}");
        let request = bench.request(who, method, &path).header("content-type", "application/json");
        let reply = bench.send(request, body.to_string()).await;
        assert_eq!(reply.status, *status, "{who} {method} {path}: {}", reply.text);
        assert!(reply.detail().contains(says), "{says}: {}", reply.text);
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_new_secret_the_old_one_and_its_tokens_let_no_one_in() {
    let bench = Bench::new().await;
    let old = bench.register("FSP").await;
    let old_token = token_in(&bench.token_with("FSP", &old).await.expect(200));
    // Within the same millisecond of this clock, which stands still.
    let reply = bench.post("bl", "/rampdesk/clients/FSP/secret", json!({})).await.expect(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    let new = secret_in(&reply);
    bench.token_with("FSP", &old).await.expect(401);
    let refused = bench.with_token(&old_token).await.expect(401);
    assert!(refused.detail().contains("its client was removed or has a new secret"), "{}", refused.text);
    let token = token_in(&bench.token_with("FSP", &new).await.expect(200));
    bench.with_token(&token).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_removed_is_refused_at_once_also_when_its_id_is_given_again() {
    let bench = Bench::new().await;
    let secret = bench.register("FSP").await;
    let token = token_in(&bench.token_with("FSP", &secret).await.expect(200));
    bench.delete("bl", "/rampdesk/clients/FSP").await.expect(200);
    bench.token_with("FSP", &secret).await.expect(401);
    bench.with_token(&token).await.expect(401);
    let again = bench.register("FSP").await;
    bench.token_with("FSP", &secret).await.expect(401);
    bench.with_token(&token).await.expect(401);
    bench.token_with("FSP", &again).await.expect(200);
    // One that the VTN was opened with goes the same way.
    bench.delete("bl", "/rampdesk/clients/ven-1").await.expect(200);
    bench.get("ven-1", "/programs").await.expect(401);
}

#[tokio::test(start_paused = true)]
async fn what_was_registered_replaced_and_removed_outlives_a_restart_and_no_secret_is_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vtn.sqlite");
    let place = StorePlace::File(file.clone());
    let mut bench = Bench::at(place.clone()).await;
    let added = bench.register("FSP").await;
    let reply = bench.post("bl", "/rampdesk/clients/ven-1/secret", json!({})).await.expect(200);
    let replaced = secret_in(&reply);
    bench.delete("bl", "/rampdesk/clients/ven-2").await.expect(200);

    bench.restart(config(place.clone(), &bench.clock.clone()));
    bench.token_with("FSP", &added).await.expect(200);
    bench.token_with("ven-1", &replaced).await.expect(200);
    bench.token_with("ven-1", "ven-1-secret").await.expect(401);
    bench.token_with("ven-2", "ven-2-secret").await.expect(401);
    bench.token_with("bl", "bl-secret").await.expect(200);

    for part in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(part.unwrap().path()).unwrap();
        for secret in [&added, &replaced] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "a secret is in the file");
        }
    }

    // A seed that was changed since is meant; one that is gone takes its client with it.
    let mut changed = config(place.clone(), &bench.clock.clone());
    changed.clients = clients().into_iter().filter(|c| c.id != "ven-2").collect();
    let seed = |id: &str, secret: &str| ClientSeed {
        id: id.to_owned(),
        secret: Secret::new(secret),
        role: Role::Ven,
    };
    changed.clients.retain(|c| c.id != "ven-1");
    changed.clients.push(seed("ven-1", "meant now"));
    bench.restart(changed);
    bench.token_with("ven-1", "meant+now").await.expect(200);
    bench.token_with("ven-1", &replaced).await.expect(401);
    bench.token_with("FSP", &added).await.expect(200);
    let mut without = config(place, &bench.clock.clone());
    without.clients.retain(|c| c.id == "bl");
    bench.restart(without);
    bench.token_with("ven-1", "meant+now").await.expect(401);
    bench.token_with("FSP", &added).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn the_desks_record_of_exchanges_masks_the_secret_that_it_was_told() {
    let bench = Bench::new().await;
    let exchanges = ExchangeLog::keeping(100);
    let client = Client::new(ClientParts {
        base_url: format!("http://vtn.test:8080{BASE_PATH}"),
        credentials: Credentials { client_id: "bl".to_owned(), secret: Secret::new("bl-secret") },
        transport: bench.transport.clone(),
        clock: bench.clock.clone(),
        entropy: Entropy::seeded(9),
        exchanges: exchanges.clone(),
        label: "desk".to_owned(),
    })
    .unwrap();
    assert!(client.registers_clients().await.unwrap());
    assert!(!client.has_client("FSP / 1").await.unwrap());
    let first = client.register_client("FSP / 1").await.unwrap();
    assert!(client.has_client("FSP / 1").await.unwrap());
    assert_eq!(client.register_client("FSP / 1").await.unwrap_err().status(), Some(409));
    let second = client.replace_secret("FSP / 1").await.unwrap();
    assert_ne!(first.secret.reveal(), second.secret.reveal());
    client.remove_client("FSP / 1").await.unwrap();
    assert_eq!(client.remove_client("FSP / 1").await.unwrap_err().status(), Some(404));
    assert_eq!(client.token_url().await.unwrap(), format!("http://vtn.test:8080{BASE_PATH}/auth/token"));
    let record = format!("{:?}", exchanges.since(0));
    assert!(record.contains("client FSP / 1 has a secret, told this once"), "{record}");
    for secret in [first, second] {
        assert!(!record.contains(secret.secret.reveal()), "{record}");
    }
}
