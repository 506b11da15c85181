//! Text files as a person names them: read whole within bounds, or a sentence that says why not.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::fault::FileFault;

/// Longest file that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// A whole text file.
///
/// # Errors
/// When it is not there, is a folder, may not be read, is larger than 16 MiB or is not UTF-8 (with the line).
pub fn read(path: &Path) -> Result<String, FileFault> {
    let shown = path.display().to_string();
    match File::open(path) {
        Ok(file) => read_from(&shown, file),
        Err(_) if path.is_dir() => Err(fault(&shown, None, "is a folder; name a file")),
        Err(error) => Err(fault(&shown, None, &cannot_read(&error))),
    }
}

/// As [`read`], from what is open already: standard input, say. `shown` names it in the fault.
///
/// # Errors
/// As for [`read`].
pub fn read_from(shown: &str, source: impl Read) -> Result<String, FileFault> {
    let mut bytes = Vec::new();
    match source.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        Err(error) => return Err(fault(shown, None, &cannot_read(&error))),
        Ok(length) if length as u64 > MAX_BYTES => {
            return Err(fault(
                shown,
                None,
                &format!("is larger than {} MiB; name another file", MAX_BYTES >> 20),
            ));
        }
        Ok(_) => {}
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = 1 + bytes.iter().take(at).filter(|b| **b == b'\n').count();
        let byte = bytes.get(at).copied().unwrap_or_default();
        fault(shown, Some(line), &format!("byte 0x{byte:02x} is not UTF-8 text; save the file as UTF-8"))
    })
}

fn fault(file: &str, line: Option<usize>, message: &str) -> FileFault {
    FileFault { file: file.to_owned(), line, field: String::new(), message: message.to_owned() }
}

fn cannot_read(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::IsADirectory => "is a folder; name a file".to_owned(),
        ErrorKind::NotFound => "cannot be read: there is no such file".to_owned(),
        ErrorKind::NotADirectory => "cannot be read: a part of its path is a file, not a folder".to_owned(),
        ErrorKind::PermissionDenied => {
            "cannot be read: you have no permission; ask its owner, or change its mode".to_owned()
        }
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_says_why_in_words() {
        for (kind, says) in [
            (ErrorKind::NotFound, "cannot be read: there is no such file"),
            (ErrorKind::IsADirectory, "is a folder; name a file"),
            (ErrorKind::NotADirectory, "cannot be read: a part of its path is a file, not a folder"),
            (
                ErrorKind::PermissionDenied,
                "cannot be read: you have no permission; ask its owner, or change its mode",
            ),
        ] {
            assert_eq!(cannot_read(&kind.into()), says);
        }
    }

    #[test]
    fn a_file_without_end_is_read_no_further_than_its_bound() {
        let fault = read_from("zero", io::repeat(b'x')).unwrap_err();
        assert_eq!(fault.to_string(), "zero: is larger than 16 MiB; name another file");
    }

    #[test]
    fn the_line_of_a_byte_that_is_no_text_is_named() {
        let fault = read_from("latin.toml", &b"name = \"x\"\narea = \"Orkn\xe9y\"\n"[..]).unwrap_err();
        assert_eq!(fault.to_string(), "latin.toml:2: byte 0xe9 is not UTF-8 text; save the file as UTF-8");
    }
}
