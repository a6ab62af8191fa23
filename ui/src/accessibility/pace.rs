//! When the page shows a tree: at once where it rests, now and then while frame follows frame.
//!
//! Whole rows of a grid that is scrolled come and go in a sixtieth of a second. Nobody can be read to that fast, and to
//! make elements of them takes longer than to draw them.

/// Milliseconds that nothing was shown for: what comes next is shown at once.
const CALM: f64 = 150.0;
/// Milliseconds after the last frame of several; longer where frames follow slowly.
const REST: f64 = 100.0;
/// Milliseconds that a tree waits at most before it is no longer put off.
const PATIENCE: f64 = 500.0;

/// What is known of the frames until now.
#[derive(Debug, Default)]
pub struct Pace {
    /// When the first of the trees came that wait.
    since: Option<f64>,
    /// Whether it was said that they are to be shown at once.
    is_urgent: bool,
    /// When one was shown last.
    shown: f64,
    /// When the last frame was drawn.
    frame: f64,
}

impl Pace {
    /// A frame was drawn at this time. In how many milliseconds its tree is to be shown; none: as was said before.
    pub fn frame(&mut self, now: f64, moves_focus: bool) -> Option<i32> {
        let between = now - std::mem::replace(&mut self.frame, now);
        let is_first = self.since.is_none();
        let since = *self.since.get_or_insert(now);
        if self.is_urgent {
            return None;
        }
        self.is_urgent = moves_focus || (is_first && now - self.shown > CALM);
        if self.is_urgent {
            return Some(0);
        }
        #[expect(clippy::cast_possible_truncation, reason = "it lies between two constants")]
        let rest = (between * 2.0).clamp(REST, PATIENCE) as i32;
        (is_first || now - since < PATIENCE).then_some(rest)
    }

    /// What waited is shown.
    pub fn shown(&mut self, now: f64) {
        *self = Self { since: None, is_urgent: false, shown: now, frame: self.frame };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times at which trees are shown, for frames at these times.
    fn shown(frames: impl IntoIterator<Item = u32>) -> Vec<f64> {
        let (mut pace, mut due, mut times) = (Pace::default(), None, Vec::new());
        for frame in frames.into_iter().map(f64::from).chain([1e9]) {
            if let Some(at) = due.filter(|at| *at <= frame) {
                pace.shown(at);
                times.push(at);
                due = None;
            }
            if let Some(delay) = pace.frame(frame, false) {
                due = Some(frame + f64::from(delay));
            }
        }
        times
    }

    #[test]
    fn a_frame_after_a_rest_is_shown_at_once() {
        assert_eq!(shown([1000, 2000, 3000]), [1000.0, 2000.0, 3000.0]);
    }

    #[test]
    fn frames_in_a_row_are_shown_at_both_ends_and_now_and_then() {
        let times = shown((0..120).map(|frame| 1000 + frame * 16));
        let last = 1000.0 + 119.0 * 16.0;
        assert_eq!(times.first(), Some(&1000.0));
        assert_eq!(times.last(), Some(&(last + REST)));
        assert!((4..=6).contains(&times.len()), "{times:?}");
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] < PATIENCE + REST + 20.0), "{times:?}");
    }

    #[test]
    fn where_frames_follow_slowly_not_each_is_shown() {
        let times = shown((0..20).map(|frame| 1000 + frame * 140));
        assert!((5..=8).contains(&times.len()), "{times:?}");
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] < 2.0 * PATIENCE), "{times:?}");
    }

    #[test]
    fn the_keyboard_is_followed_at_once() {
        let mut pace = Pace::default();
        assert_eq!(pace.frame(1000.0, false), Some(0));
        pace.shown(1000.0);
        assert_eq!(pace.frame(1010.0, false), Some(100));
        assert_eq!(pace.frame(1020.0, true), Some(0));
        assert_eq!(pace.frame(1030.0, false), None, "the next frame doesn't put it off");
    }
}
