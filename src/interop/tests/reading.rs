//! Reads messages as their receivers would: numbers in this program's own convention, with the times that they hold from.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::interop::{Form, System, Translation};
use crate::time::LocalEntry;
use crate::time::{UtcTime, parse_london};

/// A level as a receiver reads it, W or var: positive as export.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    pub from: UtcTime,
    pub value: f64,
    pub is_real: bool,
}

/// All levels of all messages that are written out.
pub fn levels(translation: &Translation) -> Vec<Level> {
    let texts = translation.messages.iter().map(|message| message.text.as_str());
    texts
        .flat_map(|text| match translation.system {
            System::OpenAdr3 => openadr3(text),
            System::NlFlex => nl_flex(text),
            System::Piclo => piclo(text),
            System::Umei => umei(text),
            System::Cim => cim(text),
            System::Obp => table(text, 6, 7),
            System::Boa => table(text, 4, 6),
            System::Shapeshifter => shapeshifter(text),
            System::OpenAdr2b => openadr2b(text),
            System::Ieee2030Dot5 => ieee_2030_5(text),
            System::FlexiblePower | System::Sgs | System::Edl => Vec::new(),
        })
        .collect()
}

fn at(value: &Value) -> UtcTime {
    value.as_str().unwrap().parse().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn openadr3(text: &str) -> Vec<Level> {
    if text.starts_with("DELETE") {
        return Vec::new();
    }
    let event = json(text);
    let unit_of = |payload: &Value| {
        let list = event["payloadDescriptors"].as_array().unwrap();
        let descriptor = list.iter().find(|d| d["payloadType"] == payload["type"]).unwrap();
        descriptor["units"].as_str().unwrap().to_owned()
    };
    let mut all = Vec::new();
    for interval in event["intervals"].as_array().unwrap() {
        for payload in interval["payloads"].as_array().unwrap() {
            let unit = unit_of(payload);
            if unit != "KWH" {
                let value = -number(&payload["values"][0]) * 1000.0;
                let from = at(&interval["intervalPeriod"]["start"]);
                all.push(Level { from, value, is_real: unit == "KW" });
            }
        }
    }
    all
}

fn nl_flex(text: &str) -> Vec<Level> {
    if text.starts_with("DELETE") {
        return Vec::new();
    }
    let event = json(text);
    let mut all = Vec::new();
    for interval in event["intervals"].as_array().unwrap() {
        let mut from = at(&interval["intervalPeriod"]["start"]);
        for value in interval["payloads"][0]["values"].as_array().unwrap() {
            all.push(Level { from, value: number(value) * 1000.0, is_real: true });
            from = from + 900;
        }
    }
    all
}

fn piclo(text: &str) -> Vec<Level> {
    let record = json(text);
    let sign = match record["need_direction"].as_str().unwrap() {
        "deficit" | "export" => 1.0,
        "excess" | "import" => -1.0,
        other => panic!("{other}"),
    };
    let value = sign * number(&record["capacity"]) * 1e6;
    vec![Level { from: at(&record["start"]), value, is_real: record["power_type"] == "active" }]
}

fn umei(text: &str) -> Vec<Level> {
    if text.starts_with("DELETE") {
        return Vec::new();
    }
    let order = json(text);
    let sign = if order["regulationType"] == "Up" { 1.0 } else { -1.0 };
    let value = sign * number(&order["pricePoints"][0]["quantity"]) * 1e6;
    let is_real = order["marketId"].as_str().unwrap().ends_with("ActivePower");
    vec![Level { from: at(&order["periodFrom"]), value, is_real }]
}

fn cim(text: &str) -> Vec<Level> {
    let from = texts(text, "instructionTime")[0].parse().unwrap();
    vec![Level { from, value: texts(text, "clearedMW")[0].parse::<f64>().unwrap() * 1e6, is_real: true }]
}

/// The vertices of a table: time and MW in these columns.
fn table(text: &str, time: usize, megawatts: usize) -> Vec<Level> {
    text.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let value = cells[megawatts].parse::<f64>().unwrap() * 1e6;
            Level { from: cells[time].parse().unwrap(), value, is_real: true }
        })
        .collect()
}

fn shapeshifter(text: &str) -> Vec<Level> {
    let elements = elements(text);
    let date = &elements.iter().find(|e| e.name == "FlexOrder").unwrap().attribute("Period");
    let LocalEntry::Once(midnight) = parse_london(date, "00:00").unwrap() else { panic!("{date}") };
    let mut all = Vec::new();
    for isp in elements.iter().filter(|e| e.name == "ISP") {
        let (start, many): (i64, i64) =
            (isp.attribute("Start").parse().unwrap(), isp.attribute("Duration").parse().unwrap());
        let value = -isp.attribute("Power").parse::<f64>().unwrap();
        for index in 0..many {
            all.push(Level { from: midnight + (start - 1 + index) * 1800, value, is_real: true });
        }
    }
    all
}

fn openadr2b(text: &str) -> Vec<Level> {
    let elements = elements(text);
    let text_of = |e: &Element| e.text.clone();
    let start: UtcTime = {
        let at = elements.iter().position(|e| e.name == "xcal:dtstart").unwrap();
        text_of(&elements[at + 1]).parse().unwrap()
    };
    let mut all: Vec<Level> = Vec::new();
    let mut of_signal: Vec<(UtcTime, f64)> = Vec::new();
    let (mut from, mut next) = (start, start);
    let mut in_signals = false;
    let mut kind = "";
    for (index, element) in elements.iter().enumerate() {
        match element.name.as_str() {
            "ei:eiEventSignals" => in_signals = true,
            "strm:intervals" => next = start,
            "ei:interval" => from = next,
            "xcal:dtstart" if in_signals => {
                from = text_of(&elements[index + 1]).parse().unwrap();
            }
            "xcal:duration" if in_signals && !element.text.is_empty() => {
                next = from + seconds(&element.text);
            }
            "ei:value" => of_signal.push((from, text_of(element).parse().unwrap())),
            "ei:signalName" => kind = if element.text == "LOAD_DISPATCH" { "level" } else { "" },
            "ei:signalID" if kind.is_empty() => of_signal.clear(),
            "power:itemDescription" => {
                let is_real = element.text == "RealPower";
                all.extend(of_signal.drain(..).map(|(from, value)| Level {
                    from,
                    value: -value * 1000.0,
                    is_real,
                }));
            }
            _ => {}
        }
    }
    all
}

fn seconds(duration: &str) -> i64 {
    let span: jiff::SignedDuration = duration.parse().unwrap();
    span.as_secs()
}

fn ieee_2030_5(text: &str) -> Vec<Level> {
    let elements = elements(text);
    let from = UtcTime::from_unix(elements.iter().find(|e| e.name == "start").unwrap().text.parse().unwrap());
    let mut all = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        if let "opModTargetW" | "opModTargetVar" = element.name.as_str() {
            let multiplier: i32 = elements[index + 1].text.parse().unwrap();
            let value = elements[index + 2].text.parse::<f64>().unwrap() * 10_f64.powi(multiplier);
            all.push(Level { from, value, is_real: element.name == "opModTargetW" });
        }
    }
    all
}

/// An element as a reader meets it, with the text directly within it.
#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> String {
        self.attributes.iter().find(|(n, _)| n == name).unwrap().1.clone()
    }
}

fn texts(xml: &str, name: &str) -> Vec<String> {
    elements(xml).into_iter().filter(|e| e.name == name).map(|e| e.text).collect()
}

/// The elements in the order in which they begin. Anything that is not well-formed panics.
pub fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let (mut all, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap();
        match event {
            Event::Start(ref tag) | Event::Empty(ref tag) => {
                let attributes = tag.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let name = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
                    (name, String::from_utf8(attribute.value.to_vec()).unwrap())
                });
                let name = String::from_utf8(tag.name().as_ref().to_vec()).unwrap();
                let element = Element { name, attributes: attributes.collect(), text: String::new() };
                if matches!(event, Event::Start(_)) {
                    open.push(all.len());
                }
                all.push(element);
            }
            Event::End(_) => drop(open.pop().unwrap()),
            Event::Text(text) => {
                let text = text.decode().unwrap();
                if let Some(index) = open.last() {
                    all[*index].text += text.trim();
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty() && !all.is_empty(), "{xml}");
    all
}

/// Panics where a message is not what its form says.
pub fn assert_well_formed(translation: &Translation) {
    for message in &translation.messages {
        assert!(!message.text.is_empty() && message.text.ends_with('\n'), "{message:?}");
        match message.form {
            Form::Xml => drop(elements(&message.text)),
            Form::Json => drop(json(&message.text)),
            Form::Table => {
                let cells: Vec<usize> = message.text.lines().map(|line| line.split(',').count()).collect();
                assert!(cells.len() > 1 && cells.windows(2).all(|pair| pair[0] == pair[1]), "{message:?}");
            }
            Form::Card | Form::Request => {}
        }
    }
}
