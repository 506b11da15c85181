//! The whole window held against what people need who see little or nothing of it, every colour against its ground and
//! every widget by name and role; and against pictures of what it looks like.

mod contrast;
mod ink;
mod keyboard;
mod names;
mod pictures;
mod scenes;
mod tokens;
