//! Answers that are kept: whatever was written in between, each is what the store would answer anew, and a file
//! answers as memory does.

use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value, json};

use super::{Bench, config, report_on, standing_clock, subscription_to};
use crate::time::Clock;
use crate::vtn::{StorePlace, Vtn};

const TARGETS: [&str; 3] = ["A", "B", "C"];
const CLIENTS: [&str; 3] = ["bl", "ven-1", "ven-2"];

/// A change, of objects that there may or may not be.
#[derive(Clone, Debug)]
enum Change {
    Event { replacing: Option<usize>, program: usize, targets: Vec<&'static str>, minutes: Option<u32> },
    Program { replacing: Option<usize>, targets: Vec<&'static str> },
    Grant { client: usize, targets: Vec<&'static str> },
    Resource { client: usize, targets: Vec<&'static str> },
    Report { client: usize, event: usize },
    Subscription { client: usize },
    Delete { kind: &'static str, index: usize },
    Wait { minutes: u32 },
}

fn targets() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(TARGETS.to_vec(), 0..=TARGETS.len())
}

fn change() -> impl Strategy<Value = Change> {
    let which = || 0_usize..4;
    let replacing = || proptest::option::of(which());
    prop_oneof![
        4 => (replacing(), which(), targets(), proptest::option::of(1_u32..30))
            .prop_map(|(replacing, program, targets, minutes)| Change::Event { replacing, program, targets, minutes }),
        1 => (replacing(), targets()).prop_map(|(replacing, targets)| Change::Program { replacing, targets }),
        2 => (1_usize..3, targets()).prop_map(|(client, targets)| Change::Grant { client, targets }),
        2 => (1_usize..3, targets()).prop_map(|(client, targets)| Change::Resource { client, targets }),
        2 => (1_usize..3, which()).prop_map(|(client, event)| Change::Report { client, event }),
        1 => (0_usize..3).prop_map(|client| Change::Subscription { client }),
        2 => (prop::sample::select(vec!["programs", "events", "vens", "resources", "reports"]), which())
            .prop_map(|(kind, index)| Change::Delete { kind, index }),
        // Tokens last an hour: all waits together are to be shorter.
        1 => (1_u32..=2).prop_map(|minutes| Change::Wait { minutes }),
    ]
}

/// Three VTNs that are told the same: one that works each answer out anew, one that keeps answers, and one that keeps
/// them and its objects in a file.
struct Three {
    anew: Bench,
    keeping: Bench,
    filed: Bench,
    clock: Clock,
    _folder: tempfile::TempDir,
}

impl Three {
    async fn new() -> Self {
        let clock = standing_clock();
        let folder = tempfile::tempdir().unwrap();
        let file = StorePlace::File(folder.path().join("vtn.sqlite"));
        let bench = |place| Bench::of(Vtn::open(config(place, &clock)).unwrap(), clock.clone());
        Self {
            anew: bench(StorePlace::Memory).await,
            keeping: bench(StorePlace::Memory).await,
            filed: bench(file).await,
            clock,
            _folder: folder,
        }
    }

    /// The answer that all three give.
    async fn get(&self, who: &str, path: &str) -> Result<Value, TestCaseError> {
        self.anew.vtn.shared.answers.forget();
        let anew = self.anew.get(who, path).await;
        for (name, bench) in [("keeping", &self.keeping), ("filed", &self.filed)] {
            // Twice: the second time it is kept.
            for time in ["first", "second"] {
                let answer = bench.get(who, path).await;
                let case = format!("{who} asks {path} of {name}, the {time} time");
                prop_assert_eq!(answer.status, anew.status, "{}", case);
                if answer.status == 200 {
                    prop_assert_eq!(&answer.text, &anew.text, "{}", case);
                }
                prop_assert_eq!(answer.header("etag"), anew.header("etag"));
            }
            if anew.status == 200 {
                let tag = anew.header("etag");
                // What one reader has by now, another may still want whole.
                let held = bench.request(who, "GET", path).header("if-none-match", tag);
                prop_assert_eq!(bench.send(held, "").await.status, 304);
                prop_assert_eq!(&bench.get(who, path).await.text, &anew.text, "{} asks {}", who, path);
            }
        }
        Ok(anew.json())
    }

    async fn send(&self, who: &str, method: &str, path: &str, body: &Value) -> Result<(), TestCaseError> {
        let mut statuses = Vec::new();
        for bench in [&self.anew, &self.keeping, &self.filed] {
            let request = bench.request(who, method, path).header("content-type", "application/json");
            statuses.push(bench.send(request, body.to_string()).await.status);
        }
        prop_assert!(statuses.iter().all(|status| *status == statuses[0] && *status < 500), "{:?}", statuses);
        Ok(())
    }

    /// The id of one that there is, by business logic's own list.
    async fn pick(&self, kind: &str, index: usize) -> Result<Option<String>, TestCaseError> {
        let list = self.get("bl", &format!("/{kind}")).await?;
        let ids: Vec<_> =
            list.as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect();
        Ok(ids.get(index).cloned())
    }

    async fn make(&self, change: &Change) -> Result<(), TestCaseError> {
        let write = async |who: &str, kind: &str, replacing: Option<String>, body: Value| match replacing {
            Some(id) => self.send(who, "PUT", &format!("/{kind}/{id}"), &body).await,
            None => self.send(who, "POST", &format!("/{kind}"), &body).await,
        };
        let ven = |client: &usize| format!("/vens?venName={}", CLIENTS[*client]);
        match change {
            Change::Event { replacing, program, targets, minutes } => {
                let Some(program) = self.pick("programs", *program).await? else { return Ok(()) };
                let replacing = match replacing {
                    Some(index) => self.pick("events", *index).await?,
                    None => None,
                };
                let mut body = json!({"programID": program, "targets": targets});
                if let Some(minutes) = minutes {
                    let start = self.clock.now().to_string();
                    body["intervalPeriod"] = json!({"start": start, "duration": format!("PT{minutes}M")});
                }
                write("bl", "events", replacing, body).await
            }
            Change::Program { replacing, targets } => {
                let replacing = match replacing {
                    Some(index) => self.pick("programs", *index).await?,
                    None => None,
                };
                let name = format!("P{}", self.clock.now_seconds());
                write("bl", "programs", replacing, json!({"programName": name, "targets": targets})).await
            }
            Change::Grant { client, targets } => {
                let there = self.get("bl", &ven(client)).await?;
                let id = there[0]["id"].as_str().map(str::to_owned);
                let name = CLIENTS[*client];
                write("bl", "vens", id, json!({"clientID": name, "venName": name, "targets": targets})).await
            }
            Change::Resource { client, targets } => {
                let there = self.get("bl", &ven(client)).await?;
                let Some(ven) = there[0]["id"].as_str() else { return Ok(()) };
                let of_ven = self.get("bl", &format!("/resources?venID={ven}")).await?;
                let id = of_ven[0]["id"].as_str().map(str::to_owned);
                let body = json!({"venID": ven, "resourceName": "UNIT", "targets": targets});
                write("bl", "resources", id, body).await
            }
            Change::Report { client, event } => {
                let Some(event) = self.pick("events", *event).await? else { return Ok(()) };
                write(CLIENTS[*client], "reports", None, report_on(&event)).await
            }
            Change::Subscription { client } => {
                write(CLIENTS[*client], "subscriptions", None, subscription_to(&["EVENT"])).await
            }
            Change::Delete { kind, index } => match self.pick(kind, *index).await? {
                Some(id) => self.send("bl", "DELETE", &format!("/{kind}/{id}"), &json!({})).await,
                None => Ok(()),
            },
            Change::Wait { minutes } => {
                prop_assert!(self.clock.step(minutes * 60));
                Ok(())
            }
        }
    }
}

const PATHS: [&str; 12] = [
    "/events",
    "/events?active=true",
    "/events?active=true&limit=1&skip=1",
    "/events?targets=A",
    "/events?targets=A,C&limit=2",
    "/programs",
    "/programs?targets=B",
    "/vens",
    "/resources?targets=A",
    "/reports",
    "/subscriptions",
    "/reports?modifiedSince=2026-11-26T17:05:00Z",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn no_client_is_answered_with_what_is_no_longer_so(
        changes in proptest::collection::vec((change(), subsequence(PATHS.to_vec(), 3)), 1..25)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let three = Three::new().await;
            three.make(&Change::Program { replacing: None, targets: Vec::new() }).await?;
            for (change, paths) in &changes {
                three.make(change).await?;
                let event = three.pick("events", 0).await?;
                let program = three.pick("programs", 0).await?;
                for who in CLIENTS {
                    for path in paths {
                        three.get(who, path).await?;
                    }
                    if let Some(event) = &event {
                        three.get(who, &format!("/events/{event}")).await?;
                    }
                    if let Some(program) = &program {
                        three.get(who, &format!("/events?programID={program}")).await?;
                        three.get(who, &format!("/reports?programID={program}")).await?;
                    }
                }
            }
            Ok::<_, TestCaseError>(())
        })?;
    }
}
