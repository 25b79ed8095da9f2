//! The conformance suite: every script in every mode.

use sayso_testkit::run::{check_reading, check_script};
use sayso_testkit::{files, root};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn every_script_does_what_its_comments_say() {
    check_all(check_script, &["tests/spec"]);
}

#[test]
fn a_script_means_the_same_when_all_of_the_library_is_read() {
    check_all(check_reading, &["tests/spec", "examples"]);
}

fn check_all(check: fn(&Path) -> Result<(), String>, folders: &[&str]) {
    let filter = std::env::var("SAYSO_SPEC").unwrap_or_default();
    let scripts: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| files(&root().join(folder), ".say"))
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
                    let result = std::panic::catch_unwind(|| check(file));
                    let message = match result {
                        Ok(Ok(())) => continue,
                        Ok(Err(message)) => message,
                        Err(_) => "panicked".to_owned(),
                    };
                    let shown = file.strip_prefix(root()).unwrap_or(file).display().to_string();
                    failures.lock().unwrap().push(format!("{shown}:\n    {message}"));
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(failures.is_empty(), "{} of {} scripts failed\n{}", failures.len(), scripts.len(), failures.join("\n"));
}
