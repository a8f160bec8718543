// Package probe gives the values of layers at places, now or along time.
package probe
