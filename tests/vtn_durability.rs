//! Kills a VTN in the middle of writing and asks the next one for everything that the first had said it kept.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use rampdesk::openadr::tcp::TcpTransport;
use rampdesk::openadr::transport::{Transport, TransportError};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A VTN in a process of its own.
struct Vtn {
    process: Child,
    url: String,
    transport: TcpTransport,
}

impl Vtn {
    async fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_rampdesk"))
            .args(["vtn", "--data"])
            .arg(folder.join("data"))
            .arg("--seed-clients")
            .arg(folder.join("clients.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines.next_line().await.unwrap().expect("the VTN ended before it was ready");
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let url = ready["url"].as_str().unwrap().to_owned();
        Self { process, url, transport: TcpTransport::new().unwrap() }
    }

    /// SIGKILL: the process gets no chance to tidy up.
    async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<(u16, String), TransportError> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = self.transport.send(request.body(body.into()).unwrap()).await?;
        Ok((reply.status().as_u16(), String::from_utf8(reply.body().to_vec()).unwrap()))
    }

    async fn token(&self) -> String {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let body = "grant_type=client_credentials&client_id=desk&client_secret=sesame-sesame-sesame";
        let (status, reply) = self.ask("POST", "/auth/token", &form, body).await.unwrap();
        assert_eq!(status, 200, "{reply}");
        let reply: Value = serde_json::from_str(&reply).unwrap();
        format!("Bearer {}", reply["access_token"].as_str().unwrap())
    }

    async fn post(&self, token: &str, path: &str, body: &Value) -> Result<Value, TransportError> {
        let headers = [("content-type", "application/json"), ("authorization", token)];
        let (status, reply) = self.ask("POST", path, &headers, body.to_string()).await?;
        assert_eq!(status, 201, "{reply}");
        Ok(serde_json::from_str(&reply).unwrap())
    }

    /// Every event, by id.
    async fn events(&self, token: &str) -> BTreeMap<String, Value> {
        let mut all = BTreeMap::new();
        loop {
            let path = format!("/events?skip={}", all.len());
            let (status, page) = self.ask("GET", &path, &[("authorization", token)], "").await.unwrap();
            assert_eq!(status, 200, "{page}");
            let page: Vec<Value> = serde_json::from_str(&page).unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page.into_iter().map(|e| (e["id"].as_str().unwrap().to_owned(), e)));
        }
    }
}

/// Posts events until the VTN is gone; answers those that it said it kept.
async fn post_until_gone(vtn: Arc<Vtn>, token: String, program: String, writer: usize) -> Vec<Value> {
    let mut kept = Vec::new();
    loop {
        let name = format!("{writer}-{}", kept.len());
        match vtn.post(&token, "/events", &json!({"programID": program, "eventName": name})).await {
            Ok(event) => kept.push(event),
            Err(_) => return kept,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_vtn_answered_with_201_is_there_after_it_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let clients = folder.path().join("clients.toml");
    std::fs::write(&clients, "[clients]\ndesk = \"sesame-sesame-sesame\"\n").unwrap();
    std::fs::set_permissions(&clients, Permissions::from_mode(0o600)).unwrap();

    let mut promised: BTreeMap<String, Value> = BTreeMap::new();
    let mut token = None;
    for round in 0..3 {
        let vtn = Vtn::start(folder.path()).await;
        // The token of before the first kill still opens the VTN after it.
        let token: &String = token.get_or_insert(vtn.token().await);
        let there = vtn.events(token).await;
        for (id, event) in &promised {
            assert_eq!(there.get(id), Some(event), "lost in round {round}");
        }

        let program =
            vtn.post(token, "/programs", &json!({ "programName": round.to_string() })).await.unwrap();
        let program = program["id"].as_str().unwrap().to_owned();
        let vtn = Arc::new(vtn);
        let writers: Vec<_> = (0..4)
            .map(|writer| tokio::spawn(post_until_gone(vtn.clone(), token.clone(), program.clone(), writer)))
            .collect();
        // Long enough that something was kept, whatever the disk.
        while vtn.events(token).await.len() < promised.len() + 20 {}
        kill_shared(vtn, writers, &mut promised).await;
    }
    let vtn = Vtn::start(folder.path()).await;
    let there = vtn.events(&token.unwrap()).await;
    assert!(promised.iter().all(|(id, event)| there.get(id) == Some(event)));
    assert!(promised.len() >= 60 - 3 * 4, "{} events", promised.len());
    vtn.kill().await;
}

/// Kills the VTN under its writers and adds what it promised them.
async fn kill_shared(
    vtn: Arc<Vtn>,
    writers: Vec<tokio::task::JoinHandle<Vec<Value>>>,
    promised: &mut BTreeMap<String, Value>,
) {
    let id = vtn.process.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-9", &id]).status().await.unwrap().success());
    for writer in writers {
        let kept = writer.await.unwrap();
        promised.extend(kept.into_iter().map(|e| (e["id"].as_str().unwrap().to_owned(), e)));
    }
    Arc::into_inner(vtn).expect("the writers have ended").kill().await;
}
