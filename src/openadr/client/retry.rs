//! Trying again: when, how often, and never so that something is done twice.

use futures::future::BoxFuture;

use super::Inner;
use super::attempt::{Answer, Outgoing, Reading};
use super::error::{ClientError, Fault};
use super::token::is_token_refusal;

/// The first try and three more.
const TRIES: u32 = 4;
/// Seconds before the second try, doubled before each further one, then spread by ±50 %.
const FIRST_PAUSE_SECONDS: f64 = 0.5;

pub(super) type Read<'a, T> = &'a (dyn Fn(&Answer) -> Reading<T> + Send + Sync);

impl Inner {
    /// With the client's token; once more with a new one when that is refused.
    async fn authorised<T>(&self, outgoing: &Outgoing, read: Read<'_, T>) -> Result<T, Fault> {
        let pass = self.pass().await?;
        let fault = match self.attempt(outgoing, Some(&pass.bearer), &pass.masks, read).await {
            Err(fault) if is_token_refusal(&fault) => fault,
            done => return done,
        };
        if pass.is_fresh {
            return Err(self.refused(fault));
        }
        let pass = self.pass_after(&pass).await?;
        let outcome = self.attempt(outgoing, Some(&pass.bearer), &pass.masks, read).await;
        outcome.map_err(|fault| self.refused(fault))
    }

    /// 401 with a token issued just now: the VTN does not know this client.
    fn refused(&self, fault: Fault) -> Fault {
        let error = match fault.error {
            ClientError::Refused { status: 401, problem } => ClientError::Unauthorised {
                client_id: self.credentials.client_id.clone(),
                detail: problem.detail.or(problem.title).unwrap_or_else(|| "no reason given".to_owned()),
            },
            other => other,
        };
        Fault { error, ..fault }
    }

    /// A request that does no harm twice: tried up to four times.
    pub async fn idempotent<T>(&self, outgoing: &Outgoing, read: Read<'_, T>) -> Result<T, ClientError> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.authorised(outgoing, read).await {
                Ok(value) => return Ok(value),
                Err(fault) if tried < TRIES && fault.is_worth_retrying() => self.pause(tried, &fault).await,
                Err(fault) => return Err(fault.error),
            }
        }
    }

    /// A request that must not be done twice: where the VTN may have acted although its answer was lost, `find` looks
    /// first whether it did. A refusal is not tried again, and nothing is sent again while that cannot be known: what
    /// ends so is in doubt until a look-up finds it, and a later request of the same kind looks first.
    pub async fn once<'a, T>(
        &'a self,
        outgoing: &Outgoing,
        read: Read<'_, T>,
        find: &(dyn Fn() -> BoxFuture<'a, Result<Option<T>, ClientError>> + Send + Sync),
        kind: &str,
    ) -> Result<T, ClientError> {
        let mut tried = 0;
        if self.doubts.hold(kind)
            && let Some(found) = find().await?
        {
            self.doubts.settle(kind);
            return Ok(found);
        }
        loop {
            tried += 1;
            let fault = match self.authorised(outgoing, read).await {
                Ok(value) => return Ok(value),
                Err(fault) => fault,
            };
            let try_again = tried < TRIES && fault.is_worth_retrying();
            if !try_again && !fault.may_have_acted {
                return Err(fault.error);
            }
            self.pause(tried, &fault).await;
            if fault.may_have_acted {
                match find().await {
                    Ok(Some(found)) => return Ok(found),
                    Ok(None) if try_again => {}
                    Ok(None) | Err(_) => {
                        self.doubts.raise(kind);
                        return Err(fault.error);
                    }
                }
            }
        }
    }

    /// A question about the VTN itself, tried as often as any other request.
    pub async fn persistently<'a, T>(
        &'a self,
        ask: &(dyn Fn() -> BoxFuture<'a, Result<T, Fault>> + Send + Sync),
    ) -> Result<T, ClientError> {
        let mut tried = 0;
        loop {
            tried += 1;
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(fault) if tried < TRIES && fault.is_worth_retrying() => self.pause(tried, &fault).await,
                Err(fault) => return Err(fault.error),
            }
        }
    }

    /// Whether the VTN says that it knows an extension of this program's own.
    pub async fn extended(&self, extension: &'static str) -> Result<bool, ClientError> {
        let ask = || -> BoxFuture<'_, Result<bool, Fault>> {
            Box::pin(async move { Ok(self.known_door().await?.extensions.contains(extension)) })
        };
        self.persistently(&ask).await
    }

    async fn pause(&self, tried: u32, fault: &Fault) {
        let doubled = FIRST_PAUSE_SECONDS * f64::from(1_u32 << tried.saturating_sub(1).min(16));
        let spread = doubled * (0.5 + self.entropy.unit());
        self.clock.sleep(fault.retry_after.unwrap_or(0.0).max(spread)).await;
    }
}
