//! How long a connection may take over what, so that nobody holds one by sending or taking little.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// What a client is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the TLS handshake.
    pub handshake: Duration,
    /// From the first byte of a request to the end of its head.
    pub head: Duration,
    /// For a request's body, once its head is there.
    pub body: Duration,
    /// Between two requests on one connection, and before the first.
    pub idle: Duration,
    /// Until a client takes something of an answer that waits for it.
    pub stall: Duration,
    /// Connections at a time; further ones wait to be accepted.
    pub connections: usize,
}

impl Default for Limits {
    /// For clients on slow lines and a fleet of thousands: a body of 1 MiB may come at 35 kB/s. Idle connections are kept
    /// for longer than HTTP clients commonly keep theirs, so that it is the client who closes first.
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(120),
            stall: Duration::from_secs(30),
            connections: 4096,
        }
    }
}

/// What a connection took too long over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    Head,
    Idle,
    Stall,
}

/// What a connection is doing, as its bytes and its requests show it.
#[derive(Clone)]
pub(super) struct Pulse(Arc<Mutex<State>>);

struct State {
    /// Requests that are not answered yet.
    under_way: usize,
    /// Since when there is none.
    quiet_since: Instant,
    /// When the first byte came after that.
    first_byte: Option<Instant>,
    /// Since when the client takes nothing.
    blocked_since: Option<Instant>,
    /// In HTTP/2 bytes come that belong to no request.
    http2: bool,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            under_way: 0,
            quiet_since: Instant::now(),
            first_byte: None,
            blocked_since: None,
            http2: false,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it is HTTP that is spoken: what came before was the handshake.
    pub(super) fn begins(&self) {
        let mut state = self.state();
        state.quiet_since = Instant::now();
        state.first_byte = None;
    }

    /// A request is there; it is under way until the answer is dropped.
    pub(super) fn request(&self, http2: bool) -> UnderWay {
        let mut state = self.state();
        state.under_way += 1;
        state.first_byte = None;
        state.http2 |= http2;
        UnderWay(self.clone())
    }

    /// Waits until the connection has taken too long over something.
    pub(super) async fn overdue(self, limits: Limits) -> Overdue {
        loop {
            let now = Instant::now();
            let next = match self.state().next(&limits) {
                Some((due, what)) if due <= now => return what,
                Some((due, _)) => due,
                None => now + limits.idle,
            };
            // What shortens the wait meanwhile, a head that begins or a client that takes nothing, is seen in time.
            tokio::time::sleep_until(next.min(now + limits.head.min(limits.stall))).await;
        }
    }
}

impl State {
    fn next(&self, limits: &Limits) -> Option<(Instant, Overdue)> {
        let quiet = self.under_way == 0;
        let head =
            self.first_byte.filter(|_| quiet && !self.http2).map(|at| (at + limits.head, Overdue::Head));
        let idle = (quiet && head.is_none()).then(|| (self.quiet_since + limits.idle, Overdue::Idle));
        let stall = self.blocked_since.map(|at| (at + limits.stall, Overdue::Stall));
        [head, idle, stall].into_iter().flatten().min_by_key(|(due, _)| *due)
    }
}

/// A request that is not answered yet.
pub(super) struct UnderWay(Pulse);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.under_way = state.under_way.saturating_sub(1);
        state.quiet_since = Instant::now();
        state.first_byte = None;
    }
}

/// A stream whose bytes are noted in a pulse.
pub(super) struct Watched<S> {
    stream: S,
    pulse: Pulse,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, pulse: Pulse) -> Self {
        Self { stream, pulse }
    }

    fn wrote<T>(&self, outcome: Poll<T>) -> Poll<T> {
        let mut state = self.pulse.state();
        match outcome {
            Poll::Ready(_) => state.blocked_since = None,
            Poll::Pending => {
                state.blocked_since.get_or_insert_with(Instant::now);
            }
        }
        outcome
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            let mut state = self.pulse.state();
            if state.under_way == 0 {
                state.first_byte.get_or_insert_with(Instant::now);
            }
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.wrote(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.wrote(outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
