// Command tileserver serves forecast files as maps and numbers: see the README for what it can be asked.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the program's command line.
type commands struct {
	Demo    demoCmd    `cmd:"" help:"Serve sample forecasts that ship with the program."`
	Serve   serveCmd   `cmd:"" help:"Serve forecast files and folders; files that appear later are picked up."`
	Probe   probeCmd   `cmd:"" help:"Work for probe streams, alerts and jobs, beside servers over one database."`
	Ingest  ingestCmd  `cmd:"" help:"Put forecast files into a data folder, for a server to show."`
	Models  modelsCmd  `cmd:"" help:"List the models whose files can be fetched."`
	Status  statusCmd  `cmd:"" help:"Tell how the feeds of a data folder do."`
	Inspect inspectCmd `cmd:"" help:"Tell what is in forecast files."`
	Config  configCmd  `cmd:"" help:"Work with configuration files."`
	Gateway gatewayCmd `cmd:"" help:"Be one door to many servers."`
	Auth    authCmd    `cmd:"" help:"Make keys and hash passwords."`

	Healthcheck healthcheckCmd `cmd:"" help:"Ask a server whether it is ready."`
	Doctor      doctorCmd      `cmd:"" help:"Look whether this machine can do what the settings say, and say what to do where it can't."`
	Completion  completionCmd  `cmd:"" help:"Print the script by which a shell completes commands, flags, models and elements."`
	Complete    completeCmd    `cmd:"" hidden:"" help:"Answer the script of completion."`

	LogLevel  slog.Level  `enum:"DEBUG,INFO,WARN,ERROR" default:"INFO" env:"ISOBAR_LOG_LEVEL" help:"Least important messages to log (${enum})."`
	LogFormat string      `enum:"text,json" default:"text" env:"ISOBAR_LOG_FORMAT" help:"How to log (${enum})."`
	Version   versionFlag `help:"Print the version and leave."`
}

// environment is what every command needs of the world around it; tests give another.
type environment struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	log    *slog.Logger
	screen *screen // nil: nobody watches
}

// statusError asks for an exit status without another word: what was wrong has been said.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the program: arguments in, exit status out. ctx ends it gracefully.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	cli := &commands{}
	parser, err := newParser(cli, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "tileserver:", err)
		return 2
	}
	defer func() { // kong leaves by its Exit function after --help and --version
		switch caught := recover().(type) {
		case nil:
		case statusError:
			status = int(caught)
		default:
			panic(caught)
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "tileserver: %v\n%s\n", err, usage(err))
		return 2
	}
	env := &environment{ctx: ctx, stdout: stdout, stderr: stderr}
	if s, ok := newScreen(stderr); ok {
		env.screen, stderr = s, s
	}
	env.log = newLog(stderr, cli.LogLevel, cli.LogFormat)
	err = parsed.Run(env)
	var said statusError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &said):
		return int(said)
	}
	fmt.Fprintln(stderr, "tileserver:", err)
	if say := advice(err); say != "" {
		fmt.Fprintln(stderr, say)
	}
	return 1
}

// newParser reads command lines.
func newParser(cli *commands, stdout, stderr io.Writer) (*kong.Kong, error) {
	return kong.New(cli,
		kong.Name("tileserver"),
		kong.Description("Isobar: forecast files in, maps and numbers out."),
		kong.Writers(stdout, stderr),
		kong.Help(printHelp),
		kong.Exit(func(code int) { panic(statusError(code)) }),
	)
}

// newLog is the program's logger.
func newLog(w io.Writer, level slog.Level, format string) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// versionFlag prints the version that the Go tool stamped.
type versionFlag bool

// BeforeReset runs before any command: --version needs none.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	fmt.Fprintln(app.Stdout, "isobar", version())
	app.Exit(0)
	return nil
}

// version is the module's version or revision.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return info.Main.Version
}
