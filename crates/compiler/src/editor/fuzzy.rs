//! How well a half-written word matches a name.

use std::ops::Range;

/// How a query matches a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuzzyMatch {
    /// Higher is better: the same name 850, its beginning 800, beginnings of its words 600, a part of it 400, its
    /// letters in order 200; less for what is left over.
    pub score: i32,
    /// Byte ranges of the candidate that were matched, in order.
    pub ranges: Vec<Range<usize>>,
}

/// Matches `query` against `candidate`, whatever the case. Blanks, `_` and `-` of the query are passed over. None where
/// the letters of the query don't stand in the candidate in this order. An empty query matches everything with 0.
pub fn fuzzy_match(query: &str, candidate: &str) -> Option<FuzzyMatch> {
    let wanted: Vec<char> = query.chars().filter(|letter| is_letter(*letter)).map(fold).collect();
    if wanted.is_empty() {
        return Some(FuzzyMatch { score: 0, ranges: Vec::new() });
    }
    let letters = Letters::of(candidate);
    let left_over = i32::try_from(letters.all.len().saturating_sub(wanted.len())).unwrap_or(i32::MAX).min(90);
    let found = letters.at(0, &wanted).map(|found| (if left_over == 0 { 850 } else { 800 }, found));
    let found = found.or_else(|| letters.word_starts(&wanted).map(|found| (600, found)));
    let found = found.or_else(|| {
        (1..letters.all.len()).find_map(|start| letters.at(start, &wanted)).map(|found| (400, found))
    });
    let found = found.or_else(|| letters.in_order(&wanted).map(|found| (200, found)));
    let (score, places) = found?;
    let gaps =
        places.windows(2).filter(|pair| pair.last() != pair.first().map(|first| first + 1).as_ref()).count();
    let gaps = i32::try_from(gaps).unwrap_or(i32::MAX).min(20);
    Some(FuzzyMatch { score: score - left_over - gaps * 5, ranges: letters.ranges(&places) })
}

fn is_letter(letter: char) -> bool {
    !letter.is_whitespace() && !matches!(letter, '_' | '-' | '"' | '`')
}

fn fold(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

struct Letter {
    folded: char,
    range: Range<usize>,
    starts_word: bool,
}

/// The candidate's letters without what the query leaves out too.
struct Letters {
    all: Vec<Letter>,
}

impl Letters {
    fn of(candidate: &str) -> Self {
        let mut all = Vec::new();
        let mut previous: Option<char> = None;
        for (index, letter) in candidate.char_indices() {
            if is_letter(letter) {
                let starts_word = previous.is_none_or(|before| {
                    !before.is_alphanumeric() || before.is_lowercase() && letter.is_uppercase()
                });
                all.push(Letter {
                    folded: fold(letter),
                    range: index..index + letter.len_utf8(),
                    starts_word,
                });
            }
            previous = Some(letter);
        }
        Self { all }
    }

    /// All letters from `start` on.
    fn at(&self, start: usize, wanted: &[char]) -> Option<Vec<usize>> {
        let here = self.all.get(start..start + wanted.len())?;
        let same = here.iter().zip(wanted).all(|(letter, wanted)| letter.folded == *wanted);
        same.then(|| (start..start + wanted.len()).collect())
    }

    /// Beginnings of words: `td` and `trda` for `trade_date`. A word's beginning is taken as far as it goes.
    fn word_starts(&self, wanted: &[char]) -> Option<Vec<usize>> {
        let mut places: Vec<usize> = Vec::new();
        let mut index = 0;
        while places.len() < wanted.len() {
            let letter = self.all.get(index)?;
            let follows = places.last().is_some_and(|last| last + 1 == index);
            let fits = wanted.get(places.len()) == Some(&letter.folded);
            if fits && (letter.starts_word || follows) {
                places.push(index);
            }
            index += 1;
        }
        Some(places)
    }

    fn in_order(&self, wanted: &[char]) -> Option<Vec<usize>> {
        let mut places: Vec<usize> = Vec::new();
        let mut index = 0;
        for letter in wanted {
            let found = self.all.iter().skip(index).position(|known| known.folded == *letter)?;
            places.push(index + found);
            index += found + 1;
        }
        Some(places)
    }

    fn ranges(&self, places: &[usize]) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for letter in places.iter().filter_map(|place| self.all.get(*place)) {
            match ranges.last_mut() {
                Some(last) if last.end == letter.range.start => last.end = letter.range.end,
                _ => ranges.push(letter.range.clone()),
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_go_before_words_before_parts_before_letters() {
        let score = |query: &str, candidate: &str| fuzzy_match(query, candidate).map(|found| found.score);
        let order = ["price", "price_close", "close_price", "unitprice", "prior_ice"];
        let scores: Vec<Option<i32>> = order.iter().map(|candidate| score("price", candidate)).collect();
        assert!(scores.windows(2).all(|pair| pair[0] > pair[1]), "{scores:?}");
        assert_eq!(score("price", "quantity"), None);
        assert_eq!(fuzzy_match("td", "Trade Dt").unwrap().ranges, [0..1, 6..7]);
        assert_eq!(fuzzy_match("trade d", "trade_date").unwrap().ranges, [0..5, 6..7]);
    }
}
