//! The base URL of a VTN in a file.

use super::reader::{Node, Reader};
use crate::dispatch::{AddressFault, vtn_address};

/// Reads the base URL of a VTN: http or https, with a host, and nothing that a base URL does not have.
pub(super) fn read_address(reader: &mut Reader<'_>, node: &Node<'_>, right: &str) -> Option<String> {
    let text = reader.text(node, right)?;
    // A text with an @ is not quoted: a password may stand in it.
    let shown = if text.contains('@') { "the address".to_owned() } else { reader.shown(text) };
    let wrong = match vtn_address(text) {
        Ok(_) => return Some(text.to_owned()),
        Err(AddressFault::HoldsSecret) => {
            format!("the address holds a user name or password; {right} and keep secrets in the secrets file")
        }
        Err(fault) => format!("{shown} {fault}; {right}"),
    };
    reader.wrong(node, wrong);
    None
}
