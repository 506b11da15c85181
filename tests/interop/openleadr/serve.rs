//! What both versions have in common. The VTN that the library's own program starts listens on every address of the
//! machine; this one listens on loopback alone.
//!
//! Environment: `PORT`; `SEED`, a client per line as `id secret role`; and the library's own, such as `DATABASE_URL`.

use openleadr_vtn::data_source::{DataSource, Migrate, PostgresStorage};

use crate::api;

type Failure = Box<dyn std::error::Error>;

pub async fn serve() -> Result<(), Failure> {
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    let storage = PostgresStorage::from_env().await?;
    storage.migrate().await?;
    let auth = storage.auth();
    for line in std::env::var("SEED").unwrap_or_default().lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [id, secret, role] = words[..] else { continue };
        let user = auth.add_user(id, None, api::roles(role)).await.map_err(|e| e.to_string())?;
        auth.add_credential(user.id(), id, secret).await.map_err(|e| e.to_string())?;
    }
    let router = api::router(storage).await;
    let port: u16 = std::env::var("PORT")?.parse()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
