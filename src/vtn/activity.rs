//! Who asked last, and for what: a client's poll is its heartbeat.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::openadr::client::ClientActivity;

use super::stamp::Stamp;

/// The last request of each client since the VTN opened.
#[derive(Default)]
pub(super) struct ActivityLog {
    clients: Mutex<BTreeMap<String, Last>>,
}

struct Last {
    at: Stamp,
    request: String,
    requests: u64,
}

impl ActivityLog {
    /// Notes a request. `path` is below the base path, without its query.
    pub(super) fn record(&self, client_id: &str, method: &str, path: &str, at: Stamp) {
        let request = format!("{method} {path}");
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        match clients.get_mut(client_id) {
            Some(last) => *last = Last { at, request, requests: last.requests + 1 },
            None => {
                clients.insert(client_id.to_owned(), Last { at, request, requests: 1 });
            }
        }
    }

    /// Every client that has asked for anything, or for anything since an instant, by client id.
    pub(super) fn since(&self, since: Option<Stamp>) -> Vec<ClientActivity> {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients
            .iter()
            .filter(|(_, last)| since.is_none_or(|since| last.at >= since))
            .map(|(id, last)| ClientActivity {
                client_id: id.clone(),
                last_request: last.at.to_string(),
                request: last.request.clone(),
                requests: last.requests,
            })
            .collect()
    }
}
