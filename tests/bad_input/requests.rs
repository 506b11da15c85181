//! Requests to the embedded VTN: each is refused with the words below, nothing of it is kept, and the next good request
//! is answered.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use rampdesk::entropy::Entropy;
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::transport::Transport;
use rampdesk::time::{Clock, Rate};
use rampdesk::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};
use serde_json::Value;

/// A VTN that holds one object of each kind, and tokens for its clients.
struct Bench {
    vtn: Arc<dyn Transport>,
    operator: String,
    ven: String,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Nobody,
    /// With this in the `Authorization` header.
    With(&'static str),
    Operator,
    Ven,
}
use As::{Nobody, Operator, Ven, With};

/// Who, method and path, content type, body; the status and the words that come back.
type Refused = (As, &'static str, &'static str, &'static str, u16, &'static str);

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// In paths and bodies, `$program`, `$event`, `$ven`, `$resource` and `$report` are the ids of what the VTN holds, and
/// `$1025K` is a text of that length.
#[rustfmt::skip]
const REQUESTS: &[Refused] = &[
    // Who asks
    (Nobody, "GET /events", "", "",
     401, "no access token: send `Authorization: Bearer …` with a token from /auth/token"),
    (With("Bearer let-me-in"), "GET /events", "", "",
     401, "the access token is not one of this VTN's; ask for one at /auth/token"),
    (With("Basic ZGVzazpkZXNr"), "GET /events", "", "",
     401, "the Authorization header is not `Bearer …` with a token from /auth/token"),
    (Ven, "POST /programs", JSON, r#"{"programName":"P-2"}"#,
     403, "this needs the scope write_programs; client `ven` has read_targets read_ven_objects write_reports \
           write_subscriptions write_vens"),
    (Ven, "POST /events", JSON, r#"{"programID":"$program"}"#,
     403, "this needs the scope write_events; client `ven` has read_targets read_ven_objects write_reports \
           write_subscriptions write_vens"),
    (Ven, "DELETE /programs/$program", "", "",
     403, "this needs the scope write_programs; client `ven` has read_targets read_ven_objects write_reports \
           write_subscriptions write_vens"),
    (Operator, "POST /reports", JSON, r#"{"eventID":"$event","clientName":"V","resources":[]}"#,
     403, "this needs the scope write_reports; client `desk` has read_all read_bl write_programs \
           write_events write_subscriptions write_vens"),
    (Ven, "POST /vens", JSON, r#"{"objectType":"BL_VEN_REQUEST","clientID":"desk","venName":"V-2"}"#,
     403, "BL_VEN_REQUEST is for business logic; client `ven` is a VEN and sends VEN_VEN_REQUEST"),
    // Tokens
    (Nobody, "POST /auth/token", FORM, "",
     400, "grant_type is missing; send grant_type=client_credentials"),
    (Nobody, "POST /auth/token", FORM, "grant_type=password&client_id=ven&client_secret=x",
     400, "grant_type must be client_credentials, the only one there is"),
    (Nobody, "POST /auth/token", FORM, "grant_type=client_credentials&client_secret=x",
     400, "client_id is missing; send client_id and client_secret in the form, or HTTP Basic"),
    (Nobody, "POST /auth/token", FORM, "grant_type=client_credentials&client_id=ven",
     400, "client_secret is missing"),
    (Nobody, "POST /auth/token", FORM, "grant_type=client_credentials&client_id=ven&client_secret=wrong",
     401, "the client id or the client secret is not right"),
    (Nobody, "POST /auth/token", FORM, "grant_type=client_credentials&client_id=ven&client_id=desk&client_secret=x",
     400, "client_id is given twice; give it once"),
    (Nobody, "POST /auth/token", JSON, r#"{"grant_type":"client_credentials"}"#,
     400, "the body is declared as `application/json`; send it as Content-Type: \
           application/x-www-form-urlencoded"),
    (With("Basic ???"), "POST /auth/token", FORM, "grant_type=client_credentials",
     400, "the Authorization header is not HTTP Basic with an id and a secret"),
    (Nobody, "GET /auth/token", "", "",
     405, "GET is not for `/openadr3/3.1.0/auth/token`; the Allow header names what is"),
    // Media types and lengths
    (Operator, "POST /events", "text/xml", "<event/>",
     415, "the body is declared as `text/xml`; send JSON as Content-Type: application/json"),
    (Operator, "PUT /events/$event", "multipart/form-data; boundary=x", "--x--",
     415, "the body is declared as `multipart/form-data; boundary=x`; send JSON as Content-Type: \
           application/json"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","eventName":"$1025K"}"#,
     413, "the body is longer than 1048576 bytes; send less at a time"),
    // What is no JSON object
    (Operator, "POST /events", JSON, " ",
     400, "the body is not JSON: EOF while parsing a value at line 1 column 1"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","#,
     400, "the body is not JSON: EOF while parsing a value at line 1 column 48"),
    (Operator, "POST /events", JSON, "{\"programID\":\"$program\u{0}\"}",
     400, "the body is not JSON: control character (\\u0000-\\u001F) found while parsing a string at line 1 \
           column 47"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program"} {}"#,
     400, "the body is not JSON: trailing characters at line 1 column 50"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","priority":Infinity}"#,
     400, "the body is not JSON: expected value at line 1 column 60"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","priority":01}"#,
     400, "the body is not JSON: invalid number at line 1 column 61"),
    (Operator, "POST /events", JSON, r#""$program""#,
     400, "the body must be a JSON object; it is \"$program\""),
    (Operator, "POST /events", JSON, "true",
     400, "the body must be a JSON object; it is true"),
    // Programs
    (Operator, "POST /programs", JSON, r#"{"programName":"P"}"#,
     409, "another program in this VTN has the programName `P`; choose another name"),
    (Operator, "POST /programs", JSON, r#"{"programName":["P"]}"#,
     400, "`programName` must be text of 1 to 128 characters; it is [\"P\"]"),
    (Operator, "POST /programs", JSON, r#"{"programName":"Q","attributes":{"type":"T","values":[1]}}"#,
     400, "`attributes` must be a list; it is {\"type\":\"T\",\"values\":[1]}"),
    (Operator, "POST /programs", JSON, r#"{"programName":"Q","attributes":[{"type":"T","values":[[1]]}]}"#,
     400, "`attributes[0].values[0]` must be a number, a text, true, false or a point {\"x\": 1.0, \"y\": \
           2.0}; it is [1]"),
    (Operator, "POST /programs", JSON, r#"{"programName":"Q","intervalPeriod":{"duration":"P1H"}}"#,
     400, "`intervalPeriod.duration` must be an ISO 8601 duration, such as PT30M; it is \"P1H\""),
    (Operator, "POST /programs", JSON, r#"{"programName":"Q","intervalPeriod":{"randomizeStart":5}}"#,
     400, "`intervalPeriod.randomizeStart` must be an ISO 8601 duration, such as PT30M; it is 5"),
    (Operator, "POST /programs", JSON, r#"{"programName":"Q","payloadDescriptors":[{}]}"#,
     400, "`payloadDescriptors[0].payloadType` is missing; it must be text of 1 to 128 characters"),
    (Operator, "POST /programs", JSON, r#"{"programName":"Q","payloadDescriptors":[{"payloadType":"P","confidence":101}]}"#,
     400, "`payloadDescriptors[0].confidence` must be a whole number from 0 to 100; it is 101"),
    (Operator, "POST /programs", JSON, r#"{"programName":"Q","payloadDescriptors":[{"payloadType":"P","accuracy":"high"}]}"#,
     400, "`payloadDescriptors[0].accuracy` must be a number; it is \"high\""),
    // Events
    (Operator, "POST /events", JSON, r#"{"programID":null}"#,
     400, "`programID` must be an object id of 1 to 128 letters, digits, `_` or `-`; it is null"),
    (Operator, "POST /events", JSON, r#"{"programID":"$event"}"#,
     400, "`programID` must be the id of a program; there is none with id `$event`"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","priority":2.5}"#,
     400, "`priority` must be a whole number of 0 or more, of at most 63 bits; it is 2.5"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","priority":1e400}"#,
     400, "`priority` must be a whole number of 0 or more, of at most 63 bits; it is 1e+400"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","priority":"0"}"#,
     400, "`priority` must be a whole number of 0 or more, of at most 63 bits; it is \"0\""),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","targets":{"type":"GROUP"}}"#,
     400, "`targets` must be a list; it is {\"type\":\"GROUP\"}"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","targets":[7]}"#,
     400, "`targets[0]` must be text of 1 to 128 characters; it is 7"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervalPeriod":"now"}"#,
     400, "`intervalPeriod` must be an object; it is \"now\""),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervalPeriod":{"start":"2026-11-26T17:00:00"}}"#,
     400, "`intervalPeriod.start` must be a date and time as RFC 3339 writes it, such as \
           2026-12-01T16:30:00Z; it is \"2026-11-26T17:00:00\""),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervalPeriod":{"start":"2026-02-30T17:00:00Z"}}"#,
     400, "`intervalPeriod.start` must be a date and time as RFC 3339 writes it, such as \
           2026-12-01T16:30:00Z; it is \"2026-02-30T17:00:00Z\""),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervalPeriod":{"start":"2026-11-26T17:60:00Z"}}"#,
     400, "`intervalPeriod.start` must be a date and time as RFC 3339 writes it, such as \
           2026-12-01T16:30:00Z; it is \"2026-11-26T17:60:00Z\""),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervalPeriod":{"start":1795712400}}"#,
     400, "`intervalPeriod.start` must be a date and time as RFC 3339 writes it, such as \
           2026-12-01T16:30:00Z; it is 1795712400"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervalPeriod":{"duration":"PT"}}"#,
     400, "`intervalPeriod.duration` must be an ISO 8601 duration, such as PT30M; it is \"PT\""),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervals":[7]}"#,
     400, "`intervals[0]` must be an object; it is 7"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervals":[{"id":1.5,"payloads":[]}]}"#,
     400, "`intervals[0].id` must be a whole number of 32 bits, such as 0; it is 1.5"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervals":[{"id":0,"payloads":{}}]}"#,
     400, "`intervals[0].payloads` must be a list; it is {}"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervals":[{"id":0,"payloads":[{"values":[1]}]}]}"#,
     400, "`intervals[0].payloads[0].type` is missing; it must be text of 1 to 128 characters"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervals":[{"id":0,"payloads":[{"type":"T","values":1}]}]}"#,
     400, "`intervals[0].payloads[0].values` must be a list; it is 1"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","intervals":[{"id":0,"payloads":[{"type":"T","values":[{"x":1,"y":"2"}]}]}]}"#,
     400, "`intervals[0].payloads[0].values[0]` must be a number, a text, true, false or a point {\"x\": \
           1.0, \"y\": 2.0}; it is {\"x\":1,\"y\":\"2\"}"),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","payloadDescriptors":[{"objectType":"EVENT","payloadType":"P"}]}"#,
     400, "`payloadDescriptors[0].objectType` must be EVENT_PAYLOAD_DESCRIPTOR; it is \"EVENT\""),
    (Operator, "POST /events", JSON, r#"{"programID":"$program","reportDescriptors":[{"payloadType":"P","frequency":"often"}]}"#,
     400, "`reportDescriptors[0].frequency` must be a whole number of 32 bits, such as 0; it is \"often\""),
    // Reports
    (Ven, "POST /reports", JSON, r#"{"eventID":"none","clientName":"V","resources":[]}"#,
     400, "`eventID` must be the id of an event that you can see; there is none with id `none`"),
    (Ven, "POST /reports", JSON, r#"{"eventID":"$event","clientName":"V"}"#,
     400, "`resources` is missing; it must be a list"),
    (Ven, "POST /reports", JSON, r#"{"eventID":"$event","clientName":"","resources":[]}"#,
     400, "`clientName` must be text of 1 to 128 characters; it is \"\""),
    (Ven, "POST /reports", JSON, r#"{"eventID":"$event","clientName":"V","resources":[{"resourceName":7,"intervals":[]}]}"#,
     400, "`resources[0].resourceName` must be text of 1 to 128 characters; it is 7"),
    (Ven, "POST /reports", JSON, r#"{"eventID":"$event","clientName":"V","resources":[{"resourceName":"R","intervals":[{"id":0}]}]}"#,
     400, "`resources[0].intervals[0].payloads` is missing; it must be a list"),
    (Ven, "PUT /reports/$report", JSON, r#"{"eventID":"none","clientName":"V","resources":[]}"#,
     400, "`eventID` must be the id of an event that you can see; there is none with id `none`"),
    (Ven, "PUT /reports/none", JSON, r#"{"eventID":"$event","clientName":"V","resources":[]}"#,
     404, "there is no report with id `none` that you can see; GET /reports lists those there are"),
    (Operator, "DELETE /reports/$report", "", "",
     403, "this needs the scope write_reports; client `desk` has read_all read_bl write_programs \
           write_events write_subscriptions write_vens"),
    // Vens and resources
    (Operator, "POST /vens", JSON, r#"{"objectType":"VEN","venName":"V-2"}"#,
     400, "`clientID` is missing; it must be text of 1 to 128 characters"),
    (Operator, "POST /vens", JSON, r#"{"objectType":7,"venName":"V-2","clientID":"desk"}"#,
     400, "`objectType` must be BL_VEN_REQUEST from business logic, VEN_VEN_REQUEST from a VEN, or left out; \
           it is 7"),
    (Operator, "POST /vens", JSON, r#"{"venName":"V-2","clientID":"ven"}"#,
     409, "the client `ven` has a ven already, with id `$ven`, and a client has one; PUT that one"),
    (Operator, "POST /vens", JSON, r#"{"venName":"V","clientID":"desk"}"#,
     409, "another ven in this VTN has the venName `V`; choose another name"),
    (Operator, "PUT /vens/$ven", JSON, r#"{"venName":"V","clientID":"desk"}"#,
     409, "the ven belongs to the client `ven`, and `clientID` cannot be changed to `desk`; delete the ven \
           and create it for the other client"),
    (Ven, "PUT /vens/$ven", JSON, r#"{"venName":"V","targets":["V_R","OTHER_R"]}"#,
     403, "only business logic grants targets, and `OTHER_R` is not granted here; leave `targets` out"),
    (Operator, "POST /resources", JSON, r#"{"resourceName":"R-2","venID":"none"}"#,
     404, "there is no ven with id `none` that you can see; GET /vens lists those there are"),
    (Operator, "POST /resources", JSON, r#"{"resourceName":"R","venID":"$ven"}"#,
     409, "another resource of this ven has the resourceName `R`; choose another name"),
    (Operator, "POST /resources", JSON, r#"{"resourceName":"R-2","venID":"$ven","clientID":"desk"}"#,
     400, "`clientID` must be that of the ven, `ven`, or left out; it is `desk`"),
    (Ven, "POST /resources", JSON, r#"{"objectType":"BL_RESOURCE_REQUEST","resourceName":"R-2"}"#,
     403, "BL_RESOURCE_REQUEST is for business logic; client `ven` is a VEN and sends VEN_RESOURCE_REQUEST"),
    (Ven, "POST /resources", JSON, r#"{"resourceName":"R-2","targets":["V_R"]}"#,
     403, "only business logic grants targets, and `V_R` is not granted here; leave `targets` out"),
    (Ven, "PUT /resources/$resource", JSON, "{}",
     400, "`resourceName` is missing; it must be text of 1 to 128 characters"),
    // Paths and queries
    (Operator, "GET /programs/none", "", "",
     404, "there is no program with id `none` that you can see; GET /programs lists those there are"),
    (Operator, "PUT /vens/none", JSON, r#"{"venName":"X","clientID":"x"}"#,
     404, "there is no ven with id `none` that you can see; GET /vens lists those there are"),
    (Operator, "DELETE /resources/none", "", "",
     404, "there is no resource with id `none` that you can see; GET /resources lists those there are"),
    (Operator, "DELETE /programs", "", "",
     405, "DELETE is not for `/openadr3/3.1.0/programs`; the Allow header names what is"),
    (Operator, "POST /events/$event", JSON, "{}",
     405, "POST is not for `/openadr3/3.1.0/events/$event`; the Allow header names what is"),
    (Operator, "GET /dispatches", "", "",
     404, "nothing is served at `/openadr3/3.1.0/dispatches`; this VTN serves /openadr3/3.1.0/ followed by \
           programs, events, reports, subscriptions, vens, resources, auth/server, auth/token or notifiers"),
    (Operator, "GET /events?limit=1e1", "", "",
     400, "`limit` in the query must be a whole number from 0 to 50; it is `1e1`"),
    (Operator, "GET /reports?limit=-1", "", "",
     400, "`limit` in the query must be a whole number from 0 to 50; it is `-1`"),
    (Operator, "GET /programs?skip=many", "", "",
     400, "`skip` in the query must be a whole number of 0 or more; it is `many`"),
    (Operator, "GET /vens?skip=4294967296", "", "",
     400, "`skip` in the query must be a whole number of 0 or more; it is `4294967296`"),
    (Operator, "GET /vens?venName=", "", "",
     400, "`venName` in the query must be text of 1 to 128 characters; it is ``"),
    (Operator, "GET /events?programID=a%20b", "", "",
     400, "`programID` in the query must be an object id of 1 to 128 letters, digits, `_` or `-`; it is `a \
           b`"),
    (Operator, "GET /events?active=maybe", "", "",
     400, "`active` in the query must be true or false; it is `maybe`"),
    (Operator, "GET /events?targets=a&targets=", "", "",
     400, "`targets` in the query must be text of 1 to 128 characters; it is ``"),
    (Operator, "GET /reports?modifiedSince=2026-13-01T00:00:00Z", "", "",
     400, "`modifiedSince` in the query must be a date and time as RFC 3339 writes it, such as \
           2026-12-01T16:30:00Z; it is `2026-13-01T00:00:00Z`"),
    // Subscriptions
    (Operator, "POST /subscriptions", JSON, r#"{"clientName":"D","objectOperations":[{"objects":["EVENT"],"operations":["READ"]}]}"#,
     400, "`objectOperations[0].callbackUrl` is missing; it must be a URI of 2 to 8000 characters"),
    (Operator, "POST /subscriptions", JSON, r#"{"clientName":"D","objectOperations":[{"objects":["DISPATCH"],"operations":["READ"],"callbackUrl":"https://d"}]}"#,
     400, "`objectOperations[0].objects[0]` must be PROGRAM, EVENT, REPORT, SUBSCRIPTION, VEN or RESOURCE; \
           it is \"DISPATCH\""),
    (Operator, "POST /subscriptions", JSON, r#"{"clientName":"D","objectOperations":[{"objects":["EVENT"],"operations":["PATCH"],"callbackUrl":"https://d"}]}"#,
     400, "`objectOperations[0].operations[0]` must be READ, CREATE, UPDATE or DELETE; it is \"PATCH\""),
    (Ven, "POST /subscriptions", JSON, r#"{"clientName":"D","programID":"none","objectOperations":[]}"#,
     400, "`programID` must be the id of a program that you can see, or left out; there is none with id \
           `none`"),
];

impl Bench {
    async fn new() -> Self {
        let seed = |id: &str, role| ClientSeed { id: id.to_owned(), secret: Secret::new("s3cret"), role };
        let vtn = Vtn::open(VtnConfig {
            store: StorePlace::Memory,
            clients: vec![seed("desk", Role::Business), seed("ven", Role::Ven)],
            clock: Clock::training("2026-11-26T17:00:00Z".parse().unwrap(), Rate::PAUSED),
            entropy: Entropy::seeded(1),
        });
        let mut bench = Self { vtn: vtn.unwrap().transport(), operator: String::new(), ven: String::new() };
        bench.operator = bench.token("desk").await;
        bench.ven = bench.token("ven").await;
        bench
    }

    async fn token(&self, client: &str) -> String {
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret=s3cret");
        let (status, body) = self.ask(Nobody, "POST", "/auth/token", FORM, form.into()).await;
        assert_eq!(status, 200, "{body}");
        format!("Bearer {}", body["access_token"].as_str().unwrap())
    }

    async fn ask(&self, who: As, method: &str, path: &str, kind: &str, body: Bytes) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(format!("http://vtn.test{BASE_PATH}{path}"));
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        request = match who {
            Nobody => request,
            With(authorization) => request.header("authorization", authorization),
            Operator => request.header("authorization", &self.operator),
            Ven => request.header("authorization", &self.ven),
        };
        let response = self.vtn.send(request.body(body).unwrap()).await.unwrap();
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        (response.status().as_u16(), body)
    }

    /// Creates an object and answers its id.
    async fn hold(&self, who: As, path: &str, body: String) -> String {
        let (status, held) = self.ask(who, "POST", path, JSON, body.into()).await;
        assert_eq!(status, 201, "{path}: {held}");
        held["id"].as_str().unwrap().to_owned()
    }

    /// Everything that the VTN holds, as its operator sees it.
    async fn held(&self) -> Vec<Value> {
        let mut held = Vec::new();
        for path in ["/programs", "/events", "/reports", "/vens", "/resources", "/subscriptions"] {
            let (status, list) = self.ask(Operator, "GET", path, "", Bytes::new()).await;
            assert_eq!(status, 200, "{path}");
            held.push(list);
        }
        held
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_says_why_keeps_nothing_and_stops_nobody() {
    let bench = Bench::new().await;
    let program = bench.hold(Operator, "/programs", r#"{"programName":"P"}"#.into()).await;
    let event = bench.hold(Operator, "/events", format!(r#"{{"programID":"{program}"}}"#)).await;
    let ven = r#"{"venName":"V","clientID":"ven","targets":["V_R"]}"#;
    let ven = bench.hold(Operator, "/vens", ven.into()).await;
    let resource = format!(r#"{{"resourceName":"R","venID":"{ven}"}}"#);
    let resource = bench.hold(Operator, "/resources", resource).await;
    let report = format!(r#"{{"eventID":"{event}","clientName":"V","resources":[]}}"#);
    let report = bench.hold(Ven, "/reports", report).await;
    let long = "x".repeat(1025 * 1024);
    let ids = [
        ("$program", program.as_str()),
        ("$event", &event),
        ("$ven", &ven),
        ("$resource", &resource),
        ("$report", &report),
        ("$1025K", &long),
    ];
    let filled = |text: &str| ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id));
    // What it says, with the ids back under their names.
    let named = |text: &str| ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(id, name));

    let before = bench.held().await;
    let mut unlike = Vec::new();
    for (index, (who, what, kind, body, status, says)) in REQUESTS.iter().enumerate() {
        let (method, path) = what.split_once(' ').unwrap();
        let answered = bench.ask(*who, method, &filled(path), kind, filled(body).into()).await;
        let words = answered.1.get("detail").or(answered.1.get("error_description"));
        let found = (answered.0, named(words.and_then(Value::as_str).unwrap_or_default()));
        if found != (*status, (*says).to_owned()) {
            unlike.push(format!("case {index}: {what} {body} says: {} {:?}", found.0, found.1));
        }
        let after = bench.held().await;
        assert_eq!(after, before, "case {index}: {what} {body} left a trace");
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
    // And a good one after all of them is still taken.
    bench.hold(Operator, "/events", format!(r#"{{"programID":"{program}"}}"#)).await;
}

/// A body that is no text.
#[tokio::test(start_paused = true)]
async fn a_body_that_is_no_utf_8_is_refused() {
    let bench = Bench::new().await;
    let before = bench.held().await;
    let (status, problem) = bench
        .ask(Operator, "POST", "/programs", JSON, Bytes::from_static(b"{\"programName\":\"\xff\"}"))
        .await;
    assert_eq!(
        (status, problem["detail"].as_str().unwrap()),
        (400, "the body is not JSON: invalid unicode code point at line 1 column 17")
    );
    assert_eq!(bench.held().await, before);
}
