//! `securities.txt`: pipe-delimited UTF-8 with quoted line ends, accents and identifiers that begin with 0.

use std::io::{self, Write};

use super::market::Market;

const NULL: &str = "N/A";

pub(crate) fn write(market: &Market, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "security_id|isin|cusip|ticker|name|sector|currency|country|listed_date|active|issuer_cik"
    )?;
    for one in &market.securities {
        writeln!(
            out,
            "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}",
            one.id,
            one.isin,
            one.cusip.as_deref().unwrap_or_default(),
            one.ticker.as_deref().unwrap_or(NULL),
            quoted(&one.name),
            one.sector.as_deref().unwrap_or(NULL),
            one.currency,
            one.country,
            one.listed.map_or_else(|| NULL.to_owned(), |day| day.to_string()),
            if one.active { "Y" } else { "N" },
            one.issuer_cik,
        )?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    if text.contains(['|', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
