//! Two people at the command line: one sends, and above a limit the other approves first with a key of their own.

use std::path::Path;

use rampdesk::profile::secrets::Secrets;

use super::processes::{Running, Said, rampdesk};

const PASSPHRASE: &str = "three plain words";

/// +2,000 kW from BRIGHTFLEX/BESS-07, far ahead.
const LARGE: &str = r#"{
  "profile": "gb-dispatch/1",
  "network_operator": "GB-DNO-11",
  "dispatch_ref": "EMID-20991126-0001",
  "revision": 1,
  "status": "RUN",
  "contract": "EMID-C-2026-0193",
  "dispatch_unit": { "fsp": "BRIGHTFLEX", "unit": "BESS-07" },
  "instruction_time": "2099-11-26T15:45:00Z",
  "service_start": "2099-11-26T17:00:00Z",
  "service_end": "2099-11-26T19:00:00Z",
  "setpoints": [
    { "at": "2099-11-26T17:00:00Z", "parameters": [
      { "service_type": "REAL", "reference": "DELTA", "volume": 2000, "units": "KW" } ] }
  ]
}"#;

/// A VTN, a connection to it, and Ada Winter, who may approve above 1 MW.
struct Site {
    folder: tempfile::TempDir,
    _vtn: Running,
}

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
        site.write("large.json", LARGE);
        let connection = site.read("connection.toml");
        let url = ready["url"].as_str().unwrap();
        let connection = connection
            .replace("http://127.0.0.1:8080/openadr3/3.1.0", url)
            .replace("mode = ", "approval = \"approval.toml\"\nmode = ");
        site.write("connection.toml", &connection);
        let made = site.run("keygen ada-winter --approver Ada --passphrase-file pass.txt");
        done(&made);
        site.write("approval.toml", &format!("[[limits]]\nmw = 1\n\n{}", made.stdout));
        site
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, line: &str) -> Said {
        rampdesk(self.at(), line)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at().join(name)).unwrap()
    }

    /// Writes a file that only its owner can read.
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
    fn refuses(&self, line: &str, code: i32, says: &str) {
        let said = self.run(line);
        assert_eq!(said.status.code(), Some(code), "{line}: {}", said.stderr);
        assert!(said.stderr.contains(says), "{line} does not say `{says}`:\n{}", said.stderr);
        assert!(said.stdout.is_empty(), "{line}: {}", said.stdout);
        assert!(!said.stderr.contains(PASSPHRASE), "{}", said.stderr);
    }
}

#[track_caller]
fn done(said: &Said) {
    assert!(said.status.success(), "{}", said.stderr);
}

const APPROVE: &str = "approve large.json --connection connection.toml --key ada-winter.approver.toml";

#[test]
fn above_a_limit_it_is_sent_with_another_persons_approval_and_not_without() {
    let site = Site::open();
    site.refuses(
        "send large.json --connection connection.toml",
        1,
        "nothing was sent: 2 MW of change is asked, above the limit of 1 MW of all operators. A second person must \
         approve it, in Compose or by `rampdesk approve`: Ada (ada-winter)",
    );

    let approval = site.run(&format!("{APPROVE} --passphrase-file pass.txt"));
    done(&approval);
    assert_eq!(
        approval.stderr,
        "GB-DNO-11/EMID-20991126-0001 revision 1 (RUN): BRIGHTFLEX/BESS-07, 2099-11-26T17:00:00Z to \
         2099-11-26T19:00:00Z, changes by up to 2 MW\n\
         \x20 2099-11-26T17:00:00Z: +2,000 kW DELTA\n\
         Needs a second person: 2 MW of change is asked, above the limit of 1 MW of all operators.\n"
    );
    site.write("ok.json", &approval.stdout);
    done(&site.run("check ok.json approval.toml ada-winter.approver.toml"));

    site.write("larger.json", &LARGE.replace("2000, ", "2001, "));
    site.refuses(
        "send larger.json --connection connection.toml --approval ok.json",
        1,
        "GB-DNO-11/EMID-20991126-0001 revision 1 has been changed since it was approved: setpoints; have it approved \
         again",
    );
    site.write("forged.json", &approval.stdout.replace("2000000", "2001000"));
    site.refuses(
        "send larger.json --connection connection.toml --approval forged.json",
        1,
        "the signature by key `ada-winter` does not match the content",
    );

    let sent = site.run("send large.json --connection connection.toml --approval ok.json --json");
    done(&sent);
    let outcome: serde_json::Value = serde_json::from_str(&sent.stdout).unwrap();
    assert_eq!(outcome["ref"], "EMID-20991126-0001", "{outcome}");
    site.refuses(
        "send large.json --connection connection.toml --approval ok.json",
        1,
        "stands at revision 1; the next is 2, not 1",
    );
    site.write("amended.json", &LARGE.replace("\"revision\": 1", "\"revision\": 2"));
    site.refuses(
        "send amended.json --connection connection.toml --approval ok.json",
        1,
        "revision 1 of GB-DNO-11/EMID-20991126-0001 was approved, not revision 2; have it approved again",
    );

    let stop = LARGE.replace("\"revision\": 1", "\"revision\": 2").replace("\"RUN\"", "\"STOP\"");
    let (head, _) = stop.split_once("\"setpoints\"").unwrap();
    site.write("stop.json", &format!("{head}\"setpoints\": []\n}}"));
    done(&site.run("send stop.json --connection connection.toml"));
    done(&site.run("verify journal.sqlite"));
}

#[test]
fn nobody_approves_without_their_own_key_and_its_passphrase() {
    let site = Site::open();
    let approve = |key: &str| APPROVE.replace("ada-winter.approver.toml", key);
    site.refuses(
        &format!("{APPROVE} --passphrase-file wrong.txt"),
        1,
        "ada-winter.approver.toml: the passphrase does not open this key, or the file was changed since it was made; \
         nothing was signed",
    );
    site.write("altered.toml", &site.read("ada-winter.approver.toml").replace("passes = 3", "passes = 4"));
    site.refuses(
        &format!("{} --passphrase-file pass.txt", approve("altered.toml")),
        1,
        "the passphrase does not open this key, or the file was changed",
    );
    done(&site.run("keygen eve --approver Eve --passphrase-file pass.txt"));
    site.refuses(
        &format!("{} --passphrase-file pass.txt", approve("eve.approver.toml")),
        2,
        "eve.approver.toml: key eve is not among those that may approve here: Ada (ada-winter)",
    );
    site.refuses(
        &format!("{} --passphrase-file pass.txt", approve("approval.toml")),
        2,
        "approval.toml: is a file of approval rules; name a personal key",
    );
    site.refuses(
        APPROVE,
        2,
        "there is no terminal to ask for the passphrase at; give --passphrase-file FILE",
    );
    site.refuses(
        "keygen ada-winter --approver Ada --passphrase-file pass.txt",
        2,
        "a key is never overwritten",
    );
    site.write("short.txt", "short\n");
    site.refuses(
        "keygen ben --approver Ben --passphrase-file short.txt",
        2,
        "the passphrase has 5 characters; choose one of at least 12, three or four words say",
    );
    assert!(!site.at().join("ben.approver.toml").exists());
    site.refuses("keygen --approver Ben", 2, "<KEY_ID>");
}

#[test]
fn the_desks_own_key_approves_nothing() {
    let site = Site::open();
    let secrets = Secrets::from_toml("desk.secrets.toml", &site.read("desk.secrets.toml")).unwrap();
    let own = secrets.operators[&"GB-DNO-11".parse().unwrap()].first().public(None, None);
    let rules = format!(
        "[[limits]]\nmw = 1\n\n[[approvers]]\nname = \"Me again\"\nkey_id = \"me\"\npublic = \"{}\"\n",
        own.to_text()
    );
    site.write("approval.toml", &rules);
    site.refuses(
        "send large.json --connection connection.toml",
        2,
        &format!(
            "the key of approver Me again (me) is the key {} that dispatches are signed with",
            own.key_id
        ),
    );
}

#[test]
fn a_connection_without_rules_has_nothing_to_approve() {
    let site = Site::open();
    let connection = site.read("connection.toml").replace("approval = \"approval.toml\"\n", "");
    site.write("connection.toml", &connection);
    site.refuses(
        &format!("{APPROVE} --passphrase-file pass.txt"),
        2,
        "connection.toml: approval: is missing; name the file of approval rules that says who may approve",
    );
    done(&site.run("send large.json --connection connection.toml"));
}
