//! The database file: what outlives a restart, and which files are refused.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::{Bench, clients, open, report_on, standing_clock, subscription_to};
use crate::entropy::Entropy;
use crate::vtn::{StorePlace, Vtn, VtnConfig, VtnError};

fn opened(path: &Path) -> Result<Vtn, VtnError> {
    Vtn::open(VtnConfig {
        store: StorePlace::File(path.to_owned()),
        clients: clients(),
        clock: standing_clock(),
        entropy: Entropy::system(),
    })
}

#[tokio::test(start_paused = true)]
async fn a_restart_keeps_every_object_and_every_token() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vtn.sqlite");
    let mut bench = Bench::at(StorePlace::File(file.clone())).await;
    let program = bench.program("P").await;
    let event = bench.event(program, &["A"]).await;
    let ven = bench.ven("ven-1", &["A"]).await;
    bench.resource(ven, "UNIT", &["R"]).await;
    bench.report("ven-1", event).await;
    bench.post("ven-1", "/subscriptions", subscription_to(&["EVENT"])).await.expect(201);
    let lists = ["/programs", "/events", "/vens", "/resources", "/reports", "/subscriptions"];
    let mut before = Vec::new();
    for list in lists {
        before.push(bench.get("ven-1", list).await.expect(200).text);
    }

    drop((bench.vtn, bench.transport));
    bench.vtn = open(StorePlace::File(file), &bench.clock);
    bench.transport = bench.vtn.transport();

    // With the tokens of before the restart.
    for (list, before) in lists.iter().zip(before) {
        assert_eq!(bench.get("ven-1", list).await.expect(200).text, before, "{list}");
    }
    // The same seed draws the same ids again: none is given twice.
    let again = bench.program("Q").await;
    assert_ne!(again, program);
    bench.put("bl", &format!("/events/{event}"), json!({"programID": again})).await.expect(200);
    bench.post("ven-1", "/reports", report_on(event)).await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_and_writers_of_a_file_do_not_lose_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::at(StorePlace::File(folder.path().join("vtn.sqlite"))).await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    let writes = async {
        for _ in 0..40 {
            bench.report("ven-1", event).await;
        }
    };
    let reads = async {
        for _ in 0..40 {
            bench.get("bl", "/reports").await.expect(200);
        }
    };
    futures::join!(writes, reads);
    assert_eq!(bench.get("bl", "/reports").await.ids().len(), 40);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_no_vtns_database_is_refused_in_words_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let good = at("good");
    drop(opened(&good).unwrap());
    let copy = |name: &str| {
        fs::copy(&good, at(name)).unwrap();
        at(name)
    };

    fs::write(at("text"), "not a database, however long it goes on".repeat(200)).unwrap();
    let newer = copy("newer");
    let connection = rusqlite::Connection::open(&newer).unwrap();
    connection.execute_batch("PRAGMA user_version = 2; PRAGMA journal_mode = DELETE").unwrap();
    drop(connection);
    let other = at("other");
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection.execute_batch("CREATE TABLE song (name TEXT)").unwrap();
    drop(connection);
    let cut = copy("cut");
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let garbled = copy("garbled");
    let mut bytes = fs::read(&garbled).unwrap();
    bytes[4096..].fill(0xA5);
    fs::write(&garbled, bytes).unwrap();
    fs::create_dir(at("folder")).unwrap();

    for (name, says) in [
        ("text", "it is not an SQLite database; it is left as it is"),
        (
            "newer",
            "it was made by a newer version of this program (its tables are version 2, this one reads version 1); use \
             that version, or name another file",
        ),
        ("other", "it is a database of another program; name another file"),
        ("cut", "it is damaged ("),
        ("garbled", "it is damaged ("),
        ("folder", "it is a folder; name a file in it"),
        ("missing/vtn.sqlite", "its folder does not exist; make the folder first"),
    ] {
        let before = fs::read(at(name)).ok();
        let error = opened(&at(name)).err().unwrap_or_else(|| panic!("{name} was opened")).to_string();
        let path = at(name).display().to_string();
        assert!(
            error.starts_with(&format!("cannot open the VTN's database {path}: {says}")),
            "{name}: {error}"
        );
        assert_eq!(fs::read(at(name)).ok(), before, "{name} was changed");
    }
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn nobody_else_can_read_the_file_that_holds_the_token_key() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vtn.sqlite");
    let bench = Bench::at(StorePlace::File(file.clone())).await;
    bench.program("P").await;
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", file.display());
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
