//! `rampdesk sign`.

use std::path::{Path, PathBuf};

use crate::dispatch::SigningKey;

use super::output::{self, Done, Failure};
use super::{input, keygen};

#[derive(clap::Args)]
pub struct Arguments {
    /// The dispatch document; - for standard input
    file: PathBuf,
    /// The private key, as `keygen` writes it; its id is the file's name without `.pem`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Another id for the key
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
}

pub fn run(arguments: &Arguments) -> Done {
    let (dispatch, _) = input::dispatch(&arguments.file)?;
    let key = private_key(&arguments.key, arguments.key_id.as_deref())?;
    let signed = dispatch.sign(&key).map_err(Failure::failed)?;
    output::print(signed.to_json() + "\n")
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
