//! Schemas and partition specs as Iceberg has them, and how a table's follows a pipeline's.
//!
//! A field is known by its id, not by its name. A column that stays, or widens by Iceberg's rules, keeps its id; a new
//! one, and one that changed its type in a way that old files can't follow, gets a new id. So old snapshots stay
//! readable.

use iceberg::spec::{
    NestedField, PrimitiveType, Schema, Transform as IcebergTransform, Type, UnboundPartitionSpec,
};
use touchstone_compiler::{Column, PartitionField, Transform};
use touchstone_spec::DataType;

use crate::{EngineError, types::nested};

/// The schema for these columns, given the table's current one and the highest id ever used. `key` columns become
/// identifier fields when they can't be null.
pub(super) fn follow(
    current: Option<(&Schema, i32)>,
    columns: &[Column],
    key: &[String],
) -> Result<Schema, EngineError> {
    let mut last_id = current.map_or(0, |(_, last)| last);
    let mut fields = Vec::with_capacity(columns.len());
    let mut identifiers = Vec::new();
    for column in columns {
        let wanted = iceberg_type(&column.data_type)?;
        let kept = current
            .and_then(|(schema, _)| schema.field_by_name(&column.name))
            .filter(|field| follows(&field.field_type, &column.data_type))
            .map(|field| field.id);
        let id = kept.unwrap_or_else(|| {
            last_id += 1;
            last_id
        });
        // A column that old snapshots may hold nulls in stays optional: required can't be added later.
        let was_optional =
            current.is_some_and(|(schema, _)| schema.field_by_id(id).is_none_or(|field| !field.required));
        let required = column.required && !was_optional;
        let field = NestedField::new(id, &column.name, wanted, required);
        let field = match &column.description {
            Some(description) => field.with_doc(description),
            None => field,
        };
        if required
            && key.contains(&column.name)
            && !matches!(column.data_type, DataType::Float | DataType::Double)
        {
            identifiers.push(id);
        }
        fields.push(field.into());
    }
    if identifiers.len() != key.len() {
        identifiers.clear();
    }
    Schema::builder()
        .with_fields(fields)
        .with_identifier_field_ids(identifiers)
        .build()
        .map_err(|error| EngineError::warehouse("schema", &error))
}

/// Whether a field of the old type may become one of the new type and keep its id.
fn follows(old: &Type, new: &DataType) -> bool {
    our_type(old).is_some_and(|old| old.widens_to(new))
}

fn iceberg_type(data_type: &DataType) -> Result<Type, EngineError> {
    Ok(Type::Primitive(match data_type {
        DataType::Boolean => PrimitiveType::Boolean,
        DataType::Int => PrimitiveType::Int,
        DataType::Long => PrimitiveType::Long,
        DataType::Float => PrimitiveType::Float,
        DataType::Double => PrimitiveType::Double,
        DataType::Decimal { precision, scale } => {
            PrimitiveType::Decimal { precision: (*precision).into(), scale: (*scale).into() }
        }
        DataType::Date => PrimitiveType::Date,
        DataType::Time => PrimitiveType::Time,
        DataType::Timestamp => PrimitiveType::Timestamp,
        DataType::Timestamptz => PrimitiveType::Timestamptz,
        DataType::String => PrimitiveType::String,
        DataType::Uuid => PrimitiveType::Uuid,
        DataType::Binary => PrimitiveType::Binary,
        DataType::List(_) | DataType::Map(..) | DataType::Struct(_) => return Err(nested(data_type)),
    }))
}

/// The design's type for one of Iceberg's; none for those that Touchstone doesn't write.
pub(super) fn our_type(field_type: &Type) -> Option<DataType> {
    let Type::Primitive(primitive) = field_type else { return None };
    Some(match primitive {
        PrimitiveType::Boolean => DataType::Boolean,
        PrimitiveType::Int => DataType::Int,
        PrimitiveType::Long => DataType::Long,
        PrimitiveType::Float => DataType::Float,
        PrimitiveType::Double => DataType::Double,
        PrimitiveType::Decimal { precision, scale } => {
            DataType::Decimal { precision: u8::try_from(*precision).ok()?, scale: u8::try_from(*scale).ok()? }
        }
        PrimitiveType::Date => DataType::Date,
        PrimitiveType::Time => DataType::Time,
        PrimitiveType::Timestamp => DataType::Timestamp,
        PrimitiveType::Timestamptz => DataType::Timestamptz,
        PrimitiveType::String => DataType::String,
        PrimitiveType::Uuid => DataType::Uuid,
        PrimitiveType::Binary => DataType::Binary,
        _ => return None,
    })
}

/// The partition spec for these fields. Names are Iceberg's usual ones: `trade_date_month`, `isin_bucket`.
pub(super) fn partition_spec(
    schema: &Schema,
    partition_by: &[PartitionField],
) -> Result<UnboundPartitionSpec, EngineError> {
    let mut builder = UnboundPartitionSpec::builder();
    for field in partition_by {
        let source = schema.field_id_by_name(&field.column).ok_or_else(|| {
            EngineError::internal("partition_by", format!("there is no column `{}`", field.column))
        })?;
        let (suffix, transform) = match field.transform {
            Transform::Identity => ("", IcebergTransform::Identity),
            Transform::Year => ("_year", IcebergTransform::Year),
            Transform::Month => ("_month", IcebergTransform::Month),
            Transform::Day => ("_day", IcebergTransform::Day),
            Transform::Bucket(buckets) => ("_bucket", IcebergTransform::Bucket(buckets)),
            Transform::Truncate(width) => ("_trunc", IcebergTransform::Truncate(width)),
        };
        // A column may already have the usual name.
        let mut name = format!("{}{suffix}", field.column);
        while !suffix.is_empty() && schema.field_by_name(&name).is_some() {
            name.push_str("_part");
        }
        builder = builder
            .add_partition_field(source, name, transform)
            .map_err(|error| EngineError::warehouse("partition_by", &error))?;
    }
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use super::follow;
    use touchstone_compiler::Column;
    use touchstone_spec::DataType;

    fn column(name: &str, data_type: DataType, required: bool) -> Column {
        Column { name: name.to_owned(), data_type, required, description: None }
    }

    #[test]
    fn ids_follow_iceberg_rules() {
        let decimal = |precision, scale| DataType::Decimal { precision, scale };
        let first = follow(
            None,
            &[
                column("id", DataType::String, true),
                column("quantity", DataType::Int, false),
                column("price", decimal(10, 2), false),
                column("gone", DataType::Date, false),
            ],
            &["id".to_owned()],
        )
        .unwrap();
        assert_eq!(first.identifier_field_ids().collect::<Vec<_>>(), [1]);
        let second = follow(
            Some((&first, 4)),
            &[
                column("new", DataType::String, true),
                column("id", DataType::String, true),
                column("quantity", DataType::Long, false),
                column("price", decimal(10, 4), false),
            ],
            &["id".to_owned()],
        )
        .unwrap();
        let id = |name: &str| second.field_id_by_name(name).unwrap();
        // Kept, widened, changed beyond widening, new.
        assert_eq!((id("id"), id("quantity"), id("price"), id("new")), (1, 2, 6, 5));
        assert!(!second.field_by_name("new").unwrap().required, "old files have no value for it");
    }
}
