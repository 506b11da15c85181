//! `rampdesk key new` and `rampdesk key import`.

use std::path::PathBuf;

use crate::commands::keygen::seed_from_pem;
use crate::commands::output::{self, Done, Failure};
use crate::commands::passphrase::PassphraseArguments;
use crate::commands::vault::SystemVault;
use crate::commands::{connect, input};
use crate::dispatch::{Holder, KeyId, PublicKey, SigningKey};
use crate::profile::keeping::Place;
use crate::profile::secrets::key_id_at;
use crate::profile::secrets_file::KeptKey;
use crate::profile::trust::Owner;
use crate::time::{Clock, UtcTime};

use super::files::{Files, FilesArguments, as_pinned};
use super::stored::{self, Keep, PlaceArguments, Stored};

#[derive(clap::Args)]
pub struct NewArguments {
    #[command(flatten)]
    whose: WhoseArguments,
}

#[derive(clap::Args)]
pub struct ImportArguments {
    /// The private key in PKCS#8 PEM
    pem: PathBuf,
    #[command(flatten)]
    whose: WhoseArguments,
}

#[derive(clap::Args)]
struct WhoseArguments {
    /// Whose key: an operator's id, as in GB-DNO-11, or an FSP's
    owner: String,
    /// The person whose own key of the operator it is, as "Ada Winter": it stays closed until they sign on [default: the
    /// machine's]
    #[arg(long, value_name = "NAME", conflicts_with = "fsp")]
    holder: Option<Holder>,
    /// It is an FSP's, where the files do not tell yet
    #[arg(long)]
    fsp: bool,
    /// The key's id [default: the owner and the year, as in gb-dno-11-2026]
    #[arg(long, value_name = "ID")]
    key_id: Option<KeyId>,
    /// From when it signs, as 2026-11-26T17:00:00Z [default: now]
    #[arg(long, value_name = "UTC")]
    valid_from: Option<UtcTime>,
    /// When it ends [default: never]
    #[arg(long, value_name = "UTC")]
    valid_until: Option<UtcTime>,
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    files: FilesArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub fn new(arguments: &NewArguments) -> Done {
    take_in(&arguments.whose, None)
}

pub fn import(arguments: &ImportArguments) -> Done {
    // The text is a secret: what is wrong with it is said without quoting it.
    let seed = seed_from_pem(&zeroize::Zeroizing::new(input::text(&arguments.pem)?)).ok_or_else(|| {
        let shown = arguments.pem.display();
        Failure::input(format!("{shown}: is not an Ed25519 private key in PKCS#8 PEM"))
    })?;
    connect::only_ours(&arguments.pem)?;
    if arguments.whose.place.keep == Some(Keep::Pkcs11) {
        return Err(Failure::input(
            "--keep pkcs11: a key is made in a token; the tools of its maker may import one",
        ));
    }
    take_in(&arguments.whose, Some(&zeroize::Zeroizing::new(seed)))
}

/// Makes a key, or takes one in, for a party that signs with no other yet.
fn take_in(arguments: &WhoseArguments, seed: Option<&[u8; 32]>) -> Done {
    let (files, now) = (arguments.files.read()?, Clock::real().now());
    let owner = owner_of(arguments, &files)?;
    let holder = arguments.holder.as_ref();
    if let (Some(_), Owner::Fsp(fsp)) = (holder, &owner) {
        return Err(Failure::input(format!(
            "--holder: {fsp} is an FSP, which signs by itself; leave it out"
        )));
    }
    if arguments.valid_from.is_none()
        && let Some(kept) = files.kept(&owner).find(|kept| kept.holder.as_ref() == holder)
    {
        let named = holder.map_or_else(String::new, |name| format!(" --holder \"{name}\""));
        return Err(Failure::input(format!(
            "{} signs with {} already; `rampdesk key rotate {}{named}` makes the next one with an overlap, or say from when this one \
             signs with --valid-from",
            holder.map_or(owner.name(), Holder::as_str),
            kept.key_id,
            owner.name()
        )));
    }
    let key_id = free_id(&files, (&owner, holder), arguments.key_id.as_ref(), now)?;
    // A person's key is sealed with their own passphrase, where nothing else is said.
    let like = holder.map(|_| Place::Sealed(PathBuf::new()));
    let wanted = arguments.place.place(&owner, &key_id, like.as_ref())?;
    stored::not_in_the_clear(&wanted, holder)?;
    let vault = SystemVault::new(&arguments.passphrase);
    let (key, stored) = match seed {
        Some(seed) => {
            let key = SigningKey::from_seed(key_id, seed);
            let stored = stored::put(&wanted, &key, sealed_as(&owner, holder), &files.secrets_path, &vault)?;
            (key, stored)
        }
        None => stored::make(&wanted, &key_id, sealed_as(&owner, holder), &files.secrets_path, &vault)?,
    };
    let from = arguments.valid_from.unwrap_or(now);
    let public = PublicKey { holder: holder.cloned(), ..key.public(Some(from), arguments.valid_until) };
    let done = write(&files, &owner, &stored, &public);
    if done.is_err() {
        stored::take_back(&stored, &vault);
    }
    done?;
    output::say(format!(
        "{}: key {} of {} is kept {}",
        files.secrets_path.display(),
        public.key_id,
        whose(&owner, holder),
        stored.place.words()
    ));
    output::say(format!(
        "{}: its public half is pinned. Hand this to the other parties, for their trust files:",
        files.trust_path.display()
    ));
    output::print(as_pinned(&owner, &public))
}

fn write(files: &Files, owner: &Owner, stored: &Stored, public: &PublicKey) -> Done {
    let (mut secrets, mut trust) = files.edited()?;
    let kept = KeptKey {
        owner: owner.clone(),
        holder: public.holder.clone(),
        key_id: public.key_id.clone(),
        place: stored.place.clone(),
    };
    secrets.add_signing_key(&kept).map_err(|why| at(&files.secrets_path, &why))?;
    match files.pinned(owner).get(&public.key_id) {
        Some(pinned) if (&pinned.bytes, &pinned.holder) == (&public.bytes, &public.holder) => {}
        Some(_) => return Err(at(&files.trust_path, &format!("pins another key as {}", public.key_id))),
        None => trust.pin(owner, public).map_err(|why| at(&files.trust_path, &why))?,
    }
    files.replace(&secrets, &trust)
}

pub(super) fn at(path: &std::path::Path, why: &str) -> Failure {
    Failure::input(format!("{}: {why}", path.display()))
}

fn owner_of(arguments: &WhoseArguments, files: &Files) -> Result<Owner, Failure> {
    let name = &arguments.owner;
    match files.known_owner(name) {
        Some(owner) => Ok(owner),
        None if arguments.fsp => name.parse().map(Owner::Fsp).map_err(Failure::input),
        None => name.parse().map(Owner::Operator).map_err(Failure::input),
    }
}

/// Under which name a key is sealed: its holder's, else its owner's.
pub(super) fn sealed_as<'a>(owner: &'a Owner, holder: Option<&'a Holder>) -> &'a str {
    holder.map_or(owner.name(), Holder::as_str)
}

/// Whose key, for people: `Ada Winter for GB-DNO-11`.
pub(super) fn whose(owner: &Owner, holder: Option<&Holder>) -> String {
    match holder {
        Some(holder) => format!("{holder} for {}", owner.name()),
        None => owner.name().to_owned(),
    }
}

/// What the id of a key begins with: `GB-DNO-11-ada-winter`. Letters that no id may hold are left out.
fn named_for(owner: &Owner, holder: Option<&Holder>) -> String {
    let plain = |name: &str| -> String { name.chars().filter(char::is_ascii_alphanumeric).collect() };
    let words = holder.iter().flat_map(|holder| holder.as_str().split([' ', '-', '.'])).map(plain);
    let named = words.filter(|word| !word.is_empty()).map(|word| word.to_ascii_lowercase());
    std::iter::once(owner.name().to_owned()).chain(named).collect::<Vec<_>>().join("-")
}

/// The id that is asked for, or one of the owner and the year that no other key of the owner has.
pub(super) fn free_id(
    files: &Files,
    (owner, holder): (&Owner, Option<&Holder>),
    asked: Option<&KeyId>,
    now: UtcTime,
) -> Result<KeyId, Failure> {
    let pinned = files.pinned(owner);
    let is_private = |id: &KeyId| files.kept(owner).any(|kept| kept.key_id == *id);
    if let Some(id) = asked {
        if is_private(id) {
            return Err(Failure::input(format!(
                "{} has a key {id} already; choose another id",
                owner.name()
            )));
        }
        return Ok(id.clone());
    }
    let first = key_id_at(&named_for(owner, holder), now).map_err(Failure::input)?;
    let further = (2..100).filter_map(|n| KeyId::new(&format!("{first}-{n}")).ok());
    let is_free = |id: &KeyId| !is_private(id) && pinned.get(id).is_none();
    std::iter::once(first.clone()).chain(further).find(is_free).ok_or_else(|| {
        Failure::input(format!("{} has too many keys of this year; choose an id with --key-id", owner.name()))
    })
}
