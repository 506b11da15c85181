//! Where sandbox and workshops keep what is theirs.

use std::path::{Path, PathBuf};

use super::output::Failure;

/// Where sessions keep what is theirs.
pub struct Folders {
    /// The sandbox's own.
    #[cfg_attr(not(feature = "console"), allow(dead_code, reason = "only the window asks for it"))]
    pub sandbox: PathBuf,
    /// The one in which each workshop gets one of its own.
    pub workshops: PathBuf,
}

impl Folders {
    /// Those within a folder that a person gave, or in the user's data directory.
    ///
    /// # Errors
    /// When there is neither.
    pub fn in_use(given: Option<&Path>) -> Result<Self, Failure> {
        if let Some(folder) = given {
            return Ok(Self { sandbox: folder.to_owned(), workshops: folder.join(WORKSHOPS) });
        }
        let dirs = directories::ProjectDirs::from("", "", "rampdesk")
            .ok_or_else(|| Failure::failed("this user has no home directory; give --data DIR"))?;
        let data = dirs.data_dir();
        Ok(Self { sandbox: data.join("sandbox"), workshops: data.join(WORKSHOPS) })
    }
}

const WORKSHOPS: &str = "workshops";
