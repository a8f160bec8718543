package covjson

import (
	"context"
	"io"
)

// Writer writes one coverage.
type Writer = func(ctx context.Context, w io.Writer) error

// Joined writes coverages one after the other as a CoverageCollection (CoverageJSON 6.5).
func Joined(all []Writer) Writer {
	return func(ctx context.Context, w io.Writer) error {
		between := `{"type":"CoverageCollection","domainType":"Grid","coverages":[`
		for _, one := range all {
			if _, err := io.WriteString(w, between); err != nil {
				return err
			}
			between = ","
			if err := one(ctx, w); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "]}\n")
		return err
	}
}
