//! Which handovers to us seem to be about one child. Two are compared by a blind index over name and date of birth, so that
//! nothing that says who a child is stands in the database.

use handdruk_content::category::Identity;
use handdruk_domain::ids::HandoverId;
use sqlx::Row;

use super::{InboxContent, Snapshot, StoreError, Tx, id};

const LIKENESS: &str = "likeness";

/// What is compared: first name, surname without its prefix, date of birth; without case and whatever is no letter or digit.
fn compared(identity: &Identity) -> String {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let given = identity.first_names.as_ref();
    let first = given.and_then(|names| names.as_str().split(' ').next());
    let surname = letters(identity.surname.as_str());
    format!(
        "{} {surname} {}",
        letters(first.unwrap_or_default()),
        identity.date_of_birth
    )
}

impl Snapshot {
    /// Handovers whose content is kept and that seem to be about one child, in groups of two or more.
    pub(crate) async fn alike(&mut self) -> Result<Vec<Vec<HandoverId>>, StoreError> {
        let rows = sqlx::query(
            "SELECT name_index, handover FROM likeness WHERE name_index IN \
             (SELECT name_index FROM likeness GROUP BY name_index HAVING COUNT(*) > 1) \
             ORDER BY name_index, handover",
        )
        .fetch_all(self.connection())
        .await?;
        let mut groups: Vec<(Vec<u8>, Vec<HandoverId>)> = Vec::new();
        for row in &rows {
            let index: Vec<u8> = row.try_get("name_index")?;
            let handover = id(row.try_get("handover")?, LIKENESS, HandoverId::from_bytes)?;
            match groups.last_mut().filter(|(last, _)| *last == index) {
                Some((_, group)) => group.push(handover),
                None => groups.push((index, vec![handover])),
            }
        }
        Ok(groups.into_iter().map(|(_, group)| group).collect())
    }
}

impl Tx {
    /// Remembers whom content is about, if it says so. Part of storing it.
    pub(super) async fn put_likeness(
        &mut self,
        handover: HandoverId,
        content: &InboxContent,
    ) -> Result<(), StoreError> {
        let Some(identity) = content.identity() else {
            // A part that was taken back is gone from here as well.
            sqlx::query("DELETE FROM likeness WHERE handover = ?")
                .bind(handover.as_bytes().as_slice())
                .execute(self.connection())
                .await?;
            return Ok(());
        };
        let index = self.cipher.index("child", &[], &compared(&identity));
        sqlx::query(
            "INSERT INTO likeness (handover, name_index) VALUES (?, ?) \
             ON CONFLICT (handover) DO UPDATE SET name_index = excluded.name_index",
        )
        .bind(handover.as_bytes().as_slice())
        .bind(index.to_vec())
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(first: &str, surname: &str, birth: &str) -> Identity {
        let json = serde_json::json!({ "first_names": first, "surname": surname, "date_of_birth": birth });
        serde_json::from_value(json).expect("an identity")
    }

    #[test]
    fn one_child_is_alike_however_it_is_written() {
        let noor = compared(&identity("Noor Elif", "Bakker-Aydin", "2016-03-04"));
        assert_eq!(noor, compared(&identity("NOOR", "Bakker Aydin", "2016-03-04")));
        for other in [
            identity("Nora", "Bakker-Aydin", "2016-03-04"),
            identity("Noor", "Aydin", "2016-03-04"),
            identity("Noor", "Bakker-Aydin", "2016-03-05"),
        ] {
            assert_ne!(noor, compared(&other));
        }
    }
}
