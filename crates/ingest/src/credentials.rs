//! Files that hold credentials: they are no data, and what is read as data is shown.

use std::ffi::OsStr;
use std::path::{Component, Path};

/// Folders whose files are keys, or let somebody in.
const FOLDERS: [&str; 3] = [".aws", ".ssh", ".gnupg"];

/// Environment variables that name such files.
const NAMED_BY: [&str; 4] = [
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// Whether a file is known to hold credentials, by whatever link it is named.
pub(crate) fn are_in(path: &Path) -> bool {
    let named = NAMED_BY.iter().filter_map(std::env::var_os);
    is_one(path, named.collect::<Vec<_>>().iter().map(AsRef::as_ref))
}

fn is_one<'a>(path: &Path, mut named: impl Iterator<Item = &'a OsStr>) -> bool {
    // What can't be resolved can't be opened either.
    let Ok(path) = path.canonicalize() else { return false };
    let mut folders = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    // The environment of a process holds what was handed to it there.
    let is_environment = path.starts_with("/proc") && path.file_name() == Some(OsStr::new("environ"));
    is_environment
        || folders.any(|folder| FOLDERS.iter().any(|one| folder == OsStr::new(one)))
        || named.any(|named| Path::new(named).canonicalize().is_ok_and(|named| named == path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_known_by_folder_by_name_and_by_link() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "id;px\n1;2\n").unwrap();
            path
        };
        let (data, aws, elsewhere) = (file("data.csv"), file(".aws/credentials"), file("secrets.ini"));
        let is_one = |path: &Path| is_one(path, std::iter::once(elsewhere.as_os_str()));
        assert!(!is_one(&data) && is_one(&aws) && is_one(&elsewhere));
        assert!(is_one(&folder.path().join(".aws/../.aws/credentials")));
        assert!(!is_one(&folder.path().join("nothing")));
        #[cfg(unix)]
        {
            let link = folder.path().join("harmless.csv");
            std::os::unix::fs::symlink(&aws, &link).unwrap();
            assert!(is_one(&link));
        }
        #[cfg(target_os = "linux")]
        assert!(is_one(Path::new("/proc/self/environ")));
    }

    #[test]
    fn they_are_not_opened_as_data() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".aws")).unwrap();
        let path = folder.path().join(".aws/credentials");
        std::fs::write(&path, "key;secret\n1;canary\n").unwrap();
        let error = crate::infer(path.as_path(), &crate::InferOptions::default()).unwrap_err().to_string();
        assert!(error.contains("holds credentials") && !error.contains("canary"), "{error}");
    }
}
