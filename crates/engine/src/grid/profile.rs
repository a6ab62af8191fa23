//! What is in a column: counts, distribution, most frequent values, shapes.

use std::collections::{BTreeMap, HashMap};

use arrow::array::ArrayRef;
use serde::{Deserialize, Serialize};
use touchstone_ingest::{Content, Value, looks_like_null, text_hash, write_shape};
use touchstone_spec::DataType;

use super::{
    Column, Grid, GridView, GridWatch, Work,
    bins::{Axis, Bin},
    cells::{Key, Reading, key, texts},
    files::{BLOCK_ROWS, Span},
};
use crate::{EngineError, warehouse::each_value};

/// Bars of a column's histogram, and of the small one in its header, at most: where they differed, one would show
/// another distribution than the other.
const BINS: usize = 40;
/// Values whose bars a header shows instead, at most.
const SMALL_BINS: usize = 16;

/// Most frequent values and shapes that a profile lists.
const TOP_VALUES: usize = 50;
const TOP_SHAPES: usize = 20;

/// Bad values that a profile shows.
const BAD_EXAMPLES: usize = 5;

/// Different shapes that a thread counts: columns of free text have no end of them.
const SHAPES: usize = 1 << 16;

/// Rows that a profile looks at, at most: it holds some twenty bytes for each. More rows are sampled.
const PROFILE_ROWS: usize = 16 << 20;

/// Blocks that a quick summary looks at.
const QUICK_BLOCKS: usize = 16;

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellCounts {
    /// Rows that were looked at.
    pub rows: u64,
    /// Cells without a value.
    pub nulls: u64,
    /// Cells with a text that stands for 'no value'.
    pub null_markers: u64,
    /// Empty texts.
    pub empties: u64,
    /// Texts of nothing but blanks.
    pub blanks: u64,
    /// Cells that aren't what the column should be.
    pub bad: u64,
    /// Those of the bad ones that hold a text: the others have no value, and are counted there too.
    #[serde(default)]
    pub misread: u64,
}

/// All that is known of one column's cells in a view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GridProfile {
    /// The column, counted from zero.
    pub column: usize,
    /// What the cells are.
    pub counts: CellCounts,
    /// Whether all rows of the view were looked at, and not only some, spread evenly.
    pub exact: bool,
    /// How many different values there are; nulls, empty texts and blanks aside.
    pub distinct: u64,
    /// The smallest value, as it is shown.
    pub min: Option<String>,
    /// The greatest value, as it is shown.
    pub max: Option<String>,
    /// The mean of numbers.
    pub mean: Option<f64>,
    /// The distribution of numbers, dates and times, at most forty bars; else empty.
    pub histogram: Vec<Bin>,
    /// The most frequent values, at most fifty.
    pub top_values: Vec<ValueCount>,
    /// The most frequent shapes of texts, at most twenty: `9` for a digit, `A` and `a` for letters.
    pub shapes: Vec<ValueCount>,
    /// How many different shapes there are.
    pub distinct_shapes: u64,
    /// Lengths of texts.
    pub lengths: Option<TextLengths>,
    /// The first bad values, at most five.
    pub bad_values: Vec<BadValue>,
    /// Texts that often stand for 'no value' among those that aren't of the column's type.
    pub null_like: Vec<ValueCount>,
}

/// What a column's header shows of its cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GridSummary {
    /// The column, counted from zero.
    pub column: usize,
    /// What the cells are.
    pub counts: CellCounts,
    /// Whether all rows of the view were looked at.
    pub exact: bool,
    /// The distribution of numbers, dates and times, at most forty bars; else empty.
    pub histogram: Vec<Bin>,
    /// The most frequent values of other types, at most sixteen.
    pub top_values: Vec<ValueCount>,
}

/// A value or shape, and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueCount {
    /// As it is shown, the beginning of a long one.
    pub text: String,
    /// How often.
    pub count: u64,
}

/// Lengths of texts in characters; empty texts and blanks aside.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TextLengths {
    /// The shortest.
    pub min: u64,
    /// The longest.
    pub max: u64,
    /// Their mean.
    pub mean: f64,
}

/// A cell that isn't what its column should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadValue {
    /// Its row among all rows of the grid.
    pub row: u32,
    /// Its text; none where a value is missing.
    pub text: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

impl Grid {
    /// What is in a column, over the rows of a view.
    ///
    /// # Errors
    /// When there is no such column, a file can't be read any more, or the watcher says to stop.
    pub fn profile(
        &self,
        view: &GridView,
        column: usize,
        watch: &GridWatch<'_>,
    ) -> Result<GridProfile, EngineError> {
        let about = self.column(column)?;
        let (spans, exact) = self.rows.sample(PROFILE_ROWS / BLOCK_ROWS);
        let work = Work::new(self.rows.place(), rows_in(&spans), watch);
        let is_text =
            matches!(about.reading, Reading::Text { .. }) || about.about.data_type == DataType::String;
        let wanted = Wanted { values: true, shapes: is_text };
        let mut tally = self.tally(view, about, wanted, &spans, &work)?;
        let values = tally.counted();
        let data_type = &about.about.data_type;
        let read = |text: &str| shortened(&about.reading.text_read(text));
        let one = |row: Option<u32>| row.map(|row| self.cell(row, column)).transpose().map(Option::flatten);
        let bad_values = tally
            .bad_rows
            .iter()
            .map(|row| {
                let text = self.cell(*row, column)?;
                let reason = about.reading.fault(text.as_deref()).unwrap_or_default();
                Ok(BadValue { row: *row, text: text.as_deref().map(shortened), reason })
            })
            .collect::<Result<_, EngineError>>()?;
        Ok(GridProfile {
            column,
            counts: tally.counts,
            exact,
            distinct: values.len() as u64,
            min: one(tally.least.as_ref().map(|(_, row)| *row))?.as_deref().map(read),
            max: one(tally.greatest.as_ref().map(|(_, row)| *row))?.as_deref().map(read),
            mean: tally.axis.as_ref().and_then(Axis::mean),
            histogram: tally.axis.as_ref().map(|axis| axis.bins(data_type, BINS)).unwrap_or_default(),
            top_values: self.top(column, values, TOP_VALUES)?,
            distinct_shapes: tally.shapes.len() as u64,
            shapes: tally.shapes(TOP_SHAPES),
            lengths: tally.lengths(),
            bad_values,
            null_like: tally.null_like(),
        })
    }

    /// What the headers show of all columns, over the rows of a view. A quick one looks at some sixty thousand rows,
    /// spread evenly.
    ///
    /// # Errors
    /// When a file can't be read any more, or the watcher says to stop.
    pub fn summary(
        &self,
        view: &GridView,
        quick: bool,
        watch: &GridWatch<'_>,
    ) -> Result<Vec<GridSummary>, EngineError> {
        let blocks = if quick { QUICK_BLOCKS } else { PROFILE_ROWS / BLOCK_ROWS };
        let (spans, exact) = self.rows.sample(blocks);
        let work = Work::new(self.rows.place(), rows_in(&spans) * self.columns.len() as u64, watch);
        let summaries = self.columns.iter().enumerate().map(|(column, about)| {
            let data_type = &about.about.data_type;
            let wanted = Wanted { values: Axis::of(data_type).is_none(), shapes: false };
            let mut tally = self.tally(view, about, wanted, &spans, &work)?;
            let values = tally.counted();
            Ok(GridSummary {
                column,
                counts: tally.counts,
                exact,
                histogram: tally.axis.as_ref().map(|axis| axis.bins(data_type, BINS)).unwrap_or_default(),
                top_values: self.top(column, values, SMALL_BINS)?,
            })
        });
        summaries.collect()
    }

    fn tally(
        &self,
        view: &GridView,
        column: &Column,
        wanted: Wanted,
        spans: &[Span],
        work: &Work<'_>,
    ) -> Result<Tally, EngineError> {
        let selected = view.rows.as_ref().map(|rows| {
            let mut selected = vec![false; usize::try_from(view.all).unwrap_or(usize::MAX)];
            for row in rows.iter().filter_map(|row| usize::try_from(*row).ok()) {
                if let Some(slot) = selected.get_mut(row) {
                    *slot = true;
                }
            }
            selected
        });
        let new = || Tally::new(&column.about.data_type, wanted);
        let parts = self.rows.scan(&[column.place], spans, work, new, |tally, first, arrays| {
            let Some(array) = arrays.first() else { return Ok(()) };
            let is_selected = |row: u32| {
                let row = usize::try_from(row).unwrap_or(usize::MAX);
                selected.as_ref().is_none_or(|selected| selected.get(row).copied().unwrap_or(false))
            };
            tally.add(column, first, array, is_selected)
        })?;
        let mut tally = new();
        for part in parts {
            tally.merge(part);
        }
        Ok(tally)
    }

    /// The most frequent values with their texts.
    fn top(
        &self,
        column: usize,
        mut values: Vec<(u64, u32)>,
        limit: usize,
    ) -> Result<Vec<ValueCount>, EngineError> {
        values.sort_unstable_by_key(|(count, row)| (std::cmp::Reverse(*count), *row));
        values.truncate(limit);
        let rows: Vec<u32> = values.iter().map(|(_, row)| *row).collect();
        let texts = self.texts(&rows, &[column])?.into_iter().next().unwrap_or_default();
        let reading = &self.column(column)?.reading;
        let counted = texts.into_iter().zip(values).map(|(text, (count, _))| {
            let text = text.unwrap_or_default();
            ValueCount { text: shortened(&reading.text_read(&text)), count }
        });
        Ok(counted.collect())
    }
}

fn rows_in(spans: &[Span]) -> u64 {
    spans.iter().map(|span| u64::from(span.rows)).sum()
}

/// At most two hundred characters.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[derive(Debug, Clone, Copy)]
struct Wanted {
    /// How often each value occurs.
    values: bool,
    /// Shapes and lengths of texts.
    shapes: bool,
}

/// A value that can be compared, with the first row that has it.
type Bound = Option<(Key<'static>, u32)>;

/// What is counted while cells go by.
struct Tally {
    wanted: Wanted,
    counts: CellCounts,
    axis: Option<Axis>,
    /// Of every value a hash, and its row.
    values: Vec<(u64, u32)>,
    least: Bound,
    greatest: Bound,
    shapes: HashMap<String, u64>,
    /// The last shape: most columns have few, and long runs of one.
    shape: String,
    shape_count: u64,
    scratch: String,
    lengths: (u64, u64, u64, u64),
    bad_rows: Vec<u32>,
    /// Misread texts that often stand for 'no value'.
    null_like: BTreeMap<String, u64>,
}

impl Tally {
    fn new(data_type: &DataType, wanted: Wanted) -> Self {
        Self {
            wanted,
            counts: CellCounts::default(),
            axis: Axis::of(data_type),
            values: Vec::new(),
            least: None,
            greatest: None,
            shapes: HashMap::new(),
            shape: String::new(),
            shape_count: 0,
            scratch: String::new(),
            lengths: (u64::MAX, 0, 0, 0),
            bad_rows: Vec::new(),
            null_like: BTreeMap::new(),
        }
    }

    fn add(
        &mut self,
        column: &Column,
        first: u32,
        array: &ArrayRef,
        is_selected: impl Fn(u32) -> bool,
    ) -> Result<(), EngineError> {
        match &column.reading {
            Reading::Text { parser, required } => {
                for (row, text) in (first..).zip(texts(array)?).filter(|(row, _)| is_selected(*row)) {
                    self.counts.rows += 1;
                    let value = text.map_or(Ok(Value::Null), |text| parser.parse(text));
                    let content = Content::of(value.as_ref().ok());
                    if content.is_bad(*required) {
                        self.bad(row);
                    }
                    // As a list of such texts would have to name it.
                    if let (Content::Misread, Some(text)) = (content, text.map(|text| parser.trimmed(text)))
                        && looks_like_null(text)
                    {
                        *self.null_like.entry(text.to_owned()).or_default() += 1;
                    }
                    if self.is_counted(content, text.is_some()) {
                        // As it is read: without the blanks that the format drops.
                        let read = match &value {
                            Ok(Value::Text(read)) => read,
                            _ => text.unwrap_or_default(),
                        };
                        self.text(read);
                        let hash = if self.wanted.values { text_hash(read.as_bytes()) } else { 0 };
                        self.value(value.ok(), || hash, row);
                    }
                }
                self.end_shape();
                Ok(())
            }
            Reading::Typed => {
                let mut row = first;
                let each = |value: Value<'_>| {
                    if is_selected(row) {
                        self.counts.rows += 1;
                        if self.is_counted(Content::of(Some(&value)), false) {
                            let hash = if let Value::Text(text) = &value {
                                self.text(text);
                                text_hash(text.as_bytes())
                            } else {
                                hash_of(&value)
                            };
                            self.value(Some(value), || hash, row);
                        }
                    }
                    row += 1;
                };
                each_value(array, &column.about.data_type, each)?;
                self.end_shape();
                Ok(())
            }
        }
    }

    fn bad(&mut self, row: u32) {
        self.counts.bad += 1;
        // Rows of a thread come in order, but its spans needn't.
        if self.bad_rows.len() < BAD_EXAMPLES || self.bad_rows.last().is_some_and(|last| row < *last) {
            self.bad_rows.push(row);
            self.bad_rows.sort_unstable();
            self.bad_rows.truncate(BAD_EXAMPLES);
        }
    }

    /// Counts a cell by what it is; says whether it is one of those whose values are counted, what is misread among
    /// them.
    fn is_counted(&mut self, content: Content, has_text: bool) -> bool {
        let counts = &mut self.counts;
        match content {
            Content::Null if has_text => counts.null_markers += 1,
            Content::Null => counts.nulls += 1,
            Content::Empty => counts.empties += 1,
            Content::Blank => counts.blanks += 1,
            Content::Misread => {
                counts.misread += 1;
                return true;
            }
            Content::Value => return true,
        }
        false
    }

    fn text(&mut self, text: &str) {
        if !self.wanted.shapes {
            return;
        }
        let length = if text.is_ascii() { text.len() } else { text.chars().count() } as u64;
        let (least, greatest, sum, count) = self.lengths;
        self.lengths = (least.min(length), greatest.max(length), sum + length, count + 1);
        write_shape(text, &mut self.scratch);
        if self.scratch != self.shape {
            self.end_shape();
            std::mem::swap(&mut self.scratch, &mut self.shape);
        }
        self.shape_count += 1;
    }

    fn end_shape(&mut self) {
        if self.shape_count > 0 {
            self.count_shape(&self.shape.clone(), self.shape_count);
        }
        self.shape_count = 0;
    }

    fn count_shape(&mut self, shape: &str, times: u64) {
        if let Some(count) = self.shapes.get_mut(shape) {
            *count += times;
        } else if self.shapes.len() < SHAPES {
            self.shapes.insert(shape.to_owned(), times);
        }
    }

    /// A value, or a bad text (none), which counts as a value of its own.
    fn value(&mut self, value: Option<Value<'_>>, hash: impl Fn() -> u64, row: u32) {
        if self.wanted.values {
            self.values.push((hash(), row));
        }
        let Some(value) = value else { return };
        if let Some(axis) = &mut self.axis {
            match &value {
                Value::Int(number) => axis.push_number(f64::from(*number)),
                Value::Long(number) => axis.push_number(*number as f64),
                Value::Float(number) => axis.push_number(f64::from(*number)),
                Value::Double(number) => axis.push_number(*number),
                Value::Decimal { unscaled, .. } => axis.push_number(*unscaled as f64),
                Value::Date(days) => axis.push_days(*days),
                Value::Time(micros) | Value::Timestamp(micros) | Value::Timestamptz(micros) => {
                    axis.push_micros(*micros);
                }
                _ => {}
            }
        }
        if let (true, Some(key)) = (self.wanted.values, key(value)) {
            bound(&mut self.least, &key, row, std::cmp::Ordering::Less);
            bound(&mut self.greatest, &key, row, std::cmp::Ordering::Greater);
        }
    }

    fn merge(&mut self, other: Self) {
        let (counts, more) = (&mut self.counts, other.counts);
        counts.rows += more.rows;
        counts.nulls += more.nulls;
        counts.null_markers += more.null_markers;
        counts.empties += more.empties;
        counts.blanks += more.blanks;
        counts.bad += more.bad;
        counts.misread += more.misread;
        match (&mut self.axis, other.axis) {
            (Some(axis), Some(more)) => axis.append(more),
            (axis, more) => *axis = axis.take().or(more),
        }
        self.values.extend(other.values);
        for (mine, theirs, wanted) in [
            (&mut self.least, other.least, std::cmp::Ordering::Less),
            (&mut self.greatest, other.greatest, std::cmp::Ordering::Greater),
        ] {
            if let Some((key, row)) = theirs {
                bound(mine, &key, row, wanted);
            }
        }
        let mut shapes: Vec<(String, u64)> = other.shapes.into_iter().collect();
        shapes.sort_unstable();
        for (shape, count) in shapes {
            self.count_shape(&shape, count);
        }
        let (mine, theirs) = (self.lengths, other.lengths);
        self.lengths = (mine.0.min(theirs.0), mine.1.max(theirs.1), mine.2 + theirs.2, mine.3 + theirs.3);
        for (text, count) in other.null_like {
            *self.null_like.entry(text).or_default() += count;
        }
        self.bad_rows.extend(other.bad_rows);
        self.bad_rows.sort_unstable();
        self.bad_rows.truncate(BAD_EXAMPLES);
    }

    /// How often each value occurs, and the first row that has it.
    fn counted(&mut self) -> Vec<(u64, u32)> {
        let mut values = std::mem::take(&mut self.values);
        values.sort_unstable();
        values
            .chunk_by(|one, other| one.0 == other.0)
            .filter_map(|run| Some((run.len() as u64, run.first()?.1)))
            .collect()
    }

    fn shapes(&mut self, limit: usize) -> Vec<ValueCount> {
        let shapes = std::mem::take(&mut self.shapes).into_iter();
        let mut counted: Vec<ValueCount> = shapes.map(|(text, count)| ValueCount { text, count }).collect();
        counted.sort_unstable_by(|one, other| {
            other.count.cmp(&one.count).then_with(|| one.text.cmp(&other.text))
        });
        counted.truncate(limit);
        counted
    }

    /// The most frequent first.
    fn null_like(&self) -> Vec<ValueCount> {
        let mut counted: Vec<ValueCount> = self
            .null_like
            .iter()
            .map(|(text, count)| ValueCount { text: text.clone(), count: *count })
            .collect();
        counted.sort_by_key(|one| std::cmp::Reverse(one.count));
        counted
    }

    fn lengths(&self) -> Option<TextLengths> {
        let (min, max, sum, count) = self.lengths;
        (count > 0).then(|| TextLengths { min, max, mean: sum as f64 / count as f64 })
    }
}

/// Takes a key for a bound if it lies beyond it, or is equal in an earlier row.
fn bound(bound: &mut Bound, key: &Key<'_>, row: u32, beyond: std::cmp::Ordering) {
    let takes = match bound {
        None => true,
        Some((known, first)) => {
            let order = key.cmp(known);
            order == beyond || order.is_eq() && row < *first
        }
    };
    if takes {
        *bound = Some((key.to_owned_key(), row));
    }
}

fn hash_of(value: &Value<'_>) -> u64 {
    match key(value.clone()) {
        None => 0,
        Some(Key::Small(key)) => text_hash(&key.to_le_bytes()),
        Some(Key::Wide(key)) => text_hash(&key.to_le_bytes()),
        Some(Key::Bytes(bytes)) => text_hash(&bytes),
    }
}
