//! The access token: where it is asked for, how the VTN wants the secret, and when it is renewed.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderValue, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::Inner;
use super::attempt::{Answer, Outgoing, Reading, Wish};
use super::error::{ClientError, Fault};
use super::masking::{Masks, basic};
use crate::openadr::version::Version;

/// A token is renewed once this share of its life is over.
const RENEWED_AT: f64 = 0.8;
/// The header in which this program's own VTN says what it can do beyond OpenADR 3.1.
const EXTENSIONS_HEADER: &str = "x-rampdesk-extensions";

/// OpenADR 3.1's scopes of business logic and of a VEN (its OpenAPI file, `oAuth2ClientCredentials`).
const SCOPES_3_1: [&str; 2] = [
    "read_all write_programs write_events write_subscriptions write_vens",
    "read_targets read_ven_objects write_reports write_subscriptions write_vens",
];
/// OpenADR 3.0.1's.
const SCOPES_3_0: [&str; 2] = [
    "read_all write_programs write_events write_subscriptions write_vens",
    "read_all write_reports write_subscriptions write_vens",
];

/// What is known of the VTN's doors.
#[derive(Default)]
pub(super) struct Session {
    door: Option<Door>,
    style: Style,
    scope: Option<&'static str>,
    token: Option<Token>,
    issued: u64,
}

/// What `/auth/server` told.
#[derive(Clone, Debug)]
pub(super) struct Door {
    token_url: Url,
    /// This program's own VTN's, by name.
    pub extensions: BTreeSet<String>,
    /// Whether there is such a page, which came with 3.1; `None` when it was refused without a token.
    pub is_there: Option<bool>,
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

struct Token {
    bearer: HeaderValue,
    number: u64,
    masks: Masks,
    /// Whether a request has gone out with it.
    is_used: bool,
    /// Seconds since 1970, domain time; `None` when the VTN set no end.
    renew_at: Option<f64>,
}

/// A token in use by one request.
pub(super) struct Pass {
    pub bearer: HeaderValue,
    pub masks: Masks,
    /// Whether it was issued for this very request, so that another would fare no better.
    pub is_fresh: bool,
    number: u64,
}

impl Token {
    fn pass(&self, is_fresh: bool) -> Pass {
        let (bearer, masks) = (self.bearer.clone(), self.masks.clone());
        Pass { bearer, masks, is_fresh, number: self.number }
    }
}

impl Inner {
    /// A token that should hold, for one request: the one at hand, or a new one.
    pub async fn pass(&self) -> Result<Pass, Fault> {
        let mut session = self.session.lock().await;
        let pass = self.at_hand(&mut session).await?;
        if let Some(token) = &mut session.token {
            token.is_used = true;
        }
        Ok(pass)
    }

    /// As [`Inner::pass`], for no request that a VTN may refuse.
    pub async fn pass_unused(&self) -> Result<Pass, Fault> {
        self.at_hand(&mut *self.session.lock().await).await
    }

    async fn at_hand(&self, session: &mut Session) -> Result<Pass, Fault> {
        let now = self.clock.now_seconds();
        match &session.token {
            Some(token) if token.renew_at.is_none_or(|at| now < at) => Ok(token.pass(!token.is_used)),
            _ => self.renew(session).await,
        }
    }

    /// Another token than the one that was refused.
    pub async fn pass_after(&self, refused: &Pass) -> Result<Pass, Fault> {
        let mut session = self.session.lock().await;
        let pass = match &session.token {
            Some(token) if token.number != refused.number => token.pass(true),
            _ => self.renew(&mut session).await?,
        };
        if let Some(token) = &mut session.token {
            token.is_used = true;
        }
        Ok(pass)
    }

    /// What `/auth/server` told, asked once.
    pub async fn known_door(&self) -> Result<Door, Fault> {
        let mut session = self.session.lock().await;
        self.door(&mut session).await
    }

    /// Where tokens are asked for.
    pub async fn told_token_url(&self) -> Result<String, ClientError> {
        let ask = || -> BoxFuture<'_, Result<String, Fault>> {
            Box::pin(async move { Ok(self.known_door().await?.token_url.to_string()) })
        };
        self.persistently(&ask).await
    }

    async fn renew(&self, session: &mut Session) -> Result<Pass, Fault> {
        session.token = None;
        let url = self.door(session).await.map_err(Fault::before_the_request)?.token_url;
        match self.ask_in_some_way(&url, session).await {
            Ok(issued) => {
                session.issued += 1;
                let renew_at =
                    issued.expires_in.map(|seconds| self.clock.now_seconds() + seconds * RENEWED_AT);
                let masks = self.masks.with(&issued.text);
                let token =
                    Token { bearer: issued.bearer, number: session.issued, masks, is_used: false, renew_at };
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

    /// As it was asked last; where that is refused, once with the secret sent the other way, and where the refusal is
    /// about scopes, with the scopes named. Without any, a server grants all that a client may have (RFC 6749 §3.3);
    /// only servers that have no default want them.
    async fn ask_in_some_way(&self, url: &Url, session: &mut Session) -> Result<Issued, Fault> {
        let (mut style, mut scope) = (session.style, session.scope);
        let mut other_style = Some(style.other());
        let mut scopes = self.scopes(session).into_iter();
        let mut told: Option<Fault> = None;
        loop {
            let fault = match self.ask(url, style, scope).await {
                Ok(issued) => {
                    (session.style, session.scope) = (style, scope);
                    return Ok(issued);
                }
                Err(fault) => fault,
            };
            if !matches!(fault.error.status(), Some(400 | 401 | 403 | 415 | 422)) {
                return Err(fault);
            }
            let next = if is_about_scope(&fault) {
                scopes.next().map(|next| (style, Some(next)))
            } else {
                other_style.take().map(|next| (next, scope))
            };
            // Of several refusals the one that knows the client is told: the other says only that it wants another way.
            let told_before =
                told.take().filter(|before| is_token_refusal(before) || !is_token_refusal(&fault));
            let fault = told_before.unwrap_or(fault);
            match next {
                Some(next) => (style, scope) = next,
                None => return Err(fault),
            }
            told = Some(fault);
        }
    }

    /// The scopes of business logic, then those of a VEN.
    fn scopes(&self, session: &Session) -> [&'static str; 2] {
        let has_no_door = session.door.as_ref().is_some_and(|door| door.is_there == Some(false));
        match self.said_version() {
            Some(Version::V3_1) => SCOPES_3_1,
            Some(Version::V3_0) => SCOPES_3_0,
            None if has_no_door => SCOPES_3_0,
            None => SCOPES_3_1,
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
            Err(fault) if matches!(fault.error.status(), Some(401 | 403 | 404 | 405 | 501)) => Door {
                token_url: self.address.url(&["auth", "token"], &[]),
                extensions: BTreeSet::new(),
                is_there: (!matches!(fault.error.status(), Some(401 | 403))).then_some(false),
            },
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
        Ok((Door { token_url, extensions, is_there: Some(true) }, understood))
    }

    async fn ask(&self, url: &Url, style: Style, scope: Option<&str>) -> Result<Issued, Fault> {
        let (id, secret) = (&self.credentials.client_id, self.credentials.secret.reveal());
        let mut pairs = vec![("grant_type", "client_credentials")];
        pairs.extend(scope.map(|scope| ("scope", scope)));
        let authorization = match style {
            Style::Form => {
                pairs.extend([("client_id", id.as_str()), ("client_secret", secret)]);
                None
            }
            Style::Basic => sensitive(&format!("Basic {}", basic(id, secret))),
        };
        let body = form(&pairs);
        let outgoing = Outgoing {
            method: Method::POST,
            url: url.clone(),
            content_type: "application/x-www-form-urlencoded",
            body,
            wish: Wish::Whole,
            is_a_poll: false,
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

/// RFC 6749 §5.2: the scopes are wrong, or missing where the server has no default.
fn is_about_scope(fault: &Fault) -> bool {
    match &fault.error {
        ClientError::Refused { problem, .. } => {
            let words = [&problem.kind, &problem.title, &problem.detail];
            words.into_iter().flatten().any(|text| text.to_ascii_lowercase().contains("scope"))
        }
        _ => false,
    }
}

/// Whether a token was refused: 401 for none or a wrong one, but real VTNs answer a wrong one with 403.
pub(super) fn is_token_refusal(fault: &Fault) -> bool {
    let refusals = [StatusCode::UNAUTHORIZED.as_u16(), StatusCode::FORBIDDEN.as_u16()];
    fault.error.status().is_some_and(|status| refusals.contains(&status))
}
