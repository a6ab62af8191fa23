//! What was asked of the back end, and what is known of the answer; the last good one stays while the next is made.

use touchstone_protocol::RpcError;

/// Names one request, so that a late answer to an older one changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(pub(crate) u64);

/// An answer of the back end.
#[derive(Debug, Clone, PartialEq)]
pub struct Remote<T> {
    answer: Answer<T>,
    ticket: Option<Ticket>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<T> {
    /// Nobody asked.
    NotRequested,
    /// Asked; the previous answer is still good to show.
    Pending(Option<T>),
    /// Answered.
    Done(T),
    /// It could not be answered; the previous answer is still good to show.
    Failed(RpcError, Option<T>),
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self { answer: Answer::NotRequested, ticket: None }
    }
}

impl<T> Remote<T> {
    /// An answer that is known already.
    pub fn done(value: T) -> Self {
        Self { answer: Answer::Done(value), ticket: None }
    }

    /// How far it is.
    pub fn answer(&self) -> &Answer<T> {
        &self.answer
    }

    /// The last good answer.
    pub fn value(&self) -> Option<&T> {
        match &self.answer {
            Answer::NotRequested => None,
            Answer::Pending(value) | Answer::Failed(_, value) => value.as_ref(),
            Answer::Done(value) => Some(value),
        }
    }

    /// Why the last request failed.
    pub fn error(&self) -> Option<&RpcError> {
        match &self.answer {
            Answer::Failed(error, _) => Some(error),
            _ => None,
        }
    }

    /// Whether an answer is awaited.
    pub fn is_pending(&self) -> bool {
        matches!(self.answer, Answer::Pending(_))
    }

    /// Whether an answer was ever asked for.
    pub fn is_requested(&self) -> bool {
        !matches!(self.answer, Answer::NotRequested)
    }

    /// A request was sent.
    pub(crate) fn begin(&mut self, ticket: Ticket) {
        self.answer = Answer::Pending(self.take());
        self.ticket = Some(ticket);
    }

    /// Its answer came; false when it's not the one that is awaited.
    pub(crate) fn finish(&mut self, ticket: Ticket, result: Result<T, RpcError>) -> bool {
        if self.ticket != Some(ticket) {
            return false;
        }
        self.ticket = None;
        self.answer = match result {
            Ok(value) => Answer::Done(value),
            Err(error) => Answer::Failed(error, self.take()),
        };
        true
    }

    /// The value came by another way; what was asked before is moot.
    pub(crate) fn set(&mut self, value: T) {
        *self = Self::done(value);
    }

    fn take(&mut self) -> Option<T> {
        match std::mem::replace(&mut self.answer, Answer::NotRequested) {
            Answer::NotRequested => None,
            Answer::Pending(value) | Answer::Failed(_, value) => value,
            Answer::Done(value) => Some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use touchstone_protocol::ErrorCode;

    use super::*;

    #[test]
    fn the_last_good_answer_stays() {
        let mut remote = Remote::default();
        assert_eq!(remote.value(), None);
        remote.begin(Ticket(1));
        assert!(remote.is_pending() && remote.value().is_none());
        assert!(remote.finish(Ticket(1), Ok("first")));
        remote.begin(Ticket(2));
        assert!(remote.is_pending());
        assert_eq!(remote.value(), Some(&"first"));
        assert!(remote.finish(Ticket(2), Err(RpcError::new(ErrorCode::Unavailable, "gone"))));
        assert_eq!(remote.value(), Some(&"first"));
        assert!(remote.error().is_some());
    }

    #[test]
    fn a_late_answer_to_an_older_request_changes_nothing() {
        let mut remote = Remote::default();
        remote.begin(Ticket(1));
        remote.begin(Ticket(2));
        assert!(!remote.finish(Ticket(1), Ok("old")));
        assert!(remote.finish(Ticket(2), Ok("new")));
        assert_eq!(remote.value(), Some(&"new"));
    }
}
