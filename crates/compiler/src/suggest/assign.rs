//! The assignment with the greatest sum: the Hungarian method.

/// A score as a whole number, so that sums are exact and equal inputs give equal assignments.
pub(super) fn weight(score: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a score lies between 0 and 1")]
    let weight = (score * 1_000_000.0).round() as i64;
    weight
}

/// For each row the column that it gets, so that no column stands twice and the sum of the weights is greatest; none
/// where the weight is 0. All rows have the same length. (Kuhn and Munkres, with potentials: rows × rows × columns.)
pub(super) fn best(weights: &[Vec<i64>]) -> Vec<Option<usize>> {
    let rows = weights.len();
    let given = weights.first().map_or(0, Vec::len);
    // Columns of weight 0 let every row have one.
    let columns = given + rows;
    let cost =
        |row: usize, column: usize| -weights.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0);
    let mut row_potential = vec![0_i64; rows + 1];
    let mut column_potential = vec![0_i64; columns + 1];
    // Row (from 1) that each column (from 1) belongs to; 0 for none. Column 0 stands for the row being placed.
    let mut owner = vec![0_usize; columns + 1];
    for row in 1..=rows {
        owner[0] = row;
        let mut current = 0_usize;
        let mut least = vec![i64::MAX; columns + 1];
        let mut came_from = vec![0_usize; columns + 1];
        let mut visited = vec![false; columns + 1];
        while owner[current] != 0 {
            visited[current] = true;
            let here = owner[current];
            let (mut step, mut next) = (i64::MAX, 0);
            for column in 1..=columns {
                if visited[column] {
                    continue;
                }
                let reduced = cost(here - 1, column - 1) - row_potential[here] - column_potential[column];
                if reduced < least[column] {
                    least[column] = reduced;
                    came_from[column] = current;
                }
                if least[column] < step {
                    step = least[column];
                    next = column;
                }
            }
            for column in 0..=columns {
                if visited[column] {
                    row_potential[owner[column]] += step;
                    column_potential[column] -= step;
                } else if least[column] != i64::MAX {
                    least[column] -= step;
                }
            }
            current = next;
        }
        while current != 0 {
            let before = came_from[current];
            owner[current] = owner[before];
            current = before;
        }
    }
    let mut assigned = vec![None; rows];
    for (column, row) in owner.iter().skip(1).take(given).enumerate() {
        let Some(row) = row.checked_sub(1) else { continue };
        if let Some(place) = assigned.get_mut(row)
            && cost(row, column) < 0
        {
            *place = Some(column);
        }
    }
    assigned
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(weights: &[Vec<i64>], assigned: &[Option<usize>]) -> i64 {
        weights.iter().zip(assigned).filter_map(|(row, column)| row.get((*column)?)).sum()
    }

    /// The greatest sum, by trying all.
    fn tried(weights: &[Vec<i64>], taken: &mut Vec<bool>) -> i64 {
        let Some((row, rest)) = weights.split_first() else { return 0 };
        let mut greatest = tried(rest, taken);
        for column in 0..row.len() {
            if !taken[column] {
                taken[column] = true;
                greatest = greatest.max(row[column] + tried(rest, taken));
                taken[column] = false;
            }
        }
        greatest
    }

    proptest! {
        #[test]
        fn the_sum_is_the_greatest((columns, cells) in (0_usize..5, proptest::collection::vec(0_i64..100, 25))) {
            let weights: Vec<Vec<i64>> = cells.chunks(5).map(|row| row[..columns].to_vec()).collect();
            let assigned = best(&weights);
            let mut used: Vec<usize> = assigned.iter().flatten().copied().collect();
            used.sort_unstable();
            prop_assert!(used.windows(2).all(|pair| pair[0] < pair[1]), "{assigned:?}");
            prop_assert_eq!(sum(&weights, &assigned), tried(&weights, &mut vec![false; columns]));
        }
    }
}
