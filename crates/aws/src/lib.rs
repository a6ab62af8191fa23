//! Everything that talks to AWS: the DynamoDB store and credentials.
//!
//! [`DynamoStore`] keeps a registry's items in one DynamoDB table. Secrets stay in the AWS credential chain:
//! nothing here stores, logs or repeats one, and messages of services that may quote a signature are not passed
//! on.

mod attributes;
mod connect;
mod probe;
mod problem;
mod profiles;
mod store;
mod table;

pub use aws_credential_types::Credentials;
pub use connect::{AwsSettings, check_names};
pub use probe::{Identity, identity};
pub use profiles::{AwsProfile, REGIONS, profiles};
pub use store::DynamoStore;
pub use table::{TableSetup, TableState};
