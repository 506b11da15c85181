//! Changes to secrets and trust files that keep every word, comment and order of the rest.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};
use zeroize::Zeroizing;

use super::keeping::{Place, account_of_client, account_of_key};
use super::secrets_file::{KeptIn, KeptKey};
use super::trust::Owner;
use crate::dispatch::{Holder, KeyId, PublicKey, Revocation};
use crate::time::UtcTime;

/// A text file that is being changed.
#[derive(Default)]
pub struct Edited(DocumentMut);

impl Edited {
    /// Takes a file's text.
    ///
    /// # Errors
    /// When it is no TOML; nothing of it is quoted.
    pub fn of(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| "is no TOML; `rampdesk check` says where".to_owned())
    }

    /// The whole text.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string())
    }

    /// Adds a signing key to a secrets file.
    ///
    /// # Errors
    /// When the file is written in a way that this cannot go on with.
    pub fn add_signing_key(&mut self, kept: &KeptKey) -> Result<(), String> {
        let mut table = owned(&kept.owner, kept.holder.as_ref(), &kept.key_id);
        put_place(&mut table, kept);
        self.tables("signing_keys")?.push(table);
        Ok(())
    }

    /// Says that a key of a secrets file is kept elsewhere from now on.
    ///
    /// # Errors
    /// When it is not there.
    pub fn move_signing_key(&mut self, kept: &KeptKey) -> Result<(), String> {
        let table = self.key_of("signing_keys", &kept.owner, &kept.key_id)?;
        for key in ["seed", "kept_in", "account", "file", "module", "token", "label"] {
            table.remove(key);
        }
        put_place(table, kept);
        Ok(())
    }

    /// Says where a client's secret is kept.
    ///
    /// # Errors
    /// When the file has no such client.
    pub fn move_client(&mut self, client: &str, place: &Place) -> Result<(), String> {
        let clients = self.0.get_mut("clients").and_then(Item::as_table_like_mut);
        let item = clients.and_then(|clients| clients.get_mut(client));
        let item = item.ok_or_else(|| format!("clients: there is no client {client}"))?;
        let mut table = InlineTable::new();
        match place {
            Place::File(secret) => {
                *item = value(secret.reveal());
                return Ok(());
            }
            Place::Keyring(account) => {
                table.insert("kept_in", KeptIn::Keyring.word().into());
                if *account != account_of_client(client) {
                    table.insert("account", account.as_str().into());
                }
            }
            Place::Sealed(file) => {
                table.insert("kept_in", KeptIn::SealedFile.word().into());
                table.insert("file", file.display().to_string().into());
            }
            Place::Token(_) => return Err("a client secret is kept in no token".to_owned()),
        }
        *item = Item::Value(Value::InlineTable(table));
        Ok(())
    }

    /// Pins a public key in a trust file.
    ///
    /// # Errors
    /// When the file is written in a way that this cannot go on with.
    pub fn pin(&mut self, owner: &Owner, key: &PublicKey) -> Result<(), String> {
        let mut table = owned(owner, key.holder.as_ref(), &key.key_id);
        table["public"] = value(key.to_text());
        for (name, at) in [("valid_from", key.valid_from), ("valid_until", key.valid_until)] {
            if let Some(at) = at {
                table[name] = value(at.to_string());
            }
        }
        self.tables("keys")?.push(table);
        Ok(())
    }

    /// Says when a key of a trust file ends.
    ///
    /// # Errors
    /// When it is not pinned there.
    pub fn end(&mut self, owner: &Owner, key_id: &KeyId, until: UtcTime) -> Result<(), String> {
        self.key_of("keys", owner, key_id)?["valid_until"] = value(until.to_string());
        Ok(())
    }

    /// Says that a key of a trust file is revoked.
    ///
    /// # Errors
    /// When it is not pinned there.
    pub fn revoke(&mut self, owner: &Owner, key_id: &KeyId, revocation: &Revocation) -> Result<(), String> {
        let table = self.key_of("keys", owner, key_id)?;
        table["revoked_at"] = value(revocation.at.to_string());
        table["reason"] = value(revocation.reason.as_str());
        Ok(())
    }

    /// The two lines that say so, to be handed to others.
    pub fn revocation_lines(revocation: &Revocation) -> String {
        let mut lines = DocumentMut::new();
        lines["revoked_at"] = value(revocation.at.to_string());
        lines["reason"] = value(revocation.reason.as_str());
        lines.to_string()
    }

    fn tables(&mut self, name: &str) -> Result<&mut ArrayOfTables, String> {
        let item = self.0.entry(name).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        item.as_array_of_tables_mut().ok_or_else(|| {
            format!("{name}: is not written as [[{name}]] tables; write it so, and give this again")
        })
    }

    fn key_of(&mut self, name: &str, owner: &Owner, key_id: &KeyId) -> Result<&mut Table, String> {
        let missing = || format!("{name}: there is no key {key_id} of {}", owner.name());
        self.tables(name)?.iter_mut().find(|table| is_of(table, owner, key_id)).ok_or_else(missing)
    }
}

fn owned(owner: &Owner, holder: Option<&Holder>, key_id: &KeyId) -> Table {
    let mut table = Table::new();
    table[owner.word()] = value(owner.name());
    if let Some(holder) = holder {
        table["holder"] = value(holder.as_str());
    }
    table["key_id"] = value(key_id.as_str());
    table
}

fn is_of(table: &Table, owner: &Owner, key_id: &KeyId) -> bool {
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    text(owner.word()) == Some(owner.name()) && text("key_id") == Some(key_id.as_str())
}

fn put_place(table: &mut Table, kept: &KeptKey) {
    match &kept.place {
        Place::File(seed) => table["seed"] = value(seed.reveal()),
        Place::Keyring(account) => {
            table["kept_in"] = value(KeptIn::Keyring.word());
            if *account != account_of_key(&kept.owner, &kept.key_id) {
                table["account"] = value(account.as_str());
            }
        }
        Place::Sealed(file) => {
            table["kept_in"] = value(KeptIn::SealedFile.word());
            table["file"] = value(file.display().to_string());
        }
        Place::Token(key) => {
            table["kept_in"] = value(KeptIn::Pkcs11.word());
            table["module"] = value(key.module.display().to_string());
            table["token"] = value(key.token.as_str());
            table["label"] = value(key.label.as_str());
        }
    }
}

/// Writes files anew, all of them or none: each is written beside its place first, with the mode that it has, and put there
/// in the order given.
///
/// # Errors
/// Which file could not be written, and why; then all are as they were.
pub fn replace_all(files: &[(&Path, &str)]) -> Result<(), String> {
    let mut ready: Vec<(PathBuf, &Path, Zeroizing<Vec<u8>>)> = Vec::new();
    let clear = |ready: &[(PathBuf, &Path, Zeroizing<Vec<u8>>)]| {
        ready.iter().for_each(|(new, _, _)| drop(fs::remove_file(new)));
    };
    for (path, text) in files {
        let written = fs::read(path).map(Zeroizing::new).and_then(|before| {
            let new = beside(path, ".new");
            write_like(path, &new, text.as_bytes()).map(|()| (new, *path, before))
        });
        match written {
            Ok(one) => ready.push(one),
            Err(error) => {
                clear(&ready);
                return Err(format!("{}: cannot be written: {error}; nothing was changed", path.display()));
            }
        }
    }
    for (number, (new, path, _)) in ready.iter().enumerate() {
        if let Err(error) = fs::rename(new, path) {
            for (_, path, before) in &ready[..number] {
                let back = beside(path, ".old");
                let _ = write_like(path, &back, before).and_then(|()| fs::rename(&back, path));
            }
            clear(&ready[number..]);
            return Err(format!("{}: cannot be written: {error}; nothing was changed", path.display()));
        }
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Writes a file with the mode of another, from the first byte on.
fn write_like(like: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        options.mode(fs::metadata(like)?.permissions().mode() & 0o777);
    }
    #[cfg(not(unix))]
    let _ = like;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::SigningKey;
    use crate::openadr::secret::Secret;

    const SECRETS: &str = "# Ours alone.\n[clients] # the desk\n\"desk\" = \"hush\"\n\n[[signing_keys]]\noperator = \"GB-DNO-11\" # East Midlands\nkey_id = \"gb-dno-11-2026\"\nseed = \"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk\"\n";
    const TRUST: &str = "# Public.\n[[keys]]\noperator = \"GB-DNO-11\" # East Midlands\nkey_id = \"gb-dno-11-2026\"\npublic = \"…\"\n\n# The FSP.\n[[keys]]\nfsp = \"BRIGHTFLEX\"\nkey_id = \"gb-dno-11-2026\"\npublic = \"…\"\n";

    fn operator() -> Owner {
        Owner::Operator("GB-DNO-11".parse().unwrap())
    }

    fn id(name: &str) -> KeyId {
        name.parse().unwrap()
    }

    #[test]
    fn a_rotation_adds_a_key_ends_the_old_one_and_keeps_every_other_word() {
        let at = |time: &str| -> UtcTime { time.parse().unwrap() };
        let mut trust = Edited::of(TRUST).unwrap();
        let new = SigningKey::from_seed(id("gb-dno-11-2027"), &[9; 32])
            .public(Some(at("2027-01-01T00:00:00Z")), None);
        trust.end(&operator(), &id("gb-dno-11-2026"), at("2027-01-31T00:00:00Z")).unwrap();
        trust.pin(&operator(), &new).unwrap();
        let text = trust.text();
        assert!(text.starts_with("# Public.\n[[keys]]\noperator = \"GB-DNO-11\" # East Midlands\nkey_id = \"gb-dno-11-2026\"\npublic = \"…\"\nvalid_until = \"2027-01-31T00:00:00Z\"\n\n# The FSP.\n"), "{}", *text);
        assert!(text.ends_with(&format!("\n[[keys]]\noperator = \"GB-DNO-11\"\nkey_id = \"gb-dno-11-2027\"\npublic = \"{}\"\nvalid_from = \"2027-01-01T00:00:00Z\"\n", new.to_text())), "{}", *text);
        assert_eq!(text.matches("valid_until").count(), 1, "the FSP\u{2019}s key of the same name goes on");
    }

    #[test]
    fn a_revocation_says_when_and_why_with_the_key_that_it_is_of() {
        let mut trust = Edited::of(TRUST).unwrap();
        let revocation = Revocation {
            at: "2027-01-01T00:00:00Z".parse().unwrap(),
            reason: "the \"blue\" laptop".to_owned(),
        };
        trust.revoke(&operator(), &id("gb-dno-11-2026"), &revocation).unwrap();
        assert!(
            trust.text().contains(
                "revoked_at = \"2027-01-01T00:00:00Z\"\nreason = 'the \"blue\" laptop'\n\n# The FSP."
            ),
            "{}",
            *trust.text()
        );
        assert!(
            trust
                .revoke(&operator(), &id("x"), &revocation)
                .unwrap_err()
                .contains("there is no key x of GB-DNO-11")
        );
    }

    #[test]
    fn what_moves_into_the_keyring_leaves_the_file_and_all_else_in_it() {
        let mut secrets = Edited::of(SECRETS).unwrap();
        let kept = KeptKey {
            owner: operator(),
            holder: None,
            key_id: id("gb-dno-11-2026"),
            place: Place::Keyring("GB-DNO-11/gb-dno-11-2026".to_owned()),
        };
        secrets.move_signing_key(&kept).unwrap();
        secrets.move_client("desk", &Place::Keyring("client/desk".to_owned())).unwrap();
        let text = secrets.text();
        assert!(!text.contains("hush") && !text.contains("CQkJ"), "{}", *text);
        assert!(
            text.contains("# Ours alone.") && text.contains("# the desk") && text.contains("# East Midlands"),
            "{}",
            *text
        );
        let file = super::super::secrets_file::SecretsFile::from_toml("s.toml", &text).unwrap();
        assert!(matches!(&file.clients["desk"], Place::Keyring(account) if account == "client/desk"));
        assert!(matches!(&file.keys[0].place, Place::Keyring(_)));
        secrets.move_client("desk", &Place::File(Secret::new("hush"))).unwrap();
        assert!(secrets.text().contains("\"desk\" = \"hush\""));
    }

    #[test]
    fn of_several_files_all_are_changed_or_none_and_no_mode_is_widened() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        fs::write(&one, "1").unwrap();
        fs::write(&two, "2").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&one, fs::Permissions::from_mode(0o600)).unwrap();
        }
        replace_all(&[(&one, "one"), (&two, "two")]).unwrap();
        assert_eq!(
            (fs::read_to_string(&one).unwrap(), fs::read_to_string(&two).unwrap()),
            ("one".into(), "two".into())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&one).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let gone = folder.path().join("gone");
        let fault = replace_all(&[(&one, "x"), (&gone, "y")]).unwrap_err();
        assert!(
            fault.contains("gone: cannot be written") && fault.ends_with("nothing was changed"),
            "{fault}"
        );
        assert_eq!(fs::read_to_string(&one).unwrap(), "one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left lying about");
    }
}
