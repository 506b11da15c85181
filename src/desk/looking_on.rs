//! A desk that only follows: it takes up what its operators' keys signed elsewhere, hears what the FSPs answer, and writes nothing
//! at the VTN. Two desks that each put right what the other sent would not come to an end.

use super::command::{Command, CommandNumber};
use super::engine::Engine;
use super::follower::{self, Asked, News};
use super::under_way::Brought;
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping;
use crate::openadr::wire::Event;
use crate::time::UtcTime;

impl Engine {
    /// Follows, and dispatches nothing, for a reason.
    pub(super) fn following(mut self, follows_only: Option<&'static str>) -> Self {
        self.follows_only = follows_only;
        self
    }

    /// Lines a command up, or refuses it where nothing is dispatched from here. Answers whether it was lined up.
    pub(super) fn line_up_or_refuse(&mut self, number: CommandNumber, command: Command) -> bool {
        if let Some(why) = self.follows_only.filter(|_| command.dispatches()) {
            let words = format!("nothing is sent from here: {why}");
            self.state.outcome(self.clock.now(), number, &command.words(), Err(words));
            self.changed = true;
            return false;
        }
        self.backlog.push(number, command);
        true
    }

    /// Takes up what was sent elsewhere, before what was said of it is heard.
    pub(super) fn look_on(&mut self, now: UtcTime, events: &[Event]) {
        for event in events.iter().filter(|event| !mapping::is_anchor(event)) {
            self.take_up(now, event);
        }
        self.state.settle(now);
    }
}

/// What is new at the VTN, and then the dispatches, among which are all that it is about.
pub(super) async fn look(client: &Client, asked: Asked) -> Brought {
    let both = async {
        let news = follower::look(client, asked).await?;
        let events = client.events(None).await?;
        Ok::<(News, Vec<Event>), ClientError>((news, events))
    };
    match both.await {
        Ok((news, events)) => Brought::NewsAndEvents(Box::new(news), events),
        Err(error) => Brought::News(Err(error)),
    }
}
