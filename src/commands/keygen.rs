//! `rampdesk keygen`.

use std::fs;
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};

use zeroize::Zeroizing;

use crate::dispatch::{KeyId, SigningKey};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::profile::connection::{Connection, place_of};
use crate::profile::sealed_key::{SEALED_KEY_ENDING, SealedKey};
use crate::profile::secrets::{DESK_CLIENT, Secrets};
use crate::profile::tls::TlsPaths;
use crate::time::Clock;
use crate::vtn::BASE_PATH;
use crate::workshop::authority::{AuthorityFolder, file_stem};
use crate::workshop::sandbox::write_private;

use super::input;
use super::output::{self, Done, Failure};
use super::passphrase::PassphraseArguments;

#[derive(clap::Args)]
pub struct Arguments {
    /// The id of a single signing key, such as gb-dno-11-2026
    #[arg(conflicts_with = "fleet")]
    key_id: Option<KeyId>,
    /// Makes everything that a VTN, this fleet and a desk need to know each other: keys, client secrets, pinned keys,
    /// and a connection file for `send` and `watch`
    #[arg(long, value_name = "FLEET.toml")]
    fleet: Option<PathBuf>,
    /// The VTN's base URL for the connection file; it can be edited there later [default:
    /// http://127.0.0.1:8080/openadr3/3.1.0, and https with --certificates]
    #[arg(long, value_name = "URL", requires = "fleet")]
    vtn: Option<String>,
    /// Makes a certificate authority as well, a certificate for a VTN of this name or address (repeat it for several), and
    /// one for each client
    #[arg(long, value_name = "HOST", requires = "fleet")]
    certificates: Vec<String>,
    /// Makes it the approver's own key of this person, sealed with a passphrase that is asked for, and says what goes
    /// into the file of approval rules
    #[arg(long, value_name = "NAME", requires = "key_id")]
    approver: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// The folder to write into
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

pub fn run(arguments: &Arguments) -> Done {
    match (&arguments.key_id, &arguments.fleet) {
        (Some(key_id), _) if arguments.approver.is_some() => approver(key_id, arguments),
        (Some(key_id), _) => single(key_id, &arguments.out),
        (None, Some(fleet)) => whole_fleet(fleet, arguments),
        (None, None) => Err(Failure::input("give a key id, such as gb-dno-11-2026, or --fleet FLEET.toml")),
    }
}

/// Makes the folder, and sees that none of the files to be written stands in it already: all of them or none.
fn make_room(folder: &Path, names: &[&str]) -> Done {
    if let Some(taken) = names.iter().map(|name| folder.join(name)).find(|path| path.exists()) {
        let shown = taken.display();
        return Err(Failure::input(format!("{shown}: is there already; a key is never overwritten")));
    }
    output::make_folder(folder)
}

fn single(key_id: &KeyId, folder: &Path) -> Done {
    let key = SigningKey::from_seed(key_id.clone(), &Entropy::system().bytes());
    let name = format!("{key_id}.pem");
    let path = folder.join(&name);
    make_room(folder, &[&name])?;
    write_private(&path, pem(&key)?.reveal()).map_err(Failure::failed)?;
    output::say(format!("{}: private key, keep it to yourself", path.display()));
    output::print(format!("{}\n", key.public(None, None).to_text()))
}

/// A person's own key, sealed.
fn approver(key_id: &KeyId, arguments: &Arguments) -> Done {
    let person = arguments.approver.as_deref().unwrap_or_default().trim();
    if person.is_empty() || person.contains(char::is_control) {
        return Err(Failure::input("--approver: write the person's name, as in \"Ada Winter\""));
    }
    let (folder, file) = (&arguments.out, format!("{key_id}{SEALED_KEY_ENDING}"));
    make_room(folder, &[&file])?;
    let passphrase = arguments.passphrase.choose()?;
    let entropy = Entropy::system();
    let key = SigningKey::from_seed(key_id.clone(), &Zeroizing::new(entropy.fork("key").bytes()));
    let sealed = SealedKey::seal(person, &key, &passphrase, &entropy.fork("seal")).map_err(Failure::input)?;
    let path = folder.join(&file);
    write_private(&path, &sealed.to_toml()).map_err(Failure::failed)?;
    output::say(format!("{}: {person}'s own key, sealed; keep it to yourself", path.display()));
    output::say("Add this to the file of approval rules:");
    let name = toml::Value::String(person.to_owned());
    let public = sealed.public.to_text();
    output::print(format!("[[approvers]]\nname = {name}\nkey_id = \"{key_id}\"\npublic = \"{public}\"\n"))
}

/// The private key in PKCS#8 PEM.
///
/// # Errors
/// When it does not leave its place.
pub fn pem(key: &SigningKey) -> Result<Secret, Failure> {
    let seed = key.seed().ok_or_else(|| {
        Failure::failed(format!("key {} is held elsewhere and does not leave its place", key.key_id()))
    })?;
    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
    let text = key
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|e| Failure::failed(format!("cannot write the key: {e}")))?;
    Ok(Secret::new(text.as_str()))
}

/// The secret bytes of a private key in PKCS#8 PEM; `None` when the text is none.
pub fn seed_from_pem(text: &str) -> Option<[u8; 32]> {
    ed25519_dalek::SigningKey::from_pkcs8_pem(text).ok().map(|key| key.to_bytes())
}

/// What is made for a whole fleet.
const MADE: [&str; 5] =
    ["vtn.clients.toml", "fleet.secrets.toml", "desk.secrets.toml", "trust.toml", "connection.toml"];

fn whole_fleet(fleet_path: &Path, arguments: &Arguments) -> Done {
    let (folder, hosts) = (arguments.out.as_path(), arguments.certificates.as_slice());
    let scheme = if hosts.is_empty() { "http" } else { "https" };
    let vtn = arguments.vtn.clone().unwrap_or_else(|| {
        format!("{scheme}://{}:8080{BASE_PATH}", hosts.first().map_or("127.0.0.1", String::as_str))
    });
    let fleet = input::fleet(fleet_path)?;
    let (secrets, trust) =
        Secrets::generate(&fleet, &Entropy::system(), Clock::real().now()).map_err(Failure::input)?;
    let file = |name: &str| folder.join(name);
    let connection = Connection {
        name: fleet.name.clone(),
        vtn: vtn.clone(),
        client_id: DESK_CLIENT.to_owned(),
        fleet: if fleet_path == Path::new("demo") {
            PathBuf::from("demo")
        } else {
            fs::canonicalize(fleet_path).unwrap_or_else(|_| fleet_path.to_path_buf())
        },
        secrets: PathBuf::from("desk.secrets.toml"),
        trust: PathBuf::from("trust.toml"),
        mode: "SANDBOX".to_owned(),
        // Whoever names another machine here permits it.
        may_reach: place_of(&vtn).filter(|place| !place.is_this_machine()).into_iter().collect(),
        approval: None,
        sign_off_minutes: None,
        openadr: None,
        tls: (!hosts.is_empty()).then(|| certificate_paths(DESK_CLIENT)),
    };
    if !hosts.is_empty() {
        AuthorityFolder::could_name(hosts, Clock::real().now())
            .map_err(|fault| Failure::input(format!("--certificates: {fault}")))?;
    }
    make_room(folder, &MADE)?;
    if !hosts.is_empty() {
        make_room(folder, &["tls/ca.pem", "tls/ca.key"])?;
        certify(&folder.join("tls"), hosts, secrets.clients.keys())?;
    }
    let clients_only = Secrets { clients: secrets.clients.clone(), ..Secrets::default() };
    for (name, private) in [
        ("vtn.clients.toml", clients_only.to_toml()),
        ("fleet.secrets.toml", secrets.for_fleet().to_toml()),
        ("desk.secrets.toml", secrets.for_desk().to_toml()),
    ] {
        write_private(&file(name), private.reveal()).map_err(Failure::failed)?;
    }
    for (name, shared) in [("trust.toml", trust.to_toml()), ("connection.toml", connection.to_toml())] {
        let path = file(name);
        fs::write(&path, shared)
            .map_err(|e| Failure::failed(format!("{}: cannot be written: {e}", path.display())))?;
    }
    output::say(format!("{}: made for {}", folder.display(), fleet.name));
    output::say("  vtn.clients.toml     for `rampdesk vtn --seed-clients` (private)");
    output::say("  fleet.secrets.toml   for `rampdesk fleet --secrets` (private)");
    output::say("  desk.secrets.toml    for the desk, named in connection.toml (private)");
    output::say("  trust.toml           public keys, to share");
    output::say("  connection.toml      for `rampdesk send` and `rampdesk watch`");
    if !hosts.is_empty() {
        output::say("  tls/server.*         for `rampdesk vtn --tls-cert --tls-key` (the key is private)");
        output::say(
            "  tls/ca.pem           for `rampdesk vtn --tls-client-ca` and `rampdesk fleet --tls-ca`",
        );
        output::say("  tls/clients          for `rampdesk fleet --tls-clients` (private)");
        output::say(
            "  tls/ca.key           signs further certificates; keep it away from all of them (private)",
        );
    }
    Ok(())
}

/// The authority, the VTN's certificate and one for each client.
fn certify<'a>(folder: &Path, hosts: &[String], clients: impl Iterator<Item = &'a String>) -> Done {
    let authority = AuthorityFolder::open(folder, Clock::real().now()).map_err(Failure::failed)?;
    authority.server(hosts).map_err(Failure::input)?;
    for client in clients {
        authority.client(client).map_err(Failure::input)?;
    }
    Ok(())
}

/// Where [`certify`] puts what a client needs, from the folder that holds it.
fn certificate_paths(client_id: &str) -> TlsPaths {
    let file = |ending: &str| PathBuf::from(format!("tls/clients/{}.{ending}", file_stem(client_id)));
    TlsPaths { ca: Some("tls/ca.pem".into()), certificate: Some(file("pem")), key: Some(file("key")) }
}
