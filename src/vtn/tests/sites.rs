//! Credentials are for one site: whose resources a client may report for.

use serde_json::{Value, json};

use super::Bench;

fn report_for(event: &str, names: &[&str]) -> Value {
    let resource = |name: &&str| json!({"resourceName": name, "intervals": [{"id": 0, "payloads": [{"type": "READING", "values": [1.0]}]}]});
    let resources: Vec<Value> = names.iter().map(resource).collect();
    json!({"eventID": event, "clientName": "FSP", "resources": resources})
}

#[tokio::test(start_paused = true)]
async fn a_report_for_a_unit_that_the_client_does_not_own_is_refused_by_name() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    let (ven_1, _ven_2) = (bench.ven("ven-1", &[]).await, bench.ven("ven-2", &[]).await);
    bench.resource(ven_1, "BESS-07", &[]).await;
    bench.resource(ven_1, "BESS-08", &[]).await;

    let held =
        "client `ven-1` has no resource `{}`, and reports for its own alone; GET /resources lists those";
    let theirs = "the resource `BESS-07` is another client's; client `ven-2` has no resource of its own";
    let table: &[(&str, &[&str], u16, String)] = &[
        ("ven-1", &["BESS-07"], 201, String::new()),
        ("ven-1", &["BESS-07", "BESS-08"], 201, String::new()),
        ("ven-1", &["AGGREGATED_REPORT"], 201, String::new()),
        ("ven-1", &[], 201, String::new()),
        ("ven-1", &["BESS-09"], 403, held.replace("{}", "BESS-09")),
        ("ven-1", &["BESS-07", "GAS-01"], 403, held.replace("{}", "GAS-01")),
        ("ven-1", &["bess-07"], 403, held.replace("{}", "bess-07")),
        // Without a resource of its own: any name that is not another's.
        ("ven-2", &["METER"], 201, String::new()),
        ("ven-2", &["AGGREGATED_REPORT"], 201, String::new()),
        ("ven-2", &["METER", "BESS-07"], 403, theirs.to_owned()),
    ];
    for (who, names, status, says) in table {
        let reply = bench.post(who, "/reports", report_for(event, names)).await;
        assert_eq!(reply.status, *status, "{who} {names:?}: {}", reply.text);
        if *status == 403 {
            assert!(reply.detail().contains(says), "{says}: {}", reply.text);
        }
        // The same way through 3.0.1.
        let mut older = report_for(event, names);
        older["programID"] = json!(program);
        let reply = bench.old(who, "POST", "/reports", older).await;
        assert_eq!(reply.status, *status, "3.0.1 {who} {names:?}: {}", reply.text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_report_cannot_be_changed_into_one_for_anothers_unit() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    let (ven_1, ven_2) = (bench.ven("ven-1", &[]).await, bench.ven("ven-2", &[]).await);
    bench.resource(ven_1, "BESS-07", &[]).await;
    bench.resource(ven_2, "GAS-01", &[]).await;
    let report = bench.post("ven-1", "/reports", report_for(event, &["BESS-07"])).await.expect(201).id();
    let path = format!("/reports/{report}");
    let refused = bench.put("ven-1", &path, report_for(event, &["GAS-01"])).await.expect(403);
    assert!(refused.detail().contains("`GAS-01`"), "{}", refused.text);
    bench.put("ven-1", &path, report_for(event, &["BESS-07"])).await.expect(200);
    let mut older = report_for(event, &["GAS-01"]);
    older["programID"] = json!(program);
    let refused = bench.old("ven-1", "PUT", &path, older).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    let kept = bench.get("ven-1", &path).await.expect(200);
    assert_eq!(kept.json()["resources"][0]["resourceName"], "BESS-07");
}
