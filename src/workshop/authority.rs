//! A sandbox's certificate authority in a folder: it is made once, and what it signs is made anew when it comes to its end.
//!
//! | file | what it is |
//! |---|---|
//! | `ca.pem`, `ca.key` | the authority; the first for everyone who is to trust it |
//! | `server.pem`, `server.key` | the VTN's certificate |
//! | `clients/ID.pem`, `clients/ID.key` | a client's certificate, to be handed to that client |
//!
//! Keys can be read by their owner alone. A folder that holds clients' keys is for a sandbox: elsewhere each client
//! keeps its own.

use std::fs;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::sandbox::write_private;
use crate::certificate::{Authority, Issued, Names, Standing, Validity};
use crate::time::UtcTime;

/// How long an authority is good, in days: ten years.
const AUTHORITY_DAYS: u32 = 3650;
/// How long what it signs is good, in days.
const ISSUED_DAYS: u32 = 365;

/// What stands in a file's name as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// The name of a client's files, without what follows the dot: its id, with all but letters, digits, `-` and `_`
/// percent-encoded.
pub fn file_stem(client_id: &str) -> String {
    utf8_percent_encode(client_id, ESCAPED).to_string()
}

/// A certificate and its key, as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedFiles {
    /// The certificate in PEM.
    pub certificate: PathBuf,
    /// Its private key in PEM.
    pub key: PathBuf,
}

/// The authority in a folder.
#[derive(Debug)]
pub struct AuthorityFolder {
    folder: PathBuf,
    authority: Authority,
    now: UtcTime,
}

impl AuthorityFolder {
    /// Opens it, and makes folder and authority where there is none.
    ///
    /// # Errors
    /// When a file cannot be read or written, or is not what it should be, in words with its path. One of the
    /// authority's two files without the other is left as it is.
    pub fn open(folder: &Path, now: UtcTime) -> Result<Self, String> {
        let (certificate, key) = (folder.join("ca.pem"), folder.join("ca.key"));
        make_folder(folder)?;
        let authority = if certificate.exists() || key.exists() {
            Authority::from_pem(&read(&certificate)?, &read(&key)?)
                .map_err(|e| format!("{}: {e}", certificate.display()))?
        } else {
            let authority = Authority::new("Rampdesk sandbox", Validity::days(now, AUTHORITY_DAYS))
                .map_err(|e| e.to_string())?;
            write_private(&key, authority.key().reveal()).map_err(|e| e.to_string())?;
            write(&certificate, authority.certificate())?;
            authority
        };
        Ok(Self { folder: folder.to_path_buf(), authority, now })
    }

    /// Whether a server certificate can be made for these hosts, before anything is written.
    ///
    /// # Errors
    /// Which of them cannot stand in a certificate, in words.
    pub fn could_name(hosts: &[String], now: UtcTime) -> Result<(), String> {
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let validity = Validity::days(now, ISSUED_DAYS);
        let tried = Authority::new("Rampdesk sandbox", validity).and_then(|a| a.server(&hosts, validity));
        tried.map(|_| ()).map_err(|e| e.to_string())
    }

    /// The authority's certificate, for everyone who is to trust it.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// A server certificate for exactly these hosts.
    ///
    /// # Errors
    /// As [`AuthorityFolder::open`], and when a host cannot stand in a certificate.
    pub fn server(&self, hosts: &[String]) -> Result<IssuedFiles, String> {
        let names_them = |names: &Names| {
            let mut named = names.dns.clone();
            named.extend(names.addresses.iter().map(ToString::to_string));
            named.len() == hosts.len() && hosts.iter().all(|host| named.contains(host))
        };
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let issue = || self.authority.server(&hosts, Validity::days(self.now, ISSUED_DAYS));
        self.kept_or_made(&self.folder.join("server"), names_them, issue)
    }

    /// A client's certificate.
    ///
    /// # Errors
    /// As [`AuthorityFolder::open`], and when the id cannot stand in a certificate.
    pub fn client(&self, client_id: &str) -> Result<IssuedFiles, String> {
        let folder = self.folder.join("clients");
        make_folder(&folder)?;
        let issue = || self.authority.client(client_id, Validity::days(self.now, ISSUED_DAYS));
        self.kept_or_made(&folder.join(file_stem(client_id)), |names| names.binds(client_id), issue)
    }

    /// What is there stays while it is this authority's, names whom it should and is good for a month; else it is made.
    fn kept_or_made(
        &self,
        stem: &Path,
        names_them: impl Fn(&Names) -> bool,
        issue: impl Fn() -> Result<Issued, crate::certificate::CertificateError>,
    ) -> Result<IssuedFiles, String> {
        let with = |ending: &str| PathBuf::from(format!("{}.{ending}", stem.display()));
        let files = IssuedFiles { certificate: with("pem"), key: with("key") };
        let kept = fs::read(&files.certificate).ok().and_then(|pem| Names::of_pem(&pem).ok());
        let holds = kept.is_some_and(|names| {
            names_them(&names)
                && names.issuer_key == self.authority.names().own_key
                && names.validity.standing(self.now) == Standing::Fine
        });
        if !(holds && files.key.exists()) {
            let issued = issue().map_err(|e| format!("{}: {e}", files.certificate.display()))?;
            write_private(&files.key, issued.key.reveal()).map_err(|e| e.to_string())?;
            write(&files.certificate, &issued.certificate)?;
        }
        Ok(files)
    }
}

fn make_folder(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|e| format!("{}: cannot be made: {e}", folder.display()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: cannot be read: {e}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| format!("{}: cannot be written: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    fn names(path: &Path) -> Names {
        Names::of_pem(&fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn what_was_made_is_kept_until_it_comes_to_its_end_or_names_other_hosts() {
        let folder = tempfile::tempdir().unwrap();
        let hosts = ["vtn.example".to_owned(), "127.0.0.1".to_owned()];
        let open = |now: &str| AuthorityFolder::open(folder.path(), at(now)).unwrap();
        let first = open("2026-11-26T17:00:00Z");
        let server = names(&first.server(&hosts).unwrap().certificate);
        let client = names(&first.client("fsp/1 é").unwrap().certificate);
        assert!(client.binds("fsp/1 é"));
        assert!(folder.path().join("clients/fsp%2F1%20%C3%A9.key").exists());

        let later = open("2027-09-01T00:00:00Z");
        assert_eq!(names(&later.server(&hosts).unwrap().certificate), server);
        let near_its_end = open("2027-11-01T00:00:00Z");
        let renewed = names(&near_its_end.server(&hosts).unwrap().certificate);
        assert!(renewed.validity.until > server.validity.until);
        let other = names(&near_its_end.server(&hosts[..1]).unwrap().certificate);
        assert_eq!((other.dns.as_slice(), other.addresses.len()), (&hosts[..1], 0));
        assert_eq!(names(&near_its_end.certificate()), names(&first.certificate()));
    }

    #[test]
    fn what_another_authority_signed_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let now = at("2026-11-26T17:00:00Z");
        let first = AuthorityFolder::open(folder.path(), now).unwrap();
        let before = names(&first.client("desk").unwrap().certificate);
        fs::remove_file(folder.path().join("ca.pem")).unwrap();
        let error = AuthorityFolder::open(folder.path(), now).unwrap_err();
        assert!(error.contains("ca.pem: cannot be read"), "{error}");
        fs::remove_file(folder.path().join("ca.key")).unwrap();
        let second = AuthorityFolder::open(folder.path(), now).unwrap();
        assert_ne!(names(&second.client("desk").unwrap().certificate), before);
    }

    #[cfg(unix)]
    #[test]
    fn keys_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let authority = AuthorityFolder::open(folder.path(), at("2026-11-26T17:00:00Z")).unwrap();
        let server = authority.server(&["localhost".to_owned()]).unwrap();
        let client = authority.client("desk").unwrap();
        for key in [folder.path().join("ca.key"), server.key, client.key] {
            assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600, "{}", key.display());
        }
    }
}
