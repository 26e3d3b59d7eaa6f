package jsonstream_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

func collect(r *jsonstream.Reader, name string) (all []int64, err error) {
	for n, e := range jsonstream.Elements(r, name, r.Int) {
		if e != nil {
			if n != 0 || err != nil {
				panic("an error comes once, with the zero value")
			}
			err = e
			continue
		}
		all = append(all, n)
	}
	return all, err
}

func TestElements(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		document, name string
		want           []int64
		problem        string
	}{
		{document: `[1, 2, 3]`, want: []int64{1, 2, 3}},
		{document: `[]`},
		{document: `{"total": 2, "results": [1, 2], "links": [[]]}`, name: "results", want: []int64{1, 2}},
		{document: `{"results": null}`, name: "results"},
		{document: `[1, "x", 3]`, want: []int64{1}, problem: `1: expected a whole number, got "x"`},
		{document: `{"message": [1]}`, name: "results", problem: "no results in the document"},
		{document: `{"results": [1], "results": [2]}`, name: "results", want: []int64{1}, problem: "results: comes twice"},
		{document: `{"results": [1]}`, problem: "expected an array, got an object"},
		{document: `null`, problem: "expected an array, got null"},
		{document: `null`, name: "results", problem: "expected an object, got null"},
		{document: `[1, 2`, want: []int64{1}, problem: "unfinished JSON document after 5 bytes: unexpected EOF"},
		{document: `[1] [2]`, want: []int64{1}, problem: "more after the end of the document"},
		{document: `{"results": [1]`, name: "results", want: []int64{1}, problem: "unfinished JSON document after 15 bytes: unexpected EOF"},
	} {
		for how, r := range readers(test.document) {
			got, err := collect(r, test.name)
			assert.Equal(t, test.want, got, "%s: %s", how, test.document)
			if test.problem == "" {
				assert.NoError(t, err, "%s: %s", how, test.document)
			} else {
				assert.EqualError(t, err, test.problem, "%s: %s", how, test.document)
			}
		}
	}
}

func TestElementsStopsWhenItsConsumerDoes(t *testing.T) {
	t.Parallel()
	for how, r := range readers(`{"results": [1, 2, 3, "x"]}`) {
		seen := ""
		for n, err := range jsonstream.Elements(r, "results", r.Int) {
			require.NoError(t, err, how)
			if seen += fmt.Sprint(n); n == 2 {
				break
			}
		}
		assert.Equal(t, "12", seen, how)
	}
}
