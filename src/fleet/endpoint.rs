//! An address at which an operator dispatches an FSP, with the FSP's client there and what it knows of it.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::openadr::client::Client;

use super::programs::Programs;
use super::route::Vtn;

/// One address of a line.
pub(super) struct Endpoint {
    /// As the profile, the command line or a notice gives it.
    pub(super) vtn: Vtn,
    pub(super) client: Client,
    pub(super) programs: Programs,
}

/// A look at endpoints that are not polled now: of each whether it answered as it should.
pub(super) type Look = BoxFuture<'static, Vec<bool>>;

/// Looks at some, one after the other, with a poll each.
pub(super) fn look_at(clients: Vec<Client>, targets: Arc<[String]>) -> Look {
    Box::pin(async move {
        let mut found = Vec::with_capacity(clients.len());
        for client in clients {
            found.push(client.events_granted(None, &targets).await.is_ok());
        }
        found
    })
}

/// What a look found, once it is over; without one, never.
pub(super) async fn finished(look: &mut Option<Look>) -> Vec<bool> {
    let found = match look {
        Some(under_way) => under_way.await,
        None => std::future::pending().await,
    };
    *look = None;
    found
}
