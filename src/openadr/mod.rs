//! The wire: OpenADR 3.1 objects, the GB dispatch profile on them, and the HTTP client.

pub mod client;
pub mod exchange;
pub mod mapping;
pub mod secret;
pub mod tcp;
pub mod text;
pub mod transport;
pub mod wire;
