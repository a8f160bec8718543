// Package hdf5 reads what NetCDF-4 files use of HDF5: the datasets of the root group, their attributes and filters.
package hdf5

// Detect tells from the first bytes of a file whether it is HDF5.
func Detect(head []byte) bool { return false }
