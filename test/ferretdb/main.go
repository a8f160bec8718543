// Command ferretdb is the test server that keeps documents in files: FerretDB with SQLite, which can be killed and started again.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ferretdb ADDRESS FOLDER")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

// run serves the databases of a folder until ctx ends, and prints where.
func run(ctx context.Context, address, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: address}, Handler: "sqlite", SQLiteURL: "file:" + folder + "/",
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	go indexAll(ctx, folder)
	fmt.Println(server.MongoDBURI())
	return server.Run(ctx)
}
