//! The made-up market that all four files describe: securities, business days and prices.

use super::calendar::{Day, business_days_until};
use super::identifiers::{cusip, isin};
use super::names::{COUNTRIES, FIRST, KNOWN, SECOND, SECTORS};
use super::random::Random;

/// The one seed of everything.
const SEED: u64 = 20_260_302;

/// The last day that the files know of.
pub(crate) const LAST_DAY: Day = Day::of(2026, 3, 31);

/// The day in the trade file's name: the file holds what was booked up to it.
pub(crate) const TRADE_FILE_DAY: Day = Day::of(2026, 3, 2);

/// How large the files are.
pub(crate) struct Scale {
    pub(crate) securities: usize,
    pub(crate) days: usize,
    /// How many business days up to the trade file's day its trades are spread over.
    pub(crate) trade_days: usize,
    pub(crate) trades: usize,
    pub(crate) positions: usize,
}

impl Scale {
    /// The committed files.
    pub(crate) const COMMITTED: Self =
        Self { securities: 400, days: 63, trade_days: 6, trades: 3_000, positions: 1_500 };

    /// Some `rows` rows in each of prices, trades and positions, over a year.
    pub(crate) fn of_rows(rows: usize) -> Self {
        // Four of five securities are active, and each has a price on nearly each of 250 days.
        Self { securities: (rows / 200).max(400), days: 250, trade_days: 200, trades: rows, positions: rows }
    }
}

pub(crate) struct Security {
    pub(crate) id: String,
    pub(crate) isin: String,
    pub(crate) cusip: Option<String>,
    pub(crate) ticker: Option<String>,
    /// Plain text; the file's writer quotes it where it must be.
    pub(crate) name: String,
    pub(crate) sector: Option<String>,
    pub(crate) currency: &'static str,
    pub(crate) country: &'static str,
    pub(crate) listed: Option<Day>,
    pub(crate) active: bool,
    pub(crate) issuer_cik: String,
    /// One price for each day of the market, in ten-thousandths.
    pub(crate) prices: Vec<i64>,
}

pub(crate) struct Market {
    pub(crate) securities: Vec<Security>,
    /// Where in `securities` the active ones are.
    pub(crate) active: Vec<usize>,
    pub(crate) days: Vec<Day>,
}

struct Issuer {
    name: String,
    country: &'static str,
    currency: &'static str,
    unit_price: i64,
    sector: String,
    cik: String,
    national: String,
}

impl Market {
    pub(crate) fn new(scale: &Scale) -> Self {
        let days = business_days_until(LAST_DAY, scale.days);
        let mut random = Random::new(SEED, 1);
        let mut securities = Vec::with_capacity(scale.securities);
        let mut issuers = 0;
        while securities.len() < scale.securities {
            let issuer = issuer(issuers, &mut random);
            issuers += 1;
            let classes = if issuers > KNOWN.len() && random.once_in(9) { 2 } else { 1 };
            for class in 0..classes.min(scale.securities - securities.len()) {
                securities.push(security(&issuer, class, securities.len(), days.len(), &mut random));
            }
        }
        let active =
            securities.iter().enumerate().filter(|(_, one)| one.active).map(|(index, _)| index).collect();
        Self { securities, active, days }
    }

    /// The stream of random numbers for one file.
    pub(crate) fn random(stream: u64) -> Random {
        Random::new(SEED, stream)
    }

    /// The price on the day, or the last one before it.
    pub(crate) fn price(&self, security: &Security, day: Day) -> i64 {
        let after = self.days.partition_point(|one| *one <= day);
        security.prices[after.saturating_sub(1)]
    }
}

fn issuer(index: usize, random: &mut Random) -> Issuer {
    let number = index as u64;
    let cik = format!("{:010}", 1_750 + number * 613 + random.below(600));
    if let Some((name, country, sector)) = KNOWN.get(index) {
        let (country, currency, unit_price) = terms(|one| one.0 == *country);
        let name = (*name).to_owned();
        return Issuer {
            name,
            country,
            currency,
            unit_price,
            sector: (*sector).to_owned(),
            cik,
            national: national(number),
        };
    }
    let mut lot = random.below(100);
    let (country, currency, unit_price) = terms(|one| {
        let hit = lot < one.3;
        lot = lot.saturating_sub(one.3);
        hit
    });
    let suffix = COUNTRIES.iter().find(|one| one.0 == country).map_or("", |one| one.2);
    let made_up = index - KNOWN.len();
    let first = FIRST[made_up % FIRST.len()];
    // Walks through all pairs before one comes again.
    let (second, sector) = SECOND[(made_up + made_up / FIRST.len()) % SECOND.len()];
    let pairs = FIRST.len() * SECOND.len();
    let series = if made_up < pairs { String::new() } else { format!(" {}", made_up / pairs + 1) };
    let sector = if random.once_in(12) { random.pick(SECTORS) } else { sector };
    let name = format!("{first} {second}{series} {suffix}");
    Issuer { name, country, currency, unit_price, sector: sector.to_owned(), cik, national: national(number) }
}

fn terms(
    is_it: impl FnMut(&&(&'static str, &'static str, &'static str, u64, i64)) -> bool,
) -> (&'static str, &'static str, i64) {
    let found = COUNTRIES.iter().find(is_it).unwrap_or(&COUNTRIES[0]);
    (found.0, found.1, found.4)
}

/// Six digits, different for each of the first million issuers, and spread so that one in ten begins with 0.
fn national(number: u64) -> String {
    format!("{:06}", (number * 611_953 + 37_833) % 1_000_000)
}

fn security(issuer: &Issuer, class: usize, index: usize, days: usize, random: &mut Random) -> Security {
    let id = format!("{:08}", 12_345 + index as u64 * 7 + random.below(7));
    let north_american = matches!(issuer.country, "US" | "CA");
    let base = format!("{}{}", issuer.national, if class == 0 { "10" } else { "20" });
    let cusip = cusip(&base);
    let isin = isin(issuer.country, &if north_american { cusip.clone() } else { format!("{base}0") });
    let ticker: String = (0..random.between(3, 4))
        .map(|_| char::from(b'A' + u8::try_from(random.below(26)).unwrap_or(0)))
        .collect();
    let mut price = issuer.unit_price * random.between(3_000, 30_000);
    let prices = (0..days)
        .map(|_| {
            price = (price + price / 10_000 * random.between(-190, 196)).max(10_000);
            price
        })
        .collect();
    Security {
        id,
        isin,
        cusip: north_american.then_some(cusip),
        ticker: (!random.once_in(60)).then_some(ticker),
        name: name(&issuer.name, class, index),
        sector: (!random.once_in(50)).then(|| issuer.sector.clone()),
        currency: issuer.currency,
        country: issuer.country,
        listed: (!random.once_in(70))
            .then(|| Day(random.between(Day::of(1962, 1, 2).0, Day::of(2025, 12, 31).0))),
        active: !random.once_in(5),
        issuer_cik: issuer.cik.clone(),
        prices,
    }
}

/// Now and then a name with what breaks careless readers: line ends, the delimiter, quotes.
fn name(issuer: &str, class: usize, index: usize) -> String {
    let class_note = if class == 1 { "Class B" } else { "Ordinary shares" };
    match index % 60 {
        17 | 43 => format!("{issuer}\n{class_note}"),
        5 => format!("{issuer} | ADR"),
        31 => {
            let (first, rest) = issuer.split_once(' ').unwrap_or((issuer, ""));
            format!("\"{first}\" {rest}")
        }
        _ if class == 1 => format!("{issuer} {class_note}"),
        _ => issuer.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Market, Scale};

    #[test]
    fn identifiers_are_unique_at_any_size() {
        for scale in [Scale::COMMITTED, Scale::of_rows(2_000_000)] {
            let market = Market::new(&Scale { days: 2, ..scale });
            let isins: HashSet<_> = market.securities.iter().map(|one| &one.isin).collect();
            let ids: HashSet<_> = market.securities.iter().map(|one| &one.id).collect();
            assert_eq!((isins.len(), ids.len()), (market.securities.len(), market.securities.len()));
        }
    }
}
