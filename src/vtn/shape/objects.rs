//! The objects of the OpenADR 3.1.0 specification's file, as far as they bind a client's request.

use super::{Member, Shape, nullable, optional, required};

const INT32: Shape =
    Shape::Whole { min: i32::MIN as i64, max: i32::MAX as i64, says: "a whole number of 32 bits, such as 0" };

static TARGETS: Shape = Shape::List(&Shape::Name);
pub(super) static VALUES_MAPS: Shape = Shape::List(&Shape::Object(&[
    required("type", &Shape::Name),
    required("values", &Shape::List(&Shape::Datum)),
]));
static INTERVAL_PERIOD: Shape = Shape::Object(&[
    optional("start", &Shape::Moment),
    optional("duration", &Shape::Duration),
    optional("randomizeStart", &Shape::Duration),
]);
static INTERVALS: Shape = Shape::List(&Shape::Object(&[
    required("id", &INT32),
    optional("intervalPeriod", &INTERVAL_PERIOD),
    required("payloads", &VALUES_MAPS),
]));

static EVENT_DESCRIPTOR_TYPE: Shape =
    Shape::OneOf { texts: &["EVENT_PAYLOAD_DESCRIPTOR"], says: "EVENT_PAYLOAD_DESCRIPTOR" };
pub(super) static REPORT_DESCRIPTOR_TYPE: Shape =
    Shape::OneOf { texts: &["REPORT_PAYLOAD_DESCRIPTOR"], says: "REPORT_PAYLOAD_DESCRIPTOR" };
static ANY_DESCRIPTOR_TYPE: Shape = Shape::OneOf {
    texts: &["EVENT_PAYLOAD_DESCRIPTOR", "REPORT_PAYLOAD_DESCRIPTOR"],
    says: "EVENT_PAYLOAD_DESCRIPTOR or REPORT_PAYLOAD_DESCRIPTOR",
};
static CONFIDENCE: Shape = Shape::Whole { min: 0, max: 100, says: "a whole number from 0 to 100" };
/// The specification sets no end; what VENs read has one.
static PRIORITY: Shape =
    Shape::Whole { min: 0, max: i64::MAX, says: "a whole number of 0 or more, of at most 63 bits" };

/// `objectType` of a descriptor is required since 3.1; clients of 3.0 leave it out, and a descriptor without it is
/// still understood.
macro_rules! descriptors {
    ($kind:expr) => {
        Shape::List(&Shape::Object(&[
            optional("objectType", $kind),
            required("payloadType", &Shape::Name),
            nullable("units", &Shape::Name),
            nullable("currency", &Shape::Text),
            nullable("readingType", &Shape::Name),
            nullable("accuracy", &Shape::Number),
            nullable("confidence", &CONFIDENCE),
        ]))
    };
}

static EVENT_DESCRIPTORS: Shape = descriptors!(&EVENT_DESCRIPTOR_TYPE);
static REPORT_PAYLOAD_DESCRIPTORS: Shape = descriptors!(&REPORT_DESCRIPTOR_TYPE);
static ANY_DESCRIPTORS: Shape = descriptors!(&ANY_DESCRIPTOR_TYPE);

static REPORT_DESCRIPTORS: Shape = Shape::List(&Shape::Object(&[
    required("payloadType", &Shape::Name),
    nullable("readingType", &Shape::Name),
    nullable("units", &Shape::Name),
    nullable("targets", &TARGETS),
    optional("aggregate", &Shape::Truth),
    optional("startInterval", &INT32),
    optional("numIntervals", &INT32),
    optional("historical", &Shape::Truth),
    optional("frequency", &INT32),
    optional("repeat", &INT32),
    optional(
        "reportIntervals",
        &Shape::OneOf {
            texts: &["INTERVALS", "SUB_INTERVALS", "OPEN_INTERVALS"],
            says: "INTERVALS, SUB_INTERVALS or OPEN_INTERVALS",
        },
    ),
]));

/// `programRequest`.
pub(in crate::vtn) static PROGRAM: &[Member] = &[
    required("programName", &Shape::Name),
    optional("intervalPeriod", &INTERVAL_PERIOD),
    nullable("programDescriptions", &Shape::List(&Shape::Object(&[required("URL", &Shape::Uri)]))),
    nullable("payloadDescriptors", &ANY_DESCRIPTORS),
    nullable("attributes", &VALUES_MAPS),
    nullable("targets", &TARGETS),
];

/// `eventRequest`.
pub(in crate::vtn) static EVENT: &[Member] = &[
    required("programID", &Shape::ObjectId),
    nullable("eventName", &Shape::Text),
    optional("duration", &Shape::Duration),
    nullable("priority", &PRIORITY),
    nullable("targets", &TARGETS),
    nullable("reportDescriptors", &REPORT_DESCRIPTORS),
    nullable("payloadDescriptors", &EVENT_DESCRIPTORS),
    optional("intervalPeriod", &INTERVAL_PERIOD),
    optional("intervals", &INTERVALS),
];

/// `reportRequest`.
pub(in crate::vtn) static REPORT: &[Member] = &[
    required("eventID", &Shape::ObjectId),
    required("clientName", &Shape::Name),
    nullable("reportName", &Shape::Text),
    nullable("payloadDescriptors", &REPORT_PAYLOAD_DESCRIPTORS),
    required(
        "resources",
        &Shape::List(&Shape::Object(&[
            required("resourceName", &Shape::Name),
            optional("intervalPeriod", &INTERVAL_PERIOD),
            required("intervals", &INTERVALS),
        ])),
    ),
];

/// `objectTypes`.
pub(in crate::vtn) static OBJECT_TYPE: Shape = Shape::OneOf {
    texts: &["PROGRAM", "EVENT", "REPORT", "SUBSCRIPTION", "VEN", "RESOURCE"],
    says: "PROGRAM, EVENT, REPORT, SUBSCRIPTION, VEN or RESOURCE",
};

/// The operations of 3.1, and the names that clients of other versions have for them.
static OPERATION: Shape = Shape::OneOf {
    texts: &["READ", "CREATE", "UPDATE", "DELETE", "GET", "POST", "PUT"],
    says: "READ, CREATE, UPDATE or DELETE",
};

/// `subscriptionRequest`.
pub(in crate::vtn) static SUBSCRIPTION: &[Member] = &[
    required("clientName", &Shape::Name),
    optional("programID", &Shape::ObjectId),
    required(
        "objectOperations",
        &Shape::List(&Shape::Object(&[
            required("objects", &Shape::List(&OBJECT_TYPE)),
            required("operations", &Shape::List(&OPERATION)),
            required("callbackUrl", &Shape::Uri),
            optional("bearerToken", &Shape::Secret),
        ])),
    ),
    nullable("targets", &TARGETS),
];

/// `BlVenRequest`.
pub(in crate::vtn) static BL_VEN: &[Member] = &[
    required("clientID", &Shape::Name),
    required("venName", &Shape::Name),
    nullable("targets", &TARGETS),
    nullable("attributes", &VALUES_MAPS),
];

/// `VenVenRequest`; `targets` is not its member, and [`super::super::routes`] says who grants them.
pub(in crate::vtn) static VEN_VEN: &[Member] =
    &[required("venName", &Shape::Name), nullable("targets", &TARGETS), nullable("attributes", &VALUES_MAPS)];

/// `BlResourceRequest`; its `clientID` is required in 3.1.0 and gone in 3.1.1, and follows from the ven.
pub(in crate::vtn) static BL_RESOURCE: &[Member] = &[
    optional("clientID", &Shape::Name),
    required("resourceName", &Shape::Name),
    required("venID", &Shape::ObjectId),
    nullable("targets", &TARGETS),
    nullable("attributes", &VALUES_MAPS),
];

/// `VenResourceRequest`; its `venID` is required in 3.1.0 and gone in 3.1.1, and follows from the client.
pub(in crate::vtn) static VEN_RESOURCE: &[Member] = &[
    required("resourceName", &Shape::Name),
    optional("venID", &Shape::ObjectId),
    nullable("targets", &TARGETS),
    nullable("attributes", &VALUES_MAPS),
];
