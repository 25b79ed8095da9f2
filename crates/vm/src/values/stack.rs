//! Memory of the machines: stacks and text that are charged to the heap before they grow.

use super::ValueError;
use sayso_heap::{Heap, OutOfMemory};
use smallvec::SmallVec;

/// A stack whose first few entries cost nothing. Its owner calls [`Stack::release`] when done.
pub(super) struct Stack<T> {
    items: SmallVec<[T; 4]>,
    charged: usize,
}

impl<T> Default for Stack<T> {
    fn default() -> Self {
        Stack { items: SmallVec::new(), charged: 0 }
    }
}

impl<T> Stack<T> {
    /// Makes room for one more entry.
    #[inline]
    pub fn reserve(&mut self, heap: &mut Heap) -> Result<(), OutOfMemory> {
        if self.items.len() < self.items.capacity() { Ok(()) } else { self.grow(heap) }
    }

    #[cold]
    fn grow(&mut self, heap: &mut Heap) -> Result<(), OutOfMemory> {
        let wanted = self.items.capacity() * 2;
        let bytes = wanted * size_of::<T>();
        heap.charge(bytes - self.charged)?;
        let more = wanted - self.items.len();
        if self.items.try_reserve_exact(more).is_err() {
            heap.uncharge(bytes - self.charged);
            return Err(OutOfMemory);
        }
        self.charged = bytes;
        Ok(())
    }

    /// Pushes an entry, for which there is room.
    #[inline]
    pub fn push(&mut self, item: T) {
        self.items.push(item);
    }
    pub fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }
    #[inline]
    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.items.last_mut()
    }
    pub fn len(&self) -> usize {
        self.items.len()
    }
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter()
    }
    /// Takes the charge back and forgets all entries.
    pub fn release(&mut self, heap: &mut Heap) {
        self.items = SmallVec::new();
        heap.uncharge(std::mem::take(&mut self.charged));
    }
}

/// Text that grows. Its owner calls [`Text::finish`] or [`Text::release`] when done.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    charged: usize,
}

impl Text {
    /// Makes room for so many more bytes.
    #[inline]
    pub fn reserve(&mut self, heap: &mut Heap, more: usize) -> Result<(), OutOfMemory> {
        if self.text.capacity() - self.text.len() >= more { Ok(()) } else { self.grow(heap, more) }
    }

    #[cold]
    fn grow(&mut self, heap: &mut Heap, more: usize) -> Result<(), OutOfMemory> {
        let needed = self.text.len().checked_add(more).ok_or(OutOfMemory)?;
        let doubled = needed.max(self.text.capacity().saturating_mul(2));
        self.set_capacity(heap, doubled).or_else(|_| self.set_capacity(heap, needed))
    }

    fn set_capacity(&mut self, heap: &mut Heap, capacity: usize) -> Result<(), OutOfMemory> {
        let grown = capacity.saturating_sub(self.charged);
        heap.charge(grown)?;
        if self.text.try_reserve_exact(capacity - self.text.len()).is_err() {
            heap.uncharge(grown);
            return Err(OutOfMemory);
        }
        self.charged = capacity;
        Ok(())
    }

    /// The text, to append what there is room for.
    #[inline]
    pub fn out(&mut self) -> &mut String {
        &mut self.text
    }
    /// The text; no longer charged for.
    pub fn finish(&mut self, heap: &mut Heap) -> String {
        heap.uncharge(std::mem::take(&mut self.charged));
        std::mem::take(&mut self.text)
    }
    /// Takes the charge back and forgets the text.
    pub fn release(&mut self, heap: &mut Heap) {
        self.finish(heap);
    }
}

/// Whether memory was short at the last step already.
#[derive(Default)]
pub(super) struct Shortage(bool);

impl Shortage {
    /// There was room.
    #[inline(always)]
    pub fn over(&mut self) {
        self.0 = false;
    }
    /// There was none: the first time a collection is asked for, the second time it is an error.
    pub fn met<T>(&mut self) -> super::Step<T> {
        if std::mem::replace(&mut self.0, true) {
            super::Step::Failed(ValueError::Memory)
        } else {
            super::Step::Collect
        }
    }
}
