//! What is done about files that are replaced and certificates that come to their end. Pure: whoever looks at files and
//! writes logs passes in what it sees.

use super::{Names, Standing};
use crate::time::UtcTime;

/// Seconds after which it is said again that a certificate is near its end.
const REMIND_S: i64 = 86_400;

/// Tells when files have changed and stood still since: certificate and key are replaced one after the other, and what is
/// read in between does not belong together.
#[derive(Clone, Debug)]
pub struct Settling<M> {
    taken: M,
    before: M,
}

impl<M: Clone + PartialEq> Settling<M> {
    /// `taken` is how the files were when they were last read.
    pub fn new(taken: M) -> Self {
        Self { before: taken.clone(), taken }
    }

    /// Another look: whether they are to be read now.
    pub fn look(&mut self, seen: M) -> bool {
        let stands = seen == self.before && seen != self.taken;
        if stands {
            self.taken = seen.clone();
        }
        self.before = seen;
        stands
    }
}

/// When it was last said how certificates stand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reminder(Option<(Standing, UtcTime)>);

impl Reminder {
    /// Whether it is to be said now: when it stands otherwise than was said, and once a day.
    pub fn is_due(&mut self, standing: Standing, now: UtcTime) -> bool {
        let said = self.0.is_some_and(|(before, at)| before == standing && now.since(at) < REMIND_S);
        if !said {
            self.0 = Some((standing, now));
        }
        !said
    }
}

/// What the time of a certificate in a file asks people to do; `None` while it is fine. `other` is who looks at it: `VTN`
/// or `client`.
pub fn advice(file: &str, names: &Names, other: &str, now: UtcTime) -> Option<String> {
    let (subject, validity) = (names.subject(), names.validity);
    match validity.standing(now) {
        Standing::Fine => None,
        Standing::Expired => Some(format!(
            "{file}: the certificate of {subject} ended at {}, and no {other} accepts it: put a renewed one in its place, \
             which is taken up by itself",
            validity.until
        )),
        Standing::NotYet => Some(format!(
            "{file}: the certificate of {subject} is good only from {}; check this machine's clock",
            validity.from
        )),
        Standing::Soon | Standing::Imminent => Some(format!(
            "{file}: the certificate of {subject} ends in {} days, at {}; put a renewed one in its place before then, \
             which is taken up by itself",
            validity.days_left(now),
            validity.until
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Authority, Validity};

    #[test]
    fn files_are_read_when_they_have_changed_and_stood_still() {
        let mut settling = Settling::new(1);
        let looks = [(1, false), (2, false), (3, false), (3, true), (3, false), (1, false), (1, true)];
        for (seen, read) in looks {
            assert_eq!(settling.look(seen), read, "{seen}");
        }
    }

    #[test]
    fn a_certificate_near_its_end_is_spoken_of_once_a_day_and_when_it_is_nearer() {
        let now: UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
        let mut reminder = Reminder::default();
        for (standing, after_s, due) in [
            (Standing::Soon, 0, true),
            (Standing::Soon, 86_399, false),
            (Standing::Soon, 86_400, true),
            (Standing::Imminent, 86_401, true),
            (Standing::Imminent, 86_402, false),
        ] {
            assert_eq!(reminder.is_due(standing, now + after_s), due, "{standing:?} after {after_s} s");
        }
    }

    #[test]
    fn advice_says_which_certificate_when_and_what_to_do() {
        let now: UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
        let authority = Authority::new("CA", Validity::days(now, 100)).unwrap();
        let issued = authority.server(&["vtn.example"], Validity::days(now, 40)).unwrap();
        let names = Names::of_pem(issued.certificate.as_bytes()).unwrap();
        for (at, says) in [
            (now, None),
            (
                now + 20 * 86_400,
                Some("s.pem: the certificate of vtn.example ends in 20 days, at 2027-01-05T17:00:00Z"),
            ),
            (now + 41 * 86_400, Some("ended at 2027-01-05T17:00:00Z, and no client accepts it")),
            (now - 7_200, Some("is good only from 2026-11-26T16:00:00Z; check this machine's clock")),
        ] {
            let said = advice("s.pem", &names, "client", at);
            assert_eq!(said.is_some(), says.is_some(), "{said:?}");
            assert!(said.unwrap_or_default().contains(says.unwrap_or_default()), "{says:?}");
        }
    }
}
