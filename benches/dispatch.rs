//! What one dispatch costs on its way: signing, verifying, and being written as an OpenADR event and read back.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rampdesk::dispatch::{KeyRing, SignedDispatch, SigningKey, dispatch_from_json};
use rampdesk::openadr::mapping::{dispatch_from, event_from};
use rampdesk::openadr::wire::Event;
use rampdesk::time::UtcTime;

/// Two hours in two setpoints, priced.
const DOCUMENT: &str = r#"{
  "profile": "gb-dispatch/1", "network_operator": "GB-DNO-11", "dispatch_ref": "EMID-20261126-0417", "revision": 1,
  "status": "RUN", "contract": "EMID-C-2026-0193", "dispatch_unit": {"fsp": "BRIGHTFLEX", "unit": "BESS-07"},
  "instruction_time": "2026-11-26T15:45:00Z", "service_start": "2026-11-26T17:00:00Z",
  "service_end": "2026-11-26T19:00:00Z", "setpoints": [
    {"at": "2026-11-26T17:00:00Z", "parameters": [
      {"service_type": "REAL", "reference": "DELTA", "volume": 2000, "units": "KW",
       "price": {"amount": "300.00", "currency": "GBP", "per": "MWH"}}]},
    {"at": "2026-11-26T18:00:00Z", "parameters": [
      {"service_type": "REAL", "reference": "DELTA", "volume": 1500, "units": "KW"}]}]
}"#;

fn key() -> SigningKey {
    SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[7; 32])
}

fn signed() -> SignedDispatch {
    dispatch_from_json(DOCUMENT).unwrap().0.sign(&key()).unwrap()
}

fn signatures(c: &mut Criterion) {
    let (key, signed) = (key(), signed());
    let keys = KeyRing::new([key.public(None, None)]);
    let at: UtcTime = "2026-11-26T15:45:00Z".parse().unwrap();
    c.bench_function("sign a dispatch", |b| {
        b.iter(|| black_box(signed.dispatch.clone()).sign(&key).unwrap())
    });
    c.bench_function("verify a dispatch", |b| b.iter(|| black_box(&signed).verify(&keys, at).unwrap()));
}

fn mapping(c: &mut Criterion) {
    let signed = signed();
    let text = serde_json::to_string(&event_from(&signed, "programme")).unwrap();
    c.bench_function("a dispatch as an event, in JSON", |b| {
        b.iter(|| serde_json::to_string(&event_from(black_box(&signed), "programme")).unwrap());
    });
    c.bench_function("a dispatch from an event's JSON", |b| {
        b.iter(|| dispatch_from(&serde_json::from_str::<Event>(black_box(&text)).unwrap()).unwrap());
    });
    c.bench_function("a dispatch from its own JSON", |b| {
        b.iter(|| dispatch_from_json(black_box(DOCUMENT)).unwrap())
    });
}

criterion_group!(benches, signatures, mapping);
criterion_main!(benches);
