//! Reports that come just as they are kept. They are most of what a VTN is sent, each renewed every minute, and nearly all
//! are written by programs that leave out what may be missing and put no space between: such a body is checked as it is
//! read, and kept as it came, without being taken apart and put together again.
//!
//! What is not plain in every respect is answered with `None`, and left to the tables, which alone say what is wrong.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Shape;
use super::objects::REPORT_DESCRIPTOR_TYPE;

/// A report whose shape is right.
pub(in crate::vtn) struct Plain<'a> {
    /// The event and the client's name, and of each resource its name: all that a VTN looks at.
    pub(in crate::vtn) members: Map<String, Value>,
    /// All members as they are kept, without the braces around them.
    pub(in crate::vtn) written: &'a str,
}

/// The report in a body that is plain: it has the members of OpenADR in any order, each once and none of them null, no
/// space between them and no text with an escape in it. `None` for any other.
pub(in crate::vtn) fn report(body: &[u8]) -> Option<Plain<'_>> {
    let text = std::str::from_utf8(body).ok().filter(|text| is_written_as_kept(text))?;
    let report: Report<'_> = serde_json::from_str(text).ok().filter(Report::is_right)?;
    let written = text.strip_prefix('{')?.strip_suffix('}')?;
    Some(Plain { members: report.members(), written })
}

/// Whether the same comes out when it is read and written again: nothing between the members, nothing in a text that
/// could be written in two ways, and in no number an exponent. What is no JSON is told by whoever reads it.
fn is_written_as_kept(text: &str) -> bool {
    let mut is_in_text = false;
    let mut before = b' ';
    text.bytes().all(|byte| {
        let is_plain = match byte {
            b'"' => {
                is_in_text = !is_in_text;
                true
            }
            b'\\' => false,
            _ if is_in_text => true,
            b'e' | b'E' => !before.is_ascii_digit(),
            // Of the literals, `null` alone has an n.
            b' ' | b'\t' | b'\n' | b'\r' | b'n' => false,
            _ => true,
        };
        before = byte;
        is_plain
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Report<'a> {
    #[serde(rename = "eventID")]
    event_id: &'a str,
    client_name: &'a str,
    /// Any text will do.
    #[serde(rename = "reportName")]
    _report_name: Option<&'a str>,
    #[serde(borrow)]
    payload_descriptors: Option<Vec<Descriptor<'a>>>,
    #[serde(borrow)]
    resources: Vec<Resource<'a>>,
}

/// Without the two numbers that it may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Descriptor<'a> {
    object_type: Option<&'a str>,
    payload_type: &'a str,
    units: Option<&'a str>,
    /// Any text will do.
    #[serde(rename = "currency")]
    _currency: Option<&'a str>,
    reading_type: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Resource<'a> {
    resource_name: &'a str,
    #[serde(borrow)]
    interval_period: Option<Period<'a>>,
    #[serde(borrow)]
    intervals: Vec<Interval<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Interval<'a> {
    /// Read as what it must be.
    #[serde(rename = "id")]
    _id: i32,
    #[serde(borrow)]
    interval_period: Option<Period<'a>>,
    #[serde(borrow)]
    payloads: Vec<Payload<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Period<'a> {
    start: Option<&'a str>,
    duration: Option<&'a str>,
    randomize_start: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    values: Vec<&'a RawValue>,
}

impl Report<'_> {
    fn is_right(&self) -> bool {
        Shape::ObjectId.fits_text(self.event_id)
            && Shape::Name.fits_text(self.client_name)
            && self.payload_descriptors.iter().flatten().all(Descriptor::is_right)
            && self.resources.iter().all(Resource::is_right)
    }

    fn members(&self) -> Map<String, Value> {
        let resources = self.resources.iter();
        let named = |resource: &Resource<'_>| {
            Map::from_iter([("resourceName".to_owned(), resource.resource_name.into())])
        };
        let resources = resources.map(|resource| Value::Object(named(resource))).collect();
        Map::from_iter([
            ("eventID".to_owned(), self.event_id.into()),
            ("clientName".to_owned(), self.client_name.into()),
            ("resources".to_owned(), Value::Array(resources)),
        ])
    }
}

impl Descriptor<'_> {
    fn is_right(&self) -> bool {
        let named = [Some(self.payload_type), self.units, self.reading_type];
        self.object_type.is_none_or(|kind| REPORT_DESCRIPTOR_TYPE.fits_text(kind))
            && named.into_iter().flatten().all(|name| Shape::Name.fits_text(name))
    }
}

impl Resource<'_> {
    fn is_right(&self) -> bool {
        Shape::Name.fits_text(self.resource_name)
            && self.interval_period.as_ref().is_none_or(Period::is_right)
            && self.intervals.iter().all(Interval::is_right)
    }
}

impl Interval<'_> {
    fn is_right(&self) -> bool {
        self.interval_period.as_ref().is_none_or(Period::is_right)
            && self.payloads.iter().all(Payload::is_right)
    }
}

impl Period<'_> {
    fn is_right(&self) -> bool {
        self.start.is_none_or(|start| Shape::Moment.fits_text(start))
            && [self.duration, self.randomize_start]
                .into_iter()
                .flatten()
                .all(|d| Shape::Duration.fits_text(d))
    }
}

impl Payload<'_> {
    /// A value is a number, a text, true or false; a point is left to the tables.
    fn is_right(&self) -> bool {
        let is_datum = |value: &&RawValue| !value.get().starts_with(['{', '[']);
        Shape::Name.fits_text(self.kind) && self.values.iter().all(is_datum)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{REPORT, check, leave_out_nulls};
    use super::*;

    /// What is kept of a body by the tables; `None` when they refuse it.
    fn by_the_tables(body: &str) -> Option<String> {
        let mut members: Map<String, Value> = serde_json::from_str(body).ok()?;
        check(&members, REPORT).ok()?;
        leave_out_nulls(&mut members, REPORT);
        Some(Value::Object(members).to_string())
    }

    fn as_it_came(body: &str) -> Option<String> {
        report(body.as_bytes()).map(|plain| format!("{{{}}}", plain.written))
    }

    const PLAIN: [&str; 5] = [
        r#"{"eventID":"e-1","clientName":"FSP","resources":[]}"#,
        r#"{"clientName":"Ä é","reportName":"","eventID":"e","resources":[{"resourceName":"U","intervals":[]}]}"#,
        r#"{"eventID":"e-1","clientName":"FSP","reportName":"GB_HEARTBEAT","resources":[{"resourceName":"UNIT-7",
            "intervals":[{"id":0,"payloads":[{"type":"GB_UNIT_STATE","values":["OFF",true,-1.50,0.5,12345678901234567890.0]}]}]}]}"#,
        r#"{"eventID":"e-1","clientName":"FSP","resources":[{"resourceName":"U","intervalPeriod":{"duration":"PT1M",
            "start":"2026-11-26T17:00:00Z"},"intervals":[{"intervalPeriod":{"randomizeStart":"PT0S"},"id":-7,"payloads":[]}]}]}"#,
        r#"{"eventID":"e-1","clientName":"FSP","payloadDescriptors":[{"payloadType":"DEMAND"},
            {"objectType":"REPORT_PAYLOAD_DESCRIPTOR","payloadType":"X","units":"KW","currency":"","readingType":"MEAN"}],
            "resources":[]}"#,
    ];

    /// Without the line breaks that make it readable here.
    fn compact(body: &str) -> String {
        body.lines().map(str::trim_start).collect()
    }

    #[test]
    fn a_plain_report_is_kept_as_it_came_and_as_the_tables_would_keep_it() {
        for body in PLAIN.map(compact) {
            assert_eq!(as_it_came(&body).as_ref(), Some(&body));
            assert_eq!(by_the_tables(&body), Some(body));
        }
        let members = report(compact(PLAIN[2]).as_bytes()).unwrap().members;
        let looked_at =
            json!({"eventID": "e-1", "clientName": "FSP", "resources": [{"resourceName": "UNIT-7"}]});
        assert_eq!(Value::Object(members), looked_at);
    }

    #[test]
    fn whatever_is_not_plain_is_left_to_the_tables() {
        for (what, body) in [
            ("empty", ""),
            ("no object", "[]"),
            ("cut short", r#"{"eventID":"e","clientName":"F","resources":["#),
            ("two of them", r#"{"eventID":"e","clientName":"F","resources":[]}{}"#),
            ("a space", r#"{"eventID":"e", "clientName":"F","resources":[]}"#),
            ("a line break at the end", "{\"eventID\":\"e\",\"clientName\":\"F\",\"resources\":[]}\n"),
            ("a null", r#"{"eventID":"e","clientName":"F","reportName":null,"resources":[]}"#),
            ("an escape", r#"{"eventID":"e","clientName":"\u0046","resources":[]}"#),
            ("a member twice", r#"{"eventID":"e","eventID":"e","clientName":"F","resources":[]}"#),
            ("a member that it does not know", r#"{"eventID":"e","clientName":"F","resources":[],"x":1}"#),
            ("a member of the server's", r#"{"id":"x","eventID":"e","clientName":"F","resources":[]}"#),
            ("a member missing", r#"{"clientName":"F","resources":[]}"#),
            ("no object id", r#"{"eventID":"e e","clientName":"F","resources":[]}"#),
            ("no name", r#"{"eventID":"e","clientName":"","resources":[]}"#),
            (
                "a unit without a name",
                r#"{"eventID":"e","clientName":"F","resources":[{"resourceName":"","intervals":[]}]}"#,
            ),
        ] {
            assert!(report(body.as_bytes()).is_none(), "{what}");
        }
        let of_values = |values: &str| {
            let payload = format!(r#"{{"type":"T","values":{values}}}"#);
            let intervals = format!(r#"[{{"id":0,"payloads":[{payload}]}}]"#);
            format!(
                r#"{{"eventID":"e","clientName":"F","resources":[{{"resourceName":"U","intervals":{intervals}}}]}}"#
            )
        };
        assert!(report(of_values("[1,\"e5 n\",false]").as_bytes()).is_some());
        for values in
            ["[1e3]", "[1E3]", "[null]", "[[1]]", r#"[{"x":1.0,"y":2.0}]"#, "[01]", "[1,]", "{}", "[nan]"]
        {
            assert!(report(of_values(values).as_bytes()).is_none(), "{values}");
        }
        for interval in [
            r#"{"id":0.5,"payloads":[]}"#,
            r#"{"id":2147483648,"payloads":[]}"#,
            r#"{"id":0,"payloads":[],"intervalPeriod":{"start":"now"}}"#,
            r#"{"id":0,"payloads":[],"intervalPeriod":{"duration":"1 h"}}"#,
            r#"{"id":0,"payloads":[{"type":"","values":[]}]}"#,
        ] {
            let body = format!(
                r#"{{"eventID":"e","clientName":"F","resources":[{{"resourceName":"U","intervals":[{interval}]}}]}}"#
            );
            assert!(report(body.as_bytes()).is_none(), "{interval}");
        }
    }

    mod any {
        use proptest::prelude::*;

        use super::*;

        fn any_text() -> impl Strategy<Value = String> {
            prop::sample::select(vec![
                "e-1",
                "",
                "F",
                "a b",
                "é",
                "T\\n",
                "\\u0041",
                "PT1M",
                "2026-11-26T17:00:00Z",
                "1e5",
            ])
            .prop_map(|text| format!("\"{text}\""))
        }

        fn any_value() -> impl Strategy<Value = String> {
            let other = prop::sample::select(vec![
                "0",
                "-0",
                "1.50",
                "1e3",
                "-0.0",
                "true",
                "null",
                "[]",
                "{}",
                "2147483648",
            ]);
            prop_oneof![any_text(), other.prop_map(str::to_owned)]
        }

        fn any_object(names: &'static [&'static str], value: BoxedStrategy<String>) -> BoxedStrategy<String> {
            let member =
                (prop::sample::select(names), value).prop_map(|(name, value)| format!("\"{name}\":{value}"));
            prop::collection::vec(member, 0..5)
                .prop_map(|members| format!("{{{}}}", members.join(",")))
                .boxed()
        }

        fn any_list(item: BoxedStrategy<String>) -> BoxedStrategy<String> {
            prop::collection::vec(item, 0..3).prop_map(|items| format!("[{}]", items.join(","))).boxed()
        }

        fn any_report() -> BoxedStrategy<String> {
            let values = prop_oneof![3 => any_list(any_value().boxed()), 1 => any_value()].boxed();
            let payload = any_object(&["type", "values"], prop_oneof![any_text(), values].boxed());
            let period = any_object(&["start", "duration", "randomizeStart"], any_text().boxed());
            let member = prop_oneof![any_list(payload), period, any_value()].boxed();
            let interval = any_object(&["id", "payloads", "intervalPeriod"], member);
            let member = prop_oneof![any_list(interval), any_text()].boxed();
            let resource = any_object(&["resourceName", "intervals"], member);
            let member = prop_oneof![any_list(resource), any_text()].boxed();
            let descriptor =
                any_object(&["objectType", "payloadType", "units", "currency"], any_text().boxed());
            let member = prop_oneof![member, any_list(descriptor)].boxed();
            any_object(&["eventID", "clientName", "resources", "reportName", "payloadDescriptors"], member)
        }

        proptest! {
            #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

            #[test]
            fn nothing_is_plain_that_the_tables_would_refuse_or_keep_otherwise(body in any_report()) {
                if let Some(kept) = as_it_came(&body) {
                    prop_assert_eq!(by_the_tables(&body), Some(kept));
                }
            }
        }
    }
}
