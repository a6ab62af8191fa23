//! Merges texts line by line, where there is no structure to go by.

use similar::{MergeResolution, TextMerge};

use super::Side;

/// `ours` and `theirs` merged, and whether they disagree anywhere; there, `side` is taken.
pub(super) fn merge_lines(base: &str, ours: &str, theirs: &str, side: Side) -> (String, bool) {
    let merge = TextMerge::from_lines(base, ours, theirs);
    let mut out = String::new();
    for region in merge.regions() {
        let is_ours = match region.resolution() {
            MergeResolution::Theirs => false,
            MergeResolution::Conflict => side == Side::Ours,
            _ => true,
        };
        let range = if is_ours { region.ours_range() } else { region.theirs_range() };
        for index in range {
            let line = if is_ours { merge.ours_line(index) } else { merge.theirs_line(index) };
            // What was the last line of its text need not be the last one here.
            if !out.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(line.unwrap_or_default());
        }
    }
    (out, merge.is_conflicted())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_apart_arrive_and_changes_together_are_asked_about() {
        let (text, conflicted) = merge_lines("a\nb\nc\n", "A\nb\nc\n", "a\nb\nc\nd", Side::Theirs);
        assert_eq!((text.as_str(), conflicted), ("A\nb\nc\nd", false));
        let (text, conflicted) = merge_lines("a\nb", "a\nours", "a\ntheirs", Side::Ours);
        assert_eq!((text.as_str(), conflicted), ("a\nours", true));
    }
}
