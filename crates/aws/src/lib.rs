//! Everything that talks to AWS: the DynamoDB store and credentials.
