//! `/auth/server` and `/auth/token`: OAuth 2.0 client credentials (RFC 6749 §4.4).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::openadr::secret::Secret;
use crate::vtn::arrival::Arrival;
use crate::vtn::problem::Problem;
use crate::vtn::registry::Grant;
use crate::vtn::shape::shortened;
use crate::vtn::stamp::Stamp;
use crate::vtn::token::{Claims, LIFETIME_SECONDS};
use crate::vtn::{BASE_PATH, Shared, body};

/// What this server does beyond OpenADR 3.1, for clients that know it.
const EXTENSIONS: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-rampdesk-extensions"),
    HeaderValue::from_static("modified-since, long-pages, client-activity, client-registration"),
);

/// The longest token request, in bytes: whoever sends it is not known yet.
const FORM_LIMIT: usize = 16 * 1024;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/auth/server", get(server)).route("/auth/token", post(token))
}

/// Where tokens are to be had: at the address by which the client reached this server.
async fn server(
    arrival: Option<Extension<Arrival>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let host = match headers.get(header::HOST) {
        Some(host) => host.to_str().ok().and_then(|text| text.parse::<Authority>().ok()),
        None => uri.authority().cloned(),
    };
    let host = host.ok_or_else(|| {
        Problem::bad_request(
            "the Host header must name this server, such as 127.0.0.1:8080, to build the token URL",
        )
    })?;
    let scheme = arrival.map_or("http", |Extension(arrival)| arrival.scheme());
    let token_url = format!("{scheme}://{host}{BASE_PATH}/auth/token");
    Ok(([EXTENSIONS], Json(json!({ "tokenURL": token_url }))).into_response())
}

async fn token(State(vtn): State<Arc<Shared>>, request: Request) -> Response {
    let mut response = match grant(&vtn, request).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn grant(vtn: &Shared, request: Request) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    let form = Form::read(&parts.headers, body).await?;
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        // What stands there is not quoted: it may be a secret that was put into the wrong member.
        Some(_) => {
            return Err(AuthError::new(
                "unsupported_grant_type",
                "grant_type must be client_credentials, the only one there is",
            ));
        }
        None => {
            return Err(AuthError::invalid_request(
                "grant_type is missing; send grant_type=client_credentials",
            ));
        }
    }
    // Before the secret is looked at: a token must not be later than a change that takes its secret back.
    let now = Stamp::now(&vtn.clock);
    let (client_id, Grant { role, since }) = form.authenticate(vtn)?;
    let arrival = Arrival::of(&parts.extensions);
    let bound = arrival.binds(&client_id, now).map_err(|e| AuthError::invalid_client(&e.to_string()))?;
    vtn.activity.record(&client_id, "POST", "/auth/token", now);
    let token = vtn.signer.issue(&Claims { client_id, role, issued: now.max(since), bound });
    Ok(Json(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": LIFETIME_SECONDS,
        "scope": role.scope_text(),
    }))
    .into_response())
}

/// A token request, by form and by HTTP Basic: clients in the field use either.
struct Form {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    basic: Option<Basic>,
}

/// An id and a secret.
struct Basic {
    client_id: String,
    secret: Secret,
}

impl Form {
    async fn read(headers: &HeaderMap, body: Body) -> Result<Self, AuthError> {
        let bytes = body::read_at_most(FORM_LIMIT, body)
            .await
            .map_err(|problem| AuthError::invalid_request(problem.detail))?;
        if !bytes.is_empty() {
            check_media_type(headers)?;
        }
        let mut form =
            Self { grant_type: None, client_id: None, client_secret: None, basic: Basic::of(headers)? };
        for (name, value) in url::form_urlencoded::parse(&bytes) {
            let value = value.into_owned();
            let again = match name.as_ref() {
                "grant_type" => form.grant_type.replace(value).is_some(),
                "client_id" => form.client_id.replace(value).is_some(),
                "client_secret" => form.client_secret.replace(Secret::new(value)).is_some(),
                // `scope` and `audience` among them: a client's scopes are those of its role.
                _ => false,
            };
            if again {
                return Err(AuthError::invalid_request(format!("{name} is given twice; give it once")));
            }
        }
        Ok(form)
    }

    /// The client and what it may do.
    fn authenticate(self, vtn: &Shared) -> Result<(String, Grant), AuthError> {
        let given = self.credentials()?;
        let as_sent = vtn.registry.authenticate(&given.client_id, given.secret.reveal());
        if let Some(grant) = as_sent {
            return Ok((given.client_id, grant));
        }
        // RFC 6749 §2.3.1 has id and secret form-encoded in HTTP Basic; many clients do not encode them.
        let decoded = given.decoded();
        match vtn.registry.authenticate(&decoded.client_id, decoded.secret.reveal()) {
            Some(grant) => Ok((decoded.client_id, grant)),
            None => Err(AuthError::invalid_client("the client id or the client secret is not right")),
        }
    }

    fn credentials(self) -> Result<Basic, AuthError> {
        match (self.basic, self.client_id, self.client_secret) {
            (Some(basic), client_id, secret) => {
                let other_id = client_id.is_some_and(|id| id != basic.client_id);
                let other_secret = secret.is_some_and(|s| s.reveal() != basic.secret.reveal());
                if other_id || other_secret {
                    return Err(AuthError::invalid_request(
                        "the form and the Authorization header name different credentials; send one of them",
                    ));
                }
                Ok(basic)
            }
            (None, Some(client_id), Some(secret)) => Ok(Basic { client_id, secret }),
            (None, None, _) => Err(AuthError::invalid_request(
                "client_id is missing; send client_id and client_secret in the form, or HTTP Basic",
            )),
            (None, Some(_), None) => Err(AuthError::invalid_request("client_secret is missing")),
        }
    }
}

impl Basic {
    fn of(headers: &HeaderMap) -> Result<Option<Self>, AuthError> {
        let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
        let wrong = || {
            AuthError::invalid_request("the Authorization header is not HTTP Basic with an id and a secret")
        };
        let (scheme, encoded) = value.to_str().ok().and_then(|v| v.split_once(' ')).ok_or_else(wrong)?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(wrong());
        }
        let decoded = STANDARD.decode(encoded.trim()).map_err(|_| wrong())?;
        let text = String::from_utf8(decoded).map_err(|_| wrong())?;
        let (client_id, secret) = text.split_once(':').ok_or_else(wrong)?;
        Ok(Some(Self { client_id: client_id.to_owned(), secret: Secret::new(secret) }))
    }

    fn decoded(&self) -> Self {
        let decode =
            |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        Self { client_id: decode(&self.client_id), secret: Secret::new(decode(self.secret.reveal())) }
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), AuthError> {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    Err(AuthError::invalid_request(format!(
        "the body is declared as `{}`; send it as Content-Type: application/x-www-form-urlencoded",
        shortened(declared)
    )))
}

/// `authError`: a refusal as RFC 6749 §5.2 has it.
struct AuthError {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl AuthError {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into() }
    }

    fn invalid_request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", description)
    }

    fn invalid_client(description: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new("invalid_client", description) }
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"VTN\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
