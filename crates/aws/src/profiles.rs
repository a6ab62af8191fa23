//! What the AWS configuration on this computer names, and where AWS is. Reads names and kinds; secrets stay unread.

use aws_config::profile::{Profile, load};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

/// A profile of the AWS configuration files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsProfile {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: Option<String>,
    /// How it gets credentials, in words.
    pub kind: String,
}

/// Regions of AWS that a table can be in, those of China and of the governments aside.
pub const REGIONS: [&str; 33] = [
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// The profiles of the AWS configuration, by name. None where there is no configuration or it can't be read: whoever
/// uses a profile then learns why.
pub async fn profiles() -> Vec<AwsProfile> {
    profiles_of(&Fs::real(), &Env::real()).await
}

async fn profiles_of(files: &Fs, environment: &Env) -> Vec<AwsProfile> {
    let Ok(found) = load(files, environment, &EnvConfigFiles::default(), None).await else {
        return Vec::new();
    };
    let mut names: Vec<&str> = found.profiles().collect();
    names.sort_unstable();
    let profile = |name: &str| {
        let profile = found.get_profile(name)?;
        Some(AwsProfile {
            name: name.to_owned(),
            region: profile.get("region").map(str::to_owned),
            kind: kind(profile),
        })
    };
    names.into_iter().filter_map(profile).collect()
}

fn kind(profile: &Profile) -> String {
    let has = |key: &str| profile.get(key).is_some();
    if let Some(role) = profile.get("role_arn") {
        format!("role {role}")
    } else if has("sso_session") || has("sso_start_url") {
        "single sign-on".to_owned()
    } else if has("credential_process") {
        "another program".to_owned()
    } else if has("web_identity_token_file") {
        "web identity".to_owned()
    } else if has("aws_access_key_id") {
        "access keys".to_owned()
    } else {
        "settings only".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[tokio::test]
    async fn profiles_are_named_with_their_kind_and_nothing_secret() {
        let files = Fs::from_map(HashMap::from([
            (
                "config".to_owned(),
                b"[default]\nregion = eu-west-1\n[profile sso]\nsso_session = firm\nsso_account_id = 1\n[profile admin]\nrole_arn = arn:aws:iam::1:role/admin\nsource_profile = keys\n[sso-session firm]\nsso_region = eu-west-1\n".to_vec(),
            ),
            (
                "credentials".to_owned(),
                b"[keys]\naws_access_key_id = AKIAMARKER\naws_secret_access_key = marker\n".to_vec(),
            ),
        ]));
        let environment =
            Env::from_slice(&[("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")]);
        let found = profiles_of(&files, &environment).await;
        let told: Vec<String> =
            found.iter().map(|one| format!("{} {:?} {}", one.name, one.region, one.kind)).collect();
        assert_eq!(
            told,
            [
                "admin None role arn:aws:iam::1:role/admin",
                "default Some(\"eu-west-1\") settings only",
                "keys None access keys",
                "sso None single sign-on",
            ]
        );
        assert!(!format!("{found:?}").to_lowercase().contains("marker"));
        assert!(profiles_of(&Fs::from_slice(&[]), &Env::from_slice(&[])).await.is_empty());
    }
}
