//! What a controller does with each dispatch.
