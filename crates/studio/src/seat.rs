//! Several studios in one workspace: each keeps what its page wants remembered in a file of its own, and what a studio
//! left behind that is no more goes to the next one.
//!
//! A studio holds a lock as long as its process lives, however that ends.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use touchstone_protocol::RpcError;

use crate::state;

/// Studios that one workspace has room for; others share the first one's file.
const SEATS: usize = 32;
/// Where the page finds what other studios left.
const LEFT: &str = "left";

/// A page that says nothing for so long, and doesn't wait for changes, is no more: one that is looked at always waits.
const SILENCE: Duration = Duration::from_mins(1);

/// The places of this studio's pages, each in the workspace whose state the page asked for last. The window is one page;
/// of a browser every tab is one.
#[derive(Debug, Default)]
pub(crate) struct Seats(Mutex<Vec<Page>>);

/// A page, and its place.
#[derive(Debug)]
struct Page {
    id: u64,
    /// None: without locks nothing can be told apart.
    seat: Option<Seat>,
    /// When it was heard of last.
    heard: Instant,
    /// How many of its questions for changes wait.
    waiting: usize,
    /// Whether one of them was given up, as happens when a page is closed.
    is_gone: bool,
}

/// A page waits for changes, until this is dropped.
pub(crate) struct Waiting<'seats> {
    seats: &'seats Seats,
    page: u64,
    is_answered: bool,
}

impl Waiting<'_> {
    /// The page gets its answer.
    pub(crate) fn answered(mut self) {
        self.is_answered = true;
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(page) = self.seats.pages().iter_mut().find(|page| page.id == self.page) {
            page.waiting = page.waiting.saturating_sub(1);
            page.heard = Instant::now();
            page.is_gone |= !self.is_answered;
        }
    }
}

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
    fn pages(&self) -> MutexGuard<'_, Vec<Page>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of a page's place, which it gets if it has none there.
    fn number(&self, id: u64, folder: &Path) -> usize {
        let mut pages = self.pages();
        let at = pages.iter().position(|page| page.id == id).unwrap_or_else(|| {
            pages.push(Page { id, seat: None, heard: Instant::now(), waiting: 0, is_gone: false });
            pages.len() - 1
        });
        let Some(page) = pages.get_mut(at) else { return 1 };
        if page.seat.as_ref().is_none_or(|seat| seat.folder != folder) {
            // The place in another workspace is given up first.
            page.seat = None;
            page.seat = Seat::first(folder);
        }
        (page.heard, page.is_gone) = (Instant::now(), false);
        page.seat.as_ref().map_or(1, |seat| seat.number)
    }

    /// A page waits for changes.
    pub(crate) fn wait(&self, page: u64) -> Waiting<'_> {
        if let Some(page) = self.pages().iter_mut().find(|known| known.id == page) {
            page.waiting += 1;
            (page.heard, page.is_gone) = (Instant::now(), false);
        }
        Waiting { seats: self, page, is_answered: false }
    }

    /// What a page remembered in `folder`, with what others left that are no more: as `left`, or as a whole where this
    /// one remembered nothing.
    ///
    /// # Errors
    /// As [`state::load`].
    pub(crate) fn load(&self, folder: &Path, page: u64) -> Result<Option<Value>, RpcError> {
        // Places of pages that are no more are free. One that was only out of sight takes another when it needs one.
        self.pages().retain(|known| {
            let is_there = known.waiting > 0 || !known.is_gone && known.heard.elapsed() < SILENCE;
            known.id == page || is_there
        });
        let own = self.number(page, folder);
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

    /// Remembers `state` in `folder`, apart from other pages and studios.
    ///
    /// # Errors
    /// As [`state::save`].
    pub(crate) fn save(&self, folder: &Path, page: u64, state: &Value) -> Result<(), RpcError> {
        state::save(folder, &state_file(self.number(page, folder)), state)
    }

    /// How many other pages and studios have the workspace open whose machine-made folder this is.
    pub(crate) fn others(&self, folder: &Path, page: u64) -> usize {
        let pages = self.pages();
        let seat = pages.iter().find(|known| known.id == page).and_then(|known| known.seat.as_ref());
        let own = seat.filter(|seat| seat.folder == folder).map(|seat| seat.number);
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
        assert_eq!(desk.load(folder, 0).unwrap(), None);
        desk.save(folder, 0, &json!({ "unsaved": ["DESK"] })).unwrap();
        let browser = Seats::default();
        assert_eq!((desk.others(folder, 0), browser.others(folder, 0)), (0, 1));
        assert_eq!(browser.load(folder, 0).unwrap(), None, "what the other one types is its own");
        browser.save(folder, 0, &json!({ "unsaved": ["BROWSER"] })).unwrap();
        assert_eq!((desk.others(folder, 0), browser.others(folder, 0)), (1, 1));

        // The desk is killed: its lock goes with its process.
        drop(desk);
        assert_eq!(browser.others(folder, 0), 0);
        let desk = Seats::default();
        assert_eq!(desk.load(folder, 0).unwrap(), Some(json!({ "unsaved": ["DESK"] })));
        assert_eq!(browser.others(folder, 0), 1);

        // Both are killed; whoever comes first has both.
        drop((desk, browser));
        let next = Seats::default();
        let both = json!({ "unsaved": ["DESK"], "left": [{ "unsaved": ["BROWSER"] }] });
        assert_eq!(next.load(folder, 0).unwrap(), Some(both.clone()));
        drop(next);
        assert_eq!(Seats::default().load(folder, 0).unwrap(), Some(both), "it is in one file now");
    }

    #[test]
    fn tabs_of_one_studio_keep_apart_too() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let seats = Seats::default();
        assert_eq!(seats.load(folder, 1).unwrap(), None);
        let first = seats.wait(1);
        seats.save(folder, 1, &json!({ "unsaved": ["FIRST"] })).unwrap();
        assert_eq!(seats.load(folder, 2).unwrap(), None, "what the other tab types is its own");
        let second = seats.wait(2);
        seats.save(folder, 2, &json!({ "unsaved": ["SECOND"] })).unwrap();
        assert_eq!((seats.others(folder, 1), seats.others(folder, 2)), (1, 1));

        // The first is loaded anew: its question is given up, and another page comes to its place.
        drop(first);
        assert_eq!(seats.load(folder, 3).unwrap(), Some(json!({ "unsaved": ["FIRST"] })));
        // A tab that had its answer and has not asked again yet is there.
        second.answered();
        assert_eq!(seats.load(folder, 4).unwrap(), None);
        // One that was taken for gone keeps what it has in a place of its own.
        seats.save(folder, 1, &json!({ "unsaved": ["LATE"] })).unwrap();
        drop(seats.wait(2));
        let left = seats.load(folder, 5).unwrap();
        assert_eq!(left, Some(json!({ "unsaved": ["SECOND"] })));

        // The browser and the studio are killed: all is there.
        drop(seats);
        let all = Seats::default().load(folder, 0).unwrap().unwrap().to_string();
        for word in ["FIRST", "SECOND", "LATE"] {
            assert!(all.contains(word), "{word} is in {all}");
        }
    }

    #[test]
    fn what_only_a_later_studio_left_is_taken_whole() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        std::fs::write(folder.join("studio-3.json"), "{\"unsaved\": [3]}").unwrap();
        assert_eq!(Seats::default().load(folder, 0).unwrap(), Some(json!({ "unsaved": [3] })));
        assert!(!folder.join("studio-3.json").exists());
        assert_eq!(Seats::default().load(folder, 0).unwrap(), Some(json!({ "unsaved": [3] })));
    }

    #[test]
    fn a_place_is_left_with_its_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let seats = Seats::default();
        seats.load(&one, 0).unwrap();
        let other = Seats::default();
        assert_eq!(other.others(&one, 0), 1);
        seats.load(&two, 0).unwrap();
        assert_eq!(other.others(&one, 0), 0);
    }
}
