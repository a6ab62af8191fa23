//! Who may enter: a link that works once, and the browsers that came through one.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, header};

use crate::random::Token;

/// Browsers that may be in at the same time; the one that came first leaves when one more comes.
const MOST: usize = 8;

/// The link that is still good, and those who are in.
pub(crate) struct Sessions {
    cookie: String,
    held: Mutex<Held>,
}

struct Held {
    link: Token,
    inside: VecDeque<Token>,
}

/// What somebody who came through the link gets.
pub(crate) struct Entered {
    /// Value of `Set-Cookie`.
    pub(crate) cookie: String,
    /// Token of the next link; the one that was used is spent.
    pub(crate) next: Token,
}

impl Sessions {
    /// For the door on this port. Cookies of one computer are shared by all its ports, so each door has a name.
    pub(crate) fn new(port: u16) -> Result<Self, getrandom::Error> {
        let held = Held { link: Token::new()?, inside: VecDeque::new() };
        Ok(Self { cookie: format!("touchstone-{port}"), held: Mutex::new(held) })
    }

    /// The token of the link that is good now.
    pub(crate) fn link(&self) -> Token {
        self.held().link.clone()
    }

    /// Takes a link's token for a session. None: it is not the one that is good now.
    pub(crate) fn enter(&self, token: &str) -> Result<Option<Entered>, getrandom::Error> {
        let mut held = self.held();
        if !held.link.is(token) {
            return Ok(None);
        }
        let (session, next) = (Token::new()?, Token::new()?);
        held.link = next.clone();
        held.inside.truncate(MOST - 1);
        held.inside.push_front(session.clone());
        let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, session.text());
        Ok(Some(Entered { cookie, next }))
    }

    /// Whether a request comes from somebody who is in.
    pub(crate) fn is_inside(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut named = cookies.flat_map(|value| value.split(';')).filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == self.cookie).then_some(value)
        });
        let held = self.held();
        named.any(|value| held.inside.iter().any(|session| session.is(value)))
    }

    /// The data behind the lock is whole after every statement.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_cookie(text: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "other=1; touchstone-1=x".parse().unwrap());
        headers.append(header::COOKIE, text.parse().unwrap());
        headers
    }

    fn pair(entered: &Entered) -> String {
        entered.cookie.split(';').next().unwrap().to_owned()
    }

    #[test]
    fn a_link_works_once_and_gives_a_session() {
        let sessions = Sessions::new(4711).unwrap();
        let link = sessions.link();
        assert!(sessions.enter("").unwrap().is_none());
        assert!(sessions.enter(&link.text()[1..]).unwrap().is_none());
        let entered = sessions.enter(link.text()).unwrap().unwrap();
        assert!(entered.cookie.starts_with("touchstone-4711="), "{}", entered.cookie);
        assert!(entered.cookie.contains("HttpOnly") && entered.cookie.contains("SameSite=Strict"));
        assert!(sessions.is_inside(&with_cookie(&format!("a=b; {}", pair(&entered)))));
        assert!(sessions.enter(link.text()).unwrap().is_none(), "it is spent");

        let second = sessions.enter(entered.next.text()).unwrap().unwrap();
        assert!(sessions.is_inside(&with_cookie(&pair(&second))));
        assert!(sessions.is_inside(&with_cookie(&pair(&entered))));
    }

    #[test]
    fn nobody_else_is_inside() {
        let sessions = Sessions::new(4711).unwrap();
        let session = pair(&sessions.enter(sessions.link().text()).unwrap().unwrap());
        for cookie in
            ["", "touchstone-4711=", "touchstone-4711", &session.replace("4711", "4712"), &session[..20]]
        {
            assert!(!sessions.is_inside(&with_cookie(cookie)), "{cookie}");
        }
        assert!(!sessions.is_inside(&with_cookie(&format!("touchstone-4711={}", sessions.link().text()))));
        for _ in 0..MOST {
            assert!(sessions.is_inside(&with_cookie(&session)));
            sessions.enter(sessions.link().text()).unwrap().unwrap();
        }
        assert!(!sessions.is_inside(&with_cookie(&session)), "the first has left");
    }
}
