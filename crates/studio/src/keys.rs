//! Access keys: kept by a front door's keychain, handed to AWS, and shown to nobody.

use std::{collections::BTreeMap, fmt, sync::Mutex};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use touchstone_aws::Credentials;
use touchstone_protocol::{ErrorCode, RpcError};

use crate::studio::lock;

/// An access key of AWS. Its parts come out only where AWS or a keychain takes them.
#[derive(Clone)]
pub struct KeyPair {
    id: SecretString,
    secret: SecretString,
    session_token: Option<SecretString>,
}

/// As it lies in a keychain.
#[derive(Serialize, Deserialize)]
struct Kept {
    access_key_id: String,
    secret_access_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_token: Option<String>,
}

impl KeyPair {
    /// The keys that a person typed.
    ///
    /// # Errors
    /// When they can't be keys of AWS. The message repeats nothing of them.
    pub fn new(id: &str, secret: &str, session_token: Option<&str>) -> Result<Self, RpcError> {
        let (id, secret) = (id.trim(), secret.trim());
        let token = session_token.map(str::trim).filter(|token| !token.is_empty());
        let refused = |what: &str| {
            Err(RpcError::new(ErrorCode::Credentials, format!("this can't be {what}"))
                .with_help("copy it again from where AWS shows it; nothing was kept"))
        };
        let is_id = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if !(16..=128).contains(&id.len()) || !id.chars().all(is_id) {
            return refused("an access key id");
        }
        let is_plain = |text: &str| text.chars().all(|letter| letter.is_ascii_graphic());
        if !(16..=256).contains(&secret.len()) || !is_plain(secret) {
            return refused("a secret access key");
        }
        if token.is_some_and(|token| token.len() > 8_192 || !is_plain(token)) {
            return refused("a session token");
        }
        Ok(Self { id: id.into(), secret: secret.into(), session_token: token.map(Into::into) })
    }

    /// From the text that [`KeyPair::with_kept`] gave.
    ///
    /// # Errors
    /// When it is another text.
    pub fn from_kept(text: String) -> Result<Self, KeyStoreError> {
        let text = SecretString::from(text);
        let damaged =
            || KeyStoreError::new("the entry in the keychain is not one of Touchstone's".to_owned());
        let kept: Kept = serde_json::from_str(text.expose_secret()).map_err(|_| damaged())?;
        Self::new(&kept.access_key_id, &kept.secret_access_key, kept.session_token.as_deref())
            .map_err(|_| damaged())
    }

    /// Hands the keys as one text to a keychain.
    ///
    /// # Errors
    /// Those of `keep`.
    pub fn with_kept(
        &self,
        keep: impl FnOnce(&str) -> Result<(), KeyStoreError>,
    ) -> Result<(), KeyStoreError> {
        let kept = Kept {
            access_key_id: self.id.expose_secret().to_owned(),
            secret_access_key: self.secret.expose_secret().to_owned(),
            session_token: self.session_token.as_ref().map(|token| token.expose_secret().to_owned()),
        };
        let text = serde_json::to_string(&kept)
            .map_err(|_| KeyStoreError::new("the keys can't be written as text".to_owned()))?;
        keep(SecretString::from(text).expose_secret())
    }

    pub(crate) fn credentials(&self) -> Credentials {
        let token = self.session_token.as_ref().map(|token| token.expose_secret().to_owned());
        Credentials::new(self.id.expose_secret(), self.secret.expose_secret(), token, None, "keychain")
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(…)")
    }
}

/// Which keys: those of an environment of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPlace {
    /// The workspace's folder.
    pub workspace: String,
    /// The environment.
    pub environment: String,
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.environment, self.workspace)
    }
}

/// Why a keychain can't do what it is asked. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct KeyStoreError {
    reason: String,
}

impl KeyStoreError {
    /// An error for this reason, which must not repeat anything that is kept.
    pub fn new(reason: String) -> Self {
        Self { reason }
    }
}

impl From<KeyStoreError> for RpcError {
    fn from(error: KeyStoreError) -> Self {
        Self::new(ErrorCode::Credentials, error.reason).with_help(
            "unlock the system's keychain and try again, or use a profile of the AWS configuration",
        )
    }
}

/// Where access keys are kept: the system's keychain. May block.
pub trait KeyStore: fmt::Debug + Send + Sync {
    /// The keys of a place; none when there are none.
    ///
    /// # Errors
    /// When the keychain can't be used.
    fn get(&self, place: &KeyPlace) -> Result<Option<KeyPair>, KeyStoreError>;

    /// Keeps keys, instead of those that were there.
    ///
    /// # Errors
    /// When the keychain can't be used.
    fn put(&self, place: &KeyPlace, keys: &KeyPair) -> Result<(), KeyStoreError>;

    /// Removes keys; that there are none is no error.
    ///
    /// # Errors
    /// When the keychain can't be used.
    fn remove(&self, place: &KeyPlace) -> Result<(), KeyStoreError>;

    /// Why it can't be used. None: it can.
    fn problem(&self) -> Option<String>;
}

/// Keys that are kept until the program ends: for tests.
#[derive(Debug, Default)]
pub struct MemoryKeys(Mutex<BTreeMap<KeyPlace, KeyPair>>);

impl KeyStore for MemoryKeys {
    fn get(&self, place: &KeyPlace) -> Result<Option<KeyPair>, KeyStoreError> {
        Ok(lock(&self.0).get(place).cloned())
    }

    fn put(&self, place: &KeyPlace, keys: &KeyPair) -> Result<(), KeyStoreError> {
        lock(&self.0).insert(place.clone(), keys.clone());
        Ok(())
    }

    fn remove(&self, place: &KeyPlace) -> Result<(), KeyStoreError> {
        lock(&self.0).remove(place);
        Ok(())
    }

    fn problem(&self) -> Option<String> {
        None
    }
}

/// The keychain of a front door that has none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NoKeys;

impl NoKeys {
    fn none<T>() -> Result<T, KeyStoreError> {
        Err(KeyStoreError::new("no keychain can be used here".to_owned()))
    }
}

impl KeyStore for NoKeys {
    fn get(&self, _place: &KeyPlace) -> Result<Option<KeyPair>, KeyStoreError> {
        Self::none()
    }

    fn put(&self, _place: &KeyPlace, _keys: &KeyPair) -> Result<(), KeyStoreError> {
        Self::none()
    }

    fn remove(&self, _place: &KeyPlace) -> Result<(), KeyStoreError> {
        Self::none()
    }

    fn problem(&self) -> Option<String> {
        Some("no keychain can be used here".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIAEXAMPLEEXAMPLE00";
    const SECRET: &str = "markerMARKERmarker/secret+0123456789abcd";

    #[test]
    fn keys_show_nothing_of_themselves() {
        let keys = KeyPair::new(ID, &format!(" {SECRET}\n"), Some("token-marker")).unwrap();
        let shown = format!("{keys:?} {:?} {:?}", keys.credentials(), MemoryKeys::default());
        for secret in [SECRET, "token-marker"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        for (id, secret) in [("short", SECRET), (ID, "short"), (ID, "with space in the secret key")] {
            let error = KeyPair::new(id, secret, None).unwrap_err();
            assert!(!format!("{error:?}").contains(secret), "{error:?}");
        }
    }

    #[test]
    fn what_is_kept_comes_back_and_damage_repeats_nothing() {
        let keys = KeyPair::new(ID, SECRET, Some("token-marker")).unwrap();
        let mut kept = String::new();
        keys.with_kept(|text| {
            text.clone_into(&mut kept);
            Ok(())
        })
        .unwrap();
        let back = KeyPair::from_kept(kept.clone()).unwrap().credentials();
        assert_eq!((back.access_key_id(), back.secret_access_key()), (ID, SECRET));
        assert_eq!(back.session_token(), Some("token-marker"));
        let error = KeyPair::from_kept(format!("{kept}x")).unwrap_err();
        assert!(!format!("{error:?}").contains("marker"), "{error:?}");
    }
}
