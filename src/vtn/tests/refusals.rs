//! Bad requests: the status, and the exact words that a person gets.

use serde_json::{Value, json};

use super::Bench;

#[tokio::test(start_paused = true)]
async fn a_bad_body_is_refused_with_what_is_wrong_where_and_what_would_be_right() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    let event_with = |members: &str| format!("{{\"programID\":\"{program}\",{members}}}");
    let interval = |interval: &str| event_with(&format!("\"intervals\":[{interval}]"));
    let report_with = |resources: &str| {
        format!("{{\"eventID\":\"{event}\",\"clientName\":\"FSP\",\"resources\":{resources}}}")
    };
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let long = "x".repeat(129);

    let table: Vec<(&str, &str, String, String)> = [
        ("bl", "/programs", "", "the body is empty; send a JSON object"),
        ("bl", "/programs", "{", "the body is not JSON: EOF while parsing an object at line 1 column 1"),
        ("bl", "/programs", "[]", "the body must be a JSON object; it is an empty list"),
        ("bl", "/programs", "null", "the body must be a JSON object; it is null"),
        ("bl", "/programs", "\u{feff}{}", "the body is not JSON: expected value at line 1 column 1"),
        ("bl", "/programs", "{\"programName\":NaN}", "the body is not JSON: expected value at line 1 column 16"),
        ("bl", "/programs", "{}", "`programName` is missing; it must be text of 1 to 128 characters"),
        (
            "bl",
            "/programs",
            "{\"programName\":null}",
            "`programName` must be text of 1 to 128 characters; it is null",
        ),
        (
            "bl",
            "/programs",
            "{\"programName\":\"\"}",
            "`programName` must be text of 1 to 128 characters; it is \"\"",
        ),
        ("bl", "/programs", "{\"programName\":5}", "`programName` must be text of 1 to 128 characters; it is 5"),
        (
            "bl",
            "/programs",
            "{\"programName\":\"N\",\"targets\":[{\"type\":\"GROUP\",\"values\":[\"g\"]}]}",
            "`targets[0]` must be text of 1 to 128 characters; it is {\"type\":\"GROUP\",\"values\":[\"g\"]}",
        ),
        (
            "bl",
            "/programs",
            "{\"programName\":\"N\",\"targets\":\"g\"}",
            "`targets` must be a list; it is \"g\"",
        ),
        (
            "bl",
            "/programs",
            "{\"programName\":\"N\",\"attributes\":[{\"type\":\"COUNTRY\"}]}",
            "`attributes[0].values` is missing; it must be a list",
        ),
        (
            "bl",
            "/programs",
            "{\"programName\":\"N\",\"programDescriptions\":[{\"URL\":\"x\"}]}",
            "`programDescriptions[0].URL` must be a URI of 2 to 8000 characters; it is \"x\"",
        ),
        (
            "bl",
            "/programs",
            "{\"programName\":\"N\",\"payloadDescriptors\":[{\"objectType\":\"X\",\"payloadType\":\"P\"}]}",
            "`payloadDescriptors[0].objectType` must be EVENT_PAYLOAD_DESCRIPTOR or REPORT_PAYLOAD_DESCRIPTOR; it is \
             \"X\"",
        ),
        (
            "bl",
            "/events",
            "{}",
            "`programID` is missing; it must be an object id of 1 to 128 letters, digits, `_` or `-`",
        ),
        (
            "bl",
            "/events",
            "{\"programID\":\"a b\"}",
            "`programID` must be an object id of 1 to 128 letters, digits, `_` or `-`; it is \"a b\"",
        ),
        (
            "bl",
            "/events",
            "{\"programID\":\"none\"}",
            "`programID` must be the id of a program; there is none with id `none`",
        ),
        (
            "bl",
            "/vens",
            "{\"venName\":\"V\"}",
            "`clientID` is missing; it must be text of 1 to 128 characters",
        ),
        (
            "bl",
            "/resources",
            "{\"resourceName\":\"R\"}",
            "`venID` is missing; it must be an object id of 1 to 128 letters, digits, `_` or `-`",
        ),
        (
            "bl",
            "/vens",
            "{\"objectType\":\"SUBSCRIPTION\",\"venName\":\"V\",\"clientID\":\"c\"}",
            "`objectType` must be BL_VEN_REQUEST from business logic, VEN_VEN_REQUEST from a VEN, or left out; it is \
             \"SUBSCRIPTION\"",
        ),
        (
            "ven-1",
            "/resources",
            "{\"resourceName\":\"R\"}",
            "you have no ven for the resource to belong to; POST /vens first",
        ),
        ("ven-1", "/reports", "{\"eventID\":\"e\"}", "`clientName` is missing; it must be text of 1 to 128 characters"),
    ]
    .into_iter()
    .map(|(who, path, body, detail)| (who, path, body.to_owned(), detail.to_owned()))
    .chain(
        [
            (deep.as_str(), "the body is nested deeper than 64 levels; send it flatter"),
            (
                &event_with("\"priority\":-1"),
                "`priority` must be a whole number of 0 or more, of at most 63 bits; it is -1",
            ),
            (
                &event_with("\"priority\":1.0"),
                "`priority` must be a whole number of 0 or more, of at most 63 bits; it is 1.0",
            ),
            (
                &event_with("\"priority\":99999999999999999999"),
                "`priority` must be a whole number of 0 or more, of at most 63 bits; it is 99999999999999999999",
            ),
            (&event_with("\"duration\":\"30 minutes\""), "`duration` must be an ISO 8601 duration, such as PT30M; it is \"30 minutes\""),
            (&event_with("\"eventName\":7"), "`eventName` must be text; it is 7"),
            (&event_with("\"targets\":[\"\"]"), "`targets[0]` must be text of 1 to 128 characters; it is \"\""),
            (
                &event_with(&format!("\"targets\":[\"a\",\"{long}\"]")),
                &format!(
                    "`targets[1]` must be text of 1 to 128 characters; it is \"{}… (129 characters)\"",
                    "x".repeat(80)
                ),
            ),
            (
                &event_with("\"intervalPeriod\":{\"start\":\"2026-11-26 17:00\"}"),
                "`intervalPeriod.start` must be a date and time as RFC 3339 writes it, such as 2026-12-01T16:30:00Z; it \
                 is \"2026-11-26 17:00\"",
            ),
            (
                &event_with("\"intervalPeriod\":{\"start\":\"0000-00-00\"}"),
                "`intervalPeriod.start` must be a date and time as RFC 3339 writes it, such as 2026-12-01T16:30:00Z; it \
                 is \"0000-00-00\"",
            ),
            (&event_with("\"intervals\":{}"), "`intervals` must be a list; it is {}"),
            (
                &interval("{\"payloads\":[]}"),
                "`intervals[0].id` is missing; it must be a whole number of 32 bits, such as 0",
            ),
            (
                &interval("{\"id\":\"0\",\"payloads\":[]}"),
                "`intervals[0].id` must be a whole number of 32 bits, such as 0; it is \"0\"",
            ),
            (
                &interval("{\"id\":2147483648,\"payloads\":[]}"),
                "`intervals[0].id` must be a whole number of 32 bits, such as 0; it is 2147483648",
            ),
            (&interval("{\"id\":0}"), "`intervals[0].payloads` is missing; it must be a list"),
            (
                &interval("{\"id\":0,\"payloads\":[{\"type\":\"\",\"values\":[]}]}"),
                "`intervals[0].payloads[0].type` must be text of 1 to 128 characters; it is \"\"",
            ),
            (
                &interval("{\"id\":0,\"payloads\":[{\"type\":\"T\",\"values\":[1,null]}]}"),
                "`intervals[0].payloads[0].values[1]` must be a number, a text, true, false or a point {\"x\": 1.0, \
                 \"y\": 2.0}; it is null",
            ),
            (
                &interval("{\"id\":0,\"payloads\":[{\"type\":\"T\",\"values\":[{\"x\":1}]}]}"),
                "`intervals[0].payloads[0].values[0]` must be a number, a text, true, false or a point {\"x\": 1.0, \
                 \"y\": 2.0}; it is {\"x\":1}",
            ),
            (
                &event_with("\"reportDescriptors\":[{\"payloadType\":\"P\",\"reportIntervals\":\"SOME\"}]"),
                "`reportDescriptors[0].reportIntervals` must be INTERVALS, SUB_INTERVALS or OPEN_INTERVALS; it is \
                 \"SOME\"",
            ),
            (
                &event_with("\"payloadDescriptors\":[{\"objectType\":\"REPORT_PAYLOAD_DESCRIPTOR\",\"payloadType\":\"P\"}]"),
                "`payloadDescriptors[0].objectType` must be EVENT_PAYLOAD_DESCRIPTOR; it is \
                 \"REPORT_PAYLOAD_DESCRIPTOR\"",
            ),
        ]
        .into_iter()
        .map(|(body, detail)| ("bl", "/events", body.to_owned(), detail.to_owned())),
    )
    .chain(
        [
            ("[{\"intervals\":[]}]", "`resources[0].resourceName` is missing; it must be text of 1 to 128 characters"),
            ("[{\"resourceName\":\"U\"}]", "`resources[0].intervals` is missing; it must be a list"),
            ("null", "`resources` must be a list; it is null"),
        ]
        .into_iter()
        .map(|(resources, detail)| ("ven-1", "/reports", report_with(resources), detail.to_owned())),
    )
    .collect();

    assert!(table.len() >= 40, "{}", table.len());
    for (who, path, body, detail) in table {
        let request = bench.request(who, "POST", path).header("content-type", "application/json");
        let reply = bench.send(request, body.clone()).await;
        assert_eq!((reply.status, reply.detail()), (400, detail), "POST {path} {body}");
    }
    // Nothing of it was kept.
    assert_eq!(bench.get("bl", "/events").await.ids(), [event]);
    assert_eq!(bench.get("bl", "/programs").await.ids(), [program]);
    for empty in ["/vens", "/resources", "/reports"] {
        assert_eq!(bench.get("bl", empty).await.json(), json!([]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_put_is_held_to_the_same_rules_as_a_post() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    for (path, body, status) in [
        (format!("/programs/{program}"), json!({}), 400),
        (format!("/events/{event}"), json!({"programID": "none"}), 400),
        (format!("/events/{event}"), json!({"programID": program, "priority": -1}), 400),
        ("/events/none".to_owned(), json!({"programID": program}), 404),
        ("/programs/none".to_owned(), json!({"programName": "N"}), 404),
    ] {
        let reply = bench.put("bl", &path, body).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_http_itself_refuses_has_a_problem_body_too() {
    let bench = Bench::new().await;
    let json_type = "application/json";
    let just_right = format!("{{\"programName\":\"{}\"}}", "x".repeat(1024 * 1024 - 18));
    for (method, path, content_type, body, status, detail) in [
        (
            "GET",
            "/nowhere",
            json_type,
            "",
            404,
            "nothing is served at `/openadr3/3.1.0/nowhere`; this VTN serves /openadr3/3.1.0/ followed by programs, \
             events, reports, subscriptions, vens, resources, auth/server, auth/token or notifiers",
        ),
        (
            "PATCH",
            "/events",
            json_type,
            "{}",
            405,
            "PATCH is not for `/openadr3/3.1.0/events`; the Allow header names what is",
        ),
        (
            "POST",
            "/programs",
            "text/plain",
            "{}",
            415,
            "the body is declared as `text/plain`; send JSON as Content-Type: application/json",
        ),
        (
            "POST",
            "/programs",
            "application/x-www-form-urlencoded",
            "a=b",
            415,
            "the body is declared as `application/x-www-form-urlencoded`; send JSON as Content-Type: application/json",
        ),
        (
            "POST",
            "/programs",
            json_type,
            &just_right,
            400,
            &format!(
                "`programName` must be text of 1 to 128 characters; it is \"{}… (1048558 characters)\"",
                "x".repeat(80)
            ),
        ),
        (
            "POST",
            "/programs",
            json_type,
            &format!("{just_right} "),
            413,
            "the body is longer than 1048576 bytes; send less at a time",
        ),
        (
            "GET",
            "/events?limit=51",
            json_type,
            "",
            400,
            "`limit` in the query must be a whole number from 0 to 50; it is `51`",
        ),
        (
            "GET",
            "/events/no%20such",
            json_type,
            "",
            404,
            "there is no event with id `no such` that you can see; GET /events lists those there are",
        ),
        (
            "GET",
            "/events/%FF",
            json_type,
            "",
            400,
            "the path is not UTF-8 text; an object id is letters, digits, `_` or `-`",
        ),
    ] {
        let request = bench.request("bl", method, path).header("content-type", content_type);
        let reply = bench.send(request, body.to_owned()).await;
        assert_eq!((reply.status, reply.detail().as_str()), (status, detail), "{method} {path}");
    }
    let request = bench
        .request("bl", "POST", "/programs")
        .header("content-type", json_type)
        .header("content-encoding", "gzip");
    assert_eq!(
        bench.send(request, "x").await.expect(415).detail(),
        "the body is encoded as `gzip`; send it as it is, without Content-Encoding"
    );
    let reply = bench.send(bench.request("bl", "PATCH", "/events"), "").await.expect(405);
    assert_eq!(reply.header("allow"), "GET,HEAD,POST");
}

#[tokio::test(start_paused = true)]
async fn json_by_any_of_its_names_is_accepted() {
    let bench = Bench::new().await;
    for (index, content_type) in
        ["application/json; charset=utf-8", "Application/JSON", "application/vnd.openadr+json", ""]
            .iter()
            .enumerate()
    {
        let mut request = bench.request("bl", "POST", "/programs");
        if !content_type.is_empty() {
            request = request.header("content-type", *content_type);
        }
        bench.send(request, json!({"programName": index.to_string()}).to_string()).await.expect(201);
    }
}

#[tokio::test(start_paused = true)]
async fn every_problem_can_be_found_again_by_its_instance() {
    let bench = Bench::new().await;
    let mut seen = Vec::new();
    for path in ["/events/none", "/nowhere", "/events?skip=x"] {
        let reply = bench.get("bl", path).await;
        let problem = reply.json();
        let instance = problem["instance"].as_str().unwrap();
        let uuid = instance.strip_prefix("urn:uuid:").unwrap();
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!((lengths, &uuid[14..15]), (vec![8, 4, 4, 4, 12], "4"), "{instance}");
        assert_eq!(reply.header("x-request-id"), instance);
        assert_eq!(reply.header("content-type"), "application/json");
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["status"], Value::from(reply.status));
        assert!(!problem["title"].as_str().unwrap().is_empty());
        seen.push(instance.to_owned());
    }
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_object_nested_so_deep_that_it_would_spoil_a_list_for_all_is_refused() {
    let bench = Bench::new().await;
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    // Levels within levels, by the name that the parser itself uses for text that it has not read yet.
    let hidden = json!({ "$serde_json::private::RawValue": nested(100) }).to_string();
    for (name, deep, status) in [("a", nested(63), 201), ("b", nested(64), 400), ("c", hidden, 400)] {
        let body = format!("{{\"programName\":\"{name}\",\"x\":{deep}}}");
        let request = bench.request("bl", "POST", "/programs").header("content-type", "application/json");
        let reply = bench.send(request, body).await.expect(status);
        if status == 400 {
            assert_eq!(reply.detail(), "the body is nested deeper than 64 levels; send it flatter", "{name}");
        }
    }
    assert_eq!(bench.get("bl", "/programs").await.expect(200).ids().len(), 1);
}
