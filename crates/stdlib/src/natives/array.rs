//! `array`: what changes arrays in place, slices, and sorting where the machine can compare by itself.

use super::{hook, index_error, native, part_of, table_of::*};
use std::cmp::Ordering;

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("array.slice", &[I64, Dyn, Dyn], Ref, |c, a| slice(c, a).into()),
        native("array.pop", &[I64, Dyn], Ref, |c, a| pop(c, a).into()),
        native("array.insert", &[I64, Dyn, I64, Dyn], Dyn, |c, a| insert(c, a).into()),
        native("array.remove", &[I64, Dyn, I64], Dyn, |c, a| remove(c, a).into()),
        native("array.remove_range", &[I64, Dyn, Dyn], Dyn, |c, a| remove_range(c, a).into()),
        native("array.extend", &[I64, Dyn, Dyn], Dyn, |c, a| extend(c, a).into()),
        native("array.truncate", &[I64, Dyn, I64], Dyn, |c, a| truncate(c, a).into()),
        native("array.reverse", &[I64, Dyn], Dyn, |c, a| reverse(c, a).into()),
        native("array.sort_plain", &[I64, Dyn], Bool, |c, a| sort(c, a).into()),
        native("array.order_plain", &[I64, Dyn, Dyn], Bool, |c, a| order(c, a).into()),
    ]
}

fn len_of(c: &mut NativeContext<'_>, array: Handle) -> Result<usize, Thrown> {
    match c.array_len(array) {
        Some(len) => Ok(len),
        None => Err(c.fault(FaultKind::Cast, "no array")),
    }
}

/// An index as a position, or a fault unless it is below `end`.
fn position(c: &mut NativeContext<'_>, index: i64, end: usize, len: usize) -> Result<usize, Thrown> {
    match usize::try_from(index) {
        Ok(at) if at < end => Ok(at),
        _ => index_error(c, format!("index {index} is out of bounds: the length is {len}")),
    }
}

fn slice(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let len = c.seq_len(a.value(1))?;
    let (start, end) = part_of(c, a.value(2), len)?;
    c.charge(end.abs_diff(start) / 8)?;
    let ty = c.result_type(a);
    c.slice(a.value(1), ty, start, end)
}

fn pop(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let last = c.growable(a.value(1))?.pop()?;
    c.option(last)
}

fn insert(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<(), Thrown> {
    let len = len_of(c, a.value(1))?;
    let at = position(c, a.int(2), len + 1, len)?;
    c.charge(((len - at) / 8) as u64)?;
    c.growable(a.value(1))?.insert(at, a.value(3))?;
    Ok(())
}

fn remove(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let len = len_of(c, a.value(1))?;
    let at = position(c, a.int(2), len, len)?;
    c.charge(((len - at) / 8) as u64)?;
    let Some(value) = c.array_get(a.value(1), at)? else {
        return index_error(c, format!("index {at} is out of bounds: the length is {len}"));
    };
    c.growable(a.value(1))?.remove(at, at + 1);
    Ok(value)
}

fn remove_range(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<(), Thrown> {
    let len = len_of(c, a.value(1))?;
    let (start, end) = part_of(c, a.value(2), len as i64)?;
    c.charge((len / 8) as u64)?;
    c.growable(a.value(1))?.remove(start as usize, end as usize);
    Ok(())
}

fn extend(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<(), Thrown> {
    let more = len_of(c, a.value(2))?;
    c.charge((more / 8) as u64)?;
    if c.growable(a.value(1))?.extend(a.value(2))? {
        return Ok(());
    }
    c.charge(more as u64)?;
    for index in 0..more {
        c.scope(|c| match c.array_get(a.value(2), index)? {
            Some(value) => c.array_push(a.value(1), value),
            None => Ok(()),
        })?;
    }
    Ok(())
}

fn truncate(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<(), Thrown> {
    let len = usize::try_from(a.int(2)).unwrap_or(0);
    c.growable(a.value(1))?.truncate(len);
    Ok(())
}

fn reverse(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<(), Thrown> {
    let len = len_of(c, a.value(1))?;
    c.charge((len / 4) as u64)?;
    c.changeable(a.value(1))?.reverse();
    Ok(())
}

// ---- sorting

/// The order of floats, `NaN` last; the two zeros are equal.
fn float_order(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Fuel for sorting so many elements.
fn charge_sort(c: &mut NativeContext<'_>, len: usize) -> Result<(), Thrown> {
    let steps = len.checked_ilog2().unwrap_or(0) as u64 + 1;
    c.charge(len as u64 * steps / 2)
}

/// What the machine can compare without looking at specialisations: elements of one of these kinds only.
enum Plain {
    Numbers,
    Strings,
    /// Bools, bytes, numbers, strings and tuples of these, mixed.
    Values,
}

/// Of which kind all elements are, if the machine can compare them by itself.
fn plain_kind(c: &mut NativeContext<'_>, values: &[Handle]) -> Option<Plain> {
    let is_number = |value: &Handle| value.as_int().is_some() || value.as_float().is_some();
    if values.iter().all(is_number) {
        return Some(Plain::Numbers);
    }
    if values.iter().all(|value| c.text(*value).is_some()) {
        return Some(Plain::Strings);
    }
    // A program may order tuples and all else in its own way.
    if c.specialised(hook::LESS) || c.specialised(hook::EQUAL) {
        return None;
    }
    let mut open: Vec<Handle> = values.to_vec();
    let mut looked_at = 0usize;
    while let Some(value) = open.pop() {
        looked_at += 1;
        if looked_at > values.len().saturating_mul(16) {
            return None;
        }
        if is_number(&value) || value.as_bool().is_some() || value.value().is_byte() || c.text(value).is_some() {
            continue;
        }
        let mut elements = 0;
        while let Some(element) = c.scope(|c| c.tuple_get(value, elements)) {
            open.push(element);
            elements += 1;
        }
        if elements == 0 {
            return None;
        }
    }
    Some(Plain::Values)
}

fn number_order(a: Handle, b: Handle) -> Ordering {
    match (a.as_int(), b.as_int()) {
        (Some(x), Some(y)) => x.cmp(&y),
        (Some(x), None) => int_float_order(x, b.as_float().unwrap_or(f64::NAN)),
        (None, Some(y)) => int_float_order(y, a.as_float().unwrap_or(f64::NAN)).reverse(),
        (None, None) => float_order(a.as_float().unwrap_or(f64::NAN), b.as_float().unwrap_or(f64::NAN)),
    }
}

/// The order of an integer and a float, exactly; `NaN` last.
fn int_float_order(i: i64, f: f64) -> Ordering {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if f.is_nan() || f >= LIMIT {
        return Ordering::Less;
    }
    if f < -LIMIT {
        return Ordering::Greater;
    }
    let whole = f.trunc();
    i.cmp(&(whole as i64)).then_with(|| 0.0f64.partial_cmp(&(f - whole)).unwrap_or(Ordering::Equal))
}

/// The order of the elements as positions; none if the machine cannot compare them by itself.
fn sorted_positions(c: &mut NativeContext<'_>, values: &[Handle]) -> Result<Option<Vec<usize>>, Thrown> {
    let Some(kind) = plain_kind(c, values) else { return Ok(None) };
    let mut order: Vec<usize> = (0..values.len()).collect();
    match kind {
        Plain::Numbers => order.sort_by(|x, y| number_order(values[*x], values[*y])),
        Plain::Strings => order.sort_by(|x, y| c.text(values[*x]).cmp(&c.text(values[*y]))),
        Plain::Values => merge_sort(&mut order, &mut |x, y| c.compare(values[x], values[y]))?,
    }
    Ok(Some(order))
}

/// A stable sort whose comparisons may fail.
fn merge_sort<E>(
    items: &mut Vec<usize>,
    compare: &mut impl FnMut(usize, usize) -> Result<Ordering, E>,
) -> Result<(), E> {
    let mut other = items.clone();
    let mut width = 1;
    while width < items.len() {
        let mut left = 0;
        while left < items.len() {
            let middle = (left + width).min(items.len());
            let right = (middle + width).min(items.len());
            let (mut i, mut j) = (left, middle);
            for slot in &mut other[left..right] {
                let take_right = j < right && (i >= middle || compare(items[j], items[i])? == Ordering::Less);
                let from = if take_right { &mut j } else { &mut i };
                *slot = items[*from];
                *from += 1;
            }
            left = right;
        }
        std::mem::swap(items, &mut other);
        width *= 2;
    }
    Ok(())
}

fn sort(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<bool, Thrown> {
    let array = a.value(1);
    let len = len_of(c, array)?;
    charge_sort(c, len)?;
    c.room(len.saturating_mul(32))?;
    let mut elements = c.changeable(array)?;
    if let Some(ints) = elements.ints() {
        ints.sort_unstable();
        return Ok(true);
    }
    if let Some(floats) = elements.floats() {
        floats.sort_by(|a, b| float_order(*a, *b));
        return Ok(true);
    }
    let order = match elements.values() {
        Some(values) => sorted_positions(c, &values)?,
        None => {
            // Bools and bytes.
            let mut bits = Vec::with_capacity(len);
            for index in 0..len {
                let value = c.array_get(array, index)?;
                bits.push(value.map_or(0, |value| value.value().payload()));
            }
            let mut order: Vec<usize> = (0..len).collect();
            order.sort_by_key(|index| bits[*index]);
            Some(order)
        }
    };
    let Some(order) = order else { return Ok(false) };
    c.changeable(array)?.permute(&order);
    Ok(true)
}

fn order(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<bool, Thrown> {
    let (keys, into) = (a.value(1), a.value(2));
    let len = len_of(c, keys)?;
    charge_sort(c, len)?;
    c.room(len.saturating_mul(32))?;
    let mut values = Vec::with_capacity(len);
    for index in 0..len {
        match c.array_get(keys, index)? {
            Some(value) => values.push(value),
            None => return Ok(false),
        }
    }
    let Some(order) = sorted_positions(c, &values)? else { return Ok(false) };
    match c.changeable(into)?.ints() {
        Some(ints) if ints.len() == order.len() => {
            ints.iter_mut().zip(order).for_each(|(slot, index)| *slot = index as i64);
            Ok(true)
        }
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merge_sort_is_stable_and_complete() {
        let keys: Vec<u64> = (0..1000u64).map(|i| i * 7919 % 13).collect();
        let mut order: Vec<usize> = (0..keys.len()).collect();
        let sorted = merge_sort::<()>(&mut order, &mut |x, y| Ok(keys[x].cmp(&keys[y])));
        assert_eq!(sorted, Ok(()));
        let mut wanted: Vec<usize> = (0..keys.len()).collect();
        wanted.sort_by_key(|i| keys[*i]);
        assert_eq!(order, wanted);
    }

    #[test]
    fn merge_sort_ends_with_the_error() {
        let mut order: Vec<usize> = (0..10).collect();
        assert_eq!(merge_sort(&mut order, &mut |_, _| Err(7)), Err(7));
    }

    #[test]
    fn not_a_number_is_last() {
        let mut floats = [f64::NAN, 2.0, f64::NEG_INFINITY, -1.0];
        floats.sort_by(|a, b| float_order(*a, *b));
        assert!(floats[3].is_nan() && floats[0] == f64::NEG_INFINITY);
        assert_eq!(int_float_order(i64::MAX, f64::NAN), Ordering::Less);
    }

    #[test]
    fn integers_and_floats_compare_exactly() {
        assert_eq!(int_float_order(9_007_199_254_740_993, 9_007_199_254_740_992.0), Ordering::Greater);
        assert_eq!(int_float_order(i64::MAX, 9_223_372_036_854_775_807.0), Ordering::Less);
        assert_eq!(int_float_order(2, 2.5), Ordering::Less);
        assert_eq!(int_float_order(-2, -2.5), Ordering::Greater);
        assert_eq!(int_float_order(3, 3.0), Ordering::Equal);
    }
}
