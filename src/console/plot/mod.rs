//! Parts shared by every plot of power over time.
