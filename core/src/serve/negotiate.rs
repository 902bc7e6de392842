//! Picks the format of a picture for a client.

use super::accept::{Accepted, MEDIA, medium};
use crate::error::{Error, ErrorKind, Result};
use crate::formats;
use crate::picture::format::Format;
use crate::picture::image::Layout;
use crate::recipe::options::table::Options;
use crate::recipe::options::{Encode, Facts, Negotiate};

/// The answer to a client.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Negotiated {
    /// The format to send.
    pub format: Format,
    /// The value for a `Vary` header.
    pub vary: String,
    /// A few letters that stand for all that counts of the client, for cache keys: clients with the same token are given
    /// the same answer. At most a few hundred there are.
    pub token: String,
    /// The quality to encode with, where one was said or is to be lowered.
    pub quality: Option<u8>,
    /// The factor for widths and heights: 1, 1.5, 2, 3 or 4.
    pub dpr: f64,
    /// A format to try losslessly as well, to send the smaller file; for lossless sources.
    pub lossless: Option<Format>,
}

/// Picks the format of a picture for a client.
///
/// The format with the highest weight is taken, of several the first in the caller's order. `*/*` and `image/*` stand for no
/// format that is newer than those that the client names. Pure: reads nothing, and takes time that is linear in the header.
///
/// # Errors
/// `invalid_option` for options out of their range and for no formats at all, `unsupported` for a format that this build
/// does not write, or where none has sides as long as the picture's; `not_acceptable` where the client accepts none, and
/// the caller is [`strict`](Negotiate#structfield.strict).
pub fn negotiate(client: impl Into<Negotiate>, facts: &Facts) -> Result<Negotiated> {
    negotiated(&client.into(), facts)
}

/// A format that may be sent.
struct Candidate {
    encode: Encode,
    medium: usize,
    /// In thousandths.
    weight: u16,
    /// Whether the client names it, to refuse it.
    refused: bool,
    /// Whether nothing of the picture is lost but by its compression.
    holds: bool,
}

pub(crate) fn negotiated(client: &Negotiate, facts: &Facts) -> Result<Negotiated> {
    client.check("negotiate")?;
    let accepted = accepted(client.accept.as_deref().unwrap_or_default())?;
    let mut candidates = candidates(client, facts, &accepted)?;
    // The sort is stable: the order of the caller counts where weights are the same.
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.weight));
    let token = token(client, &candidates);
    candidates.retain(|candidate| is_drawable(candidate.encode, facts));
    let Some(last_resort) = last_resort(&candidates) else {
        return Err(Error::unsupported(format!(
            "none of the formats has sides of {}",
            sides(facts)
        )));
    };
    let acceptable = || candidates.iter().filter(|candidate| candidate.weight > 0);
    let moving = acceptable().find(|it| facts.animated && it.holds && MEDIA[it.medium].moves);
    let picked = match moving.or_else(|| acceptable().find(|candidate| candidate.holds)) {
        Some(candidate) => candidate,
        None if client.strict => {
            let names: Vec<_> = client.formats.iter().map(|format| format.name()).collect();
            let text = format!("the client accepts none of {}", names.join(", "));
            return Err(Error::new(ErrorKind::NotAcceptable, text));
        }
        None => last_resort,
    };
    let lossless = acceptable().filter(|it| facts.lossless && it.weight >= picked.weight);
    let lossless = lossless.map(|it| it.encode).find_map(Encode::losslessly);
    Ok(Negotiated {
        format: picked.encode.format(),
        vary: vary(client),
        token,
        quality: quality(client, picked.encode),
        dpr: factor(client.dpr),
        lossless: lossless.map(Encode::format),
    })
}

/// A client by its header, or by the token of one.
fn accepted(header: &str) -> Result<Accepted> {
    let Some(token) = header.strip_prefix(TOKEN) else {
        return Ok(Accepted::parse(header));
    };
    let letters = token.split('-').next().unwrap_or_default();
    Accepted::of_letters(letters)
        .ok_or_else(|| Error::invalid_option(format!("no client has the token {token:?}")))
}

/// Begins a header that an edge has read already, and made a token of. No header of a client begins so: it is no range.
const TOKEN: &str = "token:";

fn candidates(client: &Negotiate, facts: &Facts, accepted: &Accepted) -> Result<Vec<Candidate>> {
    if client.formats.is_empty() {
        return Err(Error::invalid_option("negotiate formats: expected 1 or more, found none"));
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for format in &client.formats {
        let encode: Encode = format.name().parse()?;
        let medium = medium(format.name())
            .ok_or_else(|| Error::internal(format!("no client names {format}")))?;
        let has_alpha = formats::writer(&encode).layout(Layout::Rgba).has_alpha();
        let holds = !facts.alpha || has_alpha || client.background.is_some();
        if candidates.iter().all(|candidate| candidate.medium != medium) {
            let (weight, refused) = (accepted.weight(medium), accepted.refuses(medium));
            candidates.push(Candidate { encode, medium, weight, refused, holds });
        }
    }
    Ok(candidates)
}

/// The oldest format that the client does not refuse, one that holds the picture before one that does not.
fn last_resort(candidates: &[Candidate]) -> Option<&Candidate> {
    candidates.iter().min_by_key(|it| (it.refused, MEDIA[it.medium].age, !it.holds))
}

/// Whether the format can say sides as long as these.
fn is_drawable(encode: Encode, facts: &Facts) -> bool {
    let most = formats::writer(&encode).max_side();
    [facts.width, facts.height].into_iter().flatten().all(|side| side <= most)
}

fn sides(facts: &Facts) -> String {
    let side = |side: Option<u32>| side.map_or_else(|| "any".to_owned(), |side| side.to_string());
    format!("{}x{}", side(facts.width), side(facts.height))
}

/// The headers that the answer depends on.
fn vary(client: &Negotiate) -> String {
    let mut headers = vec!["Accept"];
    headers.extend(client.save_data.map(|_| "Save-Data"));
    headers.extend(client.dpr.iter().flat_map(|_| ["DPR", "Sec-CH-DPR"]));
    headers.join(", ")
}

/// The letters of the formats that the client accepts, the best first; and its hints.
fn token(client: &Negotiate, candidates: &[Candidate]) -> String {
    let accepted = candidates.iter().filter(|candidate| candidate.weight > 0);
    let mut token: String = accepted.map(|candidate| MEDIA[candidate.medium].letter).collect();
    if client.save_data == Some(true) {
        token += "-s";
    }
    if client.dpr.is_some() {
        token += &format!("-{}x", factor(client.dpr));
    }
    token
}

/// The quality that was said, or three quarters of it for a client that saves data.
fn quality(client: &Negotiate, encode: Encode) -> Option<u8> {
    match (client.save_data, client.quality) {
        (Some(true), said) => {
            let said = said.or_else(|| encode.quality())?;
            Some((said - said / 4).max(1))
        }
        (_, said) => said,
    }
}

/// The next of a few steps, so that few variants of a picture exist.
pub(crate) fn factor(ratio: Option<f64>) -> f64 {
    let ratio = ratio.unwrap_or(1.0);
    [1.0, 1.5, 2.0, 3.0].into_iter().find(|step| ratio <= *step).unwrap_or(4.0)
}
