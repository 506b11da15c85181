//! OpenADR 3.1: scopes.

use openleadr_vtn::{VtnConfig, data_source::PostgresStorage, jwt::Scope, state::AppState};

pub fn roles(role: &str) -> &'static [Scope] {
    match role {
        "bl" => &[
            Scope::ReadAll,
            Scope::WritePrograms,
            Scope::WriteEvents,
            Scope::WriteReportsBl,
            Scope::WriteSubscriptionsBl,
            Scope::WriteVensBl,
            Scope::WriteUsers,
        ],
        _ => &[
            Scope::ReadTargets,
            Scope::ReadVenObjects,
            Scope::WriteReportsVen,
            Scope::WriteSubscriptionsVen,
            Scope::WriteVensVen,
        ],
    }
}

/// With compression, as the library's own program has it.
pub async fn router(storage: PostgresStorage) -> axum::Router {
    let state = AppState::new(storage, &VtnConfig::from_env()).await;
    state.into_router().layer(tower_http::compression::CompressionLayer::new())
}
