//! The secrets of a run, and the folder in which it happens.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rampdesk::profile::secrets::Secrets;

use super::forms::{Hoard, files_below, tokens_in};

/// With everything that a URL, a form, JSON and a shell write otherwise.
pub const CALLBACK_TOKEN: &str = "callback+token/with=all & \"every\" sign: 100%";
pub const BROKER_PASSWORD: &str = "broker+password/with=all & \"every\" sign: 100%";
/// Within an address, where it does not belong.
pub const ADDRESS_PASSWORD: &str = "address-password-hush-hush";
pub const WRONG_SECRET: &str = "wrong+secret/with=all & \"every\" sign: 100%";

/// The secret number of a P-256 key, which in PKCS#8 is the first text of 32 bytes.
pub fn scalar(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body).unwrap();
    let at = der.windows(2).position(|pair| pair == [4, 32]).unwrap() + 2;
    der[at..at + 32].to_vec()
}

pub fn add_all(hoard: &mut Hoard, whose: &str, secrets: &Secrets) {
    for (id, secret) in &secrets.clients {
        hoard.add_base64(&format!("the client secret of {id} {whose}"), secret.reveal());
    }
    let operators = secrets.operators.iter().map(|(id, keys)| (id.to_string(), keys));
    for (id, keys) in operators.chain(secrets.fsps.iter().map(|(id, keys)| (id.to_string(), keys))) {
        for key in keys.iter() {
            hoard.add(&format!("the signing key of {id} {whose}"), key.seed().unwrap().as_slice());
        }
    }
}

pub fn read_secrets(path: &Path) -> Secrets {
    Secrets::from_toml(&path.display().to_string(), &fs::read_to_string(path).unwrap()).unwrap()
}

pub fn private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// What one run was given, and where it wrote.
pub struct Site {
    pub folder: tempfile::TempDir,
}

impl Site {
    /// Files that hold secrets because it is their purpose, and whoever made them put them there.
    const GIVEN: [&str; 10] = [
        "vtn.clients.toml",
        "fleet.secrets.toml",
        "desk.secrets.toml",
        "wrong.secrets.toml",
        "forged.secrets.toml",
        "broken.secrets.toml",
        "open.secrets.toml",
        "vtn.key",
        "broken.key",
        "broker.password",
    ];

    pub fn everything_but_what_was_given(&self, hoard: &Hoard, in_the_database: &str) -> Vec<String> {
        let mut found = Vec::new();
        for path in files_below(self.folder.path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if Self::GIVEN.contains(&name.as_str()) {
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let secrets = hoard.found_in(&bytes).into_iter();
            // The VTN calls back with the token that it was given for that.
            let secrets =
                secrets.filter(|s| !(name.starts_with("vtn.sqlite") && s.starts_with(in_the_database)));
            let tokens = tokens_in(&bytes).into_iter().map(|token| format!("an access token: {token}"));
            found.extend(secrets.chain(tokens).map(|what| format!("{name}: {what}")));
        }
        found
    }
}
