//! What the help pane says: for each workspace what it shows, and what the terms mean that stand there.

use crate::console::context::Workspace;

/// What one workspace's help says.
pub struct Help {
    /// What is on the screen, and what can be done there.
    pub shows: &'static str,
    /// What is not everyday language, and what it means.
    pub terms: &'static [Term],
}

/// A term and its meaning.
pub type Term = (&'static str, &'static str);

/// Terms that stand in every workspace.
pub const COMMON: &[Term] = &[
    (
        "Sign",
        "Positive is more export or less import: turn up generation, turn down demand. Negative is the other way \
         round. The same on every screen, in every file and in every message that this program shows.",
    ),
    (
        "Two lamps",
        "The client lamp is the provider's software: it polls. The unit lamp is the asset: it reports. One can be \
         live while the other is lost. Late is two intervals of silence, lost is three.",
    ),
    (
        "Times",
        "Instructions are in UTC. London time is shown beside it with GMT or BST. A settlement period is a \
         half-hour of the London day; a day has 48, or 46 and 50 when the clocks change.",
    ),
    (
        "EMERGENCY STOP",
        "Hold the button for 1.5 s, or hold Ctrl+Shift+E, or reach it with Tab and hold Space. Every unit of every \
         operator of this desk ceases as fast as it physically can and stays inhibited until a new dispatch.",
    ),
];

/// What the alarm list shows.
pub const ALARMS: &str = "What is abnormal and asks for a person: the gravest that nobody has acknowledged stands first. Each says what is \
                      wrong and what to do. Ctrl+Shift+L goes there: Up and Down go from row to row, Enter tells the alarm in hand \
                      in full or unfolds a group, A acknowledges, S shelves. Ctrl+Shift+A acknowledges all.";

/// Terms of the alarm list.
pub const ALARM_TERMS: &[Term] = &[
    (
        "Priority",
        "1, a triangle: act at once. 2, a diamond: act soon. 3, a square: when there is time. Filled while nobody has \
         acknowledged it.",
    ),
    (
        "Acknowledge",
        "Says that a person has seen it, and nothing else. An alarm goes when it is acknowledged and its cause is gone; one that \
         comes again, or becomes graver, asks for notice again.",
    ),
    (
        "Shelve",
        "Puts an alarm aside for 15 min, 1 h or the rest of the shift (8 h), with a reason and a name. It comes back by itself when \
         its time is over or when it becomes graver, and by hand from the list of what is shelved. Priority 1 of a service under \
         way and what is of security cannot be shelved. The journal keeps all of it; the shelf itself ends with the session.",
    ),
    (
        "Silent below it",
        "One loss of communications is one alarm: what is known only through a client or a VTN that is lost is silent until it is \
         heard again. ×4 stands for itself and three others; its detail names them.",
    ),
    (
        "Flood",
        "More than 10 alarms in 10 min, until fewer than 5 come. Meanwhile alarms are grouped by FSP by themselves, and what is of \
         priority 1 stands by itself on top.",
    ),
];

/// What lies over the window while a person is asked before something is sent.
pub const REVIEW: Help = Help {
    shows: "What will be sent, frozen: whatever changes in the draft or at the desk meanwhile does not change it. Read it, arm it, \
            then send it, by pointer or Space. Escape and Cancel go back to the draft with nothing sent.",
    terms: &[
        ("Arm", "Says that it was read. Until then nothing can be sent; Enter does not arm."),
        (
            "Signed with",
            "The operator's key, or that of the person who is signed on, signs every field that stands here. Who receives it can prove who asked, and that nothing was \
             changed.",
        ),
        (
            "Ask for approval",
            "Above a limit in MW it stands in the place of “Send now”: another person approves with a key of their own first.",
        ),
        (
            "Predicted misses",
            "What the unit's declared physics cannot do in time. It can be sent all the same.",
        ),
    ],
};

/// The scenario editor.
pub const EDITOR: Help = Help {
    shows: "A scenario as lanes on a time line, with London time and T+ above. Pick an item to write what it says at the side; what is \
            wrong stands in a list below and beside its item, as `rampdesk check` says it. “Text” shows the file as it is \
            written: comments and order stay as they are. What Rampdesk comes with is edited as a copy.",
    terms: &[
        (
            "Move",
            "Drag an item, or with the keyboard on it: Left and Right by a minute, Page Up and Page Down by ten. With Shift, its \
             end alone. A dispatch takes its window and levels along; an amendment is only sent at another time.",
        ),
        (
            "Keys",
            "Enter takes an item in hand, Delete takes it out, Ctrl+D copies it, Ctrl+Z and Ctrl+Y undo and do again, Ctrl+S saves.",
        ),
        (
            "Add",
            "What is added goes to the time that was last clicked on a lane; two clicks put the lane's own kind there.",
        ),
        (
            "Expected actions",
            "What a perfect trainee does; `rampdesk rehearse` acts it out and must come to full marks.",
        ),
        (
            "Marks",
            "What is expected of the trainee and what it is worth; below 0 what is taken away when it does not come true.",
        ),
        (
            "Weather",
            "From then on sun or wind give a farm this share of what was forecast, up to its rating.",
        ),
        ("Baseline", "What the unit would do anyway departs from its declared baseline by so many kW."),
        ("T+", "Hours and minutes after the scenario's start."),
    ],
};

/// What lies over the window while a person is asked before a STOP.
pub const STOP: Help = Help {
    shows: "What a STOP of this dispatch comes to. Arm it, then send it, by pointer or Space. Escape and Cancel leave the dispatch \
            as it is. EMERGENCY STOP stays within reach.",
    terms: &[
        (
            "Stop",
            "The next revision, with status STOP. The unit returns to its baseline at its declared ramp; the rest of the window is \
             not delivered.",
        ),
        ("Rebound", "What the unit takes back afterwards of the energy that it shed."),
    ],
};

/// The dialogue in which a person signs on.
pub const SIGN_ON: Help = Help {
    shows: "Says who is at this desk. From then on what is sent is signed with that person's own key, and names them. The passphrase \
            or PIN opens the key and is not kept. Nothing is sent by signing on. EMERGENCY STOP stays within reach.",
    terms: &[
        (
            "Signed on",
            "One person at a time. Whoever signs on takes the place of whoever was. They are signed off by hand \
             (Ctrl+Shift+J), after a time without a command, when their key ends, and when the session is left.",
        ),
        (
            "Stops",
            "A STOP and the EMERGENCY STOP do not wait for a person: while nobody is signed on the machine's key signs them, \
             where there is one.",
        ),
        ("PIN", "Of a hardware token, which locks itself after a few wrong ones."),
    ],
};

/// The list of all actions.
pub const PALETTE: Help = Help {
    shows: "Every action by name, with its keys. Type a few letters of it, go up and down by arrow keys, Enter does it. What cannot \
            be done now says why. Escape goes back to where you were.",
    terms: &[(
        "Selected",
        "The unit and the dispatch in hand are the same in all workspaces: pick one in Fleet, Board or Delivery, and actions are \
         about that one.",
    )],
};

/// The help on a workspace.
pub fn of(workspace: Workspace) -> Help {
    match workspace {
        Workspace::Board => Help {
            shows: "Every dispatch as a bar on the time line of its unit, or as a list. The steps inside a bar are its \
                    setpoints, as a share of what the unit can do up and down from baseline; the mark and the word are \
                    where it stands; a dashed bar is not acted on. Pick a bar to see beside it who has answered what and \
                    when, and whether what was read back is what was sent. Up and Down go from one dispatch to the \
                    next, Left and Right along a unit, Enter shows its delivery; + and − or Ctrl and the wheel change \
                    the scale, N follows the present, F fits all; drag to move through time.",
            terms: &[
                (
                    "Ladder",
                    "Sent: the VTN has it. Received: the provider's client has parsed it and the signature holds. \
                     Accepted: the unit's own controller has taken it on. Started: the unit moves. At setpoint: the \
                     level is delivered. Ended: over as planned.",
                ),
                (
                    "Late",
                    "An answer is overdue: the time that the contract allows for it has passed. Or the unit has said \
                     that it will reach a setpoint late.",
                ),
                (
                    "Mismatched",
                    "What was read back is not what was sent: stop it, or agree with the provider what it acts on.",
                ),
                (
                    "Accepted, late",
                    "The unit does it, but reaches a setpoint after its time; the provider says when.",
                ),
                (
                    "Read-back",
                    "The provider says in its own model what it understood and acts on. A field that differs is an \
                     alarm; a field that is absent was not understood.",
                ),
                (
                    "Stop",
                    "A revision with status STOP: the unit returns to its baseline at its declared ramp. It is asked for once \
                     more before it is sent, and never waits for a second person.",
                ),
                ("Revision", "A counter that only grows. A greater revision replaces the one before."),
            ],
        },
        Workspace::Compose => Help {
            shows: "Draws up a dispatch: units, window, setpoints, against what the units can reach. Nothing leaves \
                    this desk until it is armed and confirmed; Enter never confirms.",
            terms: &[
                (
                    "Setpoint",
                    "A destination: at its time the unit is delivering the level, so it starts to ramp before.",
                ),
                (
                    "Delta, absolute",
                    "Delta counts from the contract's named baseline, never from where the unit stands now. \
                     Absolute is the net power at the connection point.",
                ),
                (
                    "Reachable",
                    "What the unit can be delivering at each instant by its declared delay, ramps, limits and \
                     energy.",
                ),
                (
                    "Checks",
                    "The draft against its contract, the unit's physics and what else is asked of the unit. An error stops the \
                     sending, a warning does not. Below each stands what mends it with one press, or the way to the control \
                     where it is mended.",
                ),
                (
                    "Baseline",
                    "What the unit would do without a dispatch, as the contract names it: fixed, by the time of day, nominated, \
                     or from past days.",
                ),
                (
                    "Run",
                    "RUN: each setpoint is delivered at its time. What is sent is signed with the operator's key, all of it.",
                ),
                (
                    "Amend",
                    "The next revision of a dispatch that is open. It replaces the one before whole, and is acknowledged and read \
                     back anew; fields that differ from it are marked.",
                ),
                (
                    "Review, arm, send",
                    "Before anything is sent it stands there in words and numbers, frozen. Arming says that it was read; Enter \
                     neither arms nor sends.",
                ),
                ("Pre-notify", "A notice of what will probably be asked: acknowledged, not acted on."),
                ("Run now", "The first setpoint is reached as fast as the ramp allows from acceptance."),
                (
                    "Plan",
                    "One volume over several units, from a time to a time, at one level or several. Least cost looks for \
                     who gives what when within each unit's ramps, energy, minimum level, runs and rests, declared \
                     availability and notice; merit order, pro rata and equal shares keep each unit at what it can hold \
                     from beginning to end. What cannot be given is short, and is told; each unit's own physics is \
                     asked before a plan is offered. Taking it makes a draft for each unit.",
                ),
                (
                    "Second person",
                    "Above a limit in MW (Connections shows it) what was armed waits until another person has read it \
                     and approved it with a key of their own: open the key file, type its passphrase. What is withdrawn \
                     and changed is not approved any more. A stop never waits for anyone.",
                ),
                (
                    "Rehearse",
                    "The draft takes place at once, in virtual time, on a copy of the unit: signed, sent through a VTN of its \
                     own, acknowledged and delivered. The ghost on the plot is what came; the stages and alarms stand \
                     below the checks. The copy begins at rest with the charge that was last reported, and nothing else is \
                     asked of it.",
                ),
                (
                    "Templates",
                    "A draft kept under a name: its status, the length of its window and its levels, to be asked again of another \
                     unit from another start on.",
                ),
                (
                    "Drafts",
                    "What is being drawn up is kept as typed in the session's folder, so that a crash loses nothing of it.",
                ),
                (
                    "Turn to zero",
                    "What MW Dispatch asks: 0 kW net power from the window's start to its end. It can be pressed for a \
                     unit whose contract is for that product.",
                ),
            ],
        },
        Workspace::Fleet => Help {
            shows: "Every unit with its two lamps, what it does and how far that is from its limits. Click a column \
                    head to sort, type to search, pick a unit to see its physics, contract, telephone and dispatches \
                    at the side.",
            terms: &[
                (
                    "State",
                    "Off: at baseline. Starting: its delay runs. Ramping, holding, returning: on its way, at a level, \
                     going back. Rebound: taking back the energy that it shed. Inhibited: held by an emergency stop. \
                     Exhausted: no more energy or time to give.",
                ),
                (
                    "Power bar",
                    "From the least to the greatest net power that the unit may be asked for; the thin line is \
                     zero, the mark is the present power. The line beside it is the last quarter of an hour on the same scale, \
                     broken where nothing was reported for 3 min.",
                ),
                (
                    "Step response",
                    "What a unit does by its declared physics when it is told at rest to go to a setpoint at once, and is let \
                     go after a while: the whole way up or down, or a level. Delay is until it moves; the energy limit is when \
                     it leaves the level although it is asked to stay. Try other physics changes nothing of the unit; what you \
                     find can be copied for a fleet file. The wizard that onboards an FSP shows it as you type.",
                ),
                ("Charge", "Energy in store as a share of what the store can hold."),
                (
                    "Availability",
                    "What the FSP declares that a unit can give in each half-hour, up and down from baseline. Beyond it an FSP may \
                     refuse. The sandbox's own units are changed on their page.",
                ),
                (
                    "Faults",
                    "What a simulated unit or FSP can be made to do wrong, by a switch on the unit's page; each is undone by the \
                     same switch.",
                ),
                (
                    "Fail-safe",
                    "The level to which a unit goes by itself when its FSP has not heard the VTN for so many polls.",
                ),
                (
                    "Register",
                    "A CSV with a line for each unit. Import takes in the FSPs of one that are not here yet, once you have \
                     seen them, and Export writes one; both in the sandbox alone.",
                ),
            ],
        },
        Workspace::Delivery => Help {
            shows: "What was instructed, what was reachable and what was delivered, on one time axis with the heartbeat \
                    and the charge below it, for one dispatch or for the fleet summed. The time cursor at the foot of \
                    the plot goes by arrow keys (with Shift five minutes, Home and End, Escape back to now); the \
                    figures at the side are those of its minute.",
            terms: &[
                (
                    "Reachable",
                    "What the unit could deliver by its declared physics, from when it took the dispatch on.",
                ),
                (
                    "Delivered, live",
                    "Delivered is the mean of each metered minute; live is what the unit says now.",
                ),
                ("Shortfall", "Less than was instructed, in the direction asked: hatched, with its energy."),
                (
                    "Over-delivery",
                    "More than was instructed: dotted. It is not paid for, nor does it make up for a shortfall.",
                ),
                ("In tolerance", "Within 5 % of the change that was asked, at least 1 kW."),
                (
                    "Heartbeat",
                    "A thin bar is live, stripes are late, crosses are lost. An empty outline is no data: nothing was \
                     heard yet, or the VTN told nothing.",
                ),
                (
                    "Export",
                    "The time that is shown as a file: CSV has every minute, PNG and SVG are the plot as a picture on white, with \
                     mode, operator, unit, dispatch, revision, times and legend, so that it stands by itself in a report. SVG stays \
                     sharp at any size.",
                ),
                (
                    "Baseline",
                    "What the unit would have done without the dispatch; what was delivered is counted from it. Where it is not \
                     known, nothing is marked.",
                ),
                (
                    "Scorecard",
                    "How a dispatch was answered and delivered: time to acknowledge and to move, minutes in tolerance, energy, \
                     data that is missing. It is whole once the dispatch has ended.",
                ),
                ("Rebound", "What a unit takes back after it has shed demand."),
                (
                    "Payment factor",
                    "What is paid of full payment, by three rules. Flexible Power: all of it from 95 % delivered, then 3 % \
                     less for each 1 % short. TRANSITION: each half-hour for itself, what it delivered, and nothing below \
                     50 %. One-sided penalty: a kWh missing costs 11/7 of the price of one delivered.",
                ),
                (
                    "Half-hours",
                    "The energy of each settlement period that markets settle by. Within one, a minute above what was \
                     asked makes up for one below.",
                ),
            ],
        },
        Workspace::Messages => Help {
            shows: "Both sides of every HTTP exchange with the VTN: who asked, what, what came back, how long it \
                    took and what was understood of it. Secrets are masked before they get here. A dispatch in hand can be \
                    seen as other systems would carry it: Up and Down go from one system to the next.",
            terms: &[
                ("VTN", "Virtual Top Node: the server that holds programs, events and reports (OpenADR 3)."),
                ("VEN", "Virtual End Node: a provider's client of that server."),
                ("Event", "What carries a dispatch: one event a dispatch, replaced for each revision."),
                ("Report", "What carries an acknowledgement, a heartbeat or power readings back."),
                (
                    "Signature",
                    "Over the canonical bytes: RFC 8785 JSON in whole watts and pence, so that whatever a server \
                     rewrites on the way cannot change what is signed. It is checked here with the keys that this \
                     session has pinned.",
                ),
                (
                    "Copy as curl",
                    "The request as a command for a POSIX shell. No secret is in it: the token is read from the \
                     variable TOKEN.",
                ),
                ("Pause", "Stops the list, not the engine: what comes meanwhile is shown when it goes on."),
                (
                    "Other systems",
                    "A dispatch as 13 other systems would carry it, from a message that holds it or by an action on the \
                     selected one. Nothing is sent to any of them. It shows what each field comes to there, and how the system \
                     would answer.",
                ),
                (
                    "Kept, changed, lost",
                    "What becomes of a field, worked out from this dispatch. Kept: it arrives as it was. Changed: in part, rounded, or \
                     meaning something else. Lost: not at all. Not known: no public document tells. Not asked: this dispatch has \
                     none.",
                ),
                (
                    "Standing",
                    "What a rendering rests on: a published schema, public pages that tell the content but not the exact form, or an \
                     illustration of parts that are known.",
                ),
                (
                    "Supplied",
                    "What another system's message needs and no dispatch holds. What stands there is a stand-in and is said to be.",
                ),
            ],
        },
        Workspace::Workshop => Help {
            shows: "The workshop that runs: its clock, how much is left, and what has happened so far, nothing of what is to come. Below, \
                    the scenarios that can be started; each start has a record of its own. Faults are laid on in the \
                    trainer's window (Ctrl+Shift+T). The sandbox and a connection run in real time and have no such clock.",
            terms: &[
                ("Scenario", "A TOML file: fleet, operator, steps at T+…, expectations."),
                (
                    "Rate",
                    "How fast the clock runs against real time. Polls, alarms and units follow it; at ×60 four hours take four \
                     minutes.",
                ),
                (
                    "×120 of ×600",
                    "This machine keeps up with no more than ×120. More is tried again by itself, and at once when you pick a rate.",
                ),
                (
                    "1 minute on",
                    "The minute is lived through at ×600, so that everything due in it is done in its order; then the clock does as \
                     before.",
                ),
                (
                    "Next event",
                    "A step of the story, a fault that begins or ends, a window's start or end, or a level to be delivered. The clock \
                     stands still five seconds before it.",
                ),
                (
                    "Level",
                    "How hard a workshop is: 1 for a first day, 10 for an evening peak with two outages and a forged stop.",
                ),
                (
                    "Two runs",
                    "Compare… in the bar of a recording lays another run over it: the first with a solid line, the second with a dashed \
                     one, both from their beginnings, beside what they differ in.",
                ),
                (
                    "Debrief",
                    "One signed page of the run with marks, time line, curves and journal. It is written at the end, when the workshop is \
                     left, and whenever you ask for it.",
                ),
                (
                    "Marks",
                    "What the trainee is marked for, reckoned up from the journal as it grows: earned, missed, or not yet decided as long \
                     as something that can still come may change it. A link shows the entry that bears it out.",
                ),
                (
                    "Override",
                    "A trainer gives a mark other marks, by name and with a reason. What the journal gives stays beside it, and the word \
                     can be taken back.",
                ),
                (
                    "The trainer's window",
                    "What is to come, faults on a click, the truth of every unit, and the clock. While it is open this window is a \
                     trainee's, and shows what a control room knows.",
                ),
                (
                    "Virtual time",
                    "Nothing waits: time jumps to whatever is due next, so hours take a moment.",
                ),
            ],
        },
        Workspace::Journal => Help {
            shows: "The record of what was done, by whom and when, the newest first. Find entries by reference, unit, FSP or \
                    words, by kind and by London time; pick one to see all of it and the document that was signed. \
                    “Check the chain” works out every hash of the file anew; `rampdesk verify` does the same \
                    without this window.",
            terms: &[
                ("Intent", "A signed dispatch is written down before it is sent."),
                (
                    "Chain",
                    "Each entry holds the hash of the one before, so that a changed, missing or moved entry shows.",
                ),
                (
                    "Delivery",
                    "What was delivered of a dispatch, and its score, written down two minutes after it is over: this desk's own \
                     word, over readings that nobody signed.",
                ),
                (
                    "Connection, clock",
                    "Over what the VTN is spoken to and by which clock this desk goes, at each start and when they change.",
                ),
            ],
        },
        Workspace::Connections => Help {
            shows: "Which session this is and how another is opened; the VTN, the operators that this desk signs for and \
                    who signs, the providers' clients and the contracts. What is shown here is set in the files that \
                    this session was opened with. In a sandbox an FSP is onboarded here too, and withdrawn again: its \
                    client and its secret, its key, its contracts and units, and where a client of its own is to \
                    answer, the folder to hand over.",
            terms: &[
                (
                    "Session",
                    "The sandbox, or the VTN that a connection file names. One is open at a time: what is open stays until the \
                     other is there, and ends once what was given in it is done. LIVE is asked for once more.",
                ),
                (
                    "Sign on",
                    "Where an operator's keys are people's own, what is sent is signed by whoever is signed on, and by nobody else.",
                ),
                (
                    "Key id",
                    "The name under which the operator's public signing key is pinned at the provider.",
                ),
                (
                    "Onboard",
                    "Everything that an FSP needs before it can be dispatched, step by step. What broke off goes on \
                     where it was; a key is never replaced.",
                ),
                (
                    "Withdraw",
                    "Its client is removed, and what it was handed lets nobody in any more. Refused while a dispatch of \
                     it is open.",
                ),
                ("VTN", "Virtual Top Node: the server over which desk and providers speak (OpenADR 3)."),
                (
                    "Told at once",
                    "Whether a broker that the VTN names wakes desk and providers when something is new; otherwise they look at \
                     each poll.",
                ),
                (
                    "Contract",
                    "Under which product, notice, baseline and price an operator may dispatch a unit.",
                ),
                (
                    "Second person",
                    "Above this change in MW another person approves with a key of their own before anything is sent.",
                ),
                ("Poll", "How often a contract asks the provider's client to look for news."),
                ("Acknowledge within", "After that the missing answer is an alarm."),
            ],
        },
    }
}
