//! Which columns could name a record: single ones, else pairs, else triples, by hashes in bounded memory.

use super::{
    CandidateKey, DuplicateKey, chance,
    survey::{ByHash, NO_VALUE, mix},
};

/// Records after which the columns and combinations worth following are chosen.
const WARM_RECORDS: usize = 50_000;

/// Most keys that are remembered for one candidate; later records aren't compared.
const KEY_LIMIT: usize = 2 << 20;

/// Most columns whose pairs, and whose triples, are tried.
const PAIR_COLUMNS: usize = 12;
const TRIPLE_COLUMNS: usize = 8;

/// Most candidates that are followed.
const CANDIDATES: usize = 5;

/// Repeated keys that are remembered, and those that a sentence names.
const EXAMPLES: usize = 5;
const NAMED: usize = 3;

/// What a column can be in a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Its name is an identifier's.
    Identifier,
    /// Its values are of one form, as identifiers are.
    Code,
    /// Its name is that of whom a record belongs to: one alone only when no value repeats.
    Holder,
    /// Dates and times: part of a key, and one alone only when no value repeats.
    Date,
    /// Names and other texts.
    Text,
    /// Whole numbers, as dates.
    Number,
    /// Quantities, flags and remarks: none.
    None,
}

impl Part {
    fn rank(self) -> u8 {
        match self {
            Self::Identifier => 0,
            Self::Code => 1,
            Self::Holder | Self::Date => 2,
            Self::Text => 3,
            Self::Number => 4,
            Self::None => 5,
        }
    }

    /// Whether columns with these parts are there to name a record. That a name, an amount or a remark does may be
    /// chance.
    fn identify(parts: &[Self]) -> bool {
        let names = |part: &Self| matches!(part, Self::Identifier | Self::Code | Self::Holder);
        parts.iter().any(names) && parts.iter().all(|part| names(part) || *part == Self::Date)
    }
}

/// Follows the records and remembers their keys.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Hashes by column, until the candidates are chosen.
    warm: Vec<Vec<u64>>,
    records: Vec<u64>,
    tracked: Option<Vec<Tracked>>,
}

#[derive(Debug)]
struct Tracked {
    columns: Vec<usize>,
    parts: Vec<Part>,
    /// Sum of its parts' ranks.
    rank: u8,
    identifies: bool,
    /// Whether a single repetition rules it out.
    strict: bool,
    seen: ByHash<u64>,
    duplicates: u64,
    examples: Vec<Repeat>,
    checked: u64,
    /// A record without a value in one of the columns was met.
    incomplete: bool,
    /// Least and greatest of its numbers, where these repeat as random ones do.
    chance: Option<(u64, u64)>,
}

/// A repeated key, by its columns' hashes.
#[derive(Debug)]
struct Repeat {
    first_record: u64,
    record: u64,
    hashes: Vec<u64>,
    /// How the two records compare beside the key, where both are still known.
    beside: Option<Beside>,
}

/// Two records compared in the columns that aren't of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Beside {
    columns: usize,
    differ: usize,
    /// Whether they have less than half in common of what tells records apart: they are two things, not one.
    strangers: bool,
}

impl Tracked {
    fn new(columns: Vec<usize>, parts: &[Part]) -> Self {
        let parts: Vec<Part> =
            columns.iter().map(|column| parts.get(*column).copied().unwrap_or(Part::None)).collect();
        let strict = matches!(parts.as_slice(), [Part::Date | Part::Number | Part::Holder]);
        Self {
            columns,
            rank: parts.iter().map(|part| part.rank()).sum(),
            identifies: Part::identify(&parts),
            parts,
            strict,
            seen: ByHash::default(),
            duplicates: 0,
            examples: Vec::new(),
            checked: 0,
            incomplete: false,
            chance: None,
        }
    }

    fn see(&mut self, hash_of: impl Fn(usize) -> u64, record: u64) {
        if self.incomplete || self.seen.len() >= KEY_LIMIT {
            return;
        }
        let mut key = 0_u64;
        for column in &self.columns {
            let hash = hash_of(*column);
            if hash == NO_VALUE {
                self.incomplete = true;
                return;
            }
            key = mix(key ^ hash, 0xA076_1D64_78BD_642F).wrapping_add(hash);
        }
        self.checked = self.checked.saturating_add(1);
        match self.seen.entry(key) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(record);
            }
            std::collections::hash_map::Entry::Occupied(entry) => {
                self.duplicates = self.duplicates.saturating_add(1);
                if self.examples.len() < EXAMPLES {
                    let hashes = self.columns.iter().map(|column| hash_of(*column)).collect();
                    let first_record = *entry.get();
                    self.examples.push(Repeat { first_record, record, hashes, beside: None });
                }
            }
        }
    }

    /// One column may repeat itself in a dirty file; a combination must nearly never, or any would do.
    fn promises(&self) -> bool {
        let allowed = match self.columns.len() {
            _ if self.strict => 0,
            1 => self.checked / 20,
            _ => self.checked / 200,
        };
        !self.incomplete && self.checked > 1 && self.duplicates <= allowed
    }
}

impl Keys {
    pub(super) fn new(columns: usize) -> Self {
        Self { warm: vec![Vec::new(); columns], records: Vec::new(), tracked: None }
    }

    /// Whether enough records have gone by to choose the candidates.
    pub(super) fn wants_choice(&self) -> bool {
        self.tracked.is_none() && self.records.len() >= WARM_RECORDS
    }

    /// Whether the candidates are chosen.
    pub(super) fn is_chosen(&self) -> bool {
        self.tracked.is_some()
    }

    /// Takes a batch: hashes by column, and the records' numbers.
    pub(super) fn add(&mut self, hashes: &[Vec<u64>], records: &[u64]) {
        match &mut self.tracked {
            None => {
                for (warm, column) in self.warm.iter_mut().zip(hashes) {
                    warm.extend_from_slice(column);
                }
                self.records.extend_from_slice(records);
            }
            Some(tracked) => {
                for candidate in tracked {
                    follow(candidate, hashes, records);
                }
            }
        }
    }

    /// Chooses the candidates. `parts` says what each column can be.
    pub(super) fn choose(&mut self, parts: &[Part]) {
        let warm = std::mem::take(&mut self.warm);
        let records = std::mem::take(&mut self.records);
        let tried = |columns: Vec<usize>| {
            let mut candidate = Tracked::new(columns, parts);
            follow(&mut candidate, &warm, &records);
            candidate.promises().then_some(candidate)
        };
        let usable: Vec<usize> = (0..warm.len())
            .filter(|column| parts.get(*column).is_some_and(|part| *part != Part::None))
            .collect();
        let mut tracked: Vec<Tracked> = usable.iter().filter_map(|column| tried(vec![*column])).collect();
        let single: Vec<usize> = tracked.iter().flat_map(|candidate| candidate.columns.clone()).collect();
        let rest: Vec<usize> = usable.into_iter().filter(|column| !single.contains(column)).collect();
        if !tracked.iter().any(|candidate| candidate.duplicates == 0) {
            let rest = rest.get(..rest.len().min(PAIR_COLUMNS)).unwrap_or_default();
            tracked.extend(pairs(rest).into_iter().filter_map(tried));
        }
        if tracked.is_empty() {
            let rest = rest.get(..rest.len().min(TRIPLE_COLUMNS)).unwrap_or_default();
            tracked.extend(triples(rest).into_iter().filter_map(tried));
        }
        rank(&mut tracked);
        let telling: Vec<bool> = warm.iter().map(|column| is_telling(column)).collect();
        for candidate in &mut tracked {
            for repeat in &mut candidate.examples {
                repeat.beside = repeat.compare(&candidate.columns, &warm, &records, &telling);
            }
        }
        self.tracked = Some(tracked);
    }

    /// The candidates that held, the best first. `text_of` gives a column's text by its hash, where it was kept, and
    /// `span_of` the least and the greatest of a column of whole numbers.
    pub(super) fn finish(
        self,
        names: &[String],
        text_of: impl Fn(usize, u64) -> Option<String>,
        span_of: impl Fn(usize) -> Option<(u64, u64)>,
    ) -> Vec<CandidateKey> {
        let mut tracked = self.tracked.unwrap_or_default();
        tracked.retain(Tracked::promises);
        for candidate in &mut tracked {
            candidate.weigh_chance(&span_of);
        }
        // Where something names a record for certain, what nearly does is noise; but an identifier is no noise.
        if tracked.iter().any(|candidate| candidate.duplicates == 0) {
            tracked.retain(|candidate| candidate.duplicates == 0 || candidate.is_identifier());
        }
        rank(&mut tracked);
        tracked
            .into_iter()
            .map(|candidate| {
                let columns: Vec<String> =
                    candidate.columns.iter().filter_map(|column| names.get(*column)).cloned().collect();
                let examples: Vec<DuplicateKey> = candidate
                    .examples
                    .iter()
                    .map(|repeat| repeat.named(&candidate.columns, &text_of))
                    .collect();
                CandidateKey {
                    reason: reason(&candidate, &columns, &examples),
                    columns,
                    duplicates: candidate.duplicates,
                    duplicate_examples: examples,
                    checked: candidate.checked,
                    identifies: candidate.identifies,
                }
            })
            .collect()
    }
}

impl Tracked {
    /// Whether it is one column that is there to name a record.
    fn is_identifier(&self) -> bool {
        self.identifies && self.columns.len() == 1
    }

    /// Numbers that repeat as random ones do, in records that have nothing else in common, name nothing, whatever their
    /// column is called.
    fn weigh_chance(&mut self, span_of: impl Fn(usize) -> Option<(u64, u64)>) {
        let [column] = self.columns.as_slice() else { return };
        let Some(span) = span_of(*column) else { return };
        let known: Vec<Beside> = self.examples.iter().filter_map(|repeat| repeat.beside).collect();
        let strangers = known.iter().filter(|beside| beside.strangers).count();
        if chance::explains(self.duplicates, self.checked, span) && strangers * 2 >= known.len() {
            self.identifies = false;
            self.chance = Some(span);
        }
    }
}

/// Whether a column tells records apart: those that follow each other seldom have the same in it.
fn is_telling(column: &[u64]) -> bool {
    let same = column.windows(2).filter(|pair| pair.first() == pair.last()).count();
    column.len() > 1 && same * 10 < column.len()
}

impl Repeat {
    fn compare(&self, key: &[usize], warm: &[Vec<u64>], records: &[u64], telling: &[bool]) -> Option<Beside> {
        let row = |record: u64| records.binary_search(&record).ok();
        let (first, second) = (row(self.first_record)?, row(self.record)?);
        let (mut beside, mut told, mut common) =
            (Beside { columns: 0, differ: 0, strangers: false }, 0_usize, 0_usize);
        for (place, column) in warm.iter().enumerate().filter(|(place, _)| !key.contains(place)) {
            let same = column.get(first) == column.get(second);
            beside.columns += 1;
            beside.differ += usize::from(!same);
            if telling.get(place).copied().unwrap_or(false) {
                told += 1;
                common += usize::from(same);
            }
        }
        beside.strangers = told > 0 && common * 2 < told;
        Some(beside)
    }

    fn named(&self, columns: &[usize], text_of: impl Fn(usize, u64) -> Option<String>) -> DuplicateKey {
        let values: Option<Vec<String>> =
            columns.iter().zip(&self.hashes).map(|(column, hash)| text_of(*column, *hash)).collect();
        DuplicateKey {
            first_record: self.first_record,
            record: self.record,
            values: values.unwrap_or_default(),
        }
    }
}

/// The evidence in words: how many repeat, which, and what else speaks for the columns or against them.
fn reason(candidate: &Tracked, columns: &[String], examples: &[DuplicateKey]) -> String {
    let names = columns.join(" and ");
    let counted = if candidate.duplicates == 0 {
        format!("no two of {} records have the same {names}", candidate.checked)
    } else {
        let (repeat, checked) = (candidate.duplicates, candidate.checked);
        let repeats = if repeat == 1 { "repeats" } else { "repeat" };
        let mut repeated: Vec<String> = examples
            .iter()
            .take(NAMED)
            .map(|one| {
                let records = format!("records {} and {}", one.first_record, one.record);
                if one.values.is_empty() {
                    records
                } else {
                    format!("{} ({records})", one.values.join(" | "))
                }
            })
            .collect();
        if repeat > repeated.len() as u64 {
            repeated.push("…".to_owned());
        }
        format!(
            "{repeat} of {checked} records {repeats} the {names} of an earlier one: {}",
            repeated.join(", ")
        )
    };
    let mut said = vec![counted];
    let compared = candidate.examples.iter().find_map(|repeat| Some((repeat, repeat.beside?)));
    if let Some((repeat, Beside { columns, differ, .. })) = compared.filter(|(_, beside)| beside.columns > 0)
    {
        let others = if columns == 1 { "column" } else { "columns" };
        said.push(format!(
            "records {} and {} differ in {differ} of {columns} other {others}",
            repeat.first_record, repeat.record
        ));
    }
    let judged = match (candidate.chance, candidate.parts.as_slice()) {
        (Some((least, greatest)), _) => {
            said.push(format!(
                "but numbers drawn at random from {least} to {greatest} repeat as often, so it is no identifier, \
                 whatever its name says"
            ));
            None
        }
        (_, [Part::Identifier]) => Some("its name is an identifier's"),
        (_, [Part::Code]) => Some("its values are of one form, as identifiers are"),
        (_, [Part::Holder]) => Some("its name is that of whom a record belongs to"),
        _ if candidate.identifies => None,
        (_, [_]) => Some("but by its name and values it is no identifier"),
        _ => Some("but by their names and values they are no identifiers"),
    };
    said.extend(judged.map(str::to_owned));
    said.join("; ")
}

fn follow(candidate: &mut Tracked, hashes: &[Vec<u64>], records: &[u64]) {
    for (row, record) in records.iter().enumerate() {
        let hash_of =
            |column: usize| hashes.get(column).and_then(|hashes| hashes.get(row)).copied().unwrap_or(0);
        candidate.see(hash_of, *record);
        if candidate.incomplete {
            return;
        }
    }
}

/// What is there to name a record first, of few columns; an identifier by name before others; then without
/// repetition; then by what their parts are and by place.
fn rank(tracked: &mut Vec<Tracked>) {
    tracked.sort_by(|one, other| {
        let of = |one: &Tracked| {
            let repeats = one.duplicates > 0;
            // By chance: what repeats says least.
            let chance = !one.identifies && repeats;
            let class = if one.is_identifier() { one.rank } else { 0 };
            (!one.identifies, chance, one.columns.len(), class, repeats, one.rank, one.duplicates)
        };
        of(one).cmp(&of(other)).then_with(|| one.columns.cmp(&other.columns))
    });
    tracked.truncate(CANDIDATES);
}

fn pairs(parts: &[usize]) -> Vec<Vec<usize>> {
    let mut pairs = Vec::new();
    for (index, one) in parts.iter().enumerate() {
        for other in parts.iter().skip(index + 1) {
            pairs.push(vec![*one, *other]);
        }
    }
    pairs
}

fn triples(parts: &[usize]) -> Vec<Vec<usize>> {
    let mut triples = Vec::new();
    for (index, one) in parts.iter().enumerate() {
        for pair in pairs(parts.get(index + 1..).unwrap_or_default()) {
            let mut triple = vec![*one];
            triple.extend(pair);
            triples.push(triple);
        }
    }
    triples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_one_two_and_three_columns_are_found() {
        let names: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        let keys_of = |columns: [Vec<u64>; 3]| {
            let mut keys = Keys::new(3);
            let records: Vec<u64> = (1..=columns[0].len() as u64).collect();
            keys.add(&columns, &records);
            keys.choose(&[Part::Text; 3]);
            keys.finish(&names, |_, _| None, |_| None)
                .into_iter()
                .map(|key| (key.columns.join("+"), key.duplicates))
                .collect::<Vec<_>>()
        };
        let hashes = |of: fn(u64) -> u64| (0..64).map(|row| 1000 + of(row)).collect::<Vec<u64>>();
        let one = keys_of([hashes(|row| row), hashes(|row| row % 2), hashes(|_| 0)]);
        assert_eq!(one, [("a".to_owned(), 0)]);
        let two = keys_of([hashes(|row| row / 8), hashes(|row| row % 8), hashes(|row| row % 2)]);
        assert_eq!(two, [("a+b".to_owned(), 0)]);
        let three = keys_of([hashes(|row| row / 16), hashes(|row| row / 4 % 4), hashes(|row| row % 4)]);
        assert_eq!(three, [("a+b+c".to_owned(), 0)]);
        let dirty = keys_of([hashes(|row| if row == 9 { 3 } else { row }), hashes(|_| 0), hashes(|_| 0)]);
        assert_eq!(dirty, [("a".to_owned(), 1)]);
        let incomplete = keys_of([(0..64).collect(), hashes(|_| 0), hashes(|_| 0)]);
        assert_eq!(incomplete, []);
    }

    #[test]
    fn an_identifier_that_repeats_goes_before_a_name_that_does_not() {
        let names: Vec<String> = ["name", "id", "account"].map(str::to_owned).into();
        let mut keys = Keys::new(3);
        let records: Vec<u64> = (1..=64).collect();
        let unique = |from: u64| (0..64).map(|row| from + row).collect::<Vec<u64>>();
        let id: Vec<u64> = (0..64).map(|row| 1000 + if row == 9 { 3 } else { row }).collect();
        keys.add(&[unique(5000), id, unique(7000)], &records);
        keys.choose(&[Part::Text, Part::Identifier, Part::Holder]);
        let found = keys.finish(&names, |_, hash| Some(format!("#{hash}")), |_| None);
        let order: Vec<(&str, bool)> =
            found.iter().map(|key| (key.columns[0].as_str(), key.identifies)).collect();
        assert_eq!(order, [("id", true), ("account", true), ("name", false)]);
        assert_eq!(
            found[0].reason,
            "1 of 64 records repeats the id of an earlier one: #1003 (records 4 and 10); records 4 and 10 differ in 2 of \
             2 other columns; its name is an identifier's"
        );
        assert_eq!(
            found[2].reason,
            "no two of 64 records have the same name; but by its name and values it is no identifier"
        );
    }
}
