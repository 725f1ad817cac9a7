//! Script and style, as they are in this program: under addresses that change whenever the content does.
//!
//! Invariant: what is served is what is listed. The list (path and SHA-256 of every file, in the form of `sha256sum`) is
//! public at `/.well-known/handdruk-script`; its own SHA-256 is part of every script's address, so that a page names
//! exactly one list, modules find each other beside them, and all of it may be cached for ever.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use handdruk_domain::digest::Digest;

/// The address does not change for as long as the content does not.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Smaller than this, compressing gains nothing.
const WORTH_COMPRESSING: usize = 512;

/// A file that pages refer to.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it is, without the slash before it: `script/pages/words-nl.json` among the script, or a path of its own that
    /// changes with its content (`look/look-3f2a90c1d5b7.css`).
    pub path: String,
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
}

/// One file. Compressed when first asked for, once.
#[derive(Debug)]
struct Asset {
    kind: HeaderValue,
    plain: Bytes,
    gzip: OnceLock<Option<Bytes>>,
    brotli: OnceLock<Option<Bytes>>,
}

/// Every file that pages refer to.
#[derive(Debug)]
pub struct Assets {
    files: BTreeMap<String, Asset>,
    list: String,
    digest: Digest,
}

impl Assets {
    /// The script of a program (path below `script/`, and bytes), the style that all pages share, and whatever else its
    /// pages refer to.
    pub fn new(script: &[(&str, &'static [u8])], more: Vec<File>) -> Self {
        let script = script.iter().map(|(path, bytes)| File {
            path: format!("script/{path}"),
            bytes: Cow::Borrowed(*bytes),
        });
        let look = handdruk_look::assets().iter().map(|asset| File {
            path: asset.path.trim_start_matches('/').to_owned(),
            bytes: Cow::Borrowed(asset.bytes),
        });
        let mut files = BTreeMap::new();
        for File { path, bytes } in script.chain(look).chain(more) {
            files.insert(path, bytes);
        }
        let list = files.iter().fold(String::new(), |mut list, (path, bytes)| {
            let digest = HEXLOWER.encode(Digest::of(bytes).as_bytes());
            // Writing into a string cannot fail.
            let _ = writeln!(list, "{digest}  {path}");
            list
        });
        let ready = |(path, bytes): (String, Cow<'static, [u8]>)| {
            let asset = Asset::new(&path, bytes);
            (path, asset)
        };
        Self {
            digest: Digest::of(list.as_bytes()),
            files: files.into_iter().map(ready).collect(),
            list,
        }
    }

    /// Where the script is: `/script/<digest of the list>`.
    pub fn base(&self) -> String {
        format!("/script/{}", self.digest)
    }

    /// SHA-256 of [`Assets::list`].
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// A line per file: its SHA-256 in hexadecimal, two spaces, its path. What `sha256sum --check` reads.
    pub fn list(&self) -> &str {
        &self.list
    }

    /// Every path, as in the list.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Answers a request for a script under the list with this digest.
    pub fn script(&self, digest: &str, path: &str, headers: &HeaderMap) -> Response {
        if digest == self.digest.to_string() {
            self.file(&format!("script/{path}"), headers)
        } else {
            // A page of another version: it must load again.
            StatusCode::NOT_FOUND.into_response()
        }
    }

    /// Answers a request for a file by its path in the list.
    pub fn file(&self, path: &str, headers: &HeaderMap) -> Response {
        let Some(asset) = self.files.get(path) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let packed = match () {
            () if accepts(headers, "br") => asset.brotli().map(|bytes| (bytes, "br")),
            () if accepts(headers, "gzip") => asset.gzip().map(|bytes| (bytes, "gzip")),
            () => None,
        };
        let (body, coding) = packed.map_or((&asset.plain, None), |(bytes, coding)| (bytes, Some(coding)));
        let mut response = body.clone().into_response();
        let answer = response.headers_mut();
        answer.insert(header::CONTENT_TYPE, asset.kind.clone());
        answer.insert(header::CACHE_CONTROL, FOR_EVER);
        answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(coding) = coding {
            answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    }
}

impl Asset {
    fn new(path: &str, bytes: Cow<'static, [u8]>) -> Self {
        Self {
            kind: kind_of(path),
            plain: match bytes {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            },
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }
    }

    fn gzip(&self) -> Option<&Bytes> {
        self.gzip.get_or_init(|| self.packed(gzip)).as_ref()
    }

    fn brotli(&self) -> Option<&Bytes> {
        self.brotli.get_or_init(|| self.packed(brotli)).as_ref()
    }

    fn packed(&self, pack: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Bytes> {
        let packed = (self.plain.len() >= WORTH_COMPRESSING)
            .then(|| pack(&self.plain))
            .flatten()?;
        (packed.len() < self.plain.len()).then(|| Bytes::from(packed))
    }
}

fn kind_of(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit_once('.').map(|(_, kind)| kind) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    })
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn brotli(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packed = Vec::new();
    // Quality 9 of 11: a tenth of the time for a few bytes more. A window of 4 MiB, as browsers accept it.
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 9,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters).ok()?;
    Some(packed)
}

/// Whether the browser accepts a coding (RFC 9110 section 12.5.3). One with weight 0 is refused; other weights do not
/// matter here: the smaller answer is the better one.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offer| {
            let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
            let refused = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|weight| weight.trim().parse::<f32>().ok())
                .is_some_and(|weight| weight <= 0.0);
            name.trim().eq_ignore_ascii_case(coding) && !refused
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets(first: &'static str) -> Assets {
        let file = |path: &str, bytes: &'static str| File {
            path: path.to_owned(),
            bytes: Cow::Borrowed(bytes.as_bytes()),
        };
        let long = "const a = 1;".repeat(500);
        let long = File {
            path: "script/test/long.js".to_owned(),
            bytes: Cow::Owned(long.into_bytes()),
        };
        Assets::new(&[], vec![file("look/test.css", first), long])
    }

    #[test]
    fn the_list_is_what_is_served_and_names_its_own_address() {
        let one = assets("a{}");
        let listed = one
            .list()
            .lines()
            .find(|line| line.ends_with("  look/test.css"))
            .expect("listed");
        let expected = HEXLOWER.encode(Digest::of(b"a{}").as_bytes());
        assert_eq!(listed, format!("{expected}  look/test.css"));
        assert_eq!(
            one.base(),
            format!("/script/{}", Digest::of(one.list().as_bytes()))
        );
        assert_ne!(
            assets("b{}").base(),
            one.base(),
            "one changed file changes the script's address"
        );
    }

    #[test]
    fn a_file_is_served_as_what_it_is_and_a_script_only_under_its_own_list() {
        let assets = assets("a{}");
        let digest = assets.digest().to_string();
        let mut headers = HeaderMap::new();
        let plain = assets.file("look/test.css", &headers);
        assert_eq!(plain.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert_eq!(plain.headers()[header::CACHE_CONTROL], FOR_EVER);
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        for (digest, path) in [
            ("x", "test/long.js"),
            (&digest, "test/none.js"),
            (&digest, "../look/test.css"),
        ] {
            assert_eq!(
                assets.script(digest, path, &headers).status(),
                StatusCode::NOT_FOUND
            );
        }
        for (offer, coding) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip;q=0.5", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("identity", None),
        ] {
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(offer));
            let answer = assets.script(&digest, "test/long.js", &headers);
            assert_eq!(answer.status(), StatusCode::OK);
            let given = answer
                .headers()
                .get(header::CONTENT_ENCODING)
                .map(|c| c.to_str().expect("text"));
            assert_eq!(given, coding, "{offer}");
        }
    }
}
