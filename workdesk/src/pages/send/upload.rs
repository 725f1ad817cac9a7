//! Uploading dossiers: one, or many at once.
//!
//! Files are read as they come in, each no further than the node takes them, all of them no further than their number and
//! their size may be; time is theirs as long as something comes ([`crate::door::while_it_moves`]). A
//! file that cannot be read is refused by the node with the element and what to do, and the others go on. A file's own name
//! may be the child's: it is shown to who chose the file, and kept nowhere else.

use askama::Template;
use axum::Extension;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::ids::HandoverId;
use handdruk_look::{Frame, Words};
use handdruk_proto::v1;
use prost::bytes::{Bytes, BytesMut};

use super::drafts::{Drafts, NoRoom, NotRead};
use super::identify::identify;
use super::{may_send_anything, sent};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::door::Stalled;
use crate::page::{Answer, page};
use crate::problem::Problem;

/// The largest file, as the node takes it.
pub(super) const FILE_BYTES: usize = 20_000_000;
/// The largest upload, all files and what stands between them.
pub(super) const ALL_BYTES: usize = 64_000_000;
/// As many files as one upload holds: more than a supervisor's group has pupils.
const MOST_FILES: usize = 100;

#[derive(Template)]
#[template(path = "send-new.html")]
struct New {
    frame: Frame,
    words: Words,
    drafts: usize,
    /// The handover that nobody took over, in place of which this one goes.
    again: String,
}

/// The form.
pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    RawQuery(query): RawQuery,
) -> Answer {
    may_send_anything(&colleague)?;
    // From a handover that came in: there is no file, so the form begins from it.
    let begins = |query: &&String| query.split('&').any(|part| part.starts_with("handover="));
    if let Some(query) = query.as_ref().filter(begins) {
        return Ok(Redirect::to(&format!("/send/blank?{query}")).into_response());
    }
    let again = query.as_deref().and_then(|query| query.strip_prefix("again="));
    let again = again
        .filter(|again| again.parse::<HandoverId>().is_ok())
        .unwrap_or_default()
        .to_owned();
    let words = colleague.words();
    page(&New {
        frame: colleague.frame(words.say("send-new-title")),
        words,
        again,
        drafts: drafts.of(colleague.reference.as_str(), desk.now()).len(),
    })
}

/// Reads the files, makes a draft of each that the node can read, and remembers why the others could not be.
pub(super) async fn take(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    mut form: Multipart,
) -> Answer {
    may_send_anything(&colleague)?;
    let owner = colleague.reference.as_str();
    let mut refused = Vec::new();
    let mut made = Vec::new();
    let mut again = String::new();
    let mut files = 0;
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => {
                refused.push(NotRead::of(String::new(), broken(&error)?, ""));
                break;
            }
        };
        files += 1;
        // The field beside the files counts as one as well.
        if files > MOST_FILES + 1 {
            refused.push(NotRead::of(String::new(), "TOO_MANY_FILES", ""));
            break;
        }
        match field.name() {
            Some("again") => {
                again = short(field).await?;
                continue;
            }
            Some("dossiers") => {}
            _ => return Err(Problem::Malformed),
        }
        let file = field.file_name().unwrap_or_default().chars().take(120).collect();
        let bytes = match whole(field).await {
            Ok(Some(bytes)) if bytes.is_empty() && String::is_empty(&file) => continue,
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                refused.push(NotRead::of(file, "TOO_LARGE", LARGER));
                continue;
            }
            Err(error) => {
                refused.push(NotRead::of(file, broken(&error)?, ""));
                break;
            }
        };
        match identify(&desk, &colleague, bytes).await? {
            Err(reason) => refused.push(NotRead { file, reason }),
            Ok(mut draft) => {
                if !again.is_empty() {
                    sent::replace(&desk, &colleague, &mut draft, &again).await?;
                }
                let id = draft.id;
                match drafts.add(draft, desk.now()) {
                    Ok(()) => made.push(id),
                    Err(NoRoom) => refused.push(NotRead::of(file, "NO_ROOM", "")),
                }
            }
        }
    }
    let alone = refused.is_empty() && made.len() == 1;
    drafts.remember(owner, refused, desk.now());
    let to = match made.first() {
        Some(id) if alone => format!("/send/drafts/{id}"),
        _ => "/send/drafts".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}

/// What the node says of a file that is too large; here it is not even read to its end.
const LARGER: &str = "the file is larger than 20 MB: export the dossier without attachments";

/// All bytes of a file; none where it is larger than the node takes. The rest of it is read past, so that the next file can
/// be.
async fn whole(mut field: Field<'_>) -> Result<Option<Bytes>, MultipartError> {
    let mut bytes = BytesMut::new();
    let mut fits = true;
    while let Some(chunk) = field.chunk().await? {
        fits = fits && bytes.len() + chunk.len() <= FILE_BYTES;
        if fits {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = BytesMut::new();
        }
    }
    Ok(fits.then(|| bytes.freeze()))
}

/// A field that holds an id or nothing.
async fn short(mut field: Field<'_>) -> Result<String, Problem> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| Problem::Malformed)? {
        text.extend_from_slice(&chunk);
        if text.len() > 64 {
            return Err(Problem::Malformed);
        }
    }
    String::from_utf8(text).map_err(|_| Problem::Malformed)
}

/// Why an upload broke off: too large as a whole, or nothing came any more; an error where it is not a form of ours.
fn broken(error: &MultipartError) -> Result<&'static str, Problem> {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Ok("UPLOAD_TOO_LARGE");
    }
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<Stalled>() {
            return Ok("UPLOAD_STALLED");
        }
        cause = error.source();
    }
    Err(Problem::Malformed)
}

impl NotRead {
    fn of(file: String, reason: &str, about: &str) -> Self {
        Self {
            file,
            reason: v1::BlockedReason {
                reason: reason.to_owned(),
                about: about.to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, header};

    use super::*;
    use crate::harness::House;
    use crate::people::{Described, Role, Scope};

    /// An upload of this many fields in which no file was chosen, and then this one.
    fn upload(empty: usize, last: &str) -> String {
        let part = |value: &str| {
            format!(
                "--x\r\nContent-Disposition: form-data; name=\"dossiers\"; filename=\"\"\r\n\r\n{value}\r\n"
            )
        };
        format!("{}{}--x--\r\n", part("").repeat(empty), part(last))
    }

    #[tokio::test]
    async fn more_files_and_more_bytes_than_an_upload_holds_are_refused_by_name() {
        let house = House::open().await;
        let said = Described {
            name: "Ilse Boonstra".to_owned(),
            roles: [Role::Supervisor].into(),
            scope: Scope::Everything,
        };
        let reference = "ib-1".parse().expect("a reference");
        let code = house
            .desk
            .people()
            .add(None, reference, said)
            .await
            .expect("added");
        let second = house.enrol("ib-1", &code).await;
        let session = house.log_in("ib-1", &second).await;
        for (body, expected) in [
            (upload(MOST_FILES, ""), None),
            (upload(MOST_FILES + 1, ""), Some("TOO_MANY_FILES")),
            (upload(0, &"x".repeat(FILE_BYTES + 1)), Some("TOO_LARGE")),
            (upload(0, &"x".repeat(ALL_BYTES)), Some("UPLOAD_TOO_LARGE")),
        ] {
            let request = Request::post("/send/upload")
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
                .header(header::COOKIE, &session);
            let answer = house.ask(request, Body::from(body)).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{expected:?}");
            let refused = house.desk.drafts().not_read("ib-1", house.now());
            let reasons: Vec<&str> = refused.iter().map(|one| one.reason.reason.as_str()).collect();
            assert_eq!(reasons, Vec::from_iter(expected));
        }
    }
}
