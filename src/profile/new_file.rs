//! Files that are made and never take the place of another.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the system lets.
    Anyone,
    /// Its owner alone (mode 0600).
    Owner,
}

/// What became of a file that is to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was made.
    New,
    /// It was there already, and the same.
    Same,
}

/// Makes a file, whole or not at all: a process that ends in the middle leaves none of that name.
///
/// # Errors
/// When there is one with another text (`AlreadyExists`), or it cannot be written.
pub fn make(path: &Path, text: &str, readers: Readers) -> io::Result<Made> {
    match fs::read(path) {
        Ok(held) if held == text.as_bytes() => return Ok(Made::Same),
        Ok(_) => return Err(ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        // Not opened by a mode of an earlier attempt that others could read.
        match fs::remove_file(part) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(part, path)?;
    Ok(Made::New)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once_and_never_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.toml");
        assert_eq!(make(&path, "a", Readers::Owner).unwrap(), Made::New);
        assert_eq!(make(&path, "a", Readers::Owner).unwrap(), Made::Same);
        assert_eq!(make(&path, "b", Readers::Owner).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "a");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
