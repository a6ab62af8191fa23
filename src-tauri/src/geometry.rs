//! Where the window was and how large, remembered between sessions.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tauri::{PhysicalPosition, PhysicalSize, WebviewWindow, Window};
use touchstone_studio::{PersonFolders, write_whole};

/// Name of the file.
const FILE: &str = "window.json";
/// Pixels of a window that must be on some screen, so that it can be taken hold of.
const VISIBLE: i64 = 100;

/// A place on the screens, in their pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
    maximized: bool,
}

/// The window's place: as it was at the start, and as it is now.
pub(crate) struct Geometry {
    file: Option<PathBuf>,
    now: Mutex<Option<Place>>,
}

impl Geometry {
    /// As remembered. A file that can't be understood is as none: it must not hold up a start.
    pub(crate) fn load(folders: Option<&PersonFolders>) -> Self {
        let file = folders.map(|folders| folders.config.join(FILE));
        let bytes = file.as_ref().and_then(|file| std::fs::read(file).ok());
        Self { file, now: Mutex::new(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok())) }
    }

    /// Puts the window where it was, if a screen is there.
    pub(crate) fn restore(&self, window: &WebviewWindow) -> tauri::Result<()> {
        let Some(place) = *self.place() else { return Ok(()) };
        let monitors = window.available_monitors()?;
        let screens = monitors.iter().map(|monitor| (*monitor.position(), *monitor.size()));
        if let Some(place) = place.fitted(screens) {
            window.set_size(PhysicalSize::new(place.width, place.height))?;
            window.set_position(PhysicalPosition::new(place.x, place.y))?;
        }
        if place.maximized {
            window.maximize()?;
        }
        Ok(())
    }

    /// Takes note of where the window is.
    pub(crate) fn look(&self, window: &Window) -> tauri::Result<()> {
        if window.is_minimized()? || window.is_fullscreen()? {
            return Ok(());
        }
        let maximized = window.is_maximized()?;
        let mut now = self.place();
        if let (true, Some(place)) = (maximized, now.as_mut()) {
            // What it goes back to stays known.
            place.maximized = true;
            return Ok(());
        }
        let (at, size) = (window.outer_position()?, window.inner_size()?);
        *now = Some(Place { x: at.x, y: at.y, width: size.width, height: size.height, maximized });
        Ok(())
    }

    /// Remembers it. That it can't be written is not worth a word to anybody.
    pub(crate) fn keep(&self) {
        let (Some(file), Some(place)) = (&self.file, *self.place()) else { return };
        if let Ok(bytes) = serde_json::to_vec(&place) {
            drop(write_whole(file, &bytes));
        }
    }

    fn place(&self) -> std::sync::MutexGuard<'_, Option<Place>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A screen: where it begins, and its size.
type Screen = (PhysicalPosition<i32>, PhysicalSize<u32>);

impl Place {
    /// The place on the screen that shows the most of it: no larger than that screen, as the screen of before may have
    /// been. None: no screen shows enough of it.
    fn fitted(self, screens: impl Iterator<Item = Screen>) -> Option<Self> {
        let seen = screens.filter_map(|(at, size)| Some((self.seen_on(at, size)?, at, size)));
        let (_, at, size) = seen.max_by_key(|(area, ..)| *area)?;
        if self.width <= size.width && self.height <= size.height {
            return Some(self);
        }
        let (width, height) = (self.width.min(size.width), self.height.min(size.height));
        let inside = |start: i32, length: u32, from: i32, extent: u32| {
            let room = i32::try_from(extent - length).unwrap_or_default();
            start.clamp(from, from.saturating_add(room))
        };
        let (x, y) = (inside(self.x, width, at.x, size.width), inside(self.y, height, at.y, size.height));
        Some(Self { x, y, width, height, ..self })
    }

    /// How much of it a screen shows. None: too little to take hold of.
    fn seen_on(self, at: PhysicalPosition<i32>, size: PhysicalSize<u32>) -> Option<i64> {
        let overlap = |start: i32, length: u32, from: i32, extent: u32| {
            let end = (i64::from(start) + i64::from(length)).min(i64::from(from) + i64::from(extent));
            end - i64::from(start).max(i64::from(from))
        };
        let across = overlap(self.x, self.width, at.x, size.width);
        let down = overlap(self.y, self.height, at.y, size.height);
        (across >= VISIBLE && down >= VISIBLE).then_some(across * down)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_no_screen_shows_is_known() {
        let place = |x, y| Place { x, y, width: 1280, height: 800, maximized: false };
        let screen = |x| (PhysicalPosition::new(x, 0), PhysicalSize::new(1920, 1080));
        let fitted = |place: Place, x| place.fitted([screen(x)].into_iter());
        assert_eq!(fitted(place(0, 0), 0), Some(place(0, 0)));
        assert_eq!(fitted(place(1800, 900), 0), Some(place(1800, 900)), "it was put there");
        assert_eq!(fitted(place(1900, 0), 0), None, "twenty pixels can't be taken hold of");
        assert_eq!(fitted(place(-1280, 0), 0), None);
        assert_eq!(fitted(place(-1280, 0), -1920), Some(place(-1280, 0)));
        assert_eq!(fitted(place(i32::MAX, i32::MIN), 0), None);
    }

    #[test]
    fn a_window_of_a_larger_screen_fits_the_smaller_one() {
        let place = |x, y, width, height| Place { x, y, width, height, maximized: false };
        let small = (PhysicalPosition::new(0, 0), PhysicalSize::new(1280, 800));
        let fitted = |place: Place, screens: &[Screen]| place.fitted(screens.iter().copied());
        assert_eq!(fitted(place(300, 100, 1920, 1080), &[small]), Some(place(0, 0, 1280, 800)));
        assert_eq!(fitted(place(200, 60, 900, 1080), &[small]), Some(place(200, 0, 900, 800)));
        let large = (PhysicalPosition::new(1280, 0), PhysicalSize::new(1920, 1080));
        let there = place(1200, 0, 1920, 1080);
        assert_eq!(fitted(there, &[small, large]), Some(there), "most of it is on the large one");
    }

    #[test]
    fn what_was_kept_comes_back_and_damage_is_as_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let folders =
            PersonFolders { config: folder.path().join("new"), documents: folder.path().to_path_buf() };
        let geometry = Geometry::load(Some(&folders));
        assert_eq!(*geometry.place(), None);
        let place = Place { x: -5, y: 7, width: 1000, height: 700, maximized: true };
        *geometry.place() = Some(place);
        geometry.keep();
        assert_eq!(*Geometry::load(Some(&folders)).place(), Some(place));
        std::fs::write(folders.config.join(FILE), "{\"x\":").unwrap();
        assert_eq!(*Geometry::load(Some(&folders)).place(), None);
    }
}
