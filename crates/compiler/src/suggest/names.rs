//! Names as words: cut at capitals and signs, abbreviations of the trade written out.

/// The abbreviations that data vendors use, and what they mean.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("acc", "account"),
    ("acct", "account"),
    ("addr", "address"),
    ("adj", "adjusted"),
    ("agg", "aggregate"),
    ("amnt", "amount"),
    ("amt", "amount"),
    ("approx", "approximate"),
    ("ask", "ask"),
    ("avg", "average"),
    ("bal", "balance"),
    ("bk", "book"),
    ("bkr", "broker"),
    ("brkr", "broker"),
    ("cat", "category"),
    ("ccy", "currency"),
    ("cd", "code"),
    ("chg", "change"),
    ("clnt", "client"),
    ("cls", "close"),
    ("cmnt", "comment"),
    ("cnt", "count"),
    ("co", "company"),
    ("comm", "commission"),
    ("corp", "corporation"),
    ("cpn", "coupon"),
    ("cpty", "counterparty"),
    ("cr", "credit"),
    ("crncy", "currency"),
    ("ctpty", "counterparty"),
    ("ctpy", "counterparty"),
    ("ctr", "country"),
    ("ctry", "country"),
    ("cntry", "country"),
    ("cur", "currency"),
    ("curr", "currency"),
    ("cust", "customer"),
    ("cusip", "cusip"),
    ("dept", "department"),
    ("desc", "description"),
    ("descr", "description"),
    ("div", "dividend"),
    ("dr", "debit"),
    ("dt", "date"),
    ("dte", "date"),
    ("dur", "duration"),
    ("eff", "effective"),
    ("emp", "employee"),
    ("ent", "entity"),
    ("eq", "equity"),
    ("exch", "exchange"),
    ("exec", "execution"),
    ("exp", "expiry"),
    ("fee", "fee"),
    ("flg", "flag"),
    ("fnd", "fund"),
    ("freq", "frequency"),
    ("fut", "future"),
    ("grp", "group"),
    ("hi", "high"),
    ("id", "identifier"),
    ("idx", "index"),
    ("ind", "indicator"),
    ("inst", "instrument"),
    ("instr", "instrument"),
    ("int", "interest"),
    ("inv", "invoice"),
    ("iss", "issue"),
    ("issr", "issuer"),
    ("lst", "last"),
    ("lvl", "level"),
    ("mat", "maturity"),
    ("mgr", "manager"),
    ("mkt", "market"),
    ("mth", "month"),
    ("mv", "market value"),
    ("nav", "net asset value"),
    ("nbr", "number"),
    ("nm", "name"),
    ("no", "number"),
    ("notl", "notional"),
    ("nr", "number"),
    ("ntl", "notional"),
    ("num", "number"),
    ("opn", "open"),
    ("ord", "order"),
    ("org", "organisation"),
    ("pct", "percent"),
    ("pd", "period"),
    ("pf", "portfolio"),
    ("pfolio", "portfolio"),
    ("phn", "phone"),
    ("pmt", "payment"),
    ("port", "portfolio"),
    ("pos", "position"),
    ("posn", "position"),
    ("prc", "price"),
    ("prd", "product"),
    ("prev", "previous"),
    ("prin", "principal"),
    ("prod", "product"),
    ("ptf", "portfolio"),
    ("px", "price"),
    ("qnty", "quantity"),
    ("qty", "quantity"),
    ("rec", "record"),
    ("ref", "reference"),
    ("rgn", "region"),
    ("rt", "rate"),
    ("rtg", "rating"),
    ("sec", "security"),
    ("sect", "sector"),
    ("seq", "sequence"),
    ("setl", "settlement"),
    ("sett", "settlement"),
    ("settle", "settlement"),
    ("settled", "settlement"),
    ("booked", "booking"),
    ("executed", "execution"),
    ("traded", "trade"),
    ("shr", "share"),
    ("shs", "shares"),
    ("src", "source"),
    ("sts", "status"),
    ("stat", "status"),
    ("stl", "settlement"),
    ("sym", "symbol"),
    ("sys", "system"),
    ("tel", "phone"),
    ("tkr", "ticker"),
    ("tm", "time"),
    ("tot", "total"),
    ("trd", "trade"),
    ("trx", "transaction"),
    ("ts", "timestamp"),
    ("tx", "transaction"),
    ("txn", "transaction"),
    ("txt", "text"),
    ("typ", "type"),
    ("usr", "user"),
    ("val", "value"),
    ("vd", "value date"),
    ("vol", "volume"),
    ("wgt", "weight"),
    ("wt", "weight"),
    ("yld", "yield"),
    ("yr", "year"),
    ("zip", "postcode"),
];

/// Words that many names have, and that say little by themselves.
const GENERIC: [&str; 19] = [
    "identifier",
    "number",
    "code",
    "date",
    "name",
    "type",
    "amount",
    "value",
    "time",
    "timestamp",
    "flag",
    "indicator",
    "description",
    "status",
    "key",
    "text",
    "is",
    "has",
    "at",
];

/// Words of a name, abbreviations written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words(pub(super) Vec<String>);

impl Words {
    pub(super) fn of(name: &str) -> Self {
        let mut words = Vec::new();
        for word in cut(name) {
            match ABBREVIATIONS.iter().find(|(short, _)| *short == word) {
                Some((_, long)) => words.extend(long.split(' ').map(str::to_owned)),
                None => words.push(word),
            }
        }
        Self(words)
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.0.iter().any(|known| known == word)
    }

    /// Whether the name promises an identifier, which stays text.
    pub(super) fn is_identifier(&self) -> bool {
        const IDENTIFIERS: [&str; 14] = [
            "identifier",
            "number",
            "code",
            "isin",
            "cusip",
            "sedol",
            "lei",
            "cik",
            "figi",
            "bic",
            "mic",
            "iban",
            "postcode",
            "phone",
        ];
        IDENTIFIERS.iter().any(|word| self.has(word)) || self.0.last().is_some_and(|last| last == "account")
    }

    /// How like two names are, from 0 to 1: the share of words that both have, generic ones counting half.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        let (mut shared, mut taken) = (0.0, vec![false; other.0.len()]);
        for word in &self.0 {
            let best = other
                .0
                .iter()
                .enumerate()
                .filter(|(index, _)| taken.get(*index) == Some(&false))
                .map(|(index, known)| (index, word_likeness(word, known), weight(word).min(weight(known))))
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            if let Some((index, likeness, weight)) = best
                && likeness > 0.0
            {
                shared += 2.0 * likeness * weight;
                if let Some(place) = taken.get_mut(index) {
                    *place = true;
                }
            }
        }
        let all: f64 = self.0.iter().chain(&other.0).map(|word| weight(word)).sum();
        if all > 0.0 { (shared / all).min(1.0) } else { 0.0 }
    }

    /// The words that both have, for a reason in words.
    pub(super) fn shared<'words>(&'words self, other: &Self) -> Vec<&'words str> {
        self.0
            .iter()
            .filter(|word| other.0.iter().any(|known| word_likeness(word, known) > 0.0))
            .map(String::as_str)
            .collect()
    }
}

fn weight(word: &str) -> f64 {
    if GENERIC.contains(&word) { 0.5 } else { 1.0 }
}

/// Equal words 1; beginnings of one another, slips and shortened words less.
fn word_likeness(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.chars().count() >= 3 && long.starts_with(short) {
        return 0.85;
    }
    if short.chars().count() >= 5 && strsim::jaro_winkler(one, other) >= 0.92 {
        return 0.8;
    }
    // `qnty`, `mkt`: the same first letter, and the letters in order.
    let mut letters = long.chars();
    let is_shortened = short.chars().count() >= 3
        && short.chars().next() == long.chars().next()
        && short.chars().all(|letter| letters.any(|known| known == letter));
    if is_shortened { 0.6 } else { 0.0 }
}

/// `Trade Dt`, `tradeDt` and `TRADE_DT` give `trade`, `dt`; digits stand by themselves.
fn cut(name: &str) -> Vec<String> {
    let snake = touchstone_spec::snake_case(name);
    let mut words: Vec<String> = Vec::new();
    for part in snake.split('_').filter(|part| !part.is_empty()) {
        let mut word = String::new();
        let mut was_digit = None;
        for letter in part.chars() {
            let is_digit = letter.is_ascii_digit();
            if was_digit.is_some_and(|was| was != is_digit) {
                words.push(std::mem::take(&mut word));
            }
            was_digit = Some(is_digit);
            word.push(letter);
        }
        words.push(word);
    }
    words
}

/// The name with its abbreviations written out: `trade_date` for `Trade Dt`. Common short words (`id`, `no`) stay.
pub(super) fn written_out(name: &str) -> String {
    const STAY: [&str; 9] = ["id", "no", "ref", "int", "nav", "booked", "executed", "settled", "traded"];
    let words: Vec<String> = cut(name)
        .into_iter()
        .map(|word| match ABBREVIATIONS.iter().find(|(short, _)| *short == word && !STAY.contains(short)) {
            Some((_, long)) => long.replace(' ', "_"),
            None => word,
        })
        .collect();
    touchstone_spec::snake_case(&words.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_read_as_what_they_mean() {
        let likeness = |one: &str, other: &str| Words::of(one).likeness(&Words::of(other));
        for (one, other) in [
            ("Trade Dt", "trade_date"),
            ("Px", "price"),
            ("QTY", "quantity"),
            ("Ccy", "currency"),
            ("tradeId", "trade_identifier"),
            ("Ctpy", "counterparty"),
            ("acctNo", "Account Number"),
            ("MktVal", "market_value"),
            ("MV", "market_value"),
        ] {
            assert!(likeness(one, other) > 0.99, "{one} {other} {}", likeness(one, other));
        }
        assert!(likeness("Settle Dt", "trade_date") < 0.4);
        assert!(likeness("Settled", "settlement_date") > 0.5);
        assert!(likeness("Remarks", "sector") < 0.1);
        assert_eq!(written_out("Trade Dt"), "trade_date");
        assert_eq!(written_out("Acct ID"), "account_id");
    }
}
