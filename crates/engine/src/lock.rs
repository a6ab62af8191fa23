//! One simulation per warehouse at a time, across processes.

use std::{
    fs::{File, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

use crate::{EngineError, ErrorKind};

/// File that is locked, in the warehouse.
const FILE: &str = "simulate.lock";

/// The right to run. The operating system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct RunLock {
    _file: File,
}

impl RunLock {
    /// Takes the lock, or says who has it.
    pub(crate) fn take(warehouse: &Path) -> Result<Self, EngineError> {
        let path = warehouse.join(FILE);
        let io = |error: std::io::Error| EngineError::io(&path, &error);
        let mut file =
            File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(io)?;
                file.rewind().map_err(io)?;
                write!(file, "{}", std::process::id()).map_err(io)?;
                file.flush().map_err(io)?;
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // On systems where a locked file can't be read, the holder stays unnamed.
                let known = file.read_to_string(&mut pid).is_ok() && pid.parse::<u32>().is_ok();
                let who = if known { format!(" (pid {pid})") } else { String::new() };
                Err(EngineError::new(
                    ErrorKind::Locked,
                    path.display().to_string(),
                    format!("another Touchstone{who} is running a simulation in this workspace"),
                    "wait until it ends, or stop it, and run again",
                ))
            }
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RunLock;
    use crate::ErrorKind;

    #[test]
    fn the_second_is_told_who_is_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = RunLock::take(folder.path()).unwrap();
        let error = RunLock::take(folder.path()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Locked);
        assert!(error.reason.contains(&format!("(pid {})", std::process::id())), "{error}");
        drop(first);
        RunLock::take(folder.path()).unwrap();
    }
}
