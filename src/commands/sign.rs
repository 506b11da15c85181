//! `rampdesk sign`.

use std::path::{Path, PathBuf};

use crate::dispatch::{Dispatch, SigningKey};
use crate::time::Clock;

use super::key::FilesArguments;
use super::operator_key::{SignerArguments, Wanted};
use super::output::{self, Done, Failure};
use super::passphrase::PassphraseArguments;
use super::vault::SystemVault;
use super::{connect, input, keygen};

#[derive(clap::Args)]
pub struct Arguments {
    /// The dispatch document; - for standard input
    file: PathBuf,
    /// The private key in PKCS#8 PEM; its id is the file's name without `.pem`. Without it the operator's key that is in force
    /// signs, from the secrets and trust files
    #[arg(long, value_name = "FILE", conflicts_with_all = ["connection", "secrets", "trust"])]
    key: Option<PathBuf>,
    /// Another id for the key
    #[arg(long, value_name = "ID", requires = "key")]
    key_id: Option<String>,
    #[command(flatten)]
    signer: SignerArguments,
    #[command(flatten)]
    files: FilesArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub fn run(arguments: &Arguments) -> Done {
    let (dispatch, _) = input::dispatch(&arguments.file)?;
    let key = match &arguments.key {
        Some(path) => private_key(path, arguments.key_id.as_deref())?,
        None if arguments.files.is_silent() => {
            return Err(Failure::input(
                "say what signs: --key FILE, or --connection FILE (or --secrets and --trust) for the key that is in force",
            ));
        }
        None => key_in_force(arguments, &dispatch)?,
    };
    let signed = dispatch.sign(&key).map_err(Failure::failed)?;
    output::print(signed.to_json() + "\n")
}

/// The key with which the dispatch's operator signs now.
fn key_in_force(arguments: &Arguments, dispatch: &Dispatch) -> Result<SigningKey, Failure> {
    let (secrets_path, trust_path) = arguments.files.paths()?;
    let trust = input::trust(&trust_path)?;
    let operator = &dispatch.network_operator;
    let secrets = connect::secrets(&secrets_path, &SystemVault::new(&arguments.passphrase))?;
    if !secrets.signing_operators().contains(operator) {
        return Err(Failure::input(format!(
            "{}: holds no signing key of {operator}",
            secrets_path.display()
        )));
    }
    let wanted = Wanted { operator, moves: !dispatch.status.is_stop(), now: Clock::real().now() };
    arguments.signer.key(&wanted, (&secrets, &trust), &arguments.passphrase)
}

fn private_key(path: &Path, key_id: Option<&str>) -> Result<SigningKey, Failure> {
    let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    let key_id = key_id.unwrap_or(stem).parse().map_err(Failure::input)?;
    // The text is a secret: what is wrong with it is said without quoting it.
    let seed = keygen::seed_from_pem(&input::text(path)?).ok_or_else(|| {
        Failure::input(format!(
            "{}: is not an Ed25519 private key in PKCS#8 PEM, as `rampdesk keygen` writes it",
            path.display()
        ))
    })?;
    Ok(SigningKey::from_seed(key_id, &seed))
}
