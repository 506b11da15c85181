//! The transport over TCP and TLS.

use async_trait::async_trait;
use bytes::Bytes;

use super::transport::{Transport, TransportError};

/// HTTP over TCP; TLS by rustls for `https`. No redirects; answers are read up to 16 MiB.
pub struct TcpTransport {}

impl TcpTransport {
    /// A pooled client.
    ///
    /// # Errors
    /// When TLS cannot be set up, in words.
    pub fn new() -> Result<Self, String> {
        todo!()
    }
}

#[async_trait]
impl Transport for TcpTransport {
    async fn send(&self, _request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        todo!()
    }
}
