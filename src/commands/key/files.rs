//! The two files that keys stand in: secrets, which nobody shares, and trust, which everybody may have.

use std::path::{Path, PathBuf};

use crate::dispatch::{KeyId, KeyRing, PublicKey};
use crate::profile::connection::Connection;
use crate::profile::key_edits::{Edited, replace_all};
use crate::profile::kind::FileKind;
use crate::profile::secrets_file::{KeptKey, SecretsFile};
use crate::profile::trust::{Owner, Trust};

use crate::commands::connect;
use crate::commands::input;
use crate::commands::output::{Done, Failure};

/// Where the two files are.
#[derive(clap::Args)]
pub struct FilesArguments {
    /// The connection file, which names the secrets file and the trust file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["secrets", "trust"])]
    connection: Option<PathBuf>,
    /// The secrets file, where no connection file names it
    #[arg(long, value_name = "FILE", requires = "trust")]
    secrets: Option<PathBuf>,
    /// The trust file, where no connection file names it
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// Both files as they were read.
pub struct Files {
    /// Where the secrets are.
    pub secrets_path: PathBuf,
    /// Where the public keys are.
    pub trust_path: PathBuf,
    /// Which secrets there are, and where each is kept.
    pub secrets: SecretsFile,
    /// The pinned public keys.
    pub trust: Trust,
    secrets_text: zeroize::Zeroizing<String>,
    trust_text: String,
}

impl FilesArguments {
    /// Reads both.
    ///
    /// # Errors
    /// When one is not named, others can read the secrets, or every mistake in them.
    pub fn read(&self) -> Result<Files, Failure> {
        let (secrets_path, trust_path) = self.paths()?;
        let secrets = input::file(&secrets_path, FileKind::Secrets, SecretsFile::from_toml)?;
        connect::only_ours(&secrets_path)?;
        let trust = input::trust(&trust_path)?;
        let secrets_text = zeroize::Zeroizing::new(input::text(&secrets_path)?);
        let trust_text = input::text(&trust_path)?;
        Ok(Files { secrets_path, trust_path, secrets, trust, secrets_text, trust_text })
    }

    /// The trust file alone.
    ///
    /// # Errors
    /// When it is not named.
    pub fn trust_path(&self) -> Result<PathBuf, Failure> {
        match (&self.connection, &self.trust) {
            (None, Some(trust)) => Ok(trust.clone()),
            (Some(path), _) => self.named_by(path).map(|(_, trust)| trust),
            (None, None) => Err(unnamed()),
        }
    }

    /// Whether no file is named at all.
    pub fn is_silent(&self) -> bool {
        self.connection.is_none() && self.secrets.is_none() && self.trust.is_none()
    }

    /// The secrets file and the trust file.
    ///
    /// # Errors
    /// When they are not named.
    pub fn paths(&self) -> Result<(PathBuf, PathBuf), Failure> {
        match (&self.connection, &self.secrets, &self.trust) {
            (Some(path), _, _) => self.named_by(path),
            (None, Some(secrets), Some(trust)) => Ok((secrets.clone(), trust.clone())),
            _ => Err(unnamed()),
        }
    }

    fn named_by(&self, path: &Path) -> Result<(PathBuf, PathBuf), Failure> {
        let connection = input::file(path, FileKind::Connection, Connection::from_toml)?;
        let beside = |file: &Path| path.parent().unwrap_or(Path::new("")).join(file);
        Ok((beside(&connection.secrets), beside(&connection.trust)))
    }
}

fn unnamed() -> Failure {
    Failure::input("name the files: --connection FILE, or --secrets FILE and --trust FILE")
}

impl Files {
    /// The pinned keys of a party.
    pub fn pinned(&self, owner: &Owner) -> KeyRing {
        self.trust.of(owner).cloned().unwrap_or_default()
    }

    /// The private keys of a party, in their order.
    pub fn kept<'a>(&'a self, owner: &'a Owner) -> impl Iterator<Item = &'a KeptKey> {
        self.secrets.keys.iter().filter(move |kept| kept.owner == *owner)
    }

    /// A party by its name, as the files know it.
    pub fn known_owner(&self, name: &str) -> Option<Owner> {
        let of_secrets =
            self.secrets.keys.iter().map(|kept| &kept.owner).find(|owner| owner.name() == name).cloned();
        of_secrets.or_else(|| self.trust.all().map(|(owner, _)| owner).find(|owner| owner.name() == name))
    }

    /// The private key of an id, of the party that is named where several have one of it.
    ///
    /// # Errors
    /// When there is none, or it is not said whose.
    pub fn kept_by_id(&self, key_id: &KeyId, owner: Option<&str>) -> Result<&KeptKey, Failure> {
        let of_it =
            |kept: &&KeptKey| kept.key_id == *key_id && owner.is_none_or(|name| kept.owner.name() == name);
        let found: Vec<&KeptKey> = self.secrets.keys.iter().filter(of_it).collect();
        match found[..] {
            [one] => Ok(one),
            [] => Err(Failure::input(format!(
                "{}: holds no key {key_id}; it holds {}",
                self.secrets_path.display(),
                named(self.secrets.keys.iter().map(|kept| &kept.key_id))
            ))),
            _ => Err(Failure::input(format!("several parties have a key {key_id}; say whose with --owner"))),
        }
    }

    /// The files' texts, to be changed.
    ///
    /// # Errors
    /// When they are no TOML.
    pub fn edited(&self) -> Result<(Edited, Edited), Failure> {
        let of = |path: &Path, text: &str| {
            Edited::of(text).map_err(|why| Failure::input(format!("{}: {why}", path.display())))
        };
        Ok((of(&self.secrets_path, &self.secrets_text)?, of(&self.trust_path, &self.trust_text)?))
    }

    /// Writes both anew, or neither, once it is sure that they can be read again. The trust file goes first: a private key that
    /// nobody has pinned would have no limits in time.
    ///
    /// # Errors
    /// When they could not be read again, or cannot be written; then nothing was changed.
    pub fn replace(&self, secrets: &Edited, trust: &Edited) -> Done {
        let (secrets, trust) = (secrets.text(), trust.text());
        SecretsFile::from_toml(&self.secrets_path.display().to_string(), &secrets)
            .map_err(Failure::inputs)?;
        Trust::from_toml(&self.trust_path.display().to_string(), &trust).map_err(Failure::inputs)?;
        replace_all(&[(&self.trust_path, &trust), (&self.secrets_path, &secrets)]).map_err(Failure::failed)
    }
}

/// Keys by name, for people.
pub fn named<'a>(ids: impl Iterator<Item = &'a KeyId>) -> String {
    let all: Vec<&str> = ids.map(KeyId::as_str).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// A public key as it stands in a trust file, to be handed to others.
pub fn as_pinned(owner: &Owner, key: &PublicKey) -> String {
    let mut edited = Edited::default();
    // An empty file takes it.
    let _ = edited.pin(owner, key);
    edited.text().to_string()
}
