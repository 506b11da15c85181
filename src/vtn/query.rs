//! Query parameters: filters and paging. Unknown ones are ignored, as real clients send their own.

use jiff::Timestamp;

use super::problem::Problem;
use super::shape::{self, Shape};
use super::stamp::Stamp;

/// The most objects in one answer, and how many there are when the client does not say.
const LIMIT: u32 = 50;

/// The most of them where a client asks for what has changed, which is this server's own: whoever follows thousands of
/// clients would else ask a dozen times for what they said in a second.
const LONG_LIMIT: u32 = 500;

/// A request's query.
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) skip: u32,
    pub(super) limit: u32,
}

impl Query {
    pub(super) fn parse(raw: Option<&str>) -> Self {
        let raw = raw.unwrap_or_default();
        Self { pairs: url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect() }
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    fn one(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut found = self.pairs.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
        let first = found.next();
        if found.next().is_some() {
            return Err(Problem::bad_request(format!("`{name}` is in the query twice; give it once")));
        }
        Ok(first)
    }

    /// A filter that is an object id.
    pub(super) fn id(&self, name: &str) -> Result<Option<&str>, Problem> {
        self.fitting(name, &shape::OBJECT_ID)
    }

    /// A filter that is a name.
    pub(super) fn name(&self, name: &str) -> Result<Option<&str>, Problem> {
        self.fitting(name, &shape::NAME)
    }

    fn fitting(&self, name: &str, shape: &Shape) -> Result<Option<&str>, Problem> {
        let value = self.one(name)?;
        match value {
            Some(text) if !shape.fits_text(text) => Err(wrong(name, shape.expectation(), text)),
            _ => Ok(value),
        }
    }

    /// `true` or `false`; `false` when it is not there.
    pub(super) fn truth(&self, name: &str) -> Result<bool, Problem> {
        match self.one(name)? {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(text) => Err(wrong(name, "true or false", text)),
        }
    }

    /// The targets asked for, in the repeated form (`targets=a&targets=b`) and in the comma form (`targets=a,b`). A
    /// value with commas may also be one target: since any of them will do, it is taken for that too.
    pub(super) fn targets(&self) -> Result<Vec<String>, Problem> {
        let mut targets = Vec::new();
        for value in self.all("targets") {
            let whole = [value].into_iter().filter(|v| v.contains(',') && shape::NAME.fits_text(v));
            let parts = value.split(',').filter(|part| value.is_empty() || !part.is_empty());
            for text in parts.chain(whole) {
                if !shape::NAME.fits_text(text) {
                    return Err(wrong("targets", shape::NAME.expectation(), text));
                }
                targets.push(text.to_owned());
            }
        }
        Ok(targets)
    }

    /// The object types asked for, in the repeated form and in the comma form.
    pub(super) fn objects(&self) -> Result<Vec<String>, Problem> {
        let mut objects = Vec::new();
        for text in self.all("objects").flat_map(|value| value.split(',')) {
            if !shape::OBJECT_TYPE.fits_text(text) {
                return Err(wrong("objects", shape::OBJECT_TYPE.expectation(), text));
            }
            objects.push(text.to_owned());
        }
        Ok(objects)
    }

    /// `modifiedSince`, this server's own filter: objects modified at that instant or later, and clients that asked then.
    pub(super) fn modified_since(&self) -> Result<Option<Stamp>, Problem> {
        let Some(text) = self.one("modifiedSince")? else { return Ok(None) };
        // An unescaped `+` of an offset arrives as a space.
        let at = text.replace(' ', "+").parse::<Timestamp>();
        at.map(|at| Some(Stamp::from(at)))
            .map_err(|_| wrong("modifiedSince", shape::MOMENT.expectation(), text))
    }

    /// `skip` and `limit`.
    pub(super) fn page(&self) -> Result<Page, Problem> {
        let skip = self.number("skip", 0, i32::MAX.unsigned_abs(), "a whole number of 0 or more")?;
        let (most, right) = match self.one("modifiedSince")? {
            Some(_) => (LONG_LIMIT, "a whole number from 0 to 500"),
            None => (LIMIT, "a whole number from 0 to 50"),
        };
        let limit = self.number("limit", LIMIT, most, right)?;
        Ok(Page { skip, limit })
    }

    fn number(&self, name: &str, default: u32, max: u32, right: &str) -> Result<u32, Problem> {
        let Some(text) = self.one(name)? else { return Ok(default) };
        text.parse().ok().filter(|n| *n <= max).ok_or_else(|| wrong(name, right, text))
    }
}

fn wrong(name: &str, right: &str, value: &str) -> Problem {
    let value = shape::shortened(value);
    Problem::bad_request(format!("`{name}` in the query must be {right}; it is `{value}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(raw: &str) -> Query {
        Query::parse(Some(raw))
    }

    #[test]
    fn targets_are_read_in_both_forms_even_when_a_target_has_a_comma() {
        let expected = ["a b", "c", "d"].map(str::to_owned);
        assert_eq!(query("targets=a%20b&targets=c&targets=d").targets().unwrap(), expected);
        assert_eq!(query("targets=a+b,c&targets=d").targets().unwrap(), ["a b", "c", "a b,c", "d"]);
        assert_eq!(query("").targets().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_page_is_the_whole_first_fifty_unless_it_says_otherwise() {
        assert_eq!(query("x=1").page().unwrap(), Page { skip: 0, limit: 50 });
        assert_eq!(query("skip=7&limit=0").page().unwrap(), Page { skip: 7, limit: 0 });
    }

    #[test]
    fn a_filter_that_cannot_be_right_is_refused_with_what_would_be() {
        type Read = fn(&Query) -> Option<Problem>;
        let page: Read = |q| q.page().err();
        let targets: Read = |q| q.targets().err();
        let id: Read = |q| q.id("programID").err();
        let since: Read = |q| q.modified_since().err();
        let objects: Read = |q| q.objects().err();
        let active: Read = |q| q.truth("active").err();
        for (raw, read, says) in [
            ("limit=51", page, "`limit` in the query must be a whole number from 0 to 50; it is `51`"),
            (
                "limit=501&modifiedSince=2026-11-26T17:00:00Z",
                page,
                "`limit` in the query must be a whole number from 0 to 500; it is `501`",
            ),
            ("limit=", page, "`limit` in the query must be a whole number from 0 to 50; it is ``"),
            ("limit=-1", page, "`limit` in the query must be a whole number from 0 to 50; it is `-1`"),
            ("skip=-1", page, "`skip` in the query must be a whole number of 0 or more; it is `-1`"),
            ("skip=1&skip=2", page, "`skip` is in the query twice; give it once"),
            (
                "skip=2147483648",
                page,
                "`skip` in the query must be a whole number of 0 or more; it is `2147483648`",
            ),
            ("targets=", targets, "`targets` in the query must be text of 1 to 128 characters; it is ``"),
            (
                "programID=a%2Fb",
                id,
                "`programID` in the query must be an object id of 1 to 128 letters, digits, `_` or `-`; it is `a/b`",
            ),
            (
                "modifiedSince=yesterday",
                since,
                "`modifiedSince` in the query must be a date and time as RFC 3339 writes it, such as \
                 2026-12-01T16:30:00Z; it is `yesterday`",
            ),
            (
                "objects=EVENT,POWER",
                objects,
                "`objects` in the query must be PROGRAM, EVENT, REPORT, SUBSCRIPTION, VEN or RESOURCE; it is `POWER`",
            ),
            ("active=yes", active, "`active` in the query must be true or false; it is `yes`"),
        ] {
            assert_eq!(read(&query(raw)).map(|p| p.detail).as_deref(), Some(says), "{raw}");
        }
    }

    #[test]
    fn an_offset_that_was_not_escaped_is_still_read() {
        let since = |raw| query(raw).modified_since().unwrap().unwrap();
        assert_eq!(since("modifiedSince=2026-12-01T16:30:00+00:00").millis(), 1_796_142_600_000);
        assert_eq!(since("modifiedSince=2026-12-01T16%3A30%3A00.250Z").millis(), 1_796_142_600_250);
    }
}
