package covjsontest_test

import (
	"strings"
	"testing"

	"isobar/encode/covjson/covjsontest"
)

func TestTheSchemaRefusesWhatIsWrong(t *testing.T) {
	const domain = `{"type":"Domain","domainType":"Point","axes":{"x":{"values":[1]},"y":{"values":[2]}},"referencing":[{"coordinates":["x","y"],"system":{"type":"GeographicCRS"}}]}`
	for body, ok := range map[string]bool{
		`{"type":"Coverage"}`: false, domain: true,
		strings.Replace(domain, `[1]`, `[1,2]`, 1):                 false,
		strings.Replace(domain, `"y":{"values":[2]}`, `"q":{}`, 1): false,
		`{"type":"Coverage","domain":` + domain + `,"parameters":{},"ranges":{"t":{"type":"NdArray","dataType":"float","values":["a"]}}}`:  false,
		`{"type":"Coverage","domain":` + domain + `,"parameters":{},"ranges":{"t":{"type":"NdArray","dataType":"float","values":[null]}}}`: true,
	} {
		if why := covjsontest.Check(t, []byte(body)); (why == "") != ok {
			t.Errorf("%s: got %q", body, why)
		}
	}
}
