//! `rampdesk encode` and `rampdesk decode`.

use std::path::PathBuf;

use crate::dispatch::SignedDispatch;
use crate::openadr::text::{decode_text, encode_text};
use crate::openadr::version::Version;

use crate::profile::kind::FileKind;

use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct EncodeArguments {
    /// The signed dispatch document; - for standard input
    file: PathBuf,
    /// The version of OpenADR: 3.1 or 3.0
    #[arg(long, default_value = "3.1")]
    openadr: Version,
}

#[derive(clap::Args)]
pub struct DecodeArguments {
    /// The OpenADR event; - for standard input
    file: PathBuf,
}

pub fn encode(arguments: &EncodeArguments) -> Done {
    let (dispatch, signature) = input::dispatch(&arguments.file)?;
    let signature = signature.ok_or_else(|| {
        Failure::input(format!("{}: is not signed; `rampdesk sign` first", arguments.file.display()))
    })?;
    output::print(encode_text(&SignedDispatch { dispatch, signature }, arguments.openadr) + "\n")
}

pub fn decode(arguments: &DecodeArguments) -> Done {
    let file = &arguments.file;
    let text = input::text(file)?;
    let read = decode_text(&text).map_err(|problems| input::named(file, &problems));
    let signed = input::expect(file, &text, FileKind::Event, read)?;
    output::print(signed.to_json() + "\n")
}
