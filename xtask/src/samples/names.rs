//! The words that issuers, traders and remarks are made of.

/// Country code, currency, suffix of a company's name, how often of a hundred, price of a share in units.
pub(crate) const COUNTRIES: &[(&str, &str, &str, u64, i64)] = &[
    ("US", "USD", "Inc.", 52, 85),
    ("CA", "CAD", "Corp.", 6, 60),
    ("GB", "GBP", "plc", 10, 12),
    ("FR", "EUR", "S.A.", 8, 70),
    ("DE", "EUR", "AG", 8, 65),
    ("CH", "CHF", "AG", 5, 110),
    ("DK", "DKK", "A/S", 3, 480),
    ("SE", "SEK", "AB", 3, 190),
    ("ES", "EUR", "S.A.", 3, 22),
    ("JP", "JPY", "K.K.", 2, 2400),
];

/// The eleven sectors of GICS.
pub(crate) const SECTORS: &[&str] = &[
    "Energy",
    "Materials",
    "Industrials",
    "Consumer Discretionary",
    "Consumer Staples",
    "Health Care",
    "Financials",
    "Information Technology",
    "Communication Services",
    "Utilities",
    "Real Estate",
];

/// Issuers whose names show accents. The identifiers and figures beside them are made up.
pub(crate) const KNOWN: &[(&str, &str, &str)] = &[
    ("Société Générale S.A.", "FR", "Financials"),
    ("Nestlé S.A.", "CH", "Consumer Staples"),
    ("Ørsted A/S", "DK", "Utilities"),
    ("L'Oréal S.A.", "FR", "Consumer Staples"),
    ("Münchener Rück AG", "DE", "Financials"),
    ("Telefónica S.A.", "ES", "Communication Services"),
    ("Hermès International", "FR", "Consumer Discretionary"),
    ("Crédit Agricole S.A.", "FR", "Financials"),
    ("A.P. Møller – Mærsk A/S", "DK", "Industrials"),
    ("Skånska Verken AB", "SE", "Industrials"),
    ("Lindt & Sprüngli AG", "CH", "Consumer Staples"),
    ("Compañía Ibérica de Energía S.A.", "ES", "Energy"),
    ("Würzburger Hütten AG", "DE", "Materials"),
    ("Zürich Rück AG", "CH", "Financials"),
];

/// First words of made-up issuers.
pub(crate) const FIRST: &[&str] = &[
    "Northgate",
    "Harbour",
    "Blue Ridge",
    "Granite",
    "Silverline",
    "Cedar",
    "Meridian",
    "Atlas",
    "Beacon",
    "Lakeshore",
    "Summit",
    "Redwood",
    "Ironbridge",
    "Falcon",
    "Keystone",
    "Pinnacle",
    "Evergreen",
    "Orchard",
    "Sterling",
    "Westfield",
    "Highland",
    "Copper Hill",
    "Prairie",
    "Stonebrook",
    "Tidewater",
    "Union Park",
    "Valley Forge",
    "Willow",
    "Aurora",
    "Bayview",
];

/// Second words of made-up issuers, with the sector they suggest.
pub(crate) const SECOND: &[(&str, &str)] = &[
    ("Petroleum", "Energy"),
    ("Drilling", "Energy"),
    ("Minerals", "Materials"),
    ("Chemicals", "Materials"),
    ("Rail", "Industrials"),
    ("Aerospace", "Industrials"),
    ("Motors", "Consumer Discretionary"),
    ("Apparel", "Consumer Discretionary"),
    ("Foods", "Consumer Staples"),
    ("Beverages", "Consumer Staples"),
    ("Pharma", "Health Care"),
    ("Diagnostics", "Health Care"),
    ("Bancorp", "Financials"),
    ("Insurance", "Financials"),
    ("Software", "Information Technology"),
    ("Semiconductor", "Information Technology"),
    ("Networks", "Communication Services"),
    ("Media", "Communication Services"),
    ("Power", "Utilities"),
    ("Water", "Utilities"),
    ("Properties", "Real Estate"),
    ("Logistics REIT", "Real Estate"),
];

/// Traders; every character is in windows-1252.
pub(crate) const TRADERS: &[&str] = &[
    "Müller",
    "Žižka",
    "Søren Kjær",
    "Zoë Brontë",
    "François Lefèvre",
    "O’Neill",
    "Anna Weiß",
    "J. Smith",
    "R. Patel",
    "Núñez",
    "Šime Babiš",
    "K. Tanaka",
];

/// Remarks as the file holds them, quoted where they must be; most trades have none.
pub(crate) const REMARKS: &[&str] = &[
    "Gebühr 12,50 €",
    "\"Block; part 1 of 2\"",
    "\"Kunde: \"\"Stiftung Grün\"\"\"",
    "VWAP",
    "Soft commission – 3 bp",
    "\"Limit 100 €; see ticket\"",
];
