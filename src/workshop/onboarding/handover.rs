//! The folder that is handed to an FSP: with it alone `rampdesk fleet` starts.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::dispatch::FspId;
use crate::profile::fleet::FleetProfile;
use crate::profile::new_file::{Made, Readers, make};
use crate::profile::secrets::Secrets;
use crate::profile::text_file;
use crate::profile::trust::Trust;
use crate::time::UtcTime;
use crate::workshop::authority::{AuthorityFolder, file_stem};

use super::{OnboardingError, Standing};

const FLEET: &str = "fleet.toml";
const SECRETS: &str = "fleet.secrets.toml";
const TRUST: &str = "trust.toml";

/// The files of one FSP.
pub(super) struct Handover<'a> {
    folder: &'a Path,
    fsp: &'a FspId,
}

/// What the FSP needs for TLS.
#[derive(Default)]
pub(super) struct Certificate {
    /// Whom it trusts to name the VTN; without one, those that its system trusts.
    server_authority: Option<PathBuf>,
    /// Its own certificate and key.
    own: Option<(PathBuf, PathBuf)>,
}

impl Certificate {
    /// No certificate of its own.
    pub(super) fn authority_alone(path: PathBuf) -> Self {
        Self { server_authority: Some(path), own: None }
    }

    /// One by the authority in a folder, which must be there; what it made before and is still good stays.
    pub(super) fn issue(
        folder: &Path,
        server_authority: Option<PathBuf>,
        fsp: &FspId,
        now: UtcTime,
    ) -> Result<Self, OnboardingError> {
        if !folder.join("ca.key").exists() {
            return Err(OnboardingError::File {
                path: folder.display().to_string(),
                reason: "holds no authority (ca.pem and ca.key, as `keygen --certificates` makes them)"
                    .to_owned(),
            });
        }
        let authority = AuthorityFolder::open(folder, now).map_err(OnboardingError::Input)?;
        let issued = authority.client(fsp.as_str()).map_err(OnboardingError::Input)?;
        Ok(Self { server_authority, own: Some((issued.certificate, issued.key)) })
    }
}

impl<'a> Handover<'a> {
    pub(super) fn at(folder: &'a Path, fsp: &'a FspId) -> Self {
        Self { folder, fsp }
    }

    /// The secrets that the folder holds from an earlier run.
    pub(super) fn secrets(&self) -> Result<Option<Secrets>, OnboardingError> {
        let path = self.folder.join(SECRETS);
        if !path.exists() {
            return Ok(None);
        }
        let text = text_file::read(&path).map_err(|fault| OnboardingError::Input(fault.to_string()))?;
        let secrets = Secrets::from_toml(&path.display().to_string(), &text);
        let first = |faults: Vec<crate::profile::fault::FileFault>| {
            OnboardingError::Input(faults.first().map(ToString::to_string).unwrap_or_default())
        };
        secrets.map(Some).map_err(first)
    }

    /// Writes all that is not there yet. Only the client's secret is ever replaced, and only when `replaces_secret` says so.
    pub(super) fn write(
        &self,
        fleet: &FleetProfile,
        secrets: &Secrets,
        trust: &Trust,
        certificate: Option<&Certificate>,
        replaces_secret: bool,
    ) -> Result<Standing, OnboardingError> {
        self.make_folder(self.folder)?;
        let secret = secrets.to_toml();
        let path = self.folder.join(SECRETS);
        if replaces_secret && path.exists() {
            // Whole at any time: the new file takes the old one's place by its name.
            let new = self.folder.join("fleet.secrets.toml.new");
            // Of a run that broke off before the renaming.
            if let Err(error) = fs::remove_file(&new)
                && error.kind() != ErrorKind::NotFound
            {
                return Err(wrong(&new, &error));
            }
            let written = made(&new, secret.reveal(), Readers::Owner)
                .and_then(|_| fs::rename(&new, &path).map_err(|error| wrong(&path, &error)));
            written?;
        }
        let mut all = vec![made(&path, secret.reveal(), Readers::Owner)?];
        all.push(made(&self.folder.join(TRUST), &trust.to_toml(), Readers::Anyone)?);
        all.push(made(&self.folder.join(FLEET), &fleet.to_toml(), Readers::Anyone)?);
        let certificate = certificate.filter(|c| c.server_authority.is_some() || c.own.is_some());
        if let Some(Certificate { server_authority, own }) = certificate {
            let tls = self.folder.join("tls");
            self.make_folder(&tls.join("clients"))?;
            if let Some(authority) = server_authority {
                all.push(copied(authority, &tls.join("ca.pem"), Readers::Anyone)?);
            }
            if let Some((certificate, key)) = own {
                let stem = file_stem(self.fsp.as_str());
                let file = |ending: &str| tls.join("clients").join(format!("{stem}.{ending}"));
                all.push(copied(key, &file("key"), Readers::Owner)?);
                all.push(copied(certificate, &file("pem"), Readers::Anyone)?);
            }
        }
        all.push(made(&self.folder.join("README.txt"), &self.readme(certificate), Readers::Anyone)?);
        Ok(if replaces_secret || all.contains(&Made::New) { Standing::Done } else { Standing::Ready })
    }

    fn readme(&self, certificate: Option<&Certificate>) -> String {
        let mut command = format!("rampdesk fleet --profile {FLEET} --secrets {SECRETS} --trust {TRUST}");
        if certificate.is_some_and(|c| c.server_authority.is_some()) {
            command.push_str(" --tls-ca tls/ca.pem");
        }
        if certificate.is_some_and(|c| c.own.is_some()) {
            command.push_str(" --tls-clients tls/clients");
        }
        format!(
            "For {fsp}, to answer dispatches. {SECRETS}{key} hold secrets: keep them at mode 0600, and send this folder\n\
             only by a way that nobody else reads.\n\nThe simulated units start in this folder with\n\n    {command}\n\n\
             An FSP's own OpenADR 3 client finds the VTN's address in {FLEET} and its client id ({fsp}), its secret and\n\
             its signing key in {SECRETS}; whose dispatches to believe is in {TRUST}.\n",
            fsp = self.fsp,
            key = if certificate.is_some_and(|c| c.own.is_some()) { " and the key below tls" } else { "" },
        )
    }

    fn make_folder(&self, folder: &Path) -> Result<(), OnboardingError> {
        fs::create_dir_all(folder).map_err(|error| wrong(folder, &error))
    }
}

fn made(path: &Path, text: &str, readers: Readers) -> Result<Made, OnboardingError> {
    make(path, text, readers).map_err(|error| wrong(path, &error))
}

fn copied(from: &Path, to: &Path, readers: Readers) -> Result<Made, OnboardingError> {
    let text = fs::read_to_string(from).map(zeroize::Zeroizing::new).map_err(|error| {
        OnboardingError::File { path: from.display().to_string(), reason: format!("cannot be read: {error}") }
    })?;
    made(to, &text, readers)
}

fn wrong(path: &Path, error: &std::io::Error) -> OnboardingError {
    let reason = match error.kind() {
        ErrorKind::AlreadyExists => {
            "is there already and says something else; name another folder".to_owned()
        }
        _ => format!("cannot be written: {error}"),
    };
    OnboardingError::File { path: path.display().to_string(), reason }
}
