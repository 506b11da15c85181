//! What is made is read back; what is not right is said in words; no bytes make it panic.

use proptest::prelude::*;

use super::*;
use crate::time::UtcTime;

const DAY: i64 = 86_400;

fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn now() -> UtcTime {
    at("2026-11-26T17:00:00Z")
}

fn authority() -> Authority {
    Authority::new("Rampdesk sandbox", Validity::days(now(), 3650)).unwrap()
}

fn names(pem: &str) -> Names {
    Names::of_pem(pem.as_bytes()).unwrap()
}

#[test]
fn a_server_certificate_names_its_hosts_its_time_and_who_signed_it() {
    let issued = authority().server(&["vtn.example", "127.0.0.1", "::1"], Validity::days(now(), 90)).unwrap();
    let names = names(&issued.certificate);
    assert_eq!(names.dns, ["vtn.example"]);
    assert_eq!(names.addresses, ["127.0.0.1".parse::<std::net::IpAddr>().unwrap(), "::1".parse().unwrap()]);
    assert_eq!(names.validity.from, at("2026-11-26T16:00:00Z"), "an hour back, for clocks that are behind");
    assert_eq!(names.validity.until, now() + 90 * DAY);
    assert_eq!((names.issuer.as_str(), names.subject().as_str()), ("Rampdesk sandbox", "vtn.example"));
    assert!(!names.is_authority);
    assert!(issued.key.reveal().starts_with("-----BEGIN PRIVATE KEY-----"));
}

#[test]
fn a_client_certificate_names_its_client_and_no_other_however_its_id_is_written() {
    let authority = authority();
    let long = format!("fsp-{}", "x".repeat(124));
    for id in ["BRIGHTFLEX", "desk", "fsp.é:1 & co", "https://fsp.example/client", long.as_str()] {
        let issued = authority.client(id, Validity::days(now(), 90)).unwrap();
        let names = names(&issued.certificate);
        assert!(names.binds(id), "{id}: {names:?}");
        for other in ["", "BRIGHTFLE", "brightflex", "DESK", "fsp", &id[..id.len() - 1], &format!("{id} ")] {
            assert!(!names.binds(other), "`{other}` by the certificate of `{id}`");
        }
    }
}

#[test]
fn a_certificate_of_someone_elses_authority_binds_by_its_common_name_or_a_name_that_is_the_id() {
    let plain = Names {
        common_name: None,
        dns: vec![],
        uris: vec![],
        addresses: vec![],
        validity: Validity::days(now(), 1),
        issuer: "Network operator".to_owned(),
        issuer_key: None,
        own_key: None,
        is_authority: false,
        thumbprint: Thumbprint::of_der(b""),
    };
    for (names, binds) in [
        (Names { common_name: Some("fsp-1".into()), ..plain.clone() }, true),
        (Names { dns: vec!["other".into(), "fsp-1".into()], ..plain.clone() }, true),
        (Names { uris: vec!["fsp-1".into()], ..plain.clone() }, true),
        (Names { uris: vec!["urn:x-openadr-client:fsp-1".into()], ..plain.clone() }, true),
        (Names { dns: vec!["fsp-1.example".into()], ..plain.clone() }, false),
        (plain, false),
    ] {
        assert_eq!(names.binds("fsp-1"), binds, "{names:?}");
    }
}

#[test]
fn an_authority_comes_back_from_its_pem_and_signs_on_in_the_same_name() {
    let first = authority();
    let again = Authority::from_pem(first.certificate(), first.key().reveal()).unwrap();
    assert_eq!(again.names(), first.names());
    let issued = again.client("desk", Validity::days(now(), 90)).unwrap();
    let der = first_certificate(issued.certificate.as_bytes()).unwrap();
    let ca = first_certificate(first.certificate().as_bytes()).unwrap();
    let (_, ca) = x509_parser::parse_x509_certificate(&ca).unwrap();
    let (_, client) = x509_parser::parse_x509_certificate(&der).unwrap();
    assert_eq!(client.verify_signature(Some(ca.public_key())), Ok(()));
}

#[test]
fn a_certificate_never_outlasts_its_authority() {
    let authority = Authority::new("Short", Validity::days(now(), 10)).unwrap();
    let issued = authority.server(&["vtn.example"], Validity::days(now(), 90)).unwrap();
    assert_eq!(names(&issued.certificate).validity.until, now() + 10 * DAY);
}

#[test]
fn what_is_no_authority_is_refused_in_words() {
    let (one, other) = (authority(), authority());
    let client = one.client("desk", Validity::days(now(), 90)).unwrap();
    for (certificate, key, says) in [
        ("", one.key(), "holds no certificate in PEM"),
        (one.certificate(), other.key(), "give the two files that were made together"),
        (client.certificate.as_str(), client.key.clone(), "the certificate of desk is no authority's"),
    ] {
        let error = Authority::from_pem(certificate, key.reveal()).unwrap_err().to_string();
        assert!(error.contains(says), "{says}: {error}");
    }
    let error = Authority::from_pem(one.certificate(), "hush, no key").unwrap_err().to_string();
    assert!(error.contains("is not a private key") && !error.contains("hush"), "{error}");
    let broken = one.certificate().replacen('M', "A", 3);
    assert!(Authority::from_pem(&broken, one.key().reveal()).is_err());
}

#[test]
fn a_name_that_cannot_stand_in_a_certificate_is_named() {
    let authority = authority();
    let valid = Validity::days(now(), 1);
    for (hosts, says) in [
        (&[] as &[&str], "at least one host"),
        (&["vtn.example", "a b"], "`a b` cannot stand in a certificate: it is neither a host name"),
        (&["bücher.example"], "neither a host name in ASCII"),
        (&[""], "it is empty"),
    ] {
        let error = authority.server(hosts, valid).unwrap_err().to_string();
        assert!(error.contains(says), "{says}: {error}");
    }
    for (id, says) in [("", "it is empty"), ("a\nb", "control character")] {
        let error = authority.client(id, valid).unwrap_err().to_string();
        assert!(error.contains(says), "{says}: {error}");
    }
}

#[test]
fn a_key_is_never_shown() {
    let authority = authority();
    let issued = authority.client("desk", Validity::days(now(), 1)).unwrap();
    let shown = format!("{authority:?} {issued:?} {:?}", authority.key());
    for key in [authority.key(), issued.key] {
        assert!(!shown.contains(key.reveal().lines().nth(1).unwrap()), "{shown}");
    }
}

#[test]
fn a_certificate_near_its_end_is_told_in_time() {
    let validity = Validity { from: now(), until: now() + 100 * DAY };
    for (at, standing, days) in [
        (now() - 1, Standing::NotYet, 100),
        (now(), Standing::Fine, 100),
        (now() + 70 * DAY, Standing::Fine, 30),
        (now() + 70 * DAY + 1, Standing::Soon, 29),
        (now() + 93 * DAY, Standing::Soon, 7),
        (now() + 93 * DAY + 1, Standing::Imminent, 6),
        (now() + 100 * DAY, Standing::Imminent, 0),
        (now() + 100 * DAY + 1, Standing::Expired, -1),
    ] {
        assert_eq!((validity.standing(at), validity.days_left(at)), (standing, days), "{at}");
    }
}

#[test]
fn bytes_that_follow_a_certificate_are_no_part_of_it() {
    let der = first_certificate(authority().certificate().as_bytes()).unwrap();
    let mut longer = der.to_vec();
    longer.push(0);
    let error = Names::of_der(&longer).unwrap_err().to_string();
    assert!(error.contains("1 bytes follow its end"), "{error}");
    let error = Names::of_der(&vec![0x30; 70_000]).unwrap_err().to_string();
    assert!(error.contains("70000 bytes long"), "{error}");
    assert_eq!(Thumbprint::of_der(&der).x5t_s256().len(), 43);
    assert_eq!(Thumbprint::of_der(b"").to_string()[..11], *"E3:B0:C4:42");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Names::of_der(&bytes);
        let _ = Names::of_pem(&bytes);
    }

    #[test]
    fn a_damaged_certificate_is_read_or_refused(at in 0_usize..500, byte: u8) {
        let mut der = first_certificate(authority().certificate().as_bytes()).unwrap().to_vec();
        let at = at % der.len();
        der[at] = byte;
        let _ = Names::of_der(&der).map(|names| (names.subject(), names.binds("desk")));
    }
}

#[test]
fn a_broken_pem_is_refused_in_few_words_that_quote_nothing_of_it() {
    let secret = "c2VjcmV0".repeat(200);
    for (text, says) in [
        (format!("-----BEGIN CERTIFICATE-----{secret}-----\n{secret}\n"), "a block that begins has no end"),
        (format!("-----BEGIN {secret}\n"), "does not end in -----"),
        (format!("-----BEGIN CERTIFICATE-----\n!{secret}\n-----END CERTIFICATE-----\n"), "is not base64"),
    ] {
        let error = Names::of_pem(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(says), "{says}: {error}");
        assert!(error.len() < 200 && !error.contains("c2Vj") && !error.contains("99, 50, 86"), "{error}");
    }
}

#[test]
fn a_hostile_name_is_shown_on_one_short_line_in_the_order_of_its_letters() {
    assert_eq!(shown("a\nb\u{202e}c\u{2028}"), "a\\nb\\u{202e}c\\u{2028}");
    assert_eq!(shown(&"\u{1}".repeat(1000)).chars().count(), 100 - 5 + 1);
    assert_eq!(shown(&"é".repeat(99)), "é".repeat(99));
    assert_eq!(shown(&"é".repeat(101)), format!("{}…", "é".repeat(99)));
}
