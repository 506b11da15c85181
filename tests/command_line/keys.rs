//! `rampdesk key` as whoever keeps a control room's keys uses it.

use std::path::Path;

use super::processes::{Said, rampdesk};

const PASSPHRASE: &str = "three plain words";

/// The files of a whole fleet, and a passphrase.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        assert_eq!(site.run("keygen --fleet demo").status.code(), Some(0));
        site.write("pass.txt", &format!("{PASSPHRASE}\n"));
        // `verify` judges as of when it was decided: then the keys must have been made.
        site.write("dispatch.json", &super::DISPATCH.replace("2026-11-26T", "2098-11-26T"));
        site
    }

    fn at(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, line: &str) -> Said {
        rampdesk(self.at(), line)
    }

    /// `rampdesk key …` of the desk's files.
    fn key(&self, line: &str) -> Said {
        let verb_and_rest = line.split_once(' ').map_or((line, ""), |(verb, rest)| (verb, rest));
        self.run(&format!("key {} {} --connection connection.toml", verb_and_rest.0, verb_and_rest.1))
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at().join(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.at().join(name);
        std::fs::write(&path, text).unwrap();
        private(&path);
    }

    /// Signs with the key that is in force, and answers which one that was.
    fn signs_with(&self) -> Result<String, String> {
        let said = self.run("sign dispatch.json --connection connection.toml --passphrase-file pass.txt");
        if said.status.code() != Some(0) {
            return Err(said.stderr);
        }
        self.write("signed.json", &said.stdout);
        let verified = self.run("verify signed.json --trust trust.toml");
        assert_eq!(verified.status.code(), Some(0), "{}", verified.stderr);
        let signed: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
        Ok(signed["signature"]["key_id"].as_str().unwrap().to_owned())
    }

    /// A word of the list about a key.
    fn standing(&self, key_id: &str, at: &str) -> String {
        let said = self.key(&format!("list --json --at {at}"));
        let listed: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
        let rows = listed["keys"].as_array().unwrap();
        let row = rows.iter().find(|row| row["key_id"] == key_id).unwrap_or_else(|| panic!("{rows:#?}"));
        row["standing"].as_str().unwrap().to_owned()
    }
}

fn private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[track_caller]
fn done(said: &Said) {
    assert_eq!(said.status.code(), Some(0), "{}", said.stderr);
}

#[track_caller]
fn refused(said: &Said, words: &str) {
    assert_eq!(said.status.code(), Some(2), "{}", said.stderr);
    assert!(said.stderr.contains(words), "`{words}` is missing in: {}", said.stderr);
}

/// The id of the operator's key that the files begin with.
fn first_key(site: &Site) -> String {
    let text = site.read("desk.secrets.toml");
    let after = text.split("operator = \"GB-DNO-11\"").nth(1).unwrap();
    after.split('"').nth(1).unwrap().to_owned()
}

#[test]
fn a_list_names_every_key_and_where_it_is_kept_and_shows_no_secret() {
    let site = Site::new();
    let said = site.key("list");
    done(&said);
    let key = first_key(&site);
    assert!(said.stdout.contains(&format!("GB-DNO-11 {key}: signs, from ")), "{}", said.stdout);
    assert!(said.stdout.contains("kept in the secrets file, in the clear"), "{}", said.stdout);
    assert!(
        said.stdout.contains("BRIGHTFLEX brightflex-"),
        "the public halves of the others too: {}",
        said.stdout
    );
    for line in site
        .read("desk.secrets.toml")
        .lines()
        .filter(|line| line.contains("seed = ") || line.contains("\"desk\" = "))
    {
        let secret = line.split('"').rfind(|part| part.len() > 20).unwrap();
        assert!(!said.stdout.contains(secret) && !said.stderr.contains(secret));
    }
}

#[test]
fn a_rotation_overlaps_keeps_every_word_and_says_what_the_others_need() {
    let site = Site::new();
    let old = first_key(&site);
    site.write("desk.secrets.toml", &format!("# Kept by Ada.\n{}", site.read("desk.secrets.toml")));
    let said = site.key("rotate GB-DNO-11 --from 2099-01-01T00:00:00Z --overlap 10 --key-id gb-dno-11-2099");
    done(&said);
    assert!(
        said.stdout.contains("key_id = \"gb-dno-11-2099\"")
            && said.stdout.contains("valid_from = \"2099-01-01T00:00:00Z\""),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout.contains(&format!("key_id = \"{old}\""))
            && said.stdout.contains("valid_until = \"2099-01-11T00:00:00Z\""),
        "{}",
        said.stdout
    );
    assert!(!said.stdout.contains("seed"), "{}", said.stdout);
    assert!(site.read("desk.secrets.toml").starts_with("# Kept by Ada.\n"));
    for (at, old_stands, new_stands) in [
        ("2098-12-31T23:59:59Z", "signs", "to come"),
        ("2099-01-01T00:00:00Z", "in force", "signs"),
        ("2099-01-11T00:00:00Z", "ended", "signs"),
    ] {
        assert_eq!(
            (site.standing(&old, at).as_str(), site.standing("gb-dno-11-2099", at).as_str()),
            (old_stands, new_stands),
            "{at}"
        );
    }
    assert_eq!(site.signs_with(), Ok(old), "the new one is not in force yet");
    refused(&site.key("rotate NOBODY"), "holds no key of NOBODY; `rampdesk key new NOBODY` makes its first");
}

#[test]
fn a_revoked_key_signs_nothing_more_and_the_next_one_is_named() {
    let site = Site::new();
    let old = first_key(&site);
    done(&site.key("rotate GB-DNO-11 --from 2020-01-02T00:00:00Z --key-id gb-dno-11-next --overlap 3650"));
    let said = site.run(&format!("key revoke {old} --reason stolen --owner GB-DNO-11 --trust trust.toml"));
    done(&said);
    assert!(
        said.stdout.contains("revoked_at = ") && said.stdout.contains("reason = \"stolen\""),
        "{}",
        said.stdout
    );
    assert!(said.stderr.contains("GB-DNO-11 is believed by gb-dno-11-next"), "{}", said.stderr);
    assert_eq!(site.signs_with(), Ok("gb-dno-11-next".to_owned()));
    let said = site.run("key revoke gb-dno-11-next --reason stolen --trust trust.toml");
    done(&said);
    assert!(said.stderr.contains("has no key in force from then on, and signs nothing"), "{}", said.stderr);
    let words = site.signs_with().unwrap_err();
    assert!(
        words.contains("no key is in force")
            && words.contains("was revoked at ")
            && words.contains(": stolen"),
        "{words}"
    );
    refused(&site.run("key revoke gb-dno-11-next --reason again --trust trust.toml"), "was revoked at ");
}

#[test]
fn a_key_moves_into_a_sealed_file_signs_from_there_and_comes_out_as_it_was() {
    let site = Site::new();
    let key = first_key(&site);
    done(&site.key(&format!("export {key} --out before.pem")));
    done(&site.key(&format!("keep {key} --keep sealed-file --passphrase-file pass.txt")));
    done(&site.key("keep --client desk --keep sealed-file --passphrase-file pass.txt"));
    let text = site.read("desk.secrets.toml");
    assert!(
        text.contains("kept_in = \"sealed-file\"") && text.contains(&format!("file = \"{key}.sealed.toml\"")),
        "{text}"
    );
    assert_eq!(site.signs_with(), Ok(key.clone()));
    site.write("wrong.txt", "three plain word\n");
    let said = site.run("sign dispatch.json --connection connection.toml --passphrase-file wrong.txt");
    assert_eq!(said.status.code(), Some(2));
    assert!(said.stderr.contains("does not open it"), "{}", said.stderr);
    let said = site.run("sign dispatch.json --connection connection.toml");
    assert!(said.stderr.contains("there is no terminal to ask for the passphrase at"), "{}", said.stderr);
    refused(
        &site.key(&format!("export {key} --out before.pem")),
        "is there already; a key is never overwritten",
    );
    done(&site.key(&format!("export {key} --out after.pem --passphrase-file pass.txt")));
    assert_eq!(site.read("after.pem"), site.read("before.pem"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for name in
            ["after.pem", &format!("{key}.sealed.toml"), "desk.client.sealed.toml", "desk.secrets.toml"]
        {
            let mode = std::fs::metadata(site.at().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
    let checked =
        site.run(&format!("check desk.secrets.toml {key}.sealed.toml desk.client.sealed.toml trust.toml"));
    done(&checked);
}

#[test]
fn a_key_is_imported_for_a_party_without_one_and_never_over_another() {
    let site = Site::new();
    let key = first_key(&site);
    done(&site.key(&format!("export {key} --out own.pem")));
    refused(
        &site.key("import own.pem GB-DNO-11 --keep file"),
        "`rampdesk key rotate GB-DNO-11` makes the next one",
    );
    let said = site.key("import own.pem NEWFLEX --fsp --key-id newflex --keep file");
    done(&said);
    assert!(
        said.stdout.contains("fsp = \"NEWFLEX\"") && said.stdout.contains("public = "),
        "{}",
        said.stdout
    );
    assert!(site.read("trust.toml").contains("key_id = \"newflex\""));
    refused(
        &site.key("import connection.toml NEWFLEX2 --fsp --keep file"),
        "is not an Ed25519 private key in PKCS#8 PEM",
    );
}

#[test]
fn without_a_keyring_or_hardware_it_is_said_what_to_do_instead() {
    let site = Site::new();
    let nowhere = "key new GB-TEST --keep keyring --connection connection.toml";
    let said = site.run_without_keyring(nowhere);
    assert_eq!(said.status.code(), Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("keep it in a sealed file instead"), "{}", said.stderr);
    assert!(!site.read("trust.toml").contains("GB-TEST"), "nothing was changed");
    if !cfg!(feature = "pkcs11") {
        let said = site.key("new GB-TEST --keep pkcs11 --module /nowhere.so --token room");
        assert_eq!(said.status.code(), Some(1));
        assert!(said.stderr.contains("this build cannot use hardware tokens"), "{}", said.stderr);
    }
}

impl Site {
    /// As [`Site::run`], where no session's keyring is to be had.
    fn run_without_keyring(&self, line: &str) -> Said {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_rampdesk"))
            .args(line.split(' '))
            .current_dir(self.at())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        Said {
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
