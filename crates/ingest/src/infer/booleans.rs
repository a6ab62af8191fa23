//! Texts that mean true and false: which pair of words a column uses, in which spellings.

use touchstone_spec::{ContractField, DataType, snake_case};

use super::{
    candidates::{Candidate, Kind},
    nulls,
    survey::{Kept, Survey},
};

/// Columns with more different texts aren't asked: a boolean has two, some spellings, and a few slips.
const DISTINCT_LIMIT: u64 = 200;

/// Words for true and for false, in small letters, and whether they can mean nothing else. Those that every boolean is
/// read by (`true`, `t`, `yes`, `y` and their opposites) aren't among them.
const PAIRS: [(&str, &str, bool); 26] = [
    // German, Dutch, Swedish, Danish and Norwegian
    ("ja", "nein", true),
    ("j", "n", true),
    ("wahr", "falsch", true),
    ("ja", "nee", true),
    ("waar", "onwaar", true),
    ("ja", "nej", true),
    ("ja", "nei", true),
    // French, Spanish, Italian and Portuguese
    ("oui", "non", true),
    ("vrai", "faux", true),
    ("sí", "no", true),
    ("si", "no", true),
    ("sì", "no", true),
    ("verdadero", "falso", true),
    ("vero", "falso", true),
    ("verdadeiro", "falso", true),
    ("sim", "não", true),
    ("sim", "nao", true),
    // Polish, Czech, Hungarian, Turkish and Russian
    ("tak", "nie", true),
    ("ano", "ne", true),
    ("igen", "nem", true),
    ("evet", "hayır", true),
    ("да", "нет", true),
    // Switches, and signs that may as well be codes or counts
    ("on", "off", true),
    ("o", "n", false),
    ("s", "n", false),
    ("1", "0", false),
];

/// Words of a name that ask a question which yes or no answers.
const FLAGS: [&str; 17] = [
    "is", "has", "can", "was", "did", "ist", "hat", "est", "es", "flag", "yn", "jn", "active", "aktiv",
    "enabled", "deleted", "valid",
];

/// The pair of words that most of a column's values are of.
pub(super) fn candidate(name: &str, survey: &Survey) -> Option<Candidate> {
    if !survey.exact() || survey.distinct() > DISTINCT_LIMIT {
        return None;
    }
    let kept: Vec<(String, &Kept)> = survey
        .kept()
        .into_iter()
        .filter(|kept| !nulls::is_known(&kept.text))
        .map(|kept| (kept.text.to_lowercase(), kept))
        .collect();
    let count = |word: &str| -> u64 {
        kept.iter().filter(|(text, _)| text == word).map(|(_, kept)| kept.count).sum()
    };
    let all: u64 = kept.iter().map(|(_, kept)| kept.count).sum();
    let (truth, falsehood, is_clear, parsed) = PAIRS
        .iter()
        .map(|(truth, falsehood, is_clear)| {
            let (truths, falsehoods) = (count(truth), count(falsehood));
            // A word that several pairs share says nothing alone.
            let both = if truths > 0 && falsehoods > 0 { truths + falsehoods } else { 0 };
            (*truth, *falsehood, *is_clear, both)
        })
        .rev()
        .max_by_key(|(.., parsed)| *parsed)
        .filter(|(.., parsed)| *parsed > 0)?;
    let asks = snake_case(name).split('_').any(|word| FLAGS.contains(&word));
    // Where there is anything else, signs that may be codes are codes.
    if !is_clear && !asks && parsed != all {
        return None;
    }
    let mut words = Vec::new();
    let mut field = ContractField::new(name, DataType::Boolean);
    for (text, kept) in &kept {
        if text == truth {
            field.true_values.push(kept.text.to_string());
        } else if text == falsehood {
            field.false_values.push(kept.text.to_string());
        } else {
            continue;
        }
        words.push(format!("{} × {}", kept.count, kept.text));
    }
    words.truncate(8);
    let shown = format!("{} or {}", field.true_values.join(", "), field.false_values.join(", "));
    let mut reason = format!("the values are {}", words.join(", "));
    if !is_clear {
        reason.push_str("; the name asks for yes or no");
    }
    let may_be = if truth == "1" { "1 and 0 may be counts" } else { "these letters may be codes" };
    Some(Candidate {
        kind: Kind::Words,
        field,
        parsed,
        eligible: is_clear || asks,
        reason,
        against: (!is_clear && !asks).then(|| format!("{may_be}, and the name doesn't ask for yes or no")),
        shown: Some(shown),
        bounds: (None, None),
    })
}
