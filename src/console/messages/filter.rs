//! Which exchanges a person wants to see. Pure.

use crate::openadr::exchange::Exchange;

/// Which methods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Every one.
    #[default]
    Any,
    /// All but GET: what changes something, without the polls.
    Changes,
    /// This one.
    Only(&'static str),
}

impl Method {
    /// All choices, in order.
    pub const ALL: [Self; 6] = [
        Self::Any,
        Self::Changes,
        Self::Only("GET"),
        Self::Only("POST"),
        Self::Only("PUT"),
        Self::Only("DELETE"),
    ];

    /// As the list of choices says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "Any method",
            Self::Changes => "All but GET",
            Self::Only(method) => method,
        }
    }

    fn holds(self, method: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Changes => method != "GET",
            Self::Only(only) => method == only,
        }
    }
}

/// Which answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answers {
    /// Every one, and none.
    #[default]
    Any,
    /// No answer, a refusal, or an answer that made no sense.
    Failed,
    /// 200 to 299.
    Success,
    /// 400 to 499.
    Refusal,
    /// 500 and above.
    Fault,
    /// None came.
    NoAnswer,
}

impl Answers {
    /// All choices, in order.
    pub const ALL: [Self; 6] =
        [Self::Any, Self::Failed, Self::Success, Self::Refusal, Self::Fault, Self::NoAnswer];

    /// As the list of choices says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "Any answer",
            Self::Failed => "Failed",
            Self::Success => "2xx",
            Self::Refusal => "4xx",
            Self::Fault => "5xx",
            Self::NoAnswer => "No answer",
        }
    }

    fn holds(self, exchange: &Exchange) -> bool {
        let within = |range: std::ops::Range<u16>| exchange.status.is_some_and(|s| range.contains(&s));
        match self {
            Self::Any => true,
            Self::Failed => exchange.has_failed(),
            Self::Success => within(200..300),
            Self::Refusal => within(400..500),
            Self::Fault => within(500..u16::MAX),
            Self::NoAnswer => exchange.status.is_none(),
        }
    }
}

/// What a person asked to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// One client's alone.
    pub client: Option<String>,
    /// These methods.
    pub method: Method,
    /// These answers.
    pub answers: Answers,
    /// With each of these words somewhere.
    pub words: String,
}

impl Filter {
    /// Whether a person wants to see it. Words are looked for in what the table shows, in any case of letters, and in
    /// the bodies as they are typed.
    pub fn holds(&self, exchange: &Exchange) -> bool {
        self.client.as_ref().is_none_or(|client| *client == exchange.client)
            && self.method.holds(&exchange.method)
            && self.answers.holds(exchange)
            && self.holds_words(exchange)
    }

    fn holds_words(&self, exchange: &Exchange) -> bool {
        if self.words.trim().is_empty() {
            return true;
        }
        let status = exchange.status.map(|s| s.to_string()).unwrap_or_default();
        let line = format!(
            "{} {} {} {status} {}",
            exchange.client, exchange.method, exchange.target, exchange.understood
        )
        .to_lowercase();
        self.words.split_whitespace().all(|word| {
            line.contains(&word.to_lowercase())
                || exchange.request_body.contains(word)
                || exchange.response_body.contains(word)
        })
    }
}
