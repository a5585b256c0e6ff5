//! A Parquet file as batches of text columns, and of days where the file says that a column holds days.
//! One group of rows is open at a time, and of it only the wanted columns.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType as ParquetType, Int96};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescPtr;
use polars::prelude::*;

use crate::calendar::Day;
use crate::read::ReadError;
use crate::read::export::Batch;
use crate::read::files::{Export, in_turn};
use crate::read::header::{Looked, places};
use crate::read::ledger::{FileRead, Oddity};
use crate::read::texts::number_as_text;

/// How many rows are judged at once.
const ROWS: usize = 16_384;

const PARQUET: &str = "Parquet";

/// Takes a file through `work`, batch by batch, and hands the results to `gather` in order.
pub(super) fn each_batch<T: Send>(
    from: Export<'_>,
    wanted: &[&str],
    work: impl Fn(Batch) -> T + Sync + Send,
    gather: impl FnMut(T) + Send,
) -> Result<FileRead, ReadError> {
    let file = File::open(from.path()).map_err(|e| from.unreadable(e))?;
    let reader = caught(|| SerializedFileReader::new(file)).map_err(|e| broken(&from, &e))?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let names: Vec<String> = schema.columns().iter().map(|c| c.path().string()).collect();
    let looked = Looked { file: from.name, line: 0, sheet: None, feeds: from.feeds };
    let places = places(&names, wanted, looked)?;
    let kinds: Vec<(Kind, i16)> = places
        .iter()
        .map(|&at| {
            let column = schema.column(at);
            let kind = Kind::of(&column).ok_or_else(|| {
                let cause = format!("the column \"{}\" holds no single values", column.path());
                from.damaged("a table", cause)
            })?;
            Ok::<_, ReadError>((kind, column.max_def_level()))
        })
        .collect::<Result<_, _>>()?;
    let mut groups = 0..reader.num_row_groups();
    let mut open: Option<Group> = None;
    let next = || loop {
        if let Some(group) = &mut open
            && let Some(batch) = caught(|| group.batch(&kinds)).map_err(|e| broken(&from, &e))?
        {
            return Ok(Some(batch));
        }
        let Some(at) = groups.next() else { return Ok(None) };
        let group = caught(|| Group::open(&reader, at, &places));
        open = Some(group.map_err(|e| broken(&from, &e))?);
    };
    in_turn(next, work, gather)?;
    Ok(FileRead { name: from.name.to_owned(), ..FileRead::default() })
}

/// What the library gives, or an error where it falls over: some broken files make it panic, one in a few
/// hundred in which single bytes were changed. The reader is not used again after that.
fn caught<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    let fell = |_| Err(ParquetError::General("the library fell over it".to_owned()));
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(fell)
}

/// The error of a file that cannot be read. The library's own words may quote what the file holds.
fn broken(from: &Export<'_>, error: &ParquetError) -> ReadError {
    let words = error.to_string();
    let codec = words.contains("Disabled feature at compile time");
    let cause = if codec {
        "it is compressed in a way that this program does not read: write it with \"snappy\""
            .to_owned()
    } else {
        "it is no whole Parquet file".to_owned()
    };
    from.damaged(PARQUET, cause)
}

/// What the values of a column are.
#[derive(Clone, Copy)]
enum Kind {
    YesNo,
    /// Whole numbers without a sign where `unsigned`.
    Whole {
        unsigned: bool,
    },
    Number,
    /// A number with so many digits behind the point.
    Decimal {
        scale: u32,
    },
    Days,
    /// Moments, so many of the unit in a second; `world` when they are told in universal time.
    Moments {
        in_second: i64,
        world: bool,
    },
    Text,
}

impl Kind {
    fn of(column: &ColumnDescPtr) -> Option<Self> {
        if column.max_rep_level() > 0 {
            return None;
        }
        let logical = column.logical_type_ref();
        let converted = column.converted_type();
        let scale = || u32::try_from(column.type_scale()).ok();
        let is_decimal =
            converted == ConvertedType::DECIMAL || matches!(logical, Some(LogicalType::Decimal(_)));
        Some(match column.physical_type() {
            Physical::BOOLEAN => Self::YesNo,
            Physical::INT32 | Physical::INT64 if is_decimal => Self::Decimal { scale: scale()? },
            Physical::INT32
                if converted == ConvertedType::DATE
                    || matches!(logical, Some(LogicalType::Date)) =>
            {
                Self::Days
            }
            Physical::INT32 | Physical::INT64 => {
                let moments = |in_second, world| Self::Moments { in_second, world };
                match (logical, converted) {
                    (Some(LogicalType::Timestamp(t)), _) => {
                        let in_second = match t.unit {
                            TimeUnit::MILLIS => 1_000,
                            TimeUnit::MICROS => 1_000_000,
                            TimeUnit::NANOS => 1_000_000_000,
                        };
                        moments(in_second, t.is_adjusted_to_u_t_c)
                    }
                    (None, ConvertedType::TIMESTAMP_MILLIS) => moments(1_000, true),
                    (None, ConvertedType::TIMESTAMP_MICROS) => moments(1_000_000, true),
                    (Some(LogicalType::Integer(i)), _) => Self::Whole { unsigned: !i.is_signed },
                    _ => Self::Whole { unsigned: false },
                }
            }
            // Written by Spark and Impala, without saying in which time.
            Physical::INT96 => Self::Moments { in_second: 1, world: false },
            Physical::FLOAT | Physical::DOUBLE => Self::Number,
            Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY if is_decimal => {
                Self::Decimal { scale: scale()? }
            }
            Physical::BYTE_ARRAY => Self::Text,
            Physical::FIXED_LEN_BYTE_ARRAY => return None,
        })
    }
}

/// A group of rows on its way through.
struct Group {
    columns: Vec<ColumnReader>,
    /// Rows still to come.
    left: usize,
}

impl Group {
    fn open(
        reader: &SerializedFileReader<File>,
        at: usize,
        places: &[usize],
    ) -> Result<Self, ParquetError> {
        let group = reader.get_row_group(at)?;
        let columns =
            places.iter().map(|&p| group.get_column_reader(p)).collect::<Result<_, _>>()?;
        Ok(Self { columns, left: usize::try_from(group.metadata().num_rows()).unwrap_or(0) })
    }

    /// The next rows; nothing at the end of the group.
    fn batch(&mut self, kinds: &[(Kind, i16)]) -> Result<Option<Batch>, ParquetError> {
        let rows = self.left.min(ROWS);
        if rows == 0 {
            return Ok(None);
        }
        self.left -= rows;
        let mut batch = Batch {
            columns: Vec::new(),
            overflow: StringChunked::full_null(PlSmallStr::EMPTY, rows),
            days: Vec::new(),
            odd: Vec::new(),
        };
        for (at, (column, (kind, there))) in self.columns.iter_mut().zip(kinds).enumerate() {
            let read = Read::from(column, *kind, (rows, *there))?;
            batch.columns.push(read.texts);
            batch.days.push(read.days);
            if read.errors > 0 {
                batch.odd.push((at, Oddity::ErrorValue, read.errors));
            }
        }
        batch.notice_mojibake();
        Ok(Some(batch))
    }
}

/// One column of a batch.
struct Read {
    texts: StringChunked,
    days: Option<Int32Chunked>,
    errors: u64,
}

impl Read {
    fn from(column: &mut ColumnReader, kind: Kind, rows: Wanted) -> Result<Self, ParquetError> {
        use ColumnReader as C;
        Ok(match column {
            C::BoolColumnReader(c) => Self::texts(&values(c, rows)?, |v| Some(v.to_string())),
            C::Int32ColumnReader(c) => Self::whole(&values(c, rows)?, kind),
            C::Int64ColumnReader(c) => Self::whole(&values(c, rows)?, kind),
            C::Int96ColumnReader(c) => {
                let seconds = |v: &Int96| v.to_seconds();
                Self::days(&values(c, rows)?, |v| day_of_moment(seconds(v), 1, false))
            }
            C::FloatColumnReader(c) => {
                // Its shortest form, not the digits that it has as a wider number.
                Self::numbers(&values(c, rows)?, |v| v.is_finite().then(|| v.to_string()))
            }
            C::DoubleColumnReader(c) => {
                Self::numbers(&values(c, rows)?, |v| v.is_finite().then(|| number_as_text(*v)))
            }
            C::ByteArrayColumnReader(c) => Self::bytes(&values(c, rows)?, kind),
            C::FixedLenByteArrayColumnReader(c) => {
                let fixed = values(c, rows)?;
                let plain: Vec<Option<ByteArray>> =
                    fixed.into_iter().map(|v| v.map(ByteArray::from)).collect();
                Self::bytes(&plain, kind)
            }
        })
    }

    fn texts<V>(values: &[Option<V>], text: impl Fn(&V) -> Option<String>) -> Self {
        let texts = values.iter().map(|v| v.as_ref().and_then(&text));
        let texts = StringChunked::from_iter_options(PlSmallStr::EMPTY, texts);
        Self { texts, days: None, errors: 0 }
    }

    /// Numbers of which some may be none, such as `nan`: these are errors.
    fn numbers<V>(values: &[Option<V>], text: impl Fn(&V) -> Option<String>) -> Self {
        let there = values.iter().flatten().count();
        let mut read = Self::texts(values, text);
        let kept = read.texts.len() - read.texts.null_count();
        read.errors = there.saturating_sub(kept) as u64;
        read
    }

    fn days<V>(values: &[Option<V>], day: impl Fn(&V) -> Option<Day>) -> Self {
        let days: Vec<Option<Day>> = values.iter().map(|v| v.as_ref().and_then(&day)).collect();
        let texts = days.iter().map(|d| d.map(Day::iso));
        let texts = StringChunked::from_iter_options(PlSmallStr::EMPTY, texts);
        let there = values.iter().flatten().count();
        let errors = (there - days.iter().flatten().count()) as u64;
        let days = days.iter().map(|d| d.map(|d| d.0));
        let days = Int32Chunked::from_iter_options(PlSmallStr::EMPTY, days);
        Self { texts, days: Some(days), errors }
    }

    fn whole<V: Copy + Into<i64>>(values: &[Option<V>], kind: Kind) -> Self {
        match kind {
            Kind::Days => Self::days(values, |v| known_day((*v).into())),
            Kind::Moments { in_second, world } => {
                Self::days(values, |v| day_of_moment((*v).into(), in_second, world))
            }
            Kind::Decimal { scale } => {
                Self::texts(values, |v| Some(decimal(i128::from((*v).into()), scale)))
            }
            Kind::Whole { unsigned: true } if size_of::<V>() == 4 => {
                Self::texts(values, |v| Some(((*v).into() & 0xFFFF_FFFF).to_string()))
            }
            Kind::Whole { unsigned: true } => {
                Self::texts(values, |v| Some((*v).into().cast_unsigned().to_string()))
            }
            _ => Self::texts(values, |v| Some((*v).into().to_string())),
        }
    }

    fn bytes(values: &[Option<ByteArray>], kind: Kind) -> Self {
        if let Kind::Decimal { scale } = kind {
            return Self::numbers(values, |v| Some(decimal(big_endian(v.data())?, scale)));
        }
        Self::numbers(values, |v| std::str::from_utf8(v.data()).ok().map(str::to_owned))
    }
}

/// How many rows are wanted, and the level of a value that is there.
type Wanted = (usize, i16);

/// The values of some rows; nothing where there is none.
fn values<T: ParquetType>(
    column: &mut ColumnReaderImpl<T>,
    (rows, there): Wanted,
) -> Result<Vec<Option<T::T>>, ParquetError> {
    let (mut levels, mut found) = (Vec::new(), Vec::new());
    let (read, _, _) = column.read_records(rows, Some(&mut levels), None, &mut found)?;
    if read != rows {
        return Err(ParquetError::General("a column has fewer rows than its group".to_owned()));
    }
    let mut found = found.into_iter();
    if there == 0 {
        return Ok(found.map(Some).collect());
    }
    Ok(levels.into_iter().map(|level| if level == there { found.next() } else { None }).collect())
}

/// The day of a moment. One told in universal time is put on the British clock: a day that was written
/// as midnight in summer would else be the day before.
fn day_of_moment(moment: i64, in_second: i64, world: bool) -> Option<Day> {
    let seconds = moment.div_euclid(in_second);
    let local = if world && is_summer(seconds) { seconds + 3_600 } else { seconds };
    known_day(local.div_euclid(86_400))
}

/// Whether British Summer Time holds, by the rule since 1996: from 01:00 on the last Sunday of March to
/// 01:00 on the last Sunday of October, both in universal time.
fn is_summer(seconds: i64) -> bool {
    let Some(day) = known_day(seconds.div_euclid(86_400)) else { return false };
    let turn = |month| {
        let last = Day::from_ymd(day.year(), month, 31)?;
        // 1 January 1970 was a Thursday: days since a Sunday.
        let sunday = last.0 - (last.0 + 4).rem_euclid(7);
        Some(i64::from(sunday) * 86_400 + 3_600)
    };
    matches!((turn(3), turn(10)), (Some(on), Some(off)) if (on..off).contains(&seconds))
}

/// A day that a calendar of four digits has.
fn known_day(days: i64) -> Option<Day> {
    let days = i32::try_from(days).ok()?;
    (-719_162..2_932_897).contains(&days).then_some(Day(days))
}

/// A number of which the last digits stand behind the point.
fn decimal(digits: i128, scale: u32) -> String {
    let Some(unit) = 10_i128.checked_pow(scale) else { return digits.to_string() };
    let sign = if digits < 0 { "-" } else { "" };
    let (whole, part) =
        (digits.unsigned_abs() / unit.unsigned_abs(), digits.unsigned_abs() % unit.unsigned_abs());
    match part {
        0 => format!("{sign}{whole}"),
        part => {
            let part = format!("{part:0width$}", width = scale as usize);
            format!("{sign}{whole}.{}", part.trim_end_matches('0'))
        }
    }
}

/// A whole number with a sign, its highest byte first.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    if bytes.is_empty() || bytes.len() > 16 {
        return None;
    }
    let fill = if bytes.first().is_some_and(|b| *b >= 0x80) { 0xFF } else { 0 };
    let mut whole = [fill; 16];
    whole.get_mut(16 - bytes.len()..)?.copy_from_slice(bytes);
    Some(i128::from_be_bytes(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_in_universal_time_falls_on_the_british_day() {
        let day = |text: &str, world| {
            let moment =
                chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("one");
            day_of_moment(moment.and_utc().timestamp_millis(), 1_000, world).map(Day::iso)
        };
        assert_eq!(day("2025-06-30 23:00", true).as_deref(), Some("2025-07-01"));
        assert_eq!(day("2025-06-30 23:00", false).as_deref(), Some("2025-06-30"));
        assert_eq!(day("2025-12-31 23:00", true).as_deref(), Some("2025-12-31"));
        assert_eq!(day("2025-10-25 23:30", true).as_deref(), Some("2025-10-26"));
        assert_eq!(day("2025-10-26 23:30", true).as_deref(), Some("2025-10-26"));
        assert_eq!(day("2025-03-30 23:30", true).as_deref(), Some("2025-03-31"));
        assert_eq!(day("1969-12-31 12:00", true).as_deref(), Some("1969-12-31"));
    }

    #[test]
    fn decimals_are_written_with_the_digits_that_count() {
        assert_eq!([decimal(1050, 2), decimal(-5, 2), decimal(700, 2)], ["10.5", "-0.05", "7"]);
        assert_eq!(big_endian(&[0xFF, 0x38]), Some(-200));
        assert_eq!(big_endian(&[0x00, 0xC8]), Some(200));
    }
}
