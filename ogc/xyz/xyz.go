// Package xyz serves plain map tiles: /xyz/{layer}/{z}/{x}/{y}.png.
package xyz

import (
	"log/slog"

	"github.com/labstack/echo/v4"

	"isobar/ogc"
)

// Handler answers tile requests. Safe for concurrent use.
type Handler struct{}

// New makes a handler.
func New(s ogc.Service, log *slog.Logger) *Handler { return &Handler{} }

// Register puts the service on a router.
func (h *Handler) Register(e *echo.Echo) {}
