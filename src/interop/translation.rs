//! The way from a dispatch to another system's messages.

use crate::dispatch::Status;

use super::account::{Account, Fate, FieldFate};
use super::mark::{Mark, Tally};
use super::message::{MOST_MESSAGES, Message};
use super::subject::Subject;
use super::system::System;
use super::systems;

/// A dispatch as one system would carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// Which system.
    pub system: System,
    /// The messages in the order in which they are sent; at most [`MOST_MESSAGES`].
    pub messages: Vec<Message>,
    /// How many there are in all.
    pub messages_in_all: usize,
    /// Why there is no message, when there is none.
    pub nothing_sent: Option<String>,
    /// What the messages need and the dispatch does not hold, and what stands there.
    pub supplied: Vec<String>,
    /// What else is to be known of it.
    pub remarks: Vec<String>,
    /// What becomes of every field, in the order of Appendix A.
    pub fields: Vec<FieldFate>,
}

impl Translation {
    /// How many fields are kept, changed, lost.
    pub fn tally(&self) -> Tally {
        Tally::of(self.fields.iter().map(|field| field.mark))
    }

    /// All messages as one text.
    pub fn text(&self) -> String {
        let texts: Vec<String> = self
            .messages
            .iter()
            .map(|message| {
                if self.messages.len() == 1 {
                    message.text.clone()
                } else {
                    format!("--- {}\n{}", message.title, message.text)
                }
            })
            .collect();
        texts.join("\n")
    }
}

/// What a system makes of a dispatch that it can carry.
pub(super) struct Rendering {
    pub messages: Vec<Message>,
    pub in_all: usize,
    pub supplied: Vec<String>,
    pub remarks: Vec<String>,
    pub account: Account,
}

impl Rendering {
    /// One message.
    pub fn one(message: Message, account: Account) -> Self {
        Self { messages: vec![message], in_all: 1, supplied: Vec::new(), remarks: Vec::new(), account }
    }

    /// One message for each of these; the first of them are written out.
    pub fn each<T>(of: &[T], write: impl FnMut((usize, &T)) -> Message, account: Account) -> Self {
        let messages = of.iter().take(MOST_MESSAGES).enumerate().map(write).collect();
        Self { messages, in_all: of.len(), supplied: Vec::new(), remarks: Vec::new(), account }
    }

    /// With what had to be supplied.
    pub fn supplying<T: Into<String>>(mut self, supplied: impl IntoIterator<Item = T>) -> Self {
        self.supplied.extend(supplied.into_iter().map(Into::into));
        self
    }

    /// With something more to be known of it.
    pub fn remarking(mut self, holds: bool, remark: impl Into<String>) -> Self {
        if holds {
            self.remarks.push(remark.into());
        }
        self
    }
}

/// Why a system cannot carry a dispatch.
pub(super) struct Unsent {
    why: String,
    mark: Mark,
}

impl Unsent {
    /// It has no message for that.
    pub fn no_message(why: impl Into<String>) -> Self {
        Self { why: why.into(), mark: Mark::Lost }
    }

    /// It may have one; it cannot be known here.
    pub fn not_known(why: impl Into<String>) -> Self {
        Self { why: why.into(), mark: Mark::Unknown }
    }

    /// Nothing tells DELTA and ABSOLUTE from each other without the baseline.
    pub fn no_baseline() -> Self {
        Self::not_known("The unit's baseline is not known here, so its levels cannot be worked out.")
    }

    /// Real power alone is carried, and none is asked.
    pub fn no_real_power() -> Self {
        Self::no_message("It carries real power alone, and this dispatch asks for none.")
    }
}

/// A dispatch as every system would carry it, in the order of [`System::ALL`].
pub fn survey(subject: &Subject<'_>) -> Vec<Translation> {
    System::ALL.into_iter().map(|system| translate(system, subject)).collect()
}

/// A dispatch as one system would carry it.
pub fn translate(system: System, subject: &Subject<'_>) -> Translation {
    match rendered(system, subject) {
        Ok(rendering) => Translation {
            system,
            messages: rendering.messages,
            messages_in_all: rendering.in_all,
            nothing_sent: None,
            supplied: rendering.supplied,
            remarks: rendering.remarks,
            fields: rendering.account.settle(subject),
        },
        Err(Unsent { why, mark }) => Translation {
            system,
            messages: Vec::new(),
            messages_in_all: 0,
            fields: Account::all(&Fate { mark, after: None, why: format!("Nothing is sent. {why}") })
                .settle(subject),
            nothing_sent: Some(why),
            supplied: Vec::new(),
            remarks: Vec::new(),
        },
    }
}

fn rendered(system: System, subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    // Whatever is not understood as a notice would be acted on.
    if subject.dispatch.status == Status::PreNotify && system != System::Sgs {
        return Err(Unsent::no_message(
            "It has no notice that is not acted on: sent as an instruction, this would be.",
        ));
    }
    match system {
        System::OpenAdr3 => systems::openadr3::render(subject),
        System::NlFlex => systems::nl_flex::render(subject),
        System::OpenAdr2b => systems::openadr2b::render(subject),
        System::FlexiblePower => Ok(systems::flexible_power::render(subject)),
        System::Piclo => systems::piclo::render(subject),
        System::Sgs => Ok(systems::sgs::render(subject)),
        System::Obp => systems::obp::render(subject),
        System::Boa => systems::boa::render(subject),
        System::Edl => systems::edl::render(subject),
        System::Shapeshifter => systems::shapeshifter::render(subject),
        System::Umei => systems::umei::render(subject),
        System::Cim => systems::cim::render(subject),
        System::Ieee2030Dot5 => systems::ieee_2030_5::render(subject),
    }
}
