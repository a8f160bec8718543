package ingest

import (
	"context"
	"time"

	"isobar/ingest/folder"
)

// Watch reads files that appear under the paths or change, until ctx ends; its error is ctx's. Files that Paths has dealt
// with are not read again, files that are being written are read when they have been quiet for a while. Watching is no Source:
// a Source is asked for runs and files by a schedule, while a folder can't name its runs before its files are read.
func (i *Intake) Watch(ctx context.Context, paths []string) error {
	tree, err := i.tree(paths)
	if err != nil {
		return err
	}
	w := watch{intake: i, tree: tree, settling: folder.NewSettling(i.options.Settle)}
	changes := folder.Notify(ctx, tree, i.log)
	rescan, look := time.NewTicker(i.options.Rescan), time.NewTicker(max(i.options.Settle/4, time.Millisecond))
	defer rescan.Stop()
	defer look.Stop()
	w.scan()
	done := make(chan struct{}, 1) // a token when no batch is being read
	done <- struct{}{}
	for {
		select {
		case <-ctx.Done():
			<-done
			return ctx.Err()
		case path := <-changes:
			w.changed(path)
		case <-rescan.C:
			w.scan()
		case <-look.C:
			select {
			case <-done:
				w.start(ctx, done)
			default: // files go on settling while others are read
			}
		}
	}
}

// watch is the files of a tree that are to be read soon.
type watch struct {
	intake   *Intake
	tree     folder.Tree
	settling *folder.Settling
}

// changed takes a notice in; see folder.Notify.
func (w *watch) changed(path string) {
	if path == "" {
		w.scan()
		return
	}
	named, wanted := w.tree.Wants(path)
	f, ok := folder.Look(path)
	if f.Named = named; wanted && ok && !w.intake.dealtWith(f) {
		w.settling.Add(f, time.Now())
	}
}

// scan looks at the whole tree, and forgets what is gone.
func (w *watch) scan() {
	files, there := w.tree.Files(w.intake.trouble), map[string]bool{}
	for _, f := range files {
		there[f.Path] = true
		if !w.intake.dealtWith(f) {
			w.settling.Add(f, time.Now())
		}
	}
	w.intake.settled.Range(func(path, _ any) bool {
		if !there[path.(string)] {
			w.intake.settled.Delete(path)
			w.intake.told.Delete(path)
		}
		return true
	})
}

// start reads the files that are ready, aside, and gives the token back then.
func (w *watch) start(ctx context.Context, done chan<- struct{}) {
	for _, f := range w.intake.postponed.take() {
		w.settling.Add(f, time.Now())
	}
	ready := w.settling.Ready(time.Now())
	if len(ready) == 0 {
		done <- struct{}{}
		return
	}
	go func() {
		defer func() { done <- struct{}{} }()
		summary, err := w.intake.read(ctx, ready, false, nil)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			w.intake.log.Error("files can't be read", "error", err)
		case summary.Fields+summary.Failed+summary.Waiting+summary.Unplaced > 0:
			w.intake.log.Info("files read", "summary", summary.String())
		}
	}()
}

// dealtWith tells that this state of a file was read, or found to be nothing to read, while the program runs.
func (i *Intake) dealtWith(f folder.File) bool {
	was, ok := i.settled.Load(f.Path)
	return ok && was.(folder.File).Same(f)
}
