//! Clients registered at this program's own VTN while it runs (`/rampdesk/clients`). Other VTNs have their administrator
//! do that.

use http::Method;
use serde_json::{Value, json};

use super::attempt::{Answer, Outgoing, Reading};
use super::{Client, ClientError, Credentials};
use crate::openadr::secret::Secret;

/// What this program's own VTN calls it.
const EXTENSION: &str = "client-registration";

impl Client {
    /// Whether business logic can register clients at the VTN.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn registers_clients(&self) -> Result<bool, ClientError> {
        self.inner.extended(EXTENSION).await
    }

    /// Whether the VTN has a client of this id.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn has_client(&self, client_id: &str) -> Result<bool, ClientError> {
        let outgoing = Outgoing::get(self.inner.address.url(&["rampdesk", "clients", client_id], &[]));
        let read = |_: &Answer| Ok(((), format!("client {client_id} is registered")));
        match self.inner.idempotent(&outgoing, &read).await {
            Ok(()) => Ok(true),
            Err(error) if error.status() == Some(404) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Registers a VEN's client. Its secret is answered this once.
    ///
    /// # Errors
    /// As for [`Client::programs`]; 409 when there is one of this id, also when the answer to an earlier attempt of this
    /// call was lost: then [`Client::replace_secret`] gives it a secret that is known.
    pub async fn register_client(&self, client_id: &str) -> Result<Credentials, ClientError> {
        let url = self.inner.address.url(&["rampdesk", "clients"], &[]);
        let outgoing = Outgoing::json(Method::POST, url, json!({ "clientID": client_id }).to_string().into());
        self.inner.idempotent(&outgoing, &read_secret).await
    }

    /// Gives a VEN's client another secret. The one before is refused at once, and so is every token had with it.
    ///
    /// # Errors
    /// As for [`Client::programs`]; 404 when there is none of this id.
    pub async fn replace_secret(&self, client_id: &str) -> Result<Credentials, ClientError> {
        let url = self.inner.address.url(&["rampdesk", "clients", client_id, "secret"], &[]);
        let outgoing = Outgoing::json(Method::POST, url, json!({}).to_string().into());
        self.inner.idempotent(&outgoing, &read_secret).await
    }

    /// Removes a VEN's client: it and its tokens are refused at once. Its ven and resources stay.
    ///
    /// # Errors
    /// As for [`Client::programs`]; 404 when there is none of this id.
    pub async fn remove_client(&self, client_id: &str) -> Result<(), ClientError> {
        let url = self.inner.address.url(&["rampdesk", "clients", client_id], &[]);
        let outgoing = Outgoing { method: Method::DELETE, ..Outgoing::get(url).only_once() };
        let read = |_: &Answer| Ok(((), format!("client {client_id} is removed")));
        self.inner.idempotent(&outgoing, &read).await
    }
}

impl Client {
    /// Says something at a route that this program's own VTN serves beside its own, and reads what is answered. It is JSON both
    /// ways; said again where no answer came, so that whoever is told must know what was said before.
    ///
    /// # Errors
    /// As for [`Client::programs`]; 404 where nothing is served there.
    pub async fn say_beside<T: serde::de::DeserializeOwned + Send + Sync>(
        &self,
        path: &str,
        said: String,
    ) -> Result<T, ClientError> {
        let url = self.inner.address.url(&["rampdesk", "beside", path], &[]);
        let outgoing = Outgoing::json(Method::POST, url, said.into());
        let read = |answer: &Answer| Ok((answer.json::<T>()?, format!("answered at {path}")));
        self.inner.idempotent(&outgoing, &read).await
    }
}

fn read_secret(answer: &Answer) -> Reading<Credentials> {
    let body: Value = answer.json()?;
    let member = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let client_id = member("clientID").ok_or("it holds no clientID")?.to_owned();
    let secret = Secret::new(member("client_secret").ok_or("it holds no client_secret")?);
    let understood = format!("client {client_id} has a secret, told this once");
    Ok((Credentials { client_id, secret }, understood))
}
