//! OpenADR 3.0.1: roles. A VEN's role needs its ven first, so that only business logic is seeded.

use openleadr_vtn::{data_source::PostgresStorage, jwt::AuthRole, state::AppState};

pub fn roles(_: &str) -> &'static [AuthRole] {
    &[AuthRole::AnyBusiness, AuthRole::VenManager, AuthRole::UserManager]
}

pub async fn router(storage: PostgresStorage) -> axum::Router {
    AppState::new(storage).await.into_router()
}
