//! Where a sandbox is kept: what is said when a folder or a file in it cannot be used, and that all of it is left as it is.

#![expect(clippy::unwrap_used, reason = "what a test's own world cannot do fails the test")]

use std::fs;
use std::path::Path;

use rampdesk::journal::Journal;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::time::Clock;
use rampdesk::workshop::sandbox::{Sandbox, SandboxConfig};

async fn opened(folder: &Path) -> Result<Sandbox, String> {
    let fleet = FleetProfile::demo();
    let config = SandboxConfig { folder: folder.to_owned(), fleet, clock: Clock::real() };
    Sandbox::open(config).await.map_err(|error| error.to_string())
}

async fn refusal(folder: &Path) -> String {
    opened(folder).await.err().unwrap_or_else(|| panic!("{} was opened", folder.display()))
}

/// Every file of a folder with what is in it, but for the lock and what SQLite keeps beside a database that is open.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    // What SQLite keeps beside a database may go while it is looked at.
    let is_kept = |name: &str| name != "in-use" && !name.ends_with("-wal") && !name.ends_with("-shm");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned()).filter(|name| is_kept(name));
    let read = |name: String| {
        let bytes = fs::read(folder.join(&name)).unwrap();
        (name, bytes)
    };
    let mut all: Vec<_> = names.map(read).collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_at_once_in_one_folder_are_refused_and_the_first_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let first = opened(folder.path()).await.unwrap();
    let said = refusal(folder.path()).await;
    let expected = format!(
        "another Rampdesk is using {}; close it first, or start this one with another --data folder",
        folder.path().display()
    );
    assert_eq!(said, expected);
    assert!(first.desk().is_running());
    first.close().await;
    opened(folder.path()).await.unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_damaged_is_named_and_all_of_them_are_left_as_they_are() {
    let good = tempfile::tempdir().unwrap();
    opened(good.path()).await.unwrap().close().await;
    let text = "not a database, however long it goes on".repeat(200);
    let other = good.path().join("other");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE song (name TEXT)").unwrap();
    let other = fs::read(&other).unwrap();
    for (name, bytes, says) in [
        (
            "journal.sqlite",
            text.as_bytes(),
            "it is not an SQLite database, and is left as it is; name another file, or move it away",
        ),
        (
            "journal.sqlite",
            &other,
            "it is a database of something else, and is left as it is; name another file",
        ),
        ("vtn.sqlite", text.as_bytes(), "it is not an SQLite database; it is left as it is"),
        ("vtn.sqlite", &other, "it is a database of another program; name another file"),
        ("secrets.toml", b"[clients", "secrets.toml:1: "),
        ("trust.toml", b"operators = 7\n", "trust.toml:1: "),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (file, bytes) in contents(good.path()) {
            fs::write(folder.path().join(file), bytes).unwrap();
        }
        fs::write(folder.path().join(name), bytes).unwrap();
        let before = contents(folder.path());
        let said = refusal(folder.path()).await;
        assert!(said.contains(name) && said.contains(says), "{name}: {said}");
        assert_eq!(contents(folder.path()), before, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_with_a_damaged_page_is_named_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    opened(folder.path()).await.unwrap().close().await;
    let path = folder.path().join("journal.sqlite");
    // Folds the log into the file, which is then garbled behind its first pages.
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut bytes = fs::read(&path).unwrap();
    assert!(bytes.len() >= 8192, "{} bytes", bytes.len());
    bytes[4096..].fill(0xA5);
    fs::write(&path, &bytes).unwrap();
    let said = match opened(folder.path()).await {
        Err(said) => said,
        Ok(_) => panic!("a garbled journal was opened"),
    };
    assert!(said.contains("journal.sqlite: it is damaged"), "{said}");
    assert!(Journal::open_to_read(&path).is_err());
    assert_eq!(fs::read(&path).unwrap(), bytes, "it is left as it is");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_cannot_be_written_is_named_with_the_reason() {
    // Nobody makes a folder there, whoever they are.
    let said = refusal(Path::new("/proc/rampdesk")).await;
    assert!(said.starts_with("cannot use /proc/rampdesk: "), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let said = refusal(&file.join("data")).await;
    assert!(said.starts_with(&format!("cannot use {}: ", file.join("data").display())), "{said}");
}
