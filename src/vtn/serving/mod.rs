//! Serving over sockets: accepting, TLS, and what a connection is allowed.

mod bodies;
mod files;
mod limits;
mod tls;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::arrival::Arrival;
use bodies::{Answered, Hurried};
use limits::{Pulse, Watched};

pub use limits::Limits;
pub use tls::{Tls, TlsError, TlsFiles};

/// How long requests under way may take once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(10);
/// The pause after the machine gave no connection, such as for want of file descriptors.
const AFTER_FAULT: Duration = Duration::from_millis(500);

/// The most header lines of a request; more are answered 431.
const HEADER_LINES: usize = 100;
/// The longest head of a request in HTTP/1.1, in bytes; a longer one is answered 431.
const HEAD_BYTES: usize = 32 * 1024;
/// The longest head of a request in HTTP/2, in bytes.
const HEADER_LIST_BYTES: u32 = 16 * 1024;
/// Requests at a time on one connection of HTTP/2.
const STREAMS: u32 = 32;

/// How a VTN is served.
#[derive(Clone, Default)]
pub struct Serving {
    /// With TLS; `None` is plain HTTP, which is for loopback.
    pub tls: Option<Arc<Tls>>,
    /// What a client is allowed.
    pub limits: Limits,
}

/// Serves until `shutdown`, then until what is under way is answered or [`GRACE`] is over.
pub(super) async fn serve(
    router: Router,
    listener: TcpListener,
    serving: Serving,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stopped) = watch::channel(false);
    let slots = Arc::new(Semaphore::new(serving.limits.connections));
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut renewing = pin!(renewing(serving.tls.clone()));
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            () = &mut shutdown => break,
            () = &mut renewing => continue,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                let connection = Connection { router: router.clone(), serving: serving.clone(), from };
                let stopped = stopped.clone();
                connections.spawn(async move {
                    connection.serve(stream, stopped).await;
                    drop(slot);
                });
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted; tried again");
                tokio::time::sleep(AFTER_FAULT).await;
            }
        }
    }
    drop(listener);
    stopping.send_replace(true);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!("requests are still under way; ended in the middle of them");
    }
    Ok(())
}

async fn renewing(tls: Option<Arc<Tls>>) {
    match tls {
        Some(tls) => tls.keep_fresh().await,
        None => std::future::pending().await,
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// One connection, and what it is served with.
struct Connection {
    router: Router,
    serving: Serving,
    from: SocketAddr,
}

impl Connection {
    async fn serve(self, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
        // Answers are written whole: waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        let pulse = Pulse::new();
        let stream = Watched::new(stream, pulse.clone());
        let Some(tls) = self.serving.tls.clone() else {
            return self.speak(stream, pulse, Arrival::default(), stopped).await;
        };
        let handshake = tokio::time::timeout(self.serving.limits.handshake, tls.accept(stream));
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let from = self.from;
        match shaken {
            Ok(Ok((stream, arrival))) => {
                pulse.begins();
                self.speak(stream, pulse, arrival, stopped).await;
            }
            Ok(Err(reason)) => tracing::debug!(%from, reason, "no TLS connection came about"),
            Err(_) => tracing::debug!(%from, "the TLS handshake took too long"),
        }
    }

    async fn speak<S>(self, stream: S, pulse: Pulse, arrival: Arrival, mut stopped: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { router, serving: Serving { limits, .. }, from } = self;
        let requests = pulse.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let under_way = requests.request(request.version() == Version::HTTP_2);
            let mut request = request.map(|body| Body::new(Hurried::new(body, limits.body)));
            request.extensions_mut().insert(arrival.clone());
            let answered = router.clone().oneshot(request);
            async move {
                let Ok(response) = answered.await;
                Ok::<Response<Answered>, Infallible>(response.map(|body| Answered::new(body, under_way)))
            }
        });
        let builder = builder();
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut overdue = pin!(pulse.overdue(limits));
        let mut asked = pin!(stopped.wait_for(|stopped| *stopped));
        let mut stopping = false;
        loop {
            tokio::select! {
                served = connection.as_mut() => {
                    if let Err(error) = served {
                        tracing::debug!(%from, error, "a connection broke");
                    }
                    return;
                }
                what = &mut overdue => {
                    tracing::debug!(%from, ?what, "a connection took too long and was closed");
                    return;
                }
                _ = &mut asked, if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// HTTP/1.1 and HTTP/2, with what a head may hold.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // The pulse sees to the time that a head may take, and lets a connection be idle for longer.
    builder.http1().header_read_timeout(None).max_headers(HEADER_LINES).max_buf_size(HEAD_BYTES);
    builder.http2().max_header_list_size(HEADER_LIST_BYTES).max_concurrent_streams(STREAMS);
    builder
}
