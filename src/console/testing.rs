//! What the console's tests share.
