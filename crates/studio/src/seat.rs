//! Several studios in one workspace: each keeps what its page wants remembered in a file of its own, and what a studio
//! left behind that is no more goes to the next one.
//!
//! A studio holds a lock as long as its process lives, however that ends.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde_json::{Value, json};
use touchstone_protocol::RpcError;

use crate::state;

/// Studios that one workspace has room for; others share the first one's file.
const SEATS: usize = 32;
/// Where the page finds what other studios left.
const LEFT: &str = "left";

/// This studio's place in the workspace whose state it asked for last.
#[derive(Debug, Default)]
pub(crate) struct Seats(Mutex<Option<Seat>>);

/// A place, held as long as its file is open.
#[derive(Debug)]
struct Seat {
    folder: PathBuf,
    number: usize,
    _held: File,
}

/// Where the state of a place is kept.
fn state_file(number: usize) -> String {
    if number == 1 { state::STATE_FILE.to_owned() } else { format!("studio-{number}.json") }
}

fn lock_file(folder: &Path, number: usize) -> PathBuf {
    folder.join(if number == 1 { "studio.lock".to_owned() } else { format!("studio-{number}.lock") })
}

/// The lock of a place, when nobody holds it; none where somebody does.
///
/// # Errors
/// When the folder can't be written to, or its file system has no locks.
fn take(folder: &Path, number: usize) -> std::io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(lock_file(folder, number))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Seat {
    /// The first place that is free. None: without locks nothing can be told apart.
    fn first(folder: &Path) -> Option<Self> {
        std::fs::create_dir_all(folder).ok()?;
        for number in 1..=SEATS {
            if let Some(held) = take(folder, number).ok()? {
                return Some(Self { folder: folder.to_path_buf(), number, _held: held });
            }
        }
        None
    }
}

impl Seats {
    fn number(&self, folder: &Path) -> usize {
        let mut seat = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seat.as_ref().is_none_or(|seat| seat.folder != folder) {
            // The place in another workspace is given up first.
            *seat = None;
            *seat = Seat::first(folder);
        }
        seat.as_ref().map_or(1, |seat| seat.number)
    }

    /// What this studio remembered in `folder`, with what others left that are no more: as `left`, or as a whole where
    /// this one remembered nothing.
    ///
    /// # Errors
    /// As [`state::load`].
    pub(crate) fn load(&self, folder: &Path) -> Result<Option<Value>, RpcError> {
        let own = self.number(folder);
        let mine = state::load(folder, &state_file(own))?;
        let mut left = Vec::new();
        let mut held = Vec::new();
        for number in (1..=SEATS).filter(|number| *number != own) {
            if !folder.join(state_file(number)).exists() {
                continue;
            }
            if let Ok(Some(lock)) = take(folder, number)
                && let Ok(Some(theirs)) = state::load(folder, &state_file(number))
            {
                left.push(theirs);
                held.push((number, lock));
            }
        }
        if left.is_empty() {
            return Ok(mine);
        }
        let all = match mine {
            None if left.len() == 1 => left.remove(0),
            None => json!({ "version": 1, LEFT: left }),
            Some(Value::Object(mut mine)) => {
                if let Some(Value::Array(before)) = mine.remove(LEFT) {
                    left.splice(0..0, before);
                }
                mine.insert(LEFT.to_owned(), left.into());
                Value::Object(mine)
            }
            // What can't be understood is not mixed with what can.
            Some(strange) => return Ok(Some(strange)),
        };
        // Only what is safe here is taken away there.
        state::save(folder, &state_file(own), &all)?;
        for (number, _lock) in held {
            drop(std::fs::remove_file(folder.join(state_file(number))));
        }
        Ok(Some(all))
    }

    /// Remembers `state` in `folder`, apart from other studios.
    ///
    /// # Errors
    /// As [`state::save`].
    pub(crate) fn save(&self, folder: &Path, state: &Value) -> Result<(), RpcError> {
        state::save(folder, &state_file(self.number(folder)), state)
    }

    /// How many other studios have the workspace open whose machine-made folder this is.
    pub(crate) fn others(&self, folder: &Path) -> usize {
        let seat = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = seat.as_ref().filter(|seat| seat.folder == folder).map(|seat| seat.number);
        (1..=SEATS)
            .filter(|number| Some(*number) != own)
            .filter_map(|number| File::open(lock_file(folder, number)).ok())
            .filter(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_studios_keep_apart_and_nothing_of_a_killed_one_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let desk = Seats::default();
        assert_eq!(desk.load(folder).unwrap(), None);
        desk.save(folder, &json!({ "unsaved": ["DESK"] })).unwrap();
        let browser = Seats::default();
        assert_eq!((desk.others(folder), browser.others(folder)), (0, 1));
        assert_eq!(browser.load(folder).unwrap(), None, "what the other one types is its own");
        browser.save(folder, &json!({ "unsaved": ["BROWSER"] })).unwrap();
        assert_eq!((desk.others(folder), browser.others(folder)), (1, 1));

        // The desk is killed: its lock goes with its process.
        drop(desk);
        assert_eq!(browser.others(folder), 0);
        let desk = Seats::default();
        assert_eq!(desk.load(folder).unwrap(), Some(json!({ "unsaved": ["DESK"] })));
        assert_eq!(browser.others(folder), 1);

        // Both are killed; whoever comes first has both.
        drop((desk, browser));
        let next = Seats::default();
        let both = json!({ "unsaved": ["DESK"], "left": [{ "unsaved": ["BROWSER"] }] });
        assert_eq!(next.load(folder).unwrap(), Some(both.clone()));
        drop(next);
        assert_eq!(Seats::default().load(folder).unwrap(), Some(both), "it is in one file now");
    }

    #[test]
    fn what_only_a_later_studio_left_is_taken_whole() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        std::fs::write(folder.join("studio-3.json"), "{\"unsaved\": [3]}").unwrap();
        assert_eq!(Seats::default().load(folder).unwrap(), Some(json!({ "unsaved": [3] })));
        assert!(!folder.join("studio-3.json").exists());
        assert_eq!(Seats::default().load(folder).unwrap(), Some(json!({ "unsaved": [3] })));
    }

    #[test]
    fn a_place_is_left_with_its_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let seats = Seats::default();
        seats.load(&one).unwrap();
        let other = Seats::default();
        assert_eq!(other.others(&one), 1);
        seats.load(&two).unwrap();
        assert_eq!(other.others(&one), 0);
    }
}
