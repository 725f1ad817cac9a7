//! How a process runs and ends.
//!
//! Invariant: every task is spawned here and nowhere else, under a name. A task that ends unasked, by returning or by
//! panicking, is a crash: everything is stopped and the process ends with an error. A process that is asked to stop
//! first lets go of its callers (stage *front*: stop accepting, answer what was accepted), and only then of what serves
//! them (stage *back*: stop claiming work, finish what is leased); whatever outlasts its deadline is dropped.

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// In which order tasks are asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Asked first: what others call.
    Front,
    /// Asked when everything in front has ended: what the front needs to finish its answers.
    Back,
}

/// A task ended although nobody had asked it to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the task {name} ended unasked")]
pub struct Crash {
    /// Which task.
    pub name: &'static str,
}

#[derive(Debug, Clone)]
struct Shift {
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Shift {
    fn new() -> Self {
        Self {
            stop: CancellationToken::new(),
            tracker: TaskTracker::new(),
        }
    }

    /// Asks the tasks to stop and waits for them until the deadline; whether they all ended.
    async fn end(&self, deadline: Duration) -> bool {
        self.stop.cancel();
        self.tracker.close();
        tokio::time::timeout(deadline, self.tracker.wait()).await.is_ok()
    }
}

/// Where tasks are spawned and asked to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tasks {
    front: Shift,
    back: Shift,
    requested: CancellationToken,
    dropped: CancellationToken,
    crashes: mpsc::UnboundedSender<Crash>,
}

impl Tasks {
    /// Runs a task until its stage is asked to stop: it watches [`Tasks::stopping`] and then returns by itself. If it ends
    /// before that, the process crashes.
    pub fn spawn(&self, stage: Stage, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.shift(stage).stop.clone();
        // Boxed: a future that awaits another it was given would hold room for it twice, here and in what waits for this.
        let task = Box::pin(task);
        self.watched(stage, name, async move {
            task.await;
            stop.is_cancelled()
        });
    }

    /// Runs a task that has no end of its own and nothing to finish (a look at some files now and then): it is dropped
    /// when its stage is asked to stop.
    pub fn spawn_endless(
        &self,
        stage: Stage,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let stop = self.stopping(stage);
        self.spawn(stage, name, async move {
            tokio::select! {
                () = task => {}
                () = stop.cancelled() => {}
            }
        });
    }

    /// Runs a task that is done some time (one handshake, one delivery). Its panic is a crash, its end is not.
    pub fn spawn_brief(
        &self,
        stage: Stage,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let task = Box::pin(task);
        self.watched(stage, name, async move {
            task.await;
            true
        });
    }

    /// Cancelled when tasks of this stage should stop.
    pub fn stopping(&self, stage: Stage) -> CancellationToken {
        self.shift(stage).stop.clone()
    }

    /// Asks the process to stop, as SIGTERM does.
    pub fn stop(&self) {
        self.requested.cancel();
    }

    const fn shift(&self, stage: Stage) -> &Shift {
        match stage {
            Stage::Front => &self.front,
            Stage::Back => &self.back,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
    fn watched(&self, stage: Stage, name: &'static str, task: impl Future<Output = bool> + Send + 'static) {
        let watch = Watch {
            name,
            crashes: self.crashes.clone(),
            ended_well: false,
        };
        let dropped = self.dropped.clone();
        let running = self.shift(stage).tracker.track_future(async move {
            // Moved in whole: capturing the flag alone would report a crash at once and never later.
            let mut watch = watch;
            tokio::select! {
                ended_well = task => watch.ended_well = ended_well,
                () = dropped.cancelled() => watch.ended_well = true,
            }
        });
        tokio::spawn(running);
    }
}

/// Reports a crash when dropped before its task has ended well: a panic drops it too.
struct Watch {
    name: &'static str,
    crashes: mpsc::UnboundedSender<Crash>,
    ended_well: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.ended_well {
            // The receiver is gone only when the lifecycle has ended already.
            let _ = self.crashes.send(Crash { name: self.name });
        }
    }
}

/// One process's life, from start to the last task's end.
#[derive(Debug)]
pub struct Lifecycle {
    tasks: Tasks,
    crashes: mpsc::UnboundedReceiver<Crash>,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self::new()
    }
}

impl Lifecycle {
    /// A life without tasks yet.
    pub fn new() -> Self {
        let (sender, crashes) = mpsc::unbounded_channel();
        let tasks = Tasks {
            front: Shift::new(),
            back: Shift::new(),
            requested: CancellationToken::new(),
            dropped: CancellationToken::new(),
            crashes: sender,
        };
        Self { tasks, crashes }
    }

    /// Where to spawn.
    pub fn tasks(&self) -> Tasks {
        self.tasks.clone()
    }

    /// Runs until SIGTERM, SIGINT, [`Tasks::stop`] or a crash, then stops: each stage has `drain` to end by itself, and
    /// what remains is dropped. After it returns, close the store and flush telemetry.
    pub async fn run(mut self, drain: Duration) -> Result<(), Crash> {
        let crash = tokio::select! {
            () = terminated() => {
                tracing::info!("asked to stop by a signal");
                None
            }
            () = self.tasks.requested.cancelled() => None,
            crash = self.crashes.recv() => crash,
        };
        if let Some(crash) = &crash {
            tracing::error!(task = crash.name, "a task ended unasked; stopping");
        }
        for (shift, stage) in [(&self.tasks.front, Stage::Front), (&self.tasks.back, Stage::Back)] {
            if !shift.end(drain).await {
                tracing::warn!(
                    ?stage,
                    running = shift.tracker.len(),
                    "tasks did not end in time and are dropped"
                );
            }
        }
        self.tasks.dropped.cancel();
        self.tasks.front.tracker.wait().await;
        self.tasks.back.tracker.wait().await;
        // A task may have crashed while others were draining.
        match crash.or_else(|| self.crashes.try_recv().ok()) {
            Some(crash) => Err(crash),
            None => Ok(()),
        }
    }
}

/// Waits for SIGTERM or SIGINT. When the system refuses to tell about signals, they end the process at once as they do by
/// default, so waiting forever is right.
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    let wait = async |kind| match signal(kind) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            tracing::warn!(%error, "signals cannot be watched");
            core::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = wait(SignalKind::terminate()) => {}
        () = wait(SignalKind::interrupt()) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    const DRAIN: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn the_front_ends_before_the_back_is_asked() {
        let life = Lifecycle::new();
        let tasks = life.tasks();
        let order = Arc::new(Mutex::new(Vec::new()));
        for (stage, name) in [(Stage::Back, "back"), (Stage::Front, "front")] {
            let (stop, order) = (tasks.stopping(stage), order.clone());
            tasks.spawn(stage, name, async move {
                stop.cancelled().await;
                tokio::task::yield_now().await;
                order.lock().expect("not poisoned").push(name);
            });
        }
        tasks.stop();
        assert_eq!(life.run(DRAIN).await, Ok(()));
        assert_eq!(*order.lock().expect("not poisoned"), ["front", "back"]);
    }

    #[tokio::test]
    async fn a_task_that_ends_unasked_is_a_crash() {
        let life = Lifecycle::new();
        let stop = life.tasks().stopping(Stage::Front);
        life.tasks()
            .spawn(Stage::Front, "steady", async move { stop.cancelled().await });
        life.tasks().spawn(Stage::Back, "fragile", async {});
        assert_eq!(life.run(DRAIN).await, Err(Crash { name: "fragile" }));
    }

    #[tokio::test]
    async fn an_endless_task_ends_when_asked_and_not_before() {
        let life = Lifecycle::new();
        life.tasks()
            .spawn_endless(Stage::Back, "endless", core::future::pending());
        life.tasks().stop();
        assert_eq!(tokio::time::timeout(DRAIN / 5, life.run(DRAIN)).await, Ok(Ok(())));
        let life = Lifecycle::new();
        life.tasks().spawn_endless(Stage::Back, "ended", async {});
        assert_eq!(life.run(DRAIN).await, Err(Crash { name: "ended" }));
    }

    #[tokio::test]
    async fn a_panic_is_a_crash_even_in_a_brief_task() {
        let life = Lifecycle::new();
        life.tasks().spawn_brief(Stage::Front, "calm", async {});
        life.tasks()
            .spawn_brief(Stage::Front, "hasty", async { panic!("on purpose") });
        assert_eq!(life.run(DRAIN).await, Err(Crash { name: "hasty" }));
    }

    #[tokio::test(start_paused = true)]
    async fn what_outlasts_its_deadline_is_dropped() {
        let life = Lifecycle::new();
        life.tasks().spawn(Stage::Front, "deaf", core::future::pending());
        life.tasks().stop();
        assert_eq!(life.run(DRAIN).await, Ok(()));
    }
}
