//! `rampdesk watch`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::desk::snapshot::Snapshot;
use crate::time::UtcTime;

use super::connect::{self, DeskArguments};
use super::output::{self, Done};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    desk: DeskArguments,
    /// One JSON document a line on standard output
    #[arg(long)]
    json: bool,
}

/// One thing that happened.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum News {
    Acknowledgement {
        at: UtcTime,
        #[serde(rename = "ref")]
        dispatch_ref: String,
        revision: u32,
        stage: String,
        /// The person who sent that revision.
        #[serde(skip_serializing_if = "Option::is_none")]
        sent_by: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },
    Client {
        at: UtcTime,
        fsp: String,
        state: &'static str,
    },
    Unit {
        at: UtcTime,
        unit: String,
        state: String,
        kw: f64,
    },
    Alarm {
        at: UtcTime,
        priority: &'static str,
        text: String,
    },
}

impl News {
    fn words(&self) -> String {
        match self {
            Self::Acknowledgement { at, dispatch_ref, revision, stage, sent_by, reason, detail } => {
                let why = reason.iter().chain(detail).map(|w| format!(" {w}")).collect::<String>();
                let by = sent_by.as_ref().map_or_else(String::new, |by| format!(", sent by {by}"));
                format!("{at} {dispatch_ref} revision {revision} {stage}{why}{by}")
            }
            Self::Client { at, fsp, state } => format!("{at} {fsp} client {state}"),
            Self::Unit { at, unit, state, kw } => format!("{at} {unit} {state} {kw:.1} kW"),
            Self::Alarm { at, priority, text } => format!("{at} alarm {priority}: {text}"),
        }
    }
}

/// What was told already.
#[derive(Default)]
struct Told {
    rungs: BTreeSet<(String, u32, String, UtcTime)>,
    clients: BTreeMap<String, &'static str>,
    units: BTreeMap<String, UtcTime>,
    alarms: BTreeSet<u64>,
}

pub fn run(arguments: &Arguments) -> Done {
    connect::runtime()?.block_on(async {
        let desk = connect::open(&arguments.desk)?;
        let mut handle = desk.handle.clone();
        let mut told = Told::default();
        let watching = async {
            connect::ready(&mut handle).await?;
            loop {
                for news in told.news(&handle.snapshot()) {
                    if arguments.json {
                        output::print_json_line(&news)?
                    } else {
                        output::print(news.words() + "\n")?
                    }
                }
                if !handle.changed().await {
                    return Ok(());
                }
            }
        };
        let ended = tokio::select! {
            ended = watching => ended,
            () = connect::asked_to_end() => Ok(()),
        };
        desk.stop().await;
        ended
    })
}

impl Told {
    fn news(&mut self, snapshot: &Snapshot) -> Vec<News> {
        let mut news = Vec::new();
        for dispatch in &snapshot.dispatches {
            let dispatch_ref = dispatch.key.dispatch_ref.to_string();
            for rung in &dispatch.ladder {
                let stage = rung.stage.word().to_owned();
                if self.rungs.insert((dispatch_ref.clone(), rung.revision.get(), stage.clone(), rung.at)) {
                    news.push(News::Acknowledgement {
                        at: rung.at,
                        dispatch_ref: dispatch_ref.clone(),
                        revision: rung.revision.get(),
                        stage,
                        sent_by: dispatch
                            .revision(rung.revision)
                            .and_then(|revision| snapshot.sent_by(revision))
                            .map(ToString::to_string),
                        reason: rung.reason.map(|r| r.word().to_owned()),
                        detail: rung.detail.clone(),
                    });
                }
            }
        }
        for fsp in &snapshot.fsps {
            let state = fsp.client.word();
            if self.clients.insert(fsp.id.to_string(), state) != Some(state) {
                news.push(News::Client { at: snapshot.now, fsp: fsp.id.to_string(), state });
            }
        }
        for unit in &snapshot.units {
            let (Some(at), Some(kw)) = (unit.reported, unit.kw) else { continue };
            if self.units.insert(unit.unit.to_string(), at) != Some(at) {
                news.push(News::Unit { at, unit: unit.unit.to_string(), state: unit.state.clone(), kw });
            }
        }
        // What an earlier session left to be noticed, and is over, is no news.
        for alarm in snapshot.alarms.iter().filter(|alarm| alarm.active) {
            if self.alarms.insert(alarm.id) {
                news.push(News::Alarm {
                    at: alarm.raised,
                    priority: alarm.priority.digit(),
                    text: alarm.text.clone(),
                });
            }
        }
        news
    }
}
