//! The `[tls]` table of a connection file: whom a client trusts, and where its own certificate stands.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::reader::{Node, Reader};

/// Files in PEM, relative to the file that names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TlsPaths {
    /// The only authorities that are trusted; without it those that the system trusts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// The client's own certificate, for a VTN that asks for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Its private key, in a file of mode 0600.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
}

const KEYS: [&str; 3] = ["ca", "certificate", "key"];

impl TlsPaths {
    /// Reads the table.
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Self> {
        let right = "write a table [tls] with ca, certificate and key";
        let table = reader.table(node, &KEYS, right)?;
        let mut path = |key: &str, right: &str| match table.get(key) {
            None => Some(None),
            Some(node) => reader.text(&node, right).map(|text| Some(PathBuf::from(text))),
        };
        let ca = path("ca", "write the path of the authority's certificate, PEM");
        let certificate = path("certificate", "write the path of the client's certificate, PEM");
        let key = path("key", "write the path of the certificate's private key, PEM");
        let paths = Self { ca: ca?, certificate: certificate?, key: key? };
        for (has, lacks, says) in [
            (
                &paths.certificate,
                &paths.key,
                ("key", "is missing; a certificate is of no use without its private key"),
            ),
            (&paths.key, &paths.certificate, ("certificate", "is missing; name the certificate of this key")),
        ] {
            if has.is_some() && lacks.is_none() {
                reader.wrong_in(&table, says.0, says.1);
                return None;
            }
        }
        Some(paths)
    }

    /// As they are to be opened, by the file that names them.
    #[must_use]
    pub fn beside(&self, file: &Path) -> Self {
        let folder = file.parent().unwrap_or(Path::new(""));
        let beside = |path: &Option<PathBuf>| path.as_ref().map(|path| folder.join(path));
        Self { ca: beside(&self.ca), certificate: beside(&self.certificate), key: beside(&self.key) }
    }
}
