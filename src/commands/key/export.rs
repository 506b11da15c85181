//! `rampdesk key export`.

use std::path::PathBuf;

use crate::commands::keygen::pem;
use crate::commands::output::{self, Done, Failure};
use crate::commands::passphrase::PassphraseArguments;
use crate::commands::vault::SystemVault;
use crate::dispatch::KeyId;
use crate::profile::keeping;

use super::files::FilesArguments;
use super::stored::write_new;

#[derive(clap::Args)]
pub struct Arguments {
    /// The key
    key_id: KeyId,
    /// Whose it is, where several parties have a key of this id
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// The file to write, which must not be there
    #[arg(long, value_name = "FILE.pem")]
    out: PathBuf,
    #[command(flatten)]
    files: FilesArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub fn run(arguments: &Arguments) -> Done {
    let files = arguments.files.read()?;
    let kept = files.kept_by_id(&arguments.key_id, arguments.owner.as_deref())?;
    if arguments.out.exists() {
        let shown = arguments.out.display();
        return Err(Failure::input(format!("{shown}: is there already; a key is never overwritten")));
    }
    let vault = SystemVault::new(&arguments.passphrase);
    let key = keeping::key(kept, &files.secrets_path, &vault)
        .map_err(|why| Failure::failed(format!("key {}, {}: {why}", kept.key_id, kept.place.words())))?;
    write_new(&arguments.out, pem(&key)?.reveal())?;
    output::say(format!(
        "{}: the private key {} of {}, in the clear; keep it to yourself",
        arguments.out.display(),
        kept.key_id,
        kept.owner.name()
    ));
    Ok(())
}
