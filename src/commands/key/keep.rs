//! `rampdesk key keep`.

use crate::commands::output::{self, Done, Failure};
use crate::commands::passphrase::PassphraseArguments;
use crate::commands::vault::SystemVault;
use crate::dispatch::KeyId;
use crate::profile::keeping::{self, Place, Vault as _};
use crate::profile::key_edits::Edited;
use crate::profile::secrets_file::{KeptKey, SecretsFile};

use super::files::{Files, FilesArguments};
use super::make::{at, sealed_as};
use super::stored::{self, Keep, PlaceArguments, Stored};

#[derive(clap::Args)]
pub struct Arguments {
    /// The key; none with --client
    #[arg(required_unless_present = "client", conflicts_with = "client")]
    key_id: Option<KeyId>,
    /// A client's secret instead, by the client's id
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
    /// Whose key it is, where several parties have a key of this id
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    files: FilesArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub fn run(arguments: &Arguments) -> Done {
    let files = arguments.files.read()?;
    let vault = SystemVault::new(&arguments.passphrase);
    let Some(keep) = arguments.place.keep else {
        return Err(Failure::input("--keep: say where it is to be kept: keyring, sealed-file or file"));
    };
    let (before, stored, edited) = match (&arguments.key_id, &arguments.client) {
        (Some(key_id), _) => key(arguments, &files, key_id, &vault)?,
        (None, Some(id)) => client(&files, id, keep, &vault)?,
        (None, None) => return Err(Failure::input("give a key\u{2019}s id, or --client CLIENT")),
    };
    let done = write(&files, &edited);
    if done.is_err() {
        stored::take_back(&stored, &vault);
    }
    done?;
    forget(&before, &files, &vault)?;
    output::say(format!("{}: it is kept {} now", files.secrets_path.display(), stored.place.words()));
    if matches!(before, Place::File(_)) {
        output::say("It stood in the clear before: copies of the file, in backups too, hold it still");
    }
    Ok(())
}

fn key(
    arguments: &Arguments,
    files: &Files,
    key_id: &KeyId,
    vault: &SystemVault,
) -> Result<(Place, Stored, Edited), Failure> {
    let kept = files.kept_by_id(key_id, arguments.owner.as_deref())?;
    let wanted = arguments.place.place(&kept.owner, &kept.key_id, None)?;
    stored::not_in_the_clear(&wanted, kept.holder.as_ref())?;
    let key = keeping::key(kept, &files.secrets_path, vault)
        .map_err(|why| Failure::failed(format!("key {}, {}: {why}", kept.key_id, kept.place.words())))?;
    let stored =
        stored::put(&wanted, &key, sealed_as(&kept.owner, kept.holder.as_ref()), &files.secrets_path, vault)?;
    let (mut secrets, _) = files.edited()?;
    let moved = KeptKey { place: stored.place.clone(), ..kept.clone() };
    secrets.move_signing_key(&moved).map_err(|why| at(&files.secrets_path, &why))?;
    Ok((kept.place.clone(), stored, secrets))
}

fn client(
    files: &Files,
    id: &str,
    keep: Keep,
    vault: &SystemVault,
) -> Result<(Place, Stored, Edited), Failure> {
    let place = files.secrets.clients.get(id).ok_or_else(|| {
        let known: Vec<&str> = files.secrets.clients.keys().map(String::as_str).collect();
        at(&files.secrets_path, &format!("holds no client {id}; it holds {}", known.join(", ")))
    })?;
    let secret = keeping::client(id, place, &files.secrets_path, vault)
        .map_err(|why| Failure::failed(format!("client {id}, {}: {why}", place.words())))?;
    let stored = stored::put_client(keep, id, &secret, &files.secrets_path, vault)?;
    let (mut secrets, _) = files.edited()?;
    secrets.move_client(id, &stored.place).map_err(|why| at(&files.secrets_path, &why))?;
    Ok((place.clone(), stored, secrets))
}

fn write(files: &Files, secrets: &Edited) -> Done {
    let text = secrets.text();
    SecretsFile::from_toml(&files.secrets_path.display().to_string(), &text).map_err(Failure::inputs)?;
    crate::profile::key_edits::replace_all(&[(&files.secrets_path, &text)]).map_err(Failure::failed)
}

/// Takes away what is kept elsewhere now.
fn forget(before: &Place, files: &Files, vault: &SystemVault) -> Done {
    match before {
        Place::Keyring(account) => vault.keyring().remove(account).map_err(Failure::failed),
        Place::Sealed(file) => {
            let path = files.secrets_path.parent().unwrap_or(std::path::Path::new("")).join(file);
            output::say(format!(
                "{}: holds it still, sealed; remove it when nothing needs it",
                path.display()
            ));
            Ok(())
        }
        Place::File(_) | Place::Token(_) => Ok(()),
    }
}
