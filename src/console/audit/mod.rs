//! The whole window held against what people need who see little or nothing of it: every colour against its ground,
//! every widget by name and role.

mod contrast;
mod ink;
mod keyboard;
mod names;
mod scenes;
mod tokens;
