//! The durable outbox: what must still be done with the gateway, in lanes. At least once; each task carries the request
//! id that makes the gateway take it once.

use std::collections::HashSet;

use data_encoding::HEXUPPER;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Cell, Snapshot, StoreError, Tx, id, millis, one_row};
use crate::task::Task;

/// A task that is due.
#[derive(Debug)]
pub(crate) struct TaskRow {
    /// Its number.
    pub(crate) id: i64,
    /// Its lane: a child of ours, a handover to us, or ourselves.
    pub(crate) lane: Vec<u8>,
    /// How often it was tried.
    pub(crate) attempts: u32,
    /// What to do.
    pub(crate) task: Task,
}

impl Snapshot {
    /// The first task of every lane that is due at `now` and not in `busy`, oldest first, at most `limit`: each is opened, so
    /// that one that cannot run yet would be opened in vain.
    pub(crate) async fn due_tasks(
        &mut self,
        now: Timestamp,
        busy: &HashSet<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let busy: Vec<_> = busy.iter().map(|lane| HEXUPPER.encode(lane)).collect();
        let busy = serde_json::to_string(&busy).expect("a list of words");
        let rows = sqlx::query(
            "SELECT t.id, t.lane, t.attempts, t.sealed FROM task t WHERE t.due_at <= ? \
             AND hex(t.lane) NOT IN (SELECT value FROM json_each(?)) AND NOT EXISTS \
             (SELECT 1 FROM task e WHERE e.lane = t.lane AND (e.urgent > t.urgent OR (e.urgent = t.urgent AND e.id < t.id))) \
             ORDER BY t.id LIMIT ?",
        )
        .bind(millis(now))
        .bind(busy)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let lane: Vec<u8> = row.try_get("lane")?;
                Ok(TaskRow {
                    id: row.try_get("id")?,
                    attempts: row.try_get("attempts")?,
                    task: self.open_json(
                        Cell {
                            table: "task",
                            row: &lane,
                        },
                        row.try_get("sealed")?,
                    )?,
                    lane,
                })
            })
            .collect()
    }

    /// The tasks that wait in a lane, in order.
    pub(crate) async fn lane(&mut self, lane: &[u8]) -> Result<Vec<(i64, Task)>, StoreError> {
        let rows = sqlx::query("SELECT id, sealed FROM task WHERE lane = ? ORDER BY urgent DESC, id")
            .bind(lane)
            .fetch_all(self.connection())
            .await?;
        self.opened(lane, &rows)
    }

    /// What waits in a lane behind its first task, which may be running. (Something urgent may be running as well; then the
    /// first only waits, and is left out here without harm.)
    pub(crate) async fn behind_the_first(&mut self, lane: &[u8]) -> Result<Vec<(i64, Task)>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, sealed FROM task WHERE lane = ?1 AND urgent = 0 \
             AND id > (SELECT MIN(id) FROM task WHERE lane = ?1 AND urgent = 0) ORDER BY id",
        )
        .bind(lane)
        .fetch_all(self.connection())
        .await?;
        self.opened(lane, &rows)
    }

    /// Tasks of a lane, with their numbers.
    fn opened(&self, lane: &[u8], rows: &[SqliteRow]) -> Result<Vec<(i64, Task)>, StoreError> {
        let cell = Cell {
            table: "task",
            row: lane,
        };
        rows.iter()
            .map(|row| Ok((row.try_get("id")?, self.open_json(cell, row.try_get("sealed")?)?)))
            .collect()
    }

    /// The handovers for which nothing is sealed until a task is finished.
    pub(crate) async fn held_by(&mut self, task: i64) -> Result<Vec<HandoverId>, StoreError> {
        let rows = sqlx::query("SELECT handover FROM hold WHERE task = ?")
            .bind(task)
            .fetch_all(self.connection())
            .await?;
        rows.iter()
            .map(|row| id(row.try_get("handover")?, "hold", HandoverId::from_bytes))
            .collect()
    }

    /// How many tasks wait.
    pub(crate) async fn count_tasks(&mut self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS tasks FROM task")
            .fetch_one(self.connection())
            .await?;
        u64::try_from(row.try_get::<i64, _>("tasks")?).map_err(|_| StoreError::Damaged { table: "task" })
    }
}

impl Tx {
    /// Adds a task at the end of its lane, or before all others when urgent. Returns its number.
    pub(crate) async fn add_task(
        &mut self,
        lane: &[u8],
        task: &Task,
        urgent: bool,
        due: Timestamp,
    ) -> Result<i64, StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: "task",
                row: lane,
            },
            task,
        );
        let done =
            sqlx::query("INSERT INTO task (lane, urgent, kind, due_at, sealed) VALUES (?, ?, ?, ?, ?)")
                .bind(lane)
                .bind(i64::from(urgent))
                .bind(task.kind())
                .bind(millis(due))
                .bind(sealed)
                .execute(self.connection())
                .await?;
        Ok(done.last_insert_rowid())
    }

    /// Writes another task in the place of one (the same number, so whoever waits for it goes on waiting).
    pub(crate) async fn replace_task(&mut self, id: i64, lane: &[u8], task: &Task) -> Result<(), StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: "task",
                row: lane,
            },
            task,
        );
        let done =
            sqlx::query("UPDATE task SET kind = ?, sealed = ?, attempts = 0 WHERE id = ? AND lane = ?")
                .bind(task.kind())
                .bind(sealed)
                .bind(id)
                .bind(lane)
                .execute(self.connection())
                .await?;
        one_row(&done, "task")
    }

    /// Writes the same call anew in the place of one, to be made at `due`. Counts as an attempt.
    pub(crate) async fn renew_task(
        &mut self,
        id: i64,
        lane: &[u8],
        task: &Task,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: "task",
                row: lane,
            },
            task,
        );
        let done = sqlx::query(
            "UPDATE task SET sealed = ?, due_at = ?, attempts = attempts + 1 WHERE id = ? AND lane = ?",
        )
        .bind(sealed)
        .bind(millis(due))
        .bind(id)
        .bind(lane)
        .execute(self.connection())
        .await?;
        one_row(&done, "task")
    }

    /// The task is done, or can never be done. Whether it was still there.
    pub(crate) async fn finish_task(&mut self, id: i64) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM task WHERE id = ?")
            .bind(id)
            .execute(self.connection())
            .await?;
        sqlx::query("DELETE FROM hold WHERE task = ?")
            .bind(id)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Puts a task off that was not tried: nobody had time for it.
    pub(crate) async fn delay_task(&mut self, id: i64, due: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE task SET due_at = ? WHERE id = ?")
            .bind(millis(due))
            .bind(id)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Puts a task off.
    pub(crate) async fn postpone_task(&mut self, id: i64, due: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE task SET due_at = ?, attempts = attempts + 1 WHERE id = ?")
            .bind(millis(due))
            .bind(id)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Makes every postponed task due: the gateway is back.
    pub(crate) async fn wake_tasks(&mut self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE task SET due_at = ? WHERE due_at > ?")
            .bind(millis(now))
            .bind(millis(now))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
