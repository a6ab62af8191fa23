//! `prices.csv`: plain commas and ISO dates, with closes and days missing.

use std::io::{self, Write};

use super::market::Market;

pub(crate) fn write(market: &Market, out: &mut dyn Write) -> io::Result<()> {
    let mut random = Market::random(2);
    writeln!(out, "security_id,price_date,close,volume")?;
    for (place, day) in market.days.iter().enumerate() {
        // Exchanges in New York close on these two days of the quarter; the others don't.
        let new_york_closed = matches!(day.civil(), (2026, 1, 19) | (2026, 2, 16));
        for index in &market.active {
            let one = &market.securities[*index];
            if (new_york_closed && one.currency == "USD") || random.once_in(150) {
                continue;
            }
            let close = one.prices[place];
            if random.once_in(120) {
                writeln!(out, "{},{day},,0", one.id)?;
            } else {
                let volume = random.between(12, 48_000) * 100;
                writeln!(out, "{},{day},{}.{:04},{volume}", one.id, close / 10_000, close % 10_000)?;
            }
        }
    }
    Ok(())
}
