package fakecloud

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// idOf is the id of a thing with a name: 32 hex digits, the same in every cloud.
func idOf(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	return hex.EncodeToString(sum[:16])
}

// newID is an id nothing else has.
func (c *Cloud) newID(kind string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serial++
	return idOf(kind, strconv.FormatUint(c.serial, 10))
}

// newUUID is a new id in the form of a random UUID.
func (c *Cloud) newUUID(kind string) string {
	id := []byte(c.newID(kind))
	id[12], id[16] = '4', '8'
	s := string(id)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
