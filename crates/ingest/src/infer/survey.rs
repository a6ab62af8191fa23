//! What is counted about one column while the file goes by, in bounded memory.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use super::{
    dates::{self, FORMS},
    identifiers::{self, IdentifierKind},
    nulls::{self, Marker},
    numbers::NumberTally,
};
use crate::column::SeenValue;

/// Most different texts that are kept with their counts.
const DISTINCT_LIMIT: usize = 1 << 16;

/// Most bytes that these texts may take.
const DISTINCT_BYTES: usize = 16 << 20;

/// Most shapes that are kept with their counts.
const SHAPE_COUNT: usize = 256;

/// Values that are kept because they are no number, and because they are no date, once texts aren't kept any more.
const ODD_VALUES: usize = 20;

/// The key of a field without a value.
pub(super) const NO_VALUE: u64 = 0;

/// A hash that is one already.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0 ^ hash(bytes), 0xE703_7ED1_A0B4_28DB);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

pub(super) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Ready>>;

/// A fast 64-bit hash: multiply and fold over words of eight bytes, as wyhash does.
pub fn hash(bytes: &[u8]) -> u64 {
    const KEY: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = KEY ^ (bytes.len() as u64);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = mix(state ^ u64::from_le_bytes(*word), KEY);
    }
    let tail = rest.iter().fold(0_u64, |tail, byte| (tail << 8) | u64::from(*byte));
    mix(state ^ tail, 0xD6E8_FEB8_6659_FD93)
}

/// Both halves of a product, folded.
pub(super) fn mix(one: u64, other: u64) -> u64 {
    let product = u128::from(one).wrapping_mul(u128::from(other));
    let bytes = product.to_le_bytes();
    let (halves, _) = bytes.as_chunks::<8>();
    halves.iter().fold(0, |folded, half| folded ^ u64::from_le_bytes(*half))
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) record: u64,
    pub(super) line: u64,
}

/// One different text.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) text: Box<str>,
    pub(super) count: u64,
    pub(super) first: Place,
    /// What keys are compared by.
    key: u64,
}

/// How many values are of each type.
#[derive(Debug, Clone, Default)]
pub(super) struct TypeTally {
    pub(super) values: u64,
    pub(super) numbers: NumberTally,
    /// By form of date or time: how many, with the smallest and largest.
    pub(super) forms: Vec<FormTally>,
    pub(super) boolean_words: u64,
    pub(super) uuids: u64,
    pub(super) identifiers: [u64; IdentifierKind::ALL.len()],
    /// The shape of the last text, and the forms that it may have.
    shape: String,
    shape_forms: Vec<usize>,
    /// The shape before.
    last_shape: String,
}

/// What was seen of one form of date or time.
#[derive(Debug, Clone)]
pub(super) struct FormTally {
    pub(super) form: usize,
    pub(super) parsed: u64,
    pub(super) least: (i64, String),
    pub(super) greatest: (i64, String),
}

/// One column's counts.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) records: u64,
    pub(super) nulls: u64,
    pub(super) empties: u64,
    pub(super) blanks: u64,
    pub(super) padded: u64,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: usize,
    pub(super) min_text: Option<String>,
    pub(super) max_text: Option<String>,
    kept: ByHash<Kept>,
    kept_bytes: usize,
    /// Types of the values that were no longer kept.
    pub(super) overflow: TypeTally,
    overflowed: bool,
    shapes: Shapes,
    no_numbers: Vec<Kept>,
    no_dates: Vec<Kept>,
    registers: Registers,
}

impl Survey {
    /// Counts one field. Gives what keys are compared by: a hash of its text (without blanks around), or
    /// [`NO_VALUE`].
    pub(super) fn add(&mut self, field: Option<&str>, place: Place) -> u64 {
        self.records = self.records.saturating_add(1);
        let Some(field) = field else {
            self.nulls = self.nulls.saturating_add(1);
            return NO_VALUE;
        };
        if field.is_empty() {
            self.empties = self.empties.saturating_add(1);
            return NO_VALUE;
        }
        let length = if field.is_ascii() { field.len() } else { field.chars().count() };
        self.min_length = Some(self.min_length.map_or(length, |least| least.min(length)));
        self.max_length = self.max_length.max(length);
        let text = field.trim_matches(|character| character <= ' ');
        if text.is_empty() {
            self.blanks = self.blanks.saturating_add(1);
            return NO_VALUE;
        }
        if text.len() != field.len() {
            self.padded = self.padded.saturating_add(1);
        }
        let hash = hash(text.as_bytes());
        if let Some(kept) = self.kept.get_mut(&hash) {
            // Two texts of one hash: one in 2^48 for a full table.
            if *kept.text == *text {
                kept.count = kept.count.saturating_add(1);
                return kept.key;
            }
        }
        self.registers.see(hash);
        // Markers of 'no value' are always kept, so only a new text can be one.
        let known = nulls::marker(text);
        let key = if known == Some(Marker::Clear) { NO_VALUE } else { hash.max(NO_VALUE.saturating_add(1)) };
        self.see_new(text, hash, key, place, known.is_some());
        key
    }

    fn see_new(&mut self, text: &str, hash: u64, key: u64, place: Place, marker: bool) {
        if self.min_text.as_deref().is_none_or(|least| text < least) {
            self.min_text = Some(text.to_owned());
        }
        if self.max_text.as_deref().is_none_or(|greatest| text > greatest) {
            self.max_text = Some(text.to_owned());
        }
        let kept = || Kept { text: text.into(), count: 1, first: place, key };
        let room = self.kept.len() < DISTINCT_LIMIT && self.kept_bytes < DISTINCT_BYTES;
        if (room && !self.overflowed) || marker {
            self.kept_bytes = self.kept_bytes.saturating_add(text.len());
            self.kept.insert(hash, kept());
            return;
        }
        self.overflowed = true;
        let (numeric, temporal) = self.overflow.add(text, 1);
        self.shapes.count(&self.overflow.shape, 1);
        for (fits, odd) in [(numeric, &mut self.no_numbers), (temporal, &mut self.no_dates)] {
            if !fits && odd.len() < ODD_VALUES {
                odd.push(kept());
            }
        }
    }

    /// All values, blanks and empty fields aside.
    pub(super) fn values(&self) -> u64 {
        self.records.saturating_sub(self.nulls).saturating_sub(self.empties).saturating_sub(self.blanks)
    }

    /// Whether all different texts are kept.
    pub(super) fn exact(&self) -> bool {
        !self.overflowed
    }

    /// How many different texts there are; estimated when they aren't all kept.
    pub(super) fn distinct(&self) -> u64 {
        if self.exact() {
            self.kept.len() as u64
        } else {
            // An estimate may be too high; there are no more texts than values.
            self.registers.estimate().max(self.kept.len() as u64).min(self.values())
        }
    }

    /// How often a text occurs, as far as it was kept.
    pub(super) fn count_of(&self, text: &str) -> u64 {
        self.kept.get(&hash(text.as_bytes())).filter(|kept| *kept.text == *text).map_or(0, |kept| kept.count)
    }

    /// The text that a key is compared by, as far as it was kept.
    pub(super) fn text_of(&self, key: u64) -> Option<&str> {
        self.kept.get(&key).map(|kept| &*kept.text)
    }

    /// The kept texts, in the order in which they were met.
    pub(super) fn kept(&self) -> Vec<&Kept> {
        let mut kept: Vec<&Kept> = self.kept.values().collect();
        kept.sort_unstable_by(|one, other| {
            one.first.cmp(&other.first).then_with(|| one.text.cmp(&other.text))
        });
        kept
    }

    /// Values that weren't kept and are no number, or no date: the first of each.
    pub(super) fn odd(&self) -> impl Iterator<Item = &Kept> {
        self.no_numbers.iter().chain(&self.no_dates)
    }

    /// Types of all values, null markers left out.
    pub(super) fn tally(&self) -> TypeTally {
        let mut tally = self.overflow.clone();
        for kept in self.kept() {
            if !nulls::is_known(&kept.text) {
                tally.add(&kept.text, kept.count);
            }
        }
        tally
    }

    /// The most frequent shapes.
    pub(super) fn top_shapes(&self, limit: usize) -> Vec<(String, u64)> {
        let mut shapes = self.shapes.clone();
        for kept in self.kept() {
            shapes.count(&dates::shape(&kept.text), kept.count);
        }
        let mut counted = shapes.counts;
        counted.sort_unstable_by(|(one, count), (other, more)| more.cmp(count).then_with(|| one.cmp(other)));
        counted.truncate(limit);
        counted
    }
}

/// Counts of shapes.
#[derive(Debug, Clone, Default)]
struct Shapes {
    counts: Vec<(String, u64)>,
    places: HashMap<String, usize, BuildHasherDefault<Ready>>,
    /// The place of the last one: most columns have few shapes, and long runs of one.
    last: usize,
}

impl Shapes {
    fn count(&mut self, shape: &str, weight: u64) {
        if self.counts.get(self.last).is_none_or(|(last, _)| last != shape) {
            if let Some(place) = self.places.get(shape) {
                self.last = *place;
            } else if self.counts.len() < SHAPE_COUNT {
                self.last = self.counts.len();
                self.places.insert(shape.to_owned(), self.last);
                self.counts.push((shape.to_owned(), 0));
            } else {
                return;
            }
        }
        if let Some((_, count)) = self.counts.get_mut(self.last) {
            *count = count.saturating_add(weight);
        }
    }
}

impl TypeTally {
    /// Tallies a text that occurs `weight` times. Says whether it is a number, and whether a date or time.
    pub(super) fn add(&mut self, text: &str, weight: u64) -> (bool, bool) {
        self.values = self.values.saturating_add(weight);
        let numeric = self.numbers.add(text, weight);
        std::mem::swap(&mut self.shape, &mut self.last_shape);
        dates::write_shape(text, &mut self.shape);
        if self.shape != self.last_shape {
            self.shape_forms.clear();
            self.shape_forms.extend_from_slice(FORMS.of_shape(&self.shape));
            self.shape_forms.extend(FORMS.iso_timestamps(&self.shape).into_iter().flatten());
        }
        let mut temporal = false;
        for index in 0..self.shape_forms.len() {
            if let Some(form) = self.shape_forms.get(index).copied() {
                temporal |= self.add_form(form, text, weight);
            }
        }
        if !numeric && !temporal && text.len() == 36 && is_uuid(text) {
            self.uuids = self.uuids.saturating_add(weight);
        }
        if is_boolean_word(text) {
            self.boolean_words = self.boolean_words.saturating_add(weight);
        }
        if let Some(kind) = identifiers::identifier(text)
            && let Some(count) = self.identifiers.get_mut(kind as usize)
        {
            *count = count.saturating_add(weight);
        }
        (numeric, temporal)
    }

    fn add_form(&mut self, index: usize, text: &str, weight: u64) -> bool {
        let Some(moment) = FORMS.get(index).and_then(|form| form.pattern.read(text).ok()) else {
            return false;
        };
        let key = moment.utc_micros();
        match self.forms.iter_mut().find(|tally| tally.form == index) {
            Some(tally) => {
                tally.parsed = tally.parsed.saturating_add(weight);
                if key < tally.least.0 {
                    tally.least = (key, text.to_owned());
                }
                if key > tally.greatest.0 {
                    tally.greatest = (key, text.to_owned());
                }
            }
            None => self.forms.push(FormTally {
                form: index,
                parsed: weight,
                least: (key, text.to_owned()),
                greatest: (key, text.to_owned()),
            }),
        }
        true
    }

    /// How many values are identifiers of this kind.
    pub(super) fn of_kind(&self, kind: IdentifierKind) -> u64 {
        self.identifiers.get(kind as usize).copied().unwrap_or(0)
    }
}

/// Words that a boolean's default lists know, the digits aside.
pub(super) fn is_boolean_word(text: &str) -> bool {
    text.len() <= 5
        && ["true", "false", "t", "f", "yes", "no", "y", "n"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(text))
}

pub(super) fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(place, byte)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

impl Kept {
    pub(super) fn seen(&self) -> SeenValue {
        SeenValue {
            value: crate::value::shortened(&self.text),
            record: self.first.record,
            line: self.first.line,
        }
    }
}

/// `HyperLogLog` with 4096 registers: a standard error of 1.6 %
/// (P. Flajolet et al., "`HyperLogLog`: the analysis of a near-optimal cardinality estimation algorithm", 2007).
#[derive(Debug, Default)]
struct Registers(Vec<u8>);

const REGISTERS: usize = 4096;

impl Registers {
    fn see(&mut self, hash: u64) {
        if self.0.is_empty() {
            self.0 = vec![0; REGISTERS];
        }
        let index = usize::try_from(hash >> 52).unwrap_or(0);
        let rank = u8::try_from((hash << 12 | 0x800).leading_zeros() + 1).unwrap_or(u8::MAX);
        if let Some(register) = self.0.get_mut(index) {
            *register = (*register).max(rank);
        }
    }

    fn estimate(&self) -> u64 {
        let registers = REGISTERS as f64;
        let harmonic: f64 = self.0.iter().map(|rank| 0.5_f64.powi(i32::from(*rank))).sum();
        let empty = memchr::memchr_iter(0, &self.0).count();
        let raw =
            0.7213 / (1.0 + 1.079 / registers) * registers * registers / harmonic.max(f64::MIN_POSITIVE);
        let estimate = if raw < 2.5 * registers && empty > 0 {
            registers * (registers / empty as f64).ln()
        } else {
            raw
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive estimate")]
        let whole = estimate.round() as u64;
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_texts_are_estimated_past_the_limit() {
        let mut survey = Survey::default();
        for number in 0..200_000_u64 {
            survey.add(Some(&format!("value {number}")), Place { record: number + 1, line: number + 2 });
            survey.add(Some("again"), Place { record: number + 1, line: number + 2 });
        }
        assert!(!survey.exact());
        let distinct = survey.distinct();
        assert!((190_000..210_000).contains(&distinct), "{distinct}");
        assert_eq!(survey.count_of("again"), 200_000);
        assert_eq!(survey.values(), 400_000);
        assert_eq!(survey.tally().values, 400_000);
    }

    #[test]
    fn there_are_no_more_distinct_texts_than_values() {
        // An estimate is off by some percent, and half of these are too high.
        for first in (0..20_000_000_u64).step_by(1_000_000) {
            let mut survey = Survey::default();
            for number in first..first + 70_000 {
                survey.add(Some(&number.to_string()), Place { record: number, line: number });
            }
            assert!(!survey.exact());
            assert!(survey.distinct() <= survey.values(), "{} of {}", survey.distinct(), survey.values());
        }
    }
}
