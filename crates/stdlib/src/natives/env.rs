//! `env`: arguments and variables, as the host gives them.

use super::{native, optional_text, table_of::*};

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("env.args", &[], Ref, |c, a| {
            let args = c.host().args.clone();
            texts(c, a, &args).into()
        }),
        native("env.get", &[Dyn], Ref, |c, a| get(c, a).into()),
        native("env.names", &[], Ref, |c, a| {
            let names = c.host().environment.as_ref().map_or(Vec::new(), |environment| environment.names());
            texts(c, a, &names).into()
        }),
    ]
}

/// An array of strings.
fn texts(c: &mut NativeContext<'_>, a: Args<'_>, texts: &[String]) -> Result<Handle, Thrown> {
    c.charge(texts.len() as u64)?;
    let ty = c.result_type(a);
    let array = c.array(ty, texts.len())?;
    for text in texts {
        c.scope(|c| {
            let text = c.str(text)?;
            c.array_push(array, text)
        })?;
    }
    Ok(array)
}

fn get(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let name = a.text(c, 0)?;
    let value = c.host().environment.as_ref().and_then(|environment| environment.get(name));
    optional_text(c, value.as_deref())
}
