//! Every check by name, so that none is without a case in the tests and a way to mend what it finds.

/// Lists the checks once, as an enum and as all of them.
macro_rules! catalogue {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// A check of a draft.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Check {
            $($(#[doc = $doc])+ $name,)+
        }

        #[cfg(test)]
        impl Check {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

catalogue! {
    /// The reference can be one.
    ReferenceForm,
    /// The reference is free.
    ReferenceTaken,
    /// The revision is greater than all that were sent.
    StaleRevision,
    /// What is amended is not over.
    AmendsWhatIsOver,
    /// No other dispatch has the unit.
    Overlap,
    /// No notice of another dispatch falls into the window.
    OverlapsNotice,
    /// No dispatch that is being stopped has the unit.
    OverlapsStop,
    /// The desk has the unit.
    UnitGone,
    /// The FSP's client polls.
    ClientAway,
    /// The unit reports.
    UnitSilent,
    /// No EMERGENCY STOP holds the unit.
    Inhibited,
    /// The VTN answers.
    VtnAway,
    /// The window can be read.
    WindowUnread,
    /// The window's times exist.
    WindowSkipped,
    /// The window's times happen once.
    WindowTwice,
    /// The window ends after it starts.
    WindowBackwards,
    /// The window is not over.
    WindowOver,
    /// The window is to come.
    StartPast,
    /// The contract's notice is kept.
    ShortNotice,
    /// The FSP can fetch it in time.
    FetchedLate,
    /// There is a level.
    NoLevel,
    /// A volume can be read.
    VolumeUnread,
    /// It is said what a level is measured from.
    Unreferenced,
    /// A price can be read.
    PriceUnread,
    /// A level's time can be read.
    TimeUnread,
    /// A level's time exists.
    TimeSkipped,
    /// A level's time happens once.
    TimeTwice,
    /// A level is not before the window.
    BeforeWindow,
    /// A level is not after the window.
    AfterWindow,
    /// One level of a kind at a time.
    SameTime,
    /// The levels are in time order.
    Unsorted,
    /// Something is asked from the window's start on.
    BeginsLate,
    /// A level is within the rating.
    Rating,
    /// A level is not below the minimum stable level.
    MinimumStable,
    /// A level can be reached and kept.
    Missed,
    /// The unit's power is known.
    Unreported,
    /// A level is within what is declared.
    Undeclared,
    /// The unit controls reactive power.
    NoReactive,
    /// Reactive power is within what the unit gives.
    ReactiveRating,
    /// Reactive power fits beside the real power.
    ReactiveBeside,
    /// A contract for MW Dispatch is asked for 0 kW.
    NotTurnedToZero,
    /// There is export to turn to zero.
    NothingToTurnToZero,
    /// The document's own rules hold.
    Document,
}
