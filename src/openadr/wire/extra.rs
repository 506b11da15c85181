//! Members that this program does not know.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// Members that this program does not know, kept as they came. Nearly always there are none, and they stand at every level
/// of every object: none takes no more room than a pointer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra(Option<Box<Map<String, Value>>>);

impl Extra {
    /// Whether there is a member of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.0.as_ref().is_some_and(|members| members.contains_key(name))
    }

    /// Adds a member, or puts it in the place of the one of its name, which is answered.
    pub fn insert(&mut self, name: String, value: Value) -> Option<Value> {
        self.0.get_or_insert_default().insert(name, value)
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(members) => members.serialize(serializer),
            None => serializer.serialize_map(Some(0))?.end(),
        }
    }
}
