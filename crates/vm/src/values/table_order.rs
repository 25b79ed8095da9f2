//! The entries of two tables in the order of their keys, for comparing the tables.
//!
//! Equal tables may have their entries in different orders, so they are compared by sorted entries. Comparing two keys
//! may need the whole machine of [`super::order`]; so sorting is a machine too, a merge sort from the bottom up that
//! names the next two keys to be compared and takes the outcome.

use super::items::unpack;
use super::order::{small, small_rank};
use sayso_heap::{Ref, Value};
use std::cmp::Ordering;

type Entry = (Value, Value);

/// Entries being sorted by key.
pub(super) struct Sorting {
    entries: Vec<Entry>,
    merged: Vec<Entry>,
    /// How long the runs are that are sorted already.
    width: usize,
    /// The next entries of the two runs that are being merged, and where these end.
    left: usize,
    middle: usize,
    right: usize,
    end: usize,
}

impl Sorting {
    /// Bytes that sorting a table takes.
    pub fn size(table: Ref) -> usize {
        table.table_len() * 2 * size_of::<Entry>()
    }

    /// A table's entries. With `at_once` they are sorted now if all keys are numbers, strings and the like.
    pub fn new(table: Ref, at_once: bool) -> Sorting {
        let mut entries: Vec<Entry> = Vec::with_capacity(table.table_len());
        entries.extend((0..table.table_used()).filter_map(|at| table.table_entry(at)));
        let mut sorting = Sorting { entries, merged: Vec::new(), width: 1, left: 0, middle: 0, right: 0, end: 0 };
        if at_once && sorting.entries.iter().all(|entry| small_rank(unpack(entry.0)).is_some()) {
            let order = |a: &Entry, b: &Entry| small(unpack(a.0), unpack(b.0)).unwrap_or(Ordering::Equal);
            sorting.entries.sort_by(order);
            sorting.width = sorting.entries.len().max(1);
        } else {
            sorting.begin_runs(0);
        }
        sorting
    }

    /// The entries, once sorting is over.
    pub fn entry(&self, index: usize) -> Option<Entry> {
        self.entries.get(index).copied()
    }

    /// All values that it holds.
    pub fn roots(&self, visit: &mut dyn FnMut(Value)) {
        for (key, value) in self.entries.iter().chain(&self.merged) {
            visit(*key);
            visit(*value);
        }
    }

    fn is_sorted(&self) -> bool {
        self.width >= self.entries.len()
    }

    fn begin_runs(&mut self, start: usize) {
        let len = self.entries.len();
        self.left = start;
        self.middle = (start + self.width).min(len);
        self.right = self.middle;
        self.end = (self.middle + self.width).min(len);
    }

    /// The next two keys to be compared; none once all is sorted.
    pub fn pair(&mut self) -> Option<(Value, Value)> {
        while !self.is_sorted() {
            if self.left < self.middle && self.right < self.end {
                let (a, b) = (self.entry(self.left)?, self.entry(self.right)?);
                return Some((a.0, b.0));
            }
            // One run is used up: what is left of the other follows.
            for range in [self.left..self.middle, self.right..self.end] {
                self.merged.extend_from_slice(self.entries.get(range).unwrap_or_default());
            }
            let start = self.end;
            if start >= self.entries.len() {
                std::mem::swap(&mut self.entries, &mut self.merged);
                self.merged.clear();
                self.width *= 2;
                self.begin_runs(0);
            } else {
                self.begin_runs(start);
            }
        }
        None
    }

    /// How the two keys stand that [`Sorting::pair`] named last.
    pub fn take(&mut self, order: Ordering) {
        let from = if order == Ordering::Greater { &mut self.right } else { &mut self.left };
        let entry = self.entries.get(*from).copied();
        *from += 1;
        self.merged.extend(entry);
    }
}
