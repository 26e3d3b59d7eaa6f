package main

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

// desk is where records are handed in.
type desk struct {
	*journal.Journal
	site   string
	client *amie.UsageClient
	ends   []func() error
}

// open opens the journal. The demo cloud has a service of its own, and a journal that is thrown away unless one is
// named.
func (o *options) open(embedded bool) (*desk, error) {
	d := &desk{site: o.site}
	url, key, path := o.url, os.Getenv(keyVariable), o.journal
	if embedded {
		// Its clock is this machine's, as the journal's is.
		cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithClock(time.Now), fakecloud.WithAMIELoadDelay(0))
		d.ends = append(d.ends, func() error { cloud.Close(); return nil })
		d.site, url, key = fakecloud.AMIESite, cloud.AMIEURL(), fakecloud.AMIEKey
	}
	if path == "" {
		dir, err := os.MkdirTemp("", "amie-report")
		if err != nil {
			return nil, errors.Join(err, d.close())
		}
		d.ends = append(d.ends, func() error { return os.RemoveAll(dir) })
		path = filepath.Join(dir, "journal.db")
	}
	if err := d.connect(o, url, key, path); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *desk) connect(o *options, url, key, path string) (err error) {
	opts := append([]amie.Option{amie.WithBaseURL(url)}, o.client...)
	if o.repeat {
		opts = append(opts, amie.WithRepeat(usage.Compute, usage.Storage))
	}
	if d.client, err = amie.NewUsageClient(d.site, key, opts...); err != nil {
		return err
	}
	if d.Journal, err = journal.Open(path); err != nil {
		return err
	}
	d.ends = append(d.ends, d.Journal.Close)
	return nil
}

// close ends what was begun, in reverse.
func (d *desk) close() (err error) {
	for i := len(d.ends) - 1; i >= 0; i-- {
		err = errors.Join(err, d.ends[i]())
	}
	d.ends = nil
	return err
}

// sent are the records of the journal, whatever became of them.
type sent struct {
	compute []usage.ComputeRecord
	storage []usage.StorageRecord
}

// sent reads the records of a window's days: a compute record bears the start of its day, a storage record the end.
func (d *desk) sent(w gophermeter.Window) (all sent, err error) {
	for e, err := range d.Entries() {
		switch {
		case err != nil:
			return all, err
		case e.Key.Time.Before(w.Start) || e.Key.Time.After(w.End):
		case e.Compute != nil:
			all.compute = append(all.compute, *e.Compute)
		case e.Storage != nil:
			all.storage = append(all.storage, *e.Storage)
		}
	}
	return all, nil
}

// failed are the keys of what failed.
func (d *desk) failed() (keys []usage.Key, err error) {
	for e, err := range d.Entries(journal.Failed) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, e.Key)
	}
	return keys, nil
}
