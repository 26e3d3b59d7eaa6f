package gophermeter_test

import (
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// deaf is an address on loopback that answers no connection: a listener that never accepts, its queue full.
// Other systems refuse at once where Linux waits, so the test is Linux's.
func deaf(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(fd) })
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, syscall.Listen(fd, 0))
	name, err := syscall.Getsockname(fd)
	require.NoError(t, err)
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for range 8 {
		conn, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Fatal("the listener's queue does not fill")
	return ""
}

func TestStallWhileConnecting(t *testing.T) {
	t.Parallel()
	s, err := gophermeter.NewService("http://"+deaf(t), nil, once, limits(gophermeter.TimeLimits{Dial: short}))
	require.NoError(t, err)
	timesOut(t, s, "dial tcp 127.0.0.1")
}
