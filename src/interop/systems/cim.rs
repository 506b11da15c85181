//! IEC CIM: what 62325-301 has is the reply to an instruction; its fields are drawn here as an instruction.

use crate::dispatch::{Dispatch, Reference};
use crate::interop::account::{Account, Fate};
use crate::interop::judgement::{self, CONVERTED, Volume};
use crate::interop::message::{Form, Message};
use crate::interop::number::mega;
use crate::interop::step::{self, Piece, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};
use crate::interop::unique::uuid;
use crate::interop::xml::Element;

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    if dispatch.status.is_stop() {
        return Err(Unsent::no_message("An instruction is a level to go to: there is none that stops."));
    }
    let steps = step::real(dispatch);
    if steps.is_empty() {
        return Err(Unsent::no_real_power());
    }
    let pieces = step::pieces(subject, &steps, Reference::Absolute).ok_or_else(Unsent::no_baseline)?;
    let write = |(index, piece): (usize, &Step<Piece>)| {
        let title = match pieces.len() {
            1 => "Message".to_owned(),
            many => format!("Message {} of {many}", index + 1),
        };
        Message::new(title, Form::Xml, written(subject, piece, index).document())
    };
    Ok(Rendering::each(&pieces, write, account(subject, &pieces))
        .supplying(["The envelope around it, with its MessageID: IEC 61968-100 has one for every message."])
        .remarking(
            true,
            "It is the reply that is standardised: acceptMW beside clearedMW is the nearest that any of these systems \
             comes to reading a quantity back.",
        ))
}

fn written(subject: &Subject<'_>, piece: &Step<Piece>, index: usize) -> Element {
    let dispatch = subject.dispatch;
    let [operator, reference, revision] = subject.identity();
    let header = Element::new("Header").with([
        Element::text("Verb", "created"),
        Element::text("Noun", "DispatchInstReply"),
        Element::text("Source", &operator),
        Element::text("MessageID", uuid(&["cim", &operator, &reference, &revision, &index.to_string()])),
        Element::text("CorrelationID", &reference),
        Element::text("Timestamp", dispatch.instruction_time),
    ]);
    let instruction = Element::new("DispatchInstReply").with([
        Element::text("mRID", &dispatch.dispatch_ref),
        Element::text("instructionType", "dispatch"),
        Element::text("instructionTime", piece.from),
        Element::text("startTime", piece.from),
        Element::text("clearedMW", mega(piece.level.watts)),
        Element::text("RegisteredResource", &dispatch.unit.unit),
    ]);
    Element::new("Message").with([header, Element::new("Payload").with([instruction])])
}

fn account(subject: &Subject<'_>, pieces: &[Step<Piece>]) -> Account {
    let dispatch = subject.dispatch;
    let first = pieces.first().map_or(dispatch.service_start, |piece| piece.from);
    let froms: Vec<_> = pieces.iter().map(|piece| piece.from).collect();
    let converted = step::is_any_converted(pieces);
    Account {
        service_start: judgement::instant(
            dispatch.service_start,
            first,
            "The first message's startTime.",
            "The first message starts where the first level does.",
        ),
        service_end: Fate::lost("An instruction has no end: it holds until another comes."),
        dispatch_unit: Fate::kept(dispatch.unit.unit.to_string(), "RegisteredResource."),
        contract: Fate::lost("An instruction names no contract."),
        instruction_time: Fate::changed(
            format!("Timestamp {}", dispatch.instruction_time),
            "instructionTime is when the level is to be reached; the envelope says when the message was made.",
        ),
        network_operator: Fate::changed(
            dispatch.network_operator.to_string(),
            "The envelope's Source, a name that two systems agree on.",
        ),
        dispatch_ref: Fate::changed(
            dispatch.dispatch_ref.to_string(),
            "mRID and CorrelationID: an object of the model, not a reference of the operator's.",
        ),
        revision: Fate::lost("The envelope's revision is that of the message's form."),
        status: judgement::running(dispatch, Fate::lost("instructionType says dispatch, whatever is asked.")),
        signature: Fate::lost("certificationName holds the name of a certificate, and no signature."),
        setpoint_times: judgement::setpoint_times(
            dispatch,
            &froms,
            "Each message's instructionTime.",
            "A message is for a level of real power; what runs now starts when it was instructed.",
        ),
        several: several(dispatch, pieces.len()),
        volume: Volume::said(pieces.iter().map(|piece| format!("clearedMW {}", mega(piece.level.watts))))
            .because(step::is_any_moved(pieces), CONVERTED)
            .of_real_alone(dispatch)
            .fate("The same level, positive as generation."),
        units: judgement::units(subject, "MW", None),
        reference: judgement::one_reference(Reference::Absolute, converted, "clearedMW is a level to go to."),
        price: Fate::lost("An instruction has no price."),
        service_type: judgement::real_alone(dispatch),
    }
}

fn several(dispatch: &Dispatch, messages: usize) -> Fate {
    if messages > 1 {
        Fate::lost("A message has one level, and nothing ties them into one schedule.")
    } else {
        judgement::split(dispatch, messages, "message", "The others ask for no real power.")
    }
}
