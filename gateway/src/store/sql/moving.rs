//! Moving a gateway's store from SQLite to PostgreSQL: every table that the schema there has, row by row, in one transaction.
//!
//! Invariants: the source is locked until whoever moves it has verified the copy, and takes no commit after that, also not from a
//! gateway that runs on; the target was empty; it has all of it or nothing. The schema itself says what there is to copy, so that
//! no table and no column is forgotten that a later migration adds.

use std::path::Path;

use super::connection::{Connection, Row};
use super::query::{Query, Value};
use super::{evidence, postgres, sqlite};
use crate::store::{Head, StoreFault};

/// Rows in one step: some hold sealed content.
const STEP: usize = 100;
/// What belongs to one engine, or to the gateways that run on it, alone.
const NOT_MOVED: [&str; 3] = ["_sqlx_migrations", "leases", "divergence"];

/// Why a store was not moved. The source is as it was.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// One of the stores failed.
    #[error("one of the stores failed")]
    Store(#[from] StoreFault),
    /// There is something in the target already.
    #[error("the PostgreSQL database holds a log already: move into an empty one")]
    NotEmpty,
    /// The source has a table or column that the target lacks.
    #[error("{0} has no place in the PostgreSQL database: it is of another version")]
    Unknown(String),
    /// There is no SQLite database, or it has no log.
    #[error("there is no SQLite database with a log in the data folder")]
    NothingThere,
}

/// What was copied. The source is locked until this is dropped, and goes on then as if nothing had been, unless
/// [`Copied::retire`] was called.
#[derive(Debug)]
pub struct Copied {
    /// The head of the log that was copied.
    pub head: Head,
    /// How many rows, in all tables.
    pub rows: u64,
    source: Connection,
    file: sqlite::SqliteFile,
}

impl Copied {
    /// Makes the source refuse every later commit: its log goes on elsewhere.
    pub async fn retire(mut self) -> Result<(), StoreFault> {
        for before in ["INSERT", "UPDATE"] {
            let refuse = format!(
                "CREATE TRIGGER moved_{before} BEFORE {before} ON log_head \
                 BEGIN SELECT RAISE(ABORT, 'this log was moved to PostgreSQL'); END"
            );
            self.source.run(Query::about(refuse)).await?;
        }
        self.source.commit().await?;
        self.file.close().await;
        Ok(())
    }
}

/// A table as PostgreSQL's schema describes it.
struct Table {
    name: String,
    columns: Vec<Column>,
    /// Columns of the primary key, in its order.
    key: Vec<String>,
    /// Whether its rows refer to those of other tables.
    refers: bool,
}

struct Column {
    name: String,
    kind: Kind,
    /// Whether the database numbers it.
    is_numbered: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Int,
    Bytes,
    Text,
}

impl Kind {
    fn read(self, row: &Row, column: &str) -> Result<Value, StoreFault> {
        Ok(match self {
            Self::Int => row.optional_int(column)?.into(),
            Self::Bytes => row.optional_bytes(column)?.into(),
            Self::Text => row.optional_text(column)?.map(str::to_owned).into(),
        })
    }
}

/// Copies the SQLite database at `from` into the PostgreSQL database at `to`, whose schema is up to date. `progress` is told the
/// rows that were copied so far.
pub(super) async fn copy(
    from: &Path,
    to: &str,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Copied, MoveError> {
    if !from.is_file() {
        return Err(MoveError::NothingThere);
    }
    let file = sqlite::SqliteFile::open(from).await?;
    let mut source = file.turn().await?;
    let mut target = postgres::open_to_write(to).await?;
    if evidence::head(&mut target).await?.size > 0 {
        return Err(MoveError::NotEmpty);
    }
    let head = evidence::head(&mut source).await?;
    if head.size == 0 {
        return Err(MoveError::NothingThere);
    }
    let mut tables = tables(&mut target).await?;
    for (table, column) in columns(&mut source).await? {
        let there = tables.iter().find(|there| there.name == table);
        if !there.is_some_and(|there| there.columns.iter().any(|there| there.name == column)) {
            return Err(MoveError::Unknown(format!("{table}.{column}")));
        }
    }
    // A row that refers to another comes after it; no table is referred to that refers itself.
    tables.sort_by_key(|table| table.refers);
    target.run(Query::new("DELETE FROM log_head")).await?;
    let mut rows = 0;
    for table in &tables {
        rows = copy_table(table, &mut source, &mut target, rows, progress).await?;
    }
    go_on_counting(&mut source, &mut target).await?;
    target.commit().await?;
    Ok(Copied {
        head,
        rows,
        source,
        file,
    })
}

async fn copy_table(
    table: &Table,
    source: &mut Connection,
    target: &mut Connection,
    mut copied: u64,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<u64, StoreFault> {
    let named = |names: &mut dyn Iterator<Item = &str>| {
        let quoted: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
        quoted.join(", ")
    };
    let columns = named(&mut table.columns.iter().map(|column| column.name.as_str()));
    let key = named(&mut table.key.iter().map(String::as_str));
    let marks = vec!["?"; table.key.len()].join(", ");
    let name = &table.name;
    let mut after: Option<Vec<Value>> = None;
    loop {
        let place = after
            .as_ref()
            .map_or(String::new(), |_| format!("WHERE ({key}) > ({marks})"));
        let read = format!("SELECT {columns} FROM {name} {place} ORDER BY {key} LIMIT {STEP}");
        let read = after.into_iter().flatten().fold(Query::about(read), Query::bind);
        let page = source.rows(read).await?;
        let Some(last) = page.last() else { break };
        after = Some(table.place(last)?);
        let rows = page
            .iter()
            .map(|row| table.read(row))
            .collect::<Result<Vec<_>, _>>()?;
        copied += rows.len() as u64;
        let write = format!("INSERT INTO {name} ({columns}) ?rows");
        target.run(Query::about(write).rows(rows)).await?;
        progress(copied);
    }
    for column in table.columns.iter().filter(|column| column.is_numbered) {
        let column = &column.name;
        let goes_on = format!(
            "SELECT setval(pg_get_serial_sequence('{name}', '{column}'), max({column})) AS last FROM {name} HAVING count(*) > 0"
        );
        target.rows(Query::about(goes_on)).await?;
    }
    Ok(copied)
}

impl Table {
    fn read(&self, row: &Row) -> Result<Vec<Value>, StoreFault> {
        let columns = self.columns.iter();
        columns
            .map(|column| column.kind.read(row, &column.name))
            .collect()
    }

    /// Where the row stands in the order of the key.
    fn place(&self, row: &Row) -> Result<Vec<Value>, StoreFault> {
        let kind = |name: &String| {
            self.columns
                .iter()
                .find(|column| column.name == *name)
                .map(|column| column.kind)
        };
        let key = self.key.iter();
        key.map(|name| kind(name).ok_or(StoreFault::Column("key"))?.read(row, name))
            .collect()
    }
}

/// Every table of the target, with its columns.
async fn tables(target: &mut Connection) -> Result<Vec<Table>, StoreFault> {
    let every = Query::new(
        "SELECT c.table_name::text AS name, c.column_name::text AS col, c.data_type::text AS kind, \
         (c.is_identity = 'YES')::int::int8 AS numbered, \
         COALESCE(array_position(k.conkey, a.attnum), 0)::int8 AS place, \
         (SELECT count(*) FROM pg_constraint f WHERE f.conrelid = a.attrelid AND f.contype = 'f') AS refers \
         FROM information_schema.columns c \
         JOIN pg_attribute a ON a.attrelid = c.table_name::regclass AND a.attname = c.column_name \
         LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'p' \
         WHERE c.table_schema = current_schema() ORDER BY c.table_name, c.ordinal_position",
    );
    let mut tables: Vec<(Table, Vec<(i64, String)>)> = Vec::new();
    for row in target.rows(every).await? {
        let name = row.text("name")?.to_owned();
        if NOT_MOVED.contains(&name.as_str()) {
            continue;
        }
        if tables.last().is_none_or(|(table, _)| table.name != name) {
            let table = Table {
                name,
                columns: Vec::new(),
                key: Vec::new(),
                refers: row.int("refers")? > 0,
            };
            tables.push((table, Vec::new()));
        }
        let Some((table, key)) = tables.last_mut() else {
            continue;
        };
        let column = row.text("col")?.to_owned();
        if row.int("place")? > 0 {
            key.push((row.int("place")?, column.clone()));
        }
        let kind = match row.text("kind")? {
            "bigint" => Kind::Int,
            "bytea" => Kind::Bytes,
            "text" => Kind::Text,
            _ => return Err(StoreFault::Column("kind")),
        };
        table.columns.push(Column {
            name: column,
            kind,
            is_numbered: row.int("numbered")? == 1,
        });
    }
    let ordered = tables.into_iter().map(|(mut table, mut key)| {
        key.sort();
        table.key = key.into_iter().map(|(_, name)| name).collect();
        table
    });
    Ok(ordered.collect())
}

/// A cursor is never used twice, also one of a notice that is long erased: nodes resume after the last that they heard.
async fn go_on_counting(source: &mut Connection, target: &mut Connection) -> Result<(), StoreFault> {
    let used = Query::new(
        "SELECT max(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'notices'), 0), \
         COALESCE((SELECT max(cursor) FROM heard), 0)) AS last",
    );
    let row = source.row(used).await?.ok_or(StoreFault::Column("last"))?;
    let last = row.int("last")?;
    if last > 0 {
        let goes_on =
            Query::new("SELECT setval(pg_get_serial_sequence('notices', 'cursor'), ?) AS last").bind(last);
        target.rows(goes_on).await?;
    }
    Ok(())
}

/// Every column of every table of the source.
async fn columns(source: &mut Connection) -> Result<Vec<(String, String)>, StoreFault> {
    let every = Query::new(
        "SELECT t.name AS name, c.name AS col FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'",
    );
    let mut found = Vec::new();
    for row in source.rows(every).await? {
        let name = row.text("name")?.to_owned();
        if !NOT_MOVED.contains(&name.as_str()) {
            found.push((name, row.text("col")?.to_owned()));
        }
    }
    Ok(found)
}
