//! The wire: OpenADR 3.1 objects, the GB dispatch profile on them, and the HTTP client.

pub mod exchange;
pub mod secret;
pub mod transport;
