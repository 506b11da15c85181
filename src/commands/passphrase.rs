//! A passphrase: asked for at the terminal without being shown, or from a file for what runs by itself.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use crate::openadr::secret::Secret;

use super::output::Failure;
use super::{connect, input};

/// Where a passphrase comes from.
#[derive(Clone, Default, clap::Args)]
pub struct PassphraseArguments {
    /// A file (mode 0600) whose first line is the passphrase, instead of asking for it
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseArguments {
    /// Whether nobody is asked.
    pub fn is_from_file(&self) -> bool {
        self.passphrase_file.is_some()
    }

    /// The passphrase of a key that there is.
    ///
    /// # Errors
    /// When there is no terminal to ask at, or the file cannot be read or can be by others.
    pub fn ask(&self, prompt: &str) -> Result<Secret, Failure> {
        match &self.passphrase_file {
            Some(path) => of_file(path),
            None => at_terminal(prompt),
        }
    }

    /// The passphrase of a key that is being made: asked for twice.
    ///
    /// # Errors
    /// As for [`PassphraseArguments::ask`], and when the two differ.
    pub fn choose(&self) -> Result<Secret, Failure> {
        let Some(path) = &self.passphrase_file else {
            let first = at_terminal("Choose a passphrase for the key: ")?;
            let second = at_terminal("The same once more: ")?;
            return match first.reveal() == second.reveal() {
                true => Ok(first),
                false => Err(Failure::input("the two passphrases differ; nothing was made")),
            };
        };
        of_file(path)
    }
}

fn of_file(path: &Path) -> Result<Secret, Failure> {
    let text = zeroize::Zeroizing::new(input::text(path)?);
    if path != Path::new("-") {
        connect::only_ours(path)?;
    }
    Ok(Secret::new(text.lines().next().unwrap_or_default()))
}

fn at_terminal(prompt: &str) -> Result<Secret, Failure> {
    let nowhere =
        || Failure::input("there is no terminal to ask for the passphrase at; give --passphrase-file FILE");
    // With input from elsewhere nobody may be there to answer.
    if !std::io::stdin().is_terminal() {
        return Err(nowhere());
    }
    rpassword::prompt_password(prompt).map(Secret::new).map_err(|_| nowhere())
}
