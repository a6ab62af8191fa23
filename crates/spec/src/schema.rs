//! The JSON Schema of the pipeline document, so that editors complete and check it.

use serde_json::Value;

use crate::Pipeline;

/// JSON Schema (draft 2020-12) of [`Pipeline`].
pub fn json_schema() -> Value {
    let mut schema = schemars::schema_for!(Pipeline).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), Value::String("Touchstone pipeline".to_owned()));
    }
    schema
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_kept() {
        insta::assert_json_snapshot!(super::json_schema());
    }
}
