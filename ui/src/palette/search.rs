//! Finding among many: a cheap look at all, a close one at the best.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use touchstone_compiler::fuzzy_match;

use super::items::{Item, Kind, is_first_choice};
use super::{COMMANDS, OBJECTS};

/// How many are looked at closely.
const CLOSELY: usize = 1_500;
/// Rows of a group, while several groups are shown.
const GROUP_ROWS: usize = 6;
/// Rows of a group that is alone.
const ALONE_ROWS: usize = 200;
/// Rows of those chosen before.
const RECENT_ROWS: usize = 6;
/// What was chosen before goes before what matches as well.
const RECENT_BONUS: i32 = 60;
/// What matches by its name and its place together goes behind what matches by its name.
const PLACE_PENALTY: i32 = 150;

/// Everything that can be found.
#[derive(Debug)]
pub struct Search {
    items: Vec<Item>,
    prepared: Vec<Prepared>,
}

/// What the cheap look needs.
#[derive(Debug)]
struct Prepared {
    /// Letters of the name, folded.
    name: String,
    /// Letters of the place and the name, folded.
    whole: String,
    /// Which letters stand in it.
    letters: u64,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which item.
    pub item: usize,
    /// What of its name matched, in bytes.
    pub ranges: Vec<Range<usize>>,
    /// Heading above it, where a group begins.
    pub heading: Option<&'static str>,
}

fn folded(text: &str) -> String {
    let is_letter = |letter: &char| !letter.is_whitespace() && !matches!(letter, '_' | '-' | '"' | '`');
    text.chars().filter(is_letter).flat_map(char::to_lowercase).collect()
}

fn letters(folded: &str) -> u64 {
    folded.bytes().fold(0, |all, byte| all | 1 << (byte % 64))
}

fn holds_in_order(text: &str, wanted: &str) -> bool {
    let mut text = text.bytes();
    wanted.bytes().all(|wanted| text.any(|byte| byte == wanted))
}

/// Each word by itself, in the name or else in the place: `trades px` for the field px of trades.
fn by_words(wanted: &str, item: &Item) -> Option<(i32, Vec<Range<usize>>)> {
    // Everything in a place is found by its own name; a place alone finds what it is another name of.
    let is_name = matches!(
        item.kind,
        Kind::Pipeline | Kind::File | Kind::Version | Kind::Environment | Kind::Setting | Kind::Workspace
    );
    if !is_name && wanted.split_whitespace().nth(1).is_none() {
        return None;
    }
    let (mut best, mut ranges) = (i32::MIN, Vec::new());
    for word in wanted.split_whitespace() {
        let score = match fuzzy_match(word, &item.text) {
            Some(found) => {
                ranges = found.ranges;
                found.score - PLACE_PENALTY / 2
            }
            // Letters that only happen to stand in a place in this order say nothing.
            None => {
                fuzzy_match(word, &item.place).filter(|found| found.score > 300)?.score - 2 * PLACE_PENALTY
            }
        };
        best = best.max(score);
    }
    Some((best, ranges))
}

impl Search {
    /// Prepares to find these.
    pub fn new(items: Vec<Item>) -> Self {
        let prepared = items.iter().map(|item| {
            let name = folded(&item.text);
            let whole = format!("{}{name}", folded(&item.place));
            let letters = letters(&whole);
            Prepared { name, whole, letters }
        });
        Self { prepared: prepared.collect(), items }
    }

    /// One of them.
    pub fn item(&self, at: usize) -> Option<&Item> {
        self.items.get(at)
    }

    /// What matches, in groups, the best first; without a query what was chosen before, and what one can begin with.
    pub fn find(&self, query: &str, recent: &[String]) -> Vec<Found> {
        let query = query.trim_start();
        let commands_only = query.strip_prefix(COMMANDS);
        let objects_only = query.strip_prefix(OBJECTS);
        let wanted = commands_only.or(objects_only).unwrap_or(query).trim();
        let is_asked = |kind: Kind| {
            let is_command = kind == Kind::Command;
            !(commands_only.is_some() && !is_command || objects_only.is_some() && is_command)
        };
        if wanted.is_empty() {
            return self.first(recent, commands_only.is_some(), &is_asked);
        }
        let places: BTreeMap<&str, usize> =
            recent.iter().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
        let mut scored: Vec<(i32, usize, Vec<Range<usize>>)> = Vec::new();
        for at in self.candidates(wanted, &is_asked) {
            let Some(item) = self.items.get(at) else { continue };
            let by_name = fuzzy_match(wanted, &item.text);
            let found = by_name.map(|found| (found.score, found.ranges));
            let Some((score, ranges)) = found.or_else(|| by_words(wanted, item)) else { continue };
            let bonus = if places.contains_key(item.key().as_str()) { RECENT_BONUS } else { 0 };
            scored.push((score + bonus, at, ranges));
        }
        // Where something has the words as they were typed, letters that happen to stand in this order say nothing.
        let words: Vec<String> = wanted.split_whitespace().map(folded).collect();
        let has_words = |at: usize| {
            self.prepared.get(at).is_some_and(|one| words.iter().all(|word| one.whole.contains(word)))
        };
        if scored.iter().any(|(_, at, _)| has_words(*at)) {
            scored.retain(|(_, at, _)| has_words(*at));
        }
        // What can't be done now goes last.
        let is_off = |at: usize| self.items.get(at).is_some_and(|item| item.is_off);
        scored.sort_by(|one, other| {
            let by_score = || other.0.cmp(&one.0).then(one.1.cmp(&other.1));
            is_off(one.1).cmp(&is_off(other.1)).then_with(by_score)
        });
        self.grouped(scored)
    }

    /// Those that could match, the likelier first: by their letters alone.
    fn candidates(&self, wanted: &str, is_asked: &dyn Fn(Kind) -> bool) -> Vec<usize> {
        let words: Vec<String> = wanted.split_whitespace().map(folded).collect();
        let wanted = words.concat();
        let needed = letters(&wanted);
        let mut ranks: [Vec<usize>; 4] = Default::default();
        for (at, (item, prepared)) in self.items.iter().zip(&self.prepared).enumerate() {
            if prepared.letters & needed != needed || !is_asked(item.kind) {
                continue;
            }
            let rank = match prepared.name.find(&wanted) {
                Some(0) => 0,
                Some(_) => 1,
                None if holds_in_order(&prepared.name, &wanted) => 2,
                None if words.iter().all(|word| holds_in_order(&prepared.whole, word)) => 3,
                None => continue,
            };
            if let Some(rank) = ranks.get_mut(rank) {
                rank.push(at);
            }
        }
        ranks.into_iter().flatten().take(CLOSELY).collect()
    }

    fn first(&self, recent: &[String], commands_only: bool, is_asked: &dyn Fn(Kind) -> bool) -> Vec<Found> {
        let keys: BTreeMap<String, usize> =
            self.items.iter().enumerate().map(|(at, item)| (item.key(), at)).collect();
        let is_asked = |at: &usize| self.items.get(*at).is_some_and(|item| is_asked(item.kind));
        let mut rows: Vec<Found> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut push = |heading: &'static str, at: usize, is_first: bool| {
            if seen.insert(at) {
                rows.push(Found { item: at, ranges: Vec::new(), heading: is_first.then_some(heading) });
                return true;
            }
            false
        };
        let before = recent.iter().filter_map(|key| keys.get(key).copied()).filter(is_asked);
        for (count, at) in before.take(RECENT_ROWS).enumerate() {
            push("Chosen before", at, count == 0);
        }
        for kind in [Kind::Pipeline, Kind::Command, Kind::Table] {
            let limit = match kind {
                Kind::Command if commands_only => ALONE_ROWS,
                Kind::Command => 12,
                _ => GROUP_ROWS,
            };
            let mut shown = 0;
            for (at, item) in self.items.iter().enumerate() {
                let is_fit = item.kind == kind && (commands_only || is_first_choice(item));
                if shown < limit && is_fit && is_asked(&at) && push(kind.text(), at, shown == 0) {
                    shown += 1;
                }
            }
        }
        rows
    }

    /// The groups in the order of their best.
    fn grouped(&self, scored: Vec<(i32, usize, Vec<Range<usize>>)>) -> Vec<Found> {
        let mut groups: Vec<(Kind, Vec<Found>)> = Vec::new();
        for (_, at, ranges) in scored {
            let Some(item) = self.items.get(at) else { continue };
            let row = Found { item: at, ranges, heading: None };
            match groups.iter_mut().find(|(kind, _)| *kind == item.kind) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((item.kind, vec![row])),
            }
        }
        let limit = if groups.len() == 1 { ALONE_ROWS } else { GROUP_ROWS };
        let rows = groups.into_iter().flat_map(|(kind, rows)| {
            rows.into_iter().take(limit).enumerate().map(move |(at, mut row)| {
                row.heading = (at == 0).then(|| kind.text());
                row
            })
        });
        rows.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: Kind, text: &str, place: &str) -> Item {
        Item {
            kind,
            text: text.to_owned(),
            place: place.to_owned(),
            icon: ' ',
            layer: None,
            is_off: false,
            commands: Vec::new(),
        }
    }

    fn search() -> Search {
        Search::new(vec![
            item(Kind::Command, "Run simulation", ""),
            item(Kind::Command, "Open workspace…", ""),
            item(Kind::Pipeline, "trades", "Daily equity trades"),
            item(Kind::Table, "silver.trades", "trades"),
            item(Kind::Field, "trade_date", "trades · silver.trades"),
            item(Kind::Field, "trade_date", "fills · silver.fills"),
            item(Kind::Field, "price", "trades · silver.trades"),
        ])
    }

    fn texts(search: &Search, query: &str, recent: &[String]) -> Vec<String> {
        let found = search.find(query, recent);
        found.iter().map(|row| search.item(row.item).unwrap().text.clone()).collect()
    }

    #[test]
    fn the_best_group_goes_first_and_headings_stand_where_groups_begin() {
        let search = search();
        let found = search.find("trade", &[]);
        let headings: Vec<_> = found.iter().filter_map(|row| row.heading).collect();
        assert_eq!(headings, ["Pipelines", "Fields", "Tables"]);
        assert_eq!(found[0].ranges.first(), Some(&(0..5)));
        assert_eq!(texts(&search, "trade", &[]), ["trades", "trade_date", "trade_date", "silver.trades"]);
    }

    #[test]
    fn what_cannot_be_done_goes_last() {
        let off = Item { is_off: true, ..item(Kind::Command, "Previous pipeline", "") };
        let search = Search::new(vec![
            off,
            item(Kind::Command, "New pipeline…", ""),
            item(Kind::Setting, "Pipelines", ""),
        ]);
        assert_eq!(texts(&search, "pipeline", &[]), ["Pipelines", "New pipeline…", "Previous pipeline"]);
    }

    #[test]
    fn the_words_themselves_keep_scattered_letters_away() {
        let search = Search::new(vec![
            item(Kind::Column, "Very long column of measures", "wide"),
            Item { is_off: true, ..item(Kind::Command, "Show rules", "") },
        ]);
        assert_eq!(texts(&search, "rules", &[]), ["Show rules"]);
        assert_eq!(texts(&search, "vlcom", &[]), ["Very long column of measures"]);
    }

    #[test]
    fn a_place_helps_to_tell_two_of_the_same_name() {
        let search = search();
        let found = search.find("fills date", &[]);
        assert_eq!(found.iter().map(|row| row.item).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn prefixes_ask_for_commands_or_objects_alone() {
        let search = search();
        assert_eq!(texts(&search, ">", &[]), ["Run simulation", "Open workspace…"]);
        assert_eq!(texts(&search, "> run", &[]), ["Run simulation"]);
        assert_eq!(texts(&search, "@run", &[]), Vec::<String>::new());
        assert!(texts(&search, "nothing like it", &[]).is_empty());
    }

    #[test]
    fn what_was_chosen_before_goes_first() {
        let search = search();
        let recent = [search.item(5).unwrap().key(), "gone".to_owned()];
        let first = search.find("", &recent);
        assert_eq!((first[0].item, first[0].heading), (5, Some("Chosen before")));
        let found = search.find("trade_date", &recent);
        assert_eq!(found[0].item, 5);
    }

    #[test]
    fn fifty_thousand_are_looked_through_and_the_exact_one_is_found() {
        let mut items: Vec<Item> = (0..50_000)
            .map(|at| item(Kind::Field, &format!("field_{at}"), &format!("pipeline_{} · silver.t", at % 500)))
            .collect();
        items.push(item(Kind::Field, "notional", "trades · silver.trades"));
        let search = Search::new(items);
        assert_eq!(texts(&search, "notional", &[]), ["notional"]);
        assert_eq!(texts(&search, "field_49999", &[])[0], "field_49999");
        // Only the likeliest are looked at closely, whatever the number.
        assert_eq!(search.candidates("f", &|_| true).len(), CLOSELY);
    }
}
