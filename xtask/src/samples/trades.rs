//! `trades_20260302.csv`: the dirty one. Semicolons, windows-1252, a preamble, decimal commas, duplicates,
//! corrections, a totals line, and a few rows that no reader should let through.

use std::io::{self, Write};

use super::calendar::Day;
use super::market::{Market, Scale, TRADE_FILE_DAY};
use super::names::{REMARKS, TRADERS};
use super::numbers::grouped;
use super::random::Random;

const HEADER: &str = "Trade ID;Trade Dt;Settle Dt;Booked At;Account;ISIN;Side;Qty;Px;Ccy;Trader;Remarks";

/// One of this many rows is broken, in turn in each of the ways of [`broken`].
const ROWS_PER_BREAK: usize = 200;

#[derive(Clone)]
struct Trade {
    id: String,
    day: String,
    settles: String,
    /// Second of the day.
    booked: i64,
    booked_day: Day,
    account: String,
    isin: String,
    side: &'static str,
    /// Hundredths.
    quantity: u64,
    /// Ten-thousandths.
    price: u64,
    currency: &'static str,
    trader: &'static str,
    remarks: &'static str,
}

pub(crate) fn write(market: &Market, scale: &Scale, out: &mut dyn Write) -> io::Result<()> {
    let mut random = Market::random(3);
    let mut line = |text: &str| {
        out.write_all(&windows_1252(text)?)?;
        out.write_all(b"\r\n")
    };
    line("Trade blotter – daily equity trades")?;
    line(&format!("Run date: {} 18:05", TRADE_FILE_DAY.slashed()))?;
    line("# Quantities and prices in the trade's currency; fees in €")?;
    line(HEADER)?;

    let until_file = market.days.partition_point(|day| *day <= TRADE_FILE_DAY);
    let days = &market.days[until_file.saturating_sub(scale.trade_days)..until_file];
    let mut total_quantity = 0;
    let mut written = 0;
    let mut breaks = 0;
    while written < scale.trades {
        let trade = draw(market, days, written, scale.trades, &mut random);
        if written % ROWS_PER_BREAK == ROWS_PER_BREAK / 2 {
            line(&broken(&trade, breaks))?;
            breaks += 1;
        } else {
            line(&row(&trade))?;
            total_quantity += trade.quantity;
        }
        written += 1;
        if written < scale.trades && random.once_in(90) {
            line(&row(&trade))?;
            written += 1;
        }
        if written < scale.trades && random.once_in(80) {
            let corrected = Trade {
                booked: trade.booked + random.between(60, 3_000),
                price: trade.price + trade.price / 200 + 1,
                remarks: "Corrected price",
                ..trade.clone()
            };
            line(&row(&corrected))?;
            written += 1;
        }
    }
    line(&format!("TOTAL;;;;;;;{};;;;{written} rows", grouped(total_quantity, 2, '.', ',')))
}

fn draw(market: &Market, days: &[Day], place: usize, places: usize, random: &mut Random) -> Trade {
    // In order of the day, as a booking system writes them.
    let day = days[place * days.len() / places.max(1)];
    let security = &market.securities[random.pick(&market.active)];
    let close = market.price(security, day);
    let odd_lot = random.once_in(15);
    Trade {
        id: format!("T{:04}{:02}-{:07}", day.civil().0, day.civil().1, 40_118 + place),
        day: day.slashed(),
        settles: day.plus_business(2).slashed(),
        booked: random.between(8 * 3_600, 17 * 3_600),
        booked_day: day,
        account: format!("{:010}", 104_700 + random.below(25) * 11),
        isin: security.isin.clone(),
        side: if random.once_in(3) { "SELL" } else { "BUY" },
        quantity: if odd_lot { random.below(40_000) + 150 } else { (random.below(600) + 1) * 1_000 },
        price: (close + close / 10_000 * random.between(-60, 60)).unsigned_abs(),
        currency: security.currency,
        trader: random.pick(TRADERS),
        remarks: if random.once_in(12) { random.pick(REMARKS) } else { "" },
    }
}

/// The row as it should be.
fn row(trade: &Trade) -> String {
    fields(trade).join(";")
}

fn fields(trade: &Trade) -> [String; 12] {
    let Trade { booked, .. } = trade;
    let whole = trade.quantity.is_multiple_of(100);
    [
        trade.id.clone(),
        trade.day.clone(),
        trade.settles.clone(),
        format!(
            "{} {:02}:{:02}:{:02}",
            trade.booked_day.slashed(),
            booked / 3_600,
            booked / 60 % 60,
            booked % 60
        ),
        trade.account.clone(),
        trade.isin.clone(),
        trade.side.to_owned(),
        if whole { grouped(trade.quantity / 100, 0, '.', ',') } else { grouped(trade.quantity, 2, '.', ',') },
        grouped(trade.price, 4, '.', ','),
        trade.currency.to_owned(),
        trade.trader.to_owned(),
        trade.remarks.to_owned(),
    ]
}

/// The row, broken in one of the ways that vendors break rows.
fn broken(trade: &Trade, which: usize) -> String {
    let mut fields = fields(trade);
    match which % 7 {
        0 => "31/02/2026".clone_into(&mut fields[1]),
        1 => return fields[..9].join(";"),
        2 => "about 500".clone_into(&mut fields[7]),
        3 => return format!("{};{};surplus", fields.join(";"), trade.trader),
        4 => "XS0000000000".clone_into(&mut fields[5]),
        5 => fields[7].insert(0, '-'),
        // Once is enough: whether a reader finds its feet again shows the first time.
        _ if which == 6 => "\"Teilausführung ohne Ende".clone_into(&mut fields[11]),
        _ => "n.v.".clone_into(&mut fields[8]),
    }
    fields.join(";")
}

/// windows-1252 bytes of text made of the characters that the names and remarks use.
fn windows_1252(text: &str) -> io::Result<Vec<u8>> {
    text.chars()
        .map(|character| match character {
            '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{ff}' => {
                u8::try_from(character).map_err(|error| io::Error::other(error.to_string()))
            }
            '€' => Ok(0x80),
            '…' => Ok(0x85),
            'Š' => Ok(0x8A),
            'Ž' => Ok(0x8E),
            '’' => Ok(0x92),
            '–' => Ok(0x96),
            'š' => Ok(0x9A),
            'ž' => Ok(0x9E),
            other => Err(io::Error::other(format!(
                "{other:?} is not in the windows-1252 table here: add it or use another"
            ))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::windows_1252;

    #[test]
    fn the_euro_sign_is_one_byte_and_cyrillic_is_refused() {
        assert_eq!(windows_1252("Müller €").unwrap(), b"M\xfcller \x80");
        assert!(windows_1252("Ж").is_err());
    }
}
