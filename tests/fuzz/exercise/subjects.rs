//! A client's certificate, in DER and in PEM: what is read of it, and whom it binds.

use rampdesk::certificate::{Names, client_uri};

/// Nobody's id, unless the certificate says it.
const CLIENTS: [&str; 4] = ["desk", "BRIGHTFLEX", "", "*"];

pub fn exercise(data: &[u8]) {
    for read in [Names::of_der(data), Names::of_pem(data)] {
        match read {
            Ok(names) => understand(&names),
            Err(refused) => {
                let said = refused.to_string();
                assert!(said.len() <= super::LONGEST_MESSAGE, "{} bytes: {said}", said.len());
            }
        }
    }
}

fn understand(names: &Names) {
    for shown in [names.subject(), names.issuer.clone()] {
        assert!(shown.chars().count() <= 100, "{} characters: {shown}", shown.chars().count());
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
    }
    let said: Vec<&str> =
        names.common_name.iter().chain(&names.dns).chain(&names.uris).map(String::as_str).collect();
    for client in CLIENTS {
        // The form of a URI means a client where a URI stands, and nowhere else.
        let by_uri = names.uris.contains(&client_uri(client));
        let is_said = !client.is_empty() && (said.contains(&client) || by_uri);
        assert_eq!(names.binds(client), is_said, "{client}: {names:?}");
    }
    for name in said.into_iter().filter(|name| !name.is_empty()) {
        assert!(names.binds(name), "{name}: {names:?}");
    }
    assert!(!names.thumbprint.x5t_s256().is_empty());
}
