//! `rampdesk key list`.

use serde::Serialize;

use crate::commands::output::{self, Done};
use crate::dispatch::PublicKey;
use crate::profile::secrets_file::KeptKey;
use crate::profile::trust::Owner;
use crate::time::{Clock, UtcTime};

use super::files::{Files, FilesArguments};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    files: FilesArguments,
    /// As of this instant, as 2026-11-26T17:00:00Z [default: now]
    #[arg(long, value_name = "UTC")]
    at: Option<UtcTime>,
    /// One JSON document on standard output
    #[arg(long)]
    json: bool,
}

/// A key as it is shown.
#[derive(Serialize)]
struct Row {
    owner: String,
    /// The person whose own it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    key_id: String,
    /// `signs`, `in force`, `to come`, `ended`, `revoked`, `not pinned`.
    standing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Where the private half is kept; `None` where only the public half is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<String>,
}

#[derive(Serialize)]
struct Listed {
    at: String,
    keys: Vec<Row>,
    clients: Vec<Client>,
}

/// A client secret as it is shown.
#[derive(Serialize)]
struct Client {
    client: String,
    kept: String,
}

pub fn run(arguments: &Arguments) -> Done {
    let files = arguments.files.read()?;
    let at = arguments.at.unwrap_or_else(|| Clock::real().now());
    let client = |(id, place): (&String, &crate::profile::keeping::Place)| Client {
        client: id.clone(),
        kept: place.words(),
    };
    let clients: Vec<Client> = files.secrets.clients.iter().map(client).collect();
    let keys = rows(&files, at);
    if arguments.json {
        return output::print_json(&Listed { at: at.to_string(), keys, clients });
    }
    let mut text = String::new();
    for row in &keys {
        text.push_str(&line(row));
    }
    for client in &clients {
        text.push_str(&format!("client {}: kept {}\n", client.client, client.kept));
    }
    output::print(text)
}

fn rows(files: &Files, at: UtcTime) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut owners: Vec<Owner> = files.secrets.keys.iter().map(|kept| kept.owner.clone()).collect();
    owners.extend(files.trust.all().map(|(owner, _)| owner));
    owners.dedup();
    let mut shown: Vec<Owner> = Vec::new();
    for owner in owners {
        if shown.contains(&owner) {
            continue;
        }
        let pinned = files.pinned(&owner);
        for kept in files.kept(&owner) {
            let signs = signing(files, kept, at);
            let public = pinned.get(&kept.key_id);
            let signs = signs.as_ref().is_some_and(|id| *id == kept.key_id.as_str());
            rows.push(row(&owner, kept.key_id.as_str(), public, Some(kept), signs, at));
        }
        let alone = |key: &&PublicKey| files.kept(&owner).all(|kept| kept.key_id != key.key_id);
        rows.extend(
            pinned
                .keys()
                .filter(alone)
                .map(|key| row(&owner, key.key_id.as_str(), Some(key), None, false, at)),
        );
        shown.push(owner);
    }
    rows
}

/// The key that a party, or its person, signs with: of those in force the one that came in force last. `like`: one of theirs.
fn signing(files: &Files, like: &KeptKey, at: UtcTime) -> Option<String> {
    let pinned = files.pinned(&like.owner);
    let theirs = files.kept(&like.owner).filter(|kept| kept.holder == like.holder);
    let in_force = theirs.filter_map(|kept| match pinned.get(&kept.key_id) {
        Some(public) => public.in_force(at).ok().map(|()| (public.valid_from, &kept.key_id)),
        None => Some((None, &kept.key_id)),
    });
    in_force.max_by_key(|(from, _)| *from).map(|(_, id)| id.to_string())
}

fn row(
    owner: &Owner,
    key_id: &str,
    public: Option<&PublicKey>,
    kept: Option<&KeptKey>,
    signs: bool,
    at: UtcTime,
) -> Row {
    use crate::dispatch::SignatureFault::{NotYetValid, Revoked};
    let standing = match public.map(|key| key.in_force(at)) {
        _ if signs => "signs",
        None => "not pinned",
        Some(Ok(())) => "in force",
        Some(Err(NotYetValid { .. })) => "to come",
        Some(Err(Revoked { .. })) => "revoked",
        Some(Err(_)) => "ended",
    };
    let holder = kept.and_then(|kept| kept.holder.as_ref()).or(public.and_then(|key| key.holder.as_ref()));
    let revoked = public.and_then(|key| key.revoked.as_ref());
    Row {
        owner: owner.name().to_owned(),
        holder: holder.map(ToString::to_string),
        key_id: key_id.to_owned(),
        standing,
        valid_from: public.and_then(|key| key.valid_from).map(|t| t.to_string()),
        valid_until: public.and_then(|key| key.valid_until).map(|t| t.to_string()),
        revoked_at: revoked.map(|revoked| revoked.at.to_string()),
        reason: revoked.map(|revoked| revoked.reason.clone()),
        kept: kept.map(|kept| kept.place.words()),
    }
}

fn line(row: &Row) -> String {
    let mut words: Vec<String> = row.holder.iter().map(|holder| format!("{holder}\u{2019}s own")).collect();
    words.push(row.standing.to_owned());
    words.extend(row.valid_from.as_ref().map(|from| format!("from {from}")));
    words.extend(row.valid_until.as_ref().map(|until| format!("until {until}")));
    if let (Some(at), Some(reason)) = (&row.revoked_at, &row.reason) {
        words.push(format!("revoked at {at}: {reason}"));
    }
    words.push(match &row.kept {
        Some(kept) => format!("kept {kept}"),
        None => "the public half alone".to_owned(),
    });
    format!("{} {}: {}\n", row.owner, row.key_id, words.join(", "))
}
