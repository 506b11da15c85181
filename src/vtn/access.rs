//! Who asks, what they may do, and what they see (OpenADR 3.1 Definition, "Object Privacy" and the security scopes).

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};

use super::arrival::Arrival;
use super::problem::Problem;
use super::stamp::Stamp;
use super::store::{Objects, Sight, StoreError};
use super::token::TokenError;
use super::{Role, Shared};

/// The scopes of OpenADR 3.1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    ReadAll,
    /// Used by the specification's file and declared nowhere in it: what only business logic may read.
    ReadBl,
    ReadTargets,
    ReadVenObjects,
    WritePrograms,
    WriteEvents,
    WriteReports,
    WriteSubscriptions,
    WriteVens,
}

impl Scope {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ReadAll => "read_all",
            Self::ReadBl => "read_bl",
            Self::ReadTargets => "read_targets",
            Self::ReadVenObjects => "read_ven_objects",
            Self::WritePrograms => "write_programs",
            Self::WriteEvents => "write_events",
            Self::WriteReports => "write_reports",
            Self::WriteSubscriptions => "write_subscriptions",
            Self::WriteVens => "write_vens",
        }
    }
}

impl Role {
    /// What it may do. Only VENs write reports.
    pub(super) fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Business => &[
                Scope::ReadAll,
                Scope::ReadBl,
                Scope::WritePrograms,
                Scope::WriteEvents,
                Scope::WriteSubscriptions,
                Scope::WriteVens,
            ],
            Self::Ven => &[
                Scope::ReadTargets,
                Scope::ReadVenObjects,
                Scope::WriteReports,
                Scope::WriteSubscriptions,
                Scope::WriteVens,
            ],
        }
    }

    /// Its scopes as OAuth writes them.
    pub(super) fn scope_text(self) -> String {
        self.scopes().iter().map(|s| s.name()).collect::<Vec<_>>().join(" ")
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) client_id: String,
    pub(super) role: Role,
}

/// What the server found out about who asks, for [`Caller`] to take.
#[derive(Clone, Debug)]
pub(super) struct Identified(pub(super) Result<Caller, Problem>);

impl Shared {
    /// Who the bearer of this request's token is, over the connection by which it came.
    ///
    /// # Errors
    /// 401 when there is no token, none that holds, or the connection is not the token's client's.
    pub(super) fn identify(&self, headers: &HeaderMap, arrival: &Arrival) -> Result<Caller, Problem> {
        let Some(authorization) = headers.get(header::AUTHORIZATION) else {
            return Err(unauthorised(
                "no access token: send `Authorization: Bearer …` with a token from /auth/token",
                "",
            ));
        };
        let token = authorization
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let Some(token) = token else {
            return Err(unauthorised(
                "the Authorization header is not `Bearer …` with a token from /auth/token",
                ", error=\"invalid_request\"",
            ));
        };
        let now = Stamp::now(&self.clock);
        let claims = self.signer.read(token, now).map_err(|e| invalid_token(&e))?;
        if !self.registry.admits(&claims) {
            return Err(invalid_token(&TokenError::Withdrawn));
        }
        arrival.admits(&claims.client_id, claims.bound, now).map_err(|e| invalid_token(&e))?;
        Ok(Caller { client_id: claims.client_id, role: claims.role })
    }
}

fn unauthorised(detail: &str, challenge: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, detail).challenged(challenge)
}

fn invalid_token(error: &impl ToString) -> Problem {
    unauthorised(&error.to_string(), ", error=\"invalid_token\"")
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Identified>() {
            Some(Identified(outcome)) => outcome.clone(),
            None => Err(unauthorised("no access token was looked for", "")),
        }
    }
}

impl Caller {
    pub(super) fn is_business(&self) -> bool {
        self.role == Role::Business
    }

    /// # Errors
    /// 403 when the caller has not the scope.
    pub(super) fn must_have(&self, scope: Scope) -> Result<(), Problem> {
        if self.role.scopes().contains(&scope) {
            return Ok(());
        }
        let detail = format!(
            "this needs the scope {}; client `{}` has {}",
            scope.name(),
            self.client_id,
            self.role.scope_text()
        );
        Err(Problem::forbidden(detail)
            .challenged(&format!(", error=\"insufficient_scope\", scope=\"{}\"", scope.name())))
    }

    /// What the caller sees of programs and events, which are hidden by their targets.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn sight_by_targets(&self, objects: &Objects<'_>) -> Result<Sight, StoreError> {
        Ok(match self.role {
            Role::Business => Sight::Everything,
            Role::Ven => Sight::Granted(objects.granted(&self.client_id)?),
        })
    }

    /// What the caller sees of vens, resources, reports and subscriptions, which belong to a client.
    pub(super) fn sight_by_owner(&self) -> Sight {
        match self.role {
            Role::Business => Sight::Everything,
            Role::Ven => Sight::Owned(self.client_id.clone()),
        }
    }
}
