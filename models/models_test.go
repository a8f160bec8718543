package models

import "testing"

// shipped is the catalogue that ships.
func shipped(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Load(Rows())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRowsLoad(t *testing.T) { shipped(t) }
