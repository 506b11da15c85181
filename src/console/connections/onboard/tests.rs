//! The wizard by a person's hands, with the registrar's end in the test's.
