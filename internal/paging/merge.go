package paging

import "iter"

// Merge is for a server that spreads one thing over several pages: rows with the same key become one. Add puts
// what more has into into, the row that came first, and may keep what more points to.
//
// A partial total is a wrong total. So there is one batch, after the last page, in the order in which the keys
// first appeared, and on failure nothing but the error.
func Merge[T any, K comparable](pages iter.Seq2[[]T, error], key func(*T) K, add func(into, more *T)) iter.Seq2[[]T, error] {
	return batches(func(emit func([]T) bool) error {
		var merged []T
		place := make(map[K]int)
		for rows, err := range pages {
			if err != nil {
				return err
			}
			for i := range rows {
				k := key(&rows[i])
				if at, known := place[k]; known {
					add(&merged[at], &rows[i])
					continue
				}
				place[k] = len(merged)
				merged = append(merged, rows[i])
			}
		}
		emit(merged)
		return nil
	})
}
