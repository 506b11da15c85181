//! `rampdesk vtn`.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Serialize;
use tokio::net::TcpListener;

use crate::entropy::Entropy;
use crate::openadr::callback::Reach;
use crate::profile::secrets::DESK_CLIENT;
use crate::time::Clock;
use crate::vtn::{BASE_PATH, ClientSeed, Notices, Role, StorePlace, Vtn, VtnConfig, Webhooks};

use super::connect;
use super::output::{self, Done, Failure};
use super::passphrase::PassphraseArguments;
use super::push::BrokerArguments;
use super::tls::VtnTlsArguments;
use super::vault::SystemVault;

#[derive(clap::Args)]
pub struct Arguments {
    /// Where to listen; port 0 takes a free one. Beyond this machine only with TLS and client certificates
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = address)]
    listen: SocketAddr,
    /// The folder for its database; without one it keeps everything in memory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Its clients and their secrets, as `keygen --fleet` writes them; `desk` is the operators' client, all others VENs
    #[arg(long, value_name = "FILE")]
    seed_clients: PathBuf,
    /// Let subscriptions call back private and loopback addresses too, and by plain http: for trials on one machine
    #[arg(long)]
    private_callbacks: bool,
    #[command(flatten)]
    tls: VtnTlsArguments,
    #[command(flatten)]
    broker: BrokerArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an address and a port, as in 127.0.0.1:8080".to_owned())
}

#[derive(Serialize)]
struct Ready {
    url: String,
}

pub fn run(arguments: &Arguments) -> Done {
    let serving = arguments.tls.serving(arguments.listen, Clock::real())?;
    let secrets = connect::secrets(&arguments.seed_clients, &SystemVault::new(&arguments.passphrase))?;
    if secrets.clients.is_empty() {
        return Err(Failure::input(format!("{}: holds no client", arguments.seed_clients.display())));
    }
    let role = |id: &str| if id == DESK_CLIENT { Role::Business } else { Role::Ven };
    let clients = secrets
        .clients
        .iter()
        .map(|(id, secret)| ClientSeed { id: id.clone(), secret: secret.clone(), role: role(id) })
        .collect();
    let store = match &arguments.data {
        Some(folder) => {
            output::make_folder(folder)?;
            StorePlace::File(folder.join("vtn.sqlite"))
        }
        None => StorePlace::Memory,
    };
    let reach = if arguments.private_callbacks { Reach::Anywhere } else { Reach::Public };
    let webhooks = Webhooks::over_tcp(reach).map_err(Failure::failed)?;
    let config = VtnConfig { store, clients, clock: Clock::real(), entropy: Entropy::system() };
    let notices = Notices { webhooks: Some(webhooks), push: arguments.broker.push()? };
    let vtn = Vtn::open_with_notices(config, notices).map_err(Failure::input)?;
    connect::runtime()?.block_on(async {
        let listener = TcpListener::bind(arguments.listen)
            .await
            .map_err(|e| Failure::failed(format!("cannot listen on {}: {e}", arguments.listen)))?;
        let address = listener.local_addr().map_err(Failure::failed)?;
        output::print_json_line(&Ready { url: format!("{}{BASE_PATH}", arguments.tls.reached_at(address)) })?;
        vtn.serve_with(listener, serving, connect::asked_to_end()).await.map_err(Failure::failed)
    })
}
