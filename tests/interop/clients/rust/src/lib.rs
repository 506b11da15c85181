//! What both drivers have in common: each step is one JSON line, and a step that fails does not stop the next ones.

use std::fmt::Debug;

use serde_json::json;

/// Prints steps and counts those that failed.
#[derive(Default)]
pub struct Steps {
    failed: u32,
}

impl Steps {
    /// One step; gives what it gave.
    pub fn step<T, E: Debug>(&mut self, name: &str, outcome: Result<T, E>) -> Option<T> {
        match outcome {
            Ok(value) => {
                println!("{}", json!({"step": name, "ok": true}));
                Some(value)
            }
            Err(error) => {
                self.failed += 1;
                let said: String = format!("{error:?}").chars().take(800).collect();
                println!("{}", json!({"step": name, "ok": false, "said": said}));
                None
            }
        }
    }

    /// A step that compares.
    pub fn same<T: PartialEq + Debug>(&mut self, name: &str, seen: T, expected: T) {
        let same = seen == expected;
        self.step(name, if same { Ok(()) } else { Err(format!("{seen:?} is not {expected:?}")) });
    }

    /// The last line, without which a driver did not come to its end.
    pub fn end(self) -> ! {
        println!("{}", json!({"end": true, "failed": self.failed}));
        std::process::exit(i32::from(self.failed > 0))
    }
}

/// A variable that must be there.
pub fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}
