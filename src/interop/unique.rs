//! Identifiers that a message must have and the dispatch does not: made from what the dispatch is, so that the same
//! dispatch always has the same.

use sha2::{Digest as _, Sha256};

/// The first 16 bytes of a hash over these parts.
fn bytes(parts: &[&str]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut first = [0; 16];
    first.copy_from_slice(&hash.finalize()[..16]);
    first
}

/// As a UUID of version 8 (RFC 9562).
pub fn uuid(parts: &[&str]) -> String {
    let mut bytes = bytes(parts);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// As 32 hexadecimal digits in capitals.
pub fn hex_128(parts: &[&str]) -> String {
    hex(&bytes(parts)).to_uppercase()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_make_the_same_and_others_another() {
        let one = uuid(&["a", "bc"]);
        assert_eq!(one, uuid(&["a", "bc"]));
        assert_ne!(one, uuid(&["ab", "c"]));
        assert_eq!((one.len(), &one[14..15]), (36, "8"));
        assert_eq!(hex_128(&["a"]).len(), 32);
    }
}
