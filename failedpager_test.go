package gophermeter_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gophermeter/gophermeter"
)

func TestFailedPagerTellsItsErrorOnEachRange(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	p := gophermeter.FailedPager[int](refused)
	for range 2 {
		ranges := 0
		for v, err := range p.All(t.Context()) {
			assert.Zero(t, v)
			assert.Equal(t, refused, err)
			ranges++
		}
		assert.Equal(t, 1, ranges)
	}
	all, err := p.Collect(t.Context())
	assert.Nil(t, all)
	assert.Equal(t, refused, err)
}
