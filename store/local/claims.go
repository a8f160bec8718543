package local

import "sync"

// claims are the grids of models that are being written: all fields of a model lie on one grid.
type claims struct {
	mu      sync.Mutex
	writers map[string]int    // by model
	grids   map[string]string // by model: ID
}

// claim takes a model's grid for a writer. Another process that begins the same model with another grid at the same moment is
// not seen.
func (s *Store) claim(model, id string) error {
	now := s.hold()
	defer now.release()
	c := &s.claims
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writers == nil {
		c.writers, c.grids = map[string]int{}, map[string]string{}
	}
	known, ok := now.gridOf(model)
	if c.writers[model] > 0 {
		known, ok = c.grids[model], true
	}
	if ok && known != id {
		return otherGrid(known, id)
	}
	c.writers[model]++
	c.grids[model] = id
	return nil
}

// release gives a claim up.
func (c *claims) release(model string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writers[model]--; c.writers[model] == 0 {
		delete(c.writers, model)
		delete(c.grids, model)
	}
}
