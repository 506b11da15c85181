//! What this process has used, as Linux counts it; nothing on another system.

use std::fs;

/// Seconds on processors so far, all threads together.
pub fn cpu_seconds() -> Option<f64> {
    // Fields 14 and 15, in hundredths of a second; the name before them may hold spaces, but no bracket after it.
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// The most memory that it has held at once, MiB.
pub fn peak_mib() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// A figure that may not be known.
pub fn words(figure: Option<f64>) -> String {
    figure.map_or_else(|| "?".to_owned(), |figure| format!("{figure:.1}"))
}
