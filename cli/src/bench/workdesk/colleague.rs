//! An intake worker at the workdesk, in a browser: comes in with password and second factor, looks, gives.

use anyhow::Context;
use handdruk_domain::clock::Clock as _;
use handdruk_service::SystemClock;

use super::super::browser::{Browser, Site};
use crate::federation::desks::{Login, PASSWORD};

const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody with a session, over a connection of their own.
pub(super) struct Colleague {
    site: Site,
    browser: Browser,
    cookie: String,
}

impl Colleague {
    /// Comes in.
    pub(super) async fn log_in(site: &Site, login: &Login) -> anyhow::Result<Self> {
        let body = format!(
            "reference={}&password={}&code={}",
            login.reference,
            PASSWORD.replace(' ', "+"),
            login.second.code(SystemClock.now())
        );
        let mut browser = Browser::connect(site).await?;
        let head = browser.head(&site.post("/login", FORM, "", &body), "303").await?;
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        Ok(Self {
            site: site.clone(),
            browser,
            cookie: format!("cookie: {}\r\n", cookie.context("no cookie")?),
        })
    }

    /// The header that says whose session it is, with its end.
    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }

    async fn page(&mut self, path: &str) -> anyhow::Result<String> {
        let body = self.browser.ask(&self.site.get(path, &self.cookie)).await?;
        Ok(String::from_utf8(body.to_vec())?)
    }

    /// What the day begins with.
    pub(super) async fn overview(&mut self) -> anyhow::Result<Overview> {
        Ok(Overview::of(&self.page("/").await?))
    }

    /// Gives at most so many of what nobody has to a colleague, as one page shows it; how many it were.
    pub(super) async fn give(&mut self, to: &str, most: usize) -> anyhow::Result<usize> {
        let page = self.page("/overview/new").await?;
        let picks: Vec<&str> = values(&page, "name=\"pick\" value=\"", "\"").take(most).collect();
        anyhow::ensure!(!picks.is_empty(), "nothing is left to give");
        let mut body = format!("to={to}&back=/overview/new");
        for pick in &picks {
            body.push_str("&pick=");
            body.push_str(pick);
        }
        let wanted = self.site.post("/overview/assign", FORM, &self.cookie, &body);
        let head = self.browser.head(&wanted, "303").await?;
        let said = format!("assigned={}", picks.len());
        anyhow::ensure!(head.contains(&said), "not given: {head}");
        Ok(picks.len())
    }
}

/// What an overview says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Overview {
    counts: Vec<usize>,
    lines: usize,
    bytes: usize,
}

impl Overview {
    fn of(page: &str) -> Self {
        let counts = values(page, "<span class=\"look-count\">", "<");
        Self {
            counts: counts.filter_map(|count| count.parse().ok()).collect(),
            lines: page.matches("<li class=\"look-row").count(),
            bytes: page.len(),
        }
    }

    /// How many handovers it knows of, shown or not.
    pub(super) fn count(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How many it shows.
    pub(super) const fn lines(&self) -> usize {
        self.lines
    }

    /// How long it is, not packed.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Late, the reader's own, new, colleagues': something stands in each, and nothing is missing.
    pub(super) fn ensure_whole(&self, handovers: usize) -> anyhow::Result<()> {
        let is_whole = self.count() == handovers && self.counts.len() == 4 && !self.counts.contains(&0);
        anyhow::ensure!(
            is_whole,
            "the overview of {handovers} handovers says {:?}",
            self.counts
        );
        Ok(())
    }
}

/// What stands between `begin` and `end`, each time.
fn values<'a>(page: &'a str, begin: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    page.split(begin)
        .skip(1)
        .filter_map(move |rest| rest.split(end).next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overview_is_whole_when_nothing_is_missing_in_it() {
        let part = |count, rows| {
            let row = "<li class=\"look-row look-row--late\">";
            format!(
                "<h2>Deel <span class=\"look-count\">{count}</span></h2>{}",
                row.repeat(rows)
            )
        };
        let page = [part(2, 2), part(3, 1), part(4, 0), part(1, 1)].concat();
        let overview = Overview::of(&page);
        assert_eq!((overview.count(), overview.lines()), (10, 4));
        assert!(overview.ensure_whole(10).is_ok());
        assert!(overview.ensure_whole(11).is_err());
        let without_late = [part(0, 0), part(3, 1), part(4, 0), part(3, 1)].concat();
        assert!(Overview::of(&without_late).ensure_whole(10).is_err());
    }
}
