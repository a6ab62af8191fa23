//! From an environment's settings to a client: profile, region, endpoint, and how long to wait.

use crate::problem::Place;
use crate::store::DynamoStore;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use std::time::Duration;
use touchstone_registry::{ErrorKind, StoreError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(15);
/// With the time-outs above, an endpoint that swallows everything is given up after some ten seconds.
const ATTEMPTS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(150);
/// Requests to an endpoint of one's own have to name some region.
const ANY_REGION: &str = "us-east-1";

/// Where an environment's registry lies, as `touchstone.toml` names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AwsSettings {
    /// A profile of the AWS configuration files. When it is named, it is used even if the environment has
    /// other credentials; otherwise the SDK's default chain decides.
    pub profile: Option<String>,
    /// The region; otherwise the profile's or the environment's.
    pub region: Option<String>,
    /// Another endpoint than AWS's own: DynamoDB Local, a VPC endpoint.
    pub endpoint_url: Option<String>,
    /// The table.
    pub table: String,
}

impl DynamoStore {
    /// A store over the table that `settings` name. Nothing is sent to DynamoDB yet: see
    /// [`DynamoStore::check`] and [`DynamoStore::init_table`].
    ///
    /// Errors: `Invalid` when the settings can't be right: a malformed table name or endpoint, no region.
    pub async fn connect(settings: &AwsSettings) -> Result<Self, StoreError> {
        Self::connect_with(settings, None).await
    }

    /// [`DynamoStore::connect`] with credentials at hand, from the system's keychain say, instead of those of a
    /// profile or the default chain.
    pub async fn connect_as(settings: &AwsSettings, credentials: Credentials) -> Result<Self, StoreError> {
        Self::connect_with(settings, Some(credentials)).await
    }

    async fn connect_with(
        settings: &AwsSettings,
        credentials: Option<Credentials>,
    ) -> Result<Self, StoreError> {
        let (config, place) = sdk_config(settings, credentials).await?;
        Ok(Self::over(Client::new(&config), place))
    }
}

/// The SDK's configuration for an environment's settings.
pub(crate) async fn sdk_config(
    settings: &AwsSettings,
    credentials: Option<Credentials>,
) -> Result<(SdkConfig, Place), StoreError> {
    let place = Place::new(settings);
    check_settings(settings, &place)?;
    let http =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.clone())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_timeout(OPERATION_TIMEOUT)
                .build(),
        );
    if let Some(endpoint) = &settings.endpoint_url {
        loader = loader.endpoint_url(endpoint);
    }
    let region = settings.region.clone().map(Region::new);
    if let Some(region) = region.clone() {
        loader = loader.region(region);
    } else if settings.endpoint_url.is_some() && settings.profile.is_none() {
        loader = loader.region(Region::new(ANY_REGION));
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(credentials) = credentials {
        loader = loader.credentials_provider(credentials);
    } else if let Some(profile) = &settings.profile {
        // In the default chain, credentials in the environment would win over the profile that was asked for.
        loader = loader.profile_name(profile).credentials_provider(profile_provider(profile, http, region));
    }
    let mut config = loader.load().await;
    if config.region().is_none() {
        if settings.endpoint_url.is_none() {
            return Err(place.error(
                ErrorKind::Invalid,
                "no region is set",
                "Set `region` for this environment in touchstone.toml, or in the AWS profile",
            ));
        }
        config = config.into_builder().region(Region::new(ANY_REGION)).build();
    }
    let place = place.in_region(config.region().map(ToString::to_string));
    Ok((config, place))
}

fn profile_provider(
    profile: &str,
    http: SharedHttpClient,
    region: Option<Region>,
) -> ProfileFileCredentialsProvider {
    let config = ProviderConfig::without_region().with_http_client(http).with_region(region);
    ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build()
}

fn check_settings(settings: &AwsSettings, place: &Place) -> Result<(), StoreError> {
    let next = "Correct it in touchstone.toml: `table` has 3 to 255 letters, digits, '_', '-' or '.', `region` is \
                like eu-west-1, `endpoint_url` like http://localhost:8000";
    check_names(&settings.table, settings.region.as_deref(), settings.endpoint_url.as_deref())
        .map_err(|reason| place.error(ErrorKind::Invalid, reason, next))
}

/// Whether a table, a region and an endpoint can be what they are called.
///
/// # Errors
/// Says which of them can't.
pub fn check_names(table: &str, region: Option<&str>, endpoint: Option<&str>) -> Result<(), String> {
    let legal = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
    if !(3..=255).contains(&table.len()) || !table.chars().all(legal) {
        return Err(format!("{table:?} can't be a table's name"));
    }
    let in_region =
        |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
    if let Some(region) = region
        && (region.is_empty() || !region.chars().all(in_region))
    {
        return Err(format!("{region:?} can't be a region"));
    }
    let host = endpoint.map(|endpoint| {
        endpoint.strip_prefix("http://").or_else(|| endpoint.strip_prefix("https://")).unwrap_or_default()
    });
    if host.is_some_and(|host| host.is_empty() || host.contains(char::is_whitespace)) {
        return Err("the endpoint is not a URL".to_owned());
    }
    Ok(())
}
