package elements

import "testing"

// TestAParameterIsWhatIdentifyReads goes over all that rows name, and over forms of it.
func TestAParameterIsWhatIdentifyReads(t *testing.T) {
	c, err := Load(Rows())
	if err != nil {
		t.Fatal(err)
	}
	found, all := 0, 0
	ids := append(c.IDs(), "t_max", "t2m_mean", "t2m_p10", "t2m_prob_gt_273.15", "grib2_0_19_235_c7_surface", "grib2_0_1_99_pressure_max")
	for _, id := range ids {
		all++
		p, ok := c.Parameter(id)
		if !ok {
			continue
		}
		found++
		if got := c.Identify(p).ID; got != id {
			t.Errorf("%s is written as %+v, which reads as %s", id, p, got)
		}
		if unit := c.Reading(p).Unit; unit != p.Unit {
			t.Errorf("%s: values in %q are read in %q", id, p.Unit, unit)
		}
	}
	if found < all*2/3 {
		t.Errorf("GRIB 2 names only %d of %d elements", found, all)
	}
	for _, id := range []string{"t2m", "t", "u10", "tp", "msl", "r2m", "tcc"} {
		if p, _ := c.Parameter(id); p.Centre != noCentre {
			t.Errorf("%s has the numbers of centre %d", id, p.Centre)
		}
	}
	for _, id := range []string{"nonsense", "", "grib1_2_1_surface"} {
		if p, ok := c.Parameter(id); ok {
			t.Errorf("%q is %+v", id, p)
		}
	}
}
