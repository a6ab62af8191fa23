//! The back end in the same process: for tests and for development in a native window.

use touchstone_protocol::Request;

use super::{Backend, Reply};

/// Hands every request to a function, which answers on a thread of its own.
pub struct InProcess<F>(F);

impl<F: Fn(Request, Reply)> InProcess<F> {
    /// `answer` must return at once and call the reply later.
    pub fn new(answer: F) -> Self {
        Self(answer)
    }
}

impl<F: Fn(Request, Reply)> Backend for InProcess<F> {
    fn send(&self, request: Request, reply: Reply) {
        (self.0)(request, reply);
    }
}
