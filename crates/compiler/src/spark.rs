//! Spark.
use crate::{GoldPlan, SilverPlan};
pub(crate) fn text(text: &str) -> String {
    format!("'{text}'")
}
pub(crate) fn silver(_: &SilverPlan) -> String {
    String::new()
}
pub(crate) fn gold(_: &GoldPlan) -> String {
    String::new()
}
