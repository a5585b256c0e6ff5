//! Exact decimals, and the one place where figures are rounded: half away from zero, at the end.

use std::fmt;

/// A decimal number with a fixed number of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    units: i128,
    places: u8,
}

impl Decimal {
    /// A whole number.
    #[must_use]
    pub fn whole(n: i64) -> Self {
        Self { units: i128::from(n), places: 0 }
    }

    /// `above / below`, rounded half away from zero to `places`. Nothing when `below` is nought.
    #[must_use]
    pub fn ratio(above: i128, below: i128, places: u8) -> Option<Self> {
        if below == 0 {
            return None;
        }
        let (above, below) = if below < 0 { (-above, -below) } else { (above, below) };
        let scaled = above.checked_mul(10_i128.pow(u32::from(places)))?;
        let (magnitude, sign) = (scaled.abs(), scaled.signum());
        let units = sign * ((magnitude * 2 + below) / (below * 2));
        Some(Self { units, places })
    }

    /// A computed number, such as the end of an interval, rounded half away from zero to `places`.
    /// Nothing when it is not finite.
    #[must_use]
    pub fn nearest(value: f64, places: u8) -> Option<Self> {
        let scaled = (value * 10_f64.powi(i32::from(places))).round();
        #[expect(clippy::cast_possible_truncation, reason = "checked to be far inside the range")]
        (scaled.is_finite() && scaled.abs() < 1e18)
            .then_some(Self { units: scaled as i128, places })
    }

    /// What [`fmt::Display`] wrote: digits with a point, no separators. Nothing for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, places) = text.split_once('.').unwrap_or((text, ""));
        let units = format!("{whole}{places}").parse().ok()?;
        Some(Self { units, places: u8::try_from(places.len()).ok()? })
    }

    /// The difference, with the places of the longer.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        let places = self.places.max(other.places);
        let widen = |d: Self| d.units * 10_i128.pow(u32::from(places - d.places));
        Self { units: widen(self) - widen(other), places }
    }

    /// How many places it has.
    #[must_use]
    pub fn places(self) -> u8 {
        self.places
    }

    /// How many of the last of so many places it is. Nothing if it has more places than these, or is too
    /// large.
    #[must_use]
    pub fn in_places(self, places: u8) -> Option<i128> {
        let more = places.checked_sub(self.places)?;
        self.units.checked_mul(10_i128.checked_pow(u32::from(more))?)
    }

    /// Whether it is nought.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.units == 0
    }

    /// The nearest floating point number, for coordinates.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "coordinates need no more")]
        let units = self.units as f64;
        units / 10_f64.powi(i32::from(self.places))
    }

    /// With thousands separated and a real minus sign, for pages.
    #[must_use]
    pub fn grouped(self) -> String {
        let plain = Self { units: self.units.abs(), ..self }.to_string();
        let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), ""), |(w, r)| (w, r));
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.units < 0 { "\u{2212}" } else { "" };
        let point = if rest.is_empty() { "" } else { "." };
        format!("{sign}{grouped}{point}{rest}")
    }
}

/// A count.
impl From<u64> for Decimal {
    fn from(count: u64) -> Self {
        Self { units: i128::from(count), places: 0 }
    }
}

/// Digits with a point, no separators.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let magnitude = self.units.unsigned_abs();
        if self.places == 0 {
            return write!(f, "{sign}{magnitude}");
        }
        let scale = 10_u128.pow(u32::from(self.places));
        let width = usize::from(self.places);
        write!(f, "{sign}{}.{:0width$}", magnitude / scale, magnitude % scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(above: i128, below: i128, places: u8) -> String {
        Decimal::ratio(above, below, places).expect("not over nought").to_string()
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(ratio(1, 8, 2), "0.13");
        assert_eq!(ratio(-1, 8, 2), "-0.13");
        assert_eq!(ratio(100 * 290, 342, 1), "84.8");
        assert_eq!(ratio(100, 2000, 1), "0.1");
        assert_eq!(Decimal::ratio(1, 0, 1), None);
    }

    #[test]
    fn pages_get_separators_and_a_real_minus() {
        assert_eq!(Decimal::whole(1_234_567).grouped(), "1,234,567");
        assert_eq!(Decimal::ratio(-12_345, 10, 1).expect("finite").grouped(), "\u{2212}1,234.5");
        assert_eq!(Decimal::whole(999).grouped(), "999");
    }

    #[test]
    fn what_was_written_is_read() {
        let read = |text: &str| Decimal::parse(text).map(|d| d.to_string());
        for text in ["0", "65", "-12.5", "0.05", "100.0"] {
            assert_eq!(read(text).as_deref(), Some(text));
        }
        assert_eq!([read(""), read("1,234"), read("c"), read("1.2.3")], [None, None, None, None]);
    }

    #[test]
    fn a_difference_keeps_the_longer_places() {
        let a = Decimal::ratio(848, 10, 1).expect("finite");
        assert_eq!(a.minus(Decimal::whole(80)).to_string(), "4.8");
    }
}
