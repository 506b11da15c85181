//! `rampdesk key rotate`.

use crate::commands::output::{self, Done, Failure};
use crate::commands::passphrase::PassphraseArguments;
use crate::commands::vault::SystemVault;
use crate::dispatch::{Holder, KeyId, PublicKey};
use crate::profile::secrets_file::KeptKey;
use crate::profile::trust::Owner;
use crate::time::{Clock, UtcTime};

use super::files::{Files, FilesArguments, as_pinned};
use super::make::{at, free_id, sealed_as, whose};
use super::stored::{self, PlaceArguments, Stored};

const DAY_S: i64 = 86_400;

#[derive(clap::Args)]
pub struct Arguments {
    /// Whose key: an operator's id, as in GB-DNO-11, or an FSP's
    owner: String,
    /// Whose own key of the operator it is, as "Ada Winter" [default: the machine's]
    #[arg(long, value_name = "NAME")]
    holder: Option<Holder>,
    /// From when the new key signs, as 2026-12-07T00:00:00Z [default: in seven days: by then the others must have pinned it]
    #[arg(long, value_name = "UTC")]
    from: Option<UtcTime>,
    /// Days for which the key before is believed beside it
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(0..=3650))]
    overlap: u16,
    /// When the new key ends [default: never]
    #[arg(long, value_name = "UTC")]
    valid_until: Option<UtcTime>,
    /// The new key's id [default: the owner and the year, as in gb-dno-11-2027]
    #[arg(long, value_name = "ID")]
    key_id: Option<KeyId>,
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    files: FilesArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub fn run(arguments: &Arguments) -> Done {
    let (files, now) = (arguments.files.read()?, Clock::real().now());
    let name = &arguments.owner;
    let owner =
        files.known_owner(name).filter(|owner| files.kept(owner).next().is_some()).ok_or_else(|| {
            Failure::input(format!(
                "{}: holds no key of {name}; `rampdesk key new {name}` makes its first",
                files.secrets_path.display()
            ))
        })?;
    let holder = holder_of(arguments, &files, &owner)?;
    let holder = holder.as_ref();
    let from = arguments.from.unwrap_or(now + 7 * DAY_S);
    let until = from + i64::from(arguments.overlap) * DAY_S;
    let ending = ending_with(&files, (&owner, holder), now, until)?;
    let key_id = free_id(&files, (&owner, holder), arguments.key_id.as_ref(), from)?;
    let like = files
        .kept(&owner)
        .filter(|kept| kept.holder.as_ref() == holder)
        .last()
        .map(|kept| kept.place.clone());
    let wanted = arguments.place.place(&owner, &key_id, like.as_ref())?;
    stored::not_in_the_clear(&wanted, holder)?;
    let vault = SystemVault::new(&arguments.passphrase);
    let (key, stored) =
        stored::make(&wanted, &key_id, sealed_as(&owner, holder), &files.secrets_path, &vault)?;
    let public = PublicKey { holder: holder.cloned(), ..key.public(Some(from), arguments.valid_until) };
    let done = write(&files, &owner, &public, &stored, &ending, until);
    if done.is_err() {
        stored::take_back(&stored, &vault);
    }
    done?;
    tell(&files, &owner, &public, &stored, &ending, until)
}

/// Whose key it is that is rotated: the person's who is named, else the machine's, else the only person's.
fn holder_of(arguments: &Arguments, files: &Files, owner: &Owner) -> Result<Option<Holder>, Failure> {
    let mut holders: Vec<Option<&Holder>> = files.kept(owner).map(|kept| kept.holder.as_ref()).collect();
    holders.sort();
    holders.dedup();
    let people = || holders.iter().flatten().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match (&arguments.holder, &holders[..]) {
        (Some(name), _) if holders.contains(&Some(name)) => Ok(Some(name.clone())),
        (Some(name), _) => Err(Failure::input(format!(
            "--holder: {name} has no key of {} here; {}",
            owner.name(),
            if people().is_empty() { "nobody has".to_owned() } else { format!("these have: {}", people()) }
        ))),
        (None, [Some(only)]) => Ok(Some(Holder::clone(only))),
        (None, all) if all.contains(&None) => Ok(None),
        (None, _) => {
            Err(Failure::input(format!("--holder: say whose key of {}: {}", owner.name(), people())))
        }
    }
}

/// The party's keys that are to end with the overlap. One that ends before, or was revoked, stays as it is.
fn ending_with(
    files: &Files,
    (owner, holder): (&Owner, Option<&Holder>),
    now: UtcTime,
    until: UtcTime,
) -> Result<Vec<PublicKey>, Failure> {
    let pinned = files.pinned(owner);
    for kept in files.kept(owner).filter(|kept| kept.holder.as_ref() == holder) {
        if pinned.get(&kept.key_id).is_none() {
            return Err(at(
                &files.trust_path,
                &format!(
                    "does not pin {} of {}, so that its end cannot be written down; pin it, and give this again",
                    kept.key_id,
                    owner.name()
                ),
            ));
        }
    }
    let goes_on = |key: &&PublicKey| key.ends().is_none_or(|ends| ends > until) && until > now;
    let theirs = pinned.keys().filter(|key| key.holder.as_ref() == holder);
    Ok(theirs.filter(goes_on).cloned().collect())
}

fn write(
    files: &Files,
    owner: &Owner,
    public: &PublicKey,
    stored: &Stored,
    ending: &[PublicKey],
    until: UtcTime,
) -> Done {
    let (mut secrets, mut trust) = files.edited()?;
    let kept = KeptKey {
        owner: owner.clone(),
        holder: public.holder.clone(),
        key_id: public.key_id.clone(),
        place: stored.place.clone(),
    };
    secrets.add_signing_key(&kept).map_err(|why| at(&files.secrets_path, &why))?;
    for key in ending {
        trust.end(owner, &key.key_id, until).map_err(|why| at(&files.trust_path, &why))?;
    }
    trust.pin(owner, public).map_err(|why| at(&files.trust_path, &why))?;
    files.replace(&secrets, &trust)
}

fn tell(
    files: &Files,
    owner: &Owner,
    public: &PublicKey,
    stored: &Stored,
    ending: &[PublicKey],
    until: UtcTime,
) -> Done {
    let from = public.valid_from.map_or_else(String::new, |from| format!(" from {from} on"));
    output::say(format!(
        "{} signs with {}{from}, which is kept {}",
        whose(owner, public.holder.as_ref()),
        public.key_id,
        stored.place.words()
    ));
    for key in ending {
        output::say(format!("{} is believed until {until}", key.key_id));
    }
    output::say(format!(
        "{} and {} are changed. Whoever verifies what {} signs must have this in their trust file before{}, and the old key\u{2019}s \
         valid_until with it:",
        files.secrets_path.display(),
        files.trust_path.display(),
        owner.name(),
        public.valid_from.map_or_else(String::new, |from| format!(" {from}"))
    ));
    let old: Vec<String> = ending
        .iter()
        .map(|key| as_pinned(owner, &PublicKey { valid_until: Some(until), ..key.clone() }))
        .collect();
    output::print(format!("{}\n{}", old.join("\n"), as_pinned(owner, public)).trim_start())
}
