//! What a unit does, by hand for each kind and by property for all.

mod by_hand;
mod properties;
