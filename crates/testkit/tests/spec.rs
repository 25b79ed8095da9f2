//! The conformance suite: every script in every mode.

use sayso_testkit::run::check_script;
use sayso_testkit::{files, root};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn every_script_does_what_its_comments_say() {
    let filter = std::env::var("SAYSO_SPEC").unwrap_or_default();
    let folder = root().join("tests/spec");
    let scripts: Vec<PathBuf> = files(&folder, ".say")
        .into_iter()
        .filter(|file| file.ends_with("main.say") || !file.with_file_name("main.say").exists())
        .filter(|file| {
            !file.parent().is_some_and(|parent| parent.parent().is_some_and(|up| up.join("main.say").exists()))
        })
        .filter(|file| file.to_string_lossy().contains(&filter))
        .collect();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(file) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = std::panic::catch_unwind(|| check_script(file));
                    let message = match result {
                        Ok(Ok(())) => continue,
                        Ok(Err(message)) => message,
                        Err(_) => "panicked".to_owned(),
                    };
                    let shown = file.strip_prefix(&folder).unwrap_or(file).display().to_string();
                    failures.lock().unwrap().push(format!("{shown}:\n    {message}"));
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(failures.is_empty(), "{} of {} scripts failed\n{}", failures.len(), scripts.len(), failures.join("\n"));
}
