//! `rampdesk encode` and `rampdesk decode`.

use std::path::PathBuf;

use crate::dispatch::SignedDispatch;
use crate::openadr::text::{decode_text, encode_text};
use crate::openadr::version::Version;

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
    let shown = arguments.file.display();
    let signed = decode_text(&input::text(&arguments.file)?)
        .map_err(|problems| Failure::inputs(problems.iter().map(|p| format!("{shown}: {p}"))))?;
    output::print(signed.to_json() + "\n")
}
