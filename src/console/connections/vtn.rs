//! The VTN: where it is, how it answers, and what to do when it does not.

use egui::{Label, RichText, Ui};

use crate::certificate::Names;
use crate::console::context::{Intent, View};
use crate::console::{widgets, words};
use crate::desk::snapshot::{Channel, LinkState, Mode, PushState, PushStatus, VtnHealth};
use crate::time::UtcTime;
use crate::units::grouped;

/// Draws it.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let vtn = &view.snapshot.vtn;
    widgets::heading(ui, "VTN");
    let mut copied = false;
    ui.horizontal_wrapped(|ui| {
        widgets::lamp(ui, view.tokens, vtn.state, "VTN");
        ui.add(Label::new(&vtn.url));
        copied = ui.button("Copy URL").clicked();
        ui.add(Label::new(RichText::new(whose(view.snapshot.mode)).color(view.tokens.weak)).extend());
    });
    if copied {
        ui.ctx().copy_text(vtn.url.clone());
        view.intents.push(Intent::Tell("Copied: the VTN's URL.".to_owned()));
    }
    let now = view.clock.now();
    widgets::pair(ui, view.tokens, "Last answer", last_answer(vtn, now));
    widgets::pair(ui, view.tokens, "Told at once", push(vtn.push.as_ref(), now));
    widgets::pair(ui, view.tokens, "Secured by", channel(vtn.security.channel.as_ref(), now));
    if let Some(own) = &vtn.security.own {
        widgets::pair(ui, view.tokens, "Own certificate", certificate(own, now));
    }
    if !vtn.security.beyond.is_empty() {
        widgets::pair(ui, view.tokens, "May reach besides", vtn.security.beyond.join(", "));
    }
    if let Some(fault) = &vtn.fault {
        widgets::pair(ui, view.tokens, "Fault", fault.as_str());
    }
    if let Some(advice) = advice(vtn) {
        widgets::pair(ui, view.tokens, "What to do", advice);
    }
}

/// `2 s ago, 2026-11-26 17:20:00 UTC, after 3.4 ms`.
fn last_answer(vtn: &VtnHealth, now: UtcTime) -> String {
    let Some(at) = vtn.last_answer else { return "never".to_owned() };
    let when = format!("{}, {}", words::ago(Some(at), now), words::utc(at));
    match vtn.took_ms {
        Some(took) => format!("{when}, after {} ms", grouped(took, 1)),
        None => when,
    }
}

/// What keeps others from reading along.
fn channel(channel: Option<&Channel>, now: UtcTime) -> String {
    match channel {
        None => "not known before the first answer".to_owned(),
        Some(Channel::Plain { loopback: true }) => {
            "nothing: plain HTTP, which does not leave this machine".to_owned()
        }
        Some(Channel::Plain { loopback: false }) => {
            "nothing: plain HTTP; whoever is on the way reads along".to_owned()
        }
        Some(Channel::Tls { version, certificate: names }) => {
            let version = version.as_deref().unwrap_or("TLS");
            match names {
                Some(names) => format!("{version}; the VTN's certificate {}", certificate(names, now)),
                None => format!("{version}; the VTN's certificate cannot be read"),
            }
        }
    }
}

/// `of vtn.example, 340 days left, until 2027-11-26 17:00:00 UTC`.
fn certificate(names: &Names, now: UtcTime) -> String {
    let until = words::utc(names.validity.until);
    match names.validity.days_left(now) {
        left if left < 0 => format!("of {} has ended, {until}", names.subject()),
        left => format!("of {}, {left} days left, until {until}", names.subject()),
    }
}

/// Whether the VTN's broker wakes this desk.
fn push(status: Option<&PushStatus>, now: UtcTime) -> String {
    let Some(status) = status else { return "no: this session only polls".to_owned() };
    let last = status.last.as_ref();
    match &status.state {
        PushState::Beginning => "not yet: the VTN is being asked".to_owned(),
        PushState::NotOffered => "no: the VTN offers no push by MQTT; it is polled".to_owned(),
        PushState::Away { fault } => format!("not now, polling goes on: {fault}"),
        PushState::Subscribed { broker } => match last {
            Some(notice) => {
                format!("by {broker}; last {}, {}", words::ago(Some(notice.at), now), words::utc(notice.at))
            }
            None => format!("by {broker}; nothing yet"),
        },
    }
}

fn whose(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "a network operator's own",
        Mode::Training => "of a workshop",
        Mode::Sandbox => "this program's own, of simulated assets",
    }
}

/// What a person can do about a VTN that does not answer as it should.
fn advice(vtn: &VtnHealth) -> Option<&'static str> {
    match (vtn.state, &vtn.fault) {
        (LinkState::Unknown | LinkState::Lost, Some(_)) if vtn.last_answer.is_none() => Some(
            "Nothing was heard of it in this session yet. See that it runs at this URL and that this machine reaches it. Where it \
             refuses this client, see that the client id and its secret are those that this VTN knows; where TLS fails, \
             that the authority of its certificate is trusted here ([tls] in the connection file). It is tried again by itself; \
             what is changed in the files is taken up when the session is opened again.",
        ),
        (LinkState::Lost, _) => Some(
            "Nothing new is sent or heard until it answers. What was sent before stays in force at the FSPs: to change \
             or stop it now, telephone their control points (below). Check that the URL is right and that this \
             machine reaches it; it is tried again by itself.",
        ),
        (LinkState::Late, _) => Some("Wait for the next answer: it is asked again by itself."),
        (LinkState::Unknown, None) => Some("Wait: it has not been asked yet."),
        (LinkState::Unknown | LinkState::Live, Some(_)) => {
            Some("It is tried again by itself. Messages shows each request and what came back.")
        }
        (LinkState::Live, None) => None,
    }
}
