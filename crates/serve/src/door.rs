//! The door: an address on this computer, and what stands behind it.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::watch;
use touchstone_studio::{RequestLog, Studio};

use crate::random::Token;
use crate::session::Sessions;
use crate::{guard, page, rpc};

/// How long those who are being answered may take when the door closes.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a door is opened.
pub struct DoorOptions {
    /// An address that only this computer has.
    pub address: IpAddr,
    /// The port; 0 for one that is free.
    pub port: u16,
    /// What is done with each link that works from then on: the first, and after each use the next.
    pub announce: Box<dyn Fn(&str) + Send + Sync>,
    /// What is written about requests.
    pub log: RequestLog,
}

impl Default for DoorOptions {
    fn default() -> Self {
        let log = RequestLog::silent();
        Self { address: Ipv4Addr::LOCALHOST.into(), port: 0, announce: Box::new(|_| {}), log }
    }
}

/// Why a door can't be opened.
#[derive(Debug)]
pub enum DoorError {
    /// Others could reach the address over the network.
    NotLoopback(IpAddr),
    /// The system doesn't give the address.
    Address(SocketAddr, io::Error),
    /// The system gives no random bytes.
    Random,
}

/// An open door that nobody stands at yet.
pub struct Door {
    listener: TcpListener,
    inside: Arc<Inside>,
}

/// What stands behind the door.
pub(crate) struct Inside {
    pub(crate) studio: Arc<Studio>,
    pub(crate) log: RequestLog,
    sessions: Sessions,
    address: SocketAddr,
    announce: Box<dyn Fn(&str) + Send + Sync>,
    closing: watch::Sender<bool>,
}

impl Inside {
    /// Comes when the door closes.
    pub(crate) async fn closing(&self) {
        // The sender lives as long as this does.
        drop(self.closing.subscribe().wait_for(|is_closing| *is_closing).await);
    }

    fn announce(&self, token: &Token) {
        (self.announce)(&format!("http://{}/?token={}", self.address, token.text()));
    }
}

impl Door {
    /// Takes the address and announces the first link.
    ///
    /// # Errors
    /// When it isn't one of this computer alone, or the system refuses it.
    pub async fn open(studio: Arc<Studio>, options: DoorOptions) -> Result<Self, DoorError> {
        let DoorOptions { address, port, announce, log } = options;
        if !address.is_loopback() {
            return Err(DoorError::NotLoopback(address));
        }
        let wanted = SocketAddr::new(address, port);
        let refused = |error| DoorError::Address(wanted, error);
        let listener = TcpListener::bind(wanted).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let sessions = Sessions::new(address.port()).map_err(|_| DoorError::Random)?;
        let closing = watch::Sender::new(false);
        let inside = Arc::new(Inside { studio, log, sessions, address, announce, closing });
        inside.announce(&inside.sessions.link());
        Ok(Self { listener, inside })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.inside.address
    }

    /// Lets people in until `stop` comes; those who are being answered then get their answer.
    ///
    /// # Errors
    /// When the system takes the address away.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let inside = Arc::clone(&self.inside);
        let closing = {
            let inside = Arc::clone(&inside);
            async move {
                stop.await;
                inside.closing.send_replace(true);
            }
        };
        let routes = Router::new()
            .route("/rpc", post(rpc::rpc).fallback(|| async { nothing_here() }))
            .fallback(files)
            .layer(DefaultBodyLimit::max(rpc::LIMIT))
            .layer(middleware::from_fn_with_state(Arc::clone(&inside), at_the_door))
            .with_state(Arc::clone(&inside));
        let serving = axum::serve(self.listener, routes).with_graceful_shutdown(closing);
        let impatient = async {
            inside.closing().await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::select! {
            ended = async { serving.await } => ended,
            () = impatient => Ok(()),
        }
    }
}

/// Looks at who comes before anything of the request is read, and puts the headers on every answer.
async fn at_the_door(State(inside): State<Arc<Inside>>, request: Request, next: Next) -> Response {
    let is_rpc = request.uri().path() == "/rpc";
    let mut response = match guard::objection(request.method(), request.headers()) {
        Some(reason) if is_rpc => rpc::refused(StatusCode::FORBIDDEN, reason),
        Some(reason) => page::refused(reason),
        None => let_in(&inside, request, is_rpc, next).await,
    };
    guard::protect(response.headers_mut());
    response
}

async fn let_in(inside: &Inside, request: Request, is_rpc: bool, next: Next) -> Response {
    let is_start = request.uri().path() == "/" && request.method() == Method::GET;
    if !is_start && guard::is_foreign(request.headers()) {
        return page::refused("another page asks for it");
    }
    let is_inside = inside.sessions.is_inside(request.headers());
    if is_start && let Some(token) = token(request.uri()) {
        return enter(inside, token, is_inside);
    }
    match (is_inside, is_rpc) {
        // Before any of it is read.
        (true, true) if rpc::is_too_large(request.headers()) => rpc::too_large(),
        (true, _) => next.run(request).await,
        (false, true) => rpc::locked(),
        (false, false) => page::locked(),
    }
}

fn token(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))
}

fn enter(inside: &Inside, token: &str, is_inside: bool) -> Response {
    let entered = match inside.sessions.enter(token) {
        Ok(Some(entered)) => entered,
        // The link once more, in the browser that came through it.
        Ok(None) if is_inside => return page::welcome(),
        Ok(None) => return page::locked(),
        Err(_) => return page::failed("This computer gives no random bytes."),
    };
    inside.announce(&entered.next);
    let mut response = page::welcome();
    match HeaderValue::from_str(&entered.cookie) {
        Ok(cookie) => {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        Err(_) => page::failed("The session could not be named."),
    }
}

async fn files(method: Method, uri: Uri) -> Response {
    let name = uri.path().trim_start_matches('/');
    match method {
        Method::GET | Method::HEAD if name.is_empty() => page::start(),
        Method::GET | Method::HEAD => page::file(name).unwrap_or_else(page::missing),
        _ => nothing_here(),
    }
}

fn nothing_here() -> Response {
    rpc::refused(StatusCode::METHOD_NOT_ALLOWED, "there is nothing that answers to this method")
}
