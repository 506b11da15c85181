//! Secrets and trust files that are looked at again while a program runs by them, so that a rotation and a revocation take
//! effect without a restart.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use super::secrets::Secrets;
use super::trust::Trust;

/// Seconds between two looks.
pub const LOOK_EVERY_S: f64 = 60.0;

/// What was found. Each file by itself: what is wrong with one keeps nothing back that the other says.
#[derive(Debug)]
pub struct KeysFound {
    /// The secrets, or what is wrong with them.
    pub secrets: Result<Secrets, String>,
    /// The public keys, or what is wrong with them.
    pub trust: Result<Trust, String>,
}

/// Where a running program finds its keys.
pub trait KeySource: Send {
    /// Looks, in as long as it takes. `None`: nothing has changed since the last look.
    fn look(&mut self) -> Option<KeysFound>;
}

/// Reads both files.
type Read = Box<dyn FnMut() -> KeysFound + Send>;

/// Files that are read again when one of them has changed.
pub struct WatchedKeys {
    paths: Vec<PathBuf>,
    stood: Vec<Stand>,
    read: Read,
}

/// How a file stood: when it was changed, and how long it is; `None` where there is none.
type Stand = Option<(SystemTime, u64)>;

impl WatchedKeys {
    /// Looks at these, which were read just now.
    pub fn new(paths: Vec<PathBuf>, read: Read) -> Self {
        let stood = stand(&paths);
        Self { paths, stood, read }
    }
}

impl KeySource for WatchedKeys {
    fn look(&mut self) -> Option<KeysFound> {
        let stand = stand(&self.paths);
        if stand == self.stood {
            return None;
        }
        // As it stood before it was read: what changes meanwhile is seen by the next look.
        self.stood = stand;
        Some((self.read)())
    }
}

fn stand(paths: &[PathBuf]) -> Vec<Stand> {
    let of = |path: &PathBuf| {
        let found = fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    paths.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn files_are_read_again_when_one_of_them_has_changed_and_not_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        fs::write(&one, "1").unwrap();
        let (reads, count) =
            (Arc::new(AtomicUsize::new(0)), |reads: &AtomicUsize| reads.load(Ordering::Relaxed));
        let counted = Arc::clone(&reads);
        let mut watched = WatchedKeys::new(
            vec![one.clone(), two.clone()],
            Box::new(move || {
                counted.fetch_add(1, Ordering::Relaxed);
                KeysFound { secrets: Ok(Secrets::default()), trust: Err("it is wrong".to_owned()) }
            }),
        );
        assert!(watched.look().is_none() && count(&reads) == 0);
        fs::write(&two, "2").unwrap();
        assert!(watched.look().is_some_and(|found| found.secrets.is_ok() && found.trust.is_err()));
        assert!(watched.look().is_none(), "a wrong file is told once");
        fs::remove_file(&one).unwrap();
        assert!(watched.look().is_some() && watched.look().is_none());
        assert_eq!(count(&reads), 2);
    }
}
