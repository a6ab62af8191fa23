//! The types that a column could have, judged by its counts and by what the file's other columns show.

use touchstone_spec::{ContractField, DataType, NegativeStyle};

use super::{
    booleans,
    dates::{FORMS, Form, Order},
    numbers::{MARKS, MarkTally},
    survey::{FormTally, Survey, TypeTally, is_boolean_word},
};

/// One type that a column could have.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) kind: Kind,
    pub(super) field: ContractField,
    /// Values of the type, null markers aside.
    pub(super) parsed: u64,
    /// Whether it may be chosen at all.
    pub(super) eligible: bool,
    /// Why it is right, if it is chosen.
    pub(super) reason: String,
    /// Why it is wrong, where its counts don't say so.
    pub(super) against: Option<String>,
    /// Pattern, or an example of the way of writing.
    pub(super) shown: Option<String>,
    /// Smallest and largest value, as written.
    pub(super) bounds: (Option<String>, Option<String>),
}

/// What its values are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// By the words that every boolean is read by.
    Boolean,
    /// By other words for true and false.
    Words,
    Uuid,
    Form(usize),
    Number {
        marks: usize,
        negative: NegativeStyle,
    },
}

impl Kind {
    /// How many of the tallied values are of this kind.
    pub(super) fn count(self, tally: &TypeTally) -> u64 {
        match self {
            Self::Boolean => tally.boolean_words,
            // Only found where all texts are kept, and none is tallied.
            Self::Words => 0,
            Self::Uuid => tally.uuids,
            Self::Form(form) => {
                tally.forms.iter().find(|tallied| tallied.form == form).map_or(0, |tallied| tallied.parsed)
            }
            Self::Number { marks, negative } => {
                tally.numbers.by_marks().get(marks).map_or(0, |tallied| tallied.parsed(negative))
            }
        }
    }
}

/// What a file's unmistakable columns say about its ambiguous ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileVotes {
    /// Columns whose numbers only make sense with a comma, and with a point, before the fraction.
    comma: u32,
    point: u32,
    /// Columns whose dates only make sense with the day, and with the month, in front.
    day_first: u32,
    month_first: u32,
    delimiter: char,
}

impl FileVotes {
    pub(super) fn count(tallies: &[TypeTally], delimiter: char) -> Self {
        let mut votes = Self { comma: 0, point: 0, day_first: 0, month_first: 0, delimiter };
        for tally in tallies {
            let by_marks = tally.numbers.by_marks();
            let best = |decimal: char| {
                let ways = MARKS.iter().zip(&by_marks).filter(|((mark, _), _)| *mark == decimal);
                ways.map(|(_, way)| way.parsed(way.negative())).max().unwrap_or(0)
            };
            let (comma, point) = (best(','), best('.'));
            // A tenth more: a single slip doesn't vote.
            if comma.saturating_mul(10) > point.saturating_mul(11) && comma.saturating_mul(2) > tally.values {
                votes.comma += 1;
            } else if point.saturating_mul(10) > comma.saturating_mul(11)
                && point.saturating_mul(2) > tally.values
            {
                votes.point += 1;
            }
            let best = |order: Order| {
                let forms = tally
                    .forms
                    .iter()
                    .filter(|form| FORMS.get(form.form).is_some_and(|one| one.order == order));
                forms.map(|form| form.parsed).max().unwrap_or(0)
            };
            let (day, month) = (best(Order::DayFirst), best(Order::MonthFirst));
            if day.saturating_mul(10) > month.saturating_mul(11) {
                votes.day_first += 1;
            } else if month.saturating_mul(10) > day.saturating_mul(11) {
                votes.month_first += 1;
            }
        }
        votes
    }

    /// The decimal mark to assume where a column's values allow both, and why.
    fn decimal(&self) -> (char, &'static str) {
        if self.comma > self.point {
            (',', "other columns of the file write a comma before the fraction")
        } else if self.point > self.comma {
            ('.', "other columns of the file write a point before the fraction")
        } else if self.delimiter == ';' {
            (',', "files with semicolons usually write a comma before the fraction")
        } else {
            ('.', "a point before the fraction is the more usual")
        }
    }
}

/// All candidates of a column, in the order in which they are preferred.
pub(super) fn of(name: &str, survey: &Survey, tally: &TypeTally, votes: &FileVotes) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let words = booleans::candidate(name, survey);
    // `no` is a word of both.
    if words.as_ref().is_none_or(|words| !words.eligible) {
        candidates.extend(boolean(name, survey, tally));
    }
    candidates.extend(words);
    candidates.extend(uuid(name, tally));
    candidates.extend(forms(name, tally, votes));
    candidates.extend(numbers(name, tally, votes));
    candidates
}

fn boolean(name: &str, survey: &Survey, tally: &TypeTally) -> Option<Candidate> {
    if tally.boolean_words == 0 {
        return None;
    }
    let mut words: Vec<String> = Vec::new();
    let (mut truths, mut falsehoods) = (false, false);
    for kept in survey.kept().into_iter().filter(|kept| is_boolean_word(&kept.text)) {
        let truth = kept.text.starts_with(['t', 'T', 'y', 'Y']);
        truths |= truth;
        falsehoods |= !truth;
        words.push(format!("{} × {}", kept.count, kept.text));
    }
    words.truncate(8);
    let both = truths && falsehoods;
    Some(Candidate {
        kind: Kind::Boolean,
        field: ContractField::new(name, DataType::Boolean),
        parsed: tally.boolean_words,
        eligible: both,
        reason: format!("the values are {}", words.join(", ")),
        against: (!both).then(|| "only one of true and false occurs".to_owned()),
        shown: None,
        bounds: (None, None),
    })
}

fn uuid(name: &str, tally: &TypeTally) -> Option<Candidate> {
    (tally.uuids > 0).then(|| Candidate {
        kind: Kind::Uuid,
        field: ContractField::new(name, DataType::Uuid),
        parsed: tally.uuids,
        eligible: true,
        reason: format!("{} of {} values are UUIDs", tally.uuids, tally.values),
        against: None,
        shown: None,
        bounds: (None, None),
    })
}

/// The best form of date or time, and its runner-up.
fn forms(name: &str, tally: &TypeTally, votes: &FileVotes) -> Vec<Candidate> {
    let mut ranked: Vec<(&FormTally, &Form)> =
        tally.forms.iter().filter_map(|tallied| Some((tallied, FORMS.get(tallied.form)?))).collect();
    ranked.sort_by_key(|(tallied, _)| (std::cmp::Reverse(tallied.parsed), tallied.form));
    let Some((first, form)) = ranked.first().copied() else { return Vec::new() };
    let twin = form.twin.and_then(|twin| ranked.iter().copied().find(|(tallied, _)| tallied.form == twin));
    let mut why = None;
    let mut best = (first, form);
    let mut runner_up = ranked.iter().copied().find(|(tallied, other)| {
        tallied.form != first.form && other.pattern.text.len() == form.pattern.text.len()
    });
    if let Some(twin) = twin {
        runner_up = Some(twin);
        if twin.0.parsed == first.parsed {
            let (day, month) = if form.order == Order::DayFirst { (best, twin) } else { (twin, best) };
            let (day_first, reason) = order(day.0, month.0, votes);
            (best, runner_up) = if day_first { (day, Some(month)) } else { (month, Some(day)) };
            why = Some(format!("no day is past the 12th, so day and month could be exchanged; {reason}"));
        } else {
            why = Some(format!(
                "{} fewer would with day and month exchanged",
                first.parsed.saturating_sub(twin.0.parsed)
            ));
        }
    }
    let mut candidates = vec![form_candidate(name, best, tally, why)];
    candidates.extend(runner_up.map(|other| Candidate {
        against: (other.0.parsed == best.0.parsed).then(|| format!("{} was preferred", best.1.pattern.text)),
        eligible: false,
        ..form_candidate(name, other, tally, None)
    }));
    candidates
}

fn form_candidate(
    name: &str,
    (tallied, form): (&FormTally, &Form),
    tally: &TypeTally,
    why: Option<String>,
) -> Candidate {
    let mut field = ContractField::new(name, form.data_type.clone());
    field.format.clone_from(&form.format);
    // Eight digits can be anything; nearly all being days of this and the last century can't be chance.
    let bare = form.pattern.text == "yyyyMMdd" || form.pattern.text == "yyyyMMddHHmmss";
    let year = |text: &str| text.get(..4).and_then(|year| year.parse::<u32>().ok()).unwrap_or(0);
    let plausible = !bare || (year(&tallied.least.1) >= 1900 && year(&tallied.greatest.1) <= 2100);
    let mut reason =
        format!("{} of {} values have the form {}", tallied.parsed, tally.values, written(tallied, form));
    if let Some(why) = why {
        reason.push_str("; ");
        reason.push_str(&why);
    }
    Candidate {
        kind: Kind::Form(tallied.form),
        field,
        parsed: tallied.parsed,
        eligible: plausible,
        reason,
        against: (!plausible).then(|| "as dates they would lie before 1900 or after 2100".to_owned()),
        shown: Some(written(tallied, form)),
        bounds: (Some(tallied.least.1.clone()), Some(tallied.greatest.1.clone())),
    }
}

/// The form as the data has it: between day and time ISO 8601's `T` may be a blank.
fn written(tallied: &FormTally, form: &Form) -> String {
    let text = &form.pattern.text;
    let is_blank = tallied.least.1.as_bytes().get(10) == Some(&b' ');
    if is_blank && text.starts_with("yyyy-MM-dd'T'") { text.replacen("'T'", " ", 1) } else { text.clone() }
}

/// Whether to read the day first where both orders fit all values, and why.
fn order(day: &FormTally, month: &FormTally, votes: &FileVotes) -> (bool, String) {
    let span = |tallied: &FormTally| tallied.greatest.0.saturating_sub(tallied.least.0) / 86_400_000_000;
    let (days, months) = (span(day), span(month));
    if votes.day_first != votes.month_first {
        let day_first = votes.day_first > votes.month_first;
        let word = if day_first { "day" } else { "month" };
        return (day_first, format!("other columns of the file put the {word} first"));
    }
    // A file is usually about one stretch of time; read the wrong way it is scattered over the year.
    if days.saturating_mul(3) < months || months.saturating_mul(3) < days {
        return (
            days < months,
            format!("read so they span {} days, not {}", days.min(months), days.max(months)),
        );
    }
    if votes.point > votes.comma && votes.delimiter == ',' {
        return (false, "point and comma are used as in the US, where the month comes first".to_owned());
    }
    (true, "nothing in the file decides it: day first is assumed, please check".to_owned())
}

/// The best way of writing numbers, and the one that would read the same values differently.
fn numbers(name: &str, tally: &TypeTally, votes: &FileVotes) -> Vec<Candidate> {
    let (preferred, why_preferred) = votes.decimal();
    let by_marks = tally.numbers.by_marks();
    let mut ranked: Vec<(usize, &MarkTally, u64)> = by_marks
        .iter()
        .enumerate()
        .map(|(index, marks)| (index, marks, marks.parsed(marks.negative())))
        .filter(|(_, _, parsed)| *parsed > 0)
        .collect();
    let decimal = |index: usize| MARKS.get(index).map_or('.', |(decimal, _)| *decimal);
    ranked
        .sort_by_key(|(index, _, parsed)| (std::cmp::Reverse(*parsed), decimal(*index) != preferred, *index));
    let Some((index, marks, parsed)) = ranked.first().copied() else { return Vec::new() };
    let plain = marks.fractional == 0 && marks.grouped == 0;
    let index = if plain { 0 } else { index };
    // The same texts with the other mark before the fraction: 3.010 may be three, or three thousand and ten.
    let rival = ranked.iter().copied().find(|(other, tallied, _)| {
        !plain
            && marks.exponents == 0
            && decimal(*other) != decimal(index)
            && (tallied.fractional > 0 || tallied.grouped > 0)
    });
    let mut why = None;
    if let Some((_, _, rival_parsed)) = rival {
        why = Some(if rival_parsed == parsed {
            format!("point and comma could be exchanged; {why_preferred}")
        } else {
            format!("{} fewer would be with point and comma exchanged", parsed.saturating_sub(rival_parsed))
        });
    }
    let mut candidates: Vec<Candidate> =
        number_candidate(name, index, marks, tally, why).into_iter().collect();
    if let Some((other, tallied, _)) = rival {
        candidates.extend(number_candidate(name, other, tallied, tally, None).map(|candidate| Candidate {
            eligible: false,
            against: (candidate.parsed == parsed).then(|| why_preferred.to_owned()),
            ..candidate
        }));
    }
    candidates
}

fn number_candidate(
    name: &str,
    index: usize,
    marks: &MarkTally,
    tally: &TypeTally,
    why: Option<String>,
) -> Option<Candidate> {
    let (decimal, grouping) = MARKS.get(index).copied()?;
    let negative = marks.negative();
    let parsed = marks.parsed(negative);
    let (data_type, mut reason) = number_type(marks)?;
    let mut field = ContractField::new(name, data_type);
    field.grouping_mark = grouping.filter(|_| marks.grouped > 0);
    field.decimal_mark = Some(decimal).filter(|mark| *mark != '.');
    field.negative = Some(negative).filter(|style| *style != NegativeStyle::LeadingMinus);
    reason = format!("{parsed} of {} values are {reason}", tally.values);
    if let Some(why) = why {
        reason.push_str("; ");
        reason.push_str(&why);
    }
    let marked = field.grouping_mark.is_some() || field.decimal_mark.is_some() || field.negative.is_some();
    let text = |bound: &Option<(f64, String)>| bound.as_ref().map(|(_, text)| text.clone());
    Some(Candidate {
        kind: Kind::Number { marks: index, negative },
        shown: marked.then(|| shown(&field, marks)),
        field,
        parsed,
        eligible: true,
        reason,
        against: None,
        bounds: (text(&marks.least), text(&marks.greatest)),
    })
}

/// The way of writing, shown on a number.
fn shown(field: &ContractField, marks: &MarkTally) -> String {
    let group = field.grouping_mark.map(String::from).unwrap_or_default();
    let mut number = format!("1{group}234");
    if marks.fractional > 0 {
        number.push(field.decimal_mark.unwrap_or('.'));
        number += &"0".repeat(marks.scale.clamp(1, 8));
    }
    match field.negative {
        Some(NegativeStyle::Parentheses) => format!("({number})"),
        Some(NegativeStyle::TrailingMinus) => format!("{number}-"),
        _ => number,
    }
}

/// The narrowest type with headroom, and the rule in words.
///
/// - An exponent anywhere: double.
/// - No fraction: int if ten times the largest value fits 32 bits, else long if it fits 64, else decimal(38,0).
/// - Else decimal: as many digits behind the point as were seen; precision 18 (one 64-bit number) if that leaves
///   at least three digits in front of the point to spare, else 38.
fn number_type(marks: &MarkTally) -> Option<(DataType, String)> {
    if marks.exponents > 0 {
        return Some((DataType::Double, format!("numbers, {} of them with an exponent", marks.exponents)));
    }
    if marks.fractional == 0 {
        let tenfold = marks.largest.saturating_mul(10);
        return Some(if tenfold <= u128::from(i32::MAX.unsigned_abs()) {
            (DataType::Int, format!("whole numbers up to {}, of which ten times fits an int", marks.largest))
        } else if marks.largest <= u128::from(i64::MAX.unsigned_abs()) {
            (
                DataType::Long,
                format!("whole numbers up to {}, of which ten times doesn't fit an int", marks.largest),
            )
        } else {
            (DataType::Decimal { precision: 38, scale: 0 }, "whole numbers too large for a long".to_owned())
        });
    }
    let digits = marks.whole_digits.saturating_add(marks.scale);
    let precision = if digits.saturating_add(3) <= 18 { 18 } else { 38 };
    if digits > 38 {
        return None;
    }
    let scale = u8::try_from(marks.scale).ok()?;
    let spare = usize::from(precision).saturating_sub(digits);
    Some((
        DataType::Decimal { precision, scale },
        format!(
            "numbers of up to {} digits before and {} behind the point; precision {precision} leaves {spare} to spare",
            marks.whole_digits, marks.scale
        ),
    ))
}
