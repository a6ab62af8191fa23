//! `positions_20260331.tsv`: tabs, parentheses for negatives, account numbers with leading zeros, stray spaces.

use std::io::{self, Write};

use super::calendar::month_ends;
use super::market::{LAST_DAY, Market, Scale};
use super::numbers::grouped;

/// How many securities an account holds.
const HOLDINGS: usize = 20;

pub(crate) fn write(market: &Market, scale: &Scale, out: &mut dyn Write) -> io::Result<()> {
    let mut random = Market::random(4);
    let first = market.days.first().copied().unwrap_or(LAST_DAY);
    let dates = month_ends(first, LAST_DAY);
    writeln!(out, "Account No\tSecurity ID\tPosition Date\tQuantity\tMarket Value\tCcy")?;
    let mut written = 0;
    for account in 0.. {
        let number = format!("{:010}", 104_700 + account * 11 + random.below(11));
        let start = random.below(market.active.len() as u64);
        // A prime step keeps the holdings of one account apart.
        let step = random.pick(&[7_u64, 11, 13]);
        for holding in 0..HOLDINGS as u64 {
            let place = (start + holding * step) % market.active.len() as u64;
            let one = &market.securities[market.active[usize::try_from(place).unwrap_or(0)]];
            let short = random.once_in(12);
            let mut quantity = random.below(40_000) * 25 + 100;
            for date in &dates {
                quantity = quantity + random.below(400) * 5 - random.below(20) * 5;
                // Hundredths of a share times ten-thousandths of a unit, to hundredths of a unit.
                let value = quantity * market.price(one, *date).unsigned_abs() / 10_000;
                let signed = |text: String| if short { format!("({text})") } else { text };
                let value =
                    if random.once_in(90) { "N/A".to_owned() } else { signed(grouped(value, 2, ',', '.')) };
                let mut stray = || if random.once_in(25) { "  " } else { "" };
                writeln!(
                    out,
                    "{number}{}\t{}{}\t{}\t{}{}\t{value}\t{}{}",
                    stray(),
                    one.id,
                    stray(),
                    date.american(),
                    signed(grouped(quantity, 2, ',', '.')),
                    stray(),
                    one.currency,
                    stray(),
                )?;
                written += 1;
                if written == scale.positions {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}
