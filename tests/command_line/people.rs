//! An operator's key that is a person's, at the command line: made, listed, rotated, and signed on with to send.

use std::path::Path;

use super::processes::{Running, Said, rampdesk};

const PASSPHRASE: &str = "three plain words";

/// A VTN, a connection to it, and Ada, who has a key of GB-DNO-11 of her own.
struct Site {
    folder: tempfile::TempDir,
    _vtn: Running,
}

const NEW: &str = "key new GB-DNO-11 --holder Ada --key-id dno-ada --connection connection.toml";

impl Site {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        done(&rampdesk(at, "keygen --fleet demo"));
        let vtn = Running::start(at, "vtn --seed-clients vtn.clients.toml");
        let ready: serde_json::Value = serde_json::from_str(&vtn.first_line()).unwrap();
        let site = Self { folder, _vtn: vtn };
        site.write("pass.txt", &format!("{PASSPHRASE}\n"));
        site.write("wrong.txt", "three plain word\n");
        site.write(
            "dispatch.json",
            &super::DISPATCH
                .replace("2026-11", "2099-11")
                .replace("20261126", "20991126")
                .replace("\"revision\": 3", "\"revision\": 1"),
        );
        let connection = site.read("connection.toml");
        let url = ready["url"].as_str().unwrap();
        site.write("connection.toml", &connection.replace("http://127.0.0.1:8080/openadr3/3.1.0", url));
        site
    }

    fn run(&self, line: &str) -> Said {
        rampdesk(self.folder.path(), line)
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at().join(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.at().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    #[track_caller]
    fn refuses(&self, line: &str, says: &str) {
        let said = self.run(line);
        assert_ne!(said.status.code(), Some(0), "{line}: {}", said.stderr);
        assert!(said.stderr.contains(says), "{line} does not say `{says}`:\n{}", said.stderr);
        assert!(!said.stderr.contains(PASSPHRASE), "{}", said.stderr);
    }
}

#[track_caller]
fn done(said: &Said) {
    assert!(said.status.success(), "{}", said.stderr);
}

#[test]
fn a_persons_key_is_made_sealed_listed_with_its_holder_and_rotated_by_itself() {
    let site = Site::open();
    site.refuses(&format!("{NEW} --keep file"), "Ada\u{2019}s key does not stand in the clear");
    site.refuses(
        "key new BRIGHTFLEX --holder Ada --keep sealed-file --connection connection.toml --passphrase-file pass.txt",
        "BRIGHTFLEX is an FSP, which signs by itself",
    );
    let made = site.run(&format!("{NEW} --passphrase-file pass.txt"));
    done(&made);
    assert!(made.stdout.contains("holder = \"Ada\""), "what the others pin names her: {}", made.stdout);
    let secrets = site.read("desk.secrets.toml");
    assert!(
        secrets.contains("holder = \"Ada\"\nkey_id = \"dno-ada\"\nkept_in = \"sealed-file\""),
        "{secrets}"
    );
    assert!(site.read("dno-ada.sealed.toml").contains("name = \"Ada\""));
    site.refuses(
        &format!("{NEW} --passphrase-file pass.txt"),
        "`rampdesk key rotate GB-DNO-11 --holder \"Ada\"`",
    );
    site.refuses("key keep dno-ada --keep file --connection connection.toml", "does not stand in the clear");

    let listed = site.run("key list --connection connection.toml");
    done(&listed);
    assert!(listed.stdout.contains("GB-DNO-11 dno-ada: Ada\u{2019}s own, signs, from "), "{}", listed.stdout);
    assert!(
        listed.stdout.contains("GB-DNO-11 gb-dno-11-2"),
        "the machine's own is there too: {}",
        listed.stdout
    );

    let rotate = "key rotate GB-DNO-11 --holder Ada --key-id dno-ada-2 --from 2098-01-01T00:00:00Z --connection connection.toml";
    let rotated = site.run(&format!("{rotate} --passphrase-file pass.txt"));
    done(&rotated);
    assert_eq!(rotated.stdout.matches("holder = \"Ada\"").count(), 2, "{}", rotated.stdout);
    assert!(rotated.stderr.contains("Ada for GB-DNO-11 signs with dno-ada-2"), "{}", rotated.stderr);
    assert_eq!(site.read("trust.toml").matches("valid_until").count(), 1, "the machine's key goes on");
    assert!(site.read("desk.secrets.toml").contains("holder = \"Ada\"\nkey_id = \"dno-ada-2\"\nkept_in"));
    done(&site.run("check desk.secrets.toml trust.toml"));
    site.refuses("key rotate GB-DNO-11 --holder Eve --connection connection.toml", "these have: Ada");
}

#[test]
fn nothing_is_sent_until_somebody_says_who_they_are_and_what_is_sent_names_them() {
    let site = Site::open();
    done(&site.run(&format!("{NEW} --passphrase-file pass.txt")));
    const SEND: &str = "send dispatch.json --connection connection.toml";
    site.refuses(SEND, "sign on first: nobody is signed on for GB-DNO-11; Ada may");
    site.refuses(
        &format!("{SEND} --as Ada --passphrase-file wrong.txt"),
        "Ada is not signed on: key dno-ada, sealed in",
    );
    site.refuses(
        &format!("{SEND} --as Eve --passphrase-file pass.txt"),
        "Eve has no key of their own here; Ada may sign on",
    );
    site.refuses(&format!("{SEND} --as Ada"), "there is no terminal to ask for the passphrase at");
    let sent = site.run(&format!("{SEND} --as ada --passphrase-file pass.txt --json"));
    done(&sent);
    assert!(sent.stderr.contains("Ada is signed on as operator of GB-DNO-11"), "{}", sent.stderr);
    let said: serde_json::Value = serde_json::from_str(&sent.stdout).unwrap();
    assert_eq!(said["sent_by"], "Ada");
    for seen in [&sent.stdout, &sent.stderr] {
        assert!(!seen.contains(PASSPHRASE));
    }

    const SIGN: &str = "sign dispatch.json --connection connection.toml";
    site.refuses(SIGN, "--as: say who signs for GB-DNO-11: Ada");
    let signed = site.run(&format!("{SIGN} --as dno-ada --passphrase-file pass.txt"));
    done(&signed);
    site.write("signed.json", &signed.stdout);
    done(&site.run("verify signed.json --trust trust.toml"));

    let nobodys = site.read("trust.toml").replace("holder = \"Ada\"", "holder = \"Eve\"");
    site.write("trust.toml", &nobodys);
    site.refuses(&format!("{SEND} --as Ada --passphrase-file pass.txt"), "write one name in both");
}
