//! The two cookies of a site: who is logged in, and in which language pages are read.
//!
//! Invariant: both carry the prefix `__Host-`, so that browsers take them only from this host, over https (or on this
//! machine), for every path; script cannot read either.

use axum::http::{HeaderMap, HeaderValue, header};
use handdruk_look::Language;

use crate::session::SessionId;

const LANGUAGE: &str = "__Host-language";

/// A site's cookie for its sessions, by name, such as `__Host-handdruk`.
#[derive(Debug, Clone, Copy)]
pub struct SessionCookie(pub &'static str);

impl SessionCookie {
    /// The session's id as the browser shows it, in force or not.
    pub fn shown(self, headers: &HeaderMap) -> Option<SessionId> {
        value(headers, self.0).and_then(SessionId::parse)
    }

    /// Begins the session in the browser, until it is closed.
    pub fn begin(self, id: &SessionId) -> HeaderValue {
        let (name, value) = (self.0, id.encode());
        let mut cookie = set(&format!(
            "{name}={}; Path=/; Secure; HttpOnly; SameSite=Strict",
            &*value
        ));
        cookie.set_sensitive(true);
        cookie
    }

    /// Ends the session in the browser.
    pub fn end(self) -> HeaderValue {
        set(&format!(
            "{}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
            self.0
        ))
    }
}

/// The value of a cookie; none where it is missing or there are two of the name.
fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(known, _)| *known == name);
    let first = found.next()?;
    found.next().is_none().then_some(first.1)
}

fn set(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("our own cookies are visible ASCII")
}

/// Remembers the language that was chosen, for a year.
pub fn language(chosen: Language) -> HeaderValue {
    set(&format!(
        "{LANGUAGE}={chosen}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000"
    ))
}

/// The language that was chosen before.
pub fn chosen_language(headers: &HeaderMap) -> Option<Language> {
    value(headers, LANGUAGE).and_then(Language::from_code)
}

/// The language that was chosen before, or that the browser asks for.
pub fn language_of(headers: &HeaderMap) -> Language {
    chosen_language(headers).unwrap_or_else(|| {
        let asked = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Language::from_accept_language(asked.unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "__Host-handdruk";

    fn headers(cookies: &[&'static str]) -> HeaderMap {
        let cookies = cookies
            .iter()
            .map(|cookie| (header::COOKIE, HeaderValue::from_static(cookie)));
        cookies.collect()
    }

    #[test]
    fn a_cookie_is_found_and_two_of_one_name_are_none() {
        assert_eq!(
            value(&headers(&["a=1; __Host-handdruk=x; b=2"]), SESSION),
            Some("x")
        );
        assert_eq!(value(&headers(&["a=1", "__Host-handdruk=x"]), SESSION), Some("x"));
        assert_eq!(value(&headers(&["handdruk=x"]), SESSION), None);
        assert_eq!(
            value(&headers(&["__Host-handdruk=x; __Host-handdruk=y"]), SESSION),
            None
        );
        assert_eq!(
            value(&headers(&["__Host-handdruk=x", "__Host-handdruk=x"]), SESSION),
            None
        );
    }

    #[test]
    fn the_chosen_language_comes_before_the_browsers() {
        let mut asked = headers(&["__Host-language=tr"]);
        asked.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("ar"));
        assert_eq!(language_of(&asked), Language::Tr);
        asked.insert(header::COOKIE, HeaderValue::from_static("__Host-language=xx"));
        assert_eq!(language_of(&asked), Language::Ar);
    }
}
