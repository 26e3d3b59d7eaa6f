//nolint:gosec // ids are written as they were read
package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
)

// noteFailures learns of the failures on the service's list whose records are to be sent again: found afterwards only,
// one would be taken for a failure of what is sent now, and not be cleared when that is accepted.
func (j *Journal) noteFailures(ctx context.Context, c *amie.UsageClient) error {
	again := false
	err := j.view(func(s *store) error {
		return s.each([]State{Pending}, func(_ []byte, r *row) error {
			again = again || r.attempts > 0
			return nil
		})
	})
	if err != nil || !again {
		return err
	}
	failed, err := c.FailedRecords(ctx)
	if err != nil {
		return err
	}
	return j.update(func(s *store) error {
		for _, f := range failed {
			key, r, err := s.ofFailure(f)
			if err != nil {
				return err
			}
			if r == nil || r.state != Pending || r.attempts == 0 || f.ID <= 0 || slices.Contains(r.failed, f.ID) {
				continue
			}
			r.failed = append(r.failed, f.ID)
			if err := s.put(key, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// clear takes failures off the service's list whose records were accepted since.
func (j *Journal) clear(ctx context.Context, c *amie.UsageClient, d *Delivery) error {
	var ids []int64
	err := j.view(func(s *store) error {
		return s.clear.ForEach(func(id, _ []byte) error {
			ids = append(ids, int64(binary.BigEndian.Uint64(id)))
			return nil
		})
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	err = c.ClearFailedRecords(ctx, ids...)
	if errors.Is(err, gophermeter.ErrNotFound) {
		err = clearEach(ctx, c, ids)
	}
	if err != nil {
		return err
	}
	d.Cleared = len(ids)
	return j.update(func(s *store) error {
		for _, id := range ids {
			if err := s.clear.Delete(binary.BigEndian.AppendUint64(nil, uint64(id))); err != nil {
				return err
			}
		}
		return nil
	})
}

// clearEach is for ids of which the service does not know one: whether it has cleared the others, it does not say.
func clearEach(ctx context.Context, c *amie.UsageClient, ids []int64) error {
	for _, id := range ids {
		if err := c.ClearFailedRecords(ctx, id); err != nil && !errors.Is(err, gophermeter.ErrNotFound) {
			return err
		}
	}
	return nil
}
