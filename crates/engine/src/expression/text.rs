//! Functions of text. Positions count characters.

use polars::prelude::{Int32Chunked, IntoSeries, NewChunkedArray, Series, StringChunked};

use super::{NO_NAME, booleans};
use crate::EngineError;

/// A text for each text.
pub(super) fn each(text: &Series, map: impl Fn(&str) -> String) -> Result<Series, EngineError> {
    let mapped = text.str()?.iter().map(|text| text.map(&map));
    Ok(StringChunked::from_iter_options(NO_NAME, mapped).into_series())
}

/// A part of each text.
pub(super) fn part(text: &Series, map: impl Fn(&str) -> &str) -> Result<Series, EngineError> {
    let mapped = text.str()?.iter().map(|text| text.map(&map));
    Ok(StringChunked::from_iter_options(NO_NAME, mapped).into_series())
}

/// A text for each text and number.
pub(super) fn with_number(
    text: &Series,
    number: &Series,
    map: impl Fn(&str, i32) -> String,
) -> Result<Series, EngineError> {
    let mapped = text
        .str()?
        .iter()
        .zip(number.i32()?.iter())
        .map(|(text, number)| text.zip(number).map(|(text, number)| map(text, number)));
    Ok(StringChunked::from_iter_options(NO_NAME, mapped).into_series())
}

/// Whether something holds of two texts.
pub(super) fn test(
    left: &Series,
    right: &Series,
    map: impl Fn(&str, &str) -> bool,
) -> Result<Series, EngineError> {
    Ok(booleans(
        left.str()?
            .iter()
            .zip(right.str()?.iter())
            .map(|(left, right)| left.zip(right).map(|(left, right)| map(left, right))),
    ))
}

/// Number of characters.
pub(super) fn length(text: &Series) -> Result<Series, EngineError> {
    let lengths =
        text.str()?.iter().map(|text| text.and_then(|text| i32::try_from(text.chars().count()).ok()));
    Ok(Int32Chunked::from_iter_options(NO_NAME, lengths).into_series())
}

/// Texts one behind the other; null if one is.
pub(super) fn concat(texts: &[Series], height: usize) -> Result<Series, EngineError> {
    let mut joined: Vec<Option<String>> = vec![Some(String::new()); height];
    for text in texts {
        for (joined, text) in joined.iter_mut().zip(text.str()?.iter()) {
            match (joined.as_mut(), text) {
                (Some(joined), Some(text)) => joined.push_str(text),
                _ => *joined = None,
            }
        }
    }
    Ok(StringChunked::from_slice_options(NO_NAME, &joined).into_series())
}

/// Characters from `start` (counted from 1, negative from the end, 0 as 1), as Spark counts: a start before the text
/// uses up length.
pub(super) fn substring(text: &Series, start: &Series, length: &Series) -> Result<Series, EngineError> {
    let (starts, lengths) = (start.i32()?.iter(), length.i32()?.iter());
    let mapped = text.str()?.iter().zip(starts).zip(lengths).map(|((text, start), length)| {
        let (text, start, length) = (text?, i64::from(start?), i64::from(length?));
        let count = || i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        let from = match start {
            1.. => start - 1,
            0 => 0,
            _ => count() + start,
        };
        let until = from.saturating_add(length);
        let skip = usize::try_from(from.max(0)).unwrap_or(usize::MAX);
        let take = usize::try_from(until - from.max(0)).unwrap_or(0);
        Some(text.chars().skip(skip).take(take).collect::<String>())
    });
    Ok(StringChunked::from_iter_options(NO_NAME, mapped).into_series())
}

/// Every occurrence replaced; an empty `search` changes nothing.
pub(super) fn replace(text: &Series, search: &Series, replacement: &Series) -> Result<Series, EngineError> {
    let (searches, replacements) = (search.str()?.iter(), replacement.str()?.iter());
    let mapped = text.str()?.iter().zip(searches).zip(replacements).map(|((text, search), replacement)| {
        let (text, search, replacement) = (text?, search?, replacement?);
        Some(if search.is_empty() { text.to_owned() } else { text.replace(search, replacement) })
    });
    Ok(StringChunked::from_iter_options(NO_NAME, mapped).into_series())
}

/// Filled up, or cut, to `length` characters.
pub(super) fn pad(
    text: &Series,
    length: &Series,
    pad: &Series,
    on_left: bool,
) -> Result<Series, EngineError> {
    let (lengths, pads) = (length.i32()?.iter(), pad.str()?.iter());
    let mapped = text.str()?.iter().zip(lengths).zip(pads).map(|((text, length), pad)| {
        let (text, length, pad) = (text?, usize::try_from(length?).unwrap_or(0), pad?);
        let have = text.chars().count();
        if have >= length {
            return Some(text.chars().take(length).collect());
        }
        let filling: String =
            pad.chars().cycle().take(if pad.is_empty() { 0 } else { length - have }).collect();
        Some(if on_left { filling + text } else { text.to_owned() + &filling })
    });
    Ok(StringChunked::from_iter_options(NO_NAME, mapped).into_series())
}

/// The first characters.
pub(super) fn left(text: &str, length: i32) -> String {
    text.chars().take(usize::try_from(length).unwrap_or(0)).collect()
}

/// The last characters.
pub(super) fn right(text: &str, length: i32) -> String {
    let skip = text.chars().count().saturating_sub(usize::try_from(length).unwrap_or(0));
    text.chars().skip(skip).collect()
}

/// The part between delimiters, counted from 1 or, negative, from the end; empty when there is none.
pub(super) fn split_part(text: &Series, delimiter: &Series, part: &Series) -> Result<Series, EngineError> {
    let (delimiters, parts) = (delimiter.str()?.iter(), part.i32()?.iter());
    let mapped = text.str()?.iter().zip(delimiters).zip(parts).map(|((text, delimiter), part)| {
        let (text, delimiter, part) = (text?, delimiter?, part?);
        let all: Vec<&str> = if delimiter.is_empty() { vec![text] } else { text.split(delimiter).collect() };
        let index = match usize::try_from(part) {
            Ok(part) => part.checked_sub(1),
            Err(_) => usize::try_from(part.unsigned_abs()).ok().and_then(|back| all.len().checked_sub(back)),
        };
        Some(index.and_then(|index| all.get(index)).copied().unwrap_or_default())
    });
    Ok(StringChunked::from_iter_options(NO_NAME, mapped).into_series())
}
