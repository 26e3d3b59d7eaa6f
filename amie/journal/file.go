//nolint:gosec // numbers are compared with the size of the file before they are used
package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// Parts of a bbolt file, version 2. Numbers are in the machine's order.
const (
	pageHeader  = 16 // id 8, flags 2, count 2, overflow 4
	metaEnd     = 80
	elementSize = 16
	flagBranch  = 0x01
	flagLeaf    = 0x02
	flagMeta    = 0x04
	flagBucket  = 0x01 // of a leaf's element
	magic       = 0xED0CDAED
	version     = 2
	noFreelist  = ^uint64(0)
	maxDepth    = 64
)

// file looks at every page that bbolt would use, with checked reads: bbolt trusts its file, and panics or faults
// on one that is damaged.
type file struct {
	io.ReaderAt
	size     int64
	pageSize int64
	pages    uint64 // those from here on are not in use
	seen     map[uint64]bool
}

// checkFile finds what would make bbolt fail. It says nothing of what the pages mean.
func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return check(f, info.Size())
}

func check(f io.ReaderAt, size int64) error {
	c := &file{ReaderAt: f, size: size, seen: map[uint64]bool{}}
	root, err := c.metas()
	if err != nil {
		return err
	}
	return c.walk(root, 0, nil, nil)
}

// metas reads the two pages that say where everything is. Each commit writes one of them, in one sector, so both
// are whole in every file that was not damaged.
func (c *file) metas() (root uint64, err error) {
	first, err := c.meta(0, 0)
	if err != nil {
		return 0, err
	}
	c.pageSize = int64(first.pageSize)
	if c.pageSize < 1024 || c.pageSize > 1<<20 || c.size%c.pageSize != 0 {
		return 0, fmt.Errorf("%d bytes are not a number of pages of %d", c.size, c.pageSize)
	}
	last, err := c.meta(c.pageSize, 1)
	if err != nil {
		return 0, err
	}
	if first.transaction > last.transaction {
		first, last = last, first
	}
	if last.transaction != first.transaction+1 {
		return 0, fmt.Errorf("transaction %d does not follow %d", last.transaction, first.transaction)
	}
	c.pages = last.pages
	switch {
	case last.pages > uint64(c.size/c.pageSize):
		return 0, fmt.Errorf("it is cut short: %d pages of %d are there", c.size/c.pageSize, last.pages)
	case last.freelist != noFreelist:
		return 0, errors.New("it is not a journal's")
	}
	return last.root, nil
}

type meta struct {
	pageSize                           uint32
	root, freelist, pages, transaction uint64
}

func (c *file) meta(at int64, id uint64) (m meta, err error) {
	var b [metaEnd]byte
	if _, err := c.ReadAt(b[:], at); err != nil {
		return m, fmt.Errorf("it is cut short: %d bytes", c.size)
	}
	n := binary.NativeEndian
	sum := fnv.New64a()
	_, _ = sum.Write(b[pageHeader : metaEnd-8])
	switch {
	case n.Uint32(b[16:]) != magic || n.Uint32(b[20:]) != version:
		return m, fmt.Errorf("page %d is not one of a journal", id)
	case n.Uint64(b[72:]) != sum.Sum64(), n.Uint64(b[:]) != id, n.Uint16(b[8:]) != flagMeta:
		return m, fmt.Errorf("page %d is damaged", id)
	}
	return meta{n.Uint32(b[24:]), n.Uint64(b[32:]), n.Uint64(b[48:]), n.Uint64(b[56:]), n.Uint64(b[64:])}, nil
}

// walk checks a page and all below it, whose keys lie between two others.
func (c *file) walk(id uint64, depth int, from, to []byte) error {
	if id < 2 || id >= c.pages || depth > maxDepth {
		return fmt.Errorf("page %d is out of place", id)
	}
	var header [pageHeader]byte
	if _, err := c.ReadAt(header[:], int64(id)*c.pageSize); err != nil {
		return err
	}
	more := uint64(binary.NativeEndian.Uint32(header[12:]))
	if binary.NativeEndian.Uint64(header[:]) != id || id+more >= c.pages {
		return fmt.Errorf("page %d is damaged", id)
	}
	for p := id; p <= id+more; p++ {
		if c.seen[p] {
			return fmt.Errorf("page %d is used twice", p)
		}
		c.seen[p] = true
	}
	b := make([]byte, int64(more+1)*c.pageSize)
	if _, err := c.ReadAt(b, int64(id)*c.pageSize); err != nil {
		return err
	}
	if err := c.page(b, depth, from, to); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

var errPage = errors.New("damaged")

// page checks the elements of a page that is in memory.
func (c *file) page(b []byte, depth int, from, to []byte) error {
	n := binary.NativeEndian
	flags, count := n.Uint16(b[8:]), int(n.Uint16(b[10:]))
	if flags != flagBranch && flags != flagLeaf || flags == flagBranch && count == 0 || pageHeader+count*elementSize > len(b) {
		return errPage
	}
	keys := make([][]byte, count, count+1)
	for i := range count {
		at := pageHeader + i*elementSize
		pos, size := n.Uint32(b[at:]), n.Uint32(b[at+4:])
		if flags == flagLeaf {
			pos, size = n.Uint32(b[at+4:]), n.Uint32(b[at+8:])
		}
		keys[i] = cut(b, at, pos, size)
		if keys[i] == nil || i > 0 && bytes.Compare(keys[i-1], keys[i]) >= 0 {
			return errPage
		}
	}
	if count > 0 && (bytes.Compare(keys[0], from) < 0 || to != nil && bytes.Compare(keys[count-1], to) >= 0) {
		return errPage
	}
	keys = append(keys, to)
	for i := range count {
		at := pageHeader + i*elementSize
		if flags == flagBranch {
			if err := c.walk(n.Uint64(b[at+8:]), depth+1, keys[i], keys[i+1]); err != nil {
				return err
			}
			continue
		}
		pos, ksize, vsize := n.Uint32(b[at+4:]), n.Uint32(b[at+8:]), n.Uint32(b[at+12:])
		value := cut(b, at, pos+ksize, vsize)
		if value == nil || uint64(pos)+uint64(ksize) > uint64(len(b)) || n.Uint32(b[at:]) > flagBucket {
			return errPage
		}
		if n.Uint32(b[at:]) == flagBucket {
			if err := c.bucket(value, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// bucket checks what a bucket's element points to, or has in itself.
func (c *file) bucket(value []byte, depth int) error {
	if len(value) < 16 {
		return errPage
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return c.walk(root, depth+1, nil, nil)
	}
	if len(value) < 16+pageHeader || binary.NativeEndian.Uint16(value[16+8:]) != flagLeaf || depth > maxDepth {
		return errPage
	}
	return c.page(value[16:], depth+1, nil, nil)
}

// cut is a part of a page that begins at a distance from an element; nil where it is not in the page.
func cut(b []byte, at int, pos, size uint32) []byte {
	begin := uint64(at) + uint64(pos)
	if end := begin + uint64(size); end <= uint64(len(b)) {
		return b[begin:end:end]
	}
	return nil
}
