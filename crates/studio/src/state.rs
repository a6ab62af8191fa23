//! What the page wants remembered between sessions: kept whole or not at all, and never in the way of a start.

use std::{io::ErrorKind, path::Path};

use serde_json::Value;
use touchstone_protocol::{ErrorCode, RpcError};

use crate::file::{io_error, write_whole};

/// Name of the file.
pub(crate) const STATE_FILE: &str = "studio.json";

/// More bytes than this are a mistake.
const LIMIT: usize = 32 * 1024 * 1024;

/// What was remembered in `folder`. A file that can't be understood is kept beside, and it is as if there were none.
///
/// # Errors
/// When the file is there and the disk doesn't give it.
pub(crate) fn load(folder: &Path, name: &str) -> Result<Option<Value>, RpcError> {
    let path = folder.join(name);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(io_error(&path, &error)),
    };
    let read = serde_json::from_slice(&bytes).ok();
    if read.is_none() {
        let aside = folder.join(format!("{name}.damaged"));
        std::fs::rename(&path, &aside).map_err(|error| io_error(&path, &error))?;
    }
    Ok(read)
}

/// Remembers `state` in `folder`.
///
/// # Errors
/// When it is too large or can't be written; what was remembered before stays then.
pub(crate) fn save(folder: &Path, name: &str, state: &Value) -> Result<(), RpcError> {
    let bytes = serde_json::to_vec(state)
        .map_err(|error| RpcError::new(ErrorCode::Failed, format!("it can't be written as JSON: {error}")))?;
    if bytes.len() > LIMIT {
        return Err(RpcError::new(
            ErrorCode::Failed,
            format!("{} bytes are too many to remember; {LIMIT} are the most", bytes.len()),
        )
        .with_help("save your documents and close some of them"));
    }
    write_whole(&folder.join(name), &bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_saved_comes_back_and_damage_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new");
        assert_eq!(load(&folder, STATE_FILE).unwrap(), None);
        save(&folder, STATE_FILE, &json!({ "tabs": [1, 2] })).unwrap();
        save(&folder, STATE_FILE, &json!({ "tabs": [3] })).unwrap();
        assert_eq!(load(&folder, STATE_FILE).unwrap(), Some(json!({ "tabs": [3] })));

        std::fs::write(folder.join(STATE_FILE), "{\"tabs\": [3").unwrap();
        assert_eq!(load(&folder, STATE_FILE).unwrap(), None);
        let aside = std::fs::read_to_string(folder.join("studio.json.damaged")).unwrap();
        assert_eq!(aside, "{\"tabs\": [3");
        assert_eq!(load(&folder, STATE_FILE).unwrap(), None);
    }

    #[test]
    fn too_much_is_refused_and_what_was_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), STATE_FILE, &json!("small")).unwrap();
        let huge = Value::String("x".repeat(LIMIT + 1));
        assert!(save(folder.path(), STATE_FILE, &huge).is_err());
        assert_eq!(load(folder.path(), STATE_FILE).unwrap(), Some(json!("small")));
    }
}
