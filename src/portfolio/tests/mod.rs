mod planning;
mod properties;
mod splitting;
