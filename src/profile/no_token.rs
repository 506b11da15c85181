//! In the place of hardware tokens, in a build that has none.

use std::sync::Arc;

use super::keeping::TokenKey;
use crate::dispatch::{KeyId, SigningKey};
use crate::openadr::secret::Secret;

/// No token.
#[derive(Default)]
pub struct Tokens;

const NONE: &str = "this build cannot use hardware tokens; use one that was built with `--features pkcs11`";

impl Tokens {
    /// Refused.
    ///
    /// # Errors
    /// Always: what to use instead.
    pub fn key(
        self: &Arc<Self>,
        _: &TokenKey,
        _: &KeyId,
        _: impl FnOnce() -> Result<Secret, String>,
    ) -> Result<SigningKey, String> {
        Err(NONE.to_owned())
    }

    /// Refused.
    ///
    /// # Errors
    /// Always: what to use instead.
    pub fn make(
        self: &Arc<Self>,
        _: &TokenKey,
        _: &KeyId,
        _: impl FnOnce() -> Result<Secret, String>,
    ) -> Result<SigningKey, String> {
        Err(NONE.to_owned())
    }
}
