//! What AWS reports, told as place, reason and next step.

use crate::connect::AwsSettings;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;
use std::fmt;
use touchstone_registry::{ErrorKind, StoreError};

/// The table, with what messages about it need to know.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    table: String,
    endpoint: Option<String>,
    region: Option<String>,
    profile: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DynamoDB table {}", self.table)?;
        match (&self.endpoint, &self.region) {
            (Some(endpoint), _) => write!(f, " at {endpoint}"),
            (None, Some(region)) => write!(f, " in {region}"),
            (None, None) => Ok(()),
        }
    }
}

impl Place {
    pub(crate) fn new(settings: &AwsSettings) -> Self {
        Self {
            table: settings.table.clone(),
            endpoint: settings.endpoint_url.as_deref().map(without_user),
            region: settings.region.clone(),
            profile: settings.profile.clone(),
        }
    }

    pub(crate) fn in_region(mut self, region: Option<String>) -> Self {
        self.region = region;
        self
    }

    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    pub(crate) fn error(
        &self,
        kind: ErrorKind,
        reason: impl Into<String>,
        next_step: impl Into<String>,
    ) -> StoreError {
        StoreError::new(kind, self.to_string(), reason, next_step)
    }

    pub(crate) fn no_table(&self) -> StoreError {
        self.error(
            ErrorKind::WrongShape,
            "there is no such table",
            "Set the environment up in the settings, or with `touchstone env init NAME`, to create it; or correct its \
             table, region and profile there",
        )
    }

    pub(crate) fn busy(&self, reason: impl Into<String>) -> StoreError {
        self.error(ErrorKind::Busy, reason, "Try again in a minute")
    }

    pub(crate) fn corrupt(&self, reason: String) -> StoreError {
        self.error(
            ErrorKind::Corrupt,
            reason,
            "Restore the table from a point-in-time backup, or take the item out if something else put it there",
        )
    }

    /// Any operation's error.
    pub(crate) fn problem<E, R>(&self, error: &SdkError<E, R>) -> StoreError
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: fmt::Debug + 'static,
    {
        match error {
            SdkError::ServiceError(service) => self.service(service.err().code(), service.err().message()),
            SdkError::TimeoutError(_) => self.unreachable("no answer came in time"),
            SdkError::DispatchFailure(failure) => {
                let source = failure.as_connector_error().and_then(Error::source);
                match source.and_then(credentials_error) {
                    Some(credentials) => self.credentials_problem(credentials),
                    None if failure.is_timeout() => self.unreachable("no connection came about in time"),
                    None => self.unreachable(&format!(
                        "no connection came about ({})",
                        source.map_or_else(|| "unknown reason".to_owned(), innermost)
                    )),
                }
            }
            SdkError::ResponseError(_) => self.something_else(),
            other => match credentials_error(other) {
                Some(credentials) => self.credentials_problem(credentials),
                None => self.error(
                    ErrorKind::Other,
                    format!("the request could not be made ({})", innermost(other)),
                    "Look at this environment's settings in touchstone.toml",
                ),
            },
        }
    }

    /// An error that a service named by a code. Its message is repeated only where it can't quote a signature.
    pub(crate) fn service(&self, code: Option<&str>, message: Option<&str>) -> StoreError {
        // Every error of DynamoDB has a code.
        let Some(code) = code else { return self.something_else() };
        let message = quotable(message.unwrap_or("no further reason was given"));
        let message = message.as_str();
        match code {
            "ResourceNotFoundException" => self.no_table(),
            "ExpiredTokenException" | "ExpiredToken" | "RequestExpired" => {
                self.credentials("the credentials have expired")
            }
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "IncompleteSignature"
            | "IncompleteSignatureException"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException" => self.credentials(
                "AWS does not accept the credentials: they are wrong, revoked, or the clock is off",
            ),
            "AccessDeniedException" | "AccessDenied" | "NotAuthorizedException" => self.error(
                ErrorKind::Credentials,
                format!("access denied: {message}"),
                "Ask an administrator for this permission, or use another profile",
            ),
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "Throttling"
            | "RequestLimitExceeded"
            | "LimitExceededException"
            | "TransactionInProgressException"
            | "ResourceInUseException" => self.busy("DynamoDB is busy with other requests"),
            "InternalServerError" | "ServiceUnavailable" | "ServiceUnavailableException" => {
                self.unreachable("DynamoDB has trouble of its own")
            }
            "ValidationException" | "ValidationError" => self.validation(message),
            code => self.error(
                ErrorKind::Other,
                format!("DynamoDB refused the request: {}: {message}", quotable(code)),
                "Look at this environment's settings in touchstone.toml",
            ),
        }
    }

    fn something_else(&self) -> StoreError {
        self.error(
            ErrorKind::Unreachable,
            "what answers there is not DynamoDB",
            "Look at `endpoint_url` in touchstone.toml, and whether a proxy or a sign-in page is in between",
        )
    }

    fn validation(&self, message: &str) -> StoreError {
        let lower = message.to_lowercase();
        if lower.contains("size has exceeded") || lower.contains("size exceeded") {
            self.error(
                ErrorKind::TooLarge,
                "an item is larger than DynamoDB's 400 KB",
                "Split it into several",
            )
        } else if lower.contains("key") {
            // The caller looks at the table itself, to say which keys it has.
            self.error(
                ErrorKind::WrongShape,
                format!("the request does not fit the table's keys: {message}"),
                "Name another table in touchstone.toml",
            )
        } else {
            self.error(
                ErrorKind::Other,
                format!("DynamoDB refused the request: {message}"),
                "Please report this; nothing was written",
            )
        }
    }

    pub(crate) fn unreachable(&self, reason: &str) -> StoreError {
        let next_step = match &self.endpoint {
            Some(endpoint) => format!("See whether something listens at {endpoint}, then try again"),
            None => "Look at the network, VPN and proxy, and at `region` in touchstone.toml, then try again"
                .into(),
        };
        self.error(ErrorKind::Unreachable, reason, next_step)
    }

    fn credentials(&self, reason: &str) -> StoreError {
        let next_step = match &self.profile {
            Some(profile) => {
                format!("Run `aws sso login --profile {profile}`, or renew that profile's keys, and try again")
            }
            None => "Log in with `aws sso login`, or set `profile` for this environment in touchstone.toml, and try \
                     again"
                .into(),
        };
        self.error(ErrorKind::Credentials, reason, next_step)
    }

    fn credentials_problem(&self, error: &CredentialsError) -> StoreError {
        let whose = match &self.profile {
            Some(profile) => format!("the credentials of profile {profile}"),
            None => "the credentials of the environment, the AWS configuration or the instance".to_owned(),
        };
        // What a provider says may quote a process's output: only whose it is gets told.
        match (error, &self.profile) {
            (CredentialsError::CredentialsNotLoaded(_), Some(profile)) => {
                self.credentials(&format!("there is no profile {profile}, or it has no credentials"))
            }
            (CredentialsError::CredentialsNotLoaded(_), None) => self.credentials(
                "no credentials were found in the environment, the AWS configuration or the instance",
            ),
            (CredentialsError::ProviderTimedOut(_), _) => {
                self.credentials(&format!("loading {whose} took too long"))
            }
            (CredentialsError::InvalidConfiguration(_), _) => {
                self.credentials(&format!("{whose} are not configured, or not correctly"))
            }
            _ => self.credentials(&format!("{whose} could not be loaded, or have expired")),
        }
    }
}

/// A message without what may be a token or a signature: whatever answers there may repeat what it was sent, and a message
/// is shown.
fn quotable(message: &str) -> String {
    /// A secret key has 40 letters, and signatures and tokens have more.
    const LONGEST: usize = 39;
    let is_coded = |letter: char| letter.is_ascii_alphanumeric() || "+/=".contains(letter);
    let mut quoted = String::new();
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let of_one_kind = |letter: char| is_coded(letter) == is_coded(first);
        let end = rest.find(|letter| !of_one_kind(letter)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        quoted.push_str(if is_coded(first) && part.len() > LONGEST { "…" } else { part });
        rest = after;
    }
    quoted
}

type ErrorSource = dyn Error + 'static;

fn credentials_error(error: &ErrorSource) -> Option<&CredentialsError> {
    causes(error).find_map(<dyn Error>::downcast_ref)
}

/// The reason behind all reasons: "Connection refused (os error 111)".
fn innermost(error: &ErrorSource) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
}

fn causes<'a>(error: &'a ErrorSource) -> impl Iterator<Item = &'a ErrorSource> {
    // The star matters: without it, it's the reference that is asked, and the answer lives no longer than that.
    std::iter::successors(Some(error), |error: &&'a ErrorSource| (**error).source())
}

/// A URL may carry a user and password, which no message repeats.
fn without_user(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::quotable;

    #[test]
    fn what_may_be_a_token_is_not_quoted() {
        let plain = "User: arn:aws:sts::123456789012:assumed-role/data-stewards/anna is not authorized to perform: \
                     dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/touchstone-prod";
        assert_eq!(quotable(plain), plain);
        let token = "IQoJb3JpZ2luX2VjEXAMPLEwJ/+8kT==".repeat(4);
        let message = format!("X-Amz-Security-Token: {token}, Signature={}; ja, „schön“", "0a".repeat(32));
        assert_eq!(quotable(&message), "X-Amz-Security-Token: …, …; ja, „schön“");
        assert_eq!(quotable(""), "");
    }
}
