//! Days and business days, with no clock and no time zone.

use std::fmt;

/// Days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Day(pub(crate) i64);

impl Day {
    /// The civil date's day number (Howard Hinnant's `days_from_civil`).
    pub(crate) const fn of(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let shifted_month = (month + 9) % 12;
        let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month, day.
    pub(crate) const fn civil(self) -> (i64, i64, i64) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, day)
    }

    /// Monday to Friday.
    pub(crate) const fn is_business(self) -> bool {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7) < 5
    }

    /// The business day `count` business days later.
    pub(crate) fn plus_business(self, count: u32) -> Self {
        let mut day = self;
        for _ in 0..count {
            day = Self(day.0 + 1);
            while !day.is_business() {
                day = Self(day.0 + 1);
            }
        }
        day
    }

    /// `31/03/2026`
    pub(crate) fn slashed(self) -> String {
        let (year, month, day) = self.civil();
        format!("{day:02}/{month:02}/{year:04}")
    }

    /// `03/31/2026`
    pub(crate) fn american(self) -> String {
        let (year, month, day) = self.civil();
        format!("{month:02}/{day:02}/{year:04}")
    }
}

/// `2026-03-31`
impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(out, "{year:04}-{month:02}-{day:02}")
    }
}

/// The last `count` business days up to and including `last`, in order.
pub(crate) fn business_days_until(last: Day, count: usize) -> Vec<Day> {
    let mut days: Vec<Day> =
        (0..).map(|back| Day(last.0 - back)).filter(|day| day.is_business()).take(count).collect();
    days.reverse();
    days
}

/// The last calendar day of each month that ends in `first..=last`.
pub(crate) fn month_ends(first: Day, last: Day) -> Vec<Day> {
    (first.0..=last.0).map(Day).filter(|day| Day(day.0 + 1).civil().2 == 1).collect()
}

#[cfg(test)]
mod tests {
    use super::{Day, business_days_until, month_ends};

    #[test]
    fn civil_dates_go_there_and_back() {
        assert_eq!(Day::of(1970, 1, 1), Day(0));
        for number in -200_000..200_000 {
            let (year, month, day) = Day(number).civil();
            assert_eq!(Day::of(year, month, day), Day(number));
        }
    }

    #[test]
    fn business_days_leave_weekends_out() {
        let last = Day::of(2026, 3, 31);
        let days = business_days_until(last, 63);
        assert_eq!(days.first().unwrap().to_string(), "2026-01-02");
        assert_eq!(days.last(), Some(&last));
        assert_eq!(Day::of(2026, 2, 27).plus_business(2).slashed(), "03/03/2026");
        let ends: Vec<String> = month_ends(days[0], last).into_iter().map(Day::american).collect();
        assert_eq!(ends, ["01/31/2026", "02/28/2026", "03/31/2026"]);
    }
}
