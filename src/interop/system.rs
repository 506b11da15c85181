//! The systems, where what is known of each comes from, and how each would answer.

/// A system that carries dispatches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum System {
    /// Flexible Power, of NGED and partner DNOs.
    FlexiblePower,
    /// Piclo Flex and Piclo Max.
    Piclo,
    /// Smarter Grid Solutions' interface for FSPs.
    Sgs,
    /// OpenADR 2.0b.
    OpenAdr2b,
    /// OpenADR 3.1 with its own names alone, without this program's profile.
    OpenAdr3,
    /// USEF's protocol as Shapeshifter has it (UFTP).
    Shapeshifter,
    /// The market interface of EUniversal.
    Umei,
    /// IEC CIM: the reply to a dispatch instruction.
    Cim,
    /// NESO's Open Balancing Platform.
    Obp,
    /// A bid-offer acceptance of the Balancing Mechanism, as it is published.
    Boa,
    /// Electronic Dispatch Logging.
    Edl,
    /// IEEE 2030.5, as CSIP uses it.
    Ieee2030Dot5,
    /// The Dutch profile of OpenADR 3.1 for DSOs and service providers.
    NlFlex,
}

/// What a rendering rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A published schema has its shape.
    Schema,
    /// Public pages tell its content; its exact form is not public or was not found.
    Pages,
    /// Its parts are known; how they are laid out is this program's own drawing.
    Illustration,
}

impl Standing {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Schema => "from a published schema",
            Self::Pages => "from public pages",
            Self::Illustration => "an illustration",
        }
    }
}

/// How a system would answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnPath {
    /// What is nearest to Appendix A's acknowledgement.
    pub acknowledgement: &'static str,
    /// Whether it reads back what it understood.
    pub reads_back: &'static str,
    /// What is nearest to the poll that is the heartbeat.
    pub poll: &'static str,
}

impl System {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::FlexiblePower,
        Self::Piclo,
        Self::Sgs,
        Self::OpenAdr2b,
        Self::OpenAdr3,
        Self::Shapeshifter,
        Self::Umei,
        Self::Cim,
        Self::Obp,
        Self::Boa,
        Self::Edl,
        Self::Ieee2030Dot5,
        Self::NlFlex,
    ];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::FlexiblePower => "Flexible Power",
            Self::Piclo => "Piclo",
            Self::Sgs => "SGS",
            Self::OpenAdr2b => "OpenADR 2.0b",
            Self::OpenAdr3 => "OpenADR 3 stock",
            Self::Shapeshifter => "Shapeshifter",
            Self::Umei => "UMEI",
            Self::Cim => "IEC CIM",
            Self::Obp => "NESO OBP",
            Self::Boa => "NESO BOA",
            Self::Edl => "NESO EDL",
            Self::Ieee2030Dot5 => "IEEE 2030.5",
            Self::NlFlex => "NL-Flex",
        }
    }

    /// Its name for programs and the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::FlexiblePower => "flexible-power",
            Self::Piclo => "piclo",
            Self::Sgs => "sgs",
            Self::OpenAdr2b => "openadr-2.0b",
            Self::OpenAdr3 => "openadr-3.1",
            Self::Shapeshifter => "shapeshifter",
            Self::Umei => "umei",
            Self::Cim => "cim",
            Self::Obp => "obp",
            Self::Boa => "boa",
            Self::Edl => "edl",
            Self::Ieee2030Dot5 => "ieee-2030.5",
            Self::NlFlex => "nl-flex",
        }
    }

    /// The system of that id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.id() == id)
    }

    /// What it is, in a sentence.
    pub fn is(self) -> &'static str {
        match self {
            Self::FlexiblePower => {
                "NGED and partner DNOs push start and stop to a server that the FSP hosts."
            }
            Self::Piclo => "A market whose dispatches reach the FSP by webhook or by polling.",
            Self::Sgs => "A DNO's dispatch platform that pushes to a server that the FSP hosts.",
            Self::OpenAdr2b => "The XML generation of OpenADR: a VEN polls or is pushed to.",
            Self::OpenAdr3 => "OpenADR 3.1 with the payload names of its own list, and no profile on top.",
            Self::Shapeshifter => {
                "USEF's flexibility trading protocol between DSO and aggregator (UFTP 3.1.0)."
            }
            Self::Umei => "EUniversal's interface to flexibility markets: an order book, no dispatch.",
            Self::Cim => "IEC 62325-301's reply to a dispatch instruction in an IEC 61968-100 envelope.",
            Self::Obp => "NESO's platform for reserve and MW Dispatch: a list of points in time and MW.",
            Self::Boa => "A bid-offer acceptance: absolute levels joined by straight lines.",
            Self::Edl => {
                "The control point's link of the Balancing Mechanism: lines of ASCII on a leased line."
            }
            Self::Ieee2030Dot5 => "Controls of distributed resources that a device fetches (CSIP).",
            Self::NlFlex => "The Dutch DSOs' day-ahead profile of OpenADR 3.1.",
        }
    }

    /// What its rendering rests on.
    pub fn standing(self) -> Standing {
        match self {
            Self::OpenAdr2b | Self::OpenAdr3 | Self::Shapeshifter | Self::Umei | Self::Ieee2030Dot5 => {
                Standing::Schema
            }
            Self::NlFlex | Self::FlexiblePower | Self::Piclo | Self::Sgs | Self::Obp | Self::Boa => {
                Standing::Pages
            }
            Self::Cim | Self::Edl => Standing::Illustration,
        }
    }

    /// Where what is known of it comes from, in words.
    pub fn source(self) -> &'static str {
        match self {
            Self::FlexiblePower => {
                "Flexible Power's public questions and answers and dispatch pages, and the ENA's comparative analysis of \
                 October 2024. The names of the interface's fields are not public: the labels are this program's own."
            }
            Self::Piclo => {
                "Piclo's support pages and SP Energy Networks' open data on dispatches, whose columns give the names; the \
                 ENA's analysis for the signature and for what is ambiguous."
            }
            Self::Sgs => {
                "The ENA's comparative analysis of October 2024 alone. No public specification of the interface was found, so \
                 no field is rendered."
            }
            Self::OpenAdr2b => "The OpenADR Alliance's published XML schemas of profile 2.0b.",
            Self::OpenAdr3 => {
                "The OpenADR Alliance's published API description, user guide and enumerations of version 3.1."
            }
            Self::Shapeshifter => "The Shapeshifter specification's schemas and pages, UFTP 3.1.0.",
            Self::Umei => "EUniversal's published OpenAPI description of UMEI 1.0.0.",
            Self::Cim => {
                "Published class lists of the CIM's market extension. How they are put into XML and into the envelope is \
                 drawn here and is not checked against a schema."
            }
            Self::Obp => {
                "NESO's open data on OBP reserve instructions, whose columns give the names. The interface's own \
                 specification was not found."
            }
            Self::Boa => {
                "Elexon's descriptions of published acceptance data. The message to the control point is EDL's."
            }
            Self::Edl => {
                "A specification of the link from the year 2000 and catalogues that name its parts. The layout of the records \
                 was not found: this is a schematic of the parts, not bytes."
            }
            Self::Ieee2030Dot5 => {
                "The standard's public XML schema and the CSIP implementation guide. The sign of a target is taken from the \
                 schema's words on charge and discharge; for reactive power it does not say."
            }
            Self::NlFlex => {
                "ElaadNL's published validators of the OpenADR DER profile, 0.3.0 beta. The specification itself was not \
                 found."
            }
        }
    }

    /// How it would answer.
    pub fn return_path(self) -> ReturnPath {
        let path = |acknowledgement, reads_back, poll| ReturnPath { acknowledgement, reads_back, poll };
        match self {
            Self::FlexiblePower => path(
                "The FSP answers start and stop with signals of its own; what they hold was not found.",
                "Not known.",
                "Metering every minute acts as one.",
            ),
            Self::Piclo => path(
                "Accepting within the time that the system operator has set: a status.",
                "No.",
                "None where dispatches come by webhook; polling where the FSP asks.",
            ),
            Self::Sgs => path("Not found.", "Not known.", "An optional report of availability and status."),
            Self::OpenAdr2b => path(
                "oadrCreatedEvent: optIn or optOut with eventID and modificationNumber.",
                "No volume and no time; the revision, yes.",
                "oadrPoll, as often as the server says.",
            ),
            Self::OpenAdr3 => path(
                "None. A report that names the event, when a descriptor asked for one.",
                "Only where a profile says so.",
                "GET /events shows that a client is there; no interval is agreed.",
            ),
            Self::Shapeshifter => path(
                "FlexOrderResponse, Accepted or Rejected; an order may not be refused for physical reasons.",
                "No.",
                "TestMessage alone.",
            ),
            Self::Umei => path("The order's status changes.", "No.", "None."),
            Self::Cim => path(
                "DispatchInstReply itself: acceptMW, acceptStatus, receivedTime.",
                "The MW alone, beside the MW that were asked.",
                "None.",
            ),
            Self::Obp => path(
                "The provider confirms; a cease stands whether it does or not.",
                "Not known.",
                "Not found.",
            ),
            Self::Boa | Self::Edl => path(
                "The control point accepts or rejects the acceptance; the telephone stands by.",
                "No.",
                "The link is supervised, and there is the telephone.",
            ),
            Self::Ieee2030Dot5 => path(
                "Response by mRID: received, started, completed, opted out, superseded.",
                "No.",
                "How often the device fetches, and the responses that it posts.",
            ),
            Self::NlFlex => path(
                "A report ACK = true: the event arrived, and nothing beyond that.",
                "No.",
                "OPERATIONAL_STATUS, when it is not as usual.",
            ),
        }
    }
}
