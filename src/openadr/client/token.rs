//! The access token: where it is asked for, how the VTN wants the secret, and when it is renewed.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::Inner;
use super::attempt::{Answer, Outgoing, Reading};
use super::error::{ClientError, Fault};
use super::masking::{Masks, basic};

/// A token is renewed once this share of its life is over.
const RENEWED_AT: f64 = 0.8;
/// The header in which this program's own VTN says what it can do beyond OpenADR 3.1.
const EXTENSIONS_HEADER: &str = "x-rampdesk-extensions";

/// What is known of the VTN's doors.
#[derive(Debug, Default)]
pub(super) struct Session {
    door: Option<Door>,
    style: Style,
    token: Option<Token>,
    issued: u64,
}

/// What `/auth/server` told.
#[derive(Clone, Debug)]
struct Door {
    token_url: Url,
    extensions: BTreeSet<String>,
}

/// How the secret is sent. VTNs take the form, HTTP Basic or both (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Style {
    #[default]
    Form,
    Basic,
}

impl Style {
    fn other(self) -> Self {
        match self {
            Self::Form => Self::Basic,
            Self::Basic => Self::Form,
        }
    }
}

#[derive(Debug)]
struct Token {
    bearer: HeaderValue,
    number: u64,
    masks: Masks,
    /// Seconds since 1970, domain time; `None` when the VTN set no end.
    renew_at: Option<f64>,
}

/// A token in use by one request.
pub(super) struct Pass {
    pub bearer: HeaderValue,
    pub masks: Masks,
    /// Whether it was issued just now, so that another would fare no better.
    pub is_fresh: bool,
    number: u64,
}

impl Token {
    fn pass(&self, is_fresh: bool) -> Pass {
        let (bearer, masks) = (self.bearer.clone(), self.masks.with(None));
        Pass { bearer, masks, is_fresh, number: self.number }
    }
}

impl Inner {
    /// A token that should hold: the one at hand, or a new one.
    pub async fn pass(&self) -> Result<Pass, Fault> {
        let mut session = self.session.lock().await;
        let now = self.clock.now_seconds();
        match &session.token {
            Some(token) if token.renew_at.is_none_or(|at| now < at) => Ok(token.pass(false)),
            _ => self.renew(&mut session).await,
        }
    }

    /// Another token than the one that was refused.
    pub async fn pass_after(&self, refused: &Pass) -> Result<Pass, Fault> {
        let mut session = self.session.lock().await;
        match &session.token {
            Some(token) if token.number != refused.number => Ok(token.pass(true)),
            _ => self.renew(&mut session).await,
        }
    }

    /// Whether the VTN says that it knows an extension of this program's own.
    pub async fn knows(&self, extension: &str) -> Result<bool, Fault> {
        let mut session = self.session.lock().await;
        Ok(self.door(&mut session).await?.extensions.contains(extension))
    }

    async fn renew(&self, session: &mut Session) -> Result<Pass, Fault> {
        session.token = None;
        let url = self.door(session).await.map_err(Fault::before_the_request)?.token_url;
        let first = session.style;
        let issued = match self.ask(&url, first).await {
            Err(fault) if matches!(fault.error.status(), Some(400 | 401)) => {
                let second = self.ask(&url, first.other()).await;
                if second.is_ok() {
                    session.style = first.other();
                }
                second
            }
            answered => answered,
        };
        match issued {
            Ok(issued) => {
                session.issued += 1;
                let renew_at =
                    issued.expires_in.map(|seconds| self.clock.now_seconds() + seconds * RENEWED_AT);
                let masks = self.masks.with(Some(&issued.text));
                let token = Token { bearer: issued.bearer, number: session.issued, masks, renew_at };
                let pass = token.pass(true);
                session.token = Some(token);
                Ok(pass)
            }
            Err(fault) => {
                if matches!(fault.error.status(), Some(404 | 405)) {
                    // The token URL has moved: it is asked for again at the next call.
                    session.door = None;
                }
                Err(self.refused_client(fault).before_the_request())
            }
        }
    }

    /// A refused secret in words.
    fn refused_client(&self, fault: Fault) -> Fault {
        let error = match fault.error {
            ClientError::Refused { status: 400 | 401 | 403, problem } => ClientError::Unauthorised {
                client_id: self.credentials.client_id.clone(),
                detail: problem.detail.or(problem.title).unwrap_or_else(|| "no reason given".to_owned()),
            },
            other => other,
        };
        Fault { error, ..fault }
    }

    async fn door(&self, session: &mut Session) -> Result<Door, Fault> {
        if let Some(door) = &session.door {
            return Ok(door.clone());
        }
        let outgoing = Outgoing::get(self.address.url(&["auth", "server"], &[]));
        let read = |answer: &Answer| self.read_door(answer);
        let door = match self.attempt(&outgoing, None, &self.masks, &read).await {
            // Before 3.1 there was no such page (3.0.1: POST /auth/token); some put it behind the token itself.
            Err(fault) if matches!(fault.error.status(), Some(401 | 403 | 404 | 405 | 501)) => {
                Door { token_url: self.address.url(&["auth", "token"], &[]), extensions: BTreeSet::new() }
            }
            answered => answered?,
        };
        session.door = Some(door.clone());
        Ok(door)
    }

    fn read_door(&self, answer: &Answer) -> Reading<Door> {
        let body: Value = answer.json()?;
        let named = body.get("tokenURL").and_then(Value::as_str).ok_or("it names no tokenURL")?;
        let token_url = self.address.token_url(named)?;
        let extensions = answer
            .headers
            .get_all(EXTENSIONS_HEADER)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.split(','))
            .map(|name| name.trim().to_ascii_lowercase())
            .collect();
        let understood = format!("tokens are at {token_url}");
        Ok((Door { token_url, extensions }, understood))
    }

    async fn ask(&self, url: &Url, style: Style) -> Result<Issued, Fault> {
        let (id, secret) = (&self.credentials.client_id, self.credentials.secret.reveal());
        let grant = ("grant_type", "client_credentials");
        let (body, authorization) = match style {
            Style::Form => (form(&[grant, ("client_id", id), ("client_secret", secret)]), None),
            Style::Basic => (form(&[grant]), sensitive(&format!("Basic {}", basic(id, secret)))),
        };
        let outgoing = Outgoing {
            method: Method::POST,
            url: url.clone(),
            content_type: "application/x-www-form-urlencoded",
            body,
        };
        self.attempt(&outgoing, authorization.as_ref(), &self.masks, &read_token).await
    }
}

fn form(pairs: &[(&str, &str)]) -> Bytes {
    Bytes::from(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

struct Issued {
    bearer: HeaderValue,
    text: String,
    expires_in: Option<f64>,
}

/// `clientCredentialResponse`; some servers write `expires_in` as a string.
fn read_token(answer: &Answer) -> Reading<Issued> {
    let body: Value = answer.json()?;
    let text = body.get("access_token").and_then(Value::as_str).filter(|t| !t.is_empty());
    let text = text.ok_or("it holds no access_token")?.to_owned();
    let bearer = sensitive(&format!("Bearer {text}")).ok_or("its access_token cannot stand in a header")?;
    let expires_in = match body.get("expires_in") {
        Some(Value::String(seconds)) => seconds.trim().parse().ok(),
        Some(number) => number.as_f64(),
        None => None,
    };
    let expires_in = expires_in.filter(|seconds: &f64| seconds.is_finite() && *seconds > 0.0);
    let understood = match expires_in {
        Some(seconds) => format!("token for {seconds} s"),
        None => "token without an end".to_owned(),
    };
    Ok((Issued { bearer, text, expires_in }, understood))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Whether a token was refused: 401 for none or a wrong one, but real VTNs answer a wrong one with 403.
pub(super) fn is_token_refusal(fault: &Fault) -> bool {
    let refusals = [StatusCode::UNAUTHORIZED.as_u16(), StatusCode::FORBIDDEN.as_u16()];
    fault.error.status().is_some_and(|status| refusals.contains(&status))
}
