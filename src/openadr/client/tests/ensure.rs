use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

fn ven(targets: &[&str]) -> Ven {
    Ven {
        client_id: Some("BRIGHTFLEX".into()),
        ven_name: "BRIGHTFLEX".into(),
        targets: targets.iter().map(|t| (*t).to_owned()).collect(),
        ..Ven::default()
    }
}

fn held(targets: &[&str]) -> Value {
    json!({"id": "v-1", "objectType": "VEN", "clientID": "BRIGHTFLEX", "venName": "BRIGHTFLEX", "targets": targets,
        "attributes": [{"type": "DESCRIPTION", "values": ["kept"]}]})
}

#[tokio::test(start_paused = true)]
async fn what_is_there_already_is_not_made_again() {
    let vtn = Fake::open(|_| answer(200, json!([{"id": "p-1", "programName": "GB-DNO-11_C"}])));
    let program = Program { program_name: "GB-DNO-11_C".into(), ..Program::default() };
    let found = bench(&vtn).client.ensure_program(&program).await.unwrap();
    assert_eq!(found.meta.id.as_deref(), Some("p-1"));
    assert_eq!(vtn.calls(), ["GET /programs"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_made_as_business_logic_makes_it() {
    let vtn = Fake::open(|asked| match asked.method.as_str() {
        "GET" => answer(200, json!([])),
        _ if asked.path == "/vens" => answer(201, held(&["t"])),
        _ => answer(201, json!({"id": "x-1", "resourceName": "BESS-07", "venID": "v-1"})),
    });
    let client = bench(&vtn).client;
    let made = client.ensure_ven(&ven(&["t"])).await.unwrap();
    let resource = Resource {
        client_id: Some("BRIGHTFLEX".into()),
        resource_name: "BESS-07".into(),
        ven_id: made.meta.id.unwrap(),
        targets: vec!["BRIGHTFLEX_BESS-07".into()],
        ..Resource::default()
    };
    client.ensure_resource(&resource).await.unwrap();
    let asked: Vec<Asked> = vtn.asked().into_iter().filter(|a| !a.path.contains("auth")).collect();
    assert_eq!(asked[0].parameter("venName"), Some("BRIGHTFLEX"));
    assert_eq!(
        asked[1].body,
        r#"{"objectType":"BL_VEN_REQUEST","clientID":"BRIGHTFLEX","venName":"BRIGHTFLEX","targets":["t"]}"#
    );
    assert_eq!(
        (asked[2].parameter("venID"), asked[2].parameter("resourceName")),
        (Some("v-1"), Some("BESS-07"))
    );
    assert_eq!(
        asked[3].body,
        r#"{"objectType":"BL_RESOURCE_REQUEST","clientID":"BRIGHTFLEX","resourceName":"BESS-07","venID":"v-1","targets":["BRIGHTFLEX_BESS-07"]}"#
    );
}

#[tokio::test(start_paused = true)]
async fn targets_are_set_where_they_differ_and_nothing_else_is_lost() {
    let vtn = Fake::open(|asked| match asked.method.as_str() {
        "GET" => answer(200, json!([{"id": "other", "venName": "OTHER"}, held(&["a", "b"])])),
        _ => answer(200, held(&["b", "c"])),
    });
    let client = bench(&vtn).client;
    client.ensure_ven(&ven(&["b", "a"])).await.unwrap();
    assert_eq!(vtn.calls(), ["GET /vens"], "the same targets in another order");
    client.ensure_ven(&ven(&["b", "c"])).await.unwrap();
    assert_eq!(vtn.calls()[2], "PUT /vens/v-1");
    let body: Value = serde_json::from_str(&vtn.asked().last().unwrap().body).unwrap();
    assert_eq!(body["objectType"], "BL_VEN_REQUEST");
    assert_eq!(body["targets"], json!(["b", "c"]));
    assert_eq!(body["attributes"][0]["values"][0], "kept");
}

#[tokio::test(start_paused = true)]
async fn what_another_made_meanwhile_is_taken() {
    let made = AtomicBool::new(false);
    let vtn = Fake::open(move |asked| match asked.method.as_str() {
        "GET" if made.load(Ordering::SeqCst) => answer(200, json!([held(&["t"])])),
        "GET" => answer(200, json!([])),
        _ => {
            made.store(true, Ordering::SeqCst);
            answer(409, json!({"detail": "the name is taken"}))
        }
    });
    let found = bench(&vtn).client.ensure_ven(&ven(&["t"])).await.unwrap();
    assert_eq!(found.meta.id.as_deref(), Some("v-1"));

    let vtn = Fake::open(|asked| match asked.method.as_str() {
        "GET" => answer(200, json!([])),
        _ => answer(409, json!({"detail": "one ven per client"})),
    });
    let error = bench(&vtn).client.ensure_ven(&ven(&[])).await.unwrap_err();
    assert!(error.to_string().contains("409: one ven per client"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn many_are_made_sure_of_by_one_list_and_only_what_lacks_or_differs_is_sent() {
    let resource = |name: &str, ven: &str| Resource {
        resource_name: name.into(),
        ven_id: ven.into(),
        targets: vec![format!("{ven}_{name}")],
        ..Resource::default()
    };
    let held = |id: &str, name: &str, ven: &str, target: &str| json!({"id": id, "resourceName": name, "venID": ven, "targets": [target]});
    let vtn = Fake::open(move |asked| match asked.method.as_str() {
        "GET" => answer(200, json!([held("r-1", "A", "v-1", "v-1_A"), held("r-2", "A", "v-2", "another")])),
        "PUT" => answer(200, held("r-2", "A", "v-2", "v-2_A")),
        _ => answer(201, held("r-3", "B", "v-1", "v-1_B")),
    });
    let wanted = [resource("B", "v-1"), resource("A", "v-1"), resource("A", "v-2")];
    let sure = bench(&vtn).client.ensure_resources(&wanted).await.unwrap();
    assert_eq!(vtn.calls(), ["GET /resources", "POST /resources", "PUT /resources/r-2"]);
    let ids: Vec<_> = sure.iter().map(|r| r.meta.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["r-3", "r-1", "r-2"], "in the order in which they are wanted");
}

#[tokio::test(start_paused = true)]
async fn of_many_the_one_that_was_refused_is_named() {
    let vtn = Fake::open(|asked| match asked.method.as_str() {
        "GET" => answer(200, json!([])),
        _ if asked.body.contains("SECOND") => answer(403, json!({"detail": "not yours"})),
        _ => answer(201, json!({"id": "p", "programName": "FIRST"})),
    });
    let program = |name: &str| Program { program_name: name.into(), ..Program::default() };
    let (index, error) =
        bench(&vtn).client.ensure_programs(&[program("FIRST"), program("SECOND")]).await.unwrap_err();
    assert_eq!(index, 1);
    assert!(error.to_string().contains("not yours"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn who_sees_a_program_follows_its_units_and_its_terms_stay() {
    let held = |targets: Value| json!({"id": "p-1", "programName": "GB-DNO-11_C", "retailerName": "kept", "targets": targets});
    let vtn = Fake::open(move |asked| match asked.method.as_str() {
        "GET" => answer(200, json!([held(json!(["a"]))])),
        _ => answer(200, held(json!(["a", "b"]))),
    });
    let program = Program {
        program_name: "GB-DNO-11_C".into(),
        targets: vec!["a".into(), "b".into()],
        ..Program::default()
    };
    bench(&vtn).client.ensure_program(&program).await.unwrap();
    assert_eq!(vtn.calls(), ["GET /programs", "PUT /programs/p-1"]);
    let body: Value = serde_json::from_str(&vtn.asked().last().unwrap().body).unwrap();
    assert_eq!((&body["targets"], &body["retailerName"]), (&json!(["a", "b"]), &json!("kept")));
}
