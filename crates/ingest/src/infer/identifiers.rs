//! Securities' and legal entities' identifiers, told by their check digits; and names that promise an identifier.

use serde::{Deserialize, Serialize};

/// A kind of identifier with a check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// ISO 6166: two letters, nine letters or digits, a check digit (Luhn over the letters as 10 to 35).
    Isin,
    /// ANSI X9.6: nine characters, the last a check digit.
    Cusip,
    /// London Stock Exchange: seven characters without vowels, the last a check digit.
    Sedol,
    /// ISO 17442: twenty characters, the last two a check (ISO 7064 MOD 97-10).
    Lei,
}

impl IdentifierKind {
    /// The name that people use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Isin => "ISIN",
            Self::Cusip => "CUSIP",
            Self::Sedol => "SEDOL",
            Self::Lei => "LEI",
        }
    }

    pub(super) fn with_article(self) -> &'static str {
        match self {
            Self::Isin => "an ISIN",
            Self::Cusip => "a CUSIP",
            Self::Sedol => "a SEDOL",
            Self::Lei => "an LEI",
        }
    }

    pub(super) const ALL: [Self; 4] = [Self::Isin, Self::Cusip, Self::Sedol, Self::Lei];
}

/// The kind of identifier whose form and check digit this text has.
pub(super) fn identifier(text: &str) -> Option<IdentifierKind> {
    // The form is checked first, so that every byte has a value.
    let values = || text.bytes().map(|byte| value(byte).unwrap_or(0));
    match text.len() {
        12 if has_form(text, IdentifierKind::Isin) && luhn(values()) => Some(IdentifierKind::Isin),
        9 if text.bytes().any(|byte| byte.is_ascii_digit()) && cusip(text) => Some(IdentifierKind::Cusip),
        7 if has_form(text, IdentifierKind::Sedol) && weighted(values(), &[1, 3, 1, 7, 3, 9, 1]) => {
            Some(IdentifierKind::Sedol)
        }
        20 if has_form(text, IdentifierKind::Lei) && remainder_97(values()) == 1 => Some(IdentifierKind::Lei),
        _ => None,
    }
}

/// Whether the text looks like such an identifier, whatever its check digit.
pub(super) fn has_form(text: &str, kind: IdentifierKind) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase();
    let either = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    let last_is_digit = bytes.last().is_some_and(u8::is_ascii_digit);
    match kind {
        IdentifierKind::Isin => {
            bytes.len() == 12
                && bytes.iter().take(2).all(|byte| upper(*byte))
                && bytes.iter().all(|byte| either(*byte))
                && last_is_digit
        }
        IdentifierKind::Cusip => {
            bytes.len() == 9
                && last_is_digit
                && bytes.iter().all(|byte| either(*byte) || b"*@#".contains(byte))
        }
        IdentifierKind::Sedol => {
            bytes.len() == 7
                && last_is_digit
                && bytes.iter().all(|byte| either(*byte) && !b"AEIOU".contains(byte))
        }
        IdentifierKind::Lei => {
            bytes.len() == 20
                && bytes.iter().all(|byte| either(*byte))
                && bytes.iter().rev().take(2).all(u8::is_ascii_digit)
        }
    }
}

fn value(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 10),
        _ => None,
    }
}

/// Luhn's sum over the digits of the values, from the right.
fn luhn(values: impl DoubleEndedIterator<Item = u32>) -> bool {
    let mut sum = 0;
    let mut double = false;
    for value in values.rev() {
        let tens = (value > 9).then_some(value / 10);
        for digit in std::iter::once(value % 10).chain(tens) {
            let weighted = if double { digit * 2 } else { digit };
            sum += weighted / 10 + weighted % 10;
            double = !double;
        }
    }
    sum.is_multiple_of(10)
}

fn cusip(text: &str) -> bool {
    if !has_form(text, IdentifierKind::Cusip) {
        return false;
    }
    let mut sum = 0;
    for (place, byte) in text.bytes().take(8).enumerate() {
        let value = match byte {
            b'*' => 36,
            b'@' => 37,
            b'#' => 38,
            other => value(other).unwrap_or(0),
        };
        let weighted = if place % 2 == 1 { value * 2 } else { value };
        sum += weighted / 10 + weighted % 10;
    }
    text.bytes().last().and_then(value) == Some((10 - sum % 10) % 10)
}

fn weighted(values: impl Iterator<Item = u32>, weights: &[u32]) -> bool {
    values.zip(weights).map(|(value, weight)| value * weight).sum::<u32>() % 10 == 0
}

fn remainder_97(values: impl Iterator<Item = u32>) -> u32 {
    values.fold(0, |rest, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    })
}

/// What a column's name says about being an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameHint {
    None,
    /// `id`, `no`, `code`: often an identifier.
    Weak,
    /// `account`, `cusip`, `zip`: always one.
    Strong,
}

const STRONG: [&str; 24] = [
    "account",
    "acct",
    "accountno",
    "acc",
    "cik",
    "cusip",
    "isin",
    "sedol",
    "lei",
    "figi",
    "iban",
    "bic",
    "swift",
    "zip",
    "zipcode",
    "postcode",
    "postal",
    "phone",
    "fax",
    "ssn",
    "ein",
    "wkn",
    "valor",
    "ticker",
];
const WEAK: [&str; 16] = [
    "id",
    "ids",
    "no",
    "nr",
    "num",
    "number",
    "nummer",
    "numero",
    "code",
    "key",
    "kennung",
    "ref",
    "reference",
    "referenz",
    "identifier",
    "kto",
];

/// Judges a column's name word by word.
pub(super) fn name_hint(column: &str) -> NameHint {
    let name = touchstone_spec::snake_case(column);
    name.split('_')
        .map(|word| {
            if STRONG.contains(&word) {
                NameHint::Strong
            } else if WEAK.contains(&word) || word.ends_with("nummer") {
                NameHint::Weak
            } else {
                NameHint::None
            }
        })
        .max()
        .unwrap_or(NameHint::None)
}

/// What a column's name says about naming the records of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// `trade_id`, `Kunde Nr.`, `isin`: what is delivered.
    Record,
    /// `account`, `iban`: whom it belongs to, and only sometimes what is delivered.
    Holder,
    /// `zip`, `phone`: a code, and never the name of a record.
    Contact,
    /// Anything else.
    Nothing,
}

const RECORDS: [&str; 36] = [
    "id",
    "ids",
    "uid",
    "uuid",
    "guid",
    "no",
    "nr",
    "num",
    "number",
    "nummer",
    "numero",
    "code",
    "codigo",
    "codice",
    "key",
    "cle",
    "clave",
    "schluessel",
    "schlussel",
    "kennung",
    "kennzeichen",
    "identifier",
    "identifiant",
    "ref",
    "reference",
    "referenz",
    "isin",
    "cusip",
    "sedol",
    "lei",
    "figi",
    "wkn",
    "valor",
    "lfd",
    "seq",
    "sequence",
];
const HOLDERS: [&str; 14] = [
    "account",
    "acct",
    "accountno",
    "acc",
    "konto",
    "kontonummer",
    "kto",
    "depot",
    "iban",
    "cik",
    "ssn",
    "ein",
    "ticker",
    "bic",
];
const CONTACTS: [&str; 14] = [
    "zip",
    "zipcode",
    "postcode",
    "postal",
    "plz",
    "phone",
    "telephone",
    "telefon",
    "telefonnummer",
    "tel",
    "mobil",
    "fax",
    "email",
    "mail",
];
/// Words by which a name is about an identifier, or a quantity, and not one itself.
const ABOUT: [&str; 15] = [
    "of",
    "type",
    "typ",
    "art",
    "name",
    "count",
    "anzahl",
    "amount",
    "betrag",
    "date",
    "datum",
    "text",
    "desc",
    "description",
    "status",
];
const RECORD_ENDS: [&str; 5] = ["nummer", "kennung", "schluessel", "schlussel", "nr"];
/// English words that end as a name and `id` written as one do.
const NO_IDS: [&str; 6] = ["unpaid", "invalid", "prepaid", "liquid", "hybrid", "android"];

/// Whether a word is what a name is about: anywhere in a short one, in a long one (a sentence) only where it begins or
/// ends.
fn is_head(place: usize, words: usize) -> bool {
    words <= 4 || place == 0 || place + 1 == words
}

/// What a column's name says about naming the records of its file, word by word.
pub(super) fn names(column: &str) -> Names {
    // Piece by piece: a name of ours has an end that a header needn't have.
    let pieces: Vec<String> = column
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|piece| !piece.is_empty())
        .map(touchstone_spec::snake_case)
        .collect();
    let words: Vec<&str> = pieces.iter().flat_map(|piece| piece.split('_')).collect();
    let any = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let is_ended = |word: &&str| {
        let ends =
            |ends: &[&str], least: usize| word.len() >= least && ends.iter().any(|end| word.ends_with(end));
        ends(&RECORD_ENDS, 4) || (ends(&["id", "no"], 6) && !NO_IDS.contains(word))
    };
    if any(&CONTACTS) {
        Names::Contact
    } else if any(&ABOUT) {
        Names::Nothing
    } else if any(&HOLDERS) {
        Names::Holder
    } else if words
        .iter()
        .enumerate()
        .any(|(place, word)| is_head(place, words.len()) && (RECORDS.contains(word) || is_ended(word)))
    {
        Names::Record
    } else {
        Names::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_records_are_told_from_other_names() {
        for (name, expected) in [
            ("id", Names::Record),
            ("Kunde Nr.", Names::Record),
            ("Kundennummer", Names::Record),
            ("Schlüssel", Names::Record),
            ("Trade ID", Names::Record),
            ("tradeid", Names::Record),
            ("ISIN", Names::Record),
            ("Numéro de client", Names::Record),
            ("Account No", Names::Holder),
            ("IBAN", Names::Holder),
            ("zip code", Names::Contact),
            ("Telefonnummer", Names::Contact),
            ("number of shares", Names::Nothing),
            ("Ref. type", Names::Nothing),
            ("name", Names::Nothing),
            ("paid", Names::Nothing),
            ("invalid", Names::Nothing),
            ("Nr. des Kunden in der Zentrale", Names::Record),
            ("Spalte aus dem System mit Nummer 018 und mehr", Names::Nothing),
            (
                "Sehr_langer_Spaltenname_aus_dem_Bestandsfuehrungssystem_der_Versicherung_mit_Nummer_018_und_mehr_Text",
                Names::Nothing,
            ),
        ] {
            assert_eq!(names(name), expected, "{name}");
        }
    }

    #[test]
    fn check_digits_of_known_identifiers() {
        for (text, expected) in [
            ("US0378331005", Some(IdentifierKind::Isin)),
            ("DE0007164600", Some(IdentifierKind::Isin)),
            ("US0378331006", None),
            ("037833100", Some(IdentifierKind::Cusip)),
            ("38259P508", Some(IdentifierKind::Cusip)),
            ("037833101", None),
            ("B0YBKJ7", Some(IdentifierKind::Sedol)),
            ("0263494", Some(IdentifierKind::Sedol)),
            ("B0YBKJ8", None),
            ("5493001KJTIIGC8Y1R12", Some(IdentifierKind::Lei)),
            ("5493001KJTIIGC8Y1R13", None),
            ("", None),
            ("É0YBKJ7", None),
        ] {
            assert_eq!(identifier(text), expected, "{text}");
        }
    }

    #[test]
    fn names_promise_identifiers() {
        assert_eq!(name_hint("Account No"), NameHint::Strong);
        assert_eq!(name_hint("issuerCIK"), NameHint::Strong);
        assert_eq!(name_hint("security_id"), NameHint::Weak);
        assert_eq!(name_hint("Notional"), NameHint::None);
    }
}
