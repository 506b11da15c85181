//! The base URL of a VTN in a file.

use super::reader::{Node, Reader};

/// Reads the base URL of a VTN: http or https, with a host, and nothing that a base URL does not have.
pub(super) fn read_address(reader: &mut Reader<'_>, node: &Node<'_>, right: &str) -> Option<String> {
    let text = reader.text(node, right)?;
    // A text with an @ is not quoted: a password may stand in it.
    let shown = if text.contains('@') { "the address".to_owned() } else { reader.shown(text) };
    let url = url::Url::parse(text).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
    // `https:///path` is read with the path's first part as the host.
    let url = url.filter(|_| !text.contains(":///"));
    let wrong = match &url {
        None => format!("{shown} is not the base URL of a VTN; {right}"),
        Some(url) if !url.username().is_empty() || url.password().is_some() => {
            format!("the address holds a user name or password; {right} and keep secrets in the secrets file")
        }
        Some(url) if url.query().is_some() || url.fragment().is_some() => {
            format!("{shown} goes on after the path; {right}")
        }
        Some(_) => return Some(text.to_owned()),
    };
    reader.wrong(node, wrong);
    None
}
