//! Between Polars' columns and arrow-rs's, value by value.
//!
//! The two libraries have array types of their own. They could share buffers through Arrow's C interface, at the price
//! of the crate's only `unsafe`; a copy of a desk's worth of rows costs little beside writing them.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array,
        FixedSizeBinaryBuilder, Float32Array, Float64Array, Int32Array, Int64Array, StringArray,
        Time64MicrosecondArray, TimestampMicrosecondArray,
    },
    datatypes::{
        DataType as ArrowType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int32Type, Int64Type,
        Time64MicrosecondType, TimestampMicrosecondType,
    },
};
use polars::prelude::Series;
use touchstone_ingest::Value;
use touchstone_spec::DataType;
use uuid::Uuid;

use crate::{
    EngineError, ErrorKind,
    types::{Builder, NANOS, nested},
};

/// A column as an arrow-rs array of the type that Iceberg gives it.
pub(super) fn to_arrow(series: &Series, data_type: &DataType) -> Result<ArrayRef, EngineError> {
    let physical = series.to_physical_repr();
    let fault =
        |error: arrow::error::ArrowError| EngineError::internal(series.name().as_str(), error.to_string());
    Ok(match data_type {
        DataType::Boolean => Arc::new(physical.bool()?.iter().collect::<BooleanArray>()),
        DataType::Int => Arc::new(physical.i32()?.iter().collect::<Int32Array>()),
        DataType::Long => Arc::new(physical.i64()?.iter().collect::<Int64Array>()),
        DataType::Float => Arc::new(physical.f32()?.iter().collect::<Float32Array>()),
        DataType::Double => Arc::new(physical.f64()?.iter().collect::<Float64Array>()),
        DataType::Decimal { precision, scale } => Arc::new(
            physical
                .i128()?
                .iter()
                .collect::<Decimal128Array>()
                .with_precision_and_scale(*precision, i8::try_from(*scale).unwrap_or(i8::MAX))
                .map_err(fault)?,
        ),
        DataType::Date => Arc::new(physical.i32()?.iter().collect::<Date32Array>()),
        DataType::Time => Arc::new(
            physical
                .i64()?
                .iter()
                .map(|value| value.map(|value| value / NANOS))
                .collect::<Time64MicrosecondArray>(),
        ),
        DataType::Timestamp => Arc::new(physical.i64()?.iter().collect::<TimestampMicrosecondArray>()),
        DataType::Timestamptz => {
            Arc::new(physical.i64()?.iter().collect::<TimestampMicrosecondArray>().with_timezone("+00:00"))
        }
        DataType::String => Arc::new(physical.str()?.iter().collect::<StringArray>()),
        DataType::Uuid => {
            let mut builder = FixedSizeBinaryBuilder::with_capacity(series.len(), 16);
            for text in physical.str()?.iter() {
                match text.map(Uuid::try_parse) {
                    None => builder.append_null(),
                    Some(Ok(uuid)) => builder.append_value(uuid.as_bytes()).map_err(fault)?,
                    Some(Err(error)) => {
                        return Err(EngineError::internal(series.name().as_str(), error.to_string()));
                    }
                }
            }
            Arc::new(builder.finish())
        }
        DataType::Binary => {
            let values: Vec<Option<&[u8]>> = physical.binary()?.iter().collect();
            Arc::new(BinaryArray::from_opt_vec(values))
        }
        DataType::List(_) | DataType::Map(..) | DataType::Struct(_) => return Err(nested(data_type)),
    })
}

/// The array value by value: the reader gives a column that has one value in a whole file (of an identity partition,
/// say) as runs.
fn plain(array: &ArrayRef) -> Result<ArrayRef, EngineError> {
    let Some(runs) = array.as_run_opt::<Int32Type>() else { return Ok(array.clone()) };
    let fault = |error: arrow::error::ArrowError| EngineError::internal("warehouse", error.to_string());
    let rows: Vec<u32> = (0..u32::try_from(runs.len()).unwrap_or(u32::MAX)).collect();
    let places = runs.get_physical_indices(&rows).map_err(fault)?;
    let places = Int64Array::from_iter_values(
        places.into_iter().map(|place| i64::try_from(place).unwrap_or(i64::MAX)),
    );
    arrow::compute::take(runs.values(), &places, None).map_err(fault)
}

/// Appends the values of an arrow-rs array to a column.
pub(super) fn append(
    builder: &mut Builder,
    array: &ArrayRef,
    data_type: &DataType,
) -> Result<(), EngineError> {
    each_value(array, data_type, |value| builder.push(value))
}

/// Hands out the values of an arrow-rs array in order, as the type that the table gives them.
pub(crate) fn each_value(
    array: &ArrayRef,
    data_type: &DataType,
    mut each: impl FnMut(Value<'_>),
) -> Result<(), EngineError> {
    let array = &plain(array)?;
    let mismatch = || {
        EngineError::new(
            ErrorKind::Warehouse,
            "warehouse",
            format!("a data file has {} where the table has {data_type}", array.data_type()),
            "simulate the pipeline that makes the table again",
        )
    };
    macro_rules! push {
        ($values:expr, $value:expr) => {{
            for value in $values.ok_or_else(mismatch)? {
                each(value.map_or(Value::Null, $value));
            }
        }};
    }
    match data_type {
        // A column that the table got after this file was written.
        _ if *array.data_type() == ArrowType::Null => {
            for _ in 0..array.len() {
                each(Value::Null);
            }
        }
        DataType::Boolean => push!(array.as_boolean_opt(), Value::Boolean),
        DataType::Int => push!(array.as_primitive_opt::<Int32Type>(), Value::Int),
        DataType::Long => push!(array.as_primitive_opt::<Int64Type>(), Value::Long),
        DataType::Float => push!(array.as_primitive_opt::<Float32Type>(), Value::Float),
        DataType::Double => push!(array.as_primitive_opt::<Float64Type>(), Value::Double),
        DataType::Decimal { scale, .. } => {
            push!(array.as_primitive_opt::<Decimal128Type>(), |unscaled| Value::Decimal {
                unscaled,
                scale: *scale
            });
        }
        DataType::Date => push!(array.as_primitive_opt::<Date32Type>(), Value::Date),
        DataType::Time => push!(array.as_primitive_opt::<Time64MicrosecondType>(), Value::Time),
        DataType::Timestamp | DataType::Timestamptz => {
            push!(array.as_primitive_opt::<TimestampMicrosecondType>(), Value::Timestamp);
        }
        DataType::String => match array.data_type() {
            ArrowType::LargeUtf8 => {
                push!(array.as_string_opt::<i64>(), |text: &str| Value::Text(text.into()));
            }
            _ => push!(array.as_string_opt::<i32>(), |text: &str| Value::Text(text.into())),
        },
        DataType::Uuid => {
            for bytes in array.as_fixed_size_binary_opt().ok_or_else(mismatch)? {
                each(
                    bytes.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()).map_or(Value::Null, Value::Uuid),
                );
            }
        }
        DataType::Binary => match array.data_type() {
            ArrowType::LargeBinary => {
                push!(array.as_binary_opt::<i64>(), |bytes: &[u8]| Value::Binary(bytes.to_vec()));
            }
            _ => push!(array.as_binary_opt::<i32>(), |bytes: &[u8]| Value::Binary(bytes.to_vec())),
        },
        DataType::List(_) | DataType::Map(..) | DataType::Struct(_) => return Err(nested(data_type)),
    }
    Ok(())
}
