//! One command may have gone to many units: what came of it, in one outcome. Pure.

/// Of what came of one command so much is told in its outcome, one after the other.
const TOLD_ONE_BY_ONE: usize = 3;

/// What one command still waits for, and what came of the rest of it.
pub(super) struct Tally {
    pub asked: String,
    pub waiting: usize,
    pub results: Vec<Result<String, String>>,
}

impl Tally {
    /// One result for all: done when all is done.
    pub fn sum(self) -> (String, Result<String, String>) {
        let all = self.results.len();
        let (done, failed): (Vec<_>, Vec<_>) = self.results.into_iter().partition(Result::is_ok);
        let done: Vec<String> = done.into_iter().flatten().collect();
        let failed: Vec<String> = failed.into_iter().filter_map(Result::err).collect();
        let result = match (all, failed.is_empty()) {
            (_, true) if done.len() == 1 => Ok(done.join("")),
            (_, true) => Ok(format!("{all} of {all} sent: {}", some_of(&done, "; "))),
            (1, false) => Err(failed.join("")),
            (_, false) => Err(format!("{} of {all} sent. {}", done.len(), some_of(&failed, ". "))),
        };
        (self.asked, result)
    }
}

/// All of a few; of many the first ones and how many there are beside: Board and Journal hold each of them.
fn some_of(texts: &[String], between: &str) -> String {
    match texts.split_at_checked(TOLD_ONE_BY_ONE) {
        Some((first, more)) if !more.is_empty() => {
            format!("{}{between}{} more, each on Board", first.join(between), more.len())
        }
        _ => texts.join(between),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_a_stop_of_everything_is_read_in_one_glance() {
        let said = |done: usize, failed: usize| {
            let done = (0..done).map(|n| Ok(format!("the VTN has D-{n}")));
            let failed = (0..failed).map(|n| Err(format!("F-{n} was not sent")));
            let results = done.chain(failed).collect();
            Tally { asked: "EMERGENCY STOP".to_owned(), waiting: 0, results }.sum().1
        };
        for (done, failed, words) in [
            (1, 0, Ok("the VTN has D-0")),
            (2, 0, Ok("2 of 2 sent: the VTN has D-0; the VTN has D-1")),
            (3, 0, Ok("3 of 3 sent: the VTN has D-0; the VTN has D-1; the VTN has D-2")),
            (
                500,
                0,
                Ok(
                    "500 of 500 sent: the VTN has D-0; the VTN has D-1; the VTN has D-2; 497 more, each on Board",
                ),
            ),
            (0, 1, Err("F-0 was not sent")),
            (498, 2, Err("498 of 500 sent. F-0 was not sent. F-1 was not sent")),
            (
                0,
                5,
                Err(
                    "0 of 5 sent. F-0 was not sent. F-1 was not sent. F-2 was not sent. 2 more, each on Board",
                ),
            ),
        ] {
            let words = words.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(said(done, failed), words, "{done} sent, {failed} not");
        }
    }
}
