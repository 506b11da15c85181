//! Access tokens: stateless, signed with HMAC-SHA256 under a key that the store keeps, so that a token outlives a
//! restart of the VTN.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::ZeroizeOnDrop;

use super::Role;
use super::stamp::Stamp;
use crate::certificate::Thumbprint;

/// How long a token is good, in seconds of the VTN's clock.
pub(super) const LIFETIME_SECONDS: i64 = 3600;

/// Stands between a token's expiry and the thumbprint of the certificate that it is bound to.
const BOUND_TO: char = '~';

/// Bytes of the key.
pub(super) const KEY_LENGTH: usize = 32;

/// Signs tokens and reads them back.
#[derive(ZeroizeOnDrop)]
pub(super) struct TokenSigner {
    key: [u8; KEY_LENGTH],
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) client_id: String,
    pub(super) role: Role,
    /// When it was issued.
    pub(super) issued: Stamp,
    /// The client certificate that it was given to (`x5t#S256` of RFC 8705).
    pub(super) bound: Option<Thumbprint>,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenError {
    #[error("the access token is not one of this VTN's; ask for one at /auth/token")]
    Foreign,
    #[error("the access token has expired; ask for a new one at /auth/token")]
    Expired,
    #[error(
        "the access token no longer holds: its client was removed or has a new secret; ask for one at /auth/token"
    )]
    Withdrawn,
}

impl TokenSigner {
    pub(super) fn new(key: [u8; KEY_LENGTH]) -> Self {
        Self { key }
    }

    /// A token for a client, good for [`LIFETIME_SECONDS`] from when it is issued.
    pub(super) fn issue(&self, claims: &Claims) -> String {
        let role = match claims.role {
            Role::Business => 'B',
            Role::Ven => 'V',
        };
        let expiry = claims.issued.millis().saturating_add(LIFETIME_SECONDS * 1000);
        let bound = claims.bound.map(|print| format!("{BOUND_TO}{}", print.x5t_s256())).unwrap_or_default();
        let payload = format!("{role}{expiry}{bound}.{}", claims.client_id);
        let signature = self.mac(payload.as_bytes()).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature))
    }

    /// What a token says, when it is this VTN's own and still good.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(super) fn read(&self, token: &str, now: Stamp) -> Result<Claims, TokenError> {
        let (payload, signature) = token.split_once('.').ok_or(TokenError::Foreign)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| TokenError::Foreign)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenError::Foreign)?;
        // Compares in constant time.
        self.mac(&payload).verify_slice(&signature).map_err(|_| TokenError::Foreign)?;
        let (claims, expiry) = parse(&payload).ok_or(TokenError::Foreign)?;
        if now >= expiry { Err(TokenError::Expired) } else { Ok(claims) }
    }

    fn mac(&self, payload: &[u8]) -> Hmac<Sha256> {
        // A key of the block's length, padded with zeros as HMAC itself pads: the construction that cannot fail.
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..KEY_LENGTH].copy_from_slice(&self.key);
        let mut mac = Hmac::<Sha256>::new(&block);
        mac.update(payload);
        mac
    }
}

fn parse(payload: &[u8]) -> Option<(Claims, Stamp)> {
    let text = std::str::from_utf8(payload).ok()?;
    let (head, client_id) = text.split_once('.')?;
    let mut head = head.chars();
    let role = match head.next()? {
        'B' => Role::Business,
        'V' => Role::Ven,
        _ => return None,
    };
    let (expiry, bound) = match head.as_str().split_once(BOUND_TO) {
        Some((expiry, print)) => (expiry, Some(Thumbprint::from_x5t_s256(print)?)),
        None => (head.as_str(), None),
    };
    let expiry: i64 = expiry.parse().ok()?;
    let issued = Stamp::from_millis(expiry.saturating_sub(LIFETIME_SECONDS * 1000));
    let claims = Claims { client_id: client_id.to_owned(), role, issued, bound };
    Some((claims, Stamp::from_millis(expiry)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(issued: i64) -> Claims {
        let issued = Stamp::from_millis(issued);
        Claims { client_id: "fsp.é:1".to_owned(), role: Role::Ven, issued, bound: None }
    }

    #[test]
    fn a_token_is_read_back_until_it_expires() {
        let signer = TokenSigner::new([7; KEY_LENGTH]);
        let token = signer.issue(&claims(1_000));
        assert_eq!(signer.read(&token, Stamp::from_millis(3_600_999)), Ok(claims(1_000)));
        assert_eq!(signer.read(&token, Stamp::from_millis(3_601_000)), Err(TokenError::Expired));
    }

    #[test]
    fn a_token_keeps_the_certificate_that_it_is_bound_to() {
        let signer = TokenSigner::new([7; KEY_LENGTH]);
        let bound = Claims { bound: Some(Thumbprint::of_der(b"certificate")), ..claims(1_000) };
        let token = signer.issue(&bound);
        assert_eq!(signer.read(&token, Stamp::from_millis(2_000)), Ok(bound));
    }

    #[test]
    fn a_token_that_was_touched_or_signed_elsewhere_is_refused() {
        let signer = TokenSigner::new([7; KEY_LENGTH]);
        let now = Stamp::from_millis(0);
        let token = signer.issue(&claims(0));
        let other = TokenSigner::new([8; KEY_LENGTH]).issue(&claims(0));
        let (payload, signature) = token.split_once('.').unwrap();
        let raised = URL_SAFE_NO_PAD.encode("B3600000.fsp.é:1");
        for bad in [
            other.as_str(),
            &format!("{raised}.{signature}"),
            &format!("{payload}."),
            payload,
            "",
            ".",
            "a.b.c",
            &token[..token.len() - 1],
        ] {
            assert_eq!(signer.read(bad, now), Err(TokenError::Foreign), "{bad}");
        }
    }
}
