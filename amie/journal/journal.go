package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/gophermeter/gophermeter/usage"
)

// What can be wrong with the file of a journal.
var (
	// ErrInUse says that another process, or another Journal in this one, has the file open.
	ErrInUse = errors.New("the journal is in use")
	// ErrDamaged says that the file is not what was written last.
	ErrDamaged = errors.New("the journal is damaged")
)

// Journal is an open file. It is safe for concurrent use; Deliver and Reconcile take turns.
type Journal struct {
	db    *bbolt.DB
	path  string
	rules usage.Rules
	quiet time.Duration

	turn sync.Mutex // held by Deliver and Reconcile
}

// Option sets a property of a [Journal].
type Option func(*Journal)

// WithRules changes what records are held to before they are added.
func WithRules(rules usage.Rules) Option { return func(j *Journal) { j.rules = rules } }

// WithSettling sets for how long after sending a record an error about it is not asked for, because it would be one
// of an earlier time: the default is a minute, and a negative time is none.
func WithSettling(d time.Duration) Option { return func(j *Journal) { j.quiet = d } }

const (
	mode     = 0o600 // it holds user names and charges
	patience = 100 * time.Millisecond
)

// Open opens the journal of a path, or makes one. The error is [ErrInUse] where another process has it, and
// [ErrDamaged] where the file is not whole. It reads all of the file, about a second a million records.
func Open(path string, opts ...Option) (*Journal, error) {
	j := &Journal{path: path, quiet: time.Minute}
	for _, o := range opts {
		if o != nil {
			o(j)
		}
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("journal %s: %w", path, err)
		}
	}
	if err := j.open(); err != nil {
		return nil, fmt.Errorf("journal %s: %w", path, err)
	}
	return j, nil
}

func (j *Journal) open() (err error) {
	if err := checkFile(j.path); err != nil {
		if inUse(j.path) {
			return ErrInUse
		}
		if os.IsPermission(err) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if j.db, err = openFile(j.path, false); err != nil {
		return err
	}
	if err := j.verify(); err != nil {
		_ = j.db.Close()
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

func openFile(path string, readOnly bool) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, mode, &bbolt.Options{
		Timeout: patience, ReadOnly: readOnly,
		NoFreelistSync: true, // what is free is found by looking, and cannot be wrong
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	return db, err
}

// inUse tells a file that looks wrong because somebody is writing it from one that is wrong. Nothing but the first
// two pages is looked at.
func inUse(path string) bool {
	info, err := os.Stat(path)
	if err != nil || info.Size() < int64(4*os.Getpagesize()) {
		return false
	}
	db, err := openFile(path, true)
	if err == nil {
		_ = db.Close()
	}
	return errors.Is(err, ErrInUse)
}

// create makes an empty journal under another name first, so that a path never has half of one.
func create(path string) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	if err := temp.Close(); err != nil {
		return err
	}
	db, err := openFile(temp.Name(), false)
	if err != nil {
		return err
	}
	// Twice, for each transaction writes one of the two first pages.
	for range 2 {
		if err == nil {
			err = (&Journal{db: db, path: temp.Name()}).update(func(*store) error { return nil })
		}
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	// A link does not replace what another process has made meanwhile. Some file systems have none.
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		if _, there := os.Stat(path); there == nil {
			return nil
		}
		return os.Rename(temp.Name(), path)
	}
	return nil
}

// Close releases the file. It waits for Deliver and Reconcile to end.
func (j *Journal) Close() error {
	j.turn.Lock()
	defer j.turn.Unlock()
	return j.db.Close()
}

// String is the path of the file.
func (j *Journal) String() string { return j.path }
