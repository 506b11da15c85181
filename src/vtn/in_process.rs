//! The VTN as a transport: requests go to its router without a socket.

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header, uri::PathAndQuery};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::openadr::transport::{Transport, TransportError};

/// Hands requests to a router as a server would that had read them from a connection.
pub(super) struct InProcess {
    router: Router,
}

impl InProcess {
    pub(super) fn new(router: Router) -> Self {
        Self { router }
    }
}

#[async_trait]
impl Transport for InProcess {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        as_received(&mut request);
        let Ok(response) = self.router.clone().oneshot(request.map(Body::from)).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| TransportError::Broken(error.to_string()))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}

/// Turns an absolute URI into what stands in a request line, and the host into its header.
fn as_received(request: &mut Request<Bytes>) {
    if let Some(authority) = request.uri().authority()
        && !request.headers().contains_key(header::HOST)
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().insert(header::HOST, host);
    }
    let target = request.uri().path_and_query().cloned();
    *request.uri_mut() = Uri::from(target.unwrap_or_else(|| PathAndQuery::from_static("/")));
}
