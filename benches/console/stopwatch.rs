//! The processor time of the thread that draws: what others do on the machine meanwhile is not in it.

use std::time::Duration;

/// Spent by this thread so far.
#[cfg(target_os = "linux")]
pub fn spent() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
}

/// Gone by so far, on a system of which this asks nothing more.
#[cfg(not(target_os = "linux"))]
pub fn spent() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;

    static BEGAN: OnceLock<Instant> = OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed()
}
