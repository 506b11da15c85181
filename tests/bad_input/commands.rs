//! The command line given something wrong: the exit code, every line on standard error, nothing on standard output, and
//! no file made or changed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rampdesk::dispatch::{KeyRing, SigningKey, dispatch_from_json};
use rampdesk::profile::trust::Trust;
use rampdesk::time::UtcTime;

use super::{connections, dispatches, fleets, messages, scenarios};

/// The arguments, one space between each; the exit code; standard error.
type Refused = (&'static str, i32, &'static str);

#[rustfmt::skip]
const COMMANDS: &[Refused] = &[
    // Usage
    ("dispatch", 2,
     "error: unrecognized subcommand 'dispatch'\n\n\
      \x20 tip: a similar subcommand exists: 'watch'\n\n\
      Usage: rampdesk [OPTIONS] [COMMAND]\n\n\
      For more information, try '--help'."),
    ("chek good.json", 2,
     "error: unrecognized subcommand 'chek'\n\n\
      \x20 tip: a similar subcommand exists: 'check'\n\n\
      Usage: rampdesk [OPTIONS] [COMMAND]\n\n\
      For more information, try '--help'."),
    ("check", 2,
     "error: the following required arguments were not provided:\n\
      \x20 <FILES>...\n\n\
      Usage: rampdesk check <FILES>...\n\n\
      For more information, try '--help'."),
    ("check --quiet good.json", 2,
     "error: unexpected argument '--quiet' found\n\n\
      \x20 tip: to pass '--quiet' as a value, use '-- --quiet'\n\n\
      Usage: rampdesk check <FILES>...\n\n\
      For more information, try '--help'."),
    ("rehearse peak.toml --jsn", 2,
     "error: unexpected argument '--jsn' found\n\n\
      \x20 tip: a similar argument exists: '--json'\n\n\
      Usage: rampdesk rehearse --json <SCENARIO>\n\n\
      For more information, try '--help'."),
    ("sign good.json", 2,
     "say what signs: --key FILE, or --connection FILE (or --secrets and --trust) for the key that is in force"),
    ("encode signed.json --openadr 2.0b", 2,
     "error: invalid value '2.0b' for '--openadr <OPENADR>': `2.0b` is not a version that is spoken here; write \
      3.1 or 3.0\n\n\
      For more information, try '--help'."),
    ("predict good.json --fleet demo --step 0", 2,
     "error: invalid value '0' for '--step <SECONDS>': give 1 to 3600 seconds, such as 1s\n\n\
      For more information, try '--help'."),
    ("predict good.json --fleet demo --step 1h", 2,
     "error: invalid value '1h' for '--step <SECONDS>': give 1 to 3600 seconds, such as 1s\n\n\
      For more information, try '--help'."),
    ("send good.json --connection connection.toml --wait forever", 2,
     "error: invalid value 'forever' for '--wait <WAIT>'\n\
      \x20 [possible values: sent, accepted, ended]\n\n\
      For more information, try '--help'."),
    ("watch --connection connection.toml --follow 0", 2,
     "error: invalid value '0' for '--follow <SECONDS>': give 0.2 to 3600 seconds\n\n\
      For more information, try '--help'."),
    ("vtn --listen localhost --seed-clients secrets.toml", 2,
     "error: invalid value 'localhost' for '--listen <ADDRESS>': write an address and a port, as in \
      127.0.0.1:8080\n\n\
      For more information, try '--help'."),
    ("verify signed.json --trust trust.toml --at tomorrow", 2,
     "error: invalid value 'tomorrow' for '--at <UTC>': `tomorrow` is not a date and time; write UTC as \
      2026-11-26T17:00:00Z\n\n\
      For more information, try '--help'."),
    ("keygen", 2,
     "give a key id, such as gb-dno-11-2026, or --fleet FLEET.toml"),
    ("keygen two words", 2,
     "error: unexpected argument 'words' found\n\n\
      Usage: rampdesk keygen [OPTIONS] [KEY_ID]\n\n\
      For more information, try '--help'."),
    ("keygen key/id", 2,
     "error: invalid value 'key/id' for '[KEY_ID]': `/` is not allowed in a key id: `key/id`; use letters, \
      digits, _ and -\n\n\
      For more information, try '--help'."),
    ("--json", 2,
     "error: unexpected argument '--json' found\n\n  tip: a similar argument exists: '--journal'\n\nUsage: rampdesk --journal <FILE>\n\nFor more information, try '--help'."),
    // Files that are none
    ("check nowhere.json", 2,
     "nowhere.json: cannot be read: there is no such file"),
    ("check folder", 2,
     "folder: is a folder; name a file"),
    ("check good.json/below", 2,
     "good.json/below: cannot be read: a part of its path is a file, not a folder"),
    ("check latin.toml", 2,
     "latin.toml:2: byte 0xe9 is not UTF-8 text; save the file as UTF-8"),
    ("check empty.toml", 2,
     "empty.toml: there is nothing in it"),
    ("check odd.toml", 2,
     "odd.toml: is no file of this program's: a scenario has `steps`, a fleet `units`, a connection `vtn`, a \
      trust file `keys`, an operator list `operators`, a product list `products`, a secrets file `clients`, \
      approval rules `limits`"),
    ("check broken.toml", 2,
     "broken.toml:2: a list is not closed with ]"),
    ("check bad-secrets.toml", 2,
     "bad-secrets.toml:2: a text is not closed with a double quote"),
    ("check good.json bad.json nowhere.toml", 2,
     "good.json: dispatch document, not signed, nothing wrong\n\
      bad.json: line 6: status: `GO` is not known; write PRE_NOTIFY, RUN, RUN_NOW, STOP or EMERGENCY_STOP\n\
      bad.json: line 7: contract: ` ` is not allowed in a contract id: `EMID C 2026-0193`; use letters, digits, \
      _ and -\n\
      nowhere.toml: cannot be read: there is no such file"),
    ("check event.json", 2,
     "event.json: is an OpenADR event; `rampdesk decode` reads it"),
    ("rehearse nowhere.toml", 2,
     "nowhere.toml: cannot be read: there is no such file"),
    ("rehearse folder", 2,
     "folder: is a folder; name a file"),
    ("rehearse fleet.toml", 2,
     "fleet.toml: is a fleet file; name a scenario"),
    ("rehearse good.json", 2,
     "good.json: is a dispatch document; name a scenario"),
    ("rehearse lost.toml", 2,
     "lost.toml:2: fleet: nowhere.toml: cannot be read: there is no such file; a path is taken from the \
      scenario's own folder"),
    ("predict good.json --fleet nowhere.toml", 2,
     "nowhere.toml: cannot be read: there is no such file"),
    ("predict good.json --fleet peak.toml", 2,
     "peak.toml: is a scenario; name a fleet file"),
    ("predict good.json --fleet fleet.toml", 2,
     "fleet.toml: has no unit `BRIGHTFLEX/BESS-07`"),
    ("canonical fleet.toml", 2,
     "fleet.toml: is a fleet file; name a dispatch document"),
    ("decode fleet.toml", 2,
     "fleet.toml: is a fleet file; name an OpenADR event"),
    ("decode good.json", 2,
     "good.json: is a dispatch document; name an OpenADR event"),
    ("encode good.json", 2,
     "good.json: is not signed; `rampdesk sign` first"),
    // Plans
    ("plan demo --mw 1.0000001 --from 2026-11-26T17:00:00Z --to 2026-11-26T19:00:00Z", 2,
     "error: invalid value '1.0000001' for '--mw <MW>': `1.0000001` is no volume; write MW to the watt, such as 12 or \
      -1.5\n\n\
      For more information, try '--help'."),
    ("plan demo --mw 1 --from 2026-11-26T17:00:00Z --to 2026-11-26T19:00:00Z --then 18:00=2", 2,
     "error: invalid value '18:00=2' for '--then <UTC=MW>': `18:00` is not a date and time; write UTC as \
      2026-11-26T17:00:00Z\n\n\
      For more information, try '--help'."),
    ("plan demo --mw 0 --from 2026-11-26T17:00:00Z --to 2026-11-26T19:00:00Z", 2,
     "nothing is asked; write at least one level other than 0"),
    ("plan demo --mw 1 --from 2026-11-26T19:00:00Z --to 2026-11-26T17:00:00Z", 2,
     "2026-11-26T17:00:00Z: the end is not after the last level; write a later end"),
    ("plan demo --mw 1 --from 2026-11-26T17:00:00Z --to 2026-11-26T19:00:00Z --then 2026-11-26T18:00:00Z=-1", 2,
     "2026-11-26T18:00:00Z: asks the other way from baseline than what comes before it; a plan goes one way, so make one \
      for each"),
    ("plan demo --mw 1 --from 2026-11-26T17:00:00Z --to 2026-11-29T17:00:00Z", 2,
     "2026-11-29T17:00:00Z: the end is more than 48 hours after the start; make a plan for each day"),
    ("plan demo --mw 1 --from 2026-11-26T17:00:00Z --to 2026-11-26T19:00:00Z --at 2026-11-26T17:00:01Z", 2,
     "2026-11-26T17:00:00Z: is before 2026-11-26T17:00:01Z, when it is decided; write a later start, or an earlier --at"),
    ("plan demo --mw 1 --from 2026-11-26T17:00:00Z --to 2026-11-26T19:00:00Z --at 2026-11-26T15:00:00Z --unit NOBODY/X-1", 2,
     "demo: has no unit `NOBODY/X-1`"),
    ("plan demo --mw 1 --from 2026-11-26T17:00:00Z --to 2026-11-26T19:00:00Z --at 2026-11-26T15:00:00Z --operator \
      GB-DNO-10", 2,
     "demo: no unit is left to be asked; those whose contract turns export to zero have no part in it"),
    ("plan peak.toml --mw 1 --from 2026-11-26T17:00:00Z --to 2026-11-26T19:00:00Z", 2,
     "peak.toml: is a scenario; name a fleet file"),
    // Keys and signatures
    ("sign good.json --key nowhere.pem", 2,
     "nowhere.pem: cannot be read: there is no such file"),
    ("sign good.json --key folder", 2,
     "folder: is a folder; name a file"),
    ("sign good.json --key fleet.toml", 2,
     "fleet.toml: is not an Ed25519 private key in PKCS#8 PEM, as `rampdesk keygen` writes it"),
    ("sign good.json --key key.pem --key-id two/words", 2,
     "`/` is not allowed in a key id: `two/words`; use letters, digits, _ and -"),
    ("sign bad.json --key key.pem", 2,
     "bad.json: line 6: status: `GO` is not known; write PRE_NOTIFY, RUN, RUN_NOW, STOP or EMERGENCY_STOP\n\
      bad.json: line 7: contract: ` ` is not allowed in a contract id: `EMID C 2026-0193`; use letters, digits, \
      _ and -"),
    ("verify signed.json", 2,
     "a dispatch document is verified against pinned keys: give --trust FILE"),
    ("verify signed.json --trust fleet.toml", 2,
     "fleet.toml: is a fleet file; name a trust file"),
    ("verify bad.json --trust trust.toml", 2,
     "bad.json: line 6: status: `GO` is not known; write PRE_NOTIFY, RUN, RUN_NOW, STOP or EMERGENCY_STOP\n\
      bad.json: line 7: contract: ` ` is not allowed in a contract id: `EMID C 2026-0193`; use letters, digits, \
      _ and -"),
    ("verify good.json --trust trust.toml", 1,
     "good.json: there is no signature"),
    ("verify altered.json --trust trust.toml", 1,
     "altered.json: the signature by key `gb-dno-11-2026` does not match the content"),
    ("verify other-key.json --trust trust.toml", 1,
     "other-key.json: key `gb-dno-11-2025` is not pinned for this party"),
    ("verify other-party.json --trust trust.toml", 1,
     "other-party.json: no key is pinned for operator GB-DNO-12"),
    ("verify short.json --trust trust.toml", 2,
     "short.json: line 53: signature.value: `AuKLkQseW31Quw3Xym7k9ZDh_IIS_rEL8qStFXPpl_-eDdQOOSQ4Qmy0IVMX…` (87 \
      characters) is no Ed25519 signature; write 86 characters of base64url without padding"),
    ("verify signed.json --trust trust.toml --at 2025-12-31T23:59:59Z", 1,
     "signed.json: key `gb-dno-11-2026` is valid from 2026-01-01T00:00:00Z only"),
    ("verify signed.json --trust trust.toml --at 2027-01-01T00:00:00Z", 1,
     "signed.json: key `gb-dno-11-2026` expired at 2027-01-01T00:00:00Z"),
    ("verify altered.json signed.json other-key.json --trust trust.toml", 1,
     "signed.json: signed by GB-DNO-11 with key gb-dno-11-2026\n\
      altered.json: the signature by key `gb-dno-11-2026` does not match the content\n\
      other-key.json: key `gb-dno-11-2025` is not pinned for this party"),
    ("verify nowhere.sqlite", 2,
     "nowhere.sqlite: cannot be read: there is no such file"),
    ("verify good.json/x.sqlite", 2,
     "good.json/x.sqlite: cannot be read: there is no such file"),
    ("verify junk.sqlite", 2,
     "cannot use the journal junk.sqlite: it is not an SQLite database, and is left as it is; name another file, or \
      move it away"),
    ("evidence EMID-1 --journal nowhere.sqlite --trust trust.toml --out made.json", 2,
     "nowhere.sqlite: cannot be read: there is no such file"),
    ("evidence EMID-1 --journal junk.sqlite --trust trust.toml --out made.json", 2,
     "cannot use the journal junk.sqlite: it is not an SQLite database, and is left as it is; name another file, or \
      move it away"),
    ("verify altered.json bad.json --trust trust.toml", 2,
     "altered.json: the signature by key `gb-dno-11-2026` does not match the content\n\
      bad.json: line 6: status: `GO` is not known; write PRE_NOTIFY, RUN, RUN_NOW, STOP or EMERGENCY_STOP\n\
      bad.json: line 7: contract: ` ` is not allowed in a contract id: `EMID C 2026-0193`; use letters, digits, \
      _ and -"),
    ("keygen key", 2,
     "./key.pem: is there already; a key is never overwritten"),
    ("keygen --fleet nowhere.toml --out made", 2,
     "nowhere.toml: cannot be read: there is no such file"),
    ("keygen --fleet demo --out all", 2,
     "all/vtn.clients.toml: is there already; a key is never overwritten"),
    ("keygen new --out good.json", 2,
     "good.json: is a file; name a folder"),
    // What speaks to a VTN
    ("vtn --listen 192.0.2.1:80 --seed-clients secrets.toml", 2,
     "192.0.2.1:80: is not a loopback address, and plain HTTP must not leave the machine; give --tls-cert, --tls-key and \
      --tls-client-ca, as `rampdesk keygen --fleet … --certificates HOST` makes them"),
    ("vtn --listen 192.0.2.1:80 --tls-cert good.json --tls-key good.json --seed-clients secrets.toml", 2,
     "192.0.2.1:80: is not a loopback address, and there a stolen secret would be enough to get in; give --tls-client-ca, \
      so that each client must show its own certificate, or say --without-client-certificates"),
    ("vtn --tls-cert secrets.toml --tls-key secrets.toml --seed-clients secrets.toml", 2,
     "secrets.toml: holds no certificate in PEM (a block from BEGIN CERTIFICATE to END CERTIFICATE)"),
    ("vtn --tls-cert secrets.toml --tls-key nowhere.key --seed-clients secrets.toml", 2,
     "nowhere.key: cannot be read: No such file or directory (os error 2)"),
    ("fleet --vtn https://127.0.0.1:1/x --profile demo --secrets secrets.toml --trust trust.toml --tls-ca nowhere.pem", 2,
     "nowhere.pem: cannot be read: No such file or directory (os error 2)"),
    ("fleet --vtn https://127.0.0.1:1/x --profile demo --secrets secrets.toml --trust trust.toml --tls-ca trust.toml", 2,
     "trust.toml: the authority's certificate: holds no certificate in PEM (a block from BEGIN CERTIFICATE to END \
      CERTIFICATE)"),
    ("keygen --fleet demo --certificates https://vtn.example --out new-folder", 2,
     "--certificates: `https://vtn.example` cannot stand in a certificate: it is neither a host name in ASCII nor an IP \
      address"),
    ("vtn --seed-clients nowhere.toml", 2,
     "nowhere.toml: cannot be read: there is no such file"),
    ("vtn --seed-clients open-secrets.toml", 2,
     "open-secrets.toml: can be read by others (mode 644); `chmod 600` it"),
    ("vtn --seed-clients fleet.toml", 2,
     "fleet.toml: is a fleet file; name a secrets file"),
    ("vtn --seed-clients secrets.toml --data good.json", 2,
     "good.json: is a file; name a folder"),
    ("fleet --vtn nowhere --profile demo --secrets all/fleet.secrets.toml --trust all/trust.toml", 2,
     "`nowhere` is not a base URL (relative URL without a base); write it as \
      http://127.0.0.1:8080/openadr3/3.1.0"),
    ("fleet --vtn http://127.0.0.1:1 --profile demo --secrets secrets.toml --trust trust.toml", 2,
     "FSP `ARDENFLEX` has no client secret; add `ARDENFLEX` to the clients of the secrets file"),
    ("fleet --vtn http://127.0.0.1:1 --profile fleet.toml --secrets secrets.toml --trust nowhere.toml", 2,
     "nowhere.toml: cannot be read: there is no such file"),
    ("send good.json --connection nowhere.toml", 2,
     "nowhere.toml: cannot be read: there is no such file"),
    ("send bad.json --connection connection.toml", 2,
     "bad.json: line 6: status: `GO` is not known; write PRE_NOTIFY, RUN, RUN_NOW, STOP or EMERGENCY_STOP\n\
      bad.json: line 7: contract: ` ` is not allowed in a contract id: `EMID C 2026-0193`; use letters, digits, \
      _ and -"),
    ("send good.json --connection stranger.toml", 2,
     "stranger.toml: client_id: the secrets hold no client `stranger`"),
    ("watch --connection fleet.toml", 2,
     "fleet.toml: is a fleet file; name a connection file"),
    ("watch --connection connection.toml", 2,
     "desk.secrets.toml: cannot be read: there is no such file"),
];

fn rampdesk(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rampdesk"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// A folder with every file that the commands name.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let (unsigned, _) = dispatch_from_json(dispatches::GOOD).unwrap();
    let signed = |key_id: &str, seed: u8| {
        let key = SigningKey::from_seed(key_id.parse().unwrap(), &[seed; 32]);
        unsigned.clone().sign(&key).unwrap().to_json()
    };
    let good = rampdesk::dispatch::dispatch_to_json(&unsigned, None);
    write("good.json", good.as_bytes());
    write("bad.json", good.replace("\"RUN\"", "\"GO\"").replace("EMID-C-", "EMID C ").as_bytes());
    write("signed.json", signed("gb-dno-11-2026", 1).as_bytes());
    write("altered.json", signed("gb-dno-11-2026", 1).replace("2000,", "2001,").as_bytes());
    write("other-key.json", signed("gb-dno-11-2025", 2).as_bytes());
    write("other-party.json", signed("gb-dno-11-2026", 1).replace("GB-DNO-11", "GB-DNO-12").as_bytes());
    let short = signed("gb-dno-11-2026", 1).replace("\"value\": \"", "\"value\": \"A");
    write("short.json", short.as_bytes());
    let key = SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[1; 32]);
    let at = |text: &str| text.parse::<UtcTime>().unwrap();
    let key = key.public(Some(at("2026-01-01T00:00:00Z")), Some(at("2027-01-01T00:00:00Z")));
    let operators = [("GB-DNO-11".parse().unwrap(), KeyRing::new([key]))].into();
    write("trust.toml", Trust { operators, ..Trust::default() }.to_toml().as_bytes());

    write("fleet.toml", fleets::GOOD.replace("BESS-07", "BESS-99").as_bytes());
    write("peak.toml", scenarios::GOOD.as_bytes());
    write("lost.toml", scenarios::GOOD.replace("\"demo\"", "\"nowhere.toml\"").as_bytes());
    write("connection.toml", connections::GOOD_CONNECTION.as_bytes());
    let stranger = connections::GOOD_CONNECTION
        .replace("\"desk\"", "\"stranger\"")
        .replace("desk.secrets.toml", "secrets.toml");
    write("stranger.toml", stranger.as_bytes());
    write("event.json", messages::EVENT.as_bytes());
    write("latin.toml", b"name = \"x\"\narea = \"Orkn\xe9y\"\n");
    write("empty.toml", b"\n");
    write("odd.toml", b"colour = \"blue\"\n");
    write("broken.toml", b"name = \"x\"\nunits = [\n");
    write("junk.sqlite", b"this is no database, whatever its name says");
    write("bad-secrets.toml", connections::GOOD_SECRETS.replace("staple\"", "staple").as_bytes());
    write("secrets.toml", connections::GOOD_SECRETS.as_bytes());
    write("open-secrets.toml", connections::GOOD_SECRETS.as_bytes());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for (name, mode) in [("secrets.toml", 0o600), ("fleet.toml", 0o600), ("open-secrets.toml", 0o644)] {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(folder.path().join(name), mode).unwrap();
        }
    }
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    assert!(rampdesk(folder.path(), &["keygen", "key"]).status.success());
    assert!(rampdesk(folder.path(), &["keygen", "--fleet", "demo", "--out", "all"]).status.success());
    folder
}

/// Every file below a folder, and what is in it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                found.insert(name + "/", Vec::new());
                folders.push(path);
            } else {
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_command_given_something_wrong_says_so_in_its_exit_code_and_words_and_writes_nothing() {
    let folder = folder();
    let before = contents(folder.path());
    let mut unlike = Vec::new();
    for (index, (line, code, says)) in COMMANDS.iter().enumerate() {
        let output = rampdesk(folder.path(), &line.split(' ').collect::<Vec<_>>());
        let said = String::from_utf8(output.stderr).unwrap();
        if output.status.code() != Some(*code) || said.trim_end() != *says {
            let code = output.status.code();
            unlike.push(format!("case {index}: {line} says: {code:?} {:?}", said.trim_end()));
        }
        assert!(output.stdout.is_empty(), "case {index}: {line} wrote to standard output");
        let after = contents(folder.path());
        let (after, before) = (after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        assert_eq!(after, before, "case {index}: {line} made or took away a file");
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
    assert!(contents(folder.path()) == before, "a file has been changed");
}

/// A superuser reads whatever he likes, so that the command then runs as nobody.
#[cfg(unix)]
#[test]
fn a_file_without_permission_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let path = folder.path().join("good.json");
    std::fs::write(&path, dispatches::GOOD).unwrap();
    mode(folder.path(), 0o755);
    mode(&path, 0o000);
    let mut command = Command::new(env!("CARGO_BIN_EXE_rampdesk"));
    command.args(["check", "good.json"]).current_dir(folder.path()).stdin(Stdio::null());
    if std::fs::File::open(&path).is_ok() {
        command.uid(65_534);
    }
    // Where nobody may not even run this program, nothing can be seen.
    let Ok(output) = command.output() else { return };
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), said.as_str()),
        (Some(2), "good.json: cannot be read: you have no permission; ask its owner, or change its mode\n")
    );
}
