package upstream

import (
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// Sample is a real message under the names that providers call its field by.
type Sample struct {
	Product string // "gfs.0p25", "gfs.2p50", "hrrr", "ifs", "icon-d2", "arome", "arpege"
	Var     string // as the provider has it: "TMP", "gh", "t_2m"
	Level   string // "900 mb"; ECMWF: "850"; DWD: "single-level"
	Kind    string // ECMWF's levtype: "pl", "sfc"
	Message []byte
	Sum     time.Duration // an amount of this long before the step; 0: an instant, or since the run's start if it is an amount
	Total   bool          // an amount since the run's start
}

// Pool is the samples that there are.
type Pool []Sample

// of lists a product's samples.
func (p Pool) of(product string) (list []Sample) {
	for _, s := range p {
		if s.Product == product {
			list = append(list, s)
		}
	}
	return list
}

// Messages are the messages of a product's file at a run and step, of the variables that are named; none: all.
func (p Pool) Messages(product string, run time.Time, step time.Duration, variables ...string) (all [][]byte, err error) {
	for _, s := range p.of(product) {
		if len(variables) > 0 && !slices.Contains(variables, s.Var) {
			continue
		}
		m, err := s.at(run, step)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// at gives the sample's message at a run and step. At step 0 an amount is of nothing.
func (s Sample) at(run time.Time, step time.Duration) ([]byte, error) {
	accumulated := s.Sum
	if s.Total {
		accumulated = step
	}
	return retime(s.Message, run, step, accumulated)
}

// file says what a sample file's messages are called.
type file struct {
	name, product string
	names         []Sample // by message; one without Var is left out
}

// levels names the messages of the 2.5 degree file: five variables a level.
func levels(values ...string) (names []Sample) {
	for _, l := range values {
		for _, v := range []string{"HGT", "TMP", "RH", "UGRD", "VGRD"} {
			names = append(names, Sample{Var: v, Level: l})
		}
	}
	return names
}

// embedded are the samples that the program carries, shared those of the corpus beside the project.
var (
	embedded = []file{
		{"gfs_20231219_06z_0p25_f001_t_u.grib2", "gfs.0p25", []Sample{{Var: "TMP", Level: "900 mb"}, {Var: "UGRD", Level: "900 mb"}, {Var: "UGRD", Level: "50 m above ground"}}},
		{"gfs_20170322_00z_2p5_f000_levels.grib2", "gfs.2p50", levels("200 mb", "300 mb", "500 mb", "700 mb", "850 mb")},
		{"hrrr_20230722_06z_f001_skt.grib2", "hrrr", []Sample{{Var: "TMP", Level: "surface"}}},
		{"arome_20260413_21z_f001_tcdc_ccsds.grib2", "arome", []Sample{{Var: "TOTAL_CLOUD_COVER", Level: "GROUND_OR_WATER_SURFACE"}}},
	}
	shared = []file{
		{"ecmwf-opendata/ifs_20240101_00z_0p4_10msg_ccsds.grib2", "ifs", []Sample{
			{Var: "gh", Level: "250", Kind: "pl"}, {Var: "gh", Level: "925", Kind: "pl"}, {Var: "tp", Kind: "sfc", Total: true}, {Var: "gh", Level: "700", Kind: "pl"},
			{Var: "r", Level: "850", Kind: "pl"}, {}, {Var: "gh", Level: "200", Kind: "pl"}, {Var: "gh", Level: "300", Kind: "pl"},
			{Var: "r", Level: "500", Kind: "pl"}, {Var: "r", Level: "925", Kind: "pl"}}},
		{"icon/icon-d2_20220426_00z_f000_10u.grib2", "icon-d2", []Sample{{Var: "u_10m", Level: "single-level"}}},
		{"icon/icon-d2_20220426_00z_f000_10v.grib2", "icon-d2", []Sample{{Var: "v_10m", Level: "single-level"}}},
		{"meteofrance/arpege_20231203_06z_0p5_2t_f000-f024_jpeg.grib2", "arpege", []Sample{{Var: "TEMPERATURE", Level: "SPECIFIC_HEIGHT_LEVEL_ABOVE_GROUND"}}},
	}
)

// Embedded reads the samples that the program carries from where they lie (cmd/tileserver/samples).
func Embedded(files fs.FS) (Pool, error) { return load(files, embedded) }

// Shared reads the samples of the corpus.
func Shared(files fs.FS) (Pool, error) { return load(files, shared) }

func load(files fs.FS, list []file) (pool Pool, err error) {
	for _, f := range list {
		body, err := fs.ReadFile(files, f.name)
		if err != nil {
			return nil, fmt.Errorf("upstream: %w", err)
		}
		messages, err := split(body)
		if err != nil {
			return nil, fmt.Errorf("upstream: %s: %w", f.name, err)
		}
		for i, s := range f.names {
			if s.Var == "" || i >= len(messages) {
				continue
			}
			s.Product, s.Message = f.product, messages[i]
			pool = append(pool, s)
		}
	}
	return pool, nil
}
