//! Reading an object member by member, in one pass and without keeping it aside: a poll of thousands of agents is mostly
//! this. Of a member that stands twice the last holds, and what is not known is kept.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::Value;

use super::{
    Event, Interval, IntervalPeriod, PayloadDescriptor, Program, Report, ReportDescriptor, ReportResource,
    Resource, ValuesMap, Ven, whole_number,
};

/// A member's name, borrowed from what is read where that is possible.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }

            fn visit_string<E>(self, name: String) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name)))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// A number that other writers give a decimal point.
struct Whole(Option<u32>);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        whole_number(deserializer).map(Self)
    }
}

/// How a member is read: `required` must be there; `optional` may be missing or `null`; of a `list` both mean that it is
/// empty; a `number` is whole; `anything` is kept as it is.
macro_rules! value_of {
    (required, $map:ident) => {
        $map.next_value()?
    };
    (optional, $map:ident) => {
        $map.next_value()?
    };
    (list, $map:ident) => {
        $map.next_value::<Option<_>>()?.unwrap_or_default()
    };
    (number, $map:ident) => {
        $map.next_value::<Whole>()?.0
    };
    (anything, $map:ident) => {
        $map.next_value::<Value>()?
    };
}

macro_rules! is_required {
    (required) => {
        true
    };
    ($other:ident) => {
        false
    };
}

macro_rules! members {
    ($object:ident { $($name:literal => $($field:ident).+ : $how:ident,)* }) => {
        impl<'de> Deserialize<'de> for $object {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;
                impl<'de> Visitor<'de> for Members {
                    type Value = $object;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("struct ", stringify!($object)))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$object, A::Error> {
                        let mut missing = [$(is_required!($how).then_some($name)),*];
                        let mut object = $object::default();
                        while let Some(Name(name)) = map.next_key()? {
                            match &*name {
                                $($name => object.$($field).+ = value_of!($how, map),)*
                                _ => {
                                    object.extra.insert(name.into_owned(), map.next_value()?);
                                    continue;
                                }
                            }
                            for required in &mut missing {
                                *required = required.filter(|required| *required != &*name);
                            }
                        }
                        match missing.into_iter().flatten().next() {
                            Some(name) => Err(serde::de::Error::missing_field(name)),
                            None => Ok(object),
                        }
                    }
                }
                deserializer.deserialize_map(Members)
            }
        }
    };
}

members!(ValuesMap {
    "type" => kind: required,
    "values" => values: list,
});

members!(IntervalPeriod {
    "start" => start: optional,
    "duration" => duration: optional,
    "randomizeStart" => randomize_start: optional,
});

members!(Interval {
    "id" => id: anything,
    "intervalPeriod" => interval_period: optional,
    "payloads" => payloads: list,
});

members!(ReportDescriptor {
    "payloadType" => payload_type: required,
});

members!(PayloadDescriptor {
    "objectType" => object_type: optional,
    "payloadType" => payload_type: required,
    "units" => units: optional,
    "currency" => currency: optional,
});

members!(Program {
    "id" => meta.id: optional,
    "createdDateTime" => meta.created_date_time: optional,
    "modificationDateTime" => meta.modification_date_time: optional,
    "objectType" => meta.object_type: optional,
    "programName" => program_name: required,
    "attributes" => attributes: list,
    "targets" => targets: list,
});

members!(Event {
    "id" => meta.id: optional,
    "createdDateTime" => meta.created_date_time: optional,
    "modificationDateTime" => meta.modification_date_time: optional,
    "objectType" => meta.object_type: optional,
    "programID" => program_id: required,
    "eventName" => event_name: optional,
    "duration" => duration: optional,
    "priority" => priority: number,
    "targets" => targets: list,
    "reportDescriptors" => report_descriptors: list,
    "payloadDescriptors" => payload_descriptors: list,
    "intervalPeriod" => interval_period: optional,
    "intervals" => intervals: list,
});

members!(ReportResource {
    "resourceName" => resource_name: required,
    "intervalPeriod" => interval_period: optional,
    "intervals" => intervals: list,
});

members!(Report {
    "id" => meta.id: optional,
    "createdDateTime" => meta.created_date_time: optional,
    "modificationDateTime" => meta.modification_date_time: optional,
    "objectType" => meta.object_type: optional,
    "clientID" => client_id: optional,
    "eventID" => event_id: required,
    "clientName" => client_name: required,
    "reportName" => report_name: optional,
    "payloadDescriptors" => payload_descriptors: list,
    "resources" => resources: list,
});

members!(Ven {
    "id" => meta.id: optional,
    "createdDateTime" => meta.created_date_time: optional,
    "modificationDateTime" => meta.modification_date_time: optional,
    "objectType" => meta.object_type: optional,
    "clientID" => client_id: optional,
    "venName" => ven_name: required,
    "attributes" => attributes: list,
    "targets" => targets: list,
});

members!(Resource {
    "id" => meta.id: optional,
    "createdDateTime" => meta.created_date_time: optional,
    "modificationDateTime" => meta.modification_date_time: optional,
    "objectType" => meta.object_type: optional,
    "clientID" => client_id: optional,
    "resourceName" => resource_name: required,
    "venID" => ven_id: required,
    "attributes" => attributes: list,
    "targets" => targets: list,
});
