package grib_test

import (
	"fmt"
	"log"
	"os"

	"isobar/decode/grib"
	"isobar/geo"
)

// What is in a file, from its headers alone.
func ExampleMessages() {
	file, err := os.Open("testdata/s2s_gefs_20260318_pdt9-10-12.grib2")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		log.Fatal(err)
	}
	for m, err := range grib.Messages(file, info.Size()) {
		if err != nil {
			log.Print(err) // and on with the next
			continue
		}
		if e := m.Ensemble; e.Kind == grib.Percentile {
			fmt.Printf("%d: %d/%d/%d, percentile %d, valid %s, %s %d x %d\n", m.Number, m.Discipline, m.Category, m.Parameter,
				e.Quantile, m.Valid.Format("2006-01-02 15:04"), m.GridType, m.NI, m.NJ)
		}
	}
	// Output:
	// 3: 0/0/0, percentile 1, valid 2026-03-19 00:00, regular_ll 720 x 361
	// 4: 0/0/0, percentile 50, valid 2026-03-19 00:00, regular_ll 720 x 361
	// 5: 0/0/0, percentile 99, valid 2026-03-19 00:00, regular_ll 720 x 361
}

// The values of a field and where they are.
func ExampleMessage_Values() {
	file, err := os.Open("testdata/gfs_20170720_00z_0p25_f001_sub_wind_simple.grib2")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		log.Fatal(err)
	}
	for m, err := range grib.Messages(file, info.Size()) {
		if err != nil {
			log.Fatal(err)
		}
		values := make([]float32, m.Points)
		if err := m.Values(values); err != nil {
			log.Fatal(err)
		}
		var northWest [1]geo.LonLat
		m.Grid.Places(northWest[:], 0)
		fmt.Printf("%.2f m/s at %.2fN %.2fE\n", values[0], northWest[0].Lat, northWest[0].Lon)
	}
	// Output:
	// -12.16 m/s at 60.00N -10.00E
	// 5.60 m/s at 60.00N -10.00E
}
