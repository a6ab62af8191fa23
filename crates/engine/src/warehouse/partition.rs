//! Rows by partition.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::{Int32Type, Int64Type},
};
use iceberg::{
    arrow::arrow_primitive_to_literal,
    spec::{Literal, Struct, TableMetadata, Transform},
    transform::create_transform_function,
};
use polars::prelude::DataFrame;

use super::{NewSnapshot, columns::to_arrow};
use crate::{EngineError, cancel::ROWS_BETWEEN, relation::take, silver::Watch};

/// A partition's values, one per field of the spec.
type Partition = Vec<Option<Literal>>;

/// The rows of each partition with its values; the rows of one partition keep their order.
pub(super) fn partitions(
    new: &NewSnapshot<'_>,
    metadata: &TableMetadata,
    watch: Watch<'_>,
) -> Result<Vec<(Struct, DataFrame)>, EngineError> {
    let fault = |error: iceberg::Error| EngineError::warehouse(new.name.to_string(), &error);
    let frame = &new.table.frame;
    let spec = metadata.default_partition_spec();
    if frame.height() == 0 {
        return Ok(Vec::new());
    }
    if spec.fields().is_empty() {
        return Ok(vec![(Struct::empty(), frame.clone())]);
    }
    let mut values: Vec<Vec<Option<Literal>>> = vec![Vec::new(); frame.height()];
    for (field, result) in spec.fields().iter().zip(metadata.default_partition_type().fields()) {
        let source = metadata
            .current_schema()
            .name_by_field_id(field.source_id)
            .and_then(|name| new.table.columns.iter().find(|column| column.name == name))
            .ok_or_else(|| EngineError::internal(new.name.to_string(), "a partition without its column"))?;
        let array = to_arrow(new.table.series(&source.name)?, &source.data_type)?;
        let transformed = match truncated(&array, field.transform) {
            Some(truncated) => truncated,
            None => create_transform_function(&field.transform)
                .and_then(|transform| transform.transform(array))
                .map_err(fault)?,
        };
        let literals = arrow_primitive_to_literal(&transformed, &result.field_type).map_err(fault)?;
        for (values, literal) in values.iter_mut().zip(literals) {
            values.push(literal);
        }
    }
    // Partitions are few; they keep the order of their first rows.
    let mut groups: Vec<(Partition, Vec<Option<usize>>)> = Vec::new();
    let mut numbers: HashMap<Partition, usize> = HashMap::new();
    for (row, values) in values.into_iter().enumerate() {
        if row % ROWS_BETWEEN == 0 {
            watch(0)?;
        }
        let number = *numbers.entry(values).or_insert_with_key(|values| {
            groups.push((values.clone(), Vec::new()));
            groups.len() - 1
        });
        if let Some((_, rows)) = groups.get_mut(number) {
            rows.push(Some(row));
        }
    }
    groups
        .into_iter()
        .map(|(values, rows)| {
            watch(0)?;
            Ok((Struct::from_iter(values), take(frame, &rows)?))
        })
        .collect()
}

/// Whole numbers rounded down to a multiple. Near the least of them the multiple is out of range: it wraps around, as
/// Iceberg's own implementation in Java does, where this library's would panic.
fn truncated(array: &ArrayRef, transform: Transform) -> Option<ArrayRef> {
    let Transform::Truncate(width) = transform else { return None };
    if let Some(values) = array.as_primitive_opt::<Int32Type>() {
        let width = i32::try_from(width).ok()?;
        return Some(Arc::new(
            values.unary::<_, Int32Type>(|value| value.wrapping_sub(value.rem_euclid(width))),
        ));
    }
    let values = array.as_primitive_opt::<Int64Type>()?;
    let width = i64::from(width);
    Some(Arc::new(values.unary::<_, Int64Type>(|value| value.wrapping_sub(value.rem_euclid(width)))))
}
