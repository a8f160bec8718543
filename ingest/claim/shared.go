package claim

import "isobar/records"

// Shared is what processes on several machines have in common that do the same work: what is claimed, and what is written down as done.
type Shared struct {
	Claims  *records.Claims
	Records records.Store
	Worker  string // names this process
}
