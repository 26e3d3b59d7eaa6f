package journal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

// Storage records are never said to be loaded: without an end they would be asked for, batch by batch, for ever.
func TestOldBatchesAreNotAskedFor(t *testing.T) {
	t.Parallel()
	cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithClock(time.Now))
	t.Cleanup(cloud.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, amie.WithBaseURL(cloud.AMIEURL()),
		amie.WithService(gophermeter.WithTransport(transport)))
	require.NoError(t, err)
	j, err := Open(t.TempDir()+"/usage.journal", WithSettling(-1))
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Close()) }()
	for days := range 20 {
		record := usage.StorageRecord{Username: "alice", LocalProjectID: "p.abc", LocalRecordID: "s", Resource: "r", CollectionTime: time.Unix(int64(days+1), 0)}
		require.NoError(t, Add(j, record))
		_, err := j.Deliver(t.Context(), client)
		require.NoError(t, err)
		require.NoError(t, j.update(func(s *store) error {
			key := encodeKey(record.Key())
			r, err := s.get(key)
			if err != nil {
				return err
			}
			r.sent = now().Add(-time.Duration(days)*24*time.Hour - time.Hour)
			return s.put(key, r)
		}))
	}
	found, err := j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, 20, found.Open)
	asked := 0
	for _, r := range cloud.Requests() {
		if strings.HasSuffix(r.Path, "/usage/status") {
			asked++
		}
	}
	assert.Equal(t, 14, asked)
}
