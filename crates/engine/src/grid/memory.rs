//! What grids have decoded lately, in bounded memory: one for all grids of a process.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arrow::array::ArrayRef;

use super::files::BlockId;

/// Grid, block, column.
type Key = (u64, BlockId, usize);

/// Remembers decoded columns of blocks; the least recently used go first.
#[derive(Debug, Clone)]
pub struct GridMemory(Arc<Mutex<Store>>);

#[derive(Debug)]
struct Store {
    limit: usize,
    bytes: usize,
    clock: u64,
    arrays: HashMap<Key, (u64, ArrayRef)>,
    by_age: BTreeMap<u64, Key>,
}

impl Default for GridMemory {
    /// 256 MiB: a file of a million rows and twelve columns.
    fn default() -> Self {
        Self::new(256 << 20)
    }
}

impl GridMemory {
    /// Memory that holds at most so many bytes.
    pub fn new(limit: usize) -> Self {
        Self(Arc::new(Mutex::new(Store {
            limit,
            bytes: 0,
            clock: 0,
            arrays: HashMap::new(),
            by_age: BTreeMap::new(),
        })))
    }

    /// Bytes that are held now.
    pub fn bytes(&self) -> usize {
        self.store().bytes
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, key: &Key) -> Option<ArrayRef> {
        let mut store = self.store();
        store.clock += 1;
        let now = store.clock;
        let (age, array) = store.arrays.get_mut(key)?;
        let before = std::mem::replace(age, now);
        let array = Arc::clone(array);
        store.by_age.remove(&before);
        store.by_age.insert(now, *key);
        Some(array)
    }

    pub(super) fn put(&self, key: Key, array: &ArrayRef) {
        let mut store = self.store();
        store.clock += 1;
        let now = store.clock;
        store.bytes += array.get_array_memory_size();
        store.by_age.insert(now, key);
        if let Some((age, old)) = store.arrays.insert(key, (now, Arc::clone(array))) {
            store.bytes -= old.get_array_memory_size();
            store.by_age.remove(&age);
        }
        while store.bytes > store.limit
            && let Some((_, oldest)) = store.by_age.pop_first()
        {
            if let Some((_, old)) = store.arrays.remove(&oldest) {
                store.bytes -= old.get_array_memory_size();
            }
        }
    }

    /// Drops all that a grid had.
    pub(super) fn forget(&self, grid: u64) {
        let mut store = self.store();
        let gone: Vec<(u64, Key)> =
            store.by_age.iter().filter(|(_, key)| key.0 == grid).map(|(age, key)| (*age, *key)).collect();
        for (age, key) in gone {
            store.by_age.remove(&age);
            if let Some((_, old)) = store.arrays.remove(&key) {
                store.bytes -= old.get_array_memory_size();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Int64Array;

    #[test]
    fn the_least_recently_used_goes_first_and_the_limit_holds() {
        let array: ArrayRef = Arc::new(Int64Array::from(vec![1; 1_000]));
        let size = array.get_array_memory_size();
        let memory = GridMemory::new(2 * size);
        let key = |column| (7, BlockId::default(), column);
        memory.put(key(0), &array);
        memory.put(key(1), &array);
        assert!(memory.get(&key(0)).is_some());
        memory.put(key(2), &array);
        assert!(memory.get(&key(1)).is_none(), "the oldest is gone");
        assert!(memory.get(&key(0)).is_some() && memory.get(&key(2)).is_some());
        assert_eq!(memory.bytes(), 2 * size);
        memory.forget(7);
        assert_eq!(memory.bytes(), 0);
    }
}
