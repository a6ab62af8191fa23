//! Access keys in the system's keychain: Keychain Services on macOS, the Credential Manager on Windows, the Secret
//! Service elsewhere.
//!
//! A room of its own, so that the studio and its tests are built without it, and both front doors share it.

use keyring::{Entry, Error};
use touchstone_studio::{KeyPair, KeyPlace, KeyStore, KeyStoreError};

/// The service under which the keychain lists entries.
const SERVICE: &str = "Touchstone";

/// The system's keychain. Nothing is opened before it is used.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeychain;

impl KeyStore for SystemKeychain {
    fn get(&self, place: &KeyPlace) -> Result<Option<KeyPair>, KeyStoreError> {
        match entry(place)?.get_password() {
            Ok(text) => KeyPair::from_kept(text).map(Some),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }

    fn put(&self, place: &KeyPlace, keys: &KeyPair) -> Result<(), KeyStoreError> {
        keys.with_kept(|text| entry(place)?.set_password(text).map_err(|error| told(&error)))
    }

    fn remove(&self, place: &KeyPlace) -> Result<(), KeyStoreError> {
        match entry(place)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told(&error)),
        }
    }

    fn problem(&self) -> Option<String> {
        Entry::store_status().as_ref().err().map(|error| told(error).to_string())
    }
}

fn entry(place: &KeyPlace) -> Result<Entry, KeyStoreError> {
    if let Err(error) = Entry::store_status() {
        return Err(told(error));
    }
    Entry::new(SERVICE, &place.to_string()).map_err(|error| told(&error))
}

/// What went wrong, without anything that an entry may hold.
fn told(error: &Error) -> KeyStoreError {
    KeyStoreError::new(match error {
        Error::NoStorageAccess(_) => "the keychain is locked, or access to it was refused".to_owned(),
        Error::PlatformFailure(reason) => format!("the keychain can't be reached: {reason}"),
        Error::NoDefaultStore => "this computer has no keychain that Touchstone knows".to_owned(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "the entry in the keychain is damaged".to_owned(),
        Error::Ambiguous(_) => "the keychain holds several entries for this environment".to_owned(),
        Error::TooLong(..) => "the keychain refuses entries as long as this one".to_owned(),
        _ => "the keychain refused the request".to_owned(),
    })
}
