//! Environments, profiles and a keychain.

use touchstone_protocol::{
    CheckState, CheckView, ConnectionView, CredentialSource, EnvironmentSettings, ProfileSettings, Request,
    SettingsView,
};

use super::Inner;

/// What the settings are after a request.
pub(super) fn change(inner: &mut Inner, request: &Request) -> SettingsView {
    match request {
        Request::SaveEnvironment(save) => {
            let has_keys = inner.environments.iter().any(|one| one.name == save.name && one.has_keys);
            let environment = EnvironmentSettings {
                name: save.name.clone(),
                table: save.table.clone(),
                region: save.region.clone(),
                has_keys: has_keys && save.credentials == CredentialSource::Keychain,
                credentials: save.credentials.clone(),
                endpoint: save.endpoint.clone(),
            };
            match inner.environments.iter_mut().find(|one| one.name == save.name) {
                Some(one) => *one = environment,
                None => inner.environments.push(environment),
            }
        }
        Request::RemoveEnvironment(remove) => inner.environments.retain(|one| one.name != remove.name),
        Request::EnterKeys(enter) => {
            if let Some(one) = inner.environments.iter_mut().find(|one| one.name == enter.environment) {
                one.has_keys = true;
            }
        }
        Request::ForgetKeys(forget) => {
            if let Some(one) = inner.environments.iter_mut().find(|one| one.name == forget.environment) {
                one.has_keys = false;
            }
        }
        _ => {}
    }
    SettingsView {
        profiles: vec![
            ProfileSettings {
                name: "data-dev".to_owned(),
                region: Some("eu-west-1".to_owned()),
                kind: "single sign-on".to_owned(),
            },
            ProfileSettings { name: "data-prod".to_owned(), region: None, kind: "access keys".to_owned() },
        ],
        regions: ["eu-central-1", "eu-west-1", "us-east-1"].map(str::to_owned).to_vec(),
        environments: inner.environments.clone(),
        keychain_problem: inner.keychain_problem.clone(),
        actor: "mara@harbour-lane.example".to_owned(),
    }
}

/// What a connection test finds.
pub(super) fn connection(environment: &str) -> ConnectionView {
    let check = |title: &str, state, detail: &str| CheckView {
        title: title.to_owned(),
        state,
        detail: detail.to_owned(),
    };
    ConnectionView {
        identity: Some(format!("arn:aws:iam::123456789012:user/mara-{environment}")),
        account: Some("123456789012".to_owned()),
        checks: vec![
            check("Read the table", CheckState::Passed, ""),
            check("Publish", CheckState::Failed, "Ask for dynamodb:TransactWriteItems on the table"),
            check("Point-in-time recovery", CheckState::Warning, "Turn it on for the table"),
        ],
        needs_set_up: false,
        duration_ms: 412,
    }
}

/// What it finds where there is no table.
pub(super) fn without_table() -> ConnectionView {
    let detail = "there is no such table. Set the environment up in the settings".to_owned();
    let check = CheckView { title: "The table is there".to_owned(), state: CheckState::Failed, detail };
    ConnectionView { identity: None, account: None, checks: vec![check], needs_set_up: true, duration_ms: 7 }
}

/// The environment `dev`, with keys in the keychain.
pub(crate) fn dev() -> EnvironmentSettings {
    EnvironmentSettings {
        name: "dev".to_owned(),
        table: "touchstone-dev".to_owned(),
        region: Some("eu-west-1".to_owned()),
        credentials: CredentialSource::Keychain,
        has_keys: false,
        endpoint: None,
    }
}
