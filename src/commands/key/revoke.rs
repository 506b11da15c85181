//! `rampdesk key revoke`.

use std::path::Path;

use crate::commands::input;
use crate::commands::output::{self, Done, Failure};
use crate::dispatch::{KeyId, PublicKey, Revocation};
use crate::profile::key_edits::{Edited, replace_all};
use crate::profile::trust::{Owner, Trust};
use crate::time::{Clock, UtcTime};

use super::files::{FilesArguments, named};

#[derive(clap::Args)]
pub struct Arguments {
    /// The key
    key_id: KeyId,
    /// Why, for those who meet a signature by it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// From when on it is not believed, as 2026-11-26T17:00:00Z: what was heard before holds [default: now]
    #[arg(long, value_name = "UTC")]
    at: Option<UtcTime>,
    /// Whose it is, where several parties have a key of this id
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    #[command(flatten)]
    files: FilesArguments,
}

pub fn run(arguments: &Arguments) -> Done {
    let path = arguments.files.trust_path()?;
    let (trust, text) = (input::trust(&path)?, input::text(&path)?);
    let reason = arguments.reason.trim();
    if reason.is_empty() || reason.contains(char::is_control) {
        return Err(Failure::input("--reason: say why in one line, as in \"the laptop was stolen\""));
    }
    let (owner, key) = find(arguments, &path, &trust)?;
    if let Some(before) = &key.revoked {
        return Err(Failure::input(format!(
            "{}: {} was revoked at {} already: {}",
            path.display(),
            key.key_id,
            before.at,
            before.reason
        )));
    }
    let now = Clock::real().now();
    let revocation = Revocation { at: arguments.at.unwrap_or(now), reason: reason.to_owned() };
    let mut edited = Edited::of(&text).map_err(|why| Failure::input(format!("{}: {why}", path.display())))?;
    edited
        .revoke(&owner, &key.key_id, &revocation)
        .map_err(|why| Failure::input(format!("{}: {why}", path.display())))?;
    let text = edited.text();
    let after = Trust::from_toml(&path.display().to_string(), &text).map_err(Failure::inputs)?;
    replace_all(&[(&path, &text)]).map_err(Failure::failed)?;
    let (name, at) = (owner.name(), revocation.at);
    output::say(format!(
        "{}: key {} of {name} is revoked from {at} on. A desk and a fleet that run take it up within a minute",
        path.display(),
        key.key_id
    ));
    let next =
        after.of(&owner).into_iter().flat_map(|ring| ring.keys()).filter(|key| key.in_force(at).is_ok());
    match named(next.map(|key| &key.key_id)).as_str() {
        "none" => output::say(format!(
            "{name} has no key in force from then on, and signs nothing: `rampdesk key rotate {name} --from …` makes one"
        )),
        others => output::say(format!("{name} is believed by {others}")),
    }
    output::say("Whoever else verifies with this key must have these two lines with it in their trust file:");
    let lines = Edited::revocation_lines(&revocation);
    output::print(lines)
}

fn find(arguments: &Arguments, path: &Path, trust: &Trust) -> Result<(Owner, PublicKey), Failure> {
    let is_it = |owner: &Owner| arguments.owner.as_deref().is_none_or(|name| owner.name() == name);
    let all = trust.all().filter(|(owner, _)| is_it(owner));
    let mut found: Vec<(Owner, PublicKey)> =
        all.filter_map(|(owner, ring)| Some((owner, ring.get(&arguments.key_id)?.clone()))).collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Failure::input(format!(
            "{}: pins no key {}; it pins {}",
            path.display(),
            arguments.key_id,
            named(trust.all().flat_map(|(_, ring)| ring.keys()).map(|key| &key.key_id))
        ))),
        _ => Err(Failure::input(format!(
            "{}: several parties have a key {}; say whose with --owner",
            path.display(),
            arguments.key_id
        ))),
    }
}
