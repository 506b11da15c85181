//! An FSP's way to its VTN, on which its requests may be lost or go out with a token that is no good.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use crate::dispatch::FspId;
use crate::openadr::security::Security;
use crate::openadr::transport::{Transport, TransportError};
use crate::profile::faults::FspFault;
use crate::time::Clock;

use super::FaultSwitch;

/// What is presented in the place of an FSP's token, and of every one that it gets anew: a token of no VTN. An FSP cannot
/// have its VTN let a token expire; a VTN answers this one as it answers an expired one, with 401.
const EXPIRED: HeaderValue = HeaderValue::from_static("Bearer expired");

/// A transport on which one FSP's faults have their effect.
pub(in crate::fleet) struct Way {
    pub(in crate::fleet) inner: Arc<dyn Transport>,
    pub(in crate::fleet) fsp: FspId,
    pub(in crate::fleet) switch: FaultSwitch,
    pub(in crate::fleet) clock: Clock,
}

#[async_trait]
impl Transport for Way {
    async fn send(&self, mut request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let (plan, now) = (self.switch.plan(), self.clock.now());
        for fault in plan.of_fsp(&self.fsp, now) {
            match fault {
                FspFault::LossOfComms => {
                    return Err(TransportError::Unreachable {
                        address: request.uri().authority().map_or("the VTN".to_owned(), ToString::to_string),
                        reason: "a simulated loss of communications".to_owned(),
                    });
                }
                FspFault::ExpiredToken if is_bearer(&request) => {
                    request.headers_mut().insert(AUTHORIZATION, EXPIRED);
                }
                _ => {}
            }
        }
        self.inner.send(request).await
    }

    fn security(&self) -> Security {
        self.inner.security()
    }
}

fn is_bearer(request: &http::Request<Bytes>) -> bool {
    request.headers().get(AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"Bearer "))
}
