//! `fs`: files and folders, as the host gives them.

use super::file::{OpenFile, no_files, problem, with_file};
use super::io::{make_file, outcome};
use super::{native, optional_text, table_of::*};
use sayso_vm::{FileInfo, FileSystem, OpenMode};
use std::io;

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("fs.open", &[Dyn, I64], Ref, |c, a| {
            let mode = match a.int(1) {
                0 => OpenMode::Read,
                1 => OpenMode::Write,
                _ => OpenMode::Append,
            };
            let opened = a.text(c, 0).map(|path| OpenFile::open(c, path, mode));
            opened.and_then(|file| make_file(c, a, file)).into()
        }),
        native("fs.problem", &[Dyn], Ref, |c, a| {
            let problem = with_file(c, a.value(0), |file| file.problem());
            problem.and_then(|problem| optional_text(c, problem.as_deref())).into()
        }),
        native("fs.exists", &[Dyn], Bool, |c, a| about(c, a, |_| true).into()),
        native("fs.is_folder", &[Dyn], Bool, |c, a| about(c, a, |info| info.folder).into()),
        native("fs.is_file", &[Dyn], Bool, |c, a| about(c, a, |info| !info.folder).into()),
        native("fs.size", &[Dyn, Dyn], Ref, |c, a| size(c, a).into()),
        native("fs.list", &[Dyn, Dyn], Ref, |c, a| list(c, a).into()),
        native("fs.create_dir", &[Dyn], Ref, |c, a| {
            done(c, a, "create the folder", |files, path| files.create_dir(path)).into()
        }),
        native("fs.remove", &[Dyn], Ref, |c, a| done(c, a, "remove", |files, path| files.remove(path)).into()),
        native("fs.rename", &[Dyn, Dyn], Ref, |c, a| {
            let to = a.text(c, 1);
            to.and_then(|to| done(c, a, "rename", |files, from| files.rename(from, to))).into()
        }),
    ]
}

/// What stands at the path of the first argument.
fn info(c: &mut NativeContext<'_>, path: &str) -> io::Result<FileInfo> {
    match c.host().files.as_mut() {
        Some(files) => files.info(path),
        None => Err(no_files()),
    }
}

fn about(c: &mut NativeContext<'_>, a: Args<'_>, question: fn(FileInfo) -> bool) -> Result<bool, Thrown> {
    let path = a.text(c, 0)?;
    Ok(info(c, path).is_ok_and(question))
}

fn size(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let path = a.text(c, 0)?;
    match info(c, path) {
        Ok(info) => {
            let len = c.int(i64::try_from(info.len).unwrap_or(i64::MAX))?;
            c.array_set(a.value(1), 0, len)?;
            c.none()
        }
        Err(error) => outcome(c, Err(problem("find", path, &error))),
    }
}

fn list(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let path = a.text(c, 0)?;
    let listed = match c.host().files.as_mut() {
        Some(files) => files.list(path),
        None => Err(no_files()),
    };
    match listed {
        Ok(names) => {
            c.charge(names.len() as u64)?;
            for name in names {
                c.scope(|c| {
                    let name = c.str(&name)?;
                    c.array_push(a.value(1), name)
                })?;
            }
            c.none()
        }
        Err(error) => outcome(c, Err(problem("list", path, &error))),
    }
}

fn done(
    c: &mut NativeContext<'_>,
    a: Args<'_>,
    what: &str,
    action: impl FnOnce(&mut dyn FileSystem, &str) -> io::Result<()>,
) -> Result<Handle, Thrown> {
    let path = a.text(c, 0)?;
    let done = match c.host().files.as_mut() {
        Some(files) => action(files.as_mut(), path),
        None => Err(no_files()),
    };
    outcome(c, done.map_err(|error| problem(what, path, &error)))
}
