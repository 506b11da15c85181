//! Certificates near their end, and a way to the VTN that lies open.

use crate::certificate::{Names, Standing};
use crate::desk::alarms::{Cause, Condition};
use crate::desk::snapshot::Priority;
use crate::openadr::security::{Channel, Security};
use crate::time::UtcTime;

/// What is wrong with the security of the way to the VTN. Certificates are of the world's time: without that nothing is said of
/// them.
pub(super) fn conditions(security: &Security, world: Option<UtcTime>) -> Vec<Condition> {
    let mut found = Vec::new();
    match &security.channel {
        Some(Channel::Plain { loopback: false }) => found.push(condition(
            Cause::OpenChannel,
            Priority::Medium,
            "The VTN is spoken to by plain HTTP over a network: whoever is on the way reads along and can take the desk\u{2019}s \
             place. Put https:// into the connection file, or ask whoever runs the VTN for it."
                .to_owned(),
        )),
        Some(Channel::Tls { certificate: Some(names), .. }) => found.extend(world.and_then(|now| {
            of_certificate(
                Cause::VtnCertificate,
                &format!("The VTN\u{2019}s certificate, of {},", names.subject()),
                "ask whoever runs the VTN to renew it; from then on this desk does not speak to it, and the telephone is left",
                names,
                now,
            )
        })),
        _ => {}
    }
    found.extend(security.own.as_ref().zip(world).and_then(|(names, now)| {
        of_certificate(
            Cause::OwnCertificate,
            &format!("This desk\u{2019}s own certificate, of {},", names.subject()),
            "have it renewed and put the new files in their place, which are taken up by themselves; from then on the VTN \
             does not let this desk in",
            names,
            now,
        )
    }));
    found
}

fn of_certificate(
    cause: Cause,
    whose: &str,
    what_to_do: &str,
    names: &Names,
    now: UtcTime,
) -> Option<Condition> {
    let validity = names.validity;
    let (priority, ends) = match validity.standing(now) {
        Standing::Fine => return None,
        Standing::Soon => (Priority::Low, None),
        Standing::Imminent => (Priority::Medium, None),
        Standing::NotYet => (
            Priority::High,
            Some(format!(
                "is good only from {}: check this machine\u{2019}s clock, and telephone meanwhile",
                validity.from
            )),
        ),
        Standing::Expired => (Priority::High, Some(format!("ended at {}: {what_to_do}", validity.until))),
    };
    let ends = ends.unwrap_or_else(|| {
        format!("ends in {} days, at {}: {what_to_do}", validity.days_left(now), validity.until)
    });
    Some(condition(cause, priority, format!("{whose} {ends}.")))
}

fn condition(cause: Cause, priority: Priority, text: String) -> Condition {
    Condition {
        cause,
        priority,
        text,
        source: "VTN".to_owned(),
        unit: None,
        dispatch: None,
        heard_through: None,
        silences: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Authority, Validity};

    #[test]
    fn a_certificate_is_an_alarm_from_a_month_before_its_end_and_graver_the_nearer_it_is() {
        let now: UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
        let authority = Authority::new("CA", Validity::days(now, 1000)).unwrap();
        let names =
            |issued: crate::certificate::Issued| Names::of_pem(issued.certificate.as_bytes()).unwrap();
        let own = names(authority.client("desk", Validity::days(now, 40)).unwrap());
        let vtn = names(authority.server(&["vtn.example"], Validity::days(now, 60)).unwrap());
        let channel =
            Some(Channel::Tls { version: Some("TLS 1.3".to_owned()), certificate: Some(Box::new(vtn)) });
        let security = Security { channel, own: Some(own), ..Security::default() };
        let at = |days: i64| {
            let found = conditions(&security, Some(now + days * 86_400));
            found.into_iter().map(|c| (c.cause, c.priority, c.text)).collect::<Vec<_>>()
        };
        assert_eq!(at(9), []);
        let [(Cause::OwnCertificate, Priority::Low, text)] = &at(11)[..] else { panic!("{:?}", at(11)) };
        assert!(
            text.contains("of desk, ends in 29 days, at 2027-01-05T17:00:00Z: have it renewed"),
            "{text}"
        );
        let priorities =
            |days: i64| at(days).into_iter().map(|(_, priority, _)| priority).collect::<Vec<_>>();
        assert_eq!(priorities(34), [Priority::Low, Priority::Medium], "the VTN's, and the desk's own");
        assert_eq!(priorities(41), [Priority::Low, Priority::High]);
        assert_eq!(priorities(61), [Priority::High, Priority::High]);
        assert!(at(61)[0].2.contains("of vtn.example, ended at"), "{:?}", at(61));
        // Else a workshop of last week would begin with two alarms of the gravest kind over certificates that were made for it.
        assert_eq!(conditions(&security, None), []);
    }

    #[test]
    fn plain_http_is_an_alarm_only_where_it_leaves_the_machine() {
        let now: UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
        for (loopback, alarms) in [(true, 0), (false, 1)] {
            let security = Security { channel: Some(Channel::Plain { loopback }), ..Security::default() };
            assert_eq!(conditions(&security, Some(now)).len(), alarms);
        }
        assert_eq!(conditions(&Security::default(), Some(now)), []);
    }
}
