package wire_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gophermeter/gophermeter/internal/wire"
)

func TestQuery(t *testing.T) {
	t.Parallel()
	query := url.Values{}
	wire.Set(query, "tenant_id", "49dea906e9ff4583bb28589ac8856948")
	wire.Set(query, "service", "")
	wire.SetTrue(query, "all_tenants", true)
	wire.SetTrue(query, "recursive", false)
	assert.Equal(t, "all_tenants=true&tenant_id=49dea906e9ff4583bb28589ac8856948", query.Encode())
}
