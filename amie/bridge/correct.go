package bridge

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/usage"
)

// TakeBack says which charges are taken back that a day was reported with and that a new reading does not come up
// with.
type TakeBack string

// How far a reading is trusted. Each takes back what the one before it does.
const (
	// TakeNothing is for a reading that may lack something: new and changed records are sent, and no charge is taken
	// back.
	TakeNothing TakeBack = "nothing"
	// TakeMoved is for a complete reading: it takes back the charge on a resource of an instance that is in the reading
	// and now on another, as after the flavors were told apart differently.
	TakeMoved TakeBack = "moved"
	// TakeVanished also takes back the charges of instances that are not in the reading at all. Nova forgets instances
	// that ran: when deleted rows are archived, and the days before it when one is launched anew. So it is for a person
	// to say, and of a journal that has this cloud's records only: those of another cloud are not in the reading either.
	// Charges on a resource that the configuration does not name stand.
	TakeVanished TakeBack = "vanished"
)

// Correction is what it takes to make a day that was reported right.
type Correction[R usage.Record] struct {
	// Send are the records to send: new ones, changed ones, and restatements to 0.
	Send []R
	// New, Changed and TakenBack count them.
	New, Changed, TakenBack int
	// Unchanged counts records that were reported just so.
	Unchanged int
	// Doubtful were reported, and are left as they are because their instance or owner is a [Problem] now.
	Doubtful []R
	// Vanished were reported and are not taken back: their instance or owner is not in the reading or was excluded
	// since, or the reading is not trusted to be complete.
	Vanished []R
}

// Correct compares the records that a day was reported with, such as those of a journal, with what is right now.
// Records of other days or programs are left alone: those whose SubmitTime, ParentRecordID and LocalRecordID are not
// of an instance's day.
func (d ComputeDay) Correct(sent []usage.ComputeRecord, back TakeBack) Correction[usage.ComputeRecord] {
	own := slices.DeleteFunc(slices.Clone(sent), func(r usage.ComputeRecord) bool {
		return !r.SubmitTime.Equal(d.Day) || r.LocalRecordID != recordID(r.ParentRecordID, d.Day)
	})
	c, gone := compare(d.Records(), own)
	for _, r := range gone {
		fate := d.fates[r.ParentRecordID]
		zero := r
		zero.Charge = nothing
		known := fate != absent || slices.Contains(d.resources, r.Resource) // else it may be of another cloud
		c.settle(r, zero, fate, known && back == TakeVanished || back == TakeMoved && fate == reported)
	}
	return c
}

// Correct compares the records that a day was reported with, such as those of a journal, with what is right now.
// Records that were collected at another time are left alone. A storage record does not name its owner in OpenStack,
// so those of owners who are not in the reading are never taken back. One of a project whose user was not known counts
// as moved where the reading knows the users of all that the project stored.
func (d StorageDay) Correct(sent []usage.StorageRecord, back TakeBack) Correction[usage.StorageRecord] {
	own := slices.DeleteFunc(slices.Clone(sent), func(r usage.StorageRecord) bool {
		return !r.CollectionTime.Equal(d.Day.Add(aDay))
	})
	known := d.known(own)
	c, gone := compare(d.Records(), own)
	for _, r := range gone {
		fate := known[r.LocalRecordID]
		zero, bytes := r, int64(0)
		zero.Charge, zero.BytesStored = nothing, &bytes
		c.settle(r, zero, fate, fate != absent && back == TakeVanished || back == TakeMoved && fate == reported)
	}
	return c
}

// known are the fates of owners by the ids that their records have, on the media that were sent: that of a medium may
// have been called otherwise then.
func (d StorageDay) known(sent []usage.StorageRecord) map[string]fate {
	media := map[string]bool{}
	for _, r := range sent {
		media[r.MediaType] = true
	}
	fates := maps.Clone(d.fates)
	for who, f := range d.fates {
		// What had no known user before is of the users of its project now.
		nobody := owner{project: who.project}
		if _, there := d.fates[nobody]; !there {
			fates[nobody] = max(fates[nobody], f)
		}
	}
	known := map[string]fate{}
	for who, f := range fates {
		for medium := range media {
			known[storageID(who, medium, d.Day)] = f
		}
	}
	return known
}

// nothing is a charge of 0, with the decimals of all others.
var nothing = decimal.New(0, -decimals)

// compare finds what is new and changed, and what was sent and is not right any more.
func compare[R usage.Record](now, sent []R) (c Correction[R], gone []R) {
	before := map[usage.Key][]byte{}
	for _, r := range sent {
		before[r.Key()], _ = r.AppendJSON(nil)
	}
	right := map[usage.Key]bool{}
	for _, r := range now {
		right[r.Key()] = true
		text, _ := r.AppendJSON(nil)
		switch old, ok := before[r.Key()]; {
		case !ok:
			c.New++
		case bytes.Equal(old, text):
			c.Unchanged++
			continue
		default:
			c.Changed++
		}
		c.Send = append(c.Send, r)
	}
	for _, r := range sent {
		if !right[r.Key()] {
			gone = append(gone, r)
		}
	}
	slices.SortFunc(gone, func(a, b R) int {
		return cmp.Or(cmp.Compare(a.Key().Resource, b.Key().Resource), cmp.Compare(a.Key().LocalRecordID, b.Key().LocalRecordID))
	})
	return c, gone
}

// settle decides about a record that is not right any more.
func (c *Correction[R]) settle(r, zero R, f fate, take bool) {
	text, _ := r.AppendJSON(nil)
	same, _ := zero.AppendJSON(nil)
	switch {
	case bytes.Equal(text, same): // it was taken back before, or never cost anything
	case f == doubtful:
		c.Doubtful = append(c.Doubtful, r)
	case take:
		c.Send = append(c.Send, zero)
		c.TakenBack++
	default:
		c.Vanished = append(c.Vanished, r)
	}
}
